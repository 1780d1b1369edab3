/**
 * What checked expressions do when they run: fields and items, logic with errors, the choice between the candidates of a
 * call, and loops. Models cel-go's interpreter.
 */
import type { Overload } from './functions';
import { valueFits } from './functions';
import type { Macro } from './parse';
import { type CelType, isDyn } from './types';
import { ArrayList, CelFailure, CelList, CelMap, CelOptional, CelUint, EntryMap, fail, isEqual } from './values';

/** An evaluation under way. */
export interface Run {
  /** Values of the variables that loops and bind() introduce, by slot. */
  readonly slots: unknown[];
  /** The value of a variable of the environment. */
  variable(name: string): unknown;
  spend(cost: number): void;
}

/** A part of an expression, ready to run. */
export type Evaluate = (run: Run) => unknown;

/** What making a list or a map costs. */
export const listCost = 10;
export const mapCost = 30;

/** A condition's value; anything but a bool is an error. */
export function truth(value: unknown): boolean {
  return typeof value === 'boolean' ? value : fail('no such overload');
}

/** What an optional holds; undefined when it holds nothing. */
export function unwrapped(value: unknown): unknown {
  if (!(value instanceof CelOptional)) return value;
  return value.hasValue ? value.value() : undefined;
}

/** The value of a field, in whatever there is. */
export function dynamicSelect(value: unknown, field: string, run: Run): unknown {
  run.spend(1);
  if (value instanceof CelOptional) return optionalSelect(value, field, run);
  if (value instanceof CelMap) return value.has(field) ? value.get(field) : fail(`no such key: ${field}`);
  return value === null ? fail(`no such key: ${field}`) : fail(`unsupported type for select: '${typeof value}'`);
}

/** The value of a field that may be absent. */
export function optionalSelect(value: unknown, field: string, run: Run): CelOptional {
  run.spend(1);
  const held = unwrapped(value);
  if (held === undefined) return CelOptional.none;
  if (!(held instanceof CelMap)) return fail('no such overload');
  if (!held.has(field)) return CelOptional.none;
  const found = held.get(field);
  return found instanceof CelOptional ? found : CelOptional.of(found);
}

function positionOf(index: unknown): number | undefined {
  if (typeof index === 'bigint') return Number(index);
  if (index instanceof CelUint) return Number(index.value);
  return typeof index === 'number' && Number.isInteger(index) ? index : undefined;
}

/** An item of a list or a map. */
export function itemAt(value: unknown, index: unknown): unknown {
  if (value instanceof CelMap) return value.has(index) ? value.get(index) : fail(`no such key: ${keyShown(index)}`);
  if (!(value instanceof CelList)) return fail('no such overload');
  const position = positionOf(index);
  if (position === undefined) return fail(`unsupported index type '${typeof index}' in list`);
  return position < 0 || position >= value.size ? fail(`index out of bounds: ${position}`) : value.at(position);
}

function keyShown(key: unknown): string {
  return key instanceof CelUint ? key.value.toString() : String(key);
}

/** An item that may be absent. */
export function optionalItem(value: unknown, index: unknown, run: Run): CelOptional {
  run.spend(1);
  const held = unwrapped(value);
  if (held === undefined) return CelOptional.none;
  if (held instanceof CelMap) return held.has(index) ? CelOptional.of(held.get(index)) : CelOptional.none;
  const position = positionOf(index);
  if (!(held instanceof CelList) || position === undefined) return fail('no such overload');
  return position < 0 || position >= held.size ? CelOptional.none : CelOptional.of(held.at(position));
}

/** Runs the overload that the values fit; with only one candidate whose types are certain there is no need to look. */
export function dispatcher(
  overloads: readonly Overload[], parts: readonly { readonly type: CelType; readonly run: Evaluate }[],
): Evaluate {
  const [only] = overloads;
  const certain = overloads.length === 1 && only && parts.every(({ type }) => !isDyn(type)) ? only : undefined;
  return (run) => {
    const args = parts.map((part) => part.run(run));
    const overload = certain
      ?? overloads.find(({ parameters }) => parameters.every((parameter, i) => valueFits(args[i], parameter)));
    if (overload === undefined) return fail('no such overload');
    run.spend(1 + (overload.cost?.(args) ?? 0));
    return overload.run(args, run);
  };
}

