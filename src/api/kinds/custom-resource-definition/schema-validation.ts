/**
 * Validation of the OpenAPI v3 schema of one version of a CustomResourceDefinition: what OpenAPI allows and Kubernetes
 * does not, the rules of list and map types, and the form of x-kubernetes-validations. Whether the schema is structural
 * and its defaults valid is checked first; the rules themselves are compiled only in a schema that is sound. Models
 * ValidateCustomResourceDefinitionOpenAPISchema of apiextensions-apiserver's pkg/apis/apiextensions/validation; a schema
 * that has always been wrong in some way is not let through on updates, since none can be stored here.
 */
import { sortedKeys } from '../../../base/freeze';
import { defaultErrors } from '../../custom/default-rules';
import { validFieldPath } from '../../custom/field-path';
import { RuleCosts } from '../../custom/rule-costs';
import { ruleCompileErrors } from '../../custom/rule-checks';
import { isEmbedded, isObject, itemsOf, propertyOf, rulesOf, type Schema } from '../../custom/structural';
import { structuralErrors } from '../../custom/structural-rules';
import { child, type FieldError, forbidden, index, invalid, key, notSupported, required } from '../../field-errors';
import type { CustomResourceDefinitionSpec, CustomResourceDefinitionVersion, ValidationRule } from '../../types';

/** What an update lets pass that a new definition may not have. */
export interface SchemaOptions {
  /** Versions whose schema is as it was: the cost of their rules was accepted before. */
  readonly unchanged?: ReadonlySet<string>;
  readonly oldSpec?: CustomResourceDefinitionSpec;
}

const types = ['array', 'boolean', 'integer', 'number', 'object', 'string'];
const reasons = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired'];

/** Go's fields of JSONSchemaProps in their order, with the JSON names of those that are not the name in lower case. */
const goFields: readonly (readonly [go: string, json: keyof Schema])[] = [
  ['ID', 'id'], ['Schema', '$schema'], ['Ref', '$ref'], ['Description', 'description'], ['Type', 'type'],
  ['Nullable', 'nullable'], ['Format', 'format'], ['Title', 'title'], ['Default', 'default'], ['Maximum', 'maximum'],
  ['ExclusiveMaximum', 'exclusiveMaximum'], ['Minimum', 'minimum'], ['ExclusiveMinimum', 'exclusiveMinimum'],
  ['MaxLength', 'maxLength'], ['MinLength', 'minLength'], ['Pattern', 'pattern'], ['MaxItems', 'maxItems'],
  ['MinItems', 'minItems'], ['UniqueItems', 'uniqueItems'], ['MultipleOf', 'multipleOf'], ['Enum', 'enum'],
  ['MaxProperties', 'maxProperties'], ['MinProperties', 'minProperties'], ['Required', 'required'], ['Items', 'items'],
  ['AllOf', 'allOf'], ['OneOf', 'oneOf'], ['AnyOf', 'anyOf'], ['Not', 'not'], ['Properties', 'properties'],
  ['AdditionalProperties', 'additionalProperties'], ['PatternProperties', 'patternProperties'],
  ['Dependencies', 'dependencies'], ['AdditionalItems', 'additionalItems'], ['Definitions', 'definitions'],
  ['ExternalDocs', 'externalDocs'], ['Example', 'example'],
  ['XPreserveUnknownFields', 'x-kubernetes-preserve-unknown-fields'],
  ['XEmbeddedResource', 'x-kubernetes-embedded-resource'], ['XIntOrString', 'x-kubernetes-int-or-string'],
  ['XListMapKeys', 'x-kubernetes-list-map-keys'], ['XListType', 'x-kubernetes-list-type'],
  ['XMapType', 'x-kubernetes-map-type'], ['XValidations', 'x-kubernetes-validations'],
];
const allowedAtRoot = [
  'Description', 'Type', 'Format', 'Title', 'Maximum', 'ExclusiveMaximum', 'Minimum', 'ExclusiveMinimum', 'MaxLength',
  'MinLength', 'Pattern', 'MaxItems', 'MinItems', 'UniqueItems', 'MultipleOf', 'Required', 'Items', 'Properties',
  'ExternalDocs', 'Example', 'XPreserveUnknownFields', 'XValidations',
];

