/**
 * The shell's lexical level: blanks, comments, operators, words with their quotes and expansions, here-documents. It is
 * driven by the parser, because in a shell the grammar decides where a reserved word or an assignment may stand.
 */
import type { Assignment, Node, Part, Redirect, Word } from './ast';
import type { Problem } from './parser';

/** Carries a problem out of the recursion; it does not leave the parser. */
export class SyntaxProblem extends Error {
  constructor(readonly problem: Problem) {
    super(problem.kind);
  }
}

interface Heredoc {
  readonly delimiter: string;
  readonly expands: boolean;
  readonly stripTabs: boolean;
  readonly target: Part[];
}

/** An arithmetic expression is not looked for beyond this many characters. */
const expressionLimit = 10_000;

const meta = new Set([' ', '\t', '\n', ';', '&', '|', '(', ')', '<', '>']);
const special = new Set(['@', '*', '#', '?', '-', '$', '!']);
const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', e: '\x1b', f: '\f',
  v: '\v' };

export function isName(text: string): boolean {
  return /^[A-Za-z_]\w*$/.test(text);
}

export class Scanner {
  position = 0;
  line = 1;
  pendingHeredocs: Heredoc[] = [];
  /** The text ended before a here-document did. */
  openHeredoc = false;
  /** Set by the parser: read `$( ... )`, a script in backquotes; count levels; parse for another scanner. */
  substitution!: () => Node;
  backquoted!: (inner: string) => Node;
  enter!: () => void;
  leave!: () => void;
  bind!: (other: Scanner) => void;

  constructor(private readonly text: string) {}

  get atEnd(): boolean {
    return this.position >= this.text.length;
  }

  at(token: string): boolean {
    return this.text.startsWith(token, this.position);
  }

  advance(count: number): void {
    this.position += count;
  }

  fail(problem: Problem): never {
    throw new SyntaxProblem(problem);
  }

  private get char(): string {
    return this.text[this.position] ?? '';
  }

  // --- between words -------------------------------------------------------------------------------------------------

  skipBlanks(): void {
    for (;;) {
      const { char } = this;
      if (char === ' ' || char === '\t' || char === '\r') this.position += 1;
      else if (this.at('\\\n')) {
        this.position += 2;
        this.line += 1;
      } else if (char === '#') {
        const end = this.text.indexOf('\n', this.position);
        this.position = end < 0 ? this.text.length : end;
      } else return;
    }
  }

  /** Skips blanks, comments and line ends; a line end brings the bodies of pending here-documents. */
  skipLines(): void {
    for (;;) {
      this.skipBlanks();
      if (this.char !== '\n') return;
      this.position += 1;
      this.line += 1;
      this.finishHeredocs();
    }
  }

  /** At most one `;`, and line ends. */
  skipSeparator(): void {
    this.skipBlanks();
    if (this.at(';') && !this.at(';;')) this.position += 1;
    this.skipLines();
  }

  finishHeredocs(): void {
    for (const { delimiter, expands, stripTabs, target } of this.pendingHeredocs.splice(0)) {
      let body = '';
      let ended = false;
      while (!this.atEnd && !ended) {
        const end = this.text.indexOf('\n', this.position);
        const whole = this.text.slice(this.position, end < 0 ? this.text.length : end);
        this.position = end < 0 ? this.text.length : end + 1;
        this.line += 1;
        const read = stripTabs ? whole.replace(/^\t+/, '') : whole;
        if (read === delimiter) ended = true;
        else body += `${read}\n`;
      }
      if (!ended) this.openHeredoc = true;
      if (!expands) target.push({ kind: 'text', text: body, quoted: true });
      else target.push(...this.inner(body, (scan) => scan.quotedParts(undefined)));
    }
  }

  /** Reads another text by the same rules. */
  private inner<T>(text: string, read: (scan: Scanner) => T): T {
    const scan = new Scanner(text);
    scan.line = this.line;
    this.bind(scan);
    return read(scan);
  }

  /** The unquoted word ahead, as reserved words are recognised; empty when there is none. */
  peekWord(): string {
    this.skipBlanks();
    let end = this.position;
    while (end < this.text.length && end - this.position < 16 && /[a-z!{}[\]]/.test(this.text[end] as string)) end += 1;
    const next = this.text[end];
    return next === undefined || meta.has(next) ? this.text.slice(this.position, end) : '';
  }

  /** The next token for an error message. */
  peekToken(): string {
    const operator = ['&&', '||', ';;', '((', '<<', '>>', '\n'].find((each) => this.at(each));
    if (operator) return operator === '\n' ? 'newline' : operator;
    if (meta.has(this.char)) return this.char;
    let end = this.position;
    while (end < this.text.length && end - this.position < 60 && !meta.has(this.text[end] as string)) end += 1;
    return this.text.slice(this.position, end);
  }

