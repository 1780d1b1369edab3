/**
 * Field ownership of one resource at one endpoint: what an update makes of metadata.managedFields, and server-side
 * apply. An update gives its manager the fields that it changed; an apply merges a document, takes away what its
 * manager applied before and no longer does, and is refused where others own what it would change. Models the chain of
 * managers in apimachinery's pkg/util/managedfields over structured-merge-diff's merge.Updater. Objects are plain data
 * in the version of the endpoint; ownership recorded in other versions is compared in those.
 */
import { equal } from '../../base/freeze';
import type { ObjectType } from '../schema/schema';
import { badRequest, type FailureStatus, failure } from '../status';
import type { KubeObject, ManagedFieldsEntry } from '../types';
import { applyObject, ApplyProblem, type Applied } from './apply';
import { type Comparison, compareValues, ElementFailure, same } from './compare';
import { conflictStatus } from './conflict';
import {
  asksForReset, capUpdaters, type ManagedEntries, type ManagedEntry, makeEntry, noEntries, readEntries, sameManager,
  withFields, writeEntries,
} from './entries';
import { difference, type FieldSet, matching, nodeOf, type PathPattern, recursiveDifference, union } from './field-set';
import { allowedByLastApplied, withLastApplied } from './last-applied';
import { fieldElement, isRecord, type PlainMap, type Shape, structShape } from './shape';
import { outlineOf } from './outline';

/** One version of a kind: its type, and how objects of the endpoint's version look in it. */
export interface OwnedVersion {
  readonly type: ObjectType;
  readonly convert: (object: KubeObject) => KubeObject;
  /** The way back into the endpoint's version. */
  readonly restore: (object: KubeObject) => KubeObject;
}

export interface FieldManagerOptions {
  /** The endpoint's version. */
  readonly apiVersion: string;
  readonly kind: string;
  readonly type: ObjectType;
  /** Empty for the main resource. */
  readonly subresource: string;
  /** Fields that the endpoint drops from requests, so that nobody comes to own them through it. */
  readonly ignored?: FieldSet;
  /** The only fields that the endpoint takes; absent means all but the ignored ones. */
  readonly only?: readonly PathPattern[];
  /** Another version of the kind; undefined when it is not served any more. */
  readonly version: (apiVersion: string) => OwnedVersion | undefined;
}

/** Parts of metadata that nobody owns. */
const unowned = new Set([
  'name', 'namespace', 'creationTimestamp', 'selfLink', 'uid', 'clusterName', 'generation', 'managedFields',
  'resourceVersion',
]);

export class FieldManager {
  private readonly shape: Shape;

  constructor(readonly options: FieldManagerOptions) {
    this.shape = structShape(options.type);
  }

  /**
   * The owners after an update by `manager`: undefined when ownership is not tracked. `live` is undefined for a new
   * object. Ownership that the request lists is taken at the main resource, if it can be read.
   */
  update(
    live: KubeObject | undefined, given: KubeObject, manager: string, now: string,
  ): readonly ManagedFieldsEntry[] | undefined {
    const before = live?.metadata.managedFields;
    const entries = this.startingEntries(before, given.metadata.managedFields);
    // Ownership that was dropped stays so until something is applied; new objects are tracked from the start.
    if (entries.length === 0 && live?.metadata.uid) return undefined;
    try {
      return orAbsent(this.updated(live, given, entries, manager, now));
    } catch (failure) {
      if (failure instanceof ElementFailure) return before;
      throw failure;
    }
  }

  /**
   * The object with a document applied, or why not: 400 for a document that cannot be applied here, 500 for one that
   * does not fit the type, 409 for conflicts. The answer carries its managedFields; nulls may be left in it.
   */
  apply(
    live: KubeObject | undefined, patch: PlainMap, manager: string, force: boolean, now: string,
  ): KubeObject | FailureStatus {
    const refused = this.documentProblem(patch);
    if (refused) return refused;
    try {
      return this.appliedAs(live, patch, manager, force, now);
    } catch (problem) {
      if (problem instanceof ApplyProblem) return plainFailure(problem.message);
      if (problem instanceof ElementFailure) return plainFailure(`failed to compare objects: ${problem.message}`);
      throw problem;
    }
  }

  // --- update ------------------------------------------------------------------------------------------------------

  private startingEntries(
    before: readonly ManagedFieldsEntry[] | undefined, sent: readonly ManagedFieldsEntry[] | undefined,
  ): ManagedEntries {
    const kept = (): ManagedEntries => readEntries(before) ?? noEntries;
    if (sent === before || this.options.subresource !== '') return kept();
    if (asksForReset(sent)) return noEntries;
    const read = readEntries(sent);
    return read === undefined || read.length === 0 ? kept() : read;
  }

