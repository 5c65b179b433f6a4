/** A directory that cannot be used as a local cache, or something in it that is not one. */
export class LayoutError extends Error {
  /** `LayoutError`. */
  override readonly name = "LayoutError";
}
