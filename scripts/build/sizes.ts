/**
 * What a bundle weighs.
 *
 * @module
 */

/** Bytes of a bundle, as it travels. */
export async function gzipSize(source: string): Promise<number> {
  const body = new Blob([source]).stream().pipeThrough(new CompressionStream("gzip"));
  return (await new Response(body).arrayBuffer()).byteLength;
}

/** Kilobytes with one decimal. */
export function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`;
}
