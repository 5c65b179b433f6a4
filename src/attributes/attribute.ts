import { AttributeError } from "./errors.ts";

/** Attributes whose values no message may show; the last two are of `type=gha`. */
const SECRET = new Set([
  "access_key_id",
  "secret_access_key",
  "session_token",
  "token",
  "ghtoken",
]);

/** Whether an attribute's value must never be shown. */
export function isSecret(key: string): boolean {
  return SECRET.has(key);
}

/** One attribute as it was written, and where. */
export class Attribute {
  /** In lower case. */
  readonly key: string;
  /** The value as it was written; may be empty. */
  readonly text: string;
  readonly #source: string;
  readonly #origin: string | undefined;

  /**
   * @param key in lower case
   * @param text the value as it was written
   * @param source where the attribute string came from, such as `--cache-to`
   * @param origin where the value came from instead, such as `$AWS_REGION`
   */
  constructor(key: string, text: string, source: string, origin?: string) {
    this.key = key;
    this.text = text;
    this.#source = source;
    this.#origin = origin;
  }

  /**
   * The error that says why this attribute cannot be used.
   *
   * @param expected what would have been right
   * @param problem what is wrong
   * @param shown the value as it may be shown; a secret's never is
   */
  refuse(
    expected: string,
    problem: string = this.text === "" ? "is empty" : "is not valid",
    shown: string = this.text,
  ): AttributeError {
    return new AttributeError({
      source: this.#source,
      key: this.key,
      ...(!isSecret(this.key) && { value: shown }),
      ...(this.#origin !== undefined && { origin: this.#origin }),
      problem,
      expected,
    });
  }
}

/** Turns an attribute into its value, or throws the {@linkcode AttributeError} that says why not. */
export type Parser<T> = (attribute: Attribute) => T;
