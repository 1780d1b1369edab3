/**
 * Aligns text whose cells end in tabs, the way kubectl's tables and descriptions are aligned. Models Go's
 * text/tabwriter with spaces as padding: cells below each other in consecutive lines share a width, the last cell of a
 * line belongs to no column, and a form feed ends all columns. Widths count characters, not bytes.
 */

/** How columns are laid out, in characters. */
export interface ColumnLayout {
  /** The least that a column takes, padding included. */
  readonly minWidth: number;
  /** Spaces between the widest cell of a column and the next column. */
  readonly padding: number;
}

interface Line {
  readonly cells: readonly string[];
  /** Widths of the cells that end in a tab, padding included. */
  readonly widths: number[];
}

/** A run of lines, last one excluded, that all have the column. */
interface Block {
  readonly start: number;
  readonly end: number;
  readonly column: number;
}

/** The text with its tabs replaced by spaces. */
export function alignColumns(text: string, layout: ColumnLayout): string {
  return text.split('\f').map((part) => alignPart(part, layout)).join('\n');
}

function alignPart(text: string, layout: ColumnLayout): string {
  const lines = text.split('\n').map((line): Line => ({ cells: line.split(/[\t\v]/), widths: [] }));
  // A list of work instead of recursion: a user's text may hold more tabs than a stack holds frames.
  const open: Block[] = [{ start: 0, end: lines.length, column: 0 }];
  for (let block = open.pop(); block !== undefined; block = open.pop()) open.push(...measure(lines, block, layout));
  return lines.map(paddedLine).join('\n');
}

/** Sets the widths of one column inside a block and returns the blocks of the next column. */
function measure(lines: readonly Line[], block: Block, { minWidth, padding }: ColumnLayout): Block[] {
  const { column } = block;
  const inner: Block[] = [];
  let at = block.start;
  while (at < block.end) {
    if (!hasColumn(lines[at], column)) {
      at += 1;
      continue;
    }
    const start = at;
    let width = minWidth;
    for (; at < block.end && hasColumn(lines[at], column); at += 1) {
      width = Math.max(width, characters(lines[at]?.cells[column] ?? '') + padding);
    }
    for (let i = start; i < at; i += 1) lines[i]?.widths.push(width);
    inner.push({ start, end: at, column: column + 1 });
  }
  return inner;
}

function hasColumn(line: Line | undefined, column: number): boolean {
  return line !== undefined && column < line.cells.length - 1;
}

function paddedLine({ cells, widths }: Line): string {
  return cells.map((cell, i) => cell + ' '.repeat(Math.max(0, (widths[i] ?? 0) - characters(cell)))).join('');
}

function characters(text: string): number {
  return /[\ud800-\udbff]/.test(text) ? [...text].length : text.length;
}
