/** Views and hops for tests of the diagram: clusters as kind makes them, with pods in many states. */
import type { ApiStage, Hop } from '../../src/protocol/trace';
import type { ClusterView, ComponentKind, ComponentView, NodeView, PodHealth, PodView,
  RunState } from '../../src/protocol/view';

/** The fields of all kinds of hops. */
type Fields<T> = T extends Hop ? Partial<Omit<T, 'kind' | 'subject'>> : never;
type All<T> = (T extends unknown ? (one: T) => void : never) extends (all: infer A) => void ? A : never;
export type HopFields = All<Fields<Hop>> & { readonly kind: Hop['kind']; readonly subject?: Partial<Hop['subject']> };

export const paused: RunState = { mode: 'paused', speed: 1, quiet: false };
export const stepping: RunState = { mode: 'hops', speed: 1, quiet: false };

/** The STATUS column that goes with each health. */
const statusOf: Readonly<Record<PodHealth, string>> = {
  pending: 'Pending', creating: 'ContainerCreating', running: 'Running', ready: 'Running', succeeded: 'Completed',
  failed: 'ErrImagePull', crashing: 'CrashLoopBackOff', terminating: 'Terminating', unknown: 'Unknown',
};

let created = 0;

export function pod(name: string, health: PodHealth = 'ready', change: Partial<PodView> = {}): PodView {
  created += 1;
  const ready = health === 'ready' ? 1 : 0;
  return {
    uid: `uid-${name}`, namespace: 'default', name, status: statusOf[health], health, readyContainers: ready,
    totalContainers: 1, restarts: health === 'crashing' ? 4 : 0, node: '', static: false, createdMs: created * 10,
    labels: {},
    ip: health === 'ready' || health === 'running' ? `10.244.1.${created % 250 + 2}` : undefined,
    owner: name.includes('-') ? `ReplicaSet/${name.slice(0, name.lastIndexOf('-'))}` : undefined,
    containers: [{
      name: 'app', image: 'nginx:1.27', init: false, state: health === 'ready' ? 'running' : 'waiting',
      reason: health === 'creating' ? 'ContainerCreating' : undefined, ready: ready === 1, restarts: 0,
    }],
    ...change,
  };
}

const letters = 'bcdfghjklmnpqrstvwxz2456789';

/** Five characters such as Kubernetes puts behind a name; the same for the same seed, and different for others. */
export function suffix(seed: number): string {
  let rest = seed * 7_919 + 1_234_567;
  return Array.from({ length: 5 }, () => {
    const letter = letters.charAt(rest % letters.length);
    rest = Math.floor(rest / letters.length);
    return letter;
  }).join('');
}

function component(kind: ComponentKind, name: string, node: string, podName?: string): ComponentView {
  return { id: `${name}@${node}`, kind, name, running: true, ...(podName ? { pod: `kube-system/${podName}` } : {}) };
}

interface NodeOptions {
  readonly controlPlane?: boolean;
  readonly index?: number;
  readonly pods?: readonly PodView[];
  readonly leader?: boolean;
}

/** A Ready node with what kind starts on it. */
export function node(name: string,
  { controlPlane = false, index = 0, pods = [], leader = false }: NodeOptions = {}): NodeView {
  const system = (podName: string, change: Partial<PodView> = {}): PodView =>
    pod(podName, 'ready', { namespace: 'kube-system', ip: `172.18.0.${index + 2}`, node: name, ...change });
  const parts: readonly ComponentKind[] = controlPlane
    ? ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'] : [];
  const proxy = `kube-proxy-${suffix(index)}`;
  const kindnet = `kindnet-${suffix(index + 40)}`;
  return {
    name, controlPlane, roles: controlPlane ? ['control-plane'] : [], status: 'Ready', health: 'ready', poweredOn: true,
    version: 'v1.36.1', address: `172.18.0.${index + 2}`, podCIDR: `10.244.${index}.0/24`,
    taints: controlPlane ? ['node-role.kubernetes.io/control-plane:NoSchedule'] : [], labels: {},
    capacity: { cpu: '8', memory: '16Gi', pods: '110' }, createdMs: index * 100,
    components: [
      ...parts.map((kind) => ({
        ...component(kind, kind, name, `${kind}-${name}`),
        ...(leader && kind !== 'etcd' && kind !== 'kube-apiserver' ? { leader } : {}),
      })),
      component('kubelet', 'kubelet', name), component('container-runtime', 'containerd', name),
      component('kube-proxy', 'kube-proxy', name, proxy), component('cni', 'kindnetd', name, kindnet),
      ...pods.filter(({ name: own }) => own.startsWith('coredns-')).map((dns) => ({
        id: `kube-system/${dns.name}/coredns@${name}`, kind: 'coredns' as const, name: 'coredns', running: true,
        pod: `kube-system/${dns.name}`,
      })),
    ],
    pods: [
      ...parts.map((kind) => system(`${kind}-${name}`, { static: true, owner: `Node/${name}` })),
      system(proxy, { owner: 'DaemonSet/kube-proxy' }), system(kindnet, { owner: 'DaemonSet/kindnet' }),
      ...pods.map((own) => ({ ...own, node: name })),
    ],
  };
}