/** Errors of a version's schema; `path` is that of the validation, to which `openAPIV3Schema` is added. */
export function versionSchemaErrors(
  version: CustomResourceDefinitionVersion, path: string, withStatus: boolean, options: SchemaOptions,
): readonly FieldError[] {
  const schema = version.schema?.openAPIV3Schema;
  if (schema === undefined) return [];
  const at = child(path, 'openAPIV3Schema');
  const errors: FieldError[] = [];
  if (withStatus) checkRootFields(schema, at, errors);
  if (schema.nullable) errors.push(forbidden(child(at, 'nullable'), 'nullable cannot be true at the root'));
  const structural = structuralErrors(schema, at);
  const found = structural.length > 0 ? structural : defaultErrors(schema, at);
  errors.push(...found);
  const costs = options.unchanged?.has(version.name) ? undefined : new RuleCosts();
  const walk = new SchemaWalk(found.length === 0, costs);
  walk.check(schema, at, { isRoot: true, insideMeta: false, cardinality: 1 });
  errors.push(...walk.schemaErrors, ...walk.ruleErrors);
  if (costs) errors.push(...costs.totalErrors(at));
  return errors;
}

function checkRootFields(schema: Schema, path: string, errors: FieldError[]): void {
  for (const [go, json] of goFields) {
    const value = schema[json];
    if (value === undefined || value === false || value === '' || value === 0) continue;
    if (go === 'Type') {
      if (value === 'object') continue;
      const why = 'only "object" is allowed as the type at the root of the schema if the status subresource is enabled';
      errors.push(invalid(child(path, 'type'), value, why));
      return;
    }
    if (allowedAtRoot.includes(go)) continue;
    errors.push(
      invalid(
        path,
        schema,
        `only [${allowedAtRoot.join(' ')}] fields are allowed at the root of the schema if ` +
          'the status subresource is enabled',
      ),
    );
    return;
  }
}

/** Where the walk stands. */
interface Context {
  readonly isRoot: boolean;
  /** Inside apiVersion, kind or metadata of a resource. */
  readonly insideMeta: boolean;
  /** Set where defaults are not allowed: the end of the sentence that says why. */
  readonly noDefaults?: string;
  /** The place in which old and new values cannot be matched, so that rules cannot use oldSelf. */
  readonly uncorrelatable?: string;
  /** Inside allOf, anyOf, oneOf or not, where no rules are compiled. */
  readonly nested?: boolean;
  /** How often a value of this schema can occur; undefined without a bound. */
  readonly cardinality?: number;
}

class SchemaWalk {
  readonly schemaErrors: FieldError[] = [];
  readonly ruleErrors: FieldError[] = [];

  constructor(private readonly sound: boolean, private readonly costs: RuleCosts | undefined) {}

  check(schema: Schema, path: string, context: Context): void {
    const before = this.schemaErrors.length;
    this.checkSupported(schema, path, context);
    if (schema.uniqueItems) {
      this.forbid(
        path,
        'uniqueItems',
        'uniqueItems cannot be set to true since the runtime complexity becomes quadratic',
      );
    }
    this.checkChildren(schema, path, context);
    this.checkMapType(schema, path);
    this.checkListType(schema, path);
    if (schema['x-kubernetes-preserve-unknown-fields'] === false) {
      this.add(invalid(child(path, 'x-kubernetes-preserve-unknown-fields'), false, 'must be true or undefined'));
    }
    const rules = rulesOf(schema);
    if (rules.length === 0) return;
    const rulesPath = child(path, 'x-kubernetes-validations');
    rules.forEach((rule, i) => this.checkRuleForm(rule, schema, index(rulesPath, i)));
    if (!this.sound || context.nested || this.schemaErrors.length > before) return;
    const isResource = context.isRoot || isEmbedded(schema);
    this.ruleErrors.push(...ruleCompileErrors(schema, rulesPath, {
      isResource, uncorrelatable: context.uncorrelatable, cardinality: context.cardinality, costs: this.costs,
    }));
  }

  private add(error: FieldError): void {
    this.schemaErrors.push(error);
  }

  private forbid(path: string, name: string, why: string): void {
    this.add(forbidden(child(path, name), why));
  }

  private checkSupported(schema: Schema, path: string, context: Context): void {
    const { type } = schema;
    if (type && !types.includes(type)) this.add(notSupported(child(path, 'type'), type, types));
    if (schema.default !== undefined && schema.default !== null && context.noDefaults !== undefined) {
      this.forbid(path, 'default', `must not be set${context.noDefaults === '' ? '' : ` ${context.noDefaults}`}`);
    }
    if (schema.id) this.forbid(path, 'id', 'id is not supported');
    if (schema.additionalItems !== undefined) this.forbid(path, 'additionalItems', 'additionalItems is not supported');
    for (const name of ['patternProperties', 'definitions'] as const) {
      if (sortedKeys(schema[name]).length > 0) this.forbid(path, name, `${name} is not supported`);
    }
    if (schema.dependencies !== undefined) this.forbid(path, 'dependencies', 'dependencies is not supported');
    if (schema.$ref !== undefined) this.forbid(path, '$ref', '$ref is not supported');
    if (type === 'null') this.forbid(path, 'type', 'type cannot be set to null, use nullable as an alternative');
    if (Array.isArray(schema.items) && schema.items.length > 0) {
      this.forbid(path, 'items', 'items must be a schema object and not an array');
    }
    if (context.insideMeta && isEmbedded(schema)) {
      this.forbid(path, 'x-kubernetes-embedded-resource', 'must not be used inside of resource meta');
    }
  }

