/**
 * Objects that the server puts together of others, so that their bytes need not come here.
 *
 * @module
 */
import { forEachParallel } from "../parallel.ts";
import { copySource } from "../s3/copy.ts";
import { isUnsupported } from "../s3/errors.ts";
import { multipart, type Part } from "../s3/multipart.ts";
import { cutRanges, rangeHeader } from "../s3/ranges.ts";
import type { Transport } from "../s3/transport.ts";
import type { Connection } from "../transfer/connection.ts";

/** An object that becomes a part. */
export interface AssemblySource {
  key: string;
  /** In bytes: at least 5 MiB, but for the last one. */
  size: number;
}

/** What a server copies at once takes its time; it may be up to 5 GiB. */
const MAX_PART_SIZE = 1024 ** 3;
const PARALLELISM = 4;

/** Puts objects together on the server of one bucket. */
export class Assembler {
  readonly #connection: Connection;
  #transport: Transport | undefined;

  /**
   * Nothing is sent yet.
   *
   * @param connection to the bucket
   */
  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /**
   * Puts objects together.
   *
   * @param sources the objects, in order
   * @param to the key of what they become
   * @returns false, and nothing is written, if the server cannot do so
   */
  async assemble(sources: readonly AssemblySource[], to: string): Promise<boolean> {
    const { client, placement, openTransport } = this.#connection;
    const transport = this.#transport ??= openTransport();
    const copies = sources.flatMap(({ key, size }) => {
      const source = { "x-amz-copy-source": copySource(client.bucket, key) };
      if (size <= MAX_PART_SIZE) return [source];
      // Even ranges: none of them may be a small rest.
      const ranges = cutRanges(0, size, Math.ceil(size / Math.ceil(size / MAX_PART_SIZE)));
      return [...ranges].map((range) => ({
        ...source,
        "x-amz-copy-source-range": rangeHeader(range),
      }));
    });
    const size = sources.reduce((sum, { size }) => sum + size, 0);
    try {
      await multipart(transport, to, placement, async (upload) => {
        const parts: Part[] = [];
        await forEachParallel(copies.entries(), PARALLELISM, async ([index, headers], signal) => {
          parts.push(await upload.copyPart(index + 1, headers, signal));
        });
        return { parts, size };
      });
      return true;
    } catch (error) {
      // Not all servers make parts of copies.
      if (isUnsupported(error)) return false;
      throw error;
    }
  }
}
