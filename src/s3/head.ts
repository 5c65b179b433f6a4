/**
 * Asks for an object's properties.
 *
 * @module
 */
import { readObjectHeaders } from "./object_headers.ts";
import type { Transport } from "./transport.ts";
import type { ObjectInfo, RequestOptions } from "./types.ts";

/**
 * HEAD on an object.
 *
 * @throws {S3Error} also if there is no such object
 */
export async function headObject(
  transport: Transport,
  key: string,
  { signal }: RequestOptions,
): Promise<ObjectInfo> {
  const call = { operation: "HeadObject", method: "HEAD", key, signal } as const;
  return readObjectHeaders(key, await transport.sendForHeaders(call));
}
