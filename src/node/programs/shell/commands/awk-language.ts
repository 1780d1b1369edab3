/** awk's language as far as one-liners use it: rules with patterns, the usual statements and expressions, arrays. Not
 * modelled: user functions, getline, redirections, do-while, the ternary within print lists with `>`. */

export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'regex'; readonly source: string }
  | { readonly kind: 'field'; readonly index: Expression }
  | { readonly kind: 'variable'; readonly name: string; readonly index?: Expression }
  | { readonly kind: 'unary'; readonly operator: string; readonly operand: Expression }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Expression; readonly right: Expression }
  | {
    readonly kind: 'assign'; readonly operator: string; readonly target: Expression; readonly value: Expression;
    /** Set for `x++`: the value before counts. */
    readonly after?: boolean;
  }
  | { readonly kind: 'choice'; readonly condition: Expression; readonly yes: Expression; readonly no: Expression }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
  | { readonly kind: 'in'; readonly key: Expression; readonly array: string };

export type Statement =
  | { readonly kind: 'print' | 'printf'; readonly args: readonly Expression[] }
  | { readonly kind: 'do'; readonly expression: Expression }
  | { readonly kind: 'block'; readonly body: readonly Statement[] }
  | { readonly kind: 'if'; readonly condition: Expression; readonly then: Statement; readonly otherwise?: Statement }
  | { readonly kind: 'while'; readonly condition: Expression; readonly body: Statement; readonly step?: Expression }
  | { readonly kind: 'each'; readonly variable: string; readonly array: string; readonly body: Statement }
  | { readonly kind: 'delete'; readonly array: string; readonly index?: Expression }
  | { readonly kind: 'next' | 'break' | 'continue' }
  | { readonly kind: 'exit'; readonly code?: Expression };

export interface Rule {
  readonly when: 'BEGIN' | 'END' | 'record';
  readonly pattern?: Expression;
  readonly until?: Expression;
  readonly body?: Statement;
}

class Unreadable extends Error {}

/** A number, a text, a regular expression, a name, or what opens a field or a group. */
const token = new RegExp([
  '(\\d+\\.?\\d*(?:[eE][-+]?\\d+)?|\\.\\d+)', '"((?:\\\\[^]|[^"\\\\])*)"',
  '\\/((?:\\\\.|\\[[^\\]\\n]*\\]|[^/\\\\\\n])+)\\/',
  '([A-Za-z_]\\w*)', '([$(])',
].join('|'), 'y');

const nestingLimit = 200;
const keywords = new Set(['print', 'printf', 'if', 'else', 'while', 'for', 'in', 'next', 'exit', 'delete', 'break',
  'continue', 'BEGIN', 'END', 'function', 'getline', 'do', 'return']);

/** The rules of a program; undefined when it cannot be read. */
export function parseAwk(text: string): Rule[] | undefined {
  try {
    return new Reader(text).rules();
  } catch (problem) {
    if (problem instanceof Unreadable) return undefined;
    throw problem;
  }
}

class Reader {
  private at = 0;
  private depth = 0;
  private noIn = false;
  private noGreater = false;

  constructor(private readonly text: string) {}

  rules(): Rule[] {
    const rules: Rule[] = [];
    for (;;) {
      this.skip(true);
      if (this.at >= this.text.length) return rules;
      rules.push(this.rule());
    }
  }

  private rule(): Rule {
    const special = this.take('BEGIN') ? 'BEGIN' : this.take('END') ? 'END' : undefined;
    if (special) return { when: special, body: this.block() };
    if (this.peek('{')) return { when: 'record', body: this.block() };
    const pattern = this.expression();
    const until = this.take(',') ? this.expression() : undefined;
    const body = this.peek('{') ? this.block() : undefined;
    return { when: 'record', pattern, ...(until ? { until } : {}), ...(body ? { body } : {}) };
  }

