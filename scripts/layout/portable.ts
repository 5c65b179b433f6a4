/**
 * What runs on every runtime.
 *
 * @module
 */

/** Whether a file asks src/runtime for whatever differs between runtimes. */
export function isPortable(file: string): boolean {
  return /^(src\/(?!runtime\/|cli\/)|\w+\.ts$)/.test(file);
}
