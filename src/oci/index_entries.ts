/**
 * The entries of an image index: finding the one that has a tag, and putting one in.
 *
 * @module
 */
import { goJson } from "../go_json.ts";
import { type Descriptor, inGoOrder, isObject, parseDescriptor } from "./descriptor.ts";
import { LayoutError } from "./errors.ts";
import { IMAGE_NAME, type ImageIndex, REF_NAME } from "./layout.ts";
import { IMAGE_INDEX } from "./media_types.ts";

/** The tag that BuildKit reads and writes if none is given. */
export const DEFAULT_TAG = "latest";

/**
 * Finds a manifest by its tag. As in BuildKit, an entry whose full image name it is goes before one
 * whose reference name it is, and the first of equals is taken.
 *
 * @param index of a layout
 * @param tag a tag or a full image name
 * @returns the manifest's descriptor
 * @throws {LayoutError} if no entry has the tag, naming those that there are, or it is damaged
 */
export function selectManifest(index: ImageIndex, tag: string = DEFAULT_TAG): Descriptor {
  const find = (key: string) =>
    index.manifests.findIndex((entry) => annotation(entry, key) === tag);
  const byName = find(IMAGE_NAME);
  const found = byName >= 0 ? byName : find(REF_NAME);
  if (found >= 0) {
    return parseDescriptor(index.manifests[found], `${index.source}: manifests[${found}]`);
  }
  const tags = listTags(index);
  throw new LayoutError(
    `${index.source}: has no tag ${JSON.stringify(tag)}; ` +
      (tags.length > 0 ? `it has ${tags.slice(0, 20).join(", ")}` : "it has no tags") +
      (tags.length > 20 ? ` and ${tags.length - 20} more` : ""),
  );
}

/**
 * The tags of an index.
 *
 * @param index of a layout
 * @returns every text by which {@linkcode selectManifest} finds an entry, each once
 */
export function listTags(index: ImageIndex): string[] {
  const names = index.manifests.flatMap((entry) => [
    annotation(entry, IMAGE_NAME),
    annotation(entry, REF_NAME),
  ]);
  return [...new Set(names.filter((name) => name !== undefined))];
}

function annotation(entry: unknown, key: string): string | undefined {
  if (!isObject(entry) || !isObject(entry.annotations)) return undefined;
  const value = entry.annotations[key];
  return typeof value === "string" ? value : undefined;
}

/**
 * Puts a manifest under a tag, as BuildKit does: at the end, in place of the one that had the tag.
 * An entry that has the same reference name as part of a full image name is another one. All else
 * in the index stays as it is.
 *
 * @param index of a layout; undefined for a new one
 * @param tag a tag
 * @param descriptor of the manifest
 * @returns the JSON of the changed index
 */
export function withManifest(
  index: ImageIndex | undefined,
  tag: string,
  descriptor: Descriptor,
): string {
  const others = (index?.manifests ?? []).filter((entry) =>
    annotation(entry, REF_NAME) !== tag || annotation(entry, IMAGE_NAME)
  );
  const tagged = { ...descriptor, annotations: { ...descriptor.annotations, [REF_NAME]: tag } };
  const { schemaVersion, mediaType, ...fields } = index?.fields ?? {};
  return goJson({
    schemaVersion: schemaVersion || 2,
    mediaType: mediaType || IMAGE_INDEX,
    ...fields,
    manifests: [...others, inGoOrder(tagged)],
  });
}
