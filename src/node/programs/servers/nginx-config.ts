/** Reads nginx's configuration language into directives: words up to `;`, or words and a block in braces. */

export interface NginxDirective {
  readonly name: string;
  readonly args: readonly string[];
  readonly block?: readonly NginxDirective[];
}

/** A line end, a comment, a separator, a quoted word, or a word in which `${name}` and escapes may stand. */
const token = new RegExp([
  '\\n', '#[^\\n]*', '[;{}]', '"(?:\\\\.|[^"\\\\])*"', "'(?:\\\\.|[^'\\\\])*'",
  '(?:\\$\\{\\w+\\}|\\\\.|[^\\s;{}"\'#])(?:\\$\\{\\w+\\}|\\\\.|[^\\s;{}])*',
].join('|'), 'gs');

interface Open {
  readonly words: readonly string[];
  readonly directives: NginxDirective[];
}

/** The directives of a text, or what nginx says is wrong with it. */
export function parseNginxConfig(text: string, path: string): NginxDirective[] | string {
  const stack: Open[] = [{ words: [], directives: [] }];
  let words: string[] = [];
  let line = 1;
  const at = (): string => `in ${path}:${line}`;
  for (const [piece] of text.matchAll(token)) {
    const top = stack[stack.length - 1] as Open;
    if (piece === '\n') line += 1;
    else if (piece.startsWith('#')) continue;
    else if (piece === ';') {
      if (words.length === 0) return `unexpected ";" ${at()}`;
      top.directives.push(directive(words));
      words = [];
    } else if (piece === '{') {
      if (words.length === 0) return `unexpected "{" ${at()}`;
      stack.push({ words, directives: [] });
      words = [];
    } else if (piece === '}') {
      if (words.length > 0 || stack.length === 1) return `unexpected "}" ${at()}`;
      stack.pop();
      (stack[stack.length - 1] as Open).directives.push({ ...directive(top.words), block: top.directives });
    } else {
      line += piece.split('\n').length - 1;
      words.push(unquote(piece));
    }
  }
  if (words.length > 0) return `unexpected end of file, expecting ";" or "}" ${at()}`;
  if (stack.length > 1) return `unexpected end of file, expecting "}" ${at()}`;
  return (stack[0] as Open).directives;
}

function directive([name = '', ...args]: readonly string[]): NginxDirective {
  return { name, args };
}

function unquote(word: string): string {
  const quoted = /^(["'])(.*)\1$/s.exec(word);
  const inner = quoted ? quoted[2] ?? '' : word;
  return inner.replace(/\\(["'\\])/g, '$1').replace(/\\n/g, '\n').replace(/\\t/g, '\t');
}
