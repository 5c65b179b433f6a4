/**
 * Where the nodes and edges of a graph are drawn.
 *
 * @module
 */
import { coordGreedy, createDag, decrossTwoLayer, layeringLongestPath, sugiyama } from "../deps.ts";
import type { Graph, GraphEdge } from "../graph.ts";

/** The size of a node, in the units of the drawing. */
export const NODE = { width: 200, height: 40 } as const;
/** Between nodes of a layer, and between layers. */
const GAP = [24, 56] as const;
/** Above this nobody could read a drawing, and nobody would wait for it. */
const MAX_NODES = 3000;

/** A point of the drawing. */
export type Point = readonly [x: number, y: number];

/** All edges from one record to another, drawn as one. */
export interface DrawnEdge {
  from: number;
  to: number;
  /** What it stands for. */
  edges: GraphEdge[];
  /** From the lower edge of `from` to the upper one of `to`. */
  points: Point[];
}

/** Where everything is. */
export interface GraphLayout {
  width: number;
  height: number;
  /** The centres of the nodes. */
  nodes: Point[];
  edges: DrawnEdge[];
}

/**
 * Lays a graph out in layers, so that each node is below all that it needs.
 *
 * @param graph without loops
 * @returns centres, and the ways of edges
 * @throws {RangeError} if the graph is too large to be drawn
 */
export function layOutGraph({ nodes, edges }: Graph): GraphLayout {
  if (nodes.length > MAX_NODES) {
    throw new RangeError(
      `${nodes.length} records are too many to be drawn, at most ${MAX_NODES} are; ` +
        "json and dot have no limit",
    );
  }
  if (nodes.length === 0) return { width: 0, height: 0, nodes: [], edges: [] };
  const dag = createDag<number, DrawnEdge>();
  const placed = nodes.map((_, i) => dag.node(i));
  for (const drawn of joinParallel(edges)) dag.link(placed[drawn.from]!, placed[drawn.to]!, drawn);
  const layout = sugiyama()
    .layering(layeringLongestPath())
    .decross(decrossTwoLayer())
    .coord(coordGreedy())
    .nodeSize([NODE.width, NODE.height])
    .gap(GAP);
  const { width, height } = layout(dag);
  return {
    width,
    height,
    nodes: placed.map(({ x, y }) => [x, y]),
    edges: [...dag.links()].map(({ data, points }) => ({ ...data, points: trim(points) })),
  };
}

function joinParallel(edges: GraphEdge[]): DrawnEdge[] {
  const joined = new Map<string, DrawnEdge>();
  for (const edge of edges) {
    const { from, to } = edge;
    const drawn = joined.get(`${from} ${to}`);
    if (drawn) drawn.edges.push(edge);
    else joined.set(`${from} ${to}`, { from, to, edges: [edge], points: [] });
  }
  return [...joined.values()];
}

/**
 * The layout leads edges from centre to centre. Drawn, they begin and end at the nodes' sides, each
 * shifted towards where it comes from or goes to, so that they do not all meet in one point.
 */
function trim(points: readonly Point[]): Point[] {
  const [start, second] = points;
  const [before, end] = points.slice(-2);
  return [
    [start![0] + shift(start!, second!), start![1] + NODE.height / 2],
    ...points.slice(1, -1),
    [end![0] + shift(end!, before!), end![1] - NODE.height / 2],
  ];
}

function shift([from]: Point, [to]: Point): number {
  const most = NODE.width * 0.4;
  return Math.max(-most, Math.min(most, (to - from) / 4));
}
