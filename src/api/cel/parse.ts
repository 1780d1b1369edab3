/**
 * Parsing: the grammar is that of @marcbachmann/cel-js, whose tree becomes one of our own with the positions that
 * cel-go reports. Only the package's parser is used: its evaluator knows no cost limits, reads times in the host's time
 * zone and matches with the host's backtracking engine. Macros are recognised here. Syntax errors carry the package's
 * words behind cel-go's `Syntax error:`; optional entries of literals (`[?a]`) and backquoted names are not read.
 */
import { Environment, ParseError, type ASTNode } from '@marcbachmann/cel-js';
import { CelUint, fail as failure } from './values';

export type Macro =
  | 'all' | 'exists' | 'exists_one' | 'map' | 'filter' | 'transformList' | 'transformMap' | 'transformMapEntry'
  | 'optMap' | 'optFlatMap';

/** A node of an expression; `at` is the offset that errors point to. */
export type Node =
  | { readonly op: 'literal'; readonly value: unknown; readonly at: number }
  | { readonly op: 'ident'; readonly name: string; readonly at: number }
  | {
      readonly op: 'select';
      readonly operand: Node;
      readonly field: string;
      readonly optional: boolean;
      readonly at: number;
    }
  | { readonly op: 'has'; readonly operand: Node; readonly field: string; readonly at: number }
  | {
      readonly op: 'index';
      readonly operand: Node;
      readonly index: Node;
      readonly optional: boolean;
      readonly at: number;
    }
  | {
      readonly op: 'call';
      readonly name: string;
      readonly target?: Node;
      readonly args: readonly Node[];
      readonly at: number;
    }
  | { readonly op: 'list'; readonly items: readonly Node[]; readonly at: number }
  | { readonly op: 'map'; readonly entries: readonly (readonly [Node, Node])[]; readonly at: number }
  | { readonly op: 'and' | 'or'; readonly left: Node; readonly right: Node; readonly at: number }
  | { readonly op: 'conditional'; readonly test: Node; readonly yes: Node; readonly no: Node; readonly at: number }
  | {
      readonly op: 'macro';
      readonly macro: Macro;
      readonly range: Node;
      readonly variables: readonly string[];
      readonly filter?: Node;
      readonly body: Node;
      readonly at: number;
    }
  | { readonly op: 'bind'; readonly name: string; readonly init: Node; readonly body: Node; readonly at: number };

/** A mistake in an expression and where it is. */
export interface Issue {
  readonly at: number;
  readonly message: string;
}

/** Raised while a tree is read, for the first mistake only. */
export class IssueError extends Error {
  override readonly name = 'IssueError';

  constructor(readonly issue: Issue) {
    super(issue.message);
  }
}

let parser: Environment | undefined;

/** The tree of an expression, or the first syntax error. */
export function parse(text: string): Node | Issue {
  parser ??= new Environment({ unlistedVariablesAreDyn: true, enableOptionalTypes: true });
  try {
    return new Reader(text).node(parser.parse(text).ast);
  } catch (error) {
    if (error instanceof IssueError) return error.issue;
    if (!(error instanceof ParseError)) throw error;
    return { at: error.range?.start ?? text.length, message: `Syntax error: ${error.summary}` };
  }
}

/** An issue as cel-go prints it, with the line and an arrow under the place. */
export function issueText(text: string, { at, message }: Issue): string {
  const before = text.slice(0, at);
  const line = before.split('\n').length;
  const start = before.lastIndexOf('\n') + 1;
  const column = [...text.slice(start, at)].length;
  const source = text.slice(start).split('\n', 1)[0] ?? '';
  return `ERROR: <input>:${line}:${column + 1}: ${message}\n | ${source}\n | ${'.'.repeat(column)}^`;
}

const operators = new Set(['!=', '==', 'in', '+', '-', '*', '/', '%', '<', '<=', '>', '>=']);
const oneVariable = new Set<string>(['all', 'exists', 'exists_one', 'existsOne', 'map', 'filter']);
const twoVariables = new Set<string>([
  'all', 'exists', 'exists_one', 'existsOne', 'transformList', 'transformMap', 'transformMapEntry',
]);

function literalValue(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  return new CelUint((value as { readonly value: bigint }).value);
}

/** cel-go's limit on recursion. It balances long chains of && and ||, which count fully here. */
const maxDepth = 250;

class Reader {
  private depth = 0;

  constructor(private readonly text: string) {}

  node(ast: ASTNode): Node {
    this.depth += 1;
    if (this.depth > maxDepth) {
      throw new IssueError({ at: ast.start, message: `expression recursion limit exceeded: ${maxDepth}` });
    }
    const node = this.read(ast);
    this.depth -= 1;
    return node;
  }

