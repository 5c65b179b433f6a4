/**
 * Takes loops out of records. None is ever read, but joining records that name the same key can
 * make one: a step whose output, by another of its names, is also one of its inputs.
 *
 * @module
 */
import { inputsFirst, usersOf } from "./topology.ts";
import type { CacheRecord } from "./types.ts";

/**
 * Leaves out alternatives so that no loop remains. Which ones does not depend on the order of the
 * records: on a loop, each keeps only those that are fewer steps away from the records without
 * inputs than it is itself. That leaves every input one, as every key has a name without a loop.
 *
 * @param records records of which each can be reached without a loop
 * @returns the same records with fewer alternatives, or themselves if there is no loop
 */
export function cutLoops(records: CacheRecord[]): CacheRecord[] {
  if (inputsFirst(records, usersOf(records)).length === records.length) return records;
  const group = loopGroups(records);
  const height = heights(records);
  return records.map((record, i) => ({
    ...record,
    inputs: record.inputs.map((alternatives) =>
      alternatives.filter(({ link }) => group[link] !== group[i] || height[link]! < height[i]!)
    ),
  }));
}

/** For each record, the fewest steps in which all that it needs can follow from nothing. */
function heights(records: readonly CacheRecord[]): Int32Array {
  const height = new Int32Array(records.length);
  const openInputs = records.map(({ inputs }) => inputs.length);
  const reached: number[] = [];
  const waiting: { record: number; open: boolean }[][] = records.map(() => []);
  records.forEach(({ inputs }, record) => {
    if (inputs.length === 0) reached.push(record);
    for (const alternatives of inputs) {
      const input = { record, open: true };
      for (const { link } of alternatives) waiting[link]!.push(input);
    }
  });
  // Records are reached in the order of their heights, so the first alternative is the nearest.
  for (let next = 0; next < reached.length; next++) {
    const source = reached[next]!;
    for (const input of waiting[source]!) {
      if (!input.open) continue;
      input.open = false;
      if (--openInputs[input.record]! > 0) continue;
      height[input.record] = height[source]! + 1;
      reached.push(input.record);
    }
  }
  return height;
}

/**
 * A number for each record, the same for two if each can be reached from the other: Tarjan's
 * algorithm for strongly connected components, with a stack of its own.
 */
function loopGroups(records: readonly CacheRecord[]): Int32Array {
  const links = records.map(({ inputs }) => inputs.flat().map(({ link }) => link));
  const unseen = -1;
  const number = new Int32Array(records.length).fill(unseen);
  const lowest = new Int32Array(records.length);
  const group = new Int32Array(records.length).fill(unseen);
  const ungrouped: number[] = [];
  const path: { record: number; next: number }[] = [];
  let count = 0;
  const enter = (record: number) => {
    number[record] = lowest[record] = count++;
    ungrouped.push(record);
    path.push({ record, next: 0 });
  };
  for (let start = 0; start < records.length; start++) {
    if (number[start] === unseen) enter(start);
    for (let step; (step = path.at(-1));) {
      const { record } = step;
      const link = links[record]![step.next++];
      if (link !== undefined) {
        if (number[link] === unseen) enter(link);
        else if (group[link] === unseen) lowest[record] = Math.min(lowest[record]!, number[link]!);
        continue;
      }
      path.pop();
      const user = path.at(-1)?.record;
      if (user !== undefined) lowest[user] = Math.min(lowest[user]!, lowest[record]!);
      if (lowest[record] !== number[record]) continue;
      let member: number;
      do {
        member = ungrouped.pop()!;
        group[member] = record;
      } while (member !== record);
    }
  }
  return group;
}
