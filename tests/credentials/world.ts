/** A world for providers: files, environment, clock and everybody whom they may ask. */
import type { ProviderOptions } from "../../src/credentials/context.ts";
import type { Received } from "./sigv4.ts";

/** An answer to a request, a failure, or what makes one of them. */
export type Reply = Response | Error | ((request: Received) => Response | Promise<Response>);

/** What a test says about its world. */
export interface WorldOptions {
  env?: Record<string, string>;
  /** By path. */
  files?: Record<string, string>;
  /** By the start of the URL, the method in front of it, such as `PUT http://169.254.169.254/`. */
  replies?: Record<string, Reply>;
}

/** The world, and what has happened in it. */
export interface World extends Required<Omit<ProviderOptions, "env">> {
  env: Record<string, string>;
  files: Record<string, string>;
  replies: Record<string, Reply>;
  sent: Received[];
  slept: number[];
  /** Milliseconds since 1970, to be changed at will. */
  now: number;
}

/** When it is. */
export const NOW: number = Date.parse("2026-01-01T00:00:00Z");

/** Makes a world in which nobody answers and nothing is there but what is given. */
export function createWorld({ env = {}, files = {}, replies = {} }: WorldOptions = {}): World {
  const world: World = {
    env: { HOME: "/home/me", ...env },
    files,
    replies,
    sent: [],
    slept: [],
    now: NOW,
    clock: () => world.now,
    random: () => 0.5,
    sleep: (ms) => {
      world.slept.push(ms);
      return Promise.resolve();
    },
    readFile: (path) => {
      const text = world.files[path];
      return text === undefined ? Promise.reject(notFound(path)) : Promise.resolve(text);
    },
    fetch: async (input, init) => {
      const request: Received = {
        method: init?.method ?? "GET",
        url: String(input),
        headers: new Headers(init?.headers),
        body: String(init?.body ?? ""),
      };
      world.sent.push(request);
      const line = `${request.method} ${request.url}`;
      const start = Object.keys(world.replies)
        .filter((start) => line.startsWith(start))
        .sort((a, b) => b.length - a.length)[0];
      if (start === undefined) throw new TypeError(`error sending request for url (${input})`);
      const reply = world.replies[start]!;
      const answer = typeof reply === "function" ? await reply(request) : reply;
      if (answer instanceof Error) throw answer;
      return answer.clone();
    },
  };
  return world;
}

/** The file system's own words. */
export function notFound(path: string): Error {
  return Object.assign(new Error(`ENOENT: no such file or directory, open '${path}'`), {
    code: "ENOENT",
  });
}

/** STS's answer to either of its operations. */
export function stsReply(accessKeyId: string, expiration = "2026-01-01T01:00:00Z"): Reply {
  return ({ body }) => {
    const action = new URLSearchParams(body).get("Action");
    return new Response(
      `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result>` +
        `<Credentials><AccessKeyId>${accessKeyId}</AccessKeyId>` +
        `<SecretAccessKey>${accessKeyId}-secret</SecretAccessKey>` +
        `<SessionToken>${accessKeyId}-token</SessionToken><Expiration>${expiration}</Expiration>` +
        `</Credentials></${action}Result></${action}Response>`,
    );
  };
}

/** A refusal of STS. */
export function stsError(code: string, message = "why", status = 403): Response {
  return new Response(
    `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message>` +
      "</Error></ErrorResponse>",
    { status },
  );
}
