import { Attribute, isSecret, type Parser } from "./attribute.ts";
import { splitFields } from "./csv_fields.ts";
import { redactUrl } from "./endpoint_url.ts";
import type { Environment } from "./environment_credentials.ts";
import { AttributeError, quote } from "./errors.ts";
import {
  type AttributeKey,
  ATTRIBUTES,
  type AttributeValue,
  CACHE_TYPES,
  FOREIGN,
} from "./keys.ts";
import { suggest } from "./suggestion.ts";

const EXAMPLE = "fields such as type=s3,region=eu-west-1,bucket=NAME";

/** A field of the text, split at its first `=`. */
interface Field {
  key: string;
  value: string;
  /** What stands just before it, if that may be a secret which goes on here. */
  after: string | undefined;
}

/** What an attribute string says, before defaults: known attributes, once each, of a `type=s3`. */
export class AttributeSet {
  readonly #attributes = new Map<string, Attribute>();
  readonly #source: string;
  readonly #warn: (message: string) => void;

  /**
   * @param text the attribute string
   * @param source where it came from, such as `--cache-to`
   * @param warn is told about what has no effect
   * @throws {AttributeError} on bad syntax, another type, an unknown attribute
   */
  constructor(text: string, source: string, warn: (message: string) => void) {
    this.#source = source;
    this.#warn = warn;
    const fields = this.#split(text);
    this.#checkType(fields);
    for (const field of fields) this.#add(field);
  }

  /** An attribute as it was written, if it was. */
  get(key: string): Attribute | undefined {
    return this.#attributes.get(key);
  }

  /** The value of an attribute, if it was written. */
  read<Key extends AttributeKey>(key: Key): AttributeValue<Key> | undefined {
    const attribute = this.#attributes.get(key);
    return attribute && (ATTRIBUTES[key] as Parser<AttributeValue<Key>>)(attribute);
  }

  /**
   * Takes an attribute that must be there from the environment if the text has none. As for
   * BuildKit, a variable that is set counts even if it is empty: that is then a bad value.
   *
   * @param key the attribute
   * @param variable the environment's name for it
   * @param env the environment
   * @throws {AttributeError} if neither has it
   */
  require(key: AttributeKey, variable: string, env: Environment): void {
    if (this.#attributes.has(key)) return;
    const value = env[variable];
    if (value === undefined) {
      throw new AttributeError({
        source: this.#source,
        key,
        problem: "is not given",
        expected: `${key}=… in the attributes, or $${variable} in the environment`,
      });
    }
    this.#attributes.set(key, new Attribute(key, value, this.#source, `$${variable}`));
  }

  /**
   * Refuses an attribute for the sake of the others.
   *
   * @param key one that is there, or that should be
   * @param problem what is wrong
   * @param expected what would have been right
   */
  refuse(key: AttributeKey, problem: string, expected: string): AttributeError {
    const attribute = this.#attributes.get(key);
    return attribute?.refuse(expected, problem) ??
      new AttributeError({ source: this.#source, key, problem, expected });
  }

  #split(text: string): Field[] {
    if (text.trim() !== "" && !text.includes("=")) {
      throw new Attribute("type", "registry", this.#source).refuse(
        `"s3": ${EXAMPLE}`,
        `is what a bare reference means, here ${quote(redactUrl(text))}`,
      );
    }
    let texts: string[];
    try {
      texts = splitFields(text);
    } catch (error) {
      throw new AttributeError({
        source: this.#source,
        problem: (error as SyntaxError).message,
        expected: `${EXAMPLE}, in one line`,
      });
    }
    let after: string | undefined;
    return texts.map((field, index) => {
      const equals = field.indexOf("=");
      if (equals < 0) throw this.#notAnAttribute(field, index, after);
      const key = field.slice(0, equals).toLowerCase();
      const result = { key, value: field.slice(equals + 1), after };
      if (isSecret(key)) after = key;
      else after = isKnown(key) ? undefined : after ?? "an unknown attribute";
      return result;
    });
  }

  /** A field without "=" may be what a secret with a comma in it broke into: it is not shown then. */
  #notAnAttribute(field: string, index: number, after: string | undefined): AttributeError {
    if (field === "") {
      return new AttributeError({
        source: this.#source,
        problem: `field ${index + 1} is empty`,
        expected: "key=value between commas, and no comma at the end",
      });
    }
    return new AttributeError({
      source: this.#source,
      problem: after === undefined
        ? `field ${index + 1}, ${quote(field)}, has no "="`
        : `field ${index + 1}, just after ${after}, has no "="`,
      expected: "key=value; a field with a comma in it stands in quotes as a whole",
    });
  }

  #checkType(fields: Field[]): void {
    const type = fields.findLast((field) => field.key === "type");
    if (type === undefined) {
      throw new AttributeError({
        source: this.#source,
        key: "type",
        problem: "is not given",
        expected: `type=s3: ${EXAMPLE}`,
      });
    }
    if (type.value === "s3") return;
    const meaning = CACHE_TYPES.get(type.value);
    throw new Attribute("type", type.value, this.#source).refuse(
      '"s3"',
      type.value === "" ? "is empty" : meaning ? `is ${meaning}` : "is no type of build cache",
    );
  }

  #add({ key, value, after }: Field): void {
    if (this.#attributes.has(key)) {
      this.#warn(`${this.#source}: ${key} is given more than once; the last one counts`);
    }
    if (!isKnown(key)) throw this.#unknown(key, after);
    const types = FOREIGN.get(key);
    if (types !== undefined) {
      const others = types.map((type) => `type=${type}`).join(" and ");
      this.#warn(`${this.#source}: ${key} has no effect on type=s3; it is for ${others}`);
    }
    this.#attributes.set(key, new Attribute(key, value, this.#source));
  }

  #unknown(key: string, after: string | undefined): AttributeError {
    const known = Object.keys(ATTRIBUTES).sort();
    const meant = suggest(key, known);
    if (meant !== undefined) {
      return new AttributeError({
        source: this.#source,
        key,
        problem: "is an unknown attribute",
        expected: `an attribute of type=s3; did you mean "${meant}"?`,
      });
    }
    return new AttributeError({
      source: this.#source,
      ...(after === undefined && { key }),
      problem: after === undefined
        ? "is an unknown attribute"
        : `the field just after ${after} is an unknown attribute, or the rest of a secret with a ` +
          "comma in it, which must stand in quotes with its key",
      expected: `one of ${known.join(", ")}`,
    });
  }
}

function isKnown(key: string): boolean {
  return key === "type" || Object.hasOwn(ATTRIBUTES, key) || FOREIGN.has(key);
}
