/** Schemas of custom resources: which ones are refused and why, and what they do to values. */
import assert from 'node:assert/strict';
import { applyDefaults } from '../../../src/api/custom/defaulting';
import { listTypeErrors } from '../../../src/api/custom/list-types';
import { resourceType } from '../../../src/api/custom/object-type';
import { type PrunedPath, pruneResource } from '../../../src/api/custom/prune';
import type { Schema } from '../../../src/api/custom/structural';
import { changedValueErrors, valueErrors } from '../../../src/api/custom/value-validation';
import { errorText } from '../../../src/api/field-errors';
import { pathText } from '../../../src/api/decode/decode';
import { customResourceDefinitionKind } from '../../../src/api/kinds/custom-resource-definition/kind';
import type { CustomResourceDefinition } from '../../../src/api/types';

function definition(spec: object, version: object = {}, metadata: object = {}): CustomResourceDefinition {
  const object = {
    apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.example.com', ...metadata },
    spec: {
      group: 'example.com', scope: 'Namespaced', names: { plural: 'widgets', kind: 'Widget' },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } }, ...version }],
      ...spec,
    },
    status: { storedVersions: ['v1'] },
  } as unknown as CustomResourceDefinition;
  return customResourceDefinitionKind.defaults?.(object) ?? object;
}

function problems(object: CustomResourceDefinition, old?: CustomResourceDefinition): readonly string[] {
  const { validate, validateUpdate } = customResourceDefinitionKind;
  return ((old ? validateUpdate?.(object, old) : validate?.(object)) ?? []).map(errorText);
}

const withSpec = (spec: object): object => ({
  schema: { openAPIV3Schema: { type: 'object', properties: { spec } } },
});
const at = 'spec.validation.openAPIV3Schema.properties[spec]';