  redirectOperator(): { fd: number; operator: Redirect['operator']; stripTabs: boolean } | undefined {
    const found = /(\d*)(<<<|<<-|<<|<>|<&|<|>>|>\||>&|>|&>>|&>)/y;
    found.lastIndex = this.position;
    const match = found.exec(this.text);
    if (!match) return undefined;
    const [whole, digits = '', written = ''] = match;
    if (written.startsWith('&') && digits !== '') return undefined;
    this.position += whole.length;
    const operator = (written === '<<-' ? '<<' : written) as Redirect['operator'];
    const fd = digits === '' ? (written.startsWith('<') ? 0 : 1) : Number(digits);
    return { fd, operator, stripTabs: written === '<<-' };
  }

  // --- words ---------------------------------------------------------------------------------------------------------

  /** `name=value` or `name+=value` at the position. */
  assignment(): Assignment | undefined {
    const form = /([A-Za-z_]\w*)(\+?)=/y;
    form.lastIndex = this.position;
    const match = form.exec(this.text);
    if (!match) return undefined;
    this.position += match[0].length;
    return { name: match[1] as string, append: match[2] === '+', value: this.word() ?? [] };
  }

  /** The word at the position; undefined where an operator, a line end or the end stands. */
  word(): Word | undefined {
    return this.wordUntil((char) => meta.has(char));
  }

  /** The right side of `=~`: ends at a blank only. */
  patternWord(): Word | undefined {
    return this.wordUntil((char) => char === ' ' || char === '\t' || char === '\n');
  }

  private wordUntil(ends: (char: string) => boolean): Word | undefined {
    const parts: Part[] = [];
    const start = this.position;
    let text = '';
    const flush = (): void => {
      if (text !== '') parts.push({ kind: 'text', text, quoted: false });
      text = '';
    };
    while (!this.atEnd) {
      const { char } = this;
      if (ends(char)) break;
      if (char === '\\') {
        const next = this.text[this.position + 1];
        this.position += 2;
        if (next === '\n') this.line += 1;
        else {
          flush();
          parts.push({ kind: 'text', text: next ?? '\\', quoted: true });
        }
      } else if (char === "'" || char === '"' || char === '`' || char === '$') {
        flush();
        parts.push(...this.quoteOrExpansion(char, false));
      } else {
        text += char;
        this.position += 1;
      }
    }
    flush();
    return this.position === start ? undefined : parts;
  }

  private quoteOrExpansion(char: string, quoted: boolean): Part[] {
    if (char === '$') return [this.dollar(quoted)];
    if (char === '`') return [this.backquote(quoted)];
    const { line } = this;
    this.position += 1;
    if (char === "'") {
      const end = this.text.indexOf("'", this.position);
      if (end < 0) this.fail({ kind: 'quote', quote: "'", line });
      const text = this.text.slice(this.position, end);
      this.line += text.split('\n').length - 1;
      this.position = end + 1;
      return [{ kind: 'text', text, quoted: true }];
    }
    const parts = this.quotedParts('"');
    if (this.char !== '"') this.fail({ kind: 'quote', quote: '"', line });
    this.position += 1;
    return parts.length === 0 ? [{ kind: 'text', text: '', quoted: true }] : parts;
  }

  /** What stands in double quotes, up to the closing character or the end. */
  quotedParts(close: string | undefined): Part[] {
    const parts: Part[] = [];
    let text = '';
    const flush = (): void => {
      if (text !== '') parts.push({ kind: 'text', text, quoted: true });
      text = '';
    };
    while (!this.atEnd && this.char !== close) {
      const { char } = this;
      if (char === '\\') {
        const next = this.text[this.position + 1] ?? '';
        this.position += 2;
        if (next === '\n') this.line += 1;
        else text += next === '$' || next === '`' || next === '\\' || (next === '"' && close === '"') ? next
          : `\\${next}`;
      } else if (char === '$' || char === '`') {
        flush();
        parts.push(...this.quoteOrExpansion(char, true));
      } else {
        if (char === '\n') this.line += 1;
        text += char;
        this.position += 1;
      }
    }
    flush();
    return parts;
  }

  private backquote(quoted: boolean): Part {
    const { line } = this;
    let inner = '';
    this.position += 1;
    while (this.char !== '`') {
      if (this.atEnd) this.fail({ kind: 'quote', quote: '`', line });
      const next = this.text[this.position + 1] ?? '';
      if (this.char === '\\' && (next === '`' || next === '\\' || next === '$' || (quoted && next === '"'))) {
        inner += next;
        this.position += 2;
      } else {
        if (this.char === '\n') this.line += 1;
        inner += this.char;
        this.position += 1;
      }
    }
    this.position += 1;
    return { kind: 'substitution', script: this.backquoted(inner), quoted };
  }

  private dollar(quoted: boolean): Part {
    if (this.at('$((')) {
      const start = this.position;
      this.position += 1;
      const expression = this.tryArithmetic();
      if (expression) return { kind: 'arithmetic', expression, quoted };
      this.position = start;
    }
    if (this.at('$(')) {
      this.position += 2;
      return { kind: 'substitution', script: this.substitution(), quoted };
    }
    if (this.at('${')) return this.braced(quoted);
    if (this.at("$'") && !quoted) return this.ansiQuote();
    this.position += 1;
    const { char } = this;
    if (special.has(char) || /\d/.test(char)) {
      this.position += 1;
      return { kind: 'parameter', name: char, quoted };
    }
    const name = this.name();
    return name === '' ? { kind: 'text', text: '$', quoted } : { kind: 'parameter', name, quoted };
  }

