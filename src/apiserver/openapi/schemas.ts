/**
 * Types of the schema table as JSON schemas, each under its OpenAPI name, together with everything they refer to. The
 * two versions of OpenAPI differ in how they refer to a schema and in what they can say of alternatives. Models
 * kube-openapi's builders with the vendor extensions that kubectl reads: how lists merge, and which kind a type is.
 */
import { docsOf, type FieldDocs } from '../../api/schema/docs';
import { type FieldType, type ObjectType, type Scalar, type SchemaField, typeOf } from '../../api/schema/schema';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** Which OpenAPI a document is in. */
export type OpenApiVersion = 'v2' | 'v3';

/** A kind as x-kubernetes-group-version-kind names it. */
export interface GroupVersionKind {
  readonly group: string;
  readonly kind: string;
  readonly version: string;
}

const metaPackage = 'io.k8s.apimachinery.pkg.apis.meta.v1';
const extensionsPackage = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1';

/** OpenAPI names of what the schema table treats as scalars. */
const namedScalars: Readonly<Partial<Record<Scalar, string>>> = {
  quantity: 'io.k8s.apimachinery.pkg.api.resource.Quantity',
  intOrString: 'io.k8s.apimachinery.pkg.util.intstr.IntOrString',
  time: `${metaPackage}.Time`,
  microTime: `${metaPackage}.MicroTime`,
  rawExtension: 'io.k8s.apimachinery.pkg.runtime.RawExtension',
};

/** OpenAPI names of the fields that hold anything. */
const freeForms: Readonly<Record<string, string>> = {
  'ManagedFieldsEntry.fieldsV1': `${metaPackage}.FieldsV1`,
  'JSONSchemaProps.additionalItems': `${extensionsPackage}.JSONSchemaPropsOrBool`,
  'JSONSchemaProps.additionalProperties': `${extensionsPackage}.JSONSchemaPropsOrBool`,
  'JSONSchemaProps.items': `${extensionsPackage}.JSONSchemaPropsOrArray`,
  'JSONSchemaProps.default': `${extensionsPackage}.JSON`,
  'JSONSchemaProps.example': `${extensionsPackage}.JSON`,
  'JSONSchemaProps.enum': `${extensionsPackage}.JSON`,
  'JSONSchemaProps.dependencies': `${extensionsPackage}.JSONSchemaPropsOrStringArray`,
};

const plainSchemas: Readonly<Record<string, JsonSchema>> = {
  Time: { type: 'string', format: 'date-time' },
  MicroTime: { type: 'string', format: 'date-time' },
  RawExtension: { type: 'object' },
  FieldsV1: { type: 'object' },
  Patch: { type: 'object' },
};

const alternatives: Readonly<Record<OpenApiVersion, Readonly<Record<string, JsonSchema>>>> = {
  v2: { Quantity: { type: 'string' }, IntOrString: { type: 'string', format: 'int-or-string' } },
  v3: {
    Quantity: { oneOf: [{ type: 'string' }, { type: 'number' }] },
    IntOrString: { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] },
  },
};

const scalarSchemas: Readonly<Partial<Record<Scalar, JsonSchema>>> = {
  string: { type: 'string' },
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
  bool: { type: 'boolean' },
  double: { type: 'number', format: 'double' },
  bytes: { type: 'string', format: 'byte' },
};

const scalarDefaults: Readonly<Partial<Record<Scalar, unknown>>> =
  { string: '', int32: 0, int64: 0, bool: false, double: 0 };

/** The OpenAPI name of a type. */
export function openApiName(type: ObjectType): string {
  return `${type.packageName}.${type.plainName}`;
}

/** Collects schemas by name; what is referred to comes along. */
export class SchemaCollection {
  private readonly schemas = new Map<string, JsonSchema>();
  private readonly prefix: string;

  /** `kindsOf` says which kinds a type of the table is served as. */
  constructor(
    private readonly version: OpenApiVersion,
    private readonly kindsOf: (typeName: string) => readonly GroupVersionKind[],
  ) {
    this.prefix = version === 'v2' ? '#/definitions/' : '#/components/schemas/';
  }

