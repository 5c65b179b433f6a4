/**
 * How the text of an attribute becomes a value. BuildKit ignores a boolean or a duration that it
 * cannot read and goes on with the default; here each of them is an error.
 *
 * @module
 */

import type { Attribute, Parser } from "./attribute.ts";
import { parseGoBool } from "./go_bool.ts";
import { parseGoDuration } from "./go_duration.ts";

/** A boolean in one of Go's spellings. */
export function bool(attribute: Attribute): boolean {
  const value = parseGoBool(attribute.text);
  if (value === undefined) {
    throw attribute.refuse("true or false (or 1, t, T, TRUE, True, 0, f, F, FALSE, False)");
  }
  return value;
}

/** A Go duration, as milliseconds; a value below a millisecond becomes a fraction. */
export function duration(attribute: Attribute): number {
  const nanoseconds = parseGoDuration(attribute.text);
  if (nanoseconds === undefined) {
    throw attribute.refuse(
      'a duration of at most 292 years with its units (ns, us, ms, s, m, h), such as "24h", ' +
        '"1h30m" or "0"',
    );
  }
  return Number(nanoseconds) / 1_000_000;
}

/** A whole number from 1 to a limit, in decimal digits, as Go's `strconv.Atoi` reads it. */
export function positiveInteger(limit: number): Parser<number> {
  return (attribute) => {
    const value = /^[+-]?[0-9]+$/.test(attribute.text) ? Number(attribute.text) : NaN;
    if (!(value >= 1 && value <= limit)) {
      throw attribute.refuse(`a whole number from 1 to ${limit}`);
    }
    return value;
  };
}

/** One of a few words, in exactly this spelling. */
export function oneOf<Word extends string>(...words: Word[]): Parser<Word> {
  const quoted = words.map((word) => `"${word}"`);
  const expected = `${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)}`;
  return (attribute) => {
    const word = words.find((word) => word === attribute.text);
    if (word === undefined) throw attribute.refuse(expected);
    return word;
  };
}

/** The name of a bucket. What servers allow differs; this is what a host or a path can carry. */
export function bucketName(attribute: Attribute): string {
  const expected = 'a bucket\'s name: letters, digits, ".", "-" and "_"';
  if (attribute.text.startsWith("arn:")) {
    throw attribute.refuse(
      "a bucket's name, or the alias of an access point",
      "is an ARN, which is not supported",
    );
  }
  const valid = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,253}[A-Za-z0-9])?$/.test(attribute.text);
  if (!valid || attribute.text.includes("..")) throw attribute.refuse(expected);
  return attribute.text;
}

/** A region; it becomes a part of a host name and of the signature, so nothing else may pass. */
export function regionName(attribute: Attribute): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(attribute.text)) {
    throw attribute.refuse('a region such as "eu-west-1", or what the server calls its own');
  }
  return attribute.text;
}

/** Text that travels in a header: visible ASCII without spaces. */
export function token(attribute: Attribute): string {
  if (!/^[\x21-\x7e]{1,16384}$/.test(attribute.text)) {
    throw attribute.refuse("visible ASCII characters without spaces");
  }
  return attribute.text;
}

/** As {@linkcode token}, or nothing at all. */
export function optionalToken(attribute: Attribute): string | undefined {
  return attribute.text === "" ? undefined : token(attribute);
}

/** A secret key; it is only hashed, so all but what a careless copy leaves behind may pass. */
export function secretKey(attribute: Attribute): string {
  if (attribute.text.trim() === "" || /^\s|\p{Cc}|\s$/u.test(attribute.text)) {
    throw attribute.refuse("the secret key, without line breaks or spaces around it");
  }
  return attribute.text;
}
