/**
 * OpenAPI schemas of custom resources: the schema that their author wrote, completed by the fields that every object
 * has. OpenAPI v2 can say less, so that there parts are left out rather than mistaken. Models apiextensions-apiserver's
 * pkg/controller/openapi/builder and ToStructuralOpenAPIV2.
 */
import type { AnyKind } from '../../api/kind';
import { docsOf } from '../../api/schema/docs';
import type { JSONSchemaProps } from '../../api/types';
import type { GroupVersionKind, JsonSchema, OpenApiVersion, SchemaCollection } from './schemas';

const conventions = 'https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md';

/** The OpenAPI name of a custom kind: `com.example.stable.v1.CronTab`. */
export function customName({ group, version, kind }: GroupVersionKind): string {
  return `${group.split('.').reverse().join('.')}.${version}.${kind}`;
}

/** A reference to a custom kind's schema, which is added if it is not there yet. */
export function refToCustom(kind: AnyKind, schemas: SchemaCollection, version: OpenApiVersion): JsonSchema {
  return schemas.define(customName(kind), () => customSchema(kind, schemas, version));
}

/** The same for its list. */
export function refToCustomList(kind: AnyKind, schemas: SchemaCollection, version: OpenApiVersion): JsonSchema {
  const { group, version: apiVersion, listKind } = kind;
  const itself = { group, kind: listKind, version: apiVersion };
  return schemas.define(customName(itself), () => ({
    description: `${listKind} is a list of ${kind.kind}`, type: 'object', required: ['items'],
    properties: {
      ...identity(),
      items: {
        description: `List of ${kind.plural}. More info: ${conventions}`, type: 'array',
        items: refToCustom(kind, schemas, version),
      },
      metadata: schemas.refWith(schemas.refToType('ListMeta'), {
        description: `Standard list metadata. More info: ${conventions}#types-kinds`,
      }),
    },
    'x-kubernetes-group-version-kind': [itself],
  }));
}

function identity(): Readonly<Record<string, JsonSchema>> {
  const { fields } = docsOf('APIGroup');
  const text = (name: string): JsonSchema => ({ type: 'string', description: fields.get(name)?.description ?? '' });
  return { apiVersion: text('apiVersion'), kind: text('kind') };
}

function customSchema(kind: AnyKind, schemas: SchemaCollection, version: OpenApiVersion): JsonSchema {
  const { group, version: apiVersion, kind: name, jsonSchema } = kind;
  const given = jsonSchema === undefined ? { type: 'object' } : jsonSchemaIn(jsonSchema, version);
  const metadata = schemas.refWith(schemas.refToType('ObjectMeta'), {
    description: `Standard object's metadata. More info: ${conventions}#metadata`,
  });
  // A schema without properties stays open: every field of the object is allowed.
  const open = given['properties'] === undefined && given['x-kubernetes-preserve-unknown-fields'] === true;
  return {
    ...given,
    ...(open ? {} : { properties: { ...(given['properties'] as object | undefined), ...identity(), metadata } }),
    'x-kubernetes-group-version-kind': [{ group, kind: name, version: apiVersion }],
  };
}

function jsonSchemaIn(schema: JSONSchemaProps, version: OpenApiVersion): JsonSchema {
  return version === 'v3' ? { ...schema } : structuralV2(schema);
}

/** What OpenAPI v2 has no words for. */
const onlyInV3 = new Set(['nullable', 'anyOf', 'oneOf', 'not', 'allOf', 'x-kubernetes-validations', 'default']);

function structuralV2(schema: JSONSchemaProps): JsonSchema {
  const kept = Object.entries(schema).filter(([name]) => !onlyInV3.has(name));
  const out: Record<string, unknown> = Object.fromEntries(kept);
  if (schema.nullable === true || schema['x-kubernetes-preserve-unknown-fields'] === true
    || schema['x-kubernetes-int-or-string'] === true) {
    // kubectl would take the type at its word and refuse what the server accepts.
    for (const name of ['type', 'items', 'properties', 'additionalProperties']) delete out[name];
    return out;
  }
  if (schema.properties !== undefined) {
    out['properties'] = Object.fromEntries(
      Object.entries(schema.properties).map(([name, property]) => [name, structuralV2(property)]));
  }
  for (const name of ['items', 'additionalProperties'] as const) {
    const inner = schema[name];
    if (typeof inner === 'object' && inner !== null) out[name] = structuralV2(inner as JSONSchemaProps);
  }
  return out;
}
