/** Runs awk programs: records of lines, fields, variables, arrays, the common functions. */
import { compareText } from '../../../../base/freeze';
import type { Task } from '../../../../sim/task';
import { printfText } from '../printf';
import { readLine } from '../reading';
import { type Expression, parseAwk, type Rule, type Statement } from './awk-language';
import { openInputs } from './inputs';
import { regex } from './regex';
import { fail, isBusybox, print, type ToolCall } from './tool';

type Value = string | number;
type Leave = 'next' | 'exit' | 'break' | 'continue';

/** Statements without a line of input; a program that loops so long is stopped. */
const stepLimit = 1_000_000;

export function* awk(call: ToolCall): Task<number> {
  const { args, shell } = call;
  const machine = new Machine();
  let at = 0;
  let program: string | undefined;
  for (; at < args.length && /^-./.test(args[at] as string); at += 1) {
    const arg = args[at] as string;
    const value = arg.length > 2 ? arg.slice(2) : args[(at += 1)] ?? '';
    if (arg.startsWith('-F')) machine.set('FS', value.replace(/\\t/g, '\t'));
    else if (arg.startsWith('-v')) machine.set(value.slice(0, value.indexOf('=')), value.slice(value.indexOf('=') + 1));
    else if (arg.startsWith('-f')) program = shell.world.files.read(shell.path(value)) ?? '';
    else break;
  }
  if (program === undefined) program = args[at++];
  const rules = program === undefined ? undefined : parseAwk(program);
  if (!rules) {
    return yield* fail(call, isBusybox(call) ? 'cmd. line:1: Unexpected token' : 'syntax error at source line 1',
      isBusybox(call) ? 1 : 2);
  }
  const flush = function* (): Task {
    yield* shell.world.work(shell.process, machine.takeSteps());
    yield* print(call, machine.takeOutput());
  };
  const run = function* (wanted: Rule['when']): Task {
    for (const rule of rules) {
      if (rule.when !== wanted || machine.leave === 'exit') continue;
      if (machine.selects(rule)) machine.run(rule.body ?? { kind: 'print', args: [] });
      if (machine.leave === 'next') break;
    }
    if (machine.leave !== 'exit') machine.leave = undefined;
    yield* flush();
  };
  yield* run('BEGIN');
  const { inputs, failed } = rules.some((rule) => rule.when !== 'BEGIN') && machine.leave !== 'exit'
    ? yield* openInputs(call, args.slice(at)) : { inputs: [], failed: false };
  for (const { stream } of inputs) {
    for (;;) {
      const line = yield* readLine(shell, stream);
      if (line.ended && line.text === '') break;
      machine.record(line.text);
      yield* run('record');
      if (line.ended || machine.leave === 'exit') break;
    }
  }
  machine.leave = undefined;
  yield* run('END');
  return machine.exitCode || (failed ? 2 : 0);
}

class Machine {
  leave: Leave | undefined;
  exitCode = 0;
  private readonly variables = new Map<string, Value>([['FS', ' '], ['OFS', ' '], ['ORS', '\n'], ['NR', 0], ['NF', 0]]);
  private readonly arrays = new Map<string, Map<string, Value>>();
  private fields: string[] = [''];
  private output = '';
  private steps = 0;
  private total = 0;
  private readonly ranges = new Set<Rule>();

  set(name: string, value: Value): void {
    this.variables.set(name, value);
    if (name === 'NF') this.resize(Number(value));
  }

  takeOutput(): string {
    const { output } = this;
    this.output = '';
    return output;
  }

  takeSteps(): number {
    const { steps } = this;
    this.steps = 0;
    return 1 + steps;
  }

  record(line: string): void {
    this.variables.set('NR', Number(this.variables.get('NR')) + 1);
    this.variables.set('FNR', this.variables.get('NR') ?? 0);
    this.split(line);
  }

  private split(line: string): void {
    this.fields = [line, ...splitFields(line, String(this.variables.get('FS')))];
    this.variables.set('NF', this.fields.length - 1);
  }

  private resize(count: number): void {
    const fields = this.fields.slice(1, count + 1);
    while (fields.length < Math.min(count, 10_000)) fields.push('');
    this.fields = [fields.join(String(this.variables.get('OFS'))), ...fields];
  }

  selects(rule: Rule): boolean {
    if (!rule.pattern) return true;
    if (!rule.until) return truth(this.value(rule.pattern));
    if (!this.ranges.has(rule)) {
      if (!truth(this.value(rule.pattern))) return false;
      this.ranges.add(rule);
    }
    if (truth(this.value(rule.until))) this.ranges.delete(rule);
    return true;
  }