  private skip(lines = false): void {
    const blank = lines ? /(?:[\s;]|\\\n|#[^\n]*)*/y : /(?:[ \t\r]|\\\n|#[^\n]*)*/y;
    blank.lastIndex = this.at;
    this.at += blank.exec(this.text)?.[0].length ?? 0;
  }

  private peek(token: string): boolean {
    this.skip();
    if (!this.text.startsWith(token, this.at)) return false;
    return !/\w$/.test(token) || !/\w/.test(this.text[this.at + token.length] ?? '');
  }

  private take(token: string): boolean {
    if (!this.peek(token)) return false;
    this.at += token.length;
    return true;
  }

  private need(token: string): void {
    if (!this.take(token)) throw new Unreadable();
  }

  private nested<T>(read: () => T): T {
    this.depth += 1;
    if (this.depth > nestingLimit) throw new Unreadable();
    const result = read();
    this.depth -= 1;
    return result;
  }

  private block(): Statement {
    return this.nested(() => {
      this.need('{');
      const body: Statement[] = [];
      for (;;) {
        this.skip(true);
        if (this.take('}')) return { kind: 'block', body };
        if (this.at >= this.text.length) throw new Unreadable();
        body.push(this.statement());
      }
    });
  }

  private statement(): Statement {
    this.skip(true);
    if (this.peek('{')) return this.block();
    if (this.take('if')) return this.ifStatement();
    if (this.take('while')) {
      const condition = this.parenthesised();
      return { kind: 'while', condition, body: this.nested(() => this.statement()) };
    }
    if (this.take('for')) return this.nested(() => this.forStatement());
    for (const kind of ['next', 'break', 'continue'] as const) if (this.take(kind)) return { kind };
    if (this.take('exit')) return this.atEnd() ? { kind: 'exit' } : { kind: 'exit', code: this.expression() };
    if (this.take('delete')) {
      const target = this.primary();
      if (target.kind !== 'variable') throw new Unreadable();
      return { kind: 'delete', array: target.name, ...(target.index ? { index: target.index } : {}) };
    }
    for (const kind of ['printf', 'print'] as const) if (this.take(kind)) return this.printStatement(kind);
    return { kind: 'do', expression: this.expression() };
  }

  private atEnd(): boolean {
    this.skip();
    return this.at >= this.text.length || /[;\n}]/.test(this.text[this.at] as string);
  }

  private ifStatement(): Statement {
    const condition = this.parenthesised();
    const then = this.nested(() => this.statement());
    const before = this.at;
    this.skip(true);
    if (this.take('else')) return { kind: 'if', condition, then, otherwise: this.nested(() => this.statement()) };
    this.at = before;
    return { kind: 'if', condition, then };
  }

