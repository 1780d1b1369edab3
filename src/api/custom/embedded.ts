/**
 * Resources inside a custom resource (x-kubernetes-embedded-resource): they need an apiVersion and a kind, and their
 * metadata must be sound. Models apiextensions-apiserver's pkg/apiserver/schema/objectmeta.
 */
import { sortedKeys } from '../../base/freeze';
import { child, type FieldError, index, invalid, key, required } from '../field-errors';
import { quote } from '../go-text';
import { checkAnnotations, checkLabels } from '../kinds/field-checks';
import { dns1035LabelProblems, nameProblems } from '../names';
import { isEmbedded, isObject, itemsOf, type PlainObject, propertyOf, type Schema, someSchema,
  valuesOf } from './structural';

const withEmbedded = new WeakMap<Schema, boolean>();

/** Errors of all resources inside a resource; the resource itself is checked elsewhere. */
export function embeddedErrors(object: PlainObject, schema: Schema): readonly FieldError[] {
  let known = withEmbedded.get(schema);
  if (known === undefined) {
    known = someSchema(schema, isEmbedded);
    withEmbedded.set(schema, known);
  }
  const errors: FieldError[] = [];
  if (known) walk(object, schema, '', false, errors);
  return errors;
}

function walk(value: unknown, schema: Schema, path: string, isResource: boolean, errors: FieldError[]): void {
  if (Array.isArray(value)) {
    const items = itemsOf(schema);
    if (items) value.forEach((item: unknown, i) => walk(item, items, index(path, i), isEmbedded(items), errors));
    return;
  }
  if (!isObject(value)) return;
  if (isResource) checkResource(value, path, errors);
  const values = valuesOf(schema);
  for (const name of sortedKeys(value)) {
    const property = propertyOf(schema, name);
    if (property) walk(value[name], property, child(path, name), isEmbedded(property), errors);
    else if (values) walk(value[name], values, key(path, name), isEmbedded(values), errors);
  }
}

function checkResource(object: PlainObject, path: string, errors: FieldError[]): void {
  for (const name of ['apiVersion', 'kind'] as const) {
    const at = child(path, name);
    const value = object[name];
    if (!Object.hasOwn(object, name)) errors.push(required(at, 'must not be empty'));
    else if (typeof value !== 'string') errors.push(invalid(at, value, 'must be a string'));
    else if (value === '') errors.push(invalid(at, value, 'must not be empty'));
    else checkTypeMeta(name, value, at, errors);
  }
  const { metadata } = object;
  if (metadata === undefined || metadata === null) return;
  if (isObject(metadata)) checkMetadata(metadata, child(path, 'metadata'), errors);
  else errors.push(invalid(child(path, 'metadata'), metadata, 'must be an object'));
}

function checkTypeMeta(name: 'apiVersion' | 'kind', value: string, path: string, errors: FieldError[]): void {
  if (name === 'apiVersion') {
    if (value.split('/').length > 2) errors.push(invalid(path, value, `unexpected GroupVersion string: ${value}`));
    return;
  }
  const problems = dns1035LabelProblems(value.toLowerCase());
  if (problems.length === 0) return;
  errors.push(invalid(path, value, `may have mixed case, but should otherwise match: ${problems.join(',')}`));
}

function checkMetadata(metadata: PlainObject, path: string, errors: FieldError[]): void {
  const { name, labels, annotations } = metadata;
  const at = child(path, 'name');
  if (name !== undefined && typeof name !== 'string') errors.push(wrongType(at, name, 'string'));
  else if (name) for (const problem of nameProblems('pathSegment', name)) errors.push(invalid(at, name, problem));
  checkTexts(labels, child(path, 'labels'), errors, checkLabels);
  checkTexts(annotations, child(path, 'annotations'), errors, checkAnnotations);
}

type Texts = Readonly<Record<string, string>>;

function checkTexts(
  value: unknown, path: string, errors: FieldError[], check: (texts: Texts, path: string, errors: FieldError[]) => void,
): void {
  if (value === undefined || value === null) return;
  if (!isObject(value)) errors.push(wrongType(path, value, 'map[string]string'));
  else if (Object.values(value).some((text) => typeof text !== 'string')) {
    errors.push(wrongType(path, value, 'map[string]string'));
  } else {
    check(value as Texts, path, errors);
  }
}

function wrongType(path: string, value: unknown, type: string): FieldError {
  return invalid(path, value, `cannot be read as ${quote(type)}`);
}
