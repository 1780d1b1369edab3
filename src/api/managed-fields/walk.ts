/**
 * Walks over one object with the eyes of field ownership: which fields it has, what is wrong with it, and the object
 * without a set of fields. Models ToFieldSet, Validate and RemoveItems of structured-merge-diff's typed values.
 */
import type { Scalar } from '../schema/schema';
import { asMember, childOf, type FieldSet, hasMember, leaf, nodeOf } from './field-set';
import { elementText } from './path-element';
import {
  fieldElement, formOf, isRecord, itemElement, type ListShape, type PlainMap, presentNames, type Shape, shapeBelow,
} from './shape';

type MapLike = Exclude<Shape, { form: 'scalar' } | { form: 'list' }>;

/** The fields of a value, as its applier owns them; undefined when there are none below it. */
export function fieldsOf(value: unknown, shape: Shape): FieldSet | undefined {
  switch (formOf(shape, value)) {
    case 'leaf':
      return leaf;
    case 'list':
      return Array.isArray(value) ? itemFields(value, shape as ListShape) : undefined;
    case 'map':
      return isRecord(value) ? entryFields(value, shape as MapLike) : undefined;
  }
}

function itemFields(list: readonly unknown[], shape: ListShape): FieldSet | undefined {
  const counts = new Map<string, number>();
  const elements = list.map((item) => {
    const element = itemElement(shape, item);
    if (typeof element === 'string') counts.set(element, (counts.get(element) ?? 0) + 1);
    return element;
  });
  const children = new Map<string, FieldSet>();
  list.forEach((item, at) => {
    const element = elements[at];
    if (typeof element !== 'string') return;
    const below = (counts.get(element) ?? 0) > 1 ? leaf : asMember(fieldsOf(item, shape.item));
    children.set(element, below);
  });
  return nodeOf(false, [...children]);
}

function entryFields(map: PlainMap, shape: MapLike): FieldSet | undefined {
  const children: [string, FieldSet][] = [];
  for (const name of presentNames(map)) {
    const value = map[name];
    const below = fieldsOf(value, shapeBelow(shape, name) ?? { form: 'deduced' });
    const isEmptyMap = isRecord(value) && presentNames(value).length === 0;
    const declared = shape.form === 'struct' && shape.declares(name);
    const node = value === null || isEmptyMap || !declared ? asMember(below) : below;
    if (node !== undefined) children.push([fieldElement(name), node]);
  }
  return nodeOf(false, children);
}

/**
 * What is wrong with a document that shall be applied, as one text: fields that the type does not have, values of the
 * wrong type, items without a key, duplicates. Undefined when it is good.
 */
export function typeErrors(value: unknown, shape: Shape): string | undefined {
  const errors = errorsOf(value, shape);
  const [first] = errors;
  if (first === undefined) return undefined;
  return errors.length === 1 ? first : ['errors:', ...errors.map((error) => `  ${error}`)].join('\n');
}

/** Errors as `.path: text`, or the bare text at the root. */
function errorsOf(value: unknown, shape: Shape): readonly string[] {
  if (value === undefined || value === null) return [];
  switch (shape.form) {
    case 'scalar': {
      const error = scalarError(value, shape.scalar);
      return error === undefined ? [] : [error];
    }
    case 'list':
      return Array.isArray(value) ? itemErrors(value, shape) : [`expected list, got ${goPointer(value)}`];
    case 'map': case 'struct':
      return isRecord(value) ? entryErrors(value, shape) : [`expected map, got ${goPointer(value)}`];
    case 'deduced':
      return [];
  }
}

