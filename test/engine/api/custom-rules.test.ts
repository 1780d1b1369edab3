/** x-kubernetes-validations: rules as real definitions have them, old values, messages, and ratcheting. */
import assert from 'node:assert/strict';
import { RuleCosts } from '../../../src/api/custom/rule-costs';
import { ruleCompileErrors } from '../../../src/api/custom/rule-checks';
import { ruleErrors, ruleErrorsOfValue } from '../../../src/api/custom/rules';
import type { Schema } from '../../../src/api/custom/structural';
import { errorText } from '../../../src/api/field-errors';

const text = (maxLength = 253): Schema => ({ type: 'string', maxLength });
const list = (items: Schema, maxItems: number, more: object = {}): Schema => ({ type: 'array', items, maxItems, ...more });
const object = (properties: Readonly<Record<string, Schema>>, required: readonly string[] = []): Schema =>
  ({ type: 'object', properties, required });

const parentRef = object({ group: text(), kind: text(63), namespace: text(63), name: text(), sectionName: text() }, ['name']);
const path = object({ type: { type: 'string', enum: ['Exact', 'PathPrefix', 'RegularExpression'] }, value: text(1024) });
const filter = object({ type: text(30), requestRedirect: object({ path }), urlRewrite: object({ path }) }, ['type']);
const sameParent = 'p1.group == p2.group && p1.kind == p2.kind && p1.name == p2.name && '
  + "(((!has(p1.__namespace__) || p1.__namespace__ == '') && (!has(p2.__namespace__) || p2.__namespace__ == '')) || "
  + '(has(p1.__namespace__) && has(p2.__namespace__) && p1.__namespace__ == p2.__namespace__))';

