/** A client whose requests are answered by a script, on a clock that only sleeps move. */
import { S3Client, type S3ClientOptions } from "s3cache";

/** What a script sees of a request. */
export interface Sent {
  method: string;
  url: URL;
  headers: Headers;
  body: Uint8Array | undefined;
  signal: AbortSignal | undefined;
}

/** An answer, or a failure to get one. */
export type Step = Response | Error | ((request: Sent) => Response | Error | Promise<Response>);

/** An S3 error document. */
export function s3Error(status: number, code: string, extra = "", headers = {}): Response {
  return new Response(
    `<?xml version="1.0"?><Error><Code>${code}</Code><Message>why</Message>${extra}</Error>`,
    { status, headers },
  );
}

/** Makes the client; each request takes the next step, the last one is taken for ever. */
export function scripted(steps: Step[], options: Partial<S3ClientOptions> = {}) {
  const sent: Sent[] = [];
  const slept: number[] = [];
  let now = Date.parse("2026-01-01T00:00:00Z");
  const client = new S3Client({
    bucket: "cache",
    region: "us-east-1",
    endpoint: "https://s3.test",
    pathStyle: true,
    credentials: { accessKeyId: "AKIA", secretAccessKey: "hunter2" },
    clock: () => now,
    random: () => 1,
    sleep: (ms) => {
      slept.push(ms);
      now += ms;
      return Promise.resolve();
    },
    fetch: async (input, init) => {
      const request: Sent = {
        method: init?.method ?? "GET",
        url: new URL(String(input)),
        headers: new Headers(init?.headers),
        body: init?.body instanceof Uint8Array
          ? init.body
          : typeof init?.body === "string"
          ? new TextEncoder().encode(init.body)
          : undefined,
        signal: init?.signal ?? undefined,
      };
      sent.push(request);
      const step = steps.length > 1 ? steps.shift()! : steps[0]!;
      const answer = typeof step === "function" ? await step(request) : step;
      if (answer instanceof Error) throw answer;
      return answer === steps[0] ? answer.clone() : answer;
    },
    ...options,
  });
  return { client, sent, slept, now: () => now };
}

/** A body that gives some chunks and then breaks. */
export function breaking(chunks: string[]): ReadableStream<Uint8Array> {
  const left = [...chunks];
  return new ReadableStream({
    pull(controller) {
      const chunk = left.shift();
      if (chunk === undefined) controller.error(new TypeError("connection reset"));
      else controller.enqueue(new TextEncoder().encode(chunk));
    },
  });
}
