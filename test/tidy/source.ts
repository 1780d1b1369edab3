/**
 * Reads TypeScript source just well enough for rules about it: which text is code, which modules it imports.
 * TypeScript 7 has no stable compiler interface, and these rules need no more than tokens.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/paths';

/** One source file. */
export interface Source {
  /** From the repository's top folder, with `/`. */
  readonly path: string;
  readonly text: string;
  /** The text with comments and the contents of strings blanked out; every character keeps its place. */
  readonly code: string;
}

/** All .ts files below the given folders, in the order of their paths. */
export function readSources(folders: readonly string[]): Source[] {
  return folders.flatMap((folder) => {
    const names = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
    const paths = names.filter((name) => name.endsWith('.ts')).map((name) => `${folder}/${name.replaceAll('\\', '/')}`);
    return paths.sort().map((path) => parseSource(path, readFileSync(join(root, path), 'utf8')));
  });
}

/** A source from its text, as `readSources` would give it. */
export function parseSource(path: string, text: string): Source {
  return { path, text, code: blank(text) };
}

/** The 1-based line of an offset. */
export function lineAt(source: Source, offset: number): number {
  return source.text.slice(0, offset).split('\n').length;
}

/** One import or re-export. */
export interface Import {
  readonly module: string;
  readonly line: number;
  /** `import type` and `export type`, which leave nothing in the program. */
  readonly typeOnly: boolean;
}

/** The modules that a source imports or re-exports, dynamic and type imports included. */
export function importsOf(source: Source): Import[] {
  // The quotes survive in `code`, so a match there is a real import; the name itself is read from the text.
  const pattern = /(?:\bfrom\s*|\bimport\s*\(\s*|\brequire\s*\(\s*|\bimport\s+)(['"])/g;
  return [...source.code.matchAll(pattern)].map((match) => {
    const start = match.index + match[0].length;
    const module = source.text.slice(start, source.text.indexOf(match[1] ?? '', start));
    const statement = [...source.code.slice(0, start).matchAll(/\b(?:import|export)\b(\s+type\s)?/g)].at(-1);
    return { module, line: lineAt(source, start), typeOnly: statement?.[1] !== undefined };
  });
}

/** Matches what must not be looked into: comments, strings, regular expressions; templates are handled apart. */
const opaque = new RegExp([
  /\/\/[^\n]*/, /\/\*[\s\S]*?\*\//, /'(?:\\.|[^'\\\n])*'/, /"(?:\\.|[^"\\\n])*"/,
  // A slash begins a regular expression where a value is expected, that is after an operator, a bracket or `return`.
  /(?<=(?:^|[(,=:[!&|?{};+<>~*%-]|\breturn|=>)\s*)\/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/[a-z]*/,
].map((part) => part.source).join('|'), 'y');

function blank(text: string): string {
  let result = '';
  let offset = 0;
  // For each open `${`: how many braces are open inside it.
  const templates: number[] = [];
  while (offset < text.length) {
    const character = text.charAt(offset);
    const depth = templates.at(-1);
    if (character === '`' || (character === '}' && depth === 0)) {
      if (character === '}') templates.pop();
      const end = templateEnd(text, offset + 1);
      result += character + spaces(text.slice(offset + 1, end - 1)) + text.charAt(end - 1);
      if (text.charAt(end - 1) === '{') templates.push(0);
      offset = end;
      continue;
    }
    opaque.lastIndex = offset;
    const match = opaque.exec(text)?.[0];
    if (match !== undefined && match !== '') {
      const quoted = match.startsWith('\'') || match.startsWith('"');
      result += quoted ? match.charAt(0) + spaces(match.slice(1, -1)) + match.charAt(0) : spaces(match);
      offset += match.length;
      continue;
    }
    if (depth !== undefined && character === '{') templates[templates.length - 1] = depth + 1;
    if (depth !== undefined && character === '}') templates[templates.length - 1] = depth - 1;
    result += character;
    offset += 1;
  }
  return result;
}

/** Just behind the backquote or the `${` that ends this stretch of template text. */
function templateEnd(text: string, start: number): number {
  for (let offset = start; offset < text.length; offset += 1) {
    if (text.charAt(offset) === '\\') offset += 1;
    else if (text.charAt(offset) === '`') return offset + 1;
    else if (text.startsWith('${', offset)) return offset + 2;
  }
  return text.length;
}

function spaces(text: string): string {
  return text.replace(/[^\n]/g, ' ');
}