/** Rules of the Gateway API, Karpenter, cert-manager, Cluster API and their like, in their own words or nearly so. */
const wild: readonly (readonly [rule: string, schema: Schema, good: unknown, bad: unknown])[] = [
  [`self.all(p1, self.all(p2, ${sameParent} ? ((!has(p1.sectionName) || p1.sectionName == '') == (!has(p2.sectionName) || `
    + "p2.sectionName == '')) : true))", list(parentRef, 32),
  [{ group: 'g', kind: 'K', name: 'a' }, { group: 'g', kind: 'K', name: 'b', sectionName: 'x' }],
  [{ group: 'g', kind: 'K', name: 'a' }, { group: 'g', kind: 'K', name: 'a', sectionName: 'x' }]],
  [`self.all(p1, self.exists_one(p2, ${sameParent}))`, list(parentRef, 32),
    [{ group: 'g', kind: 'K', name: 'a' }], [{ group: 'g', kind: 'K', name: 'a' }, { group: 'g', kind: 'K', name: 'a' }]],
  ["(has(self.backendRefs) && size(self.backendRefs) > 0) ? (!has(self.filters) || self.filters.all(f, !has(f.requestRedirect))): true",
    object({ backendRefs: list(parentRef, 16), filters: list(filter, 16) }), { backendRefs: [{}] },
    { backendRefs: [{}], filters: [{ type: 'RequestRedirect', requestRedirect: {} }] }],
  ["(has(self.filters) && self.filters.exists_one(f, has(f.requestRedirect) && has(f.requestRedirect.path) && "
    + "f.requestRedirect.path.type == 'PathPrefix')) ? ((size(self.matches) != 1 || !has(self.matches[0].path) || "
    + "self.matches[0].path.type != 'PathPrefix') ? false : true) : true",
  object({ filters: list(filter, 16), matches: list(object({ path }), 64) }),
  { matches: [{ path: { type: 'PathPrefix' } }], filters: [{ type: 'x', requestRedirect: { path: { type: 'PathPrefix' } } }] },
  { matches: [], filters: [{ type: 'x', requestRedirect: { path: { type: 'PathPrefix' } } }] }],
  ["(self.type in ['Exact','PathPrefix']) ? self.value.matches(r\"\"\"^(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|[%][0-9a-fA-F]{2})+$\"\"\") : true",
    path, { type: 'Exact', value: '/a%20b' }, { type: 'Exact', value: '/a b' }],
  ["(self.type in ['Exact','PathPrefix']) ? !self.value.contains('/../') : true", path, { type: 'Exact', value: '/a' }, { type: 'Exact', value: '/../a' }],
  ["!(self.exists(f, f.type == 'RequestRedirect') && self.exists(f, f.type == 'URLRewrite'))", list(filter, 16),
    [{ type: 'URLRewrite' }], [{ type: 'URLRewrite' }, { type: 'RequestRedirect' }]],
  ["self.filter(f, f.type == 'RequestRedirect').size() <= 1", list(filter, 16), [], [{ type: 'RequestRedirect' }, { type: 'RequestRedirect' }]],
  ["!(has(self.request) && has(self.backendRequest) && duration(self.request) != duration('0s') && "
    + 'duration(self.backendRequest) > duration(self.request))', object({ request: text(10), backendRequest: text(10) }),
  { request: '2s', backendRequest: '1s' }, { request: '1s', backendRequest: '2s' }],
  ["self.size() > 0 ? (self.size() > 1 ? self[0].matches.size() + self[1].matches.size() : self[0].matches.size()) <= 2 : true",
    list(object({ matches: list(text(), 64) }), 16), [{ matches: ['a'] }], [{ matches: ['a', 'b', 'c'] }]],
  ["self.all(x, x in ['spot', 'on-demand'])", list(text(20), 10), ['spot'], ['other']],
  ["self.all(k, k != 'karpenter.sh/nodepool')", { type: 'object', maxProperties: 100, additionalProperties: text(63) }, { a: 'b' }, { 'karpenter.sh/nodepool': 'x' }],
  ["self.all(x, x.key == 'a' ? x.values.size() == 1 : true)", list(object({ key: text(), values: list(text(), 50) }), 30), [{ key: 'b', values: [] }], [{ key: 'a', values: [] }]],
  ['[has(self.a), has(self.b)].filter(x, x).size() == 1', object({ a: text(), b: text() }), { a: 'x' }, { a: 'x', b: 'y' }],
  ['(has(self.a) ? 1 : 0) + (has(self.b) ? 1 : 0) == 1', object({ a: text(), b: text() }), { b: 'x' }, {}],
  ['self.min <= self.max', object({ min: { type: 'integer' }, max: { type: 'integer' } }), { min: 1, max: 2 }, { min: 3, max: 2 }],
  ['isQuantity(self) && quantity(self).isGreaterThan(quantity("0"))', text(20), '1Gi', '-1'],
  ["type(self) == string ? self.endsWith('%') : self >= 0", { 'x-kubernetes-int-or-string': true }, '5%', -1],
  ["self.startsWith('https://') && isURL(self) && url(self).getHostname().endsWith('.com')", text(), 'https://a.com/x', 'https://a.org'],
  ["!format.dns1123Label().validate(self).hasValue()", text(63), 'ok', 'No'],
  ["self.split(':')[0] == 'docker.io'", text(), 'docker.io:5000', 'quay.io:1'],
  ["self.foo__dash__bar == 'x' && self.__in__ == 1", object({ 'foo-bar': text(), in: { type: 'integer' } }), { 'foo-bar': 'x', in: 1 }, { 'foo-bar': 'x', in: 2 }],
  ["self == timestamp('2024-01-01T00:00:00Z') || self > timestamp('2025-01-01T00:00:00Z')", { type: 'string', format: 'date-time' }, '2026-01-01T00:00:00Z', '2024-06-01T00:00:00Z'],
  ["cidr(self).containsIP('10.1.2.3')", text(43), '10.0.0.0/8', '192.168.0.0/16'],
  ['self.metadata.name.size() < 5', object({ metadata: object({ name: text() }) }), { metadata: { name: 'abc' } }, { metadata: { name: 'abcdef' } }],
];

