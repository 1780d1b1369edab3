/**
 * Whether a schema is structural: every field has a type outside of allOf, anyOf, oneOf and not, and those only narrow
 * values and never say what there is. Models ValidateStructural of apiextensions-apiserver's pkg/apiserver/schema
 * (validation.go and complete.go); errors are sorted by their text as there.
 */
import { compareText, equal, sortedKeys } from '../../base/freeze';
import { child, errorText, type FieldError, forbidden, index, invalid, key, required } from '../field-errors';
import { compilePattern, isPatternError } from './patterns';
import { isEmbedded, isIntOrString, itemsOf, preservesUnknown, propertyOf, type Schema,
  valuesOf } from './structural';

type Level = 'root' | 'item' | 'field';

/** Everything that makes a schema non-structural. */
export function structuralErrors(schema: Schema, path: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  checkNode(schema, 'root', path, errors);
  checkComplete(schema, schema, path, path, errors);
  return errors.length < 2 ? errors
    : errors.map((error) => ({ error, text: errorText(error) }))
      .sort((a, b) => compareText(a.text, b.text)).map(({ error }) => error);
}

function checkNode(schema: Schema, level: Level, path: string, errors: FieldError[]): void {
  const items = itemsOf(schema);
  if (schema.type === 'array' && items === undefined) errors.push(required(child(path, 'items'), 'must be specified'));
  if (items) checkNode(items, 'item', child(path, 'items'), errors);
  for (const name of sortedKeys(schema.properties)) {
    checkNode(propertyOf(schema, name) as Schema, 'field', key(child(path, 'properties'), name), errors);
  }
  if (schema.additionalProperties !== undefined) {
    const at = child(path, 'additionalProperties');
    if (level === 'root') errors.push(forbidden(at, 'must not be used at the root'));
    const values = valuesOf(schema);
    if (values) checkNode(values, 'field', at, errors);
  }
  checkExtensions(schema, path, errors);
  checkValidation(
    schema,
    isIntOrStringChoice(schema.anyOf),
    isIntOrStringChoice(schema.allOf?.[0]?.anyOf),
    path,
    errors,
  );
  checkType(schema, level, path, errors);
  checkResourceFields(schema, level, path, errors);
}

function checkExtensions(schema: Schema, path: string, errors: FieldError[]): void {
  if (!isIntOrString(schema)) return;
  for (const name of ['x-kubernetes-preserve-unknown-fields', 'x-kubernetes-embedded-resource'] as const) {
    if (schema[name] === true) {
      errors.push(invalid(child(path, name), true, 'must be false if x-kubernetes-int-or-string is true'));
    }
  }
}

const emptyMessages: Readonly<Record<Level, string>> = {
  root: 'must not be empty at the root',
  item: 'must not be empty for specified array items',
  field: 'must not be empty for specified object fields',
};

function checkType(schema: Schema, level: Level, path: string, errors: FieldError[]): void {
  const { type } = schema;
  const at = child(path, 'type');
  if (isEmbedded(schema) && type !== 'object') {
    const why = 'must be object if x-kubernetes-embedded-resource is true';
    errors.push(type ? invalid(at, type, why) : required(at, why));
  } else if (!type && !isIntOrString(schema) && !preservesUnknown(schema)) {
    errors.push(required(at, emptyMessages[level]));
  }
  if (isEmbedded(schema) && schema.additionalProperties !== undefined) {
    const why = 'must not be used if x-kubernetes-embedded-resource is set';
    errors.push(forbidden(child(path, 'additionalProperties'), why));
  }
  if (level === 'root' && type && type !== 'object') errors.push(invalid(at, type, 'must be object at the root'));
}

function checkResourceFields(schema: Schema, level: Level, path: string, errors: FieldError[]): void {
  const isResource = level === 'root' || isEmbedded(schema);
  const properties = child(path, 'properties');
  for (const name of ['kind', 'apiVersion']) {
    const property = propertyOf(schema, name);
    if (!isResource || !property || property.type === 'string') continue;
    errors.push(invalid(child(key(properties, name), 'type'), property.type ?? '', 'must be string'));
  }
  const metadata = propertyOf(schema, 'metadata');
  if (metadata) {
    const at = key(properties, 'metadata');
    if (isResource && metadata.type !== 'object') {
      errors.push(invalid(child(at, 'type'), metadata.type ?? '', 'must be object'));
    }
    if (level === 'root' && !isPlainMetadata(metadata)) {
      errors.push(
        forbidden(
          at,
          'must not specify anything other than name and generateName, but metadata is implicitly ' + 'specified',
        ),
      );
    }
  }
  if (isEmbedded(schema) && !preservesUnknown(schema) && sortedKeys(schema.properties).length === 0) {
    errors.push(required(properties, 'must not be empty if x-kubernetes-embedded-resource is true without '
      + 'x-kubernetes-preserve-unknown-fields'));
  }
}