  private forStatement(): Statement {
    this.need('(');
    const each = /\s*([A-Za-z_]\w*)\s+in\s+([A-Za-z_]\w*)\s*\)/y;
    each.lastIndex = this.at;
    const match = each.exec(this.text);
    if (match) {
      this.at += match[0].length;
      return { kind: 'each', variable: match[1] as string, array: match[2] as string, body: this.statement() };
    }
    const first: Statement = this.peek(';') ? { kind: 'block', body: [] }
      : { kind: 'do', expression: this.expression() };
    this.need(';');
    const condition: Expression = this.peek(';') ? { kind: 'number', value: 1 } : this.expression();
    this.need(';');
    const step = this.peek(')') ? undefined : this.expression();
    this.need(')');
    return { kind: 'block', body: [first, { kind: 'while', condition, body: this.statement(),
      ...(step ? { step } : {}) }] };
  }

  private printStatement(kind: 'print' | 'printf'): Statement {
    if (this.atEnd()) return { kind, args: [] };
    const before = this.noGreater;
    this.noGreater = true;
    const start = this.at;
    let args = this.list();
    // print (a, b) is a list in parentheses, unless more follows them.
    if (args === undefined || !this.atEnd()) {
      this.at = start;
      this.need('(');
      args = this.list() ?? [];
      this.need(')');
    }
    this.noGreater = before;
    if (!this.atEnd()) throw new Unreadable();
    return { kind, args };
  }

  private list(): Expression[] | undefined {
    const start = this.at;
    try {
      const args = [this.expression()];
      while (this.take(',')) {
        this.skip(true);
        args.push(this.expression());
      }
      return args;
    } catch (problem) {
      if (!(problem instanceof Unreadable)) throw problem;
      this.at = start;
      return undefined;
    }
  }

  private parenthesised(): Expression {
    this.need('(');
    const expression = this.expression();
    this.need(')');
    return expression;
  }

  private expression(): Expression {
    return this.nested(() => {
      const left = this.choice();
      for (const operator of ['+=', '-=', '*=', '/=', '%=', '=']) {
        if (!this.peek(operator) || (operator === '=' && this.peek('=='))) continue;
        if (left.kind !== 'variable' && left.kind !== 'field') break;
        this.need(operator);
        return { kind: 'assign', operator: operator.slice(0, -1), target: left, value: this.expression() };
      }
      return left;
    });
  }

  private choice(): Expression {
    const condition = this.or();
    if (!this.take('?')) return condition;
    const yes = this.expression();
    this.need(':');
    return { kind: 'choice', condition, yes, no: this.expression() };
  }

  private or(): Expression {
    let left = this.and();
    while (this.take('||')) left = { kind: 'binary', operator: '||', left, right: this.and() };
    return left;
  }

  private and(): Expression {
    let left = this.membership();
    while (this.take('&&')) left = { kind: 'binary', operator: '&&', left, right: this.membership() };
    return left;
  }

  private membership(): Expression {
    let left = this.comparison();
    while (!this.noIn && this.take('in')) {
      const array = this.primary();
      if (array.kind !== 'variable') throw new Unreadable();
      left = { kind: 'in', key: left, array: array.name };
    }
    return left;
  }

  private comparison(): Expression {
    const left = this.concatenation();
    for (const operator of ['==', '!=', '<=', '>=', '!~', '~', '<', '>']) {
      if (operator === '>' && this.noGreater) continue;
      if (this.take(operator)) return { kind: 'binary', operator, left, right: this.concatenation() };
    }
    return left;
  }

  private concatenation(): Expression {
    let left = this.sum();
    for (;;) {
      this.skip();
      const next = this.text[this.at] ?? '';
      const word = /[A-Za-z_]\w*/y;
      word.lastIndex = this.at;
      const name = word.exec(this.text)?.[0];
      if (!/[\w"$(.]/.test(next) || (name !== undefined && keywords.has(name))) return left;
      left = { kind: 'binary', operator: ' ', left, right: this.sum() };
    }
  }

  private sum(): Expression {
    let left = this.product();
    for (;;) {
      if (this.peek('++') || this.peek('--') || this.peek('+=') || this.peek('-=')) return left;
      const operator = this.take('+') ? '+' : this.take('-') ? '-' : undefined;
      if (!operator) return left;
      left = { kind: 'binary', operator, left, right: this.product() };
    }
  }

  private product(): Expression {
    let left = this.unary();
    for (;;) {
      if (this.peek('*=') || this.peek('/=') || this.peek('%=')) return left;
      const operator = this.take('*') ? '*' : this.take('/') ? '/' : this.take('%') ? '%' : undefined;
      if (!operator) return left;
      left = { kind: 'binary', operator, left, right: this.unary() };
    }
  }

  private unary(): Expression {
    for (const operator of ['++', '--'] as const) {
      if (this.take(operator)) {
        return { kind: 'assign', operator: operator[0] as string, target: this.primary(),
          value: { kind: 'number', value: 1 } };
      }
    }
    for (const operator of ['!', '-', '+']) {
      if (this.peek('!~') || this.peek('!=')) break;
      if (this.take(operator)) return { kind: 'unary', operator, operand: this.nested(() => this.unary()) };
    }
    const base = this.postfix();
    return this.take('^') ? { kind: 'binary', operator: '^', left: base, right: this.unary() } : base;
  }

  private postfix(): Expression {
    const target = this.primary();
    if (target.kind !== 'variable' && target.kind !== 'field') return target;
    for (const operator of ['++', '--'] as const) {
      if (this.take(operator)) {
        return { kind: 'assign', operator: operator[0] as string, target, value: { kind: 'number', value: 1 },
          after: true };
      }
    }
    return target;
  }

  private primary(): Expression {
    this.skip();
    token.lastIndex = this.at;
    const match = token.exec(this.text);
    if (!match) throw new Unreadable();
    this.at += match[0].length;
    const [, number, text, source, name, sign] = match;
    if (number !== undefined) return { kind: 'number', value: Number(number) };
    if (text !== undefined) return { kind: 'text', value: unescape(text) };
    if (source !== undefined) return { kind: 'regex', source: source.replace(/\\\//g, '/') };
    if (sign === '$') {
      return { kind: 'field', index: this.nested(() =>
        (this.peek('++') || this.peek('-') ? this.unary() : this.primary())) };
    }
    if (sign === '(') return this.group();
    return this.named(name as string);
  }

  private group(): Expression {
    const before = this.noGreater;
    this.noGreater = false;
    const expression = this.expression();
    this.need(')');
    this.noGreater = before;
    return expression;
  }

  private named(name: string): Expression {
    if (keywords.has(name)) throw new Unreadable();
    if (this.text[this.at] === '(') {
      this.at += 1;
      const args = this.peek(')') ? [] : this.list();
      this.need(')');
      return { kind: 'call', name, args: args ?? [] };
    }
    if (this.take('[')) {
      const index = this.expression();
      this.need(']');
      return { kind: 'variable', name, index };
    }
    if (name === 'length') return { kind: 'call', name, args: [] };
    return { kind: 'variable', name };
  }
}

function unescape(text: string): string {
  return text.replace(/\\([^])/g, (_, char: string) => ({ n: '\n', t: '\t', r: '\r' })[char] ?? char);
}
