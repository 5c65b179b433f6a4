/**
 * Chains of layers, each kept once: two chains are the same when their blobs are, in order.
 *
 * @module
 */
import { compareText } from "./text.ts";
import { compareTimes } from "./time.ts";
import type { CacheLayer, LayerAnnotations } from "./types.ts";

/** Collects chains. A chain is named by a number, the empty one by -1. */
export class Chains {
  readonly #layers: { blob: string; parent: number }[] = [];
  readonly #byBlob = new Map<string, Map<number, number>>();
  readonly #annotations = new Map<string, LayerAnnotations>();

  /**
   * The chain that is one blob longer than another.
   *
   * @param parent the shorter chain
   * @param layer what comes on top; its annotations are remembered, its parent plays no part
   * @returns the longer chain
   */
  extend(parent: number, layer: { blob: string; annotations?: LayerAnnotations }): number {
    const { blob, annotations } = layer;
    if (annotations) this.#annotate(blob, annotations);
    let byParent = this.#byBlob.get(blob);
    if (!byParent) this.#byBlob.set(blob, byParent = new Map());
    let chain = byParent.get(parent);
    if (chain === undefined) {
      chain = this.#layers.push({ blob, parent }) - 1;
      byParent.set(parent, chain);
    }
    return chain;
  }

  /**
   * All chains that there are.
   *
   * @returns a layer for each, so that the index of a layer is the number of its chain
   */
  toLayers(): CacheLayer[] {
    return this.#layers.map(({ blob, parent }) => {
      const annotations = this.#annotations.get(blob);
      return annotations ? { blob, parent, annotations } : { blob, parent };
    });
  }

  // What is said of a blob belongs to the blob, not to its place. Where two caches do not agree,
  // the choice must not depend on which was seen first.
  #annotate(blob: string, annotations: LayerAnnotations): void {
    const known = this.#annotations.get(blob);
    if (!known || compareAnnotations(annotations, known) > 0) {
      this.#annotations.set(blob, annotations);
    }
  }
}

function compareAnnotations(a: LayerAnnotations, b: LayerAnnotations): number {
  return compareTimes(a.createdAt, b.createdAt) || compareText(a.createdAt, b.createdAt) ||
    compareText(a.mediaType, b.mediaType) || compareText(a.diffID, b.diffID) || a.size - b.size;
}
