/** metrics-server from its own manifest: it scrapes the kubelets and serves what nodes and pods use. */
import assert from 'node:assert/strict';
import { parseMetrics, MetricsStorage } from '../../../src/node/metrics-server/storage';
import { bootedCluster } from '../../support/cluster';
import { create, podOf, until, isReady } from './kubelet/pods';
import { Session } from './kubelet/session';

const labels = { 'k8s-app': 'metrics-server' };
const account = { kind: 'ServiceAccount', name: 'metrics-server', namespace: 'kube-system' };
const rbac = 'rbac.authorization.k8s.io';

/** components.yaml of metrics-server v0.8, but for its APIService. */
const manifest = [
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { labels, name: 'metrics-server', namespace: 'kube-system' } },
  { apiVersion: `${rbac}/v1`, kind: 'ClusterRole', metadata: { labels, name: 'system:metrics-server' }, rules: [
    { apiGroups: [''], resources: ['nodes/metrics'], verbs: ['get'] },
    { apiGroups: [''], resources: ['pods', 'nodes'], verbs: ['get', 'list', 'watch'] }] },
  { apiVersion: `${rbac}/v1`, kind: 'ClusterRoleBinding', metadata: { labels, name: 'system:metrics-server' },
    roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: 'system:metrics-server' }, subjects: [account] },
  { apiVersion: 'v1', kind: 'Service', metadata: { labels, name: 'metrics-server', namespace: 'kube-system' },
    spec: { ports: [{ appProtocol: 'https', name: 'https', port: 443, protocol: 'TCP', targetPort: 'https' }], selector: labels } },
  { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { labels, name: 'metrics-server', namespace: 'kube-system' }, spec: {
    selector: { matchLabels: labels }, strategy: { rollingUpdate: { maxUnavailable: 0 } },
    template: { metadata: { labels }, spec: {
      containers: [{
        args: ['--cert-dir=/tmp', '--secure-port=10250', '--kubelet-preferred-address-types=InternalIP,ExternalIP,Hostname',
          '--kubelet-use-node-status-port', '--metric-resolution=15s'],
        image: 'registry.k8s.io/metrics-server/metrics-server:v0.8.0', imagePullPolicy: 'IfNotPresent', name: 'metrics-server',
        livenessProbe: { failureThreshold: 3, httpGet: { path: '/livez', port: 'https', scheme: 'HTTPS' }, periodSeconds: 10 },
        ports: [{ containerPort: 10250, name: 'https', protocol: 'TCP' }],
        readinessProbe: { failureThreshold: 3, httpGet: { path: '/readyz', port: 'https', scheme: 'HTTPS' },
          initialDelaySeconds: 20, periodSeconds: 10 },
        resources: { requests: { cpu: '100m', memory: '200Mi' } },
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, readOnlyRootFilesystem: true,
          runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
        volumeMounts: [{ mountPath: '/tmp', name: 'tmp-dir' }],
      }],
      nodeSelector: { 'kubernetes.io/os': 'linux' }, priorityClassName: 'system-cluster-critical',
      serviceAccountName: 'metrics-server', volumes: [{ emptyDir: {}, name: 'tmp-dir' }],
    } },
  } },
];