describe('CustomResourceDefinition: names, versions, columns', () => {
  it('fills in names and conversion', () => {
    const { names, conversion } = definition({}).spec;
    assert.deepEqual({ names, conversion }, {
      names: { plural: 'widgets', kind: 'Widget', singular: 'widget', listKind: 'WidgetList' },
      conversion: { strategy: 'None' },
    });
    assert.deepEqual(problems(definition({})), []);
  });

  const cases: readonly (readonly [string, CustomResourceDefinition, readonly string[]])[] = [
    ['another name', definition({}, {}, { name: 'other' }),
      ['metadata.name: Invalid value: "other": must be spec.names.plural+"."+spec.group']],
    ['a group without a dot', definition({ group: 'example' }, {}, { name: 'widgets.example' }),
      ['spec.group: Invalid value: "example": should be a domain with at least one dot']],
    ['an unknown scope', definition({ scope: 'Global' }),
      ['spec.scope: Unsupported value: "Global": supported values: "Cluster", "Namespaced"']],
    ['no schema', definition({}, { schema: undefined }),
      ['spec.versions[0].schema.openAPIV3Schema: Required value: schemas are required']],
    ['a kind that is its own list', definition({ names: { plural: 'widgets', kind: 'Widget', listKind: 'Widget' } }),
      ['spec.names.listKind: Invalid value: "Widget": kind and listKind may not be the same']],
    ['a column without a path', definition({}, { additionalPrinterColumns: [{ name: 'A', type: 'text', jsonPath: '' }] }), [
      'spec.additionalPrinterColumns[0].type: Invalid value: "text": must be one of boolean,date,integer,number,string',
      'spec.additionalPrinterColumns[0].JSONPath: Required value']],
    ['scale paths elsewhere', definition({}, {
      subresources: { scale: { specReplicasPath: '.status.a', statusReplicasPath: 'status', labelSelectorPath: '.x' } },
    }), [
      'spec.subresources.scale.specReplicasPath: Invalid value: ".status.a": should be a json path under .spec',
      'spec.subresources.scale.statusReplicasPath: Invalid value: "status": must be a simple json path starting with .',
      'spec.subresources.scale.labelSelectorPath: Invalid value: ".x": should be a json path under either .spec or .status']],
    ['selectable fields that are none', definition({}, {
      ...withSpec({ type: 'object', properties: { list: { type: 'array', items: { type: 'string' } } } }),
      selectableFields: [{ jsonPath: '.spec.list' }, { jsonPath: '.spec.no' }, { jsonPath: '' }],
    }), [
      'spec.selectableFields[0].jsonPath: Invalid value: ".spec.list": must point to a field of type string, boolean or '
      + 'integer. Enum string fields and strings with formats are allowed.',
      'spec.selectableFields[1].jsonPath: Invalid value: ".spec.no": is an invalid path: does not refer to a valid field',
      'spec.selectableFields[2].jsonPath: Required value']],
    ['a warning without deprecation', definition({}, { deprecationWarning: 'old' }),
      ['spec.versions[0].deprecationWarning: Invalid value: "old": can only be set for deprecated versions']],
    ['a webhook without a client', definition({ conversion: { strategy: 'Webhook' } }), [
      'spec.conversion.webhookClientConfig: Required value: required when strategy is set to Webhook',
      'spec.conversion.conversionReviewVersions: Required value']],
    ['a community group without approval', definition({ group: 'widgets.k8s.io' }, {}, { name: 'widgets.widgets.k8s.io' }), [
      'metadata.annotations[api-approved.kubernetes.io]: Required value: protected groups must have approval annotation '
      + '"api-approved.kubernetes.io", see https://github.com/kubernetes/enhancements/pull/1111']],
    ['preserving everything', definition({ preserveUnknownFields: true }), [
      'spec.preserveUnknownFields: Invalid value: true: cannot set to true, set x-kubernetes-preserve-unknown-fields to true '
      + 'in spec.versions[*].schema instead']],
  ];
  for (const [what, object, wanted] of cases) it(`refuses ${what}`, () => assert.deepEqual(problems(object), wanted));

  it('wants exactly one stored version', () => {
    const versions = ['v1', 'v1'].map((name) => ({
      name, served: true, storage: false, schema: { openAPIV3Schema: { type: 'object' } },
    }));
    const texts = problems(definition({ versions })).map((text) => text.replace(/Invalid value: \[.*\]:/s, '...'));
    assert.deepEqual(texts.slice(0, 2), [
      'spec.versions: ... must contain unique version names',
      'spec.versions: ... must have exactly one version marked as storage version']);
  });

  it('keeps names and scope once established, and versions that are stored', () => {
    const old = definition({});
    const established = { ...old, status: { ...old.status, conditions: [{ type: 'Established', status: 'True' }] } };
    const changed = definition({ scope: 'Cluster', names: { plural: 'widgets', kind: 'Gadget' } });
    assert.deepEqual(problems(changed, established), [
      'spec.scope: Invalid value: "Cluster": field is immutable', 'spec.names.kind: Invalid value: "Gadget": field is immutable']);
    assert.deepEqual(problems(changed, old), []);
    const renamed = { ...definition({}, { name: 'v2' }), status: { storedVersions: ['v1', 'v2'] } } as CustomResourceDefinition;
    assert.deepEqual(problems(renamed, old), [
      'status.storedVersions[0]: Invalid value: "v1": missing from spec.versions; v1 was previously a storage version, and must '
      + 'remain in spec.versions until a storage migration ensures no data remains persisted in v1 and removes v1 from '
      + 'status.storedVersions']);
  });
});

