/**
 * Arithmetic with lists of amounts, as quotas need it. Models pkg/quota/v1 of apiserver's resources.go. Amounts that
 * are missing count as zero where two lists are added or subtracted, and are left out where lists are compared.
 */
import {
  addQuantities, compareQuantities, formatQuantity, type Quantity, quantity, quantityOf, subtractQuantities,
} from '../quantity';

/** Amounts by the names of resources. */
export type Amounts = ReadonlyMap<string, Quantity>;

export const noAmounts: Amounts = new Map();
export const zero: Quantity = Object.freeze(quantityOf(0));
export const one: Quantity = Object.freeze(quantityOf(1));

/** Reads the amounts of an object. */
export function amountsOf(list: Readonly<Record<string, string>> | undefined): Amounts {
  return new Map(Object.entries(list ?? {}).map(([name, text]) => [name, quantity(text)]));
}

/** Amounts as objects hold them, sorted by name. */
export function listOf(amounts: Amounts): Readonly<Record<string, string>> {
  const names = [...amounts.keys()].sort();
  return Object.fromEntries(names.map((name) => [name, formatQuantity(amounts.get(name) ?? zero)]));
}

/** The sum of both lists, with all names of either. */
export function addAmounts(a: Amounts, b: Amounts): Amounts {
  const sum = new Map(a);
  for (const [name, amount] of b) sum.set(name, addQuantities(sum.get(name) ?? zero, amount));
  return sum;
}

/** What the first list has beyond the second, never less than nothing: SubtractWithNonNegativeResult. */
export function subtractAmounts(a: Amounts, b: Amounts): Amounts {
  const rest = new Map<string, Quantity>();
  for (const [name, amount] of a) {
    const difference = subtractQuantities(amount, b.get(name) ?? zero);
    rest.set(name, difference.nanos < 0n ? zero : difference);
  }
  for (const name of b.keys()) if (!rest.has(name)) rest.set(name, zero);
  return rest;
}

/** Only the amounts with these names. */
export function maskAmounts(amounts: Amounts, names: Iterable<string>): Amounts {
  const wanted = new Set(names);
  return new Map([...amounts].filter(([name]) => wanted.has(name)));
}

/** Without the amounts that are zero. */
export function withoutZeros(amounts: Amounts): Amounts {
  return new Map([...amounts].filter(([, { nanos }]) => nanos !== 0n));
}

/** The names of negative amounts, sorted. */
export function negativeNames(amounts: Amounts): readonly string[] {
  return [...amounts].filter(([, { nanos }]) => nanos < 0n).map(([name]) => name).sort();
}

/** The names whose amount is more than the bound, where there is one; sorted. */
export function exceedingNames(amounts: Amounts, bounds: Amounts): readonly string[] {
  return [...amounts].filter(([name, amount]) => {
    const bound = bounds.get(name);
    return bound !== undefined && compareQuantities(amount, bound) > 0;
  }).map(([name]) => name).sort();
}

/** Whether both lists have the same names with the same amounts. */
export function sameAmounts(a: Amounts, b: Amounts): boolean {
  return a.size === b.size && [...a].every(([name, amount]) => b.get(name)?.nanos === amount.nanos);
}

/** `pods=1,requests.cpu=2`, as error texts list amounts. */
export function amountsText(amounts: Amounts): string {
  return [...amounts.keys()].sort().map((name) => `${name}=${formatQuantity(amounts.get(name) ?? zero)}`).join(',');
}
