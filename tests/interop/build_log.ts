/** What a build did, from the lines of `buildctl build --progress=rawjson`. */

/** A step of the Dockerfile. */
export interface Step {
  /** Such as `[base 1/2] COPY busybox /bin/busybox`. */
  name: string;
  /** Whether its result came from a cache. */
  cached: boolean;
}

/** A piece of work inside of a vertex, such as the sending of one layer. */
interface Status {
  id: string;
  vertex: string;
  started?: string;
  completed?: string;
}

interface Vertex {
  digest: string;
  name: string;
  cached?: boolean;
}

/** The log of one build. */
export class BuildLog {
  readonly #vertices = new Map<string, { name: string; cached: boolean }>();
  readonly #statuses: Status[] = [];

  /** @param text a JSON document on each line; other lines are ignored */
  constructor(text: string) {
    for (const line of text.split("\n")) {
      if (!line.startsWith("{")) continue;
      const { vertexes = [], statuses = [] } = JSON.parse(line) as {
        vertexes?: Vertex[];
        statuses?: Status[];
      };
      for (const { digest, name, cached = false } of vertexes) {
        // A cached step is reported once more, without the word, when its layers are fetched.
        const known = this.#vertices.get(digest)?.cached ?? false;
        this.#vertices.set(digest, { name, cached: known || cached });
      }
      this.#statuses.push(...statuses);
    }
  }

  /** The steps of the Dockerfile, in the order in which they were announced. */
  get steps(): Step[] {
    return [...this.#vertices.values()].filter(({ name }) => /^\[(?!internal\])/.test(name));
  }

  /**
   * How long something took.
   *
   * @param vertex the start of the name of what it is a part of
   * @param id what BuildKit calls it
   * @returns seconds
   */
  seconds(vertex: string, id: string): number {
    const completed = this.#statuses.find((status) =>
      status.id === id && status.completed && status.started &&
      this.#vertices.get(status.vertex)?.name.startsWith(vertex)
    );
    if (!completed) throw new Error(`the build has no ${id} in ${vertex}`);
    return (Date.parse(completed.completed!) - Date.parse(completed.started!)) / 1000;
  }
}
