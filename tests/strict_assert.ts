/**
 * Makes `console.assert` fail, for the examples in the documentation: by itself it only prints.
 * Preloaded by `deno task test`.
 */
console.assert = (condition?: boolean, ...message: unknown[]): void => {
  if (!condition) throw new Error(`console.assert failed: ${message.join(" ")}`);
};
