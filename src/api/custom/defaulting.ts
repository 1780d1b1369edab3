/**
 * Defaults of a custom resource: nulls where the schema allows none are dropped, and absent fields get the defaults of
 * the schema, inside what is there (a default never makes its surroundings come into being). Pure: nothing is copied
 * that does not change. Models apiextensions-apiserver's pkg/apiserver/schema/defaulting.
 */
import { defaultOf, isObject, itemsOf, type PlainObject, propertyOf, type Schema, someSchema,
  valuesOf } from './structural';

const withDefaults = new WeakMap<Schema, boolean>();

/** Whether there is any default in the schema. */
function hasDefaults(schema: Schema): boolean {
  let known = withDefaults.get(schema);
  if (known === undefined) {
    known = someSchema(schema, (node) => defaultOf(node) !== undefined);
    withDefaults.set(schema, known);
  }
  return known;
}

/** The resource with defaults filled in; the same object when there is nothing to do. */
export function applyDefaults<T extends object>(object: T, schema: Schema): T {
  return fill(object, schema, hasDefaults(schema)) as T;
}

function fill(value: unknown, schema: Schema, defaulting: boolean): unknown {
  if (Array.isArray(value)) {
    const items = itemsOf(schema);
    return items === undefined ? value : fillList(value, items, defaulting);
  }
  return isObject(value) ? fillObject(value, schema, defaulting) : value;
}

function fillList(list: readonly unknown[], items: Schema, defaulting: boolean): readonly unknown[] {
  let changed: unknown[] | undefined;
  list.forEach((item: unknown, i) => {
    const present = item === null && items.nullable !== true ? defaultOf(items) ?? null : item;
    const filled = fill(present, items, defaulting);
    if (filled !== item) (changed ??= list.slice())[i] = filled;
  });
  return changed ?? list;
}

function fillObject(object: PlainObject, schema: Schema, defaulting: boolean): PlainObject {
  let changed: Map<string, unknown> | undefined;
  const change = (): Map<string, unknown> => changed ??= new Map(Object.entries(object));
  const values = schema.properties === undefined ? valuesOf(schema) : undefined;
  for (const name of Object.keys(object)) {
    const value = object[name];
    const known = propertyOf(schema, name) ?? values ?? (schema.properties ? valuesOf(schema) : undefined);
    if (known === undefined) continue;
    const standIn = value === null && known.nullable !== true ? defaultOf(known) : value;
    const filled = standIn === undefined ? undefined : fill(standIn, known, defaulting);
    if (filled === value) continue;
    if (filled === undefined) change().delete(name);
    else change().set(name, filled);
  }
  if (defaulting && schema.properties) {
    for (const name of Object.keys(schema.properties)) {
      const property = propertyOf(schema, name) as Schema;
      const standard = defaultOf(property);
      if (standard === undefined || Object.hasOwn(object, name)) continue;
      change().set(name, fill(standard, property, defaulting));
    }
  }
  return changed === undefined ? object : Object.fromEntries(changed);
}
