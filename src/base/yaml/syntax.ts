/**
 * Turns what js-yaml throws into a problem at the place where the mistake is. js-yaml says where its parser noticed;
 * for tabs, unclosed quotes, missing colons and stray indentation that is often a later line, so the text around the
 * place decides. Reasons that are not known here are passed on in js-yaml's own words.
 */
import { YAMLException } from 'js-yaml';
import type { YamlLimits } from '../limits';
import { lineContent, lineEnd, lineStart } from './line';
import type { YamlProblemArgs, YamlProblemCode } from './problem';
import { findUnclosed } from './unclosed';

/** A mistake in the syntax: offsets are those of the text that was parsed. */
export interface SyntaxMistake {
  readonly code: YamlProblemCode;
  readonly args: YamlProblemArgs;
  readonly start: number;
  readonly end: number;
}

interface Place {
  readonly text: string;
  readonly offset: number;
  readonly reason: string;
}

/** The line before the one at the offset that holds more than blanks and comments, if there is one. */
function previousContent(text: string, offset: number): { start: number; end: number } | undefined {
  let start = lineStart(text, offset);
  while (start > 0) {
    const content = lineContent(text, start - 1);
    if (content.start < content.end && text.charAt(content.start) !== '#') return content;
    const before = lineStart(text, start - 1);
    start = before < start ? before : 0;
  }
  return undefined;
}

function leadingTab(text: string, offset: number): SyntaxMistake | undefined {
  const start = lineStart(text, offset);
  const blanks = /^[ \t]*/.exec(text.slice(start, lineEnd(text, start)))?.[0] ?? '';
  const tab = blanks.indexOf('\t');
  return tab < 0 ? undefined : { code: 'tab', args: {}, start: start + tab, end: start + blanks.length };
}

function tab({ text, offset }: Place): SyntaxMistake | undefined {
  const previous = previousContent(text, offset);
  return leadingTab(text, offset) ?? (previous && leadingTab(text, previous.start));
}

function unclosed({ text, offset, reason }: Place): SyntaxMistake | undefined {
  if (!/^(deficient indentation|unexpected end of the)/.test(reason)) return undefined;
  const open = findUnclosed(text, 0, offset);
  if (!open) return undefined;
  const range = { start: open.offset, end: lineContent(text, open.offset).end };
  return /["']/.test(open.character)
    ? { code: 'unterminatedQuote', args: { quote: open.character }, ...range }
    : { code: 'unterminatedFlow', args: { bracket: open.character }, ...range };
}

/** A line `name:nginx` or `name nginx` where `key: value` is expected. */
function missingColon({ text, offset, reason }: Place): SyntaxMistake | undefined {
  const content = lineContent(text, offset);
  if (reason.startsWith("expected ':'")) return { code: 'missingColon', args: {}, ...content };
  const previous = previousContent(text, offset);
  if (!previous) return undefined;
  const line = text.slice(previous.start, previous.end);
  const isMultilineKey = reason.startsWith('can not read a block mapping entry');
  const isPlainRoot = reason.startsWith('end of the stream') && text.charAt(offset) === ':';
  const lacksColon = !/:(\s|$)/.test(line) && !/^(- |-$|["'[{&!*|>%]|---)/.test(line);
  return (isMultilineKey || isPlainRoot) && lacksColon ? { code: 'missingColon', args: {}, ...previous } : undefined;
}

function indentation({ text, offset, reason }: Place): SyntaxMistake | undefined {
  const content = lineContent(text, offset);
  if (reason.startsWith('end of the stream')) return { code: 'unexpectedContent', args: {}, ...content };
  if (!reason.startsWith('bad indentation')) return undefined;
  const character = text.charAt(offset);
  const before = text.slice(content.start, offset);
  if (/[@`%\]},]/.test(character) && /[:-]\s+$/.test(before)) {
    return { code: 'reservedCharacter', args: { character }, start: offset, end: offset + 1 };
  }
  if (character === ':' && /:\s/.test(before)) {
    const value = content.start + before.search(/:\s/) + 1;
    return { code: 'colonInValue', args: {}, start: value + text.slice(value).search(/\S/), end: content.end };
  }
  if (character === ':' || before === '') return { code: 'indentation', args: {}, ...content };
  return { code: 'unexpectedContent', args: {}, start: offset, end: content.end };
}

const reasons: readonly (readonly [pattern: RegExp, code: YamlProblemCode])[] = [
  [/^(unknown escape|expected hexadecimal)/, 'badEscape'],
  [/^(the stream contains non-printable|expected valid JSON character|null byte)/, 'nonPrintable'],
];

function known(place: Place): SyntaxMistake | undefined {
  const { text, offset, reason } = place;
  const code = reasons.find(([pattern]) => pattern.test(reason))?.[1];
  if (code) return { code, args: {}, start: offset, end: offset + 1 };
  if (!reason.startsWith('missed comma')) return undefined;
  const bracket = findUnclosed(text, 0, offset)?.character ?? '[';
  return { code: 'missingComma', args: { bracket }, start: offset, end: offset + 1 };
}

/**
 * The mistake behind an error that js-yaml threw while parsing `text`. Errors that are not js-yaml's own, such as an
 * exhausted stack, are thrown again: they would be mistakes of this program.
 */
export function syntaxMistake(text: string, error: unknown, limits: YamlLimits): SyntaxMistake {
  if (!(error instanceof YAMLException)) throw error;
  const offset = Math.min(error.mark?.position ?? 0, text.length);
  const reason = error.reason;
  if (reason.startsWith('nesting exceeded')) {
    return { code: 'tooDeep', args: { limit: limits.depth }, start: offset, end: lineContent(text, offset).end };
  }
  const place: Place = { text, offset, reason };
  const mistake = tab(place) ?? known(place) ?? unclosed(place) ?? missingColon(place) ?? indentation(place);
  if (mistake) return mistake;
  return { code: 'syntax', args: { reason }, start: offset, end: lineContent(text, offset).end };
}
