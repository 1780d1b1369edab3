/**
 * Lists that are sets or maps hold nothing twice: the first repetition of an item or of its keys is an error. Models
 * apiextensions-apiserver's pkg/apiserver/schema/listtype.
 */
import { sortedKeys } from '../../base/freeze';
import { child, duplicate, type FieldError, index, invalid, key } from '../field-errors';
import { goJson } from '../go-text';
import { isObject, itemsOf, type PlainObject, propertyOf, type Schema, someSchema, valuesOf } from './structural';

const withListTypes = new WeakMap<Schema, boolean>();

/** Errors of all sets and maps in an object. */
export function listTypeErrors(object: PlainObject, schema: Schema): readonly FieldError[] {
  let known = withListTypes.get(schema);
  if (known === undefined) {
    known = someSchema(schema, (node) => ['set', 'map'].includes(node['x-kubernetes-list-type'] ?? ''));
    withListTypes.set(schema, known);
  }
  const errors: FieldError[] = [];
  if (known) walk(object, schema, '', errors);
  return errors;
}

function walk(value: unknown, schema: Schema, path: string, errors: FieldError[]): void {
  if (Array.isArray(value)) {
    const type = schema['x-kubernetes-list-type'];
    if (type === 'set') repeated(value).forEach((at) => errors.push(duplicate(index(path, at), value[at])));
    else if (type === 'map') checkMap(value, schema['x-kubernetes-list-map-keys'] ?? [], path, errors);
    const items = itemsOf(schema);
    if (items) value.forEach((item: unknown, i) => walk(item, items, index(path, i), errors));
  } else if (isObject(value)) {
    const values = valuesOf(schema);
    for (const name of sortedKeys(value)) {
      if (values) walk(value[name], values, key(path, name), errors);
      const property = propertyOf(schema, name);
      if (property) walk(value[name], property, child(path, name), errors);
    }
  }
}

function checkMap(list: readonly unknown[], keys: readonly string[], path: string, errors: FieldError[]): void {
  const bad = list.findIndex((item) => item !== null && !isObject(item));
  if (bad >= 0) {
    errors.push(invalid(index(path, bad), list[bad], 'must be an object for an array of list-type map'));
    return;
  }
  const identities = list.map((item) => Object.fromEntries(keys
    .filter((name) => isObject(item) && Object.hasOwn(item, name))
    .map((name) => [name, (item as PlainObject)[name]])));
  repeated(identities).forEach((at) => errors.push(duplicate(index(path, at), identities[at])));
}

/** Positions at which an item appears for the second time. */
function repeated(list: readonly unknown[]): readonly number[] {
  const times = new Map<string, number>();
  const positions: number[] = [];
  list.forEach((item, at) => {
    const text = goJson(item);
    const before = times.get(text) ?? 0;
    times.set(text, before + 1);
    if (before === 1) positions.push(at);
  });
  return positions;
}
