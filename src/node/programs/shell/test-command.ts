/** `test` and `[`: files, texts, numbers, with `!`, `-a`, `-o` and parentheses. Permissions are not modelled: a file
 * that is there can be read, written and, in a path of commands, executed. */
import type { Shell } from './shell';

type Where = Pick<Shell, 'world' | 'path' | 'variable'>;

const binary = new Set(['=', '==', '!=', '<', '>', '-eq', '-ne', '-lt', '-le', '-gt', '-ge', '-nt', '-ot', '-ef']);
const unary = /^-[a-hknoprstuvwxzLNOSG]$/;

class Wrong extends Error {}

/** True, false, or what is wrong with the expression. */
export function evaluateTest(args: readonly string[], where: Where): boolean | string {
  try {
    const reader = new Reader(args, where);
    const value = args.length === 0 ? false : reader.or();
    return reader.finished ? value : `${reader.next ?? ''}: unknown operand`;
  } catch (wrong) {
    if (wrong instanceof Wrong) return wrong.message;
    throw wrong;
  }
}

class Reader {
  private at = 0;

  constructor(
    private readonly args: readonly string[],
    private readonly where: Where,
  ) {}

  get finished(): boolean {
    return this.at >= this.args.length;
  }

  get next(): string | undefined {
    return this.args[this.at];
  }

  or(): boolean {
    let value = this.and();
    while (this.next === '-o') {
      this.at += 1;
      const right = this.and();
      value = value || right;
    }
    return value;
  }

  private and(): boolean {
    let value = this.not();
    while (this.next === '-a') {
      this.at += 1;
      const right = this.not();
      value = value && right;
    }
    return value;
  }

  private not(): boolean {
    let negated = false;
    while (this.next === '!' && this.at + 1 < this.args.length && !binary.has(this.args[this.at + 1] as string)) {
      negated = !negated;
      this.at += 1;
    }
    const value = this.primary();
    return negated ? !value : value;
  }

  private primary(): boolean {
    const [left = '', operator, right] = this.args.slice(this.at, this.at + 3);
    if (operator !== undefined && right !== undefined && binary.has(operator)) {
      this.at += 3;
      return compare(left, operator, right);
    }
    if (left === '(' && this.args.indexOf(')', this.at) > 0) {
      this.at += 1;
      const value = this.or();
      if (this.next !== ')') throw new Wrong('closing paren expected');
      this.at += 1;
      return value;
    }
    if (unary.test(left) && operator !== undefined) {
      this.at += 2;
      return fileTest(left, operator, this.where);
    }
    this.at += 1;
    return left !== '';
  }
}

function compare(left: string, operator: string, right: string): boolean {
  switch (operator) {
    case '=': case '==': return left === right;
    case '!=': return left !== right;
    case '<': return left < right;
    case '>': return left > right;
    case '-nt': case '-ot': case '-ef': return operator === '-ef' && left === right;
    default: return compareNumbers(integer(left), operator, integer(right));
  }
}

export function compareNumbers(left: bigint, operator: string, right: bigint): boolean {
  switch (operator) {
    case '-eq': return left === right;
    case '-ne': return left !== right;
    case '-lt': return left < right;
    case '-le': return left <= right;
    case '-gt': return left > right;
    default: return left >= right;
  }
}

function integer(text: string): bigint {
  const trimmed = text.trim();
  if (!/^[-+]?\d{1,30}$/.test(trimmed)) throw new Wrong(`${text}: bad number`);
  return BigInt(trimmed.replace(/^\+/, ''));
}

/** `-f path` and its like, and `-n text`, `-z text`. */
export function fileTest(operator: string, operand: string, where: Where): boolean {
  const { world } = where;
  const { files } = world;
  if (operator === '-n') return operand !== '';
  if (operator === '-z') return operand === '';
  if (operator === '-v') return where.variable(operand) !== undefined;
  if (operator === '-t') return world.context.tty;
  const at = where.path(operand);
  switch (operator) {
    case '-d': return files.isDirectory(at);
    case '-f': return files.exists(at) && !files.isDirectory(at) && !files.isDevice(at);
    case '-s': return files.isDirectory(at) || (files.read(at) ?? '') !== '';
    case '-c': return files.isDevice(at);
    case '-b': case '-p': case '-S': case '-L': case '-h': case '-u': case '-g': case '-k': case '-o': return false;
    default: return files.exists(at);
  }
}
