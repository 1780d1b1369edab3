/**
 * One application of a document to an object: the merge, the removal of what its manager applied earlier and does not
 * any more, and the owners that result, or the conflicts that stand against it. Models Apply and prune of
 * structured-merge-diff's merge.Updater.
 */
import type { KubeObject } from '../types';
import { ElementFailure } from './compare';
import type { Conflict } from './conflict';
import { type ManagedEntries, type ManagedEntry, makeEntry, sameManager, withFields } from './entries';
import type { FieldManager } from './field-manager';
import {
  childOf,
  difference,
  type FieldSet,
  intersection,
  nodeOf,
  setOfPath,
  recursiveDifference,
  union,
} from './field-set';
import { mergeValues } from './merge';
import { fieldElement, type PlainMap, type Shape, structShape } from './shape';
import { fieldsOf, typeErrors, withNamedFields, withoutFields } from './walk';

/** What an application leads to; with conflicts, what it would lead to by force. */
export interface Applied {
  readonly object: KubeObject;
  readonly entries: readonly ManagedEntry[];
  readonly conflicts: readonly Conflict[];
}

/** Thrown for a document that does not fit; the field manager's door turns it into a Status. */
export class ApplyProblem extends Error {}

/** Applies a document as a manager. `live` carries no managedFields; `before` are its owners. */
export function applyObject(
  fields: FieldManager, shape: Shape, live: KubeObject, patch: PlainMap, before: ManagedEntries, manager: string,
  force: boolean,
): Applied {
  const { apiVersion, subresource } = fields.options;
  const wrong = typeErrors(patch, shape);
  if (wrong !== undefined) throw new ApplyProblem(`failed to create typed patch object (${nameOf(patch)}): ${wrong}`);
  const own = { manager: manager || 'unknown', operation: 'Apply', apiVersion, subresource, time: undefined } as const;
  const last = before.find((entry) => sameManager(entry, { ...own, subresource: subresource || undefined }));
  const set = fields.owned(fieldsOf(patch, shape));
  const others = before.filter((entry) => entry !== last);
  const entryOf = (owned: FieldSet | undefined): ManagedEntry | undefined =>
    owned && makeEntry({ ...own, time: last?.time, fields: owned });
  const merged = mergeChecked(live, patch, shape);
  // What identifies an object is not owned in the end, but as part of what is applied it must not be taken away.
  const object = last === undefined ? merged : pruned(fields, merged, last, entryOf(set), others);
  return { object, ...settle(fields, live, object, entryOf(withoutIdentity(set)), others, force) };
}

function nameOf(patch: PlainMap): string {
  const { name = '', namespace = '' } = (patch['metadata'] ?? {}) as { name?: string; namespace?: string };
  const apiVersion = String(patch['apiVersion'] ?? '');
  const full = apiVersion.includes('/') ? apiVersion : `/${apiVersion}`;
  return `${namespace}/${name}; ${full}, Kind=${String(patch['kind'] ?? '')}`;
}

function mergeChecked(live: KubeObject, patch: PlainMap, shape: Shape): KubeObject {
  try {
    return mergeValues(live, patch, shape) as KubeObject;
  } catch (failure) {
    if (failure instanceof ElementFailure) throw new ApplyProblem(`failed to merge config: ${failure.message}`);
    throw failure;
  }
}

const metadata = fieldElement('metadata');
const identity = ['apiVersion', 'kind'].map((name) => setOfPath([fieldElement(name)]))
  .concat(['name', 'namespace', 'creationTimestamp', 'selfLink', 'uid', 'clusterName', 'generation', 'managedFields',
    'resourceVersion'].map((name) => setOfPath([metadata, fieldElement(name)])))
  .reduce<FieldSet | undefined>(union, undefined);

/** Nobody owns what identifies an object. */
function withoutIdentity(set: FieldSet | undefined): FieldSet | undefined {
  const rest = recursiveDifference(set, identity);
  const meta = childOf(rest, metadata);
  if (rest === undefined || meta === undefined || (!Object.hasOwn(meta, '.') && Object.keys(meta).length > 0)) {
    return rest;
  }
  const others = Object.entries(rest).filter(([element]) => element !== metadata);
  const below = nodeOf(false, Object.entries(meta).filter(([element]) => element !== '.'));
  return nodeOf(false, below === undefined ? others : [...others, [metadata, below]]);
}

/** Takes away what the manager applied last time, unless it applies it again or somebody else has it as well. */
function pruned(
  fields: FieldManager, merged: KubeObject, last: ManagedEntry, mine: ManagedEntry | undefined,
  others: readonly ManagedEntry[],
): KubeObject {
  const { apiVersion, type } = fields.options;
  const version = last.apiVersion === apiVersion
    ? { type, convert: (object: KubeObject) => object, restore: (object: KubeObject) => object }
    : fields.options.version(last.apiVersion);
  if (version === undefined) return merged;
  const shape = structShape(version.type);
  const whole = version.convert(merged);
  const bare = without(whole, withNamedFields(last.fieldsV1, shape), shape);
  const owners = mine === undefined ? others : [...others, mine];
  const kept = addBackOwned(fields, merged, version.restore(bare), owners);
  const result = version.convert(kept);
  // Only what the manager applied before may go; what merely stood in something removed stays.
  const gone = difference(namedFields(whole, shape), namedFields(result, shape));
  const mayGo = intersection(gone, withNamedFields(last.fieldsV1, shape));
  return version.restore(without(whole, mayGo, shape));
}

/** Puts back what any owner has, version by version. */
function addBackOwned(
  fields: FieldManager, merged: KubeObject, bare: KubeObject, owners: readonly ManagedEntry[],
): KubeObject {
  const { apiVersion, type } = fields.options;
  const sets = new Map<string, FieldSet | undefined>();
  for (const { apiVersion: version, fieldsV1 } of owners) sets.set(version, union(sets.get(version), fieldsV1));
  let result = bare;
  for (const [name, owned] of sets) {
    const version = name === apiVersion ? undefined : fields.options.version(name);
    if (name !== apiVersion && version === undefined) continue;
    const shape = structShape(version?.type ?? type);
    const whole = version ? version.convert(merged) : merged;
    const present = version ? version.convert(result) : result;
    const stays = union(namedFields(present, shape), withNamedFields(owned, shape));
    const next = without(whole, difference(namedFields(whole, shape), stays), shape);
    result = version ? version.restore(next) : next;
  }
  return result;
}

function namedFields(object: KubeObject, shape: Shape): FieldSet | undefined {
  return withNamedFields(fieldsOf(object, shape), shape);
}

function without(object: KubeObject, set: FieldSet | undefined, shape: Shape): KubeObject {
  return set === undefined ? object : withoutFields(object, set, shape) as KubeObject;
}

/** The owners after the change, and whose fields it takes. */
function settle(
  fields: FieldManager, live: KubeObject, object: KubeObject, mine: ManagedEntry | undefined,
  others: readonly ManagedEntry[], force: boolean,
): Omit<Applied, 'object'> {
  const conflicts: Conflict[] = [];
  const entries: ManagedEntry[] = mine === undefined ? [] : [mine];
  for (const owner of others) {
    const comparison = fields.comparisonIn(owner.apiVersion, live, object);
    if (comparison === undefined) continue;
    const taken = intersection(owner.fieldsV1, comparison.changed);
    if (taken !== undefined && !force) conflicts.push({ owner, fields: taken });
    const rest = withFields(owner, difference(difference(owner.fieldsV1, taken), comparison.removed));
    if (rest) entries.push(rest);
  }
  return { entries, conflicts };
}
