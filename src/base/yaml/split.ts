/**
 * Cuts a text into its YAML documents without parsing them, so that an error in one does not hide the others. A line
 * that starts with `---` or `...` followed by white space is a marker everywhere in YAML, inside a block scalar too:
 * the contents of a block scalar below the top level are indented, so an indented `---` is never taken for one.
 */

/** One document of a text: its part of the text, where that starts (UTF-16 offset) and in which line (from 1). */
export interface DocumentText {
  readonly text: string;
  readonly startOffset: number;
  readonly startLine: number;
}

const marker = /(^|\r\n?|\n)(\uFEFF?)(---|\.\.\.)(?=[ \t\r\n]|$)/g;

interface Part {
  readonly start: number;
  readonly end: number;
}

function lines(text: string): string[] {
  return text.replace(/^\uFEFF/, '').split(/\r\n?|\n/);
}

function hasContent(text: string): boolean {
  return lines(text).some((line) => !/^[ \t]*(#.*)?$/.test(line));
}

function hasOnlyDirectives(text: string): boolean {
  return lines(text).every((line) => /^[ \t]*(#.*)?$/.test(line) || line.startsWith('%'));
}

function cut(text: string): Part[] {
  const parts: Part[] = [];
  let start = 0;
  let explicit = false;
  const close = (end: number): void => {
    if (explicit || hasContent(text.slice(start, end))) parts.push({ start, end });
  };
  for (const match of text.matchAll(marker)) {
    const at = match.index + (match[1] ?? '').length;
    if (match[3] === '---') {
      const before = text.slice(start, at);
      // Directives (%YAML, %TAG) belong to the document that the marker opens.
      if (!explicit && hasContent(before) && hasOnlyDirectives(before)) {
        explicit = true;
        continue;
      }
      close(at);
      start = at;
      explicit = true;
    } else {
      const end = /^[^\r\n]*(\r\n?|\n)?/.exec(text.slice(at))?.[0].length ?? 0;
      close(at + end);
      start = at + end;
      explicit = false;
    }
  }
  close(text.length);
  return parts;
}

/**
 * The documents of a text in order. What stands before the first `---` counts as a document only if it holds more
 * than comments; a document opened by `---` counts even if it is empty. There is always at least one.
 */
export function splitDocuments(text: string): readonly DocumentText[] {
  const parts = cut(text);
  if (parts.length === 0) parts.push({ start: 0, end: text.length });
  const documents: DocumentText[] = [];
  let line = 1;
  let counted = 0;
  for (const part of parts) {
    line += lines(text.slice(counted, part.start)).length - 1;
    counted = part.start;
    documents.push({ text: text.slice(part.start, part.end), startOffset: part.start, startLine: line });
  }
  return documents;
}
