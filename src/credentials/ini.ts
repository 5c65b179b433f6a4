/**
 * The INI dialect of the AWS configuration files, as the AWS SDK for Go reads it. A line in the
 * first column is a property; an indented one belongs to the property above it.
 *
 * ```ini
 * [profile ci]           # a section: "profile ci"
 * region = eu-west-1     ; the space in front makes this a comment
 * s3 =
 *   endpoint_url = http://localhost:9000
 * ```
 *
 * @module
 */

/** A section. */
export class IniSection {
  /** Properties; a name is in lower case, one with nested properties has an empty value. */
  readonly values = new Map<string, string>();
  /** Nested properties, by the name of the property that holds them. */
  readonly nested = new Map<string, Map<string, string>>();

  /** A property's value; an empty one counts as absent. */
  get(key: string): string | undefined {
    return this.values.get(key) || undefined;
  }
}

/** Sections by name, white space in it reduced: `default`, `profile ci`. */
export type IniSections = Map<string, IniSection>;

/**
 * Reads a file. Nothing in it is an error: lines that make no sense are ignored.
 *
 * @param text the whole file
 * @returns its sections; one that stands twice is one section, later values win
 */
export function parseIni(text: string): IniSections {
  const reader = new Reader();
  for (const line of text.split("\n")) reader.line(line);
  return reader.sections;
}

class Reader {
  readonly sections: IniSections = new Map();
  #section: IniSection | undefined;
  /** The property that an indented line belongs to. */
  #key: string | undefined;

  line(line: string): void {
    if (/^[ \t]*([#;]|\s*$)/.test(line)) return;
    const header = sectionName(line);
    if (header !== undefined) return this.#open(header);
    if (/^[ \t]/.test(line)) return this.#indented(line.replace(/^[ \t]+/, ""));
    const property = split(withoutComment(line));
    if (property) this.#set(...property);
  }

  #open(name: string): void {
    this.#key = undefined;
    // What stands in front of the first section, or in a nameless one, is nobody's.
    this.#section = undefined;
    if (name === "") return;
    this.#section = this.sections.get(name) ?? new IniSection();
    this.sections.set(name, this.#section);
  }

  #set(key: string, value: string): void {
    if (!this.#section) return;
    this.#key = key;
    this.#section.values.set(key, value);
    this.#section.nested.delete(key);
  }

  #indented(line: string): void {
    if (!this.#section) return;
    const property = split(line);
    const parent = this.#key === undefined ? "" : this.#section.values.get(this.#key);
    if (!property) {
      if (this.#key !== undefined && parent) {
        this.#section.values.set(this.#key, `${parent}\n${line}`);
      }
    } else if (this.#key === undefined || parent) {
      // There is nothing above that it could be nested in: a property with a slip of the space bar.
      this.#set(property[0], withoutComment(property[1]).trim());
    } else {
      // In nested properties a comment is part of the value.
      const nested = this.#section.nested.get(this.#key) ?? new Map<string, string>();
      this.#section.nested.set(this.#key, nested.set(...property));
    }
  }
}

/** The name in a line such as ` [ profile  ci ] # comment`. */
function sectionName(line: string): string | undefined {
  const name = line.replace(/[#;].*$/s, "").trim().match(/^\[(.*)\]$/s)?.[1]?.trim();
  return name?.replace(/^([^ \t]+)[ \t]+/, "$1 ");
}

/** A comment in a property needs white space in front: values may hold `#` and `;`. */
function withoutComment(text: string): string {
  return text.replace(/[ \t][#;].*$/s, "");
}

/** Splits at the first `=` or `:`; quotes around a value are no part of it. */
function split(text: string): [key: string, value: string] | undefined {
  const at = text.search(/[=:]/);
  if (at < 0) return undefined;
  const value = text.slice(at + 1).trim();
  const quoted = value.match(/^(["'])(.*)\1$/s);
  return [text.slice(0, at).trim().toLowerCase(), quoted ? quoted[2]! : value];
}
