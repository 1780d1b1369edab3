/**
 * JSONPath as Kubernetes knows it, as far as printer columns use it: fields, quoted fields, wildcards, positions and
 * slices, recursive descent, unions and filters by comparison or existence. Texts print as Go prints values: lists and
 * maps as JSON. Models client-go's util/jsonpath.
 */
import { equal, sortedKeys } from '../../base/freeze';
import { goJson } from '../go-text';
import { isObject } from './structural';

type Step =
  | { readonly step: 'field'; readonly name: string }
  | { readonly step: 'wildcard' }
  | { readonly step: 'recursive' }
  | { readonly step: 'slice'; readonly from?: number; readonly to?: number; readonly by: number }
  | { readonly step: 'union'; readonly paths: readonly (readonly Step[])[] }
  | { readonly step: 'filter'; readonly left: Operand; readonly operator: string; readonly right?: Operand };

type Operand = { readonly path: readonly Step[] } | { readonly value: unknown };

/** A path that can be looked up in any number of objects. */
export interface JsonPath {
  readonly steps: readonly Step[];
}

/** Reads a path such as `.spec.containers[0].image`; undefined when it is none. */
export function parseJsonPath(text: string): JsonPath | undefined {
  const reader = new Reader(text);
  const steps = reader.path();
  return steps !== undefined && reader.atEnd ? { steps } : undefined;
}

/** The values at a path, in order; none where a field is missing. */
export function valuesAt(object: unknown, { steps }: JsonPath): readonly unknown[] {
  return follow([object], steps);
}

/** A value as a cell of type string shows it: texts as they are, everything else as JSON. */
export function printedValue(value: unknown): string {
  return typeof value === 'string' ? value : value === null ? '<nil>' : goJson(value);
}

class Reader {
  private at = 0;

  constructor(private readonly text: string) {}

  get atEnd(): boolean {
    return this.at >= this.text.length;
  }

  path(stop = ''): readonly Step[] | undefined {
    const steps: Step[] = [];
    if (this.peek() === '$' || this.peek() === '@') this.at += 1;
    while (!this.atEnd && !stop.includes(this.peek())) {
      const step = this.peek() === '.' ? this.dotted() : this.peek() === '[' ? this.bracket() : undefined;
      if (step === undefined) return undefined;
      if (step !== 'nothing') steps.push(step);
    }
    return steps;
  }

  private peek(): string {
    return this.text[this.at] ?? '';
  }

  private dotted(): Step | 'nothing' | undefined {
    this.at += 1;
    if (this.peek() === '.') return { step: 'recursive' };
    if (this.peek() === '*') {
      this.at += 1;
      return { step: 'wildcard' };
    }
    let name = '';
    while (!this.atEnd && !/[.[\]\s=!<>()&|,'"@$]/.test(this.peek())) {
      if (this.peek() === '\\') this.at += 1;
      name += this.peek();
      this.at += 1;
    }
    if (name !== '') return { step: 'field', name };
    return this.atEnd || this.peek() === '[' ? 'nothing' : undefined;
  }

  private bracket(): Step | undefined {
    this.at += 1;
    if (this.text.startsWith('?(', this.at)) return this.filter();
    const end = this.closing();
    if (end < 0) return undefined;
    const parts = splitOutsideQuotes(this.text.slice(this.at, end));
    this.at = end + 1;
    const steps = parts.map((part) => bracketStep(part.trim()));
    if (steps.some((step) => step === undefined)) return undefined;
    if (steps.length === 1) return steps[0];
    return { step: 'union', paths: steps.map((step) => [step as Step]) };
  }

  private closing(): number {
    let quoted = '';
    for (let i = this.at; i < this.text.length; i += 1) {
      const char = this.text[i] as string;
      if (quoted !== '') {
        if (char === quoted) quoted = '';
      } else if (char === "'" || char === '"') {
        quoted = char;
      } else if (char === ']') {
        return i;
      }
    }
    return -1;
  }

  private filter(): Step | undefined {
    this.at += 2;
    const left = this.operand();
    if (left === undefined) return undefined;
    const operator = /^\s*(==|!=|<=|>=|<|>)\s*/.exec(this.text.slice(this.at));
    let right: Operand | undefined;
    if (operator) {
      this.at += operator[0].length;
      right = this.operand();
      if (right === undefined) return undefined;
    }
    const end = /^\s*\)\s*\]/.exec(this.text.slice(this.at));
    if (end === null) return undefined;
    this.at += end[0].length;
    return { step: 'filter', left, operator: operator?.[1] ?? 'exists', ...(right ? { right } : {}) };
  }

  private operand(): Operand | undefined {
    const rest = this.text.slice(this.at);
    const space = /^\s*/.exec(rest)?.[0].length ?? 0;
    this.at += space;
    if (this.peek() === '@' || this.peek() === '$' || this.peek() === '.') {
      const path = this.path(' =!<>)');
      return path && { path };
    }
    const literal = /^(?:"([^"]*)"|'([^']*)'|(true|false)|(-?\d+(?:\.\d+)?))/.exec(this.text.slice(this.at));
    if (literal === null) return undefined;
    this.at += literal[0].length;
    const [, double, single, bool, number] = literal;
    if (bool !== undefined) return { value: bool === 'true' };
    return { value: number === undefined ? double ?? single ?? '' : Number(number) };
  }
}

