/** JSON files of an image layout. */
import { LayoutError } from "./errors.ts";

/**
 * Reads JSON.
 *
 * @param data UTF-8
 * @param source the file, for messages
 * @returns whatever it holds
 * @throws {LayoutError} if it is not JSON
 */
export function parseJson(data: Uint8Array, source: string): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data));
  } catch (error) {
    const reason = error instanceof SyntaxError ? error.message : "it is not UTF-8";
    throw new LayoutError(`${source}: not JSON: ${reason}`);
  }
}
