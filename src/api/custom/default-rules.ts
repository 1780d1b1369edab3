/**
 * Whether the defaults of a schema are valid themselves: without unknown fields, of the right type, and within the rules
 * of the schema that they belong to. Models ValidateDefaults of apiextensions-apiserver's
 * pkg/apiserver/schema/defaulting.
 */
import { equal, sortedKeys } from '../../base/freeze';
import { child, type FieldError, invalid, key } from '../field-errors';
import { embeddedErrors } from './embedded';
import { pruneValue } from './prune';
import { ruleErrorsOfValue } from './rules';
import { defaultOf, isEmbedded, isObject, itemsOf, propertyOf, type Schema, typeMetaFields } from './structural';
import { valueErrors } from './value-validation';

/** Errors of every default in a resource's schema. */
export function defaultErrors(schema: Schema, path: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  walk(schema, path, true, false, errors);
  return errors;
}

function walk(schema: Schema, path: string, isResource: boolean, insideMeta: boolean, errors: FieldError[]): void {
  const value = defaultOf(schema);
  if (value !== undefined) checkDefault(value, schema, child(path, 'default'), isResource, insideMeta, errors);
  // Defaults inside additionalProperties are not followed, as upstream does not.
  const items = itemsOf(schema);
  if (items) walk(items, child(path, 'items'), isEmbedded(items), insideMeta, errors);
  for (const name of sortedKeys(schema.properties)) {
    const property = propertyOf(schema, name) as Schema;
    const inside = isResource && typeMetaFields.has(name) ? true : isResource ? false : insideMeta;
    walk(property, key(child(path, 'properties'), name), isEmbedded(property), inside, errors);
  }
}

function checkDefault(
  value: unknown, schema: Schema, path: string, isResource: boolean, insideMeta: boolean, errors: FieldError[],
): void {
  if (!insideMeta && !equal(pruneValue(value, schema, isResource), value)) {
    errors.push(invalid(path, value, 'must not have unknown fields'));
  }
  const inside = isObject(value) ? embeddedErrors(value, schema) : [];
  if (inside.length > 0) {
    errors.push(...inside.map((error) => ({ ...error, field: child(path, error.field) })));
    return;
  }
  const found = valueErrors(value, schema, path);
  errors.push(...(found.length > 0 ? found : ruleErrorsOfValue(value, schema, path)));
}
