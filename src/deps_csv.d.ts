/** The part of the standard library's CSV parser that is used here; its npm build has no types. */
export interface ParseOptions {
  separator?: string;
  lazyQuotes?: boolean;
  trimLeadingSpace?: boolean;
  fieldsPerRecord?: number;
}

/** Parses CSV text to records of fields; throws SyntaxError on a malformed quote. */
export function parse(input: string, options?: ParseOptions): string[][];
