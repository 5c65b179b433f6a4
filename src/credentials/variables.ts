/**
 * Environment variables as the AWS SDKs read them.
 *
 * @module
 */
import type { Environment } from "../attributes/environment_credentials.ts";
import { CredentialsError, type TriedSource } from "./errors.ts";
import { isNotPermitted, missingPermission } from "./permissions.ts";

/**
 * The variables that a provider may look at. One that Deno does not let us see counts as unset: the
 * variables that matter may be permitted. Which ones were refused is told when nothing is found.
 */
export class Variables {
  readonly #env: Environment;
  readonly #refused = new Set<string>();

  constructor(env: Environment) {
    this.#env = env;
  }

  /** The first of these variables that is set; an empty one counts as unset. */
  get(...names: string[]): string | undefined {
    for (const name of names) {
      try {
        const value = this.#env[name];
        if (value) return value;
      } catch (error) {
        if (!isNotPermitted(error)) throw error;
        this.#refused.add(name);
      }
    }
    return undefined;
  }

  /**
   * A variable that is `true` or `false`, in any case.
   *
   * @throws {CredentialsError} if it is anything else
   */
  getBoolean(name: string): boolean | undefined {
    const value = this.get(name)?.toLowerCase();
    if (value === undefined) return undefined;
    if (value !== "true" && value !== "false") {
      throw new CredentialsError(`$${name}: expected true or false, got ${JSON.stringify(value)}`);
    }
    return value === "true";
  }

  /** Whether a variable is set, even to nothing. */
  has(name: string): boolean {
    try {
      return this.#env[name] !== undefined;
    } catch (error) {
      if (!isNotPermitted(error)) throw error;
      return false;
    }
  }

  /** The variables that Deno did not let us see, for a report. */
  refused(): TriedSource[] {
    if (this.#refused.size === 0) return [];
    const names = [...this.#refused].join(",");
    return [{ source: "environment", reason: missingPermission(`--allow-env=${names}`) }];
  }
}
