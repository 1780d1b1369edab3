/**
 * What go-yaml reads and js-yaml does not: lines of a flow collection that are not indented (a closing bracket below
 * the key, as in most manifests written by hand), and `\'` between double quotes. Such a text is parsed in a form of
 * the same length, so that all offsets hold; the values are then read from the text itself. Not covered: lines of
 * quoted or plain texts inside a flow collection that are indented too little.
 */
import { lineEnd } from './line';
import { startsValue, step } from './unclosed';

/** A line break next to one of these separates; between others it may belong to a plain text of several lines. */
const separators = /[[\]{},:"']/;

/** The text with flow collections on one line and without escapes of apostrophes; offsets stay as they are. */
export function lenientText(text: string): string {
  let result = '';
  let depth = 0;
  let previous = '';
  let content = 0;
  for (let i = 0; i < text.length; ) {
    const character = text.charAt(i);
    let next = i + 1;
    let written = character;
    if (/["'#|>]/.test(character)) {
      next = step(text, i, 0, text.length, depth > 0);
      if (next < 0) return result + text.slice(i);
      written = text.slice(i, next);
      if (character === '"') written = written.replace(/\\[\s\S]/g, (escape) => (escape === "\\'" ? '\\"' : escape));
      if (character === '#' && depth > 0 && /\s/.test(text.charAt(i - 1))) written = ' '.repeat(next - i);
    } else if (/[[{]/.test(character) && (depth > 0 || startsValue(text, i, 0))) {
      depth += 1;
    } else if (/[\]}]/.test(character)) {
      depth = Math.max(0, depth - 1);
    } else if (depth > 0 && /[\r\n]/.test(character)) {
      if (content < i) content = contentBehind(text, i);
      if (content === text.length || separators.test(previous) || separators.test(text.charAt(content))) written = ' ';
    }
    if (written.trim() !== '') previous = written.charAt(written.length - 1);
    result += written;
    i = next;
  }
  return result;
}

/** Where blanks, line breaks and comments end. */
function contentBehind(text: string, offset: number): number {
  let i = offset;
  while (i < text.length && /\s/.test(text.charAt(i))) {
    i += 1;
    if (text.charAt(i) === '#') i = lineEnd(text, i);
  }
  return i;
}
