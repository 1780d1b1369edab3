/** Custom resources in a whole cluster: applied with their definition, owned, emptied with their namespace, described. */
import assert from 'node:assert/strict';
import { describeObject } from '../../../src/shell/kubectl/describe/describe';
import { readManifests } from '../../../src/shell/manifest-set';
import type { KubeObject } from '../../../src/api/types';
import { apply, bootedCluster } from '../../support/cluster';

const definition = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: crontabs.stable.example.com}
spec:
  group: stable.example.com
  scope: Namespaced
  names: {plural: crontabs, singular: crontab, kind: CronTab, shortNames: [ct]}
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            properties:
              cronSpec: {type: string}
              replicas: {type: integer, minimum: 1, default: 1}
`;
const cronTab = (name: string, more = '', namespace = 'default'): string => `
apiVersion: stable.example.com/v1
kind: CronTab
metadata: {name: ${name}, namespace: ${namespace}}
spec: {cronSpec: "* * * * */5"${more}}
`;
const ref = (name: string, namespace = 'default') => ({
  apiVersion: 'stable.example.com/v1', kind: 'CronTab', namespace, name,
});

describe('custom resources in a cluster', () => {
  const cluster = bootedCluster(1, 1);

  it('are unknown before their definition', () => {
    const set = readManifests([{ name: 'a.yaml', text: cronTab('a') }], cluster.kinds);
    assert.deepEqual(set.problems.map(({ message }) => message),
      ['no matches for kind "CronTab" in version "stable.example.com/v1"']);
  });

  it('are planned and applied together with their definition, in any order of documents', () => {
    const yaml = `${cronTab('a')}---${definition}`;
    const { objects, problems } = readManifests([{ name: 'a.yaml', text: yaml }], cluster.kinds);
    assert.deepEqual(problems, []);
    const wrong = readManifests([{ name: 'a.yaml', text: `${definition}---${cronTab('b', ', replicas: 0')}` }], cluster.kinds);
    const plan = cluster.planApply(wrong.objects.map(({ object }) => object));
    assert.ok(Array.isArray(plan));
    assert.deepEqual(plan.map(({ outcome }) => outcome), ['created', 'refused']);
    assert.match(plan[1].text, /spec\.replicas: Invalid value: 0: spec\.replicas in body should be greater than or equal to 1/);
    const sorted = [objects[1], objects[0]].map((placed) => placed?.object);
    const progress = cluster.execute({ type: 'apply', objects: sorted });
    cluster.runUntil(() => progress.done);
    assert.deepEqual(progress.outcomes.map(({ text }) => text), [
      'customresourcedefinition.apiextensions.k8s.io/crontabs.stable.example.com created',
      'crontab.stable.example.com/a created',
    ]);
    const stored = cluster.objects.get(ref('a')) as KubeObject & { readonly spec: object };
    assert.deepEqual(stored.spec, { cronSpec: '* * * * */5', replicas: 1 });
  });

  it('are left unchanged, configured by a merge patch, and refused', () => {
    assert.deepEqual(apply(cluster, cronTab('a')).outcomes.map(({ outcome }) => outcome), ['unchanged']);
    assert.deepEqual(apply(cluster, cronTab('a', ', replicas: 3')).outcomes.map(({ text }) => text),
      ['crontab.stable.example.com/a configured']);
    const [refused] = apply(cluster, cronTab('a', ', replicas: 0')).outcomes;
    assert.equal(refused?.text, 'The CronTab "a" is invalid: spec.replicas: Invalid value: 0: spec.replicas in body should '
      + 'be greater than or equal to 1');
  });

  it('are checked in an editor: unknown fields with their place', () => {
    const { problems } = readManifests([{ name: 'a.yaml', text: cronTab('a', ', image: x') }], cluster.kinds);
    assert.deepEqual(problems.map(({ message }) => message), ['unknown field "spec.image"']);
  });

  it('are described by their fields', () => {
    const now = cluster.options.epochMs + cluster.nowMs;
    const text = describeObject(cluster.objects, cluster.kinds, ref('a'), now) ?? '';
    assert.match(text, /^Name: +a\nNamespace: +default\n/);
    assert.match(text, /Kind: +CronTab/);
    assert.match(text, /Cron Spec: +\* \* \* \* \*\/5/);
  });

  it('own other objects, which are collected with them', () => {
    cluster.runFor(35_000);
    const { uid } = (cluster.objects.get(ref('a')) as KubeObject).metadata;
    apply(cluster, `
apiVersion: v1
kind: ConfigMap
metadata:
  name: owned
  namespace: default
  ownerReferences: [{apiVersion: stable.example.com/v1, kind: CronTab, name: a, uid: ${uid}}]
`);
    cluster.runFor(1_000);
    const owned = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name: 'owned' };
    assert.ok(cluster.objects.get(owned));
    const progress = cluster.execute({ type: 'delete', targets: [ref('a')] });
    cluster.runUntil(() => progress.done);
    assert.deepEqual(progress.outcomes.map(({ text }) => text),
      ['crontab.stable.example.com "a" deleted from default namespace']);
    cluster.runFor(5_000);
    assert.equal(cluster.objects.get(owned), undefined);
  });

  it('go with their namespace', () => {
    apply(cluster, 'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n');
    apply(cluster, cronTab('b', '', 'shop'));
    assert.ok(cluster.objects.get(ref('b', 'shop')));
    const progress = cluster.execute({ type: 'delete', targets: [{ apiVersion: 'v1', kind: 'Namespace', name: 'shop' }] });
    cluster.runUntil(() => progress.done, 60_000);
    assert.ok(progress.done);
    assert.equal(cluster.objects.get(ref('b', 'shop')), undefined);
  });

  it('go with their definition', () => {
    apply(cluster, cronTab('c'));
    const target = {
      apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', name: 'crontabs.stable.example.com',
    };
    const progress = cluster.execute({ type: 'delete', targets: [target] });
    cluster.runUntil(() => progress.done, 60_000);
    assert.deepEqual(progress.outcomes.map(({ text }) => text),
      ['customresourcedefinition.apiextensions.k8s.io "crontabs.stable.example.com" deleted']);
    assert.equal(cluster.kinds.byKind('stable.example.com/v1', 'CronTab'), undefined);
  });
});

describe('custom resources with several API servers', () => {
  it('are served by all of them', () => {
    const cluster = bootedCluster(3, 0);
    apply(cluster, definition);
    for (const name of ['one', 'two', 'three']) assert.equal(apply(cluster, cronTab(name)).outcomes[0]?.outcome, 'created');
    assert.equal(cluster.objects.list('stable.example.com/v1', 'CronTab').length, 3);
  });
});
