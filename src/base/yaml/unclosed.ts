/**
 * Finds the quote or bracket that is still open at an offset. js-yaml reports an unclosed quote where the parser
 * noticed it, lines later; people need the place where it was opened. This is a light scan, not a parser: it knows
 * comments, quotes, brackets and block scalars, which is all that decides where a quote begins.
 */
import { lineEnd } from './line';

/** An opening quote or bracket and its offset. */
export interface Unclosed {
  readonly character: string;
  readonly offset: number;
}

/** Behind the closing quote, or -1 if there is none before the end. */
function skipQuoted(text: string, open: number, end: number): number {
  const quote = text.charAt(open);
  for (let i = open + 1; i < end; i += 1) {
    const char = text.charAt(i);
    if (char === '\\' && quote === '"') {
      i += 1;
    } else if (char === quote) {
      if (quote === '"' || text.charAt(i + 1) !== quote) return i + 1;
      i += 1;
    }
  }
  return -1;
}

/** Behind the lines of a block scalar: those that are blank or indented deeper than the line of its header. */
function skipBlock(text: string, header: number): number {
  const before = text.slice(0, header);
  const line = before.slice(Math.max(before.lastIndexOf('\n'), before.lastIndexOf('\r')) + 1);
  const indent = /^ */.exec(line)?.[0].length ?? 0;
  const block = new RegExp(`(?:\\r\\n?|\\n)(?:[ \\t]*(?=[\\r\\n]|$)| {${indent + 1}}[^\\r\\n]*)`, 'y');
  let at = lineEnd(text, header);
  for (;;) {
    block.lastIndex = at;
    const match = block.exec(text);
    if (!match || match[0].length === 0) return at;
    at += match[0].length;
  }
}

/** Whether a value can start at the offset: at the start of a line, or behind an indicator and a blank. */
export function startsValue(text: string, offset: number, start: number): boolean {
  let i = offset - 1;
  while (i >= start && (text.charAt(i) === ' ' || text.charAt(i) === '\t')) i -= 1;
  const before = i < start ? '\n' : text.charAt(i);
  return /[\r\n,[{]/.test(before) || (/[:?-]/.test(before) && i < offset - 1);
}

const blockHeader = /[|>][-+0-9]*[ \t]*(?:#[^\r\n]*)?(?=[\r\n]|$)/y;

/** Where the scan goes on behind the character at `i`; -1 for a quote that is never closed. */
export function step(text: string, i: number, start: number, end: number, inFlow: boolean): number {
  const char = text.charAt(i);
  if (char === '#') return i === start || /\s/.test(text.charAt(i - 1)) ? lineEnd(text, i) : i + 1;
  if (!startsValue(text, i, start)) return i + 1;
  if (char === '"' || char === "'") return skipQuoted(text, i, end);
  blockHeader.lastIndex = i;
  return !inFlow && blockHeader.test(text) ? skipBlock(text, i) : i + 1;
}

/** The innermost quote or bracket opened between `start` and `end` that is not closed before `end`. */
export function findUnclosed(text: string, start: number, end: number): Unclosed | undefined {
  const brackets: Unclosed[] = [];
  for (let i = start; i < end; ) {
    const character = text.charAt(i);
    let next = i + 1;
    if (/["'#|>]/.test(character)) {
      next = step(text, i, start, end, brackets.length > 0);
      if (next < 0) return { character, offset: i };
    } else if (/[[{]/.test(character) && (brackets.length > 0 || startsValue(text, i, start))) {
      brackets.push({ character, offset: i });
    } else if (/[\]}]/.test(character)) {
      brackets.pop();
    }
    i = next;
  }
  return brackets.at(-1);
}
