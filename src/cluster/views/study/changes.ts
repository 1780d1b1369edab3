/** How two versions of a stored value differ, field by field, as people read it: paths with the value before and after. */
import type { FieldChange } from '../../../protocol/study';

const changeLimit = 80;
const longestValue = 160;
/** Who manages which field: as long as the object itself, so that one line has to do. */
const summed = 'metadata.managedFields';
/** What tells the elements of Kubernetes' lists apart, where they have it. */
const listKeys = ['name', 'type', 'ip', 'uid'] as const;

export interface Changes {
  readonly changes: readonly FieldChange[];
  /** How many more there are. */
  readonly more: number;
}

/** The fields that differ; undefined stands for no object. */
export function changesBetween(before: unknown, after: unknown): Changes {
  const found: FieldChange[] = [];
  compare('', before, after, found);
  return { changes: found.slice(0, changeLimit), more: Math.max(0, found.length - changeLimit) };
}

function compare(path: string, before: unknown, after: unknown, found: FieldChange[]): void {
  if (before === after) return;
  if (path === summed) {
    const note = (value: unknown): string | undefined => (value === undefined ? undefined : '…');
    found.push({ path, before: note(before), after: note(after) });
    return;
  }
  const [left, right] = [childrenOf(before), childrenOf(after)];
  const isPlain = (value: unknown, children: Map<string, unknown> | undefined): boolean =>
    value !== undefined && !children;
  if (isPlain(before, left) || isPlain(after, right) || !left?.size && !right?.size) {
    const [from, to] = [textOf(before), textOf(after)];
    if (from !== to)
      found.push({ path, ...(from === undefined ? {} : { before: from }), ...(to === undefined ? {} : { after: to }) });
    return;
  }
  for (const step of new Set([...left?.keys() ?? [], ...right?.keys() ?? []])) {
    compare(joined(path, step), left?.get(step), right?.get(step), found);
  }
}

/** The fields of a map, or the elements of a list by what tells them apart; undefined for anything else. */
function childrenOf(value: unknown): Map<string, unknown> | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (!Array.isArray(value)) return new Map(Object.entries(value));
  const list = value as readonly unknown[];
  const key = listKeys.find((name) => {
    const keys = list.map((element) => (element as Readonly<Record<string, unknown>> | null)?.[name]);
    return keys.every((each) => typeof each === 'string') && new Set(keys).size === keys.length;
  });
  return new Map(list.map((element, index) =>
    [`[${key ? String((element as Readonly<Record<string, unknown>>)[key]) : index}]`, element]));
}

function joined(path: string, step: string): string {
  return path === '' || step.startsWith('[') ? path + step : `${path}.${step}`;
}

function textOf(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > longestValue ? `${text.slice(0, longestValue - 1)}…` : text;
}
