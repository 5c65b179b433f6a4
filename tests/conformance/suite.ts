/**
 * The conformance suite: what the S3 client can do, tried on a server. A case passes, or fails in
 * the way that is known of this server; anything else is a failure of the test.
 */
import { S3Client, type S3ClientOptions } from "s3cache";
import { sleep } from "../../src/sleep.ts";
import { assertStringIncludes } from "../assert.ts";
import { access } from "./cases/access.ts";
import { copies } from "./cases/copies.ts";
import { deletes } from "./cases/deletes.ts";
import { keys } from "./cases/keys.ts";
import { lists } from "./cases/lists.ts";
import { multipart } from "./cases/multipart.ts";
import { objects } from "./cases/objects.ts";
import { presigned } from "./cases/presigned.ts";
import { BUCKETS, type Case, type Cases, type Context, type Server } from "./context.ts";

/** All cases, by the part of the table that they are in. */
export const GROUPS = {
  Objects: objects,
  Keys: keys,
  Lists: lists,
  Deletes: deletes,
  "In parts": multipart,
  Copies: copies,
  "Presigned URLs": presigned,
  Access: access,
} satisfies Record<string, Cases>;

/** The name of a case, such as `Objects: ranges`. */
export type CaseName = {
  [G in keyof typeof GROUPS]: `${G}: ${string & keyof (typeof GROUPS)[G]}`;
}[keyof typeof GROUPS];

/** What a server does not do as S3 does. */
export interface Exception {
  /** `no`: it cannot, and says so or ignores it. `differs`: it does something else. */
  answer: "no" | "differs";
  /** A part of how the case fails. */
  failure: string;
  /** Why, for the table. */
  because: string;
}

/** What is known of a server. */
export type Exceptions = Partial<Record<CaseName, Exception>>;

/** A case with its name. */
export interface NamedCase {
  name: CaseName;
  run: Case;
}

/** Every case, in the order of the table. */
export function allCases(): NamedCase[] {
  return Object.entries(GROUPS).flatMap(([group, cases]) =>
    Object.entries<Case>(cases).map(([name, run]) => ({
      name: `${group}: ${name}` as CaseName,
      run,
    }))
  );
}

/**
 * Runs a case.
 *
 * @param server where
 * @param named which
 * @param exception how it is known to fail, if it is
 * @throws if it fails otherwise, or does not fail any more
 */
export async function runCase(
  server: Server,
  { name, run }: NamedCase,
  exception?: Exception,
): Promise<void> {
  const failure = await run(contextOf(server, name)).then(() => undefined, (error) => error);
  if (!exception) {
    if (failure !== undefined) throw failure;
    return;
  }
  if (failure === undefined) {
    throw new Error(`${server.name} does this now: remove its exception for "${name}"`);
  }
  assertStringIncludes(
    plain(String(failure)),
    exception.failure,
    "it fails, but not as it is known to",
  );
}

/** Assertions colour the characters that differ, where colours are on. */
function plain(text: string): string {
  return text.replaceAll(new RegExp(String.raw`\x1b\[[0-9;]*m`, "g"), "");
}

function contextOf(server: Server, name: CaseName): Context {
  const connect = (options: Partial<S3ClientOptions>) =>
    new S3Client({
      pathStyle: true,
      // The servers are on this machine: no need to wait long for them.
      sleep: (_, signal) => sleep(20, signal),
      ...server.options,
      bucket: BUCKETS.main,
      ...options,
    });
  const prefix = name.toLowerCase().replace(/[^a-z0-9]+/g, "-") + "/";
  return { server, client: connect({}), connect, prefix };
}