  private read(ast: ASTNode): Node {
    const { op, start: at } = ast;
    if (operators.has(op)) {
      const [left, right] = ast.args as [ASTNode, ASTNode];
      const name = op === 'in' ? '@in' : `_${op}_`;
      return { op: 'call', name, args: [this.node(left), this.node(right)], at: this.after(left) };
    }
    switch (op) {
      case 'value': return { op: 'literal', value: literalValue(ast.args), at };
      case 'id': return { op: 'ident', name: ast.args, at };
      case '.': case '.?': {
        const [operand, field] = ast.args;
        return { op: 'select', operand: this.node(operand), field, optional: op === '.?', at: this.dot(ast.pos) };
      }
      case '[]': case '[?]': {
        const [operand, index] = ast.args;
        const place = this.after(operand);
        return { op: 'index', operand: this.node(operand), index: this.node(index), optional: op === '[?]', at: place };
      }
      case 'call': return this.call(ast.args[0], undefined, ast.args[1], this.open(at + ast.args[0].length));
      case 'rcall': {
        const [name, receiver, args] = ast.args;
        return this.call(name, receiver, args, this.open(this.text.indexOf(name, this.after(receiver)) + name.length));
      }
      case 'list': return { op: 'list', items: ast.args.map((item) => this.node(item)), at };
      case 'map': {
        return { op: 'map', entries: ast.args.map(([key, value]) => [this.node(key), this.node(value)] as const), at };
      }
      case '?:': {
        const [test, yes, no] = ast.args;
        return {
          op: 'conditional',
          test: this.node(test),
          yes: this.node(yes),
          no: this.node(no),
          at: this.after(test),
        };
      }
      case '&&': case '||': {
        const [left, right] = ast.args;
        const place = this.after(left);
        return { op: op === '&&' ? 'and' : 'or', left: this.node(left), right: this.node(right), at: place };
      }
      case '!_': return { op: 'call', name: '!_', args: [this.node(ast.args)], at };
      case '-_': return this.negation(ast.args, at);
      default: return failure(`unknown operation ${String(op)}`);
    }
  }

  private negation(operand: ASTNode, at: number): Node {
    const inner = this.node(operand);
    const { value } = inner.op === 'literal' ? inner : { value: undefined };
    if (typeof value === 'bigint' || typeof value === 'number') return { op: 'literal', value: -value, at };
    return { op: 'call', name: '-_', args: [inner], at };
  }

  private call(name: string, receiver: ASTNode | undefined, args: readonly ASTNode[], at: number): Node {
    if (receiver === undefined) {
      return name === 'has' ? this.has(args, at) : { op: 'call', name, args: args.map((arg) => this.node(arg)), at };
    }
    if (name === 'bind' && receiver.op === 'id' && receiver.args === 'cel' && args.length === 3) {
      const [variable, init, body] = args as [ASTNode, ASTNode, ASTNode];
      return { op: 'bind', name: this.variable(variable), init: this.node(init), body: this.node(body), at };
    }
    return this.macro(name, receiver, args, at)
      ?? { op: 'call', name, target: this.node(receiver), args: args.map((arg) => this.node(arg)), at };
  }

  private has(args: readonly ASTNode[], at: number): Node {
    const [arg] = args;
    if (args.length === 1 && arg?.op === '.') {
      const [operand, field] = arg.args;
      return { op: 'has', operand: this.node(operand), field, at };
    }
    throw new IssueError({ at, message: 'invalid argument to has() macro' });
  }

  private macro(name: string, receiver: ASTNode, args: readonly ASTNode[], at: number): Node | undefined {
    const macro = (name === 'existsOne' ? 'exists_one' : name) as Macro;
    const range = (): Node => this.node(receiver);
    const [first, second, third, fourth] = args;
    if (args.length === 2 && first && second && (oneVariable.has(name) || name === 'optMap' || name === 'optFlatMap')) {
      return { op: 'macro', macro, range: range(), variables: [this.variable(first)], body: this.node(second), at };
    }
    if (args.length === 3 && first && second && third) {
      if (name === 'map') {
        const variables = [this.variable(first)];
        return { op: 'macro', macro, range: range(), variables, filter: this.node(second), body: this.node(third), at };
      }
      if (twoVariables.has(name)) {
        const variables = [this.variable(first), this.variable(second)];
        return { op: 'macro', macro, range: range(), variables, body: this.node(third), at };
      }
    }
    if (
      args.length === 4 &&
      first &&
      second &&
      third &&
      fourth &&
      name.startsWith('transform') &&
      twoVariables.has(name)
    ) {
      const variables = [this.variable(first), this.variable(second)];
      return { op: 'macro', macro, range: range(), variables, filter: this.node(third), body: this.node(fourth), at };
    }
    return undefined;
  }

  private variable(ast: ASTNode): string {
    if (ast.op === 'id') return ast.args;
    throw new IssueError({ at: ast.start, message: 'argument must be a simple name' });
  }

  /** The first character after a node that is neither blank nor the end of a bracket around it. */
  private after(ast: ASTNode): number {
    const rest = /^(?:[\s)]|\/\/[^\n]*)*/.exec(this.text.slice(ast.end));
    return ast.end + (rest?.[0].length ?? 0);
  }

  /** The dot in front of a field's name. */
  private dot(at: number): number {
    const place = this.text.lastIndexOf('.', at - 1);
    return place < 0 ? at : place;
  }

  private open(at: number): number {
    const place = this.text.indexOf('(', at);
    return place < 0 ? at : place;
  }
}
