/** Admission webhooks: a Service of the sandbox is asked over the simulated network, and every way in which that fails. */
import assert from 'node:assert/strict';
import { builtInKinds } from '../../../src/api/kinds';
import { kindRegistry } from '../../../src/api/registry';
import type { ConfigMap, KubeObject, Status } from '../../../src/api/types';
import { isHttpRequest } from '../../../src/api/web';
import { base64Encode } from '../../../src/base/base64';
import type { IncomingCall, ProcessHost, Program } from '../../../src/sim/process';
import { type Ask, World } from './harness';

const group = 'admissionregistration.k8s.io';
const namespace = 'default';
const caBundle = base64Encode('-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n');

interface Review {
  readonly request: { readonly uid: string; readonly operation: string; readonly object: ConfigMap | null };
}

/** What a webhook answers to a request at a path; undefined to say nothing at all. */
type Answer = (request: Review['request'], path: string) => object | string | undefined;

class WebhookServer implements Program {
  readonly paths: string[] = [];
  constructor(private readonly answer: Answer) {}

  start(host: ProcessHost): void {
    host.listen(8443);
  }

  serve(call: IncomingCall): void {
    assert.ok(isHttpRequest(call.payload));
    const path = call.payload.path.split('?', 1)[0] ?? '';
    this.paths.push(path);
    const { request } = JSON.parse(call.payload.text ?? '') as Review;
    const answer = this.answer(request, path);
    if (answer === undefined) return;
    const body = typeof answer === 'string' ? answer : JSON.stringify({
      apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response: { uid: request.uid, allowed: true, ...answer },
    });
    call.reply({ code: 200, body }, { verb: 'post', code: 200 });
  }
}

/** A server of webhooks behind the Service `hook`, whose address leads there as kube-proxy would have it. */
function world(answer: Answer): { made: World; server: WebhookServer } {
  const made = new World({ kinds: kindRegistry(builtInKinds) });
  made.sim.network.addMachine('worker', '172.18.0.3');
  const server = new WebhookServer(answer);
  made.sim.spawn({ id: 'webhook@worker', machine: 'worker', program: server });
  made.must({ verb: 'create', resource: 'services', namespace, body: { metadata: { name: 'hook' },
    spec: { clusterIP: '10.96.0.9', ports: [{ port: 443, targetPort: 8443 }] } } });
  const machine = made.sim.network.machine('cp');
  assert.ok(machine);
  machine.translation = { translate: (ip, port) => (ip !== '10.96.0.9' || port !== 443 ? undefined
    : made.sim.network.machine('worker')?.up ? { ip: '172.18.0.3', port: 8443 } : 'reject') };
  return { made, server };
}

function hook(name: string, more: object = {}, service: object = {}): object {
  return {
    name: `${name}.example.com`, admissionReviewVersions: ['v1'], sideEffects: 'None',
    clientConfig: { caBundle, service: { name: 'hook', namespace, path: `/${name}`, ...service } },
    rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['*'], resources: ['configmaps'] }], ...more,
  };
}

function configure(made: World, kind: 'mutating' | 'validating', ...webhooks: object[]): void {
  made.must({ verb: 'create', group, resource: `${kind}webhookconfigurations`, body: { metadata: { name: 'c' }, webhooks } });
}

const map = (name: string, data: Record<string, string> = {}): Ask =>
  ({ verb: 'create', resource: 'configmaps', namespace, body: { metadata: { name }, data } });

function patch(...operations: object[]): object {
  return { patchType: 'JSONPatch', patch: base64Encode(JSON.stringify(operations)) };
}

