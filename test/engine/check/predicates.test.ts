/** Predicates over a cluster and its trace, and what they say was found. */
import assert from 'node:assert/strict';
import type { Check } from '../../../src/check/lesson/lesson';
import { computedAnswer } from '../../../src/check/lesson/answers';
import { type Finding, findingOf, markOf, valueAt } from '../../../src/check/predicates';
import { apply, bootedCluster } from '../../support/cluster';

const cluster = bootedCluster(1, 1);
const since = markOf(cluster);
apply(cluster, 'apiVersion: v1\nkind: Pod\nmetadata: {name: web, labels: {app: web}}\nspec: {containers: [{name: web, image: nginx}]}\n');
cluster.settle();

function find(check: Check): Finding {
  return findingOf(check, { cluster, since, predictions: new Set(['made']) });
}

describe('predicates', () => {
  it('count nodes by role and readiness, and name what is there', () => {
    assert.equal(find({ nodes: { role: 'worker', ready: true, count: 1 } }).met, true);
    assert.deepEqual(find({ nodes: { role: 'worker', count: 2 } }),
      { met: false, count: 1, found: ['kind-worker Ready'] });
  });

  it('read objects by path', () => {
    assert.equal(find({ object: { kind: 'Pod', name: 'web', path: 'status.phase', is: 'Running' } }).met, true);
    assert.deepEqual(find({ object: { kind: 'Pod', name: 'web', path: 'status.phase', is: 'Failed' } }),
      { met: false, count: 0, found: ['web: Running'] });
    assert.equal(find({ object: { kind: 'Pod', labels: { app: 'web' }, path: 'status.conditions[Ready].status', is: 'True' } }).met, true);
    assert.equal(find({ object: { kind: 'Pod', name: 'none', count: 0 } }).met, true);
    assert.equal(find({ object: { kind: 'Deployment', namespace: 'kube-system', name: 'coredns' } }).met, true);
  });

  it('find values by position, by type or name, and behind keys with dots', () => {
    const object = { a: [{ name: 'x', v: 1 }, { type: 'y', v: 2 }], labels: { 'k8s.io/app': 'web' } };
    assert.equal(valueAt(object, 'a.0.v'), 1);
    assert.equal(valueAt(object, 'a[y].v'), 2);
    assert.equal(valueAt(object, 'labels["k8s.io/app"]'), 'web');
    assert.equal(valueAt(object, 'a.7.v'), undefined);
  });

  it('search the trace since the step began', () => {
    assert.equal(find({ trace: { hop: 'request', from: 'kube-scheduler', to: 'kube-apiserver', subresource: 'binding' } }).met, true);
    assert.equal(find({ trace: { from: 'kube-scheduler', to: 'etcd' } }).met, false);
    assert.equal(find({ order: [{ verb: 'RunPodSandbox' }, { verb: 'StartContainer' }] }).met, true);
    assert.equal(find({ order: [{ verb: 'StartContainer' }, { verb: 'RunPodSandbox' }] }).met, false);
    const later = { cluster, since: markOf(cluster), predictions: new Set<string>() };
    assert.equal(findingOf({ trace: { verb: 'RunPodSandbox' } }, later).met, false);
  });

  it('count revisions and find events, components and predictions', () => {
    assert.equal(find({ revision: { atLeast: 3 } }).met, true);
    assert.equal(find({ event: { reason: 'Scheduled', about: 'web' } }).met, true);
    assert.deepEqual(find({ event: { reason: 'Nothing' } }).met, false);
    assert.equal(find({ component: { name: 'kube-scheduler', running: true } }).met, true);
    assert.deepEqual(find({ component: { name: 'kube-scheduler', running: false } }).found, ['kube-scheduler@kind-control-plane']);
    assert.equal(find({ prediction: 'made' }).met, true);
    assert.equal(find({ prediction: 'open' }).met, false);
  });

  it('combine', () => {
    const yes: Check = { prediction: 'made' };
    const no: Check = { prediction: 'open' };
    assert.deepEqual([find({ all: [yes, no] }).met, find({ any: [yes, no] }).met, find({ not: no }).met], [false, true, true]);
  });

  it('answer predictions from what happened', () => {
    const asked = { cluster, since, predictions: new Set<string>() };
    const texts = { de: '', en: '' };
    const answer = (object: { ask: 'nodeOf' | 'componentWithoutPod' | 'busiestComponent'; pod?: string }): readonly unknown[] =>
      computedAnswer({ id: 'x', question: texts, object: object as never }, asked).right;
    assert.deepEqual(answer({ ask: 'nodeOf', pod: 'default/web' }), ['kind-worker']);
    assert.deepEqual([...answer({ ask: 'componentWithoutPod' })].sort(), ['containerd', 'kubelet']);
    assert.deepEqual(answer({ ask: 'busiestComponent' }), ['kube-apiserver']);
  });
});
