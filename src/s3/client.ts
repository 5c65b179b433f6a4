/**
 * The S3 client.
 *
 * @module
 */
import { sleep as defaultSleep } from "../sleep.ts";
import { copyObject, type CopyOptions, copyParts, copySource, MAX_COPY_SIZE } from "./copy.ts";
import { deleteObject, deleteObjects, type DeleteReport } from "./delete.ts";
import { download, type DownloadOptions, type Writer } from "./download.ts";
import { isNoSuchKey } from "./errors.ts";
import { getObject, type GetOptions, type GetResult } from "./get.ts";
import { headObject } from "./head.ts";
import { type ListOptions, type ListPage, listPages } from "./list.ts";
import { abortUpload, listUploads, type PendingUpload } from "./multipart.ts";
import { putObject, type PutOptions } from "./put.ts";
import type { RetryOptions } from "./retry.ts";
import { Transport } from "./transport.ts";
import type {
  Credentials,
  CredentialsProvider,
  ObjectInfo,
  RequestEvent,
  RequestOptions,
} from "./types.ts";
import { upload, type UploadOptions, type UploadSource } from "./upload.ts";

/** What a client is made of. */
export interface S3ClientOptions {
  /** The bucket that all calls are about. */
  bucket: string;
  /** Its region, or `auto` where the service has none. A wrong one of AWS is corrected. */
  region: string;
  /** URL of an S3-compatible service, base path included; AWS by default. */
  endpoint?: string | URL;
  /** `https://host/bucket/key` URLs; chosen by itself where the host is an IP address. */
  pathStyle?: boolean;
  /** Credentials, a function that gives them, or `"anonymous"` (the default): nothing is signed. */
  credentials?: Credentials | CredentialsProvider | "anonymous";
  /** What sends requests; the runtime's `fetch` by default. */
  fetch?: typeof fetch;
  /** How failures are retried; the AWS SDKs' standard mode with 3 attempts by default. */
  retry?: RetryOptions;
  /** In milliseconds. */
  timeouts?: {
    /** From the request to the headers of its answer, not counting what a body takes; 60,000. */
    attempt?: number;
    /** Between two pieces of an answer; 60,000. */
    idle?: number;
  };
  /** AWS's hosts that answer on IPv6 too. */
  dualstack?: boolean;
  /** AWS's hosts with FIPS 140 validated cryptography. */
  fips?: boolean;
  /** AWS's Transfer Acceleration. */
  accelerate?: boolean;
  /** Is called for every attempt of a request. */
  onRequest?: (event: RequestEvent) => void;
  /** Milliseconds since 1970; `Date.now` by default. */
  clock?: () => number;
  /** Waits; `setTimeout` by default. */
  sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** From 0 up to 1; `Math.random` by default. */
  random?: () => number;
}

/**
 * Makes what a client sends with: also for modules of ours that need requests which it has no call
 * for.
 *
 * @param options those of the client
 * @throws {TypeError} as the client's constructor does
 */
export function openTransport(options: S3ClientOptions): Transport {
  const {
    credentials = "anonymous",
    fetch = (input, init) => globalThis.fetch(input, init),
    retry = {},
    timeouts: { attempt = 60_000, idle = 60_000 } = {},
    clock = Date.now,
    sleep = defaultSleep,
    random = Math.random,
  } = options;
  const timeouts = { attempt, idle };
  return new Transport({
    ...options,
    credentials,
    fetch,
    retry,
    timeouts,
    clock,
    sleep,
    random,
  });
}

/**
 * A client of one bucket of S3, or of a service that is compatible with it.
 *
 * Every call fails with S3Error where S3 refuses (`AccessDenied`, `NoSuchBucket`, …), cannot be
 * reached (`NetworkError`, `Timeout`) or answers nonsense (`MalformedAnswer`), with TypeError on
 * arguments that no request can be made of (URIError on a key with a lone surrogate), with what a
 * provider of credentials throws, and with the signal's reason when theirs aborts. What a method
 * names below is beside that.
 *
 * @example
 * ```ts
 * import { S3Client } from "@s3cache/s3cache";
 *
 * const client = new S3Client({
 *   bucket: "cache",
 *   region: "eu-central-1",
 *   endpoint: "https://s3.example.com",
 *   credentials: { accessKeyId: "key", secretAccessKey: "secret" },
 *   fetch: () => Promise.resolve(new Response("hello", { headers: { etag: '"1"' } })),
 * });
 * const { body, info } = await client.get("greeting");
 * console.assert(await new Response(body).text() === "hello" && info.etag === '"1"');
 * ```
 */
export class S3Client {
  /** The bucket that all calls are about. */
  readonly bucket: string;
  readonly #transport: Transport;

