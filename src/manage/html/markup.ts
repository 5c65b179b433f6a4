/**
 * HTML that is put together without ever forgetting to escape: a template's values are text, unless
 * they were made by a template themselves.
 *
 * @module
 */
import { printable } from "../../format.ts";

/** A piece of HTML or SVG. */
export class Markup {
  /** As it stands in the document. */
  readonly text: string;

  /**
   * @param text that is HTML already; only constants of ours are
   */
  constructor(text: string) {
    this.text = text;
  }
}

/** What may stand in a template. */
export type MarkupValue = Markup | readonly Markup[] | string | number;

/**
 * The tag of a template that is HTML. Attributes must be in double quotes.
 *
 * @param strings the constant parts
 * @param values text and numbers, which are escaped, and markup, which is not
 * @returns the whole
 */
export function markup(strings: TemplateStringsArray, ...values: MarkupValue[]): Markup {
  const parts = strings.map((string, i) => string + (i < values.length ? render(values[i]!) : ""));
  return new Markup(parts.join(""));
}

function render(value: MarkupValue): string {
  if (value instanceof Markup) return value.text;
  if (typeof value === "object") return value.map(({ text }) => text).join("\n");
  return escapeHtml(String(value));
}

const ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/**
 * Text for an element or a quoted attribute.
 *
 * @param text any text
 * @returns HTML without control and format characters, which are written out
 */
export function escapeHtml(text: string): string {
  return printable(text).replace(/[&<>"']/g, (char) => ENTITIES[char]!);
}
