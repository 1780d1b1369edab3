/**
 * The entries of metadata.managedFields: reading what a request carries, identity, order, and the limit on the number
 * of updaters. Entries that this server has made are known by reference and not read again. Models
 * apimachinery's pkg/util/managedfields managedfields.go and capmanagers.go.
 */
import { compareText } from '../../base/freeze';
import type { ManagedFieldsEntry } from '../types';
import { type FieldSet, readFieldSet, union } from './field-set';

/** An entry in canonical form: it owns at least one field. */
export interface ManagedEntry extends ManagedFieldsEntry {
  readonly apiVersion: string;
  readonly fieldsType: 'FieldsV1';
  readonly fieldsV1: FieldSet;
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
}

export type ManagedEntries = readonly ManagedEntry[];

/** No owners. */
export const noEntries: ManagedEntries = Object.freeze([]);

/** Lists that come from here. */
const made = new WeakSet<object>();

/** What names an entry: appliers are one whatever version they apply in. */
export function sameManager(a: ManagedFieldsEntry, b: ManagedFieldsEntry): boolean {
  return a.manager === b.manager && a.operation === b.operation && a.subresource === b.subresource
    && (a.operation === 'Apply' || a.apiVersion === b.apiVersion);
}

/** The owners that an object or a request lists; undefined when the list cannot be read. */
export function readEntries(given: readonly ManagedFieldsEntry[] | undefined): ManagedEntries | undefined {
  if (given === undefined || given === null || given.length === 0) return noEntries;
  if (made.has(given)) return given as ManagedEntries;
  const entries: ManagedEntry[] = [];
  for (const entry of given) {
    const read = readEntry(entry);
    if (read === 'invalid') return undefined;
    if (read === undefined) continue;
    const at = entries.findIndex((other) => sameManager(other, read));
    if (at < 0) entries.push(read);
    else entries[at] = read;
  }
  return writeEntries(entries);
}

function readEntry(entry: ManagedFieldsEntry): ManagedEntry | undefined | 'invalid' {
  const { operation, apiVersion, fieldsType, fieldsV1, manager = '', subresource, time } = entry ?? {};
  if (operation !== 'Apply' && operation !== 'Update') return 'invalid';
  if (!apiVersion || fieldsType !== 'FieldsV1') return 'invalid';
  const set = readFieldSet(fieldsV1 ?? {});
  if (set === undefined || set === 'invalid') return set;
  return makeEntry({ manager, operation, apiVersion, subresource: subresource ?? '', time, fields: set });
}

/** The parts of an entry; an empty subresource is the main resource. */
export interface EntryParts {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly subresource: string;
  readonly time: string | undefined;
  readonly fields: FieldSet;
}

/** A frozen entry of its parts, with the fields in the order of the API. */
export function makeEntry({ manager, operation, apiVersion, subresource, time, fields }: EntryParts): ManagedEntry {
  return Object.freeze({
    apiVersion,
    fieldsType: 'FieldsV1',
    fieldsV1: fields,
    manager,
    operation,
    ...(subresource === '' ? {} : { subresource }),
    ...(time === undefined || time === null ? {} : { time }),
  });
}

/** The entry with other fields or another time; itself when nothing differs, undefined when it owns nothing. */
export function withFields(
  entry: ManagedEntry, fields: FieldSet | undefined, time: string | undefined = entry.time,
): ManagedEntry | undefined {
  if (fields === undefined) return undefined;
  if (fields === entry.fieldsV1 && time === entry.time) return entry;
  return Object.freeze({ ...entry, fieldsV1: fields, ...(time === undefined ? {} : { time }) });
}

/** Whether two lists hold the same entries, times aside. */
export function sameButForTimes(a: ManagedEntries, b: ManagedEntries): boolean {
  return a.length === b.length && a.every((entry, at) => {
    const other = b[at] as ManagedEntry;
    return entry === other || (sameManager(entry, other) && entry.apiVersion === other.apiVersion
      && (entry.fieldsV1 === other.fieldsV1 || sameSets(entry.fieldsV1, other.fieldsV1)));
  });
}

function sameSets(a: FieldSet, b: FieldSet): boolean {
  return union(a, b) === a && union(b, a) === b;
}

/** The list in upstream's order and frozen; `before` itself when it holds the same entries. */
export function writeEntries(entries: readonly ManagedEntry[], before: ManagedEntries = noEntries): ManagedEntries {
  const sorted = entries.slice().sort(compareEntries);
  if (sorted.length === before.length && sorted.every((entry, at) => entry === before[at])) return before;
  const list = Object.freeze(sorted);
  made.add(list);
  return list;
}

function compareEntries(a: ManagedEntry, b: ManagedEntry): number {
  return compareText(a.operation, b.operation)
    || compareText(a.time ?? '', b.time ?? '')
    || compareText(a.manager, b.manager)
    || compareText(a.apiVersion, b.apiVersion)
    || compareText(a.subresource ?? '', b.subresource ?? '');
}

/** An object remembers at most so many updaters by name. */
const maxUpdateManagers = 10;
const ancientChanges = 'ancient-changes';

/** Joins the oldest updaters of a version into one entry while there are too many of them. */
export function capUpdaters(entries: readonly ManagedEntry[]): readonly ManagedEntry[] {
  const updaters = entries.filter(({ operation }) => operation === 'Update');
  let count = updaters.length;
  if (count <= maxUpdateManagers) return entries;
  updaters.sort((a, b) => compareText(a.time ?? '', b.time ?? '') || compareText(identity(a), identity(b)));
  const result = new Set(entries);
  const buckets = new Map<string, ManagedEntry>();
  for (const entry of updaters) {
    if (count <= maxUpdateManagers) break;
    const first = buckets.get(entry.apiVersion);
    if (first === undefined) {
      buckets.set(entry.apiVersion, entry);
      continue;
    }
    const { apiVersion, time } = entry;
    const named = { manager: ancientChanges, operation: 'Update', apiVersion, subresource: '', time } as const;
    const joined = union(entry.fieldsV1, first.fieldsV1) as FieldSet;
    result.delete(entry);
    result.delete(first);
    const earlier = [...result].find((other) => sameManager(other, { ...named, subresource: undefined }));
    if (earlier) result.delete(earlier);
    const bucket = makeEntry({ ...named, fields: union(joined, earlier?.fieldsV1) as FieldSet });
    result.add(bucket);
    buckets.set(apiVersion, bucket);
    count -= 1;
  }
  return [...result];
}

function identity({ manager, operation, apiVersion, subresource }: ManagedEntry): string {
  const named = { manager, operation, apiVersion, ...(subresource === undefined ? {} : { subresource }) };
  return JSON.stringify(named);
}

/** Whether a request asks to forget all owners: an empty list, or a list of one empty entry. */
export function asksForReset(given: readonly ManagedFieldsEntry[] | undefined): boolean {
  if (given === undefined || given === null) return false;
  return given.length === 0 || (given.length === 1 && Object.keys(given[0] ?? {}).length === 0);
}
