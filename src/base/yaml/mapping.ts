/**
 * Builds mapping nodes: names of keys as sigs.k8s.io/yaml writes them, duplicate keys, merge keys (`<<`). An entry
 * that is written wins over a merged one wherever the merge key stands, as the YAML merge specification says.
 */
import { contentOf } from './node';
import type { YamlEntry, YamlMapping, YamlNode } from './node';
import { formatFloat } from './resolve';
import type { Report } from './scalar';

/** One written pair; the name is empty for a merge key. */
export interface YamlPair {
  readonly key: YamlNode;
  readonly value: YamlNode;
}

/** The key of the plain value, or undefined if a key of this kind has no text form. */
function nameOf(key: YamlNode): string | undefined {
  const content = contentOf(key);
  if (content.kind !== 'scalar') return undefined;
  const value = content.value;
  if (value === null) return undefined;
  if (content.tag === '!!float' && typeof value === 'number') return formatFloat(value, 32);
  return typeof value === 'string' ? value : String(value);
}

function mergeSources(value: YamlNode): readonly YamlMapping[] | undefined {
  const content = contentOf(value);
  if (content.kind === 'mapping') return [content];
  if (content.kind === 'scalar') return undefined;
  const sources = content.items.map(contentOf).filter((item) => item.kind === 'mapping');
  return sources.length === content.items.length ? sources : undefined;
}

function plainObject(entries: readonly YamlEntry[]): object {
  const object: Record<string, unknown> = {};
  for (const { name, value } of entries) {
    if (name === '__proto__') {
      Object.defineProperty(object, name, { value: value.value, enumerable: true });
    } else {
      object[name] = value.value;
    }
  }
  return Object.freeze(object);
}

/** Appends the entries of a merge source that are not there yet. */
function merge(merged: YamlEntry[], names: Set<string>, source: YamlMapping): void {
  for (const entry of [...source.entries, ...source.merged]) {
    if (names.has(entry.name)) continue;
    names.add(entry.name);
    merged.push(entry);
  }
}

/** The written entries under their names; a second entry of the same name is reported at its key and left out. */
function namedEntries(pairs: readonly YamlPair[], report: Report, line: (offset: number) => number): YamlEntry[] {
  const first = new Map<string, YamlEntry>();
  for (const { key, value } of pairs) {
    const name = nameOf(key);
    const earlier = name === undefined ? undefined : first.get(name);
    if (name === undefined) {
      report('unsupportedKey', {}, key.start, key.end);
    } else if (earlier) {
      report('duplicateKey', { key: name, first: line(earlier.key.start) }, key.start, key.end);
    } else {
      first.set(name, Object.freeze({ name, key, value }));
    }
  }
  return [...first.values()];
}

/**
 * The node of a mapping between two offsets. `line` turns an offset into a line number for the report of duplicates.
 */
export function mappingNode(
  pairs: readonly YamlPair[],
  range: { readonly start: number; readonly end: number },
  report: Report,
  line: (offset: number) => number,
): YamlMapping {
  const isMerge = ({ key }: YamlPair): boolean => key.kind === 'scalar' && key.tag === '!!merge';
  const entries = namedEntries(pairs.filter((pair) => !isMerge(pair)), report, line);
  const names = new Set(entries.map((entry) => entry.name));
  const merged: YamlEntry[] = [];
  for (const { key, value } of pairs.filter(isMerge)) {
    const sources = mergeSources(value);
    if (!sources) report('badMerge', {}, key.start, value.end);
    for (const source of sources ?? []) merge(merged, names, source);
  }
  const children = [...pairs.flatMap((pair) => [pair.key, pair.value]), ...merged.map((entry) => entry.value)];
  return Object.freeze({
    kind: 'mapping',
    ...range,
    entries: Object.freeze(entries),
    merged: Object.freeze(merged),
    value: plainObject([...entries, ...merged]),
    size: children.reduce((sum, node) => sum + node.size, 1),
    depth: children.reduce((depth, node) => Math.max(depth, node.depth), 0) + 1,
  });
}
