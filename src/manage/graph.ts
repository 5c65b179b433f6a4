/**
 * The graph of a cache as it is drawn: a node for each record, an edge from each record to those
 * that have it as an input.
 *
 * @module
 */
import { formatBytes, plural, printable, shortDigest } from "../format.ts";
import { compareTimes, isZeroTime } from "../cacheconfig/time.ts";
import type { CacheInspection, InspectedRecord, InspectedResult } from "./inspect.ts";

/** `none`: no result; `whole`: all that the results need is there; `broken`: a blob is not. */
export type NodeState = "none" | "whole" | "broken";

/** A record. Its index is that of the node. */
export interface GraphNode {
  /** Digest of the step. */
  digest: string;
  /** Whether there are results, and whether they can be used. */
  state: NodeState;
  /** What is written into the node, a line each; free of control characters. */
  lines: string[];
}

/** An input of a record. */
export interface GraphEdge {
  /** The record that is the input. */
  from: number;
  /** The record that needs it. */
  to: number;
  /** Which input of `to`, counted from 0. */
  input: number;
  /** Which part of the output of `from` is meant, "" for all of it. */
  selector: string;
  /** Whether other records would do as well. */
  isAlternative: boolean;
  /** What is written at the edge, perhaps nothing; free of control characters. */
  label: string;
}

/** Nodes and edges. */
export interface Graph {
  nodes: GraphNode[];
  edges: GraphEdge[];
}

/**
 * Makes the graph of a cache.
 *
 * @param inspection a cache that was looked at
 * @returns its graph
 */
export function graphOf({ records }: CacheInspection): Graph {
  return {
    nodes: records.map((record) => ({
      digest: record.digest,
      state: stateOf(record),
      lines: describe(record),
    })),
    edges: records.flatMap(({ inputs }, to) =>
      inputs.flatMap((alternatives, input) =>
        alternatives.map(({ selector, link }) => ({
          from: link,
          to,
          input,
          selector,
          isAlternative: alternatives.length > 1,
          label: [inputs.length > 1 ? `#${input}` : "", printable(shortDigest(selector))]
            .filter((part) => part !== "").join(" "),
        }))
      )
    ),
  };
}

/**
 * The result of a record that a builder would take.
 *
 * @param record of an inspected cache
 * @returns the newest one, undefined if there is none
 */
export function newestResult({ results }: InspectedRecord): InspectedResult | undefined {
  return results.reduce<InspectedResult | undefined>(
    (newest, result) =>
      newest && compareTimes(newest.createdAt, result.createdAt) >= 0 ? newest : result,
    undefined,
  );
}

function stateOf({ results }: InspectedRecord): NodeState {
  if (results.length === 0) return "none";
  return results.some(({ broken }) => broken) ? "broken" : "whole";
}

function describe(record: InspectedRecord): string[] {
  const result = newestResult(record);
  if (!result) return [shortDigest(record.digest)];
  const { depth, bytes, createdAt } = result;
  const date = isZeroTime(createdAt) ? "" : ` · ${createdAt.slice(0, "2026-01-31".length)}`;
  return [shortDigest(record.digest), `${plural(depth, "layer")} · ${formatBytes(bytes)}${date}`];
}