describe('rules as real definitions have them', () => {
  for (const [rule, given, good, bad] of wild) {
    it(rule, () => {
      const schema: Schema = { ...given, 'x-kubernetes-validations': [{ rule }] };
      const context = { isResource: false, cardinality: 16, costs: new RuleCosts() };
      assert.deepEqual(ruleCompileErrors(schema, 'x', context).map(errorText), []);
      assert.deepEqual(ruleErrorsOfValue(good, schema, 'x').map(errorText), []);
      assert.deepEqual(ruleErrorsOfValue(bad, schema, 'x').map(errorText),
        [`x: Invalid value: ${JSON.stringify(given.type ?? '')}: failed rule: ${rule}`]);
    });
  }
});

describe('rules over an object', () => {
  const schema: Schema = {
    type: 'object',
    'x-kubernetes-validations': [{ rule: "self.metadata.name != 'bad' && self.kind == 'Widget'" }],
    properties: {
      spec: {
        type: 'object',
        'x-kubernetes-validations': [
          { rule: '!has(oldSelf.name) || self.name == oldSelf.name', message: 'name is fixed', reason: 'FieldValueForbidden', fieldPath: '.name' },
          { rule: 'self.size < 10', messageExpression: "'size is ' + string(self.size)" },
          { rule: 'oldSelf.hasValue() || self.size > 0', optionalOldSelf: true, message: 'must start above zero' },
        ],
        properties: {
          name: text(), size: { type: 'integer' },
          items: {
            type: 'array', 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['k'],
            items: {
              type: 'object', required: ['k'], properties: { k: text(), v: { type: 'integer' } },
              'x-kubernetes-validations': [{ rule: 'self.v >= oldSelf.v', message: 'must not shrink' }],
            },
          },
        },
      },
    },
  };
  const make = (spec: object, name = 'a') => ({ apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name }, spec });
  const check = (now: object, old?: object): readonly string[] =>
    (ruleErrors(now as never, old as never, schema)?.() ?? []).map(errorText);

  it('sees the name and kind of a resource', () => {
    assert.deepEqual(check(make({ size: 1 }, 'bad')),
      ['<nil>: Invalid value: "object": failed rule: self.metadata.name != \'bad\' && self.kind == \'Widget\'']);
  });

  it('reports with messages, reasons and paths', () => {
    assert.deepEqual(check(make({ size: 12 })), ['spec: Invalid value: "object": size is 12']);
    assert.deepEqual(check(make({ size: 0 })), ['spec: Invalid value: "object": must start above zero']);
    assert.deepEqual(check(make({ size: 1, name: 'b' }), make({ size: 1, name: 'a' })), ['spec.name: Forbidden: name is fixed']);
    assert.deepEqual(check(make({})), [
      'spec: Invalid value: "object": no such key: size evaluating rule: self.size < 10',
      'spec: Invalid value: "object": no such key: size evaluating rule: must start above zero']);
  });

  it('compares items of lists by their keys', () => {
    const old = make({ size: 1, items: [{ k: 'a', v: 5 }, { k: 'b', v: 5 }] });
    assert.deepEqual(check(make({ size: 1, items: [{ k: 'b', v: 4 }, { k: 'a', v: 6 }, { k: 'c', v: 0 }] }), old),
      ['spec.items[0]: Invalid value: "object": must not shrink']);
  });

  it('forgives what was wrong before and has not changed', () => {
    const old = make({ size: 12 });
    assert.deepEqual(check({ ...old, metadata: { name: 'a', labels: { a: 'b' } } }, old), []);
    assert.deepEqual(check(make({ size: 13 }), old), ['spec: Invalid value: "object": size is 13']);
  });

  it('stops when the budget of the object is spent', () => {
    const loop = 'self.all(a, self.all(b, self.all(c, a + b + c >= 0)))';
    const heavy: Schema = {
      type: 'object', properties: Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`f${i}`, {
        ...list({ type: 'integer' }, 100), 'x-kubernetes-validations': [{ rule: loop }],
      }])),
    };
    const value = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`f${i}`, Array.from({ length: 50 }, () => 1)]));
    const errors = ruleErrorsOfValue(value, heavy, '').map(errorText);
    assert.equal(errors.length, 1);
    assert.match(errors[0] ?? '', /running out of cost budget, no further validation rules will be run$/);
  });
});