  private updated(
    live: KubeObject | undefined, given: KubeObject, entries: ManagedEntries, manager: string, now: string,
  ): ManagedEntries {
    const { apiVersion, subresource } = this.options;
    const comparisons = new Comparisons(this, live, given);
    const { changed, removed } = comparisons.in(apiVersion) as Comparison;
    const own = { manager: manager || 'unknown', operation: 'Update', apiVersion, subresource } as const;
    const identity = { ...own, subresource: subresource || undefined };
    const next: ManagedEntry[] = [];
    let tracked = changed === undefined;
    for (const entry of entries) {
      if (!tracked && sameManager(entry, identity)) {
        tracked = true;
        push(next, withFields(entry, union(difference(entry.fieldsV1, removed), changed), now));
        continue;
      }
      const comparison = comparisons.in(entry.apiVersion);
      if (comparison) push(next, withFields(entry, without(entry.fieldsV1, comparison)));
    }
    if (!tracked && changed !== undefined) next.push(makeEntry({ ...own, time: now, fields: changed }));
    return writeEntries(capUpdaters(next), entries);
  }

  /**
   * What differs between two objects of the endpoint's version as a version of the kind sees it, without what nobody
   * comes to own here. Undefined for a version that is not served any more.
   */
  comparisonIn(apiVersion: string, before: KubeObject | undefined, after: KubeObject): Comparison | undefined {
    if (apiVersion === this.options.apiVersion) {
      return this.filtered(compareObjects(before, after, this.shape, this.skipped()));
    }
    const version = this.options.version(apiVersion);
    if (version === undefined) return undefined;
    const left = before && version.convert(before);
    const shape = structShape(version.type);
    return this.filtered(compareObjects(left, version.convert(after), shape, this.skipped()));
  }

  private skipped(): ReadonlySet<string> {
    const { ignored } = this.options;
    if (ignored === undefined) return noNames;
    // A field that is ignored as a whole is not even looked at.
    return this.skippedNames ??= new Set(Object.keys(ignored)
      .filter((element) => Object.keys(ignored[element] ?? {}).length === 0).map((element) => element.slice(2)));
  }

  private skippedNames: ReadonlySet<string> | undefined;

  private filtered({ changed, removed }: Comparison): Comparison {
    return { changed: this.owned(changed), removed: this.owned(removed) };
  }

  /** The fields of a set that can be owned through this endpoint. */
  owned(set: FieldSet | undefined): FieldSet | undefined {
    const { ignored, only } = this.options;
    const kept = only === undefined ? set : matching(set, only);
    return recursiveDifference(kept, ignored);
  }

  // --- apply -------------------------------------------------------------------------------------------------------

  private documentProblem(patch: PlainMap): FailureStatus | undefined {
    const { apiVersion, kind } = this.options;
    const given = { apiVersion: textOf(patch['apiVersion']), kind: textOf(patch['kind']) };
    if (given.apiVersion !== apiVersion || given.kind !== kind) {
      const [group, version] = given.apiVersion.includes('/') ? given.apiVersion.split('/', 2)
        : ['', given.apiVersion];
      return badRequest(`invalid object type: ${group}/${version}, Kind=${given.kind}`);
    }
    const metadata = patch['metadata'];
    const sent = isRecord(metadata) ? metadata['managedFields'] : undefined;
    return sent === undefined || sent === null ? undefined : badRequest('metadata.managedFields must be nil');
  }

  private appliedAs(
    live: KubeObject | undefined, patch: PlainMap, manager: string, force: boolean, now: string,
  ): KubeObject | FailureStatus {
    const before = this.entriesBeforeApply(live, now);
    const base = withoutOwners(live) ?? this.emptyObject();
    let applied = applyObject(this, this.shape, base, patch, before, manager, force);
    if (applied.conflicts.length > 0 && manager === kubectl) {
      const allowed = live && allowedByLastApplied(live, this.options.apiVersion, this.shape);
      if (allowed !== undefined) {
        const conflicts = applied.conflicts.flatMap(({ owner, fields }) => {
          const rest = difference(fields, allowed);
          return rest === undefined ? [] : [{ owner, fields: rest }];
        });
        applied = conflicts.length > 0 ? { ...applied, conflicts }
          : applyObject(this, this.shape, base, patch, before, manager, true);
      }
    }
    if (applied.conflicts.length > 0) return conflictStatus(applied.conflicts);
    return this.finished(base, patch, applied, before, manager, now);
  }

  /** An object that nobody owned belongs to `before-first-apply` once something is applied. */
  private entriesBeforeApply(live: KubeObject | undefined, now: string): ManagedEntries {
    const entries = readEntries(live?.metadata.managedFields);
    if (entries === undefined) throw new ApplyProblem('failed to decode managed fields: the entries cannot be read');
    if (entries.length > 0 || live === undefined) return entries;
    return this.updated(undefined, live, noEntries, 'before-first-apply', now);
  }

  private finished(
    base: KubeObject, patch: PlainMap, applied: Applied, before: ManagedEntries, manager: string, now: string,
  ): KubeObject {
    const unchanged = equal(base, applied.object);
    const object = manager === kubectl ? withLastApplied(applied.object, patch) : applied.object;
    const named = { manager, operation: 'Apply', subresource: this.options.subresource || undefined } as const;
    const entries = applied.entries.map((entry) =>
      (unchanged || !sameManager(entry, named) ? entry : withFields(entry, entry.fieldsV1, now) as ManagedEntry));
    return withOwners(object, orAbsent(writeEntries(entries, before)));
  }