  /**
   * Makes a client; nothing is sent yet.
   *
   * @param options bucket, region, and how to reach them
   * @throws {TypeError} on a bucket, region or endpoint that no URL can be made of, on options that
   * exclude each other, and on attempts that are no positive integer
   */
  constructor(options: S3ClientOptions) {
    this.bucket = options.bucket;
    this.#transport = openTransport(options);
  }

  /** The bucket's region: the one that was given, or the one that S3 has said it is in. */
  get region(): string {
    return this.#transport.region;
  }

  /**
   * Asks for an object's properties.
   *
   * @param key the object's key
   * @param options `signal`
   * @returns them, or undefined if there is no such object. (S3 answers HEAD in a bucket that does
   * not exist the same way.)
   * @throws {S3Error} `Forbidden` also where the object is absent and the caller may not list;
   * `BadRequest` where S3 would say more if HEAD had a body
   */
  async head(key: string, options: RequestOptions = {}): Promise<ObjectInfo | undefined> {
    try {
      return await headObject(this.#transport, key, options);
    } catch (error) {
      if (isNoSuchKey(error)) return undefined;
      throw error;
    }
  }

  /**
   * Reads an object. A connection that breaks is taken up again where it broke, and never mixes two
   * versions of the object.
   *
   * @param key the object's key
   * @param options range, conditions, the digest to verify, `signal`
   * @returns its properties and body; the body must be read or cancelled
   * @throws {S3Error} `NoSuchKey`, `PreconditionFailed`, `NotModified`, `InvalidRange`,
   * `InvalidObjectState` (archived); also from the body, when it cannot be taken up again
   * @throws {IntegrityError} from the body, if it is not what the digest says or what the headers
   * announced: Node's fetch unpacks objects with a `Content-Encoding`, and cannot be told not to
   * @throws {TypeError} on a range that is none, or that comes with a digest
   */
  get(key: string, options: GetOptions = {}): Promise<GetResult> {
    return getObject(this.#transport, key, options);
  }

  /**
   * Writes an object in one request. S3 verifies the bytes by their SHA-256 on arrival.
   *
   * @param key the object's key
   * @param content at most 5 GiB; text is written as UTF-8
   * @param options conditions, metadata, placement, checksums, `signal`
   * @returns the ETag
   * @throws {S3Error} `PreconditionFailed` (412) if a condition does not hold, also where it is our
   * own first attempt, whose answer got lost, that has written the object;
   * `ConditionalRequestConflict` (409) if somebody else writes it at this moment; `EntityTooLarge`,
   * `BadDigest` and `XAmzContentSHA256Mismatch` if other bytes arrive
   */
  put(
    key: string,
    content: Uint8Array<ArrayBuffer> | string | Blob,
    options: PutOptions = {},
  ): Promise<{ etag: string }> {
    return putObject(this.#transport, key, content, options);
  }

  /**
   * Writes an object of any size, known or not: in one request where it fits, else in parts. If it
   * fails or is aborted, the upload is aborted on the server, so that no part is left there. (Where
   * the answer that names the upload gets lost, its name without parts may be.)
   *
   * @param key the object's key
   * @param source a stream, a Blob, or anything that can be read at a position
   * @param options part size, parallelism, progress, and all of {@linkcode put}'s
   * @returns the ETag, and the size in bytes
   * @throws {S3Error} as {@linkcode put}; `NoSuchUpload` if others abort the upload
   * @throws {RangeError} if the source is larger than S3 can store
   * @throws {TypeError} on a part size out of 5 MiB to 5 GiB; and whatever the source throws
   */
  upload(
    key: string,
    source: UploadSource,
    options: UploadOptions = {},
  ): Promise<{ etag: string; size: number }> {
    return upload(this.#transport, key, source, options);
  }

  /**
   * Reads an object by ranges in parallel and writes it in order. All ranges are of the same
   * version of the object.
   *
   * @param key the object's key
   * @param writer takes the bytes
   * @param options part size, parallelism, progress, `signal`
   * @returns what S3 says of the object
   * @throws {S3Error} `NoSuchKey`; `PreconditionFailed` if the object is replaced meanwhile
   * @throws {IntegrityError} if the server answers other ranges than it was asked for
   * @throws {TypeError} on a part size or parallelism that is no positive integer; and whatever the
   * writer throws
   */
  download(key: string, writer: Writer, options: DownloadOptions = {}): Promise<ObjectInfo> {
    return download(this.#transport, key, writer, options);
  }

  /**
   * Deletes an object; one that is not there is no error.
   *
   * @param key the object's key
   * @param options `ifMatch`: only if the object has this ETag; `signal`
   * @throws {S3Error} `PreconditionFailed` if it has another, `NoSuchKey` if there is none
   */
  delete(key: string, options: RequestOptions & { ifMatch?: string } = {}): Promise<void> {
    return deleteObject(this.#transport, key, options);
  }

  /**
   * Deletes objects, 1,000 a request.
   *
   * @param keys the objects' keys
   * @param options `signal`
   * @returns which are gone, and why the others are not
   * @throws {S3Error} if a request as a whole fails: those before it have done their part
   */
  deleteMany(keys: Iterable<string>, options: RequestOptions = {}): Promise<DeleteReport> {
    return deleteObjects(this.#transport, keys, options);
  }

  /**
   * Lists objects, in order of their keys' UTF-8 bytes, reading pages as they are needed.
   *
   * @param options prefix, delimiter, where to start, `signal`
   * @returns an iterable; what a delimiter cuts off is not in it, see {@linkcode listPages}
   * @throws {S3Error} as {@linkcode listPages}, from the iteration
   * @throws {TypeError} on a page size that is no positive integer
   */
  async *list(options: ListOptions = {}): AsyncGenerator<ObjectInfo> {
    for await (const page of this.listPages(options)) yield* page.objects;
  }

  /**
   * Lists objects, a page of up to 1,000 at a time, with the prefixes that the delimiter cuts off.
   *
   * @param options prefix, delimiter, where to start, `signal`
   * @returns the pages
   * @throws {S3Error} `NoSuchBucket`; `MalformedAnswer` if a page does not say how the list goes on
   * @throws {TypeError} on a page size that is no positive integer
   */
  listPages(options: ListOptions = {}): AsyncGenerator<ListPage> {
    return listPages(this.#transport, options);
  }

  /**
   * Copies an object on the server, whatever its size; above 5 GiB in parts.
   *
   * @param from the source's key
   * @param to the copy's key; may be the same with `metadataDirective: "REPLACE"`
   * @param options another bucket, conditions, the copy's headers and placement, `signal`
   * @returns the copy's ETag
   * @throws {S3Error} `NotFound` if there is no source (`NoSuchKey` if `source` was given);
   * `PreconditionFailed` if a condition does not hold, or the source is replaced meanwhile
   * @throws {RangeError} if the source is larger than S3 can store
   * @throws {TypeError} on a part size out of 5 MiB to 5 GiB, or a parallelism that is none
   */
  async copy(from: string, to: string, options: CopyOptions = {}): Promise<{ etag: string }> {
    const { sourceBucket = this.bucket } = options;
    const source = copySource(sourceBucket, from);
    const info = options.source ??
      await headObject(this.#transport.forBucket(sourceBucket), from, options);
    return info.size <= MAX_COPY_SIZE
      ? await copyObject(this.#transport, source, to, options)
      : await copyParts(this.#transport, source, to, info, options);
  }

  /**
   * Makes a URL with which anybody can do one thing, for a while.
   *
   * @param method what can be done
   * @param key the object's key
   * @param options `expiresIn`: seconds, 1 to 604,800 (7 days); temporary credentials end earlier
   * @returns the URL; it is a secret as long as it lasts
   * @throws {TypeError} on a time that is none
   */
  async presign(
    method: "GET" | "HEAD" | "PUT" | "DELETE",
    key: string,
    options: RequestOptions & { expiresIn: number },
  ): Promise<string> {
    const { expiresIn, signal } = options;
    if (!Number.isInteger(expiresIn) || expiresIn < 1 || expiresIn > 604_800) {
      throw new TypeError(`expiresIn ${expiresIn}: expected 1 to 604800 seconds`);
    }
    return await this.#transport.presign({ operation: "Presign", method, key, signal }, expiresIn);
  }

  /**
   * Lists multipart uploads that were begun and neither completed nor aborted: S3 bills their parts.
   *
   * @param options `prefix` of the keys, `signal`
   * @returns an iterable
   * @throws {S3Error} `NotImplemented` where the service has no multipart uploads, from the iteration
   */
  listMultipartUploads(
    options: RequestOptions & { prefix?: string } = {},
  ): AsyncGenerator<PendingUpload> {
    return listUploads(this.#transport, options);
  }

  /**
   * Aborts a multipart upload.
   *
   * @param key the key that the object would have had
   * @param uploadId what names the upload
   * @param options `signal`
   * @throws {S3Error} `NoSuchUpload` if it was completed or aborted before
   */
  abortMultipartUpload(
    key: string,
    uploadId: string,
    options: RequestOptions = {},
  ): Promise<void> {
    return abortUpload(this.#transport, key, uploadId, options);
  }
}