/** What a fresh cluster runs on its first control plane besides the components. */
function addons(): PodView[] {
  return [
    pod('coredns-674b8bbfcf-7xk2p', 'ready', { namespace: 'kube-system', ip: '10.244.0.2' }),
    pod('coredns-674b8bbfcf-wq9zt', 'ready', { namespace: 'kube-system', ip: '10.244.0.3' }),
    pod('local-path-provisioner-7dc846544d-m4hnb', 'ready', { namespace: 'local-path-storage', ip: '10.244.0.4' }),
  ];
}

export function cluster(nodes: readonly NodeView[], change: Partial<ClusterView> = {}): ClusterView {
  return {
    name: 'kind', kubernetesVersion: 'v1.36.1', nowMs: 41_250, revision: 412, hops: 5_120, run: paused, nodes,
    unboundPods: [],
    failingPods: 0, ...change,
  };
}

/** One control plane and one worker, just up. */
export function fresh(change: Partial<ClusterView> = {}): ClusterView {
  return cluster([
    node('kind-control-plane', { controlPlane: true, pods: addons(), leader: true }), node('kind-worker', { index: 1 }),
  ], change);
}

/** One node that is everything. */
export function single(): ClusterView {
  const pods = [...addons(), pod('web-6d4b75cb6d-hx2mk'), pod('web-6d4b75cb6d-9kzpw')];
  return cluster([{ ...node('kind-control-plane', { controlPlane: true, pods, leader: true }), taints: [] }]);
}

/** Two workers, a Deployment on its way up, and pods in every state. */
export function busy(change: Partial<ClusterView> = {}): ClusterView {
  const web = (seed: number, health: PodHealth): PodView => pod(`web-6d4b75cb6d-${suffix(seed)}`, health);
  const first = [web(1, 'ready'), web(2, 'creating'), pod('broken-5c9f7d8b4-x7lq2', 'crashing'),
    pod('batch-28f7k', 'succeeded')];
  const second = [
    web(3, 'running'), pod('typo-7f6d9c5b8-kk4tz', 'failed',
      { status: 'ImagePullBackOff', message: 'Back-off pulling image "ngnix"' }),
    pod('old-84d5b6c7f-2mznq', 'terminating'), pod('lost-0', 'unknown'),
  ];
  const waiting = pod('huge-5b8c7d9f6-p2vxw', 'pending', {
    message: '0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 Insufficient memory.',
  });
  return cluster([
    node('kind-control-plane', { controlPlane: true, pods: addons(), leader: true }),
    node('kind-worker', { index: 1, pods: first }), node('kind-worker2', { index: 2, pods: second }),
  ], { unboundPods: [waiting], failingPods: 2, ...change });
}

