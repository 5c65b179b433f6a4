/**
 * The error of this folder.
 *
 * @module
 */

/** A cache config that cannot be trusted: it says which, where in it, and why. */
export class CacheConfigError extends Error {
  /** `CacheConfigError`. */
  override readonly name = "CacheConfigError";
  /** Where the config came from, such as a key or a file. */
  readonly source: string;
  /** The place in it, such as `records[3].inputs[0][1].link`; "" for the whole of it. */
  readonly position: string;

  /**
   * Makes an error.
   *
   * @param source where the config came from
   * @param position the place in it, "" for the whole of it
   * @param problem what was expected there and what was found
   */
  constructor(source: string, position: string, problem: string) {
    super([source, position, problem].filter((part) => part !== "").join(": "));
    this.source = source;
    this.position = position;
  }
}

/**
 * A value for an error message: as JSON, and not longer than a line.
 *
 * @param value anything that JSON can express
 * @returns JSON, cut after 80 characters
 */
export function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? text.slice(0, 80) + "…" : text;
}
