/** What is wrong with one attribute, for {@linkcode AttributeError}. */
export interface AttributeProblem {
  /** Where the text came from, such as `--cache-to`. */
  source: string;
  /** The attribute, in lower case; absent if no single attribute is to blame. */
  key?: string;
  /** Its text, if it may be shown. */
  value?: string;
  /** Where the value came from if not from the text, such as `$AWS_REGION`. */
  origin?: string;
  /** What is wrong, as the rest of a sentence that begins with the attribute. */
  problem: string;
  /** What would have been right, as the rest of a sentence that begins with "expected". */
  expected: string;
}

/**
 * An attribute string that cannot be used: wrong syntax, an unknown attribute, a bad value. The
 * message names the attribute, its value and what was expected, and never holds a secret.
 *
 * @example
 * ```ts
 * import { AttributeError, parseAttributes } from "@s3cache/s3cache";
 *
 * try {
 *   parseAttributes("type=s3,region=eu-west-1,bucket=cache,mode=mid", { direction: "export" });
 * } catch (error) {
 *   console.assert(error instanceof AttributeError && error.key === "mode");
 *   console.assert((error as Error).message.endsWith('expected "min" or "max"'));
 * }
 * ```
 */
export class AttributeError extends Error {
  /** `AttributeError`. */
  override readonly name = "AttributeError";
  /** The attribute to blame, in lower case; undefined if it is the text as a whole. */
  readonly key: string | undefined;
  /** Its value; undefined if there is none or if it is a secret. */
  readonly value: string | undefined;
  /** What would have been right, in words. */
  readonly expected: string;

  /**
   * Makes the error; its message is put together from the parts.
   *
   * @param problem what is wrong, and with which attribute
   */
  constructor(problem: AttributeProblem) {
    const subject = [
      problem.key === undefined
        ? ""
        : plainKey(problem.key) + (problem.value === undefined ? "" : `=${quote(problem.value)}`),
      problem.origin === undefined ? "" : `from ${problem.origin}`,
      problem.problem,
    ].filter(Boolean).join(" ");
    super(`${problem.source}: ${subject}; expected ${problem.expected}`);
    this.key = problem.key;
    this.value = problem.value;
    this.expected = problem.expected;
  }
}

/** A key as it is, or in quotes if spaces or worse would make it look like another. */
function plainKey(key: string): string {
  return /^[a-z0-9._-]{1,64}$/.test(key) ? key : quote(key);
}

const LONGEST_QUOTE = 120;

/**
 * Text for a message: in quotes, control characters escaped, cut if it is long.
 *
 * @param text anything that is no secret
 * @returns one line
 */
export function quote(text: string): string {
  return JSON.stringify(text.length > LONGEST_QUOTE ? text.slice(0, LONGEST_QUOTE) + "…" : text);
}
