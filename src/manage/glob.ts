/**
 * Patterns for names of caches.
 *
 * @module
 */

/**
 * Makes a test of a pattern: `*` stands for any characters but `/`, `**` for any characters, `?`
 * for one character that is not `/`, and `[abc]`, `[a-z]`, `[!abc]` for one character that is, or
 * is not, in the list. Any other character stands for itself, and after a backslash these do too.
 *
 * @param pattern what a whole name has to match
 * @returns whether a name matches
 * @throws {TypeError} if a list has no end or a range is in the wrong order
 */
export function compileGlob(pattern: string): (name: string) => boolean {
  const token = /\*\*|\*|\?|\[(!?)(\]?[^\]]*)\]|\\([^])|[^]/gu;
  let source = "";
  for (const [text, negated, list, escaped] of pattern.matchAll(token)) {
    if (text === "**") source += "[^]*";
    else if (text === "*") source += "[^/]*";
    else if (text === "?") source += "[^/]";
    else if (list !== undefined) source += `(?!/)[${negated && "^"}${listOf(list)}]`;
    else if (text === "[") throw new TypeError(`pattern ${quote(pattern)}: "[" without "]"`);
    else source += literal(escaped ?? text);
  }
  try {
    const expression = new RegExp(`^(?:${source})$`, "u");
    return (name) => expression.test(name);
  } catch {
    throw new TypeError(`pattern ${quote(pattern)}: expected ranges such as [a-z]`);
  }
}

function listOf(list: string): string {
  return list.replace(/[\\\]^[&~|]/g, "\\$&");
}

function literal(char: string): string {
  return char.replace(/[\\^$.*+?()[\]{}|/]/, "\\$&");
}

function quote(text: string): string {
  return JSON.stringify(text);
}