  /** All schemas by name, in alphabetical order. */
  all(): Readonly<Record<string, JsonSchema>> {
    return Object.fromEntries([...this.schemas].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** A reference to a type of the schema table. */
  refToType(typeName: string): JsonSchema {
    return this.refTo(typeOf(typeName));
  }

  refTo(type: ObjectType): JsonSchema {
    const name = openApiName(type);
    this.define(name, () => this.schemaOf(type));
    return this.ref(name);
  }

  /** A reference to one of the names beside the table: Quantity, Time, Patch, Info. */
  refToNamed(name: string): JsonSchema {
    this.define(name, () => this.namedSchema(name));
    return this.ref(name);
  }

  /** Adds a schema that is made elsewhere, such as a custom resource's. */
  define(name: string, make: () => JsonSchema): JsonSchema {
    if (!this.schemas.has(name)) {
      this.schemas.set(name, {}); // so that a type that refers to itself ends
      this.schemas.set(name, make());
    }
    return this.ref(name);
  }

  /** A reference with a description or a default beside it. */
  refWith(ref: JsonSchema, beside: JsonSchema): JsonSchema {
    if (Object.keys(beside).length === 0) return ref;
    // OpenAPI v3 ignores whatever stands beside a reference, so that it has to be wrapped.
    return this.version === 'v2' ? { ...beside, ...ref } : { allOf: [ref], ...beside };
  }

  private ref(name: string): JsonSchema {
    return { $ref: this.prefix + name };
  }

  private namedSchema(name: string): JsonSchema {
    const plain = name.slice(name.lastIndexOf('.') + 1);
    const { description } = docsOf(plain);
    return withDescription(description, plainSchemas[plain] ?? alternatives[this.version][plain] ?? {});
  }

  private schemaOf(type: ObjectType): JsonSchema {
    const { description, fields: docs } = docsOf(type.name);
    const fields = [...type.fields.values()];
    const properties = fields.map((field): [string, JsonSchema] => [field.name, this.fieldSchema(type, field, docs)]);
    const required = fields.filter((field) => field.required).map(({ name }) => name);
    const kinds = this.kindsOf(type.name);
    return withDescription(description, {
      type: 'object',
      ...(required.length === 0 ? {} : { required }),
      ...(properties.length === 0 ? {} : { properties: Object.fromEntries(properties) }),
      ...(kinds.length === 0 ? {} : { 'x-kubernetes-group-version-kind': kinds }),
      ...(type.atomic ? { 'x-kubernetes-map-type': 'atomic' } : {}),
    });
  }

  private fieldSchema(type: ObjectType, field: SchemaField, docs: ReadonlyMap<string, FieldDocs>): JsonSchema {
    const isIdentity = type.fields.has('apiVersion') && (field.name === 'apiVersion' || field.name === 'kind');
    const known = docs.get(field.name) ?? (isIdentity ? docsOf('APIGroup').fields.get(field.name) : undefined);
    const values = known === undefined || known.values.length === 0 ? undefined : known.values;
    const description = known?.description;
    const extensions = mergeExtensions(field);
    const schema = this.typeSchema(field.type, `${type.name}.${field.name}`, values);
    const fallback = defaultOf(field);
    const beside = {
      ...(description ? { description } : {}), ...(fallback === undefined ? {} : { default: fallback }), ...extensions,
    };
    return '$ref' in schema ? this.refWith(schema, beside) : { ...beside, ...schema };
  }

  private typeSchema(type: FieldType, place: string, values: readonly string[] | undefined): JsonSchema {
    switch (type.form) {
      case 'ref':
        return this.refToType(type.name);
      case 'object':
        return this.refTo(type.type);
      case 'list':
        return { type: 'array', items: this.elementSchema(type.item, place, values) };
      case 'map':
        return { type: 'object', additionalProperties: this.elementSchema(type.value, place, values) };
      case 'scalar':
        return this.scalarSchema(type.scalar, place, values);
    }
  }

  private elementSchema(type: FieldType, place: string, values: readonly string[] | undefined): JsonSchema {
    const schema = this.typeSchema(type, place, values);
    if ('$ref' in schema) return type.form === 'ref' ? this.refWith(schema, { default: {} }) : schema;
    const fallback = type.form === 'scalar' ? scalarDefaults[type.scalar] : undefined;
    return fallback === undefined || values !== undefined ? schema : { default: fallback, ...schema };
  }

  private scalarSchema(scalar: Scalar, place: string, values: readonly string[] | undefined): JsonSchema {
    const named = namedScalars[scalar] ?? freeForms[place];
    if (named !== undefined) return this.refToNamed(named);
    const schema = scalarSchemas[scalar] ?? { type: 'object' };
    return values === undefined ? schema : { ...schema, enum: values };
  }
}

function withDescription(description: string, schema: JsonSchema): JsonSchema {
  return description === '' ? schema : { description, ...schema };
}

/** What the schema says of a value that is not given. Required fields have Go's zero value. */
function defaultOf({ name, type, required, default: given }: SchemaField): unknown {
  if (given !== undefined) return given;
  if (type.form === 'ref') return required || name === 'metadata' || name === 'status' ? {} : undefined;
  return required && type.form === 'scalar' ? scalarDefaults[type.scalar] : undefined;
}

function mergeExtensions(field: SchemaField): JsonSchema {
  return {
    ...(field.mapKeys === undefined ? {} : { 'x-kubernetes-list-map-keys': field.mapKeys }),
    ...(field.listType === undefined ? {} : { 'x-kubernetes-list-type': field.listType }),
    ...(field.mapType === undefined ? {} : { 'x-kubernetes-map-type': field.mapType }),
    ...(field.patchMergeKey === undefined ? {} : { 'x-kubernetes-patch-merge-key': field.patchMergeKey }),
    ...(field.patchStrategy === undefined ? {} : { 'x-kubernetes-patch-strategy': field.patchStrategy.join(',') }),
  };
}
