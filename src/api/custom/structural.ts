/**
 * Reading a custom resource's OpenAPI v3 schema: which schema stands behind a property, an item or a map value, and
 * whether a value keeps fields that the schema does not know. The schema stays the plain data that its author wrote;
 * nothing is compiled in advance, so that a definition of 500 KB costs only what requests look at. Models
 * apiextensions-apiserver's pkg/apiserver/schema Structural.
 */
import type { JSONSchemaProps, ValidationRule } from '../types';

export type Schema = JSONSchemaProps;
export type PlainObject = Readonly<Record<string, unknown>>;

/** Whether a value is a JSON object. */
export function isObject(value: unknown): value is PlainObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A property of a record that is its own, whatever its name. */
export function ownValue<T>(record: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined;
}

/** The schema of a named property. */
export function propertyOf(schema: Schema, name: string): Schema | undefined {
  return ownValue(schema.properties, name);
}

/** The schema of list items; a list of schemas is refused by validation and counts as none here. */
export function itemsOf(schema: Schema): Schema | undefined {
  return isObject(schema.items) ? schema.items as Schema : undefined;
}

/** The schema of the values of a map. */
export function valuesOf(schema: Schema): Schema | undefined {
  return isObject(schema.additionalProperties) ? schema.additionalProperties as Schema : undefined;
}

/** Whether the object is a map: additionalProperties is a schema or true. */
export function isMapSchema(schema: Schema): boolean {
  return schema.additionalProperties === true || isObject(schema.additionalProperties);
}

export function preservesUnknown(schema: Schema): boolean {
  return schema['x-kubernetes-preserve-unknown-fields'] === true;
}

export function isEmbedded(schema: Schema): boolean {
  return schema['x-kubernetes-embedded-resource'] === true;
}

export function isIntOrString(schema: Schema): boolean {
  return schema['x-kubernetes-int-or-string'] === true;
}

export function rulesOf(schema: Schema): readonly ValidationRule[] {
  return schema['x-kubernetes-validations'] ?? [];
}

/** The default, as the schema has it; a default of null counts as none, as upstream's pointer to JSON does. */
export function defaultOf(schema: Schema): unknown {
  return schema.default === null ? undefined : schema.default;
}

/** The fields that every resource has, whatever its schema says. */
export const typeMetaFields: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata']);

const textSchema: Schema = Object.freeze({ type: 'string' });
const metadataSchema: Schema = Object.freeze({
  type: 'object', properties: Object.freeze({ name: textSchema, generateName: textSchema }),
});
const complete = new WeakMap<Schema, Schema>();

/** A resource's schema with apiVersion, kind and metadata, which authors may leave out: WithTypeAndObjectMeta. */
export function withTypeMeta(schema: Schema): Schema {
  let made = complete.get(schema);
  if (made === undefined) {
    const properties = { ...schema.properties, apiVersion: textSchema, kind: textSchema, metadata: metadataSchema };
    made = Object.freeze({ ...schema, properties: Object.freeze(properties) });
    complete.set(schema, made);
  }
  return made;
}

/** Calls `visit` for the schema and every schema inside it, until one answers true. */
export function someSchema(schema: unknown, visit: (schema: Schema) => boolean): boolean {
  if (!isObject(schema)) return false;
  const node = schema as Schema;
  if (visit(node)) return true;
  const one = (child: unknown): boolean => someSchema(child, visit);
  const many = (children: unknown): boolean =>
    (Array.isArray(children) ? children : isObject(children) ? Object.values(children) : []).some(one);
  return (Array.isArray(node.items) ? many(node.items) : one(node.items)) || many(node.allOf) || many(node.anyOf)
    || many(node.oneOf) || one(node.not) || many(node.properties) || one(node.additionalProperties)
    || many(node.patternProperties) || one(node.additionalItems) || many(node.definitions) || many(node.dependencies);
}
