/**
 * The differences of two texts as `diff -u` prints them: hunks with three lines around them. Finds a longest common
 * subsequence of lines; like GNU diff it moves a change as far down as equal lines allow. Texts without a final newline
 * are not marked.
 */

const context = 3;

type Edit = { readonly kind: ' ' | '-' | '+'; readonly line: string };

/** The hunks; empty when the texts are equal. */
export function unifiedDiff(before: string, after: string): string {
  const edits = slideDown(editsOf(linesOf(before), linesOf(after)));
  let text = '';
  for (const [from, to] of hunksOf(edits)) text += hunkText(edits, from, to);
  return text;
}

function linesOf(text: string): readonly string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

/** What is common at both ends is left out of the comparison, which costs the product of what remains. */
function editsOf(a: readonly string[], b: readonly string[]): Edit[] {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end += 1;
  const same = (lines: readonly string[]): Edit[] => lines.map((line) => ({ kind: ' ', line }));
  return [
    ...same(a.slice(0, start)), ...middleEdits(a.slice(start, a.length - end), b.slice(start, b.length - end)),
    ...same(a.slice(a.length - end)),
  ];
}

function middleEdits(a: readonly string[], b: readonly string[]): Edit[] {
  const width = b.length + 1;
  // Longest common subsequence of a from i and b from j.
  const lengths = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number): number => lengths[i * width + j] as number;
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      lengths[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const edits: Edit[] = [];
  for (let i = 0, j = 0; i < a.length || j < b.length;) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      edits.push({ kind: ' ', line: a[i] as string });
      i += 1;
      j += 1;
    } else if (i < a.length && (j === b.length || at(i + 1, j) >= at(i, j + 1))) {
      edits.push({ kind: '-', line: a[i] as string });
      i += 1;
    } else {
      edits.push({ kind: '+', line: b[j] as string });
      j += 1;
    }
  }
  return edits;
}

/**
 * Runs of lines that were only removed, or only added, are moved up as far as they meet another one of their kind, and
 * then down as far as equal lines allow.
 */
function slideDown(edits: readonly Edit[]): readonly Edit[] {
  const moved = [...edits];
  for (let from = 0; from < moved.length; from += 1) {
    const { kind } = moved[from] as Edit;
    if (kind !== ' ' && moved[from - 1]?.kind !== kind) from = slideRun(moved, from, kind);
  }
  return moved;
}

/** Moves the run that begins there; the result is where it ends. */
function slideRun(moved: Edit[], from: number, kind: '-' | '+'): number {
  let first = from;
  let last = from;
  const swap = (gone: number, come: number): void => {
    const { line } = moved[gone] as Edit;
    moved[gone] = { kind: ' ', line };
    moved[come] = { kind, line };
  };
  const grow = (): void => {
    while (moved[first - 1]?.kind === kind) first -= 1;
    while (moved[last + 1]?.kind === kind) last += 1;
  };
  const isFree = (at: number): boolean => (moved[at]?.kind ?? ' ') === ' ';
  grow();
  if (!isFree(first - 1) || !isFree(last + 1)) return last;
  while (moved[first - 1]?.kind === ' ' && moved[first - 1]?.line === moved[last]?.line) {
    swap(last, first - 1);
    first -= 1;
    last -= 1;
    grow();
  }
  while (isFree(first - 1) && moved[last + 1]?.kind === ' ' && moved[last + 1]?.line === moved[first]?.line) {
    swap(first, last + 1);
    first += 1;
    last += 1;
    grow();
  }
  return last;
}

/** The parts to print, as places in the list of edits. */
function hunksOf(edits: readonly Edit[]): (readonly [from: number, to: number])[] {
  const hunks: [number, number][] = [];
  edits.forEach(({ kind }, at) => {
    if (kind === ' ') return;
    const from = Math.max(0, at - context);
    const to = Math.min(edits.length, at + 1 + context);
    const last = hunks[hunks.length - 1];
    if (last && from <= last[1]) last[1] = to;
    else hunks.push([from, to]);
  });
  return hunks;
}

function hunkText(edits: readonly Edit[], from: number, to: number): string {
  const count = (list: readonly Edit[], side: '-' | '+'): number =>
    list.filter(({ kind }) => kind === ' ' || kind === side).length;
  const before = edits.slice(0, from);
  const shown = edits.slice(from, to);
  const range = (side: '-' | '+'): string => {
    const lines = count(shown, side);
    const start = count(before, side) + (lines === 0 ? 0 : 1);
    return lines === 1 ? `${start}` : `${start},${lines}`;
  };
  return `@@ -${range('-')} +${range('+')} @@\n${shown.map(({ kind, line }) => `${kind}${line}\n`).join('')}`;
}
