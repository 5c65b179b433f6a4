/**
 * The rules that a cache config must keep, whoever made it.
 *
 * @module
 */
import { isDigest } from "../digest.ts";
import { CacheConfigError, show } from "./errors.ts";
import { isTime } from "./time.ts";
import { inputsFirst, usersOf } from "./topology.ts";
import type { CacheConfig, CacheLayer, CacheRecord } from "./types.ts";

type Fail = (position: string, problem: string) => never;

/**
 * Checks every digest, index, size and time of a config, and that neither layers nor records form a
 * loop. It takes time in proportion to the config, and no stack.
 *
 * @param config a config of the right types
 * @param options `source`: what errors call it; `annotations`: whether each layer needs them
 * @throws CacheConfigError that names source, place and problem
 */
export function checkCacheConfig(
  config: CacheConfig,
  options: { source: string; annotations: "required" | "optional" },
): void {
  const fail: Fail = (position, problem) => {
    throw new CacheConfigError(options.source, position, problem);
  };
  checkLayers(config.layers, options.annotations === "required", fail);
  checkLayerLoops(config.layers, fail);
  checkRecords(config, fail);
  checkRecordLoops(config.records, fail);
}

function checkLayers(layers: CacheLayer[], annotated: boolean, fail: Fail): void {
  layers.forEach((layer, i) => {
    checkDigest(layer.blob, () => `layers[${i}].blob`, fail);
    if (layer.parent !== -1) {
      checkIndex(layer.parent, layers, () => `layers[${i}].parent`, "-1 or a layer", fail);
    }
    const annotations = layer.annotations;
    if (annotations === undefined) {
      if (annotated) fail(`layers[${i}]`, "expected annotations, got none");
      return;
    }
    if (annotated || annotations.diffID !== "") {
      checkDigest(annotations.diffID, () => `layers[${i}].annotations.diffID`, fail);
    }
    if (annotations.size < 0) {
      fail(`layers[${i}].annotations.size`, `expected a size in bytes, got ${annotations.size}`);
    }
    checkTime(annotations.createdAt, () => `layers[${i}].annotations.createdAt`, fail);
  });
}

function checkLayerLoops(layers: CacheLayer[], fail: Fail): void {
  // Each walk down marks its way with its own number: it may end at -1 or where an earlier walk
  // was, but not at its own mark.
  const walk = new Int32Array(layers.length);
  for (let i = 0; i < layers.length; i++) {
    let at = i;
    let from = i;
    while (at !== -1 && walk[at] === 0) {
      walk[at] = i + 1;
      from = at;
      at = layers[at]!.parent;
    }
    if (at !== -1 && walk[at] === i + 1) fail(`layers[${from}].parent`, `${at} closes a loop`);
  }
}

function checkRecords({ layers, records }: CacheConfig, fail: Fail): void {
  records.forEach((record, i) => {
    checkDigest(record.digest, () => `records[${i}].digest`, fail);
    record.layers.forEach((result, j) => {
      const at = () => `records[${i}].layers[${j}]`;
      checkIndex(result.layer, layers, () => `${at()}.layer`, "a layer", fail);
      checkTime(result.createdAt, () => `${at()}.createdAt`, fail);
    });
    record.chains.forEach((chain, j) => {
      const at = () => `records[${i}].chains[${j}]`;
      chain.layers.forEach((layer, k) => {
        checkIndex(layer, layers, () => `${at()}.layers[${k}]`, "a layer", fail);
      });
      checkTime(chain.createdAt, () => `${at()}.createdAt`, fail);
    });
    record.inputs.forEach((alternatives, j) => {
      if (alternatives.length === 0) {
        fail(`records[${i}].inputs[${j}]`, "expected one alternative or more, got an empty list");
      }
      alternatives.forEach((input, k) => {
        checkIndex(
          input.link,
          records,
          () => `records[${i}].inputs[${j}][${k}].link`,
          "a record",
          fail,
        );
      });
    });
  });
}

function checkRecordLoops(records: CacheRecord[], fail: Fail): void {
  const order = inputsFirst(records, usersOf(records));
  if (order.length === records.length) return;
  const sound = new Uint8Array(records.length);
  for (const record of order) sound[record] = 1;
  // What is left is on a loop or behind one, and always has an input of its own kind: following
  // such inputs must lead around.
  const seen = new Uint8Array(records.length);
  let at = sound.indexOf(0);
  for (;;) {
    seen[at] = 1;
    const [input, alternative] = findLink(records[at]!, (link) => sound[link] === 0);
    const { link } = records[at]!.inputs[input]![alternative]!;
    if (seen[link]) {
      fail(`records[${at}].inputs[${input}][${alternative}].link`, `${link} closes a loop`);
    }
    at = link;
  }
}

function findLink(record: CacheRecord, wanted: (link: number) => boolean): [number, number] {
  for (const [input, alternatives] of record.inputs.entries()) {
    const alternative = alternatives.findIndex(({ link }) => wanted(link));
    if (alternative !== -1) return [input, alternative];
  }
  throw new Error("a record on a loop has a link on it");
}

function checkDigest(value: string, position: () => string, fail: Fail): void {
  if (!isDigest(value)) {
    fail(position(), `expected sha256: and 64 hexadecimal digits, got ${show(value)}`);
  }
}

function checkTime(value: string, position: () => string, fail: Fail): void {
  if (!isTime(value)) fail(position(), `expected an RFC 3339 time, got ${show(value)}`);
}

function checkIndex(
  value: number,
  list: readonly unknown[],
  position: () => string,
  what: string,
  fail: Fail,
): void {
  if (!Number.isInteger(value) || value < 0 || value >= list.length) {
    fail(position(), `expected ${what}, of which there are ${list.length}, got ${value}`);
  }
}