/** Metadata at the root may say that it is an object, and restrict the name. */
function isPlainMetadata(metadata: Schema): boolean {
  const ignored = new Set(['type', 'default', 'properties', 'externalDocs', 'example']);
  if (sortedKeys(metadata).some((name) => !ignored.has(name))) return false;
  return sortedKeys(metadata.properties).every((name) => name === 'name' || name === 'generateName');
}

const intOrString: readonly Schema[] = [{ type: 'integer' }, { type: 'string' }];

/** The one place where alternatives may have types: anyOf integer and string. */
function isIntOrStringChoice(alternatives: readonly Schema[] | undefined): boolean {
  return alternatives !== undefined && alternatives.length === 2 && equal(alternatives, intOrString);
}

function checkValidation(
  schema: Schema, skipAnyOf: boolean, skipFirstAllOf: boolean, path: string, errors: FieldError[],
): void {
  if (!skipAnyOf) schema.anyOf?.forEach((one, i) => checkNested(one, false, index(child(path, 'anyOf'), i), errors));
  schema.allOf?.forEach((one, i) => {
    checkNested(one, skipFirstAllOf && i === 0, index(child(path, 'allOf'), i), errors);
  });
  schema.oneOf?.forEach((one, i) => checkNested(one, false, index(child(path, 'oneOf'), i), errors));
  if (schema.not) checkNested(schema.not, false, child(path, 'not'), errors);
  if (!schema.pattern) return;
  const pattern = compilePattern(schema.pattern);
  if (!isPatternError(pattern)) return;
  const why = `must be a valid regular expression, but isn't: ${pattern.error}`;
  errors.push(invalid(child(path, 'pattern'), schema.pattern, why));
}

/** What a schema inside allOf, anyOf, oneOf or not must leave out, with upstream's words for "left out". */
const forbiddenInside: readonly (readonly [name: keyof Schema, why: string])[] = [
  ['type', 'must be empty to be structural'],
  ['additionalProperties', 'must be undefined to be structural'],
  ['default', 'must be undefined to be structural'],
  ['title', 'must be empty to be structural'],
  ['description', 'must be empty to be structural'],
  ['nullable', 'must be false to be structural'],
  ['x-kubernetes-preserve-unknown-fields', 'must be false to be structural'],
  ['x-kubernetes-embedded-resource', 'must be false to be structural'],
  ['x-kubernetes-int-or-string', 'must be false to be structural'],
  ['x-kubernetes-list-map-keys', 'must be empty to be structural'],
  ['x-kubernetes-list-type', 'must be undefined to be structural'],
  ['x-kubernetes-map-type', 'must be undefined to be structural'],
  ['x-kubernetes-validations', 'must be empty to be structural'],
];

function checkNested(schema: Schema, skipAnyOf: boolean, path: string, errors: FieldError[]): void {
  checkValidation(schema, skipAnyOf, false, path, errors);
  const items = itemsOf(schema);
  if (items) checkNested(items, false, child(path, 'items'), errors);
  for (const name of sortedKeys(schema.properties)) {
    checkNested(propertyOf(schema, name) as Schema, false, key(child(path, 'properties'), name), errors);
  }
  for (const [name, why] of forbiddenInside) {
    const value = schema[name];
    const isSet = value !== undefined && value !== false && value !== '' && value !== null
      && !(Array.isArray(value) && value.length === 0);
    if (isSet) errors.push(forbidden(child(path, name), why));
  }
  if (propertyOf(schema, 'metadata')) {
    const why = 'must not be specified in a nested context';
    errors.push(forbidden(key(child(path, 'properties'), 'metadata'), why));
  }
}

/** Fields and items that are narrowed somewhere inside must be there outside as well. */
function checkComplete(
  narrowing: Schema, schema: Schema | undefined, path: string, at: string, errors: FieldError[],
): void {
  const inside = (one: Schema, where: string): void => checkNestedComplete(one, schema, path, where, errors);
  if (narrowing.not) inside(narrowing.not, child(at, 'not'));
  for (const name of ['allOf', 'anyOf', 'oneOf'] as const) {
    narrowing[name]?.forEach((one, i) => inside(one, index(child(at, name), i)));
  }
}

function checkNestedComplete(
  narrowing: Schema, schema: Schema | undefined, path: string, at: string, errors: FieldError[],
): void {
  if (schema === undefined) {
    errors.push(required(path, `because it is defined in ${at}`));
    return;
  }
  checkComplete(narrowing, schema, path, at, errors);
  const items = itemsOf(narrowing);
  if (items) checkNestedComplete(items, itemsOf(schema), child(path, 'items'), child(at, 'items'), errors);
  for (const name of sortedKeys(narrowing.properties)) {
    const place = key(child(path, 'properties'), name);
    const where = key(child(at, 'properties'), name);
    checkNestedComplete(propertyOf(narrowing, name) as Schema, propertyOf(schema, name), place, where, errors);
  }
}

