/**
 * The cache flags of builders' commands: finding those of `type=s3`, and putting others in their
 * place.
 *
 * @module
 */
import { splitFields } from "../../attributes/csv_fields.ts";

/** A flag of `type=s3`. */
export interface CacheFlag {
  /** Whether the build writes this cache or reads it. */
  direction: "export" | "import";
  /** Its attributes. */
  text: string;
  /** The flag as it was written, for messages. */
  source: string;
}

/** What a flag is replaced by: attributes, each for a flag of its own. */
export type Replace = (flag: CacheFlag) => Promise<string[]>;

/** buildx's flags, and buildctl's. */
const DIRECTIONS: Readonly<Record<string, CacheFlag["direction"]>> = {
  "cache-to": "export",
  "export-cache": "export",
  "cache-from": "import",
  "import-cache": "import",
};

/** `--flag` or `--flag=value`; Go's flag package takes one dash too. */
const FLAG = /^(--?)([a-z-]+)(?:=(.*))?$/s;
/** The value of bake's `--set`: `target.cache-to=value`, or `+=`. Args and labels have such names too. */
const OVERRIDE = /^([^.=]+\.(cache-to|cache-from)\+?=)(.*)$/s;

/**
 * Replaces the flags of `type=s3` in a command; everything else stays as it is. A `--` ends nothing:
 * what comes after it may be a builder too, as in `sudo -- docker buildx build …`.
 *
 * @param argv the command
 * @param replace is called for each of them, in order
 * @returns the command with other flags in their places
 */
export async function rewriteFlags(argv: readonly string[], replace: Replace): Promise<string[]> {
  const rewritten: string[] = [];
  for (let i = 0; i < argv.length; i++) {
    const [, dashes, name, joined] = argv[i]!.match(FLAG) ?? [];
    const value = joined ?? argv[i + 1];
    const found = name === undefined || value === undefined ? undefined : findCache(name, value);
    if (!found) {
      rewritten.push(argv[i]!);
      continue;
    }
    if (joined === undefined) i++;
    const flag = `${dashes}${name}`;
    const { before, text, direction } = found;
    for (const other of await replace({ direction, text, source: `${flag} ${before}`.trim() })) {
      const replaced = before + other;
      rewritten.push(...joined === undefined ? [flag, replaced] : [`${flag}=${replaced}`]);
    }
  }
  return rewritten;
}

/** The cache in a flag's value: its attributes, and what stands before them. */
function findCache(
  name: string,
  value: string,
): { before: string; text: string; direction: CacheFlag["direction"] } | undefined {
  const [, before, key, overriding] = name === "set" ? value.match(OVERRIDE) ?? [] : [];
  const direction = DIRECTIONS[key ?? name];
  const text = overriding ?? value;
  if (direction === undefined || !isS3(text)) return undefined;
  return { before: before ?? "", text, direction };
}

/** As buildx reads it: the key in any case, the value as it is, the last one counts. */
function isS3(text: string): boolean {
  try {
    return splitFields(text).findLast((field) => /^type=/i.test(field))?.slice(5) === "s3";
  } catch {
    // The builder says what is wrong with it.
    return false;
  }
}