/** `&&` and `||`: a decisive side settles the matter, even if the other one fails. */
export function combine(left: Evaluate, right: Evaluate, decisive: boolean, run: Run): boolean {
  let failure: CelFailure | undefined;
  try {
    if (truth(left(run)) === decisive) return decisive;
  } catch (error) {
    if (!(error instanceof CelFailure)) throw error;
    failure = error;
  }
  const value = truth(right(run));
  if (value === decisive || failure === undefined) return value;
  throw failure;
}

/** A loop over a list or a map. */
export class Loop {
  constructor(
    private readonly range: Evaluate,
    private readonly slots: readonly number[],
    private readonly filter: Evaluate | undefined,
    private readonly body: Evaluate,
  ) {}

  run(macro: Macro, run: Run): unknown {
    const range = this.range(run);
    const steps = this.steps(range, run);
    switch (macro) {
      case 'all': return this.quantified(steps, false, run);
      case 'exists': return this.quantified(steps, true, run);
      case 'exists_one': {
        let count = 0;
        for (const _ of steps) if (truth(this.body(run))) count += 1;
        return count === 1;
      }
      case 'filter': {
        const kept: unknown[] = [];
        for (const item of steps) if (truth(this.body(run))) kept.push(item);
        run.spend(listCost);
        return new ArrayList(kept);
      }
      case 'transformMap': case 'transformMapEntry': return this.entries(macro, steps, run);
      default: return this.transformed(steps, run);
    }
  }

  private *steps(range: unknown, run: Run): IterableIterator<unknown> {
    const [first = 0, second] = this.slots;
    if (range instanceof CelList) {
      for (let i = 0; i < range.size; i += 1) {
        run.spend(1);
        const item = range.at(i);
        run.slots[first] = second === undefined ? item : BigInt(i);
        if (second !== undefined) run.slots[second] = item;
        yield item;
      }
    } else if (range instanceof CelMap) {
      for (const key of range.keys()) {
        run.spend(1);
        run.slots[first] = key;
        if (second !== undefined) run.slots[second] = range.get(key);
        yield key;
      }
    } else {
      fail('no such overload');
    }
  }

  /** all() and exists(): one decisive item settles the matter, even if others fail. */
  private quantified(steps: Iterable<unknown>, decisive: boolean, run: Run): boolean {
    let failure: CelFailure | undefined;
    for (const _ of steps) {
      try {
        if (truth(this.body(run)) === decisive) return decisive;
      } catch (error) {
        if (!(error instanceof CelFailure)) throw error;
        failure ??= error;
      }
    }
    if (failure) throw failure;
    return !decisive;
  }

  private passes(run: Run): boolean {
    return this.filter === undefined || truth(this.filter(run));
  }

  private transformed(steps: Iterable<unknown>, run: Run): CelList {
    const made: unknown[] = [];
    for (const _ of steps) if (this.passes(run)) made.push(this.body(run));
    run.spend(listCost);
    return new ArrayList(made);
  }

  private entries(macro: Macro, steps: Iterable<unknown>, run: Run): CelMap {
    const made: (readonly [unknown, unknown])[] = [];
    for (const _ of steps) {
      if (!this.passes(run)) continue;
      const value = this.body(run);
      if (macro === 'transformMap') made.push([run.slots[this.slots[0] ?? 0], value]);
      else if (!(value instanceof CelMap)) return fail('no such overload');
      else for (const key of value.keys()) made.push([key, value.get(key)]);
    }
    run.spend(mapCost);
    const repeated = made.some(([key], i) => made.findIndex(([other]) => isEqual(other, key)) < i);
    return repeated ? fail('insert failed: key already exists') : new EntryMap(made);
  }
}