describe('metrics-server', () => {
  const cluster = bootedCluster(1, 1);
  let ip = '';
  const get = (path: string, headers: Record<string, string> = {}) => {
    const [answer] = new Session(cluster, path, { method: 'GET', upgrade: false, headers }, `${ip}:10250`).finish().messages;
    assert.ok(answer?.kind === 'response');
    return { code: answer.status, body: answer.body as string };
  };
  const object = (path: string) => JSON.parse(get(`/apis/metrics.k8s.io/v1beta1${path}`).body) as {
    kind: string; message?: string; items: { metadata: { name: string }; usage?: Record<string, string>;
      window: string; containers?: { name: string; usage: Record<string, string> }[] }[];
  };

  before(() => {
    create(cluster, ...manifest);
    create(cluster, podOf('busy', {}, {}, { image: 'busybox:1.36', command: ['sh', '-c', 'while :; do :; done'],
      resources: { limits: { cpu: '250m' } } }), podOf('web', {}, {}, { image: 'nginx:1.27' }));
    until(cluster, 'web', isReady);
    const server = () => cluster.objects.list('v1', 'Pod', 0, 'kube-system').find(({ metadata }) =>
      metadata.name.startsWith('metrics-server'));
    assert.ok(cluster.runUntil(() => {
      const { conditions, podIP } = (server() ?? {})['status' as never] as { conditions?: { type: string; status: string }[];
        podIP?: string } ?? {};
      ip = podIP ?? '';
      return conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
    }, 180_000), 'metrics-server is not ready');
    cluster.runFor(30_000);
  });

  it('serves the use of nodes', () => {
    const list = object('/nodes');
    assert.equal(list.kind, 'NodeMetricsList');
    assert.deepEqual(list.items.map(({ metadata }) => metadata.name), ['kind-control-plane', 'kind-worker']);
    for (const { usage, window } of list.items) {
      assert.match(usage?.['cpu'] ?? '', /^\d+n$/);
      assert.match(usage?.['memory'] ?? '', /^\d+Ki$/);
      assert.match(window, /^1\d(\.\d+)?s$/);
    }
  });

  it('serves the use of pods, of the busy more than of the idle', () => {
    const list = object('/namespaces/default/pods');
    assert.deepEqual(list.items.map(({ metadata }) => metadata.name), ['busy', 'web']);
    const cpu = (index: number): number => Number.parseInt(list.items[index]?.containers?.[0]?.usage['cpu'] ?? '', 10) / 1e6;
    assert.ok(cpu(0) > 200 && cpu(0) <= 260, String(cpu(0)));
    assert.ok(cpu(1) < 10, String(cpu(1)));
    assert.ok(object('/pods').items.length > 10);
    assert.equal(object('/pods?labelSelector=k8s-app%3Dmetrics-server').items.length, 1);
  });

  it('answers what there is not, discovery, and tables', () => {
    assert.equal(object('/nodes/none').message, 'nodemetrics.metrics.k8s.io "none" not found');
    assert.equal(object('/namespaces/default/pods/x').message, 'podmetrics.metrics.k8s.io "default/x" not found');
    assert.match(get('/apis/metrics.k8s.io/v1beta1').body, /"kind":"NodeMetrics"/);
    assert.equal(get('/nope').code, 404);
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
    assert.match(get('/apis/metrics.k8s.io/v1beta1/nodes', { accept }).body, /^\{"kind":"Table".*"cells":\["kind-control-plane","\d+n"/);
  });
});

describe('metrics-server: samples', () => {
  const page = (cpu: number, at: number): string => `container_cpu_usage_seconds_total{container="a",namespace="n",pod="p"} ${cpu} ${at}
container_memory_working_set_bytes{container="a",namespace="n",pod="p"} 2048 ${at}
container_start_time_seconds{container="a",namespace="n",pod="p"} 100
node_cpu_usage_seconds_total ${cpu} ${at}
node_memory_working_set_bytes 4096 ${at}\n`;

  it('become use with the second of them, or from the start of a container', () => {
    const storage = new MetricsStorage();
    storage.store([parseMetrics('node', page(1, 120_000), 0)]);
    assert.equal(storage.node('node'), undefined);
    assert.deepEqual(storage.pod('n', 'p')?.get('a'),
      { atMs: 120_000, windowMs: 20_000, nanoCores: 50_000_000, memoryBytes: 2048 });
    storage.store([parseMetrics('node', page(4, 135_000), 0)]);
    assert.deepEqual(storage.node('node'), { atMs: 135_000, windowMs: 15_000, nanoCores: 200_000_000, memoryBytes: 4096 });
    storage.store([]);
    assert.equal(storage.ready, false);
  });
});
