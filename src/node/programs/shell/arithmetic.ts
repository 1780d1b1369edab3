/**
 * Shell arithmetic: C's integer operators on 64-bit numbers, with variables by name, assignment and increment. Numbers
 * are kept as bigint so that they wrap as the real ones do. Not modelled: bases other than 8, 10 and 16.
 */

export interface Variables {
  get(name: string): string | undefined;
  set(name: string, value: string): void;
}

export type Calculated = { readonly ok: true; readonly value: bigint } | {
  readonly ok: false; readonly why: 'syntax' | 'zero' };

class Fault extends Error {
  constructor(readonly why: 'syntax' | 'zero') {
    super(why);
  }
}

const nestingLimit = 200;
const binary: readonly (readonly string[])[] = [
  ['||'], ['&&'], ['|'], ['^'], ['&'], ['==', '!='], ['<=', '>=', '<', '>'], ['<<', '>>'], ['+', '-'], ['*', '/', '%'],
];
const token = /\s*(\d[\w]*|[A-Za-z_]\w*|<<=|>>=|\*\*|\+\+|--|\|\||&&|[=!<>]=|<<|>>|[-+*/%&|^]=|[-+*/%&|^~!<>=?:(),])/y;

/** The value of an expression whose parameters are already expanded; an empty one is 0. */
export function calculate(expression: string, variables: Variables, depth = 0): Calculated {
  if (depth > 8) return { ok: false, why: 'syntax' };
  const tokens: string[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < expression.length) {
    const at = token.lastIndex;
    const match = token.exec(expression);
    if (!match) {
      if (expression.slice(at).trim() === '') break;
      return { ok: false, why: 'syntax' };
    }
    tokens.push(match[1] as string);
  }
  if (tokens.length === 0) return { ok: true, value: 0n };
  const reader = new Reader(tokens, variables, depth);
  try {
    return { ok: true, value: reader.whole() };
  } catch (fault) {
    if (fault instanceof Fault) return { ok: false, why: fault.why };
    throw fault;
  }
}

/** Reads by precedence; `live` is false in branches whose side effects must not happen. */
class Reader {
  private at = 0;
  private live = true;
  private nesting = 0;

  constructor(
    private readonly tokens: readonly string[],
    private readonly variables: Variables,
    private readonly depth: number,
  ) {}

  whole(): bigint {
    let value = this.assignment();
    while (this.take(',')) value = this.assignment();
    if (this.at < this.tokens.length) throw new Fault('syntax');
    return value;
  }

  private take(wanted: string): boolean {
    if (this.tokens[this.at] !== wanted) return false;
    this.at += 1;
    return true;
  }

  private assignment(): bigint {
    this.nesting += 1;
    if (this.nesting > nestingLimit) throw new Fault('syntax');
    const value = this.assigned();
    this.nesting -= 1;
    return value;
  }

  private assigned(): bigint {
    const name = this.tokens[this.at] ?? '';
    const operator = this.tokens[this.at + 1] ?? '';
    if (/^[A-Za-z_]/.test(name) && /^(=|[-+*/%&|^]=|<<=|>>=)$/.test(operator)) {
      this.at += 2;
      const right = this.assignment();
      const value = operator === '=' ? right : this.apply(operator.slice(0, -1), this.variable(name), right);
      this.store(name, value);
      return value;
    }
    return this.conditional();
  }

  private conditional(): bigint {
    const condition = this.level(0);
    if (!this.take('?')) return condition;
    const yes = this.branch(condition !== 0n, () => this.assignment());
    if (!this.take(':')) throw new Fault('syntax');
    const no = this.branch(condition === 0n, () => this.assignment());
    return condition !== 0n ? yes : no;
  }

  private branch(live: boolean, read: () => bigint): bigint {
    const before = this.live;
    this.live = before && live;
    const value = read();
    this.live = before;
    return value;
  }

