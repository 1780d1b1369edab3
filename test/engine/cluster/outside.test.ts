/** Requests of outside clients are inputs of the run: replayable, with nothing in the log that could be used as a key. */
import assert from 'node:assert/strict';
import { replay } from '../../../src/cluster/cluster';
import { decodeClusters, encodeClusters } from '../../../src/host/vscode/saved-clusters';
import type { HttpMessage, HttpRequest, SessionMessage } from '../../../src/protocol/http';
import { bootedCluster } from '../../support/cluster';

const admin = { name: 'kubernetes-admin', groups: ['kubeadm:cluster-admins'] };
const text = (value: string): Uint8Array => new TextEncoder().encode(value);

describe('outside clients', () => {
  const cluster = bootedCluster(1, 1);

  /** Sends a request and runs until it is answered; the messages that came back. */
  function ask(request: Partial<HttpRequest>, more: readonly SessionMessage[] = []): readonly HttpMessage[] {
    const messages: HttpMessage[] = [];
    const connection = cluster.open(
      { method: 'GET', target: '/', headers: { 'user-agent': 'kubectl/v1.36.3' }, body: text(''), ...request },
      (message) => messages.push(message));
    cluster.runFor(20);
    for (const message of more) connection.send(message);
    cluster.runFor(2_000);
    connection.close();
    return messages;
  }

  const bodyOf = (messages: readonly HttpMessage[]): string => messages.flatMap((message) =>
    message.kind === 'response' ? [String(message.body)] : message.kind === 'chunk' ? [String(message.data)] : []).join('');

  const created = ask({
    method: 'POST', target: '/api/v1/namespaces/default/serviceaccounts/default/token', identity: admin,
    headers: { 'content-type': 'application/json', 'user-agent': 'kubectl/v1.36.3' }, body: text('{"spec":{}}'),
  });
  const { token } = (JSON.parse(bodyOf(created)) as { status: { token: string } }).status;
  const bearer = (value: string): HttpRequest['headers'] => ({ 'authorization': `Bearer ${value}`, 'user-agent': 'curl/8' });
  const answers = [
    ask({ target: '/apis/authorization.k8s.io/v1', headers: bearer(token) }),
    ask({ target: '/api/v1/secrets', headers: bearer(token) }),
    ask({ target: '/api/v1/secrets', headers: bearer(`${token.slice(0, -4)}aaaa`) }),
    ask({ target: '/api/v1/secrets', headers: bearer('no-such-token') }),
    ask({ method: 'POST', target: '/api/v1/namespaces/default/configmaps', identity: admin, body: text('{"metadata":{"name":"a"}}'),
      headers: { 'content-type': 'application/json' } }),
    ask({ target: '/api/v1/configmaps?watch=true&resourceVersion=0', identity: admin }),
    ask({ target: '/api/v1/namespaces/kube-system/pods/etcd-kind-control-plane/exec?command=etcdctl&command=version'
      + '&stdin=true&stdout=true',
      identity: admin, upgrade: true }, [{ kind: 'data', stream: 0, data: text('hello') }, { kind: 'close', stream: 0 }]),
  ];

  it('are answered by their credentials', () => {
    const statuses = answers.map(([first]) => (first?.kind === 'response' || first?.kind === 'head' ? first.status : first?.kind));
    assert.deepEqual(statuses, [200, 403, 401, 401, 201, 200, 'switched']);
  });

  it('leave no token in the log, in the trace or in what is kept', () => {
    const kept = encodeClusters({ active: 'kind', clusters: [{
      kindYaml: cluster.options.kindYaml, epochMs: cluster.options.epochMs, log: cluster.log,
      atEvents: cluster.eventsProcessed, atMs: cluster.nowMs, paused: false,
    }] }) ?? '';
    const [, payload = '', signature = ''] = token.split('.');
    const trace = JSON.stringify(cluster.trace.slice(0));
    for (const secret of [payload, signature, 'no-such-token']) {
      assert.ok(!kept.includes(secret) && !trace.includes(secret), secret);
    }
    assert.deepEqual(decodeClusters(kept).clusters[0]?.log.length, cluster.log.length);
  });

  it('do the same again in a replay, also under other keys and from what is kept', () => {
    const { clusters: [saved] } = decodeClusters(encodeClusters({ active: undefined, clusters: [{
      kindYaml: cluster.options.kindYaml, epochMs: cluster.options.epochMs, log: cluster.log,
      atEvents: cluster.eventsProcessed, atMs: cluster.nowMs, paused: false,
    }] }));
    const again = replay({ ...cluster.options, entropy: 'f'.repeat(64) }, saved?.log ?? [], cluster.eventsProcessed);
    assert.equal(again.trace.length, cluster.trace.length);
    assert.equal(again.trace.digest(), cluster.trace.digest());
  });
});