  private checkChildren(schema: Schema, path: string, context: Context): void {
    const inside: Context = { ...context, isRoot: false };
    const { additionalProperties } = schema;
    if (additionalProperties !== undefined) {
      if (sortedKeys(schema.properties).length > 0 && additionalProperties !== true) {
        const why = 'additionalProperties and properties are mutual exclusive';
        this.forbid(path, 'additionalProperties', why);
      }
      if (isObject(additionalProperties)) {
        const noDefaults = context.insideMeta
          ? 'inside additionalProperties applying to object metadata'
          : context.noDefaults;
        const cardinality = bounded(context.cardinality, schema.maxProperties);
        const next: Context =
          noDefaults === undefined ? { ...inside, cardinality } : { ...inside, noDefaults, cardinality };
        this.check(additionalProperties as Schema, child(path, 'additionalProperties'), next);
      }
    }
    this.checkProperties(schema, path, context, inside);
    const nested: Context = { ...inside, nested: true };
    if (schema.not) this.check(schema.not, child(path, 'not'), nested);
    for (const name of ['allOf', 'oneOf', 'anyOf'] as const) {
      schema[name]?.forEach((one, i) => this.check(one, index(child(path, name), i), nested));
    }
    const items = itemsOf(schema);
    if (items === undefined) return;
    const matched = schema['x-kubernetes-list-type'] === 'map';
    const uncorrelatable = context.uncorrelatable ?? (matched ? undefined : path);
    const cardinality = bounded(context.cardinality, schema.maxItems);
    this.check(items, child(path, 'items'), { ...inside, uncorrelatable, cardinality });
  }

  private checkProperties(schema: Schema, path: string, context: Context, inside: Context): void {
    const isResource = context.isRoot || isEmbedded(schema);
    const atomic = schema['x-kubernetes-map-type'] === 'atomic';
    for (const name of sortedKeys(schema.properties)) {
      let next: Context = atomic && inside.uncorrelatable === undefined ? { ...inside, uncorrelatable: path } : inside;
      if (isResource && ['metadata', 'kind', 'apiVersion'].includes(name)) {
        next = { ...next, insideMeta: true, ...(context.isRoot ? { noDefaults: `in top-level ${name}` } : {}) };
      }
      this.check(propertyOf(schema, name) as Schema, key(child(path, 'properties'), name), next);
    }
  }

  private checkMapType(schema: Schema, path: string): void {
    const mapType = schema['x-kubernetes-map-type'];
    if (mapType === undefined) return;
    if (schema.type !== 'object') {
      const why = 'must be object if x-kubernetes-map-type is specified';
      this.add(schema.type ? invalid(child(path, 'type'), schema.type, why) : required(child(path, 'type'), why));
    }
    if (mapType !== 'atomic' && mapType !== 'granular') {
      this.add(notSupported(child(path, 'x-kubernetes-map-type'), mapType, ['atomic', 'granular']));
    }
  }

  private checkListType(schema: Schema, path: string): void {
    const listType = schema['x-kubernetes-list-type'];
    const keys = schema['x-kubernetes-list-map-keys'] ?? [];
    const listTypePath = child(path, 'x-kubernetes-list-type');
    const items = itemsOf(schema);
    if (listType !== undefined && schema.type !== 'array') {
      const why = 'must be array if x-kubernetes-list-type is specified';
      this.add(schema.type ? invalid(child(path, 'type'), schema.type, why) : required(child(path, 'type'), why));
    } else if (listType === 'set' && items) {
      this.checkSetItems(items, child(path, 'items'));
    }
    if (listType !== undefined && !['atomic', 'set', 'map'].includes(listType)) {
      this.add(notSupported(listTypePath, listType, ['atomic', 'set', 'map']));
    }
    if (keys.length > 0 && listType !== 'map') {
      const why = 'must be map if x-kubernetes-list-map-keys is non-empty';
      this.add(listType === undefined ? required(listTypePath, why) : invalid(listTypePath, listType, why));
    }
    if (listType === 'map') this.checkListMap(schema, keys, path);
    if ((listType === 'map' || listType === 'set') && items?.nullable) {
      this.forbid(child(path, 'items'), 'nullable', `cannot be nullable when x-kubernetes-list-type is ${listType}`);
    }
    if (listType === 'map' && items) this.checkKeyFields(items, keys, path);
  }