  run(statement: Statement): void {
    this.steps += 1;
    this.total += 1;
    if (this.total > stepLimit) {
      this.leave = 'exit';
      this.exitCode = 2;
    }
    if (this.leave) return;
    switch (statement.kind) {
      case 'block': for (const each of statement.body) this.run(each); return;
      case 'print': this.output += (statement.args.length === 0 ? this.fields[0] ?? ''
        : statement.args.map((arg) => this.text(arg)).join(String(this.variables.get('OFS')))) + String(
          this.variables.get('ORS')); return;
      case 'printf': {
        const [format = '', ...args] = statement.args.map((arg) => this.text(arg));
        this.output += printfText(format, args).text;
        return;
      }
      case 'do': this.value(statement.expression); return;
      case 'if': {
        if (truth(this.value(statement.condition))) this.run(statement.then);
        else if (statement.otherwise) this.run(statement.otherwise);
        return;
      }
      case 'while': return this.loop(statement.condition, statement.body, statement.step);
      case 'each': {
        for (const key of [...this.array(statement.array).keys()].sort(compareText)) {
          this.set(statement.variable, key);
          this.run(statement.body);
          if (this.leavesLoop()) return;
        }
        return;
      }
      case 'delete': {
        if (statement.index) this.array(statement.array).delete(this.text(statement.index));
        else this.array(statement.array).clear();
        return;
      }
      case 'exit': this.exitCode = statement.code ? this.number(statement.code) & 255
        : this.exitCode; this.leave = 'exit'; return;
      default: this.leave = statement.kind;
    }
  }

  private loop(condition: Expression, body: Statement, step: Expression | undefined): void {
    while (!this.leave && truth(this.value(condition))) {
      this.run(body);
      if (this.leavesLoop()) return;
      if (step) this.value(step);
    }
  }

  private leavesLoop(): boolean {
    if (this.leave === 'continue') this.leave = undefined;
    if (this.leave !== 'break') return this.leave !== undefined;
    this.leave = undefined;
    return true;
  }

  private array(name: string): Map<string, Value> {
    let array = this.arrays.get(name);
    if (!array) this.arrays.set(name, array = new Map());
    return array;
  }

  private text(expression: Expression): string {
    return toText(this.value(expression));
  }

  private number(expression: Expression): number {
    return toNumber(this.value(expression));
  }

  private value(expression: Expression): Value {
    switch (expression.kind) {
      case 'number': case 'text': return expression.value;
      case 'regex': return regex(expression.source, true)?.test(this.fields[0] ?? '') ? 1 : 0;
      case 'field': return this.fields[this.number(expression.index)] ?? '';
      case 'variable': return (expression.index ? this.array(expression.name).get(this.text(expression.index))
        : this.variables.get(expression.name)) ?? '';
      case 'in': return this.array(expression.array).has(this.text(expression.key)) ? 1 : 0;
      case 'choice': return this.value(truth(this.value(expression.condition)) ? expression.yes : expression.no);
      case 'unary': {
        if (expression.operator === '!') return truth(this.value(expression.operand)) ? 0 : 1;
        const operand = this.number(expression.operand);
        return expression.operator === '-' ? -operand : operand;
      }
      case 'assign': return this.assign(expression);
      case 'binary': return this.binary(expression.operator, expression.left, expression.right);
      case 'call': return this.call(expression.name, expression.args);
    }
  }

  private assign({ target, operator, value, after }: Extract<Expression, { kind: 'assign' }>): Value {
    const before = operator === '' ? '' : this.number(target);
    const right = this.value(value);
    const result = operator === '' ? right : arithmetic(operator, Number(before), toNumber(right));
    this.store(target, result);
    return after ? before : result;
  }

  private store(target: Expression, value: Value): void {
    if (target.kind === 'field') {
      const index = this.number(target.index);
      if (index === 0) return this.split(toText(value));
      if (index >= this.fields.length) this.set('NF', index);
      this.fields[index] = toText(value);
      this.fields[0] = this.fields.slice(1).join(String(this.variables.get('OFS')));
    } else if (target.kind === 'variable' && target.index) this.array(target.name).set(this.text(target.index), value);
    else if (target.kind === 'variable') this.set(target.name, value);
  }

