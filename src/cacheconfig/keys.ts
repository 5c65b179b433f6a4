/**
 * The keys of a graph, each kept once.
 *
 * A record of a config is a way to name a cache key: a digest, and for each input the alternatives
 * that may be there. Two records name the same key if they have the same digest and number of
 * inputs and share an alternative for every input; a key's alternatives are those of all records
 * that name it. Joining two keys makes others equal, those that have them as inputs, so joining
 * goes on until nothing changes. The outcome does not depend on the order in which records come.
 *
 * @module
 */
import type { CacheResult } from "./types.ts";

/** An alternative for an input: all or a part of what a key puts out. */
export interface Link {
  /** Which part, "" for all of it. */
  readonly selector: string;
  /** The key, or one that has become part of it. */
  readonly source: Key;
}

/** A cache key. */
export class Key {
  /** Digest of the step. */
  readonly digest: string;
  /** For each input the alternatives, some of them perhaps the same. */
  inputs: Link[][];
  /** What building it gave, each time. */
  results: CacheResult[] = [];
  /** Which keys have this one as an input, by port. */
  readonly users = new Map<string, Set<Key>>();
  /** How many links it has, to inputs and from users. */
  weight = 0;
  /** The key that this one has become part of. */
  joined: Key | undefined;

  /**
   * @param digest digest of the step
   * @param inputCount how many inputs the step has
   */
  constructor(digest: string, inputCount: number) {
    this.digest = digest;
    this.inputs = Array.from({ length: inputCount }, () => []);
  }
}

/** Collects keys. */
export class Keys {
  readonly #keys = new Set<Key>();
  readonly #roots = new Map<string, Key>();
  /** Keys that may have come to share an alternative with another for every input. */
  readonly #unsettled: Key[] = [];

  /**
   * Adds a way to name a key.
   *
   * @param digest digest of the step
   * @param inputs one alternative or more for each input of the step
   * @returns the key, which may have been there under this name or another
   */
  add(digest: string, inputs: Link[][]): Key {
    let key = inputs.length === 0 ? this.#roots.get(digest) : twins(digest, inputs)[0];
    if (!key) {
      this.#keys.add(key = new Key(digest, inputs.length));
      if (inputs.length === 0) this.#roots.set(digest, key);
      link(key, inputs);
    } else if (link(key, inputs)) {
      this.#unsettled.push(key);
      this.#settle();
    }
    return current(key);
  }

  /**
   * All keys.
   *
   * @returns those that have not become part of another
   */
  list(): Key[] {
    return [...this.#keys].filter((key) => key.joined === undefined);
  }

  /**
   * Whether a key was added here.
   *
   * @param key anything
   * @returns true if it is one of these keys, or has become part of one
   */
  has(key: unknown): key is Key {
    return key instanceof Key && this.#keys.has(key);
  }

  /** Joins keys until each is the only one of its name. */
  #settle(): void {
    for (let key; (key = this.#unsettled.pop());) {
      if (key.joined) continue;
      for (const twin of twins(key.digest, key.inputs)) {
        if (twin !== key) key = this.#join(key, twin);
      }
    }
  }

  /** Makes one key of two; the lighter moves, so that no link moves more than a few times. */
  #join(a: Key, b: Key): Key {
    const [kept, gone] = a.weight >= b.weight ? [a, b] : [b, a];
    gone.joined = kept;
    for (const [port, users] of gone.users) {
      for (const user of users) {
        usersAt(kept, port).add(user);
        kept.weight++;
        this.#unsettled.push(user);
      }
    }
    gone.inputs.forEach((links, input) => {
      const count = gone.inputs.length;
      for (const { selector, source } of links) {
        usersAt(current(source), portOf(gone.digest, count, input, selector)).delete(gone);
      }
    });
    link(kept, gone.inputs);
    for (const result of gone.results) kept.results.push(result);
    gone.users.clear();
    gone.inputs = [];
    gone.results = [];
    this.#unsettled.push(kept);
    return kept;
  }
}

/**
 * What a key has become. The way there is made shorter for the next who asks.
 *
 * @param key a key, perhaps joined with others since
 * @returns the key that it is a part of now
 */
export function current(key: Key): Key {
  let last = key;
  while (last.joined) last = last.joined;
  for (let at = key; at.joined;) {
    const next = at.joined;
    at.joined = last;
    at = next;
  }
  return last;
}

/** Gives a key more alternatives, and says whether any was new. */
function link(key: Key, inputs: Link[][]): boolean {
  let isNew = false;
  inputs.forEach((links, input) => {
    for (const { selector, source } of links) {
      const users = usersAt(
        current(source),
        portOf(key.digest, inputs.length, input, selector),
      );
      if (users.has(key)) continue;
      users.add(key);
      key.inputs[input]!.push({ selector, source });
      key.weight++;
      current(source).weight++;
      isNew = true;
    }
  });
  return isNew;
}

/** The keys of a digest that have one of these alternatives for every input. */
function twins(digest: string, inputs: Link[][]): Key[] {
  const users = inputs.map((links, input) =>
    links.flatMap(({ selector, source }) =>
      current(source).users.get(portOf(digest, inputs.length, input, selector)) ?? []
    )
  );
  // One input has to be gone through, the others are only asked: best the one with the fewest.
  const crowd = (sets: Set<Key>[]) => sets.reduce((sum, set) => sum + set.size, 0);
  const fewest = users.reduce((a, b) => crowd(b) < crowd(a) ? b : a, users[0] ?? []);
  const candidates = new Set(fewest.flatMap((set) => [...set]));
  return [...candidates].filter((key) =>
    users.every((sets) => sets === fewest || sets.some((set) => set.has(key)))
  );
}

function usersAt(key: Key, port: string): Set<Key> {
  let users = key.users.get(port);
  if (!users) key.users.set(port, users = new Set());
  return users;
}

/** The place that a user takes: its digest, how many inputs it has, which of them, which part. */
function portOf(digest: string, count: number, input: number, selector: string): string {
  return `${digest} ${count} ${input} ${selector}`;
}