/** Three control planes behind a load balancer, three workers, many replicas. */
export function highlyAvailable(): ClusterView {
  const masters = ['kind-control-plane', 'kind-control-plane2', 'kind-control-plane3'].map((name, index) =>
    node(name, { controlPlane: true, index, pods: index === 0 ? addons() : [], leader: index === 1 }));
  const workers = ['kind-worker', 'kind-worker2', 'kind-worker3'].map((name, index) => node(name, {
    index: index + 3,
    pods: Array.from({ length: index === 0 ? 18 : 4 }, (_, at) =>
      pod(`api-7c9d6f5b8c-${suffix(index * 20 + at)}`, at === 3 ? 'creating' : 'ready')),
  }));
  return cluster([...masters, ...workers], {
    loadBalancer: {
      id: 'envoy@kind-external-load-balancer', kind: 'load-balancer', name: 'kind-external-load-balancer',
      running: true,
    },
  });
}

/** Many workers with a Deployment each. */
export function large(count = 50): ClusterView {
  const workers = Array.from({ length: count - 1 }, (_, index) => node(`kind-worker${index === 0 ? '' : index + 1}`, {
    index: index + 1,
    pods: Array.from({ length: 12 }, (_unused, at) => pod(
      `${at < 7 ? 'shop-59d8c' : 'mail-7bb4f'}-${suffix(index * 12 + at)}`, (index + at) % 29 === 0 ? 'failed'
        : 'ready',
    )),
  }));
  return cluster([node('kind-control-plane', { controlPlane: true, pods: addons(), leader: true }), ...workers]);
}

/** The first seconds: the machines run, and nobody has joined. */
export function booting(): ClusterView {
  const bare = (name: string, index: number, controlPlane: boolean): NodeView => ({
    ...node(name, { index, controlPlane }), health: 'absent', status: '', pods: [], roles: [], podCIDR: undefined,
    components: [component('kubelet', 'kubelet', name), component('container-runtime', 'containerd', name)],
  });
  return cluster([bare('kind-control-plane', 0, true), bare('kind-worker', 1, false)], { revision: 0, nowMs: 2_000 });
}

let hops = 0;

/** One hop; ids go up by themselves. */
export function hop(fields: HopFields): Hop {
  hops += 1;
  return {
    id: hops, atMs: 41_000 + hops * 3, cause: hops - 1, from: 'kubectl@client', to: 'kube-apiserver@kind-control-plane',
    channel: 'https', call: hops, background: false, stage: 'authentication', allowed: true, decision: 0,
    ...fields, subject: { verb: 'create', ...fields.subject },
  } as Hop;
}

const server = 'kube-apiserver@kind-control-plane';

/** How a Deployment travels from kubectl to etcd and on to who watches. */
export function applyHops(): Hop[] {
  const web = { resource: 'deployments.apps', namespace: 'default', name: 'web' };
  const key = '/registry/deployments/default/web';
  const etcd = 'etcd@kind-control-plane';
  const stage = (name: ApiStage, plugin?: string): Hop =>
    hop({ kind: 'stage', from: server, to: server, subject: web, stage: name, plugin });
  return [
    hop({ kind: 'input', from: 'user@client', to: 'user@client', cause: -1, subject: { verb: 'apply' } }),
    hop({ kind: 'request', subject: { verb: 'create', ...web } }),
    stage('authentication'), stage('authorization', 'RBAC'), stage('mutatingAdmission'), stage('validation'),
    stage('validatingAdmission'), stage('registry'),
    hop({ kind: 'request', from: server, to: etcd, channel: 'grpc', subject: { verb: 'Txn', name: key } }),
    hop({ kind: 'response', from: etcd, to: server, channel: 'grpc',
      subject: { verb: 'Txn', name: key, revision: 413 } }),
    hop({ kind: 'response', from: server, to: 'kubectl@client',
      subject: { verb: 'create', ...web, code: 201, revision: 413 } }),
    hop({
      kind: 'event', from: server, to: 'kube-controller-manager@kind-control-plane',
      subject: { verb: 'ADDED', ...web, revision: 413 },
    }),
    hop({
      kind: 'event', from: server, to: 'kubelet@kind-worker',
      subject: { verb: 'ADDED', resource: 'pods', namespace: 'default', name: 'web-6d4b75cb6d-hx2mk', revision: 420 },
    }),
    hop({
      kind: 'request', from: 'kubelet@kind-worker', to: 'containerd@kind-worker', channel: 'cri',
      subject: { verb: 'RunPodSandbox', namespace: 'default', name: 'web-6d4b75cb6d-hx2mk' },
    }),
  ];
}
