/**
 * YAML documents as trees of nodes with source ranges. A node carries both the text as written, which strict decoders
 * such as kind's need, and the plain value that it stands for. Ranges are UTF-16 offsets into the whole text.
 */

/** What every node has. `size` counts nodes with aliases written out; `depth` counts collections inside each other. */
interface NodeBase {
  readonly start: number;
  readonly end: number;
  /** Plain frozen data: string, number, bigint (integers beyond 2^53), boolean, null, array or object. */
  readonly value: unknown;
  readonly size: number;
  readonly depth: number;
}

/** A single value. `tag` is the short tag after resolution (`!!str`, `!!int`, ...); quoted texts are `!!str`. */
export interface YamlScalar extends NodeBase {
  readonly kind: 'scalar';
  readonly text: string;
  readonly tag: string;
  /** True for an unquoted text without an explicit tag, whose meaning was guessed from its spelling. */
  readonly implicit: boolean;
}

export interface YamlSequence extends NodeBase {
  readonly kind: 'sequence';
  readonly items: readonly YamlNode[];
}

/** `name` is the key as the plain value has it: numbers and booleans become text, as sigs.k8s.io/yaml does. */
export interface YamlEntry {
  readonly name: string;
  readonly key: YamlNode;
  readonly value: YamlNode;
}

/** `entries` as written without merge keys; `merged` are the entries that merge keys add to them. */
export interface YamlMapping extends NodeBase {
  readonly kind: 'mapping';
  readonly entries: readonly YamlEntry[];
  readonly merged: readonly YamlEntry[];
}

/** A reference to an anchored node; its range is the reference, its value the target's. */
export interface YamlAlias extends NodeBase {
  readonly kind: 'alias';
  readonly name: string;
  readonly target: YamlContent;
}

/** A node that is not a reference. */
export type YamlContent = YamlScalar | YamlSequence | YamlMapping;

export type YamlNode = YamlContent | YamlAlias;

/** The node itself, or what a reference points to. */
export function contentOf(node: YamlNode): YamlContent {
  return node.kind === 'alias' ? node.target : node;
}

/** A path into a document: keys and list positions from the root. */
export type YamlPath = readonly (string | number)[];

function child(node: YamlContent, step: string | number): { key: YamlNode; value: YamlNode } | undefined {
  if (node.kind === 'mapping') {
    const byName = (entry: YamlEntry): boolean => entry.name === String(step);
    return node.entries.find(byName) ?? node.merged.find(byName);
  }
  const item = node.kind === 'sequence' ? node.items[Number(step)] : undefined;
  return item && { key: item, value: item };
}

/** The node at a path, references followed; undefined if the path leads nowhere. */
export function nodeAt(root: YamlNode, path: YamlPath): YamlNode | undefined {
  let node: YamlNode | undefined = root;
  for (const step of path) node = node && child(contentOf(node), step)?.value;
  return node;
}

/**
 * Range of the value at a path, or of its key. Where the path ends early, the range of the nearest parent that exists:
 * its key if it has one, since a whole block is too large to underline.
 */
export function rangeOf(root: YamlNode, path: YamlPath, what: 'key' | 'value'): { start: number; end: number } {
  let key: YamlNode = root;
  let value: YamlNode = root;
  for (const step of path) {
    const found = child(contentOf(value), step);
    if (!found) return { start: key.start, end: key.end };
    ({ key, value } = found);
  }
  const node = what === 'key' || value.start === value.end ? key : value;
  return { start: node.start, end: node.end };
}

/** Position of the last node that starts at or before the offset, -1 if there is none; nodes are in source order. */
function lastBefore(nodes: readonly YamlNode[], offset: number): number {
  let index = nodes.length - 1;
  while (index >= 0 && (nodes[index]?.start ?? 0) > offset) index -= 1;
  return index;
}

/** Path of the innermost node at an offset; behind the last node of a block it is still that node's path. */
export function pathAtOffset(root: YamlNode, offset: number): YamlPath {
  const path: (string | number)[] = [];
  let node: YamlNode = root;
  for (;;) {
    if (node.kind === 'mapping') {
      const entry: YamlEntry | undefined = node.entries[lastBefore(node.entries.map((each) => each.key), offset)];
      if (!entry) return path;
      path.push(entry.name);
      if (offset < entry.value.start || offset <= entry.key.end) return path;
      node = entry.value;
    } else if (node.kind === 'sequence') {
      const index: number = lastBefore(node.items, offset);
      const item: YamlNode | undefined = node.items[index];
      if (!item) return path;
      path.push(index);
      node = item;
    } else {
      return path;
    }
  }
}