  private emptyObject(): KubeObject {
    const { apiVersion, kind } = this.options;
    return { apiVersion, kind, metadata: {} } as KubeObject;
  }
}

const kubectl = 'kubectl';
const noNames: ReadonlySet<string> = new Set();

/** Differences by version, each worked out once. */
class Comparisons {
  private readonly known = new Map<string, Comparison | undefined>();

  constructor(
    private readonly manager: FieldManager,
    private readonly before: KubeObject | undefined,
    private readonly after: KubeObject,
  ) {}

  /** Undefined for a version that is not served any more. */
  in(apiVersion: string): Comparison | undefined {
    if (this.known.has(apiVersion)) return this.known.get(apiVersion);
    const comparison = this.manager.comparisonIn(apiVersion, this.before, this.after);
    this.known.set(apiVersion, comparison);
    return comparison;
  }
}

/** Compares two objects without apiVersion, kind, what nobody owns in metadata, and the fields to be passed over. */
export function compareObjects(
  before: KubeObject | undefined, after: KubeObject, shape: Shape, skipped: ReadonlySet<string>,
): Comparison {
  if (before === undefined) return { changed: fieldsOfNew(after, shape, skipped), removed: undefined };
  return compareParts(before, after, shape, skipped);
}

function compareParts(
  before: KubeObject | undefined, after: KubeObject, shape: Shape, skipped: ReadonlySet<string>,
): Comparison {
  const left = before && ownable(before, skipped);
  const { changed, removed } = compareValues(left ?? {}, ownable(after, skipped), shape);
  const metadata = before?.metadata === after.metadata ? same : compareValues(
    ownableMeta(before), ownableMeta(after), shape.form === 'struct' ? shape.field('metadata') ?? shape : shape);
  if (metadata === same) return changed === undefined && removed === undefined ? same : { changed, removed };
  return { changed: withMeta(changed, metadata.changed), removed: withMeta(removed, metadata.removed) };
}

const rememberedOutlines = 500;
const newObjects = new WeakMap<Shape, Map<string, FieldSet | undefined>>();

/** The fields of a new object: the same set for objects of the same outline. */
function fieldsOfNew(object: KubeObject, shape: Shape, skipped: ReadonlySet<string>): FieldSet | undefined {
  const metaShape = shape.form === 'struct' ? shape.field('metadata') ?? shape : shape;
  const meta = outlineOf(ownableMeta(object), metaShape);
  const rest = outlineOf(ownable(object, skipped), shape);
  if (meta === undefined || rest === undefined) return compareParts(undefined, object, shape, skipped).changed;
  let known = newObjects.get(shape);
  if (known === undefined) newObjects.set(shape, known = new Map());
  const outline = meta + rest;
  if (known.has(outline)) return known.get(outline);
  const { changed } = compareParts(undefined, object, shape, skipped);
  if (known.size >= rememberedOutlines) known.clear();
  known.set(outline, changed);
  return changed;
}

/** Everything but the type and metadata. */
function ownable(object: KubeObject, skipped: ReadonlySet<string>): PlainMap {
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(object)) {
    if (name === 'apiVersion' || name === 'kind' || name === 'metadata' || skipped.has(name)) continue;
    if (value !== undefined) kept[name] = value as unknown;
  }
  return kept;
}

const noMeta: PlainMap = Object.freeze({});

function ownableMeta(object: KubeObject | undefined): PlainMap {
  if (object === undefined) return noMeta;
  const kept: Record<string, unknown> = {};
  for (const name in object.metadata) {
    if (!unowned.has(name)) kept[name] = (object.metadata as unknown as PlainMap)[name];
  }
  return kept;
}

function withMeta(set: FieldSet | undefined, metadata: FieldSet | undefined): FieldSet | undefined {
  if (metadata === undefined) return set;
  return union(set, nodeOf(false, [[fieldElement('metadata'), metadata]]));
}

function without(set: FieldSet, { changed, removed }: Comparison): FieldSet | undefined {
  return difference(difference(set, changed), removed);
}

function push(entries: ManagedEntry[], entry: ManagedEntry | undefined): void {
  if (entry) entries.push(entry);
}

function orAbsent(entries: ManagedEntries): ManagedEntries | undefined {
  return entries.length === 0 ? undefined : entries;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** An object that carries these owners; itself when it does already. */
export function withOwners(object: KubeObject, owners: readonly ManagedFieldsEntry[] | undefined): KubeObject {
  if (object.metadata.managedFields === owners) return object;
  const { managedFields: _, ...rest } = object.metadata;
  return { ...object, metadata: owners === undefined ? rest : { ...rest, managedFields: owners } };
}

function withoutOwners(object: KubeObject | undefined): KubeObject | undefined {
  return object && withOwners(object, undefined);
}

/** A 500 without a reason, as upstream answers errors that are no Status. */
function plainFailure(message: string): FailureStatus {
  const { reason: _, ...status } = failure(500, 'InternalError', message);
  return status;
}

