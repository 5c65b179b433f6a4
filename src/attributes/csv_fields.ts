import { parseCsv } from "../deps.ts";

/**
 * Splits an attribute string into its fields, by the rules of CSV that buildx applies: commas
 * separate, a field that holds a comma or a quote stands in quotes, a quote inside is doubled,
 * spaces count, and one line break at the end is ignored.
 *
 * @param text the attribute string
 * @returns at least one field
 * @throws {SyntaxError} if the text is empty, has more than one line, or a quote out of place; the
 * message holds none of the text, which may have secrets in it
 */
export function splitFields(text: string): string[] {
  const line = text.replace(/\r?\n$/, "");
  if (line === "") throw new SyntaxError("the text is empty");
  // CSV allows line breaks in quotes, but no attribute has a use for one, and a second line is
  // most often a second attribute string.
  if (/[\r\n]/.test(line)) throw new SyntaxError("the text has more than one line");
  try {
    return parseCsv(line)[0] ?? [];
  } catch (error) {
    throw new SyntaxError(
      'a quote (") is out of place: a field with a comma or a quote in it stands in quotes as a ' +
        'whole, its own quotes doubled, as "name=a,b"',
      { cause: error },
    );
  }
}
