/**
 * Lines of a text. Offsets are UTF-16 code units as editors count them; a line ends at LF, CR LF or a lone CR, as in
 * YAML. Lines and columns are counted from 1, as compilers and Go's YAML print them.
 */

/** A place in a text for people: both numbers start at 1; a column is a count of UTF-16 code units. */
export interface LineColumn {
  readonly line: number;
  readonly column: number;
}

const CR = 13;
const LF = 10;
const BYTE_ORDER_MARK = 0xfeff;

/** Finds lines of one text quickly: the starts of all lines are counted once, on first use. */
export function lineFinder(text: string): (offset: number) => LineColumn {
  let starts: number[] | undefined;
  return (offset) => {
    starts ??= lineStarts(text);
    const target = Math.min(Math.max(offset, 0), text.length);
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= target) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: Math.max(target - (starts[low] ?? 0), 0) + 1 };
  };
}

/** A byte order mark takes no column, so the first line starts behind it. */
function lineStarts(text: string): number[] {
  const starts = [text.charCodeAt(0) === BYTE_ORDER_MARK ? 1 : 0];
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code === LF || (code === CR && text.charCodeAt(i + 1) !== LF)) starts.push(i + 1);
  }
  return starts;
}

/** Where an offset is. Offsets outside the text are moved to its nearest end. For many offsets use a lineFinder. */
export function lineColumn(text: string, offset: number): LineColumn {
  return lineFinder(text)(offset);
}

/** Offset of the first character of the line that holds the offset. */
export function lineStart(text: string, offset: number): number {
  let i = Math.min(offset, text.length);
  while (i > 0 && text.charCodeAt(i - 1) !== LF && text.charCodeAt(i - 1) !== CR) i -= 1;
  return i;
}

/** Offset just behind the last character of the line that holds the offset, before its line break. */
export function lineEnd(text: string, offset: number): number {
  let i = Math.min(offset, text.length);
  while (i < text.length && text.charCodeAt(i) !== LF && text.charCodeAt(i) !== CR) i += 1;
  return i;
}

/** The part of the line at the offset that is not white space, as a range. */
export function lineContent(text: string, offset: number): { readonly start: number; readonly end: number } {
  let start = lineStart(text, offset);
  let end = lineEnd(text, offset);
  while (start < end && /\s/.test(text.charAt(start))) start += 1;
  while (end > start && /\s/.test(text.charAt(end - 1))) end -= 1;
  return { start, end };
}

/** Number of bytes of the text in UTF-8; a lone surrogate counts as the three bytes of its replacement. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code < 0x80) continue;
    if (code < 0x800) {
      bytes += 1;
    } else if (code >= 0xd800 && code <= 0xdbff && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) {
      bytes += 2;
      i += 1;
    } else {
      bytes += 2;
    }
  }
  return bytes;
}
