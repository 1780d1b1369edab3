/** agnhost's admission webhook: what it answers to reviews. */
import assert from 'node:assert/strict';
import { httpRequest, type HttpResponse } from '../../../../src/api/web';
import { base64Decode } from '../../../../src/base/base64';
import { newSimulation, TestContainer } from './container';

describe('agnhost webhook', () => {
  const sim = newSimulation();
  const image = 'registry.k8s.io/e2e-test-images/agnhost';
  const server = new TestContainer(sim, ['/agnhost', 'webhook', '--tls-cert-file=/c', '--sidecar-image=side:1'], { image });

  const ask = (path: string, request: object, more: { text?: string; type?: string } = {}): HttpResponse | string => {
    const answers: (HttpResponse | string)[] = [];
    const review = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request: { uid: 'u-1', ...request } };
    const payload = httpRequest('POST', path, 'kube-apiserver-admission', { 'content-type': more.type ?? 'application/json' },
      more.text ?? JSON.stringify(review));
    sim.spawn({ id: `api-${sim.nowMs}-${path}-${Math.floor(sim.eventsProcessed)}@node`, machine: 'node', program: { start: (host) => {
      host.call({ to: '10.244.1.5:443', channel: 'https', subject: { verb: 'post' }, payload }, {
        onResult: (result) => answers.push(result.ok ? result.payload as HttpResponse : result.failure),
      });
    } } });
    assert.ok(sim.runUntilTrue(() => answers.length > 0, 10_000), 'no answer');
    return answers[0] as HttpResponse | string;
  };
  const verdict = (path: string, request: object) => {
    const answer = ask(path, request);
    assert.ok(typeof answer !== 'string' && answer.code === 200);
    const { response } = JSON.parse(answer.body as string) as { response: { uid: string; allowed: boolean; patch?: string;
      status?: { message?: string; reason?: string } } };
    assert.equal(response.uid, 'u-1');
    const patch = response.patch === undefined ? undefined : JSON.parse(base64Decode(response.patch) ?? '') as object[];
    return [response.allowed, response.status?.message ?? response.status?.reason, patch];
  };
  const pods = { group: '', version: 'v1', resource: 'pods' };
  const pod = (name: string, labels: object, container = 'c') =>
    ({ operation: 'CREATE', resource: pods, object: { metadata: { name, labels }, spec: { containers: [{ name: container }] } } });
  const map = (data: object, operation = 'CREATE') => ({ operation, resource: { resource: 'configmaps' },
    [operation === 'DELETE' ? 'oldObject' : 'object']: { data } });

  const cases: readonly (readonly [path: string, request: object, allowed: boolean, why?: string, patch?: object])[] = [
    ['/always-deny', {}, false, 'this webhook denies all requests'],
    ['/pods', pod('a', {}), true],
    ['/pods', pod('a', { 'webhook-e2e-test': 'webhook-disallow' }, 'webhook-disallow'), false,
      'the pod contains unwanted label; the pod contains unwanted container name;'],
    ['/add-label', { object: { metadata: {} } }, true, undefined,
      [{ op: 'add', path: '/metadata/labels', value: { 'added-label': 'yes' } }]],
    ['/add-label', { object: { metadata: { labels: { a: 'b' } } } }, true, undefined,
      [{ op: 'add', path: '/metadata/labels/added-label', value: 'yes' }]],
    ['/mutating-pods', pod('webhook-to-be-mutated', {}), true, undefined, [{ op: 'add', path: '/spec/initContainers',
      value: [{ image: 'webhook-added-image', name: 'webhook-added-init-container', resources: {} }] }]],
    ['/mutating-pods-sidecar', pod('b', {}), true, undefined, [{ op: 'add', path: '/spec/containers/-',
      value: { image: 'side:1', name: 'webhook-added-sidecar', resources: {} } }]],
    ['/configmaps', map({ 'webhook-e2e-test': 'webhook-disallow' }), false, 'the configmap contains unwanted key and value'],
    ['/configmaps', map({ 'webhook-e2e-test': 'webhook-nondeletable' }, 'DELETE'), false,
      'the configmap cannot be deleted because it contains unwanted key and value'],
    ['/mutating-configmaps', map({ 'mutation-start': 'yes' }), true, undefined,
      [{ op: 'add', path: '/data/mutation-stage-1', value: 'yes' }]],
  ];
  for (const [path, request, allowed, why, patch] of cases) {
    it(`${path} ${JSON.stringify(request)}`, () => assert.deepEqual(verdict(path, request), [allowed, why, patch]));
  }

  it('allows late, refuses what is no review, and breaks off as the real one crashes', () => {
    const before = sim.nowMs;
    assert.deepEqual(verdict('/always-allow-delay-5s', {}), [true, 'this webhook allows all requests', undefined]);
    assert.ok(sim.nowMs - before >= 5_000);
    assert.equal((ask('/pods', {}, { text: '{}' }) as HttpResponse).code, 400);
    assert.equal((ask('/pods', {}, { type: 'text/plain' }) as HttpResponse).body, '');
    assert.equal((ask('/nope', {}) as HttpResponse).code, 404);
    assert.equal(ask('/configmaps', pod('a', {})), 'reset');
    assert.ok(server.running);
  });
});