  private name(): string {
    const form = /[A-Za-z_]\w*/y;
    form.lastIndex = this.position;
    const found = form.exec(this.text)?.[0] ?? '';
    this.position += found.length;
    return found;
  }

  private ansiQuote(): Part {
    const { line } = this;
    this.position += 2;
    let text = '';
    while (this.char !== "'") {
      if (this.atEnd) this.fail({ kind: 'quote', quote: "'", line });
      if (this.char === '\\') {
        const next = this.text[this.position + 1] ?? '';
        text += escapes[next] ?? (next === '\\' || next === "'" || next === '"' ? next : `\\${next}`);
        this.position += 2;
      } else {
        text += this.char;
        this.position += 1;
      }
    }
    this.position += 1;
    return { kind: 'text', text, quoted: true };
  }

  private braced(quoted: boolean): Part {
    const { line } = this;
    this.position += 2;
    this.enter();
    const length = this.at('#') && !this.at('#}') && !/^#[-:=?+#%]/.test(this.text.slice(this.position,
      this.position + 2));
    if (length) this.position += 1;
    const indirect = this.at('!') && /[A-Za-z_]/.test(this.text[this.position + 1] ?? '');
    if (indirect) this.position += 1;
    const form = /[A-Za-z_]\w*(?:\[\d+\])?|\d+|[@*#?$!-]/y;
    form.lastIndex = this.position;
    const name = form.exec(this.text)?.[0] ?? '';
    this.position += name.length;
    const operator = /:?[-=?+]|##?|%%?|\/\/?|\^\^?|,,?|:/y;
    operator.lastIndex = this.position;
    const found = this.char === '}' ? undefined : operator.exec(this.text)?.[0];
    this.position += found?.length ?? 0;
    const argument = this.char === '}' && found === undefined ? undefined : this.bracedArgument(quoted);
    if (this.char !== '}') this.fail({ kind: 'quote', quote: '}', line });
    this.position += 1;
    this.leave();
    const bad = name === '' || (found === undefined && argument !== undefined);
    const used = bad ? 'bad' : indirect ? '!' : found;
    return {
      kind: 'parameter', name, ...(length ? { length } : {}), ...(used === undefined ? {} : { operator: used }),
      ...(argument ? { argument } : {}), quoted,
    };
  }

  private bracedArgument(quoted: boolean): Word {
    if (!quoted) return this.wordUntil((char) => char === '}') ?? [];
    const parts: Part[] = [];
    while (!this.atEnd && this.char !== '}') {
      if (this.char === '"') parts.push(...this.quoteOrExpansion('"', true));
      else {
        const before = this.position;
        parts.push(...this.quotedUntilBrace());
        if (this.position === before) break;
      }
    }
    return parts;
  }

  /** Inside quotes a brace's argument runs to the brace, or to a quote of its own. */
  private quotedUntilBrace(): Part[] {
    const parts: Part[] = [];
    while (!this.atEnd && this.char !== '}' && this.char !== '"') {
      const { char } = this;
      if (char === '$' || char === '`') parts.push(...this.quoteOrExpansion(char, true));
      else if (char === '\\') {
        parts.push({ kind: 'text', text: this.text[this.position + 1] ?? '', quoted: true });
        this.position += 2;
      } else {
        const end = this.position;
        while (!this.atEnd && !/[}"$`\\]/.test(this.char)) this.position += 1;
        parts.push({ kind: 'text', text: this.text.slice(end, this.position), quoted: true });
      }
    }
    return parts;
  }

  // --- arithmetic ----------------------------------------------------------------------------------------------------

  /** `(( ... ))` at the position as a word; undefined, and nothing read, when the parentheses do not pair so. */
  tryArithmetic(): Word | undefined {
    const end = this.arithmeticEnd();
    if (end === undefined) return undefined;
    const text = this.text.slice(this.position + 2, end);
    this.position = end + 2;
    this.line += text.split('\n').length - 1;
    return this.inner(text, (scan) => scan.quotedParts(undefined));
  }

  private arithmeticEnd(): number | undefined {
    let depth = 0;
    const limit = Math.min(this.text.length, this.position + expressionLimit);
    for (let at = this.position + 2; at < limit; at += 1) {
      const char = this.text[at];
      if (char === '(') depth += 1;
      else if (char === ')') {
        if (depth === 0) return this.text[at + 1] === ')' ? at : undefined;
        depth -= 1;
      }
    }
    return undefined;
  }

  /** The three expressions of `for ((a; b; c))`. */
  splitArithmetic(word: Word): Word[] {
    const split: Part[][] = [[]];
    for (const part of word) {
      if (part.kind !== 'text') {
        (split[split.length - 1] as Part[]).push(part);
        continue;
      }
      part.text.split(';').forEach((text, index) => {
        if (index > 0) split.push([]);
        (split[split.length - 1] as Part[]).push({ ...part, text });
      });
    }
    return split;
  }
}
