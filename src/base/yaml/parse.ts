/**
 * Reads a text of one or more YAML documents into plain data with source positions, as kubectl would read it. Each
 * document is parsed on its own, so that a mistake in one leaves the others readable. Comments are not kept: who wants
 * to change a text edits it at the offsets given here. Helm templates are not rendered; see template.ts.
 */
import { parseEvents } from 'js-yaml';
import type { Event } from 'js-yaml';
import { yamlLimits } from '../limits';
import type { YamlLimits } from '../limits';
import { compose } from './compose';
import { lenientText } from './lenient';
import { lineEnd, lineFinder, utf8Length } from './line';
import { pathAtOffset, rangeOf } from './node';
import type { YamlNode, YamlPath } from './node';
import { yamlProblem } from './problem';
import type { YamlProblem, YamlProblemArgs, YamlProblemCode } from './problem';
import { splitDocuments } from './split';
import type { DocumentText } from './split';
import { syntaxMistake } from './syntax';

/** A range of UTF-16 offsets in the whole text, end exclusive. */
export interface YamlRange {
  readonly start: number;
  readonly end: number;
}

/** One document of a text. */
export interface YamlDocument {
  /** Position among the documents of the text, empty ones counted. */
  readonly index: number;
  readonly range: YamlRange;
  /** Plain frozen data; integers beyond 2^53 are bigints. Undefined if there are problems: all or nothing. */
  readonly value: unknown;
  /** The tree behind the value, also with problems if it could be built; undefined after a syntax error. */
  readonly root: YamlNode | undefined;
  /** True if the document holds nothing or only null. */
  readonly empty: boolean;
  readonly problems: readonly YamlProblem[];
  /** Range of the value (or key) at a path; the nearest parent that exists if the path ends early. */
  readonly positionOf: (path: YamlPath, what?: 'key' | 'value') => YamlRange;
  /** Path of the innermost value at an offset of the whole text. */
  readonly pathAt: (offset: number) => YamlPath;
}

type Adder = (code: YamlProblemCode, args: YamlProblemArgs, start: number, end: number) => void;

/** The same event with its offsets moved; -1 stands for an absent place and stays. */
function moved(event: Event, base: number): Event {
  const copy: Record<string, unknown> = { ...event };
  for (const key of ['start', 'valueStart', 'valueEnd', 'anchorStart', 'anchorEnd', 'tagStart', 'tagEnd']) {
    const offset = copy[key];
    if (typeof offset === 'number' && offset >= 0) copy[key] = offset + base;
  }
  return copy as unknown as Event;
}

/** The events of a text. What only go-yaml reads is tried when js-yaml refuses, whose refusal stands if that fails. */
function eventsOf(text: string, limits: YamlLimits): readonly Event[] {
  const options = { maxDepth: limits.depth };
  try {
    return parseEvents(text, options);
  } catch (error) {
    const lenient = lenientText(text);
    if (lenient === text) throw error;
    try {
      return parseEvents(lenient, options);
    } catch {
      throw error;
    }
  }
}

/** One document's events with offsets into the whole text; a syntax error becomes a problem and leaves none. */
function readEvents(part: DocumentText, limits: YamlLimits, add: Adder): readonly Event[] {
  const base = part.startOffset;
  try {
    const events = eventsOf(part.text, limits);
    return base === 0 ? events : events.map((event) => moved(event, base));
  } catch (error) {
    const { code, args, start, end } = syntaxMistake(part.text, error, limits);
    add(code, args, start + base, end + base);
    return [];
  }
}

function readDocument(text: string, part: DocumentText, index: number, limits: YamlLimits): YamlDocument {
  const problems: YamlProblem[] = [];
  const start = part.startOffset;
  const find = lineFinder(part.text);
  const lineOf = (offset: number): number => find(offset - start).line + part.startLine - 1;
  const add: Adder = (code, args, from, to) => {
    if (problems.length >= limits.problems) return;
    problems.push(yamlProblem(code, { line: lineOf(from), ...args }, from, to));
  };
  const events = readEvents(part, limits, add);
  const root = compose({ source: text, events, limits, report: add, lineOf });
  return document(text, { index, start, end: start + part.text.length, root, problems });
}

interface Parts extends YamlRange {
  readonly index: number;
  readonly root: YamlNode | undefined;
  readonly problems: readonly YamlProblem[];
}

function document(text: string, { index, start, end, root, problems }: Parts): YamlDocument {
  const whole = Object.freeze({ start, end: Math.min(end, Math.max(start, lineEnd(text, start))) });
  return Object.freeze({
    index,
    range: Object.freeze({ start, end }),
    value: problems.length > 0 ? undefined : (root?.value ?? null),
    root,
    empty: problems.length === 0 && (root === undefined || root.value === null),
    problems: Object.freeze([...problems]),
    positionOf: (path: YamlPath, what: 'key' | 'value' = 'value'): YamlRange =>
      root ? rangeOf(root, path, what) : whole,
    pathAt: (offset: number): YamlPath => (root ? pathAtOffset(root, offset) : []),
  });
}

/** A text that is refused as a whole: one document that holds nothing but the reason. */
function refused(text: string, code: YamlProblemCode, args: YamlProblemArgs): readonly YamlDocument[] {
  const problem = yamlProblem(code, args, 0, lineEnd(text, 0));
  const parts = { index: 0, start: 0, end: text.length, root: undefined };
  const nothing = document(text, { ...parts, problems: [problem] });
  return [code === 'empty' ? Object.freeze({ ...nothing, empty: true }) : nothing];
}

const MIB = 1024 * 1024;

/**
 * Reads a text. There is always at least one document: a text without any content gives one whose only problem is
 * `empty`, a text beyond a limit one whose only problem says so. Nothing is thrown for bad input.
 */
export function parseYaml(text: string, limits: YamlLimits = yamlLimits): readonly YamlDocument[] {
  // A UTF-16 unit is at least one byte, so a long text needs no exact count to be refused.
  const bytes = text.length > limits.textBytes ? text.length : utf8Length(text);
  if (bytes > limits.textBytes) {
    const size = (bytes / MIB).toFixed(1);
    return refused(text, 'tooLarge', { size, limit: Number((limits.textBytes / MIB).toFixed(1)) });
  }
  const parts = splitDocuments(text);
  if (parts.length > limits.documents) {
    return refused(text, 'tooManyDocuments', { count: parts.length, limit: limits.documents });
  }
  const documents = parts.map((part, index) => readDocument(text, part, index, limits));
  return documents.every((each) => each.empty) ? refused(text, 'empty', {}) : Object.freeze(documents);
}
