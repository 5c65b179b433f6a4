/**
 * Orders in which everything comes after what it stands on. None of this recurses, so that depth
 * costs no stack.
 *
 * @module
 */
import type { CacheLayer, CacheRecord } from "./types.ts";

/**
 * Sorts layers so that each comes after its parent.
 *
 * @param layers layers without loops
 * @returns indices of layers
 */
export function parentsFirst(layers: readonly CacheLayer[]): Int32Array {
  const order = new Int32Array(layers.length);
  const seen = new Uint8Array(layers.length);
  let length = 0;
  for (let top = 0; top < layers.length; top++) {
    const path = [];
    for (let at = top; at !== -1 && !seen[at]; at = layers[at]!.parent) {
      seen[at] = 1;
      path.push(at);
    }
    for (const layer of path.reverse()) order[length++] = layer;
  }
  return order;
}

/**
 * Who uses each record: `items[start[i]]` up to `items[start[i + 1]]` are the records that have
 * record `i` among their inputs, once for each time they have it.
 */
export interface Users {
  /** Where the users of each record begin, and one number more. */
  start: Int32Array;
  /** Indices of records. */
  items: Int32Array;
}

/**
 * Turns the links around.
 *
 * @param records records whose links are in range
 * @returns the users of each record
 */
export function usersOf(records: readonly CacheRecord[]): Users {
  const start = new Int32Array(records.length + 1);
  eachLink(records, (link) => start[link + 1]!++);
  for (let i = 0; i < records.length; i++) start[i + 1]! += start[i]!;
  const items = new Int32Array(start[records.length]!);
  const next = start.slice();
  eachLink(records, (link, user) => items[next[link]!++] = user);
  return { start, items };
}

/**
 * Sorts records so that each comes after all of its inputs. Records that are on a loop, or behind
 * one, have no such place and are left out.
 *
 * @param records records whose links are in range
 * @param users from {@linkcode usersOf}
 * @returns indices of records
 */
export function inputsFirst(records: readonly CacheRecord[], users: Users): Int32Array {
  const pending = new Int32Array(records.length);
  eachLink(records, (_, user) => pending[user]!++);
  const order = new Int32Array(records.length);
  let length = 0;
  for (let i = 0; i < records.length; i++) if (pending[i] === 0) order[length++] = i;
  for (let done = 0; done < length; done++) {
    const record = order[done]!;
    for (let i = users.start[record]!; i < users.start[record + 1]!; i++) {
      const user = users.items[i]!;
      if (--pending[user]! === 0) order[length++] = user;
    }
  }
  return order.subarray(0, length);
}

function eachLink(
  records: readonly CacheRecord[],
  visit: (link: number, user: number) => void,
): void {
  records.forEach((record, user) => {
    for (const alternatives of record.inputs) {
      for (const { link } of alternatives) visit(link, user);
    }
  });
}
