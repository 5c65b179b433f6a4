/**
 * The candidate that a mistyped word most likely meant. The standard library's closestString is
 * not used: it allocates 4 MiB when it loads, counts a swap as two edits, and always has an answer.
 *
 * @param word what was typed
 * @param candidates what could have been meant
 * @returns the nearest candidate, or undefined if none is within a third of its length
 */
export function suggest(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Infinity;
  for (const candidate of candidates) {
    const longer = Math.max(word.length, candidate.length);
    // A length that differs by more than a third cannot be near: this also keeps long words cheap.
    if (Math.abs(word.length - candidate.length) * 3 > longer) continue;
    const distance = editDistance(word, candidate);
    if (distance * 3 <= longer && distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/**
 * How many insertions, deletions, replacements and swaps of neighbours lead from one word to the
 * other (the optimal string alignment distance).
 *
 * @param from a word
 * @param to another
 * @returns 0 if they are equal
 */
export function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const replace = from[row - 1] === to[column - 1] ? 0 : 1;
      let distance = Math.min(
        last[column]! + 1,
        current[column - 1]! + 1,
        last[column - 1]! + replace,
      );
      const swapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] &&
        from[row - 2] === to[column - 1];
      if (swapped) distance = Math.min(distance, beforeLast[column - 2]! + 1);
      current.push(distance);
    }
    [beforeLast, last] = [last, current];
  }
  return last[to.length]!;
}