  private checkSetItems(items: Schema, path: string): void {
    const why = 'must be atomic as item of a list with x-kubernetes-list-type=set';
    const listType = items['x-kubernetes-list-type'];
    if (items.type === 'array' && listType !== undefined && listType !== 'atomic') {
      this.add(invalid(child(path, 'x-kubernetes-list-type'), listType, why));
    } else if (items.type === 'object' && items['x-kubernetes-map-type'] !== 'atomic') {
      this.add(invalid(child(path, 'x-kubernetes-map-type'), listType, why));
    }
  }

  private checkListMap(schema: Schema, keys: readonly string[], path: string): void {
    const keysPath = child(path, 'x-kubernetes-list-map-keys');
    const itemsPath = child(path, 'items');
    const items = itemsOf(schema);
    if (keys.length === 0) this.add(required(keysPath, 'must not be empty if x-kubernetes-list-type is map'));
    if (schema.items === undefined) {
      this.add(required(itemsPath, 'must have a schema if x-kubernetes-list-type is map'));
    } else if (items === undefined) {
      this.add(invalid(itemsPath, schema.items, 'must only have a single schema if x-kubernetes-list-type is map'));
    } else if (items.type !== 'object') {
      const why = "must be object if parent array's x-kubernetes-list-type is map";
      this.add(invalid(child(itemsPath, 'type'), items.type ?? '', why));
    } else {
      keys.forEach((name, i) => {
        const property = propertyOf(items, name);
        if (property === undefined) {
          this.add(invalid(keysPath, keys, 'entries must all be names of item properties'));
        } else if (property.type === 'array' || property.type === 'object') {
          const at = child(key(child(itemsPath, 'properties'), name), 'type');
          this.add(invalid(at, items.type, "must be a scalar type if parent array's x-kubernetes-list-type is map"));
        }
        if (keys.indexOf(name) < i) this.add(invalid(keysPath, keys, 'must not contain duplicate entries'));
      });
    }
  }

  private checkKeyFields(items: Schema, keys: readonly string[], path: string): void {
    for (const name of keys) {
      const property = propertyOf(items, name);
      if (property === undefined) continue;
      const at = key(child(path, 'items', 'properties'), name);
      const what = 'this property is in x-kubernetes-list-map-keys, so it';
      if (!items.required?.includes(name) && (property.default === undefined || property.default === null)) {
        this.add(required(child(at, 'default'), `${what} must have a default or be a required property`));
      }
      if (property.nullable) this.forbid(at, 'nullable', `${what} cannot be nullable`);
    }
  }

  private checkRuleForm(rule: ValidationRule, schema: Schema, path: string): void {
    const text = (rule.rule ?? '').trim();
    const message = (rule.message ?? '').trim();
    const hasBreaks = (value: string): boolean => /[\n\r]/.test(value);
    const messagePath = child(path, 'message');
    if (text === '') this.add(required(child(path, 'rule'), 'rule is not specified'));
    else if (rule.message && message === '') {
      this.add(invalid(messagePath, rule.message, 'message must be non-empty if specified'));
    } else if (hasBreaks(message)) {
      this.add(invalid(messagePath, rule.message, 'message must not contain line breaks'));
    } else if (hasBreaks(text) && message === '') {
      this.add(required(messagePath, 'message must be specified if rule contains line breaks'));
    }
    if (rule.messageExpression && rule.messageExpression.trim() === '') {
      this.add(required(child(path, 'messageExpression'), 'messageExpression must be non-empty if specified'));
    }
    if (rule.reason !== undefined && !reasons.includes(rule.reason)) {
      this.add(notSupported(child(path, 'reason'), rule.reason, reasons));
    }
    if (!rule.fieldPath) return;
    const fieldPath = child(path, 'fieldPath');
    if (rule.fieldPath.trim() === '') {
      this.add(invalid(fieldPath, rule.fieldPath, 'fieldPath must be non-empty if specified'));
    }
    if (rule.fieldPath.includes('\n')) {
      this.add(invalid(fieldPath, rule.fieldPath, 'fieldPath must not contain line breaks'));
    }
    if ('error' in validFieldPath(rule.fieldPath, schema)) {
      this.add(invalid(fieldPath, rule.fieldPath, 'fieldPath must be a valid path'));
    }
  }
}

/** How often a value occurs in lists or maps of lists: undefined once any of them has no bound. */
function bounded(outer: number | undefined, most: number | undefined): number | undefined {
  return outer === undefined || most === undefined ? undefined : outer * most;
}