describe('CustomResourceDefinition: schemas', () => {
  const cases: readonly (readonly [string, object, readonly string[]])[] = [
    ['a field without a type', { type: 'object', properties: { a: {} } },
      [`${at}.properties[a].type: Required value: must not be empty for specified object fields`]],
    ['items without a type', { type: 'array', items: {} },
      [`${at}.items.type: Required value: must not be empty for specified array items`]],
    ['a list without items', { type: 'array' }, [`${at}.items: Required value: must be specified`]],
    ['an unknown type', { type: 'text' },
      [`${at}.type: Unsupported value: "text": supported values: "array", "boolean", "integer", "number", "object", "string"`]],
    ['types inside anyOf', { type: 'object', anyOf: [{ type: 'object' }] },
      [`${at}.anyOf[0].type: Forbidden: must be empty to be structural`]],
    ['descriptions and defaults inside oneOf', { type: 'string', oneOf: [{ description: 'x', default: 'y', nullable: true }] }, [
      `${at}.oneOf[0].default: Forbidden: must be undefined to be structural`,
      `${at}.oneOf[0].description: Forbidden: must be empty to be structural`,
      `${at}.oneOf[0].nullable: Forbidden: must be false to be structural`]],
    ['metadata in an embedded place', { type: 'object', not: { properties: { metadata: {} } }, properties: { metadata: { type: 'object' } } },
      [`${at}.not.properties[metadata]: Forbidden: must not be specified in a nested context`]],
    ['additionalProperties beside properties', { type: 'object', properties: { a: { type: 'string' } }, additionalProperties: { type: 'string' } },
      [`${at}.additionalProperties: Forbidden: additionalProperties and properties are mutual exclusive`]],
    ['uniqueItems', { type: 'array', items: { type: 'string' }, uniqueItems: true },
      [`${at}.uniqueItems: Forbidden: uniqueItems cannot be set to true since the runtime complexity becomes quadratic`]],
    ['references', { type: 'object', $ref: '#/x' }, [`${at}.$ref: Forbidden: $ref is not supported`]],
    ['not preserving', { type: 'object', 'x-kubernetes-preserve-unknown-fields': false },
      [`${at}.x-kubernetes-preserve-unknown-fields: Invalid value: false: must be true or undefined`]],
    ['a bad pattern', { type: 'string', pattern: '(a' }, [
      `${at}.pattern: Invalid value: "(a": must be a valid regular expression, but isn't: error parsing regexp: missing closing ): \`(a\``]],
    ['a map of lists without keys', { type: 'array', items: { type: 'object' }, 'x-kubernetes-list-type': 'map' },
      [`${at}.x-kubernetes-list-map-keys: Required value: must not be empty if x-kubernetes-list-type is map`]],
    ['keys that are optional', {
      type: 'array', items: { type: 'object', properties: { a: { type: 'string' } } }, 'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['a', 'b'],
    }, [
      `${at}.x-kubernetes-list-map-keys: Invalid value: ["a","b"]: entries must all be names of item properties`,
      `${at}.items.properties[a].default: Required value: this property is in x-kubernetes-list-map-keys, so it must have a `
      + 'default or be a required property']],
    ['a set of objects', { type: 'array', items: { type: 'object' }, 'x-kubernetes-list-type': 'set' }, [
      `${at}.items.x-kubernetes-map-type: Invalid value: null: must be atomic as item of a list with x-kubernetes-list-type=set`]],
    ['a map type of a list', { type: 'array', items: { type: 'string' }, 'x-kubernetes-map-type': 'atomic' },
      [`${at}.type: Invalid value: "array": must be object if x-kubernetes-map-type is specified`]],
    ['an embedded resource that is none', { type: 'string', 'x-kubernetes-embedded-resource': true },
      [`${at}.properties: Required value: must not be empty if x-kubernetes-embedded-resource is true without `
      + 'x-kubernetes-preserve-unknown-fields',
      `${at}.type: Invalid value: "string": must be object if x-kubernetes-embedded-resource is true`]],
    ['a default of the wrong type', { type: 'object', properties: { a: { type: 'integer', default: 'x' } } },
      [`${at}.properties[a].default: Invalid value: "string":  in body must be of type integer: "string"`]],
    ['a default with unknown fields', { type: 'object', properties: { a: { type: 'string' } }, default: { b: 1 } },
      [`${at}.default: Invalid value: {"b":1}: must not have unknown fields`]],
    ['an empty rule', { type: 'object', 'x-kubernetes-validations': [{ rule: ' ' }] },
      [`${at}.x-kubernetes-validations[0].rule: Required value: rule is not specified`]],
    ['rules with wrong parts', {
      type: 'object', 'x-kubernetes-validations': [{ rule: 'true\n', message: 'a\nb', reason: 'No', fieldPath: '.x' }],
    }, [
      `${at}.x-kubernetes-validations[0].message: Invalid value: "a\\nb": message must not contain line breaks`,
      `${at}.x-kubernetes-validations[0].reason: Unsupported value: "No": supported values: "FieldValueDuplicate", `
      + '"FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired"',
      `${at}.x-kubernetes-validations[0].fieldPath: Invalid value: ".x": fieldPath must be a valid path`]],
    ['a rule that is no condition', { type: 'string', 'x-kubernetes-validations': [{ rule: 'self' }] }, [
      `${at}.x-kubernetes-validations[0].rule: Invalid value: {"Rule":"self","Message":"","MessageExpression":"","Reason":null,`
      + '"FieldPath":"","OptionalOldSelf":null}: cel expression must evaluate to a bool']],
    ['old values that cannot be found', {
      type: 'array', items: { type: 'string', 'x-kubernetes-validations': [{ rule: 'self == oldSelf' }] }, maxItems: 10,
    }, [
      `${at}.items.x-kubernetes-validations[0].rule: Invalid value: "self == oldSelf": oldSelf cannot be used on the `
      + `uncorrelatable portion of the schema within ${at}`]],
  ];
  for (const [what, spec, wanted] of cases) {
    it(`refuses ${what}`, () => assert.deepEqual(problems(definition({}, withSpec(spec))), wanted));
  }

  it('refuses fields that only anyOf at the root knows', () => {
    const root = 'spec.validation.openAPIV3Schema';
    const openAPIV3Schema = { type: 'object', anyOf: [{ properties: { a: { minimum: 1 } } }] };
    assert.deepEqual(problems(definition({}, { schema: { openAPIV3Schema } })),
      [`${root}.properties[a]: Required value: because it is defined in ${root}.anyOf[0].properties[a]`]);
  });

  it('refuses rules that could take too long', () => {
    const spec = {
      type: 'array', items: { type: 'array', items: { type: 'string' } },
      'x-kubernetes-validations': [{ rule: 'self.all(x, x.all(y, self.all(z, z.all(w, w == y))))' }],
    };
    assert.match(problems(definition({}, withSpec(spec)))[0] ?? '', new RegExp('rule: Forbidden: estimated rule cost exceeds '
      + 'budget by factor of more than 100x \\(try simplifying the rule, or adding maxItems, maxProperties, and maxLength where '
      + 'arrays, maps, and strings are declared\\)$'));
  });

  it('names the version when versions differ, and checks metadata and the root', () => {
    const versions = ['v1', 'v2'].map((name, i) => ({
      name, served: true, storage: i === 0, subresources: { status: {} },
      schema: {
        openAPIV3Schema: {
          type: 'object', nullable: true, ...(i === 0 ? { properties: { metadata: { type: 'object', properties: { labels: { type: 'object' } } } } } : { oneOf: [] , allOf: [{ required: ['spec'] }] }),
        },
      },
    }));
    const texts = problems(definition({ versions })).map((text) => text.replace(/\{"allOf.*\}/, '{...}'));
    assert.deepEqual(texts, [
      'spec.versions[0].schema.openAPIV3Schema: Invalid value: {"nullable":true,"properties":{"metadata":{"properties":{"labels":{"type":"object"}},"type":"object"}},"type":"object"}: '
      + 'only [Description Type Format Title Maximum ExclusiveMaximum Minimum ExclusiveMinimum MaxLength MinLength Pattern MaxItems '
      + 'MinItems UniqueItems MultipleOf Required Items Properties ExternalDocs Example XPreserveUnknownFields XValidations] fields '
      + 'are allowed at the root of the schema if the status subresource is enabled',
      'spec.versions[0].schema.openAPIV3Schema.nullable: Forbidden: nullable cannot be true at the root',
      'spec.versions[0].schema.openAPIV3Schema.properties[metadata]: Forbidden: must not specify anything other than name and '
      + 'generateName, but metadata is implicitly specified',
      texts[3], 'spec.versions[1].schema.openAPIV3Schema.nullable: Forbidden: nullable cannot be true at the root',
    ]);
  });
});

const schema: Schema = {
  type: 'object',
  properties: {
    spec: {
      type: 'object', required: ['name'],
      properties: {
        name: { type: 'string', minLength: 2, maxLength: 5, pattern: '^[a-z]+$' },
        count: { type: 'integer', minimum: 1, maximum: 10, multipleOf: 2, format: 'int32' },
        ratio: { type: 'number', minimum: 0, exclusiveMinimum: true },
        color: { type: 'string', enum: ['red', 'green'], default: 'red' },
        port: { 'x-kubernetes-int-or-string': true },
        ports: {
          type: 'array', minItems: 1, maxItems: 2, 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['n'],
          items: { type: 'object', required: ['n'], properties: { n: { type: 'integer' }, p: { type: 'string', default: 'TCP' } } },
        },
        labels: { type: 'object', maxProperties: 2, additionalProperties: { type: 'string' } },
        set: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } },
        when: { type: 'string', format: 'date-time' },
        maybe: { type: 'string', nullable: true },
        free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true, properties: { known: { type: 'object', properties: { a: { type: 'string' } } } } },
        choice: {
          type: 'object', properties: { a: { type: 'integer' }, b: { type: 'integer' } },
          oneOf: [{ required: ['a'] }, { required: ['b'] }],
        },
        either: { type: 'object', properties: { a: { type: 'integer' } }, anyOf: [{ properties: { a: { minimum: 10 } } }, { not: { required: ['a'] } }] },
      },
    },
  },
};