  private level(index: number): bigint {
    const operators = binary[index];
    if (!operators) return this.power();
    let left = this.level(index + 1);
    for (;;) {
      const operator = this.tokens[this.at] ?? '';
      if (!operators.includes(operator)) return left;
      this.at += 1;
      const skipped = (operator === '&&' && left === 0n) || (operator === '||' && left !== 0n);
      const right = this.branch(!skipped, () => this.level(index + 1));
      left = this.apply(operator, left, right);
    }
  }

  private power(): bigint {
    const base = this.unary();
    if (!this.take('**')) return base;
    const exponent = this.power();
    if (exponent < 0n) throw new Fault('syntax');
    let value = 1n;
    for (let step = 0n; step < exponent && step < 64n; step += 1n) value = BigInt.asIntN(64, value * base);
    return value;
  }

  private unary(): bigint {
    const operator = this.tokens[this.at] ?? '';
    switch (operator) {
      case '-': this.at += 1; return BigInt.asIntN(64, -this.unary());
      case '+': this.at += 1; return this.unary();
      case '!': this.at += 1; return this.unary() === 0n ? 1n : 0n;
      case '~': this.at += 1; return ~this.unary();
      case '++': case '--': {
        this.at += 1;
        const name = this.name();
        const value = this.variable(name) + (operator === '++' ? 1n : -1n);
        this.store(name, value);
        return value;
      }
      default: return this.primary();
    }
  }

  private primary(): bigint {
    const word = this.tokens[this.at];
    if (word === undefined) throw new Fault('syntax');
    this.at += 1;
    if (word === '(') {
      const value = this.assignment();
      if (!this.take(')')) throw new Fault('syntax');
      return value;
    }
    if (/^\d/.test(word)) return number(word);
    if (!/^[A-Za-z_]/.test(word)) throw new Fault('syntax');
    const value = this.variable(word);
    if (this.take('++')) this.store(word, value + 1n);
    else if (this.take('--')) this.store(word, value - 1n);
    return value;
  }

  private name(): string {
    const word = this.tokens[this.at] ?? '';
    if (!/^[A-Za-z_]/.test(word)) throw new Fault('syntax');
    this.at += 1;
    return word;
  }

  /** A variable holds a number, or an expression of its own. */
  private variable(name: string): bigint {
    const text = (this.variables.get(name) ?? '').trim();
    if (text === '') return 0n;
    if (/^-?\d+$/.test(text)) return text.startsWith('-') ? -number(text.slice(1)) : number(text);
    const value = calculate(text, this.variables, this.depth + 1);
    if (!value.ok) throw new Fault(value.why);
    return value.value;
  }

  private store(name: string, value: bigint): void {
    if (this.live) this.variables.set(name, String(BigInt.asIntN(64, value)));
  }

  private apply(operator: string, a: bigint, b: bigint): bigint {
    if ((operator === '/' || operator === '%') && b === 0n) {
      if (this.live) throw new Fault('zero');
      return 0n;
    }
    return BigInt.asIntN(64, combine(operator, a, b));
  }
}

function combine(operator: string, a: bigint, b: bigint): bigint {
  switch (operator) {
    case '+': return a + b;
    case '-': return a - b;
    case '*': return a * b;
    case '/': return a / b;
    case '%': return a % b;
    case '&': return a & b;
    case '|': return a | b;
    case '^': return a ^ b;
    case '<<': return a << (b & 63n);
    case '>>': return a >> (b & 63n);
    case '==': return a === b ? 1n : 0n;
    case '!=': return a !== b ? 1n : 0n;
    case '<': return a < b ? 1n : 0n;
    case '>': return a > b ? 1n : 0n;
    case '<=': return a <= b ? 1n : 0n;
    case '>=': return a >= b ? 1n : 0n;
    case '&&': return a !== 0n && b !== 0n ? 1n : 0n;
    default: return a !== 0n || b !== 0n ? 1n : 0n;
  }
}

function number(text: string): bigint {
  if (text.length > 25) throw new Fault('syntax');
  if (/^0[0-7]+$/.test(text)) return BigInt.asIntN(64, BigInt(`0o${text.slice(1)}`));
  if (!/^(0x[0-9a-f]+|\d+)$/i.test(text)) throw new Fault('syntax');
  return BigInt.asIntN(64, BigInt(text));
}
