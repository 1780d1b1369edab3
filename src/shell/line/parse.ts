/**
 * A line of the sandbox terminal: pipelines of words, joined by `;`, `&&` and `||`. Quotes and backslashes work as in bash.
 * What a shell could do besides (redirections, variables, substitutions, jobs, loops) is refused by name.
 */

export interface Pipeline {
  /** When it runs, by how the one before ended. */
  readonly when: 'always' | 'success' | 'failure';
  readonly commands: readonly (readonly string[])[];
}

export type ParsedLine = readonly Pipeline[] | { readonly problem: string };

/** Longer lines are not read: as much as Linux hands to a program at most in one argument. */
export const lineLimit = 131_072;

const shell = 'bash';

/** Reads a line; a problem is what bash would print, or which part of bash is not modelled. */
export function parseLine(line: string): ParsedLine {
  if (line.length > lineLimit)
    return { problem: `${shell}: line too long: ${line.length} characters, the limit is ${lineLimit}` };
  // Texts print a prompt before what is to be typed; whoever copies it along gets what was meant.
  const tokens = new Scanner(line.replace(/^\s*\$ /, '')).tokens();
  return 'problem' in tokens ? tokens : assemble(tokens);
}

type Token = { readonly word: string } | { readonly operator: string };

const refusedOperators: Readonly<Record<string, string>> = {
  '>': 'redirection with >', '<': 'redirection with <', '&': 'running in the background with &', '(': 'subshells',
  ')': 'subshells', '`': 'command substitution', '$': 'variables and substitutions with $',
};

class Scanner {
  private readonly found: Token[] = [];
  private word: string | undefined;
  private at = 0;

  constructor(private readonly line: string) {}

  tokens(): readonly Token[] | { readonly problem: string } {
    while (this.at < this.line.length) {
      const problem = this.step(this.line[this.at] as string);
      if (problem === 'comment') break;
      if (problem !== undefined) return { problem: `${shell}: ${problem}` };
    }
    this.flush();
    return this.found;
  }

  private step(char: string): string | undefined {
    const { line } = this;
    if (/\s/.test(char)) {
      this.flush();
      this.at += 1;
      return undefined;
    }
    if (char === '#' && this.word === undefined) return 'comment';
    if (char === "'") return this.quoted("'");
    if (char === '"') return this.quoted('"');
    if (char === '\\') {
      this.add(line[this.at + 1] ?? '');
      this.at += 2;
      return undefined;
    }
    const operator = /^(\|\||&&|\||;)/.exec(line.slice(this.at, this.at + 2))?.[0];
    if (operator !== undefined) {
      this.flush();
      this.found.push({ operator });
      this.at += operator.length;
      return undefined;
    }
    if (char === '$' ? /[\w({?!@*#]/.test(line[this.at + 1] ?? '') : Object.hasOwn(refusedOperators, char)) {
      return `${refusedOperators[char]} is not modelled in the sandbox`
        .replace('variables and substitutions with $ is', 'variables and substitutions with $ are')
        .replace('subshells is', 'subshells are');
    }
    this.add(char);
    this.at += 1;
    return undefined;
  }

  private quoted(quote: '"' | "'"): string | undefined {
    let text = '';
    let at = this.at + 1;
    for (; at < this.line.length && this.line[at] !== quote; at += 1) {
      const char = this.line[at] as string;
      if (quote === '"' && char === '\\' && /["\\$`]/.test(this.line[at + 1] ?? '')) at += 1;
      else if (quote === '"' && (char === '`' || (char === '$' && /[\w({?!@*#]/.test(this.line[at + 1] ?? '')))) {
        return 'variables and substitutions with $ are not modelled in the sandbox';
      }
      text += this.line[at];
    }
    if (at >= this.line.length) {
      return `unexpected EOF while looking for matching \`${quote}'\n${shell}: syntax error: unexpected end of file`;
    }
    this.add(text);
    this.at = at + 1;
    return undefined;
  }

  private add(text: string): void {
    this.word = (this.word ?? '') + text;
  }

  private flush(): void {
    if (this.word !== undefined) this.found.push({ word: this.word });
    this.word = undefined;
  }
}

function assemble(tokens: readonly Token[]): ParsedLine {
  const pipelines: Pipeline[] = [];
  let when: Pipeline['when'] = 'always';
  let commands: string[][] = [];
  let words: string[] = [];
  const unexpected = (operator: string): ParsedLine => (
    { problem: `${shell}: syntax error near unexpected token \`${operator}'` });
  for (const token of tokens) {
    if ('word' in token) {
      words.push(token.word);
      continue;
    }
    const { operator } = token;
    if (words.length === 0) return unexpected(operator);
    commands.push(words);
    words = [];
    if (operator === '|') continue;
    pipelines.push({ when, commands });
    commands = [];
    when = operator === '&&' ? 'success' : operator === '||' ? 'failure' : 'always';
  }
  if (words.length > 0) pipelines.push({ when, commands: [...commands, words] });
  else if (commands.length > 0
    || when !== 'always') return { problem: `${shell}: syntax error: unexpected end of file` };
  return pipelines;
}