function splitOutsideQuotes(text: string): readonly string[] {
  return text.match(/(?:'[^']*'|"[^"]*"|[^,'"])+/g) ?? [text];
}

function bracketStep(text: string): Step | undefined {
  const quoted = /^(?:'([^']*)'|"([^"]*)")$/.exec(text);
  if (quoted) return { step: 'field', name: quoted[1] ?? quoted[2] ?? '' };
  if (text === '*') return { step: 'wildcard' };
  const slice = /^(-?\d+)?(?:(:)(-?\d+)?(?::(-?\d+)?)?)?$/.exec(text);
  if (text === '' || slice === null) return undefined;
  const [, from, colon, to, by] = slice;
  const start = from === undefined ? {} : { from: Number(from) };
  if (colon === undefined) {
    const position = Number(from);
    return { step: 'slice', from: position, ...(position === -1 ? {} : { to: position + 1 }), by: 1 };
  }
  return {
    step: 'slice',
    ...start,
    ...(to === undefined ? {} : { to: Number(to) }),
    by: by === undefined ? 1 : Number(by),
  };
}

function follow(values: readonly unknown[], steps: readonly Step[]): readonly unknown[] {
  let at = values;
  for (const step of steps) at = at.flatMap((value) => take(value, step));
  return at;
}

function take(value: unknown, step: Step): readonly unknown[] {
  switch (step.step) {
    case 'field':
      if (isObject(value)) return Object.hasOwn(value, step.name) ? [value[step.name]] : [];
      return [];
    case 'wildcard': return childrenOf(value);
    case 'recursive': return descendants(value);
    case 'slice': return Array.isArray(value) ? slice(value, step) : [];
    case 'union': return step.paths.flatMap((path) => follow([value], path));
    case 'filter': return childrenOf(value).filter((item) => passes(item, step));
  }
}

function childrenOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return isObject(value) ? sortedKeys(value).map((name) => value[name]) : [];
}

function descendants(value: unknown): readonly unknown[] {
  return [value, ...childrenOf(value).filter((child) => typeof child === 'object' && child !== null)
    .flatMap((child) => descendants(child))];
}

function slice(
  list: readonly unknown[], { from = 0, to, by }: { readonly from?: number; readonly to?: number; readonly by: number },
): readonly unknown[] {
  if (by <= 0) return [];
  const start = from < 0 ? from + list.length : from;
  const end = to === undefined ? list.length : to < 0 ? to + list.length : Math.min(to, list.length);
  const taken: unknown[] = [];
  for (let i = Math.max(0, start); i < end; i += by) taken.push(list[i]);
  return start < 0 ? [] : taken;
}

function passes(item: unknown, filter: Extract<Step, { step: 'filter' }>): boolean {
  const left = operandValue(item, filter.left);
  if (filter.right === undefined) return left.length > 0;
  const right = operandValue(item, filter.right);
  if (left.length === 0 || right.length === 0) return false;
  const [a, b] = [left[0], right[0]];
  switch (filter.operator) {
    case '==': return equal(a, b);
    case '!=': return !equal(a, b);
    default: return typeof a === typeof b && compares(a as number, b as number, filter.operator);
  }
}

function compares(a: number | string, b: number | string, operator: string): boolean {
  if (operator === '<') return a < b;
  if (operator === '<=') return a <= b;
  return operator === '>' ? a > b : a >= b;
}

function operandValue(item: unknown, operand: Operand): readonly unknown[] {
  return 'path' in operand ? follow([item], operand.path) : [operand.value];
}
