/** Fits words into widths: measures them in the font in use, wraps them at hyphens, shortens names in the middle. */

/** The sizes of text in the diagram. */
export type Face = 'title' | 'small' | 'micro';

const fonts: Readonly<Record<Face, string>> = { title: '600 12px', small: '11px', micro: '10px' };

const averageWidth: Readonly<Record<Face, number>> = { title: 6.9, small: 6, micro: 5.5 };

export type Measure = (text: string, face: Face) => number;

const widths = new Map<string, number>();
let family = '';
let context: CanvasRenderingContext2D | null | undefined;

/** To be called when the font may have changed. */
export function forgetFont(): void {
  family = '';
  widths.clear();
}

/** The width of a text in CSS pixels, in the font of the panel. */
export const measure: Measure = (text, face) => {
  // Without a page there is no font to measure with; this is what the common ones need on average.
  if (typeof document === 'undefined') return text.length * averageWidth[face];
  family ||= getComputedStyle(document.body).fontFamily || 'sans-serif';
  const key = `${face} ${text}`;
  let width = widths.get(key);
  if (width === undefined) {
    context ??= document.createElement('canvas').getContext('2d');
    if (!context) return text.length * 7;
    context.font = `${fonts[face]} ${family}`;
    width = context.measureText(text).width;
    widths.set(key, width);
  }
  return width;
};

/** How much of the end of a name stays: the random part behind the last hyphen. */
const tailLimit = 6;

/** The text, or as much of its beginning and its end as fits, with an ellipsis between. */
export function fitMiddle(text: string, width: number, face: Face, size: Measure = measure): string {
  if (size(text, face) <= width) return text;
  const hyphen = text.lastIndexOf('-');
  const tail = hyphen > 0 && text.length - hyphen <= tailLimit ? text.slice(hyphen + 1) : text.slice(-3);
  for (let head = text.length - tail.length - 1; head > 0; head -= 1) {
    const short = `${text.slice(0, head)}…${tail}`;
    if (size(short, face) <= width) return short;
  }
  return size(`…${tail}`, face) <= width ? `…${tail}` : fitEnd(text, width, face, size);
}

/** The text, or as much of its beginning as fits. */
export function fitEnd(text: string, width: number, face: Face, size: Measure = measure): string {
  if (size(text, face) <= width) return text;
  for (let length = text.length - 1; length > 0; length -= 1) {
    const short = `${text.slice(0, length).trimEnd()}…`;
    if (size(short, face) <= width) return short;
  }
  return '';
}

/** As many of the facts as fit side by side, in their order. */
export function fitFacts(facts: readonly string[], width: number, face: Face, size: Measure = measure): string {
  for (let count = facts.length; count > 0; count -= 1) {
    const line = facts.slice(0, count).join(' · ');
    if (size(line, face) <= width) return line;
  }
  return fitEnd(facts[0] ?? '', width, face, size);
}

/** The text in at most so many lines, broken behind hyphens and blanks; the last line is shortened where needed. */
export function wrap(text: string, width: number, lines: number, face: Face, size: Measure = measure): string[] {
  const parts = text.match(/[^-\s]+[-\s]?|[-\s]/g) ?? [text];
  const wrapped: string[] = [];
  for (const part of parts) {
    const last = wrapped.at(-1);
    if (last !== undefined && size((last + part).trimEnd(), face) <= width) wrapped[wrapped.length - 1] = last + part;
    else wrapped.push(part);
  }
  const kept = wrapped.slice(0, lines - 1);
  const rest = wrapped.slice(lines - 1).join('');
  return [...kept, ...(rest === '' ? [] : [rest])].map((line) => fitMiddle(line.trimEnd(), width, face, size));
}
