/**
 * A custom resource's schema as the type model that field ownership and merging work with: lists with their types and
 * keys, maps, atomic objects. What the schema does not describe is one value as a whole. Made on demand, one object at
 * a time. Models the typed schemas that apiextensions-apiserver builds for server-side apply (structured-merge-diff).
 */
import { typeOf } from '../schema/schema';
import type { FieldType, ObjectType, Scalar, SchemaField } from '../schema/schema';
import { isEmbedded, isIntOrString, itemsOf, preservesUnknown, propertyOf, type Schema, valuesOf } from './structural';

const types = new WeakMap<Schema, ObjectType>();

/** The type of a resource with this schema; apiVersion, kind and metadata are always there. */
export function resourceType(kind: string, schema: Schema): ObjectType {
  return objectType(schema, kind, true);
}

function objectType(schema: Schema, name: string, isResource: boolean): ObjectType {
  let type = types.get(schema);
  if (type === undefined) {
    type = new CustomType(schema, name, isResource);
    types.set(schema, type);
  }
  return type;
}

/** An object type whose fields are worked out when somebody asks for them. */
class CustomType implements ObjectType {
  readonly packageName = '';
  readonly plainName: string;
  readonly atomic: boolean;
  readonly preserveUnknownFields: boolean;
  private known: ReadonlyMap<string, SchemaField> | undefined;

  constructor(private readonly schema: Schema, readonly name: string, private readonly isResource: boolean) {
    this.plainName = name;
    this.atomic = schema['x-kubernetes-map-type'] === 'atomic';
    this.preserveUnknownFields = preservesUnknown(schema);
  }

  get fields(): ReadonlyMap<string, SchemaField> {
    return this.known ??= this.readFields();
  }

  private readFields(): ReadonlyMap<string, SchemaField> {
    const fields = new Map<string, SchemaField>();
    if (this.isResource) {
      const meta = typeOf('ObjectMeta');
      for (const name of ['apiVersion', 'kind']) {
        fields.set(name, { name, type: { form: 'scalar', scalar: 'string' }, required: false });
      }
      fields.set('metadata', { name: 'metadata', type: { form: 'ref', name: meta.name }, required: false });
    }
    for (const name of Object.keys(this.schema.properties ?? {})) {
      if (fields.has(name)) continue;
      fields.set(name, fieldOf(name, propertyOf(this.schema, name) as Schema, this.name));
    }
    return fields;
  }
}

function fieldOf(name: string, schema: Schema, parent: string): SchemaField {
  const type = fieldType(schema, `${parent}.${name}`);
  const listType = schema['x-kubernetes-list-type'] as SchemaField['listType'];
  const mapType = schema['x-kubernetes-map-type'] as SchemaField['mapType'];
  const mapKeys = schema['x-kubernetes-list-map-keys'];
  return {
    name, type, required: false,
    ...(type.form === 'list' && listType ? { listType } : {}),
    ...(listType === 'map' && mapKeys ? { mapKeys } : {}),
    ...(mapType ? { mapType } : {}),
    ...(schema.default === undefined ? {} : { default: schema.default }),
  };
}

function fieldType(schema: Schema, name: string): FieldType {
  if (isIntOrString(schema)) return scalar('intOrString');
  switch (schema.type) {
    case 'string': return scalar('string');
    case 'boolean': return scalar('bool');
    case 'integer': return scalar(schema.format === 'int32' ? 'int32' : 'int64');
    case 'number': return scalar('double');
    case 'array': {
      const items = itemsOf(schema);
      return { form: 'list', item: items ? fieldType(items, name) : scalar('any') };
    }
    case 'object': {
      const values = schema.properties === undefined ? valuesOf(schema) : undefined;
      if (values) return { form: 'map', value: fieldType(values, name) };
      if (schema.properties === undefined && schema.additionalProperties === true) {
        return { form: 'map', value: scalar('any') };
      }
      return { form: 'object', type: objectType(schema, name, isEmbedded(schema)) };
    }
    default: return scalar('any');
  }
}

function scalar(name: Scalar): FieldType {
  return { form: 'scalar', scalar: name };
}
