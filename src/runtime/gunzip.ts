/**
 * Unpacks gzip. node:zlib reads members that stand one after the other, as eStargz layers have
 * them; the web's DecompressionStream, which is what workerd has, reads one.
 *
 * @module
 */
import { runtime } from "./runtime.ts";

/** Turns packed bytes into unpacked ones. */
export interface Unpacker {
  readonly readable: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly writable: WritableStream<Uint8Array>;
}

/** Makes a stream that unpacks gzip; it fails on damaged input. */
export async function createGunzip(): Promise<Unpacker> {
  if (runtime === "workerd" || runtime === "other") {
    return new DecompressionStream("gzip") as Unpacker;
  }
  const [{ createGunzip }, { Duplex }] = await Promise.all([
    import("node:zlib"),
    import("node:stream"),
  ]);
  return Duplex.toWeb(createGunzip()) as unknown as Unpacker;
}