describe('admission: webhooks', () => {
  it('refuses what a webhook denies, with its words, code and warnings', () => {
    const { made } = world(({ object, operation }) => (operation === 'DELETE' ? {}
      : object?.metadata.name === 'bad' ? { allowed: false, status: { code: 403, reason: 'Forbidden', message: 'no bad names' } }
        : { warnings: ['a word of warning'] }));
    configure(made, 'validating', hook('names'));
    const { code, body } = made.ask(map('bad'));
    assert.deepEqual([code, (body as Status).message],
      [403, 'admission webhook "names.example.com" denied the request: no bad names']);
    assert.deepEqual(made.ask(map('good')).warnings, ['a word of warning']);
    made.must({ verb: 'delete', resource: 'configmaps', namespace, name: 'good' });
  });

  it('denies without explanation', () => {
    const { made } = world(() => ({ allowed: false }));
    configure(made, 'validating', hook('mute'));
    assert.deepEqual(made.refused(map('a')), { code: 400, reason: undefined,
      message: 'admission webhook "mute.example.com" denied the request without explanation' });
  });

  it('changes objects by patches, one after the other, and again who wishes', () => {
    const { made, server } = world(({ object }, path) => {
      const { data = {} } = object ?? {};
      if (path === '/first') return data['first'] ? {} : patch({ op: 'add', path: '/data/first', value: Object.keys(data).join() });
      return data['second'] ? {} : patch({ op: 'add', path: '/data/second', value: 'yes' });
    });
    configure(made, 'mutating', hook('first', { reinvocationPolicy: 'IfNeeded' }), hook('second'));
    const { data } = made.must<ConfigMap & KubeObject>(map('a', { own: '' }));
    assert.deepEqual(data, { first: 'own', own: '', second: 'yes' });
    assert.deepEqual(server.paths, ['/first', '/second', '/first']);
  });

  const cases: [string, Answer, object, string][] = [
    ['an answer that is none', () => 'hello',
      {}, 'failed to call webhook: couldn\'t get version/kind; json parse error: invalid character \'h\' looking for beginning of value'],
    ['another uid', () => ({ uid: 'x' }), {}, 'received invalid webhook response: expected response.uid="U", got "x"'],
    ['a patch from a judge', () => patch(), {}, 'received invalid webhook response: validating webhook may not return response.patch'],
    ['silence', () => undefined, { timeoutSeconds: 2 },
      'failed to call webhook: Post "https://hook.default.svc:443/x?timeout=2s": context deadline exceeded'],
    ['a port that is not there', () => ({}), { clientConfig: { caBundle, service: { name: 'hook', namespace, port: 8443 } } },
      'failed to call webhook: Post "https://hook.default.svc:8443/?timeout=10s": no service port 8443 found for service "hook"'],
    ['a service that is not there', () => ({}), { clientConfig: { caBundle, service: { name: 'none', namespace, path: '/x' } } },
      'failed to call webhook: Post "https://none.default.svc:443/x?timeout=10s": service "none" not found'],
    ['a name outside', () => ({}), { clientConfig: { url: 'https://hooks.example.com/x' } },
      'failed to call webhook: Post "https://hooks.example.com/x?timeout=10s": dial tcp: lookup hooks.example.com on 172.18.0.1:53: no such host'],
    ['nobody who vouches for it', () => ({}), { clientConfig: { service: { name: 'hook', namespace, path: '/x' } } },
      'failed to call webhook: Post "https://hook.default.svc:443/x?timeout=10s": tls: failed to verify certificate: x509: '
      + 'certificate signed by unknown authority'],
  ];
  for (const [what, answer, more, message] of cases) {
    it(`fails on ${what}, or goes on`, () => {
      const { made } = world(answer);
      configure(made, 'validating', hook('x', more));
      const refusal = made.refused(map('a'));
      const shown = refusal.message.replace(/uid="[0-9a-f-]{36}"/, 'uid="U"');
      assert.deepEqual([refusal.code, shown], [500, `Internal error occurred: failed calling webhook "x.example.com": ${message}`]);
      made.must({ verb: 'patch', patchType: 'merge', group, resource: 'validatingwebhookconfigurations', name: 'c',
        body: { webhooks: [hook('x', { ...more, failurePolicy: 'Ignore' })] } });
      made.must(map('a'));
    });
  }

  it('says who refuses the connection', () => {
    const { made } = world(() => ({}));
    configure(made, 'validating', hook('x'));
    const worker = made.sim.network.machine('worker');
    if (worker) worker.up = false;
    assert.equal(made.refused(map('a')).message, 'Internal error occurred: failed calling webhook "x.example.com": failed to '
      + 'call webhook: Post "https://hook.default.svc:443/x?timeout=10s": dial tcp 10.96.0.9:443: connect: connection refused');
  });

  it('asks only about what is selected, and nothing with side effects in a dry run', () => {
    const { made, server } = world(() => ({}));
    configure(made, 'validating',
      hook('objects', { objectSelector: { matchLabels: { a: 'b' } } }),
      hook('conditions', { matchConditions: [{ name: 'c', expression: "object.metadata.name == 'wanted'" }] }),
      hook('dry', { sideEffects: 'NoneOnDryRun', matchConditions: [{ name: 'd', expression: 'request.dryRun' }] }));
    made.must(map('a'));
    assert.deepEqual(server.paths, []);
    made.must(map('wanted'));
    made.must({ ...map('b'), options: { dryRun: true } });
    assert.deepEqual(server.paths, ['/conditions', '/dry']);
  });
});
