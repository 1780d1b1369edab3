/**
 * Composes js-yaml's flat events of one document into a tree of nodes with source ranges. js-yaml gives a collection
 * a start but no end and an unwritten value no place, so both are worked out here; anchors, aliases and their limits
 * are resolved here too, because js-yaml's own constructor keeps no positions and stops at the first problem.
 */
import { EVENT_ID, COLLECTION_STYLE } from 'js-yaml';
import type { Event, MappingEvent, SequenceEvent } from 'js-yaml';
import type { YamlLimits } from '../limits';
import { mappingNode } from './mapping';
import type { YamlAlias, YamlContent, YamlNode } from './node';
import { scalarNode } from './scalar';
import type { Report } from './scalar';

/** The events of one document with what is needed to read them. All offsets are those of `source`. */
export interface ComposeInput {
  readonly source: string;
  readonly events: readonly Event[];
  readonly limits: YamlLimits;
  readonly report: Report;
  /** Line of an offset, counted from 1 in the whole text. */
  readonly lineOf: (offset: number) => number;
}

interface OpenCollection {
  readonly event: SequenceEvent | MappingEvent;
  readonly children: YamlNode[];
}

/** What an anchor names: undefined while the anchored collection is still open, and so contains the alias. */
type Anchors = Map<string, YamlContent | undefined>;

interface Composer extends ComposeInput {
  readonly open: OpenCollection[];
  readonly anchors: Anchors;
  /** Offset up to which the source has been read. */
  cursor: number;
  /** Nodes that aliases stand for so far. */
  aliasNodes: number;
  root: YamlNode | undefined;
}

/** Skips white space, comments and the given indicators. */
function skip(source: string, from: number, indicators: string): number {
  let i = from;
  for (; i < source.length; i += 1) {
    const char = source.charAt(i);
    if (char === '#' && (i === 0 || /\s/.test(source.charAt(i - 1)))) {
      while (i + 1 < source.length && !/[\r\n]/.test(source.charAt(i + 1))) i += 1;
    } else if (!/\s/.test(char) && !indicators.includes(char)) {
      return i;
    }
  }
  return i;
}

/** Range that stands for a value that is not written: its key, the dash of its list item, or nothing at the cursor. */
function placeholder(composer: Composer): { start: number; end: number } {
  const parent = composer.open.at(-1);
  if (parent?.event.type === EVENT_ID.MAPPING && parent.children.length % 2 === 1) {
    const key = parent.children.at(-1);
    if (key) return { start: key.end, end: key.end };
  }
  const dash = skip(composer.source, composer.cursor, '');
  if (parent?.event.style === COLLECTION_STYLE.BLOCK && composer.source.charAt(dash) === '-') {
    composer.cursor = dash + 1;
    return { start: dash, end: dash + 1 };
  }
  return { start: composer.cursor, end: composer.cursor };
}

function anchorName(source: string, event: { anchorStart: number; anchorEnd: number }): string | undefined {
  return event.anchorStart < 0 ? undefined : source.slice(event.anchorStart, event.anchorEnd);
}

function add(composer: Composer, node: YamlNode): void {
  composer.cursor = Math.max(composer.cursor, node.end);
  const parent = composer.open.at(-1);
  if (parent) {
    parent.children.push(node);
  } else {
    composer.root = node;
  }
}

function addContent(composer: Composer, node: YamlContent, anchor: string | undefined): void {
  if (anchor !== undefined) composer.anchors.set(anchor, node);
  add(composer, node);
}

function addAlias(composer: Composer, event: { anchorStart: number; anchorEnd: number }): void {
  const { source, anchors, limits, report } = composer;
  const name = anchorName(source, event) ?? '';
  const range = { start: event.anchorStart - 1, end: event.anchorEnd };
  const target = anchors.get(name);
  if (!target) report(anchors.has(name) ? 'recursiveAlias' : 'unknownAlias', { name }, range.start, range.end);
  composer.aliasNodes += target?.size ?? 0;
  if (composer.aliasNodes > limits.aliasNodes) {
    report('tooManyAliases', { limit: limits.aliasNodes }, range.start, range.end);
  }
  const missing = { kind: 'scalar', text: '', tag: '!!null', implicit: true, value: null, size: 1, depth: 0 } as const;
  const content = target ?? Object.freeze({ ...missing, ...range });
  const { value, size, depth } = content;
  const alias: YamlAlias = Object.freeze({ kind: 'alias', name, target: content, ...range, value, size, depth });
  add(composer, alias);
}

function endOf(composer: Composer, { event, children }: OpenCollection): number {
  if (event.style === COLLECTION_STYLE.BLOCK) return children.at(-1)?.end ?? composer.cursor;
  const close = skip(composer.source, Math.max(composer.cursor, event.start + 1), ',:');
  return /[\]}]/.test(composer.source.charAt(close)) ? close + 1 : composer.cursor;
}

function collectionNode(composer: Composer, open: OpenCollection): YamlContent {
  const { event, children } = open;
  const range = { start: event.start, end: endOf(composer, open) };
  if (event.type === EVENT_ID.SEQUENCE) {
    return Object.freeze({
      kind: 'sequence',
      ...range,
      items: Object.freeze(children),
      value: Object.freeze(children.map((item) => item.value)),
      size: children.reduce((sum, item) => sum + item.size, 1),
      depth: children.reduce((depth, item) => Math.max(depth, item.depth), 0) + 1,
    });
  }
  const pairs = [];
  for (let i = 0; i + 1 < children.length; i += 2) {
    const [key, value] = [children[i], children[i + 1]];
    if (key && value) pairs.push({ key, value });
  }
  return mappingNode(pairs, range, composer.report, composer.lineOf);
}

function close(composer: Composer): void {
  const open = composer.open.pop();
  if (!open) return;
  const node = collectionNode(composer, open);
  const limit = composer.limits.depth;
  // Aliases can nest deeper than the text does; only the first level beyond the limit is reported.
  const child = open.children.find((each) => each.depth === limit);
  if (node.depth === limit + 1 && child) composer.report('tooDeep', { limit }, child.start, child.end);
  addContent(composer, node, anchorName(composer.source, open.event));
}

/**
 * The root node of a document; undefined if its events hold none or its aliases stand for too much, where reading
 * stops so that a bomb is never unfolded. Problems go to `input.report`.
 */
export function compose(input: ComposeInput): YamlNode | undefined {
  const composer: Composer = { ...input, open: [], anchors: new Map(), cursor: 0, aliasNodes: 0, root: undefined };
  for (const event of input.events) {
    if (composer.aliasNodes > input.limits.aliasNodes) return undefined;
    switch (event.type) {
      case EVENT_ID.DOCUMENT:
        break;
      case EVENT_ID.SEQUENCE:
      case EVENT_ID.MAPPING: {
        const anchor = anchorName(input.source, event);
        if (anchor !== undefined) composer.anchors.set(anchor, undefined);
        composer.cursor = Math.max(composer.cursor, event.style === COLLECTION_STYLE.FLOW ? event.start + 1 : 0);
        composer.open.push({ event, children: [] });
        break;
      }
      case EVENT_ID.SCALAR: {
        const place = event.valueStart < 0 ? placeholder(composer) : { start: 0, end: 0 };
        const node = scalarNode(input.source, event, composer.cursor, place, input.report);
        addContent(composer, node, anchorName(input.source, event));
        break;
      }
      case EVENT_ID.ALIAS:
        addAlias(composer, event);
        break;
      case EVENT_ID.POP:
        close(composer);
        break;
    }
  }
  return composer.root;
}