  private binary(operator: string, left: Expression, right: Expression): Value {
    switch (operator) {
      case '&&': return truth(this.value(left)) && truth(this.value(right)) ? 1 : 0;
      case '||': return truth(this.value(left)) || truth(this.value(right)) ? 1 : 0;
      case ' ': return this.text(left) + this.text(right);
      case '~': case '!~': {
        const source = right.kind === 'regex' ? right.source : this.text(right);
        return (regex(source, true)?.test(this.text(left)) ?? false) === (operator === '~') ? 1 : 0;
      }
      case '==': case '!=': case '<': case '<=': case '>': case '>=': return ordered(operator,
        compareValues(this.value(left), this.value(right))) ? 1 : 0;
      default: return arithmetic(operator, this.number(left), this.number(right));
    }
  }

  private call(name: string, args: readonly Expression[]): Value {
    const [first, second, third] = args;
    const text = (arg: Expression | undefined): string => (arg ? this.text(arg) : this.fields[0] ?? '');
    switch (name) {
      case 'length': return first?.kind === 'variable' && !first.index && this.arrays.has(first.name)
        ? this.array(first.name).size : text(first).length;
      case 'toupper': return text(first).toUpperCase();
      case 'tolower': return text(first).toLowerCase();
      case 'int': return first ? Math.trunc(this.number(first)) : 0;
      case 'sqrt': return first ? Math.sqrt(this.number(first)) : 0;
      case 'index': return text(first).indexOf(text(second)) + 1;
      case 'substr': {
        const from = second ? Math.round(this.number(second)) : 1;
        const count = third ? Math.round(this.number(third)) : Infinity;
        return text(first).slice(Math.max(0, from - 1), Math.max(0, from - 1 + count));
      }
      case 'split': {
        if (second?.kind !== 'variable') return 0;
        const pieces = splitFields(text(first), third ? (third.kind === 'regex' ? third.source : this.text(third))
          : String(this.variables.get('FS')));
        const array = this.array(second.name);
        array.clear();
        pieces.forEach((piece, index) => array.set(String(index + 1), piece));
        return pieces.length;
      }
      case 'sub': case 'gsub': return this.substitute(name === 'gsub', first, text(second),
        third ?? { kind: 'field', index: { kind: 'number', value: 0 } });
      case 'sprintf': return printfText(text(first), args.slice(1).map((arg) => this.text(arg))).text;
      case 'match': return text(first).search(regex(second?.kind === 'regex' ? second.source : text(second),
        true) ?? /(?!)/) + 1;
      default: return '';
    }
  }

  private substitute(all: boolean, pattern: Expression | undefined, replacement: string, target: Expression): number {
    const form = regex(pattern?.kind === 'regex' ? pattern.source : pattern ? this.text(pattern) : '', true, all ? 'g'
      : '');
    let count = 0;
    const changed = form ? this.text(target).replace(form, (whole) => {
      count += 1;
      return replacement.replace(/\\&|&/g, (mark) => (mark === '&' ? whole : '&'));
    }) : '';
    if (count > 0) this.store(target, changed);
    return count;
  }
}

function splitFields(line: string, separator: string): string[] {
  if (separator === ' ') return line.trim() === '' ? [] : line.trim().split(/\s+/);
  if (line === '') return [];
  return separator.length === 1 ? line.split(separator) : line.split(regex(separator, true) ?? separator);
}

function truth(value: Value): boolean {
  return typeof value === 'number' ? value !== 0 : value !== '' && !(/^\s*[-+]?0+(\.0*)?\s*$/.test(value));
}

function toNumber(value: Value): number {
  return typeof value === 'number' ? value : Number.parseFloat(value) || 0;
}

function toText(value: Value): string {
  if (typeof value === 'string') return value;
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)));
}

function arithmetic(operator: string, left: number, right: number): number {
  switch (operator) {
    case '+': return left + right;
    case '-': return left - right;
    case '*': return left * right;
    case '/': return right === 0 ? 0 : left / right;
    case '%': return right === 0 ? 0 : left % right;
    default: return left ** right;
  }
}

const numeric = /^\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*$/;

function compareValues(left: Value, right: Value): number {
  const numbers = [left, right].every((value) => typeof value === 'number' || numeric.test(value));
  return numbers ? toNumber(left) - toNumber(right) : compareText(toText(left), toText(right));
}

function ordered(operator: string, order: number): boolean {
  switch (operator) {
    case '==': return order === 0;
    case '!=': return order !== 0;
    case '<': return order < 0;
    case '<=': return order <= 0;
    case '>': return order > 0;
    default: return order >= 0;
  }
}
