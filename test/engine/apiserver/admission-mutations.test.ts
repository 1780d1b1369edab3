/** MutatingAdmissionPolicy: objects and patches that expressions make, applied to what is created. */
import assert from 'node:assert/strict';
import { builtInKinds } from '../../../src/api/kinds';
import { withoutMessageLiterals } from '../../../src/api/cel/message-literals';
import { kindRegistry } from '../../../src/api/registry';
import type { Deployment, KubeObject } from '../../../src/api/types';
import { type Ask, World } from './harness';

const group = 'admissionregistration.k8s.io';

function world(mutations: readonly object[], more: object = {}): World {
  const made = new World({ kinds: kindRegistry(builtInKinds) });
  const rule = { apiGroups: ['apps'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['deployments'] };
  made.must({ verb: 'create', group, resource: 'mutatingadmissionpolicies', body: { metadata: { name: 'p' }, spec: {
    matchConstraints: { resourceRules: [rule] }, failurePolicy: 'Fail', reinvocationPolicy: 'Never', mutations, ...more } } });
  made.must({ verb: 'create', group, resource: 'mutatingadmissionpolicybindings', body: {
    metadata: { name: 'b' }, spec: { policyName: 'p' } } });
  return made;
}

const template = {
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'c', image: 'nginx', env: [{ name: 'A', value: '1' }] }] },
};
const create: Ask = { verb: 'create', group: 'apps', resource: 'deployments', namespace: 'default', body: {
  metadata: { name: 'web' }, spec: { selector: { matchLabels: { app: 'web' } }, template } } };
const apply = (expression: string): object => ({ patchType: 'ApplyConfiguration', applyConfiguration: { expression } });
const patch = (expression: string): object => ({ patchType: 'JSONPatch', jsonPatch: { expression } });

describe('CEL: object literals', () => {
  for (const [text, expected] of [
    ['Object{spec: Object.spec{replicas: 3}}',
      '__object__("Object", {"spec": dyn( __object__("Object.spec", {"replicas": dyn( 3)}))})'],
    ['[JSONPatch{op: "add", path: "/a{b", value: {"x": [1]},}]',
      '[__object__("JSONPatch", {"op": dyn( "add"), "path": dyn( "/a{b"), "value": dyn( {"x": [1]}), })]'],
    ["{'a': 1}['a'] // Object{", "{'a': 1}['a'] // Object{"],
  ] as const) {
    it(`rewrites ${text}`, () => assert.equal(withoutMessageLiterals(text), expected));
  }
});

describe('admission: MutatingAdmissionPolicy', () => {
  const made = (mutations: readonly object[], more: object = {}): Deployment & KubeObject =>
    world(mutations, more).must<Deployment & KubeObject>(create);

  it('applies a part of an object', () => {
    const { metadata, spec } = made([apply(`Object{
      metadata: Object.metadata{labels: {"team": object.metadata.name + "-team"}},
      spec: Object.spec{replicas: 2, template: Object.spec.template{spec: Object.spec.template.spec{
        containers: [Object.spec.template.spec.containers{name: "sidecar", image: "envoy"}]}}}}`)]);
    assert.deepEqual([metadata.labels, spec.replicas], [{ team: 'web-team' }, 2]);
    assert.deepEqual(spec.template.spec?.containers.map(({ name, image, imagePullPolicy }) => [name, image, imagePullPolicy]),
      [['c', 'nginx', 'Always'], ['sidecar', 'envoy', 'Always']]);
  });

  it('patches, one mutation after the other', () => {
    const { metadata, spec } = made([
      patch(`[JSONPatch{op: "add", path: "/metadata/labels", value: {"a": "b"}},
              JSONPatch{op: "add", path: "/metadata/labels/" + jsonpatch.escapeKey("x/y"), value: "z"}]`),
      patch('[JSONPatch{op: "test", path: "/metadata/labels/a", value: "c"}, JSONPatch{op: "replace", path: "/spec/replicas", value: 9}]'),
      patch('[JSONPatch{op: "test", path: "/metadata/labels/a", value: "b"}, JSONPatch{op: "replace", path: "/spec/replicas", value: variables.n}]'),
    ], { variables: [{ name: 'n', expression: '2 + 2' }] });
    assert.deepEqual([metadata.labels, spec.replicas], [{ a: 'b', 'x/y': 'z' }, 4]);
  });

  it('looks at its conditions', () => {
    const more = { matchConditions: [{ name: 'c', expression: "object.metadata.name != 'web'" }] };
    assert.equal(made([apply('Object{spec: Object.spec{replicas: 2}}')], more).spec.replicas, 1);
  });

  const head = "policy 'p' with binding 'b' denied request: ";
  for (const [what, mutation, message] of [
    ['a list that is replaced as a whole', apply('Object{spec: Object.spec{template: Object.spec.template{spec: '
      + 'Object.spec.template.spec{containers: [Object.spec.template.spec.containers{name: "c", command: ["x"]}]}}}}'),
    'error applying patch: invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: '
      + '.spec.template.spec.containers[name="c"].command'],
    ['what is no object', apply('{"spec": {}}'),
      "type mismatch: ApplyConfiguration.expression should evaluate to 'Object'"],
    ['an error', patch('[JSONPatch{op: "add", path: object.nothing, value: 1}]'),
      'expression \'[JSONPatch{op: "add", path: object.nothing, value: 1}]\' resulted in error: no such key: nothing'],
  ] as const) {
    it(`refuses ${what}, unless that is forgiven`, () => {
      const { code, message: shown } = world([mutation]).refused(create);
      assert.deepEqual([code, shown], [422, head + message]);
      assert.equal(made([mutation], { failurePolicy: 'Ignore' }).spec.replicas, 1);
    });
  }
});
