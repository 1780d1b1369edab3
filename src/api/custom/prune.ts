/**
 * Pruning: fields that a custom resource's schema does not know are dropped, and reported for strict field validation.
 * Nothing is copied that does not change. Models apiextensions-apiserver's pkg/apiserver/schema/pruning.
 */
import type { PathStep } from '../object';
import { isEmbedded, itemsOf, type PlainObject, preservesUnknown, propertyOf, type Schema, typeMetaFields,
  valuesOf } from './structural';

/** Where a dropped field was. */
export type PrunedPath = readonly PathStep[];

/** The object without unknown fields; their paths are appended to `pruned` in the order of the document. */
export function pruneResource(object: PlainObject, schema: Schema, pruned: PrunedPath[]): PlainObject {
  return pruneObject(object, schema, true, preservesUnknown(schema), [], pruned);
}

/** A value (a default) without unknown fields. */
export function pruneValue(value: unknown, schema: Schema, isResource: boolean, pruned: PrunedPath[] = []): unknown {
  return prune(value, schema, isResource, false, [], pruned);
}

function prune(
  value: unknown,
  schema: Schema | undefined,
  isResource: boolean,
  keeps: boolean,
  path: PathStep[],
  pruned: PrunedPath[],
): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const keepsHere = schema === undefined ? keeps : preservesUnknown(schema);
  if (Array.isArray(value)) return pruneList(value, schema, keepsHere, path, pruned);
  return pruneObject(value as PlainObject, schema, isResource, keepsHere, path, pruned);
}

function pruneList(
  list: readonly unknown[], schema: Schema | undefined, keeps: boolean, path: PathStep[], pruned: PrunedPath[],
): readonly unknown[] {
  const items = schema && itemsOf(schema);
  if (items === undefined && keeps) return list;
  let changed: unknown[] | undefined;
  list.forEach((item: unknown, i) => {
    path.push(i);
    const kept = prune(item, items, items !== undefined && isEmbedded(items), false, path, pruned);
    path.pop();
    if (kept !== item) (changed ??= list.slice())[i] = kept;
  });
  return changed ?? list;
}

function pruneObject(
  object: PlainObject, schema: Schema | undefined, isResource: boolean, keeps: boolean, path: PathStep[],
  pruned: PrunedPath[],
): PlainObject {
  let changed: Map<string, unknown> | undefined;
  const values = schema && valuesOf(schema);
  const isMap = schema !== undefined && (values !== undefined || schema.additionalProperties === true);
  for (const name of Object.keys(object)) {
    if (isResource && typeMetaFields.has(name)) continue;
    const value = object[name];
    const property = schema && propertyOf(schema, name);
    const known = property ?? (isMap ? values : undefined);
    if (property === undefined && !isMap) {
      if (keeps) continue;
      pruned.push([...path, name]);
      (changed ??= new Map(Object.entries(object))).delete(name);
      continue;
    }
    path.push(name);
    const kept = prune(
      value,
      known,
      known !== undefined && isEmbedded(known),
      keeps && known === undefined,
      path,
      pruned,
    );
    path.pop();
    if (kept !== value) (changed ??= new Map(Object.entries(object))).set(name, kept);
  }
  return changed === undefined ? object : Object.fromEntries(changed);
}