describe('values of custom resources', () => {
  const cases: readonly (readonly [object, readonly string[]])[] = [
    [{ name: 'ab', count: 4, ratio: 0.5, color: 'red', port: '80%', ports: [{ n: 1 }], labels: { a: 'b' }, maybe: null }, []],
    [{}, ['spec.name: Required value']],
    [{ name: 'a' }, ['spec.name: Invalid value: "a": spec.name in body should be at least 2 chars long']],
    [{ name: 'abcdef' }, ['spec.name: Too long: may not be more than 5 bytes']],
    [{ name: 'AB' }, ['spec.name: Invalid value: "AB": spec.name in body should match \'^[a-z]+$\'']],
    [{ name: 'ab', count: 'x' }, ['spec.count: Invalid value: "string": spec.count in body must be of type integer: "string"']],
    [{ name: 'ab', count: 1.5 }, [
      'spec.count: Invalid value: "number": spec.count in body must be of type integer: "number"',
      'spec.count: Invalid value: 1.5: spec.count in body should be a multiple of 2']],
    [{ name: 'ab', count: 12 }, ['spec.count: Invalid value: 12: spec.count in body should be less than or equal to 10']],
    [{ name: 'ab', count: 9_223_372_036_854_775_806n }, [
      'spec.count: Invalid value: 9223372036854775806: spec.count in body should be less than or equal to 10']],
    [{ name: 'ab', ratio: 0 }, ['spec.ratio: Invalid value: 0: spec.ratio in body should be greater than 0']],
    [{ name: 'ab', color: 'blue' }, ['spec.color: Unsupported value: "blue": supported values: "red", "green"']],
    [{ name: 'ab', port: true }, ['spec.port: Invalid value: "boolean": spec.port in body must be of type integer,string: "boolean"']],
    [{ name: 'ab', ports: [] }, ['spec.ports: Invalid value: 0: spec.ports in body should have at least 1 items']],
    [{ name: 'ab', ports: [{ n: 1 }, { n: 2 }, {}] }, ['spec.ports[2].n: Required value', 'spec.ports: Too many: 3: must have at most 2 items']],
    [{ name: 'ab', labels: { a: 1, b: 'x', c: 'y' } }, ['spec.labels: Too many: 3: must have at most 2 items']],
    [{ name: 'ab', labels: { a: 1 } }, ['spec.labels.a: Invalid value: "integer": spec.labels.a in body must be of type string: "integer"']],
    [{ name: 'ab', when: 'now' }, ['spec.when: Invalid value: "now": spec.when in body must be of type date-time: "now"']],
    [{ name: 'ab', color: null }, ['spec.color: Invalid value: "null": spec.color in body must be of type string: "null"',
      'spec.color: Unsupported value: null: supported values: "red", "green"']],
    [{ name: 'ab', choice: {} }, ['<nil>: Invalid value: "": "spec.choice" must validate one and only one schema (oneOf). Found none valid',
      'spec.choice.a: Required value']],
    [{ name: 'ab', choice: { a: 1, b: 1 } }, [
      '<nil>: Invalid value: "": "spec.choice" must validate one and only one schema (oneOf). Found 2 valid alternatives']],
    [{ name: 'ab', either: { a: 5 } }, ['<nil>: Invalid value: "": "spec.either" must validate at least one schema (anyOf)',
      'spec.either.a: Invalid value: 5: spec.either.a in body should be greater than or equal to 10']],
  ];
  for (const [spec, wanted] of cases) {
    const shown = JSON.stringify(spec, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));
    it(shown, () => assert.deepEqual(valueErrors({ spec }, schema).map(errorText), wanted));
  }

  it('forgives on updates what has not changed', () => {
    const old = { spec: { name: 'A', count: 99, ports: [{ n: 1, p: 5 }] } };
    const changed = { spec: { ...old.spec, count: 98, ports: [{ n: 2 }, { n: 1, p: 5 }] } };
    assert.deepEqual(changedValueErrors(old, old, schema), []);
    assert.deepEqual(changedValueErrors(changed, old, schema).map(errorText),
      ['spec.count: Invalid value: 98: spec.count in body should be less than or equal to 10']);
  });

  it('finds more mistakes than a call takes arguments', () => {
    const list: Schema = { type: 'object', properties: { a: { type: 'array', items: { type: 'string' } } } };
    assert.equal(changedValueErrors({ a: Array(200_000).fill(1) }, { a: ['x'] }, list).length, 200_000);
  });

  it('finds repeated items of sets and maps', () => {
    const errors = listTypeErrors({ spec: { set: ['a', 'b', 'a', 'a'], ports: [{ n: 1 }, { n: 1, p: 'x' }] } }, schema);
    assert.deepEqual(errors.map(errorText), ['spec.ports[1]: Duplicate value: {"n":1}', 'spec.set[2]: Duplicate value: "a"']);
  });

  it('drops unknown fields and tells which', () => {
    const pruned: PrunedPath[] = [];
    const object = {
      apiVersion: 'v1', kind: 'X', metadata: { any: 1 }, other: 1,
      spec: { name: 'a', x: { y: 1 }, ports: [{ n: 1, z: 1 }], labels: { k: 'v' }, free: { kept: 1, known: { a: 'b', c: 1 } }, __proto__x: 1 },
    };
    assert.deepEqual(pruneResource(object, schema, pruned), {
      apiVersion: 'v1', kind: 'X', metadata: { any: 1 },
      spec: { name: 'a', ports: [{ n: 1 }], labels: { k: 'v' }, free: { kept: 1, known: { a: 'b' } } },
    });
    assert.deepEqual(pruned.map(pathText), ['other', 'spec.x', 'spec.ports[0].z', 'spec.free.known.c', 'spec.__proto__x']);
    const clean = { spec: { name: 'a' } };
    assert.equal(pruneResource(clean, schema, []), clean);
  });

  it('fills in defaults inside what is there, and drops nulls that are not allowed', () => {
    assert.deepEqual(applyDefaults({ spec: { name: null, color: null, maybe: null, ports: [{ n: 1 }] } }, schema),
      { spec: { color: 'red', maybe: null, ports: [{ n: 1, p: 'TCP' }] } });
    assert.deepEqual(applyDefaults({}, schema), {});
    const complete = { spec: { color: 'green' } };
    assert.equal(applyDefaults(complete, schema), complete);
  });

  it('is a type for field ownership', () => {
    const spec = resourceType('Widget', schema).fields.get('spec');
    assert.equal(spec?.type.form, 'object');
    const fields = spec?.type.form === 'object' ? spec.type.type.fields : new Map();
    assert.deepEqual([fields.get('ports')?.listType, fields.get('ports')?.mapKeys, fields.get('set')?.listType],
      ['map', ['n'], 'set']);
    assert.deepEqual(fields.get('port')?.type, { form: 'scalar', scalar: 'intOrString' });
    assert.equal(fields.get('labels')?.type.form, 'map');
  });
});
