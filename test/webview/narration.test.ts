/** The panel's words: complete in both languages, and every hop has its sentence. */
import assert from 'node:assert/strict';
import { english } from '../../webview/narration/english';
import { german } from '../../webview/narration/german';
import { objectText, resourcesText } from '../../webview/narration/nouns';
import { sentence, shortLabel } from '../../webview/narration/sentence';
import { clockText, text } from '../../webview/narration/text';
import type { TextKey } from '../../webview/narration/text';
import { edgeTable } from '../../webview/scene/edges';
import { applyHops, busy, fresh, hop } from './fixtures';
import type { HopFields } from './fixtures';

const keys = Object.keys(english) as TextKey[];

/** Placeholders without the case that German adds: `toDat` is `to`. */
function placeholders(words: string): string[] {
  return [...new Set([...words.matchAll(/\{(\w+?)(?:Acc|Dat)?\}/g)].map(([, name]) => name ?? ''))].sort();
}

describe('texts', () => {
  it('have the same keys in both languages', () => {
    assert.deepEqual(Object.keys(german).sort(), [...keys].sort());
  });

  for (const key of keys) {
    const [en, de] = [english[key], german[key]];
    if (!en || !de) it(`is not empty: ${key}`, () => assert.fail());
    // A sentence may leave out a word that the other language has no need of, but never invent one.
    const invented = placeholders(de).filter((name) => !placeholders(en).includes(name));
    if (invented.length > 0) it(`knows its placeholders: ${key}`, () => assert.fail(invented.join()));
    if (placeholders(en).some((name) => !placeholders(de).includes(name))) it(`fills in all: ${key}`,
      () => assert.fail(de));
  }

  it('are translated, names and words of Kubernetes apart', () => {
    const isSentence = (words: string): boolean => words.replace(/\{\w+\}/g, '').trim().split(/\s+/).length > 3;
    assert.deepEqual(keys.filter((key) => isSentence(english[key]) && english[key] === german[key]), []);
  });

  it('explain every edge', () => {
    for (const { purpose } of edgeTable) assert.ok(english[purpose], purpose);
  });

  it('fill in what they are given and nothing else', () => {
    assert.equal(text('de', 'label.pod', { title: 'web-0', status: 'Running', place: 'auf kind-worker' }),
      'Pod web-0, Running, auf kind-worker');
    assert.equal(text('en', 'revision', {}), 'rev ');
    assert.equal(clockText(41_250), '0:41.250');
    assert.equal(clockText(3_723_004), '1:02:03.004');
  });
});

describe('nouns', () => {
  it('are kubectl\'s in English and kinds in German', () => {
    const subject = { verb: 'create', resource: 'replicasets.apps', name: 'web-1' };
    assert.equal(objectText(subject, 'en'), 'replicaset web-1');
    assert.equal(objectText(subject, 'de'), 'ReplicaSet web-1');
    assert.equal(objectText({ verb: 'get', resource: 'widgets.example.com', name: 'a' }, 'en'), 'widget a');
    assert.equal(resourcesText('endpointslices.discovery.k8s.io', 'en'), 'endpointslices');
    for (const [resource, plural] of [
      ['pods', 'Pods'], ['endpoints', 'Endpoints'], ['ingresses', 'Ingresses'], ['networkpolicies', 'NetworkPolicies'],
      ['storageclasses', 'StorageClasses'],
    ] as const) assert.equal(resourcesText(resource, 'de'), plural);
  });
});