function below(element: string, errors: readonly string[]): readonly string[] {
  const step = elementText(element);
  return errors.map((error) => (/^[.[]/.test(error) ? step + error : `${step}: ${error}`));
}

function itemErrors(list: readonly unknown[], shape: ListShape): readonly string[] {
  const errors: string[] = [];
  const seen = new Set<string>();
  for (const [at, item] of list.entries()) {
    const element = shape.relation === 'atomic' ? `i:${at}` : itemElement(shape, item);
    if (typeof element !== 'string') return [...errors, `element ${at}: ${element.error}`];
    if (seen.has(element)) errors.push(`duplicate entries for key ${elementText(element)}`);
    seen.add(element);
    errors.push(...below(element, errorsOf(item, shape.item)));
  }
  return errors;
}

function entryErrors(map: PlainMap, shape: MapLike): readonly string[] {
  const errors: string[] = [];
  for (const name of presentNames(map).sort()) {
    const element = fieldElement(name);
    const inner = shapeBelow(shape, name);
    if (inner === undefined) return [...errors, ...below(element, ['field not declared in schema'])];
    errors.push(...below(element, errorsOf(map[name], inner)));
  }
  return errors;
}

function scalarError(value: unknown, scalar: Scalar): string | undefined {
  switch (scalar) {
    case 'string': case 'bytes':
      return typeof value === 'string' ? undefined
        : `expected string, got &value.valueUnstructured{Value:${goSyntax(value)}}`;
    case 'bool':
      return typeof value === 'boolean' ? undefined : `expected boolean, got ${goPointer(value)}`;
    case 'int32': case 'int64': case 'double':
      return typeof value === 'number' || typeof value === 'bigint' ? undefined
        : `expected numeric (int or float), got ${goType(value)}`;
    default:
      return typeof value === 'object' ? `expected any scalar, got ${goPointer(value)}` : undefined;
  }
}

/** A value as Go's %v prints the pointer to it. */
function goPointer(value: unknown): string {
  return `&{${goText(value)}}`;
}

function goText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`;
  if (isRecord(value))
    return `map[${presentNames(value)
      .sort()
      .map((name) => `${name}:${goText(value[name])}`)
      .join(' ')}]`;
  return value === null ? '<nil>' : String(value);
}

/** A value as Go's %#v prints it. */
function goSyntax(value: unknown): string {
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`;
  if (isRecord(value)) {
    const entries = presentNames(value).sort().map((name) => `${JSON.stringify(name)}:${goSyntax(value[name])}`);
    return `map[string]interface {}{${entries.join(', ')}}`;
  }
  return value === null ? 'interface {}(nil)' : typeof value === 'string' ? JSON.stringify(value) : String(value);
}

function goType(value: unknown): string {
  if (Array.isArray(value)) return '[]interface {}';
  if (isRecord(value)) return 'map[string]interface {}';
  return typeof value === 'boolean' ? 'bool' : 'string';
}

/** The value without the fields of the set; undefined when nothing is left of it. */
export function withoutFields(value: unknown, remove: FieldSet, shape: Shape): unknown {
  if (Array.isArray(value)) return shape.form === 'list' ? withoutItems(value, remove, shape) : undefined;
  if (!isRecord(value)) return value;
  return formOf(shape, value) === 'map' ? withoutEntries(value, remove, shape as MapLike) : undefined;
}

function withoutItems(list: readonly unknown[], remove: FieldSet, shape: ListShape): unknown {
  if (shape.relation === 'atomic') return undefined;
  const kept: unknown[] = [];
  for (const item of list) {
    const element = itemElement(shape, item);
    const inner = typeof element === 'string' ? childOf(remove, element) : undefined;
    if (inner === undefined || typeof element !== 'string') kept.push(item);
    else if (!hasMember(remove, element)) {
      const rest = withoutFields(item, inner, shape.item);
      if (rest !== undefined) kept.push(rest);
    }
  }
  return kept.length === 0 ? undefined : kept.length === list.length && kept.every((item, i) => item === list[i])
    ? list : kept;
}

function withoutEntries(map: PlainMap, remove: FieldSet, shape: MapLike): unknown {
  const kept: [string, unknown][] = [];
  let same = true;
  for (const name of presentNames(map)) {
    const element = fieldElement(name);
    const inner = childOf(remove, element);
    const value = map[name];
    const rest = inner === undefined ? value : hasMember(remove, element) ? undefined
      : withoutFields(value, inner, shapeBelow(shape, name) ?? { form: 'deduced' });
    if (rest !== value) same = false;
    if (rest !== undefined) kept.push([name, rest]);
  }
  if (same) return map;
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

/** The set with every declared field that leads to a member made a member: EnsureNamedFieldsAreMembers. */
export function withNamedFields(set: FieldSet | undefined, shape: Shape): FieldSet | undefined {
  if (set === undefined) return undefined;
  const children: [string, FieldSet][] = [];
  for (const [element, child] of Object.entries(set)) {
    if (element === '.') continue;
    const inner = shapeUnder(shape, element);
    const isField = shape.form === 'struct' && element.startsWith('f:') && shape.declares(element.slice(2));
    const named = withNamedFields(child, inner) ?? leaf;
    children.push([element, isField ? asMember(named) : named]);
  }
  return nodeOf(Object.hasOwn(set, '.') || children.length === 0, children);
}

function shapeUnder(shape: Shape, element: string): Shape {
  const unknown: Shape = { form: 'deduced' };
  if (shape.form === 'list') return element.startsWith('f:') ? unknown : shape.item;
  if (shape.form === 'scalar' || !element.startsWith('f:')) return unknown;
  return shapeBelow(shape, element.slice(2)) ?? unknown;
}
