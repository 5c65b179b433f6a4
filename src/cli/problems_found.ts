/**
 * What a verb throws that looked for problems, found some, and has printed them: it did its work,
 * and the exit status is to tell.
 *
 * @module
 */

/** Problems were found and printed. */
export class ProblemsFound extends Error {
  override readonly name = "ProblemsFound";
}