describe('sentences', () => {
  const view = fresh();
  const server = 'kube-apiserver@kind-control-plane';
  const pod = { resource: 'pods', namespace: 'default', name: 'web-1' };

  it('tell how a Deployment is created, in both languages', () => {
    assert.deepEqual(applyHops().map((one) => sentence(one, view, 'en')), [
      'You apply manifests',
      'kubectl asks the API server to create deployment web',
      'Authentication: the API server knows who asks to create deployment web',
      'Authorization: RBAC allows create deployment web',
      'Mutating admission: deployment web needs no change',
      'Validation: deployment web is well formed',
      'Validating admission: nothing speaks against deployment web',
      'Registry: deployment web is ready to be stored',
      'The API server has etcd store /registry/deployments/default/web, if it has not changed meanwhile',
      'etcd stores /registry/deployments/default/web as revision 413',
      'The API server answers kubectl: deployment web was created (201)',
      'The API server tells the controller manager: deployment web was added',
      'The API server tells the kubelet on kind-worker: pod web-6d4b75cb6d-hx2mk was added',
      'The kubelet on kind-worker asks containerd on kind-worker for a sandbox for pod web-6d4b75cb6d-hx2mk',
    ]);
    assert.deepEqual(applyHops().slice(9, 13).map((one) => sentence(one, view, 'de')), [
      'etcd speichert /registry/deployments/default/web als Revision 413',
      'Der API-Server antwortet kubectl: Deployment web ist angelegt (201)',
      'Der API-Server sagt dem Controller-Manager: Deployment web ist neu',
      'Der API-Server sagt dem Kubelet auf kind-worker: Pod web-6d4b75cb6d-hx2mk ist neu',
    ]);
  });

  const cases: readonly (readonly [hop: HopFields, en: string, de: string, label: string])[] = [
    [{ kind: 'stage', from: server, to: server, stage: 'authorization', allowed: false,
      subject: { verb: 'delete', ...pod, reason: 'Forbidden', message: 'no rule' } },
      'Authorization: nobody allows delete pod web-1: no rule',
      'Authorization: Niemand erlaubt delete Pod web-1: no rule', 'authorization'],
    [{ kind: 'response', from: server, to: 'kubectl@client',
      subject: { verb: 'create', ...pod, code: 409, reason: 'AlreadyExists', message: 'pods "web-1" already exists' } },
      'The API server refuses kubectl with 409 AlreadyExists: pods "web-1" already exists',
      'Der API-Server weist kubectl ab mit 409 AlreadyExists: pods "web-1" already exists', '409 AlreadyExists'],
    [{ kind: 'decision', from: 'kube-scheduler@kind-control-plane', to: 'kube-scheduler@kind-control-plane',
      node: 'kind-worker', subject: { verb: 'schedule', ...pod } },
      'The scheduler chooses kind-worker for pod web-1', 'Der Scheduler wählt kind-worker für Pod web-1',
      'kind-worker'],
    [{ kind: 'failure', from: 'kind-control-plane:6443', to: 'kubelet@kind-worker',
      subject: { verb: 'list', resource: 'pods', reason: 'refused' } },
      'The kubelet on kind-worker cannot reach the API server: nobody listens there',
      'Das Kubelet auf kind-worker erreicht den API-Server nicht: Dort hört niemand zu', 'refused'],
    [{ kind: 'stopped', from: 'kubelet@kind-worker', to: 'kubelet@kind-worker', exitCode: 137,
      subject: { verb: 'stop' } },
      'The kubelet on kind-worker has ended with exit code 137',
      'Das Kubelet auf kind-worker ist beendet, Exit-Code 137', 'exit 137'],
    [{ kind: 'started', from: 'default/web-1/app@kind-worker', to: 'default/web-1/app@kind-worker',
      subject: { verb: 'start' } },
      'Pod web-1 starts', 'Pod web-1 startet', 'start'],
    [{ kind: 'fault', from: 'kind-control-plane', to: 'kind-worker', subject: { verb: 'cut' } },
      'The network between kind-control-plane and kind-worker is cut',
      'Das Netz zwischen kind-control-plane und kind-worker ist getrennt', 'cut'],
    [{ kind: 'request', from: 'containerd@kind-worker', to: 'registry@internet', channel: 'registry',
      subject: { verb: 'GET', name: 'docker.io/library/nginx:1.27' } },
      'containerd on kind-worker asks the image registry for the image docker.io/library/nginx:1.27',
      'containerd auf kind-worker fragt die Image-Registry nach dem Image docker.io/library/nginx:1.27', 'pull'],
    [{ kind: 'request', from: 'containerd@kind-worker', to: 'cni-plugins@kind-worker', channel: 'cni',
      subject: { verb: 'ADD', namespace: 'default', name: 'web-1' } },
      'containerd on kind-worker has the CNI plug-in on kind-worker connect pod web-1 to the pod network',
      'containerd auf kind-worker lässt das CNI-Plugin auf kind-worker Pod web-1 mit dem Pod-Netz verbinden',
      'CNI ADD'],
    [{ kind: 'request', from: 'kubelet@kind-worker', to: server,
      subject: { verb: 'update', resource: 'leases.coordination.k8s.io', name: 'kind-worker' } },
      'The kubelet on kind-worker renews its lease kind-worker at the API server',
      'Das Kubelet auf kind-worker erneuert beim API-Server seine Lease kind-worker', 'update leases'],
    [{ kind: 'request', from: 'kube-scheduler@kind-control-plane', to: server,
      subject: { verb: 'create', subresource: 'binding', ...pod } },
      'The scheduler tells the API server to bind pod web-1 to a node',
      'Der Scheduler bittet den API-Server, Pod web-1 an einen Node zu binden', 'create pods/binding'],
    [{ kind: 'request', from: 'kubeadm@kind-control-plane', to: server, subject: { verb: 'get', name: '/readyz' } },
      'kubeadm on kind-control-plane asks the API server for /readyz',
      'kubeadm auf kind-control-plane fragt den API-Server nach /readyz', 'get /readyz'],
  ];
  for (const [fields, en, de, label] of cases) {
    it(en, () => {
      const one = hop(fields);
      assert.equal(sentence(one, view, 'en'), en);
      assert.equal(sentence(one, view, 'de'), de);
      assert.equal(shortLabel(one), label);
    });
  }

  it('exist for every channel, verb and kind, known or not', () => {
    const channels = ['https', 'grpc', 'cri', 'cni', 'registry', 'dns', 'http', 'tcp', 'exec'] as const;
    const verbs = ['create', 'watch', 'Txn', 'Range', 'PullImage', 'DEL', 'GET', 'somethingNew'];
    for (const kind of ['request', 'response', 'event',
      'failure'] as const) for (const channel of channels) for (const verb of verbs) {
      for (const language of ['en', 'de'] as const) {
        const said = sentence(hop({ kind, channel, subject: { verb, resource: 'pods', name: 'a' } }), busy(), language);
        assert.ok(said.length > 5, `${kind} ${channel} ${verb}`);
        assert.doesNotMatch(said, /undefined|\{|\}/);
      }
    }
  });
});
