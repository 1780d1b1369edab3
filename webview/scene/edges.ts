/**
 * The edges that exist in a Kubernetes cluster: who opens the connection to whom, over what. The table is the source;
 * the diagram draws nothing else, and tests hold every hop of a trace against it. Only API servers reach etcd.
 */
import type { Channel } from '../../src/protocol/trace';
import type { ComponentKind } from '../../src/protocol/view';

/** What can stand at either end of an edge. `tool` is a program that somebody started by hand on a node: etcdctl, curl. */
export type Party = ComponentKind | 'client' | 'registry' | 'pod' | 'kubeadm' | 'tool';

/** Names the sentence that says what an edge is for. */
export type Purpose =
  | 'edge.client' | 'edge.kubeadm' | 'edge.balancer' | 'edge.etcd' | 'edge.scheduler' | 'edge.controllers'
  | 'edge.kubelet' | 'edge.logs' | 'edge.proxy' | 'edge.kindnet' | 'edge.dns' | 'edge.podApi' | 'edge.cri'
  | 'edge.cni' | 'edge.pull' | 'edge.tool' | 'edge.metrics' | 'edge.forward' | 'edge.podProxy' | 'edge.probe'
  | 'edge.health' | 'edge.lookup' | 'edge.podToPod';

export interface EdgeKind {
  /** Opens the connection. */
  readonly from: Party;
  readonly to: Party;
  readonly channel: Channel;
  /** Port or socket, as it is dialled. */
  readonly port: string;
  /** A watch stays open: drawn dashed, always. */
  readonly watch: boolean;
  /** Key of the sentence that says what it is for. */
  readonly purpose: Purpose;
  /** What travels, in two or three of Kubernetes' own words, for a highlighted line. */
  readonly verbs: string;
}

function edge(
  from: Party, to: Party, channel: Channel, port: string, purpose: Purpose, verbs: string, watch = false,
): EdgeKind {
  return { from, to, channel, port, watch, purpose, verbs };
}

export const edgeTable: readonly EdgeKind[] = [
  edge('client', 'kube-apiserver', 'https', '6443', 'edge.client', 'REST'),
  edge('client', 'load-balancer', 'https', '6443', 'edge.client', 'REST'),
  edge('kubeadm', 'kube-apiserver', 'https', '6443', 'edge.kubeadm', 'REST'),
  edge('kubeadm', 'load-balancer', 'https', '6443', 'edge.kubeadm', 'REST'),
  edge('load-balancer', 'kube-apiserver', 'https', '6443', 'edge.balancer', 'TCP'),
  edge('kube-apiserver', 'etcd', 'grpc', '2379', 'edge.etcd', 'gRPC Range, Txn, Watch', true),
  edge('kube-scheduler', 'kube-apiserver', 'https', '6443', 'edge.scheduler', 'watch, bind', true),
  edge('kube-controller-manager', 'kube-apiserver', 'https', '6443', 'edge.controllers', 'watch, create, update', true),
  edge('kubelet', 'kube-apiserver', 'https', '6443', 'edge.kubelet', 'watch, patch status', true),
  edge('kubelet', 'load-balancer', 'https', '6443', 'edge.kubelet', 'watch, patch status', true),
  edge('kube-apiserver', 'kubelet', 'https', '10250', 'edge.logs', 'logs, exec'),
  edge('kube-proxy', 'kube-apiserver', 'https', '6443', 'edge.proxy', 'watch Services', true),
  edge('kube-proxy', 'load-balancer', 'https', '6443', 'edge.proxy', 'watch Services', true),
  edge('cni', 'kube-apiserver', 'https', '6443', 'edge.kindnet', 'watch Nodes', true),
  edge('cni', 'load-balancer', 'https', '6443', 'edge.kindnet', 'watch Nodes', true),
  edge('coredns', 'kube-apiserver', 'https', '443', 'edge.dns', 'watch Services', true),
  edge('pod', 'kube-apiserver', 'https', '443', 'edge.podApi', 'REST'),
  edge('pod', 'kube-apiserver', 'tcp', '443', 'edge.podApi', 'connect'),
  edge('kubelet', 'container-runtime', 'cri', 'containerd.sock', 'edge.cri', 'CRI'),
  edge('kubelet', 'container-runtime', 'exec', 'containerd.sock', 'edge.cri', 'exec, attach'),
  edge('container-runtime', 'cni', 'cni', 'exec', 'edge.cni', 'CNI ADD, DEL'),
  edge('container-runtime', 'registry', 'registry', '443', 'edge.pull', 'pull'),
  // What somebody types into the shell of a node. Beside the API servers only such an etcdctl speaks with etcd.
  edge('tool', 'kube-apiserver', 'https', '6443', 'edge.tool', 'REST'),
  edge('tool', 'etcd', 'grpc', '2379', 'edge.tool', 'etcdctl'),
  edge('tool', 'pod', 'http', '', 'edge.tool', 'GET'),
  edge('tool', 'coredns', 'dns', '53', 'edge.tool', 'DNS'),
  edge('tool', 'kubelet', 'https', '10250', 'edge.tool', 'GET'),
  // metrics-server.
  edge('pod', 'kubelet', 'https', '10250', 'edge.metrics', 'metrics'),
  // Port-forward, and the proxy subresource of pods.
  edge('container-runtime', 'pod', 'tcp', '', 'edge.forward', 'port-forward'),
  edge('container-runtime', 'pod', 'http', '', 'edge.forward', 'port-forward'),
  edge('kube-apiserver', 'pod', 'http', '', 'edge.podProxy', 'proxy'),
  // Probes: the kubelet asks what it has started.
  edge('kubelet', 'pod', 'http', '', 'edge.probe', 'probe'),
  edge('kubelet', 'pod', 'tcp', '', 'edge.probe', 'probe'),
  edge('kubelet', 'coredns', 'http', '8080', 'edge.probe', 'probe'),
  edge('kubelet', 'etcd', 'http', '2381', 'edge.probe', 'probe'),
  edge('kubelet', 'etcd', 'tcp', '2379', 'edge.probe', 'probe'),
  edge('kubelet', 'kube-apiserver', 'http', '6443', 'edge.probe', 'probe'),
  edge('kubelet', 'kube-scheduler', 'http', '10259', 'edge.probe', 'probe'),
  edge('kubelet', 'kube-controller-manager', 'http', '10257', 'edge.probe', 'probe'),
  edge('kube-apiserver', 'kube-scheduler', 'https', '10259', 'edge.health', 'GET /healthz'),
  edge('kube-apiserver', 'kube-controller-manager', 'https', '10257', 'edge.health', 'GET /healthz'),
  edge('pod', 'coredns', 'dns', '53', 'edge.lookup', 'DNS'),
  edge('pod', 'pod', 'http', '', 'edge.podToPod', ''),
];

const byEnds = new Map<string, EdgeKind[]>();
for (const kind of edgeTable) {
  const ends = `${kind.from}>${kind.to}`;
  byEnds.set(ends, [...(byEnds.get(ends) ?? []), kind]);
}

/** The edge on which `from` opens a connection to `to`, preferring the one of that channel. */
export function edgeBetween(from: Party, to: Party, channel?: Channel): EdgeKind | undefined {
  const kinds = byEnds.get(`${from}>${to}`) ?? [];
  return kinds.find((kind) => kind.channel === channel) ?? kinds[0];
}

/** Whether both ends are on one machine: sockets and programs of a node, its own probes, etcd beside its API server. */
export function isLocal({ purpose }: EdgeKind): boolean {
  return local.has(purpose);
}

const local: ReadonlySet<Purpose> = new Set<Purpose>([
  'edge.cri', 'edge.cni', 'edge.probe', 'edge.health', 'edge.forward', 'edge.etcd',
]);

/** Whether the edge is drawn even while nothing travels on it: watches, and what is one connection for good. */
export function isStanding(kind: EdgeKind): boolean {
  return kind.watch || standing.has(kind.purpose);
}

const standing: ReadonlySet<Purpose> = new Set<Purpose>(['edge.client', 'edge.balancer', 'edge.cri', 'edge.cni']);

/** How an edge is dialled, in a few characters: `:6443 · watch`. */
export function edgeLabel({ port, verbs }: EdgeKind): string {
  const dialled = /^\d+$/.test(port) ? `:${port}` : port;
  return [dialled, verbs].filter((part) => part !== '').join(' · ');
}

/** The same in fewer and fewer characters, for where there is little room. */
export function edgeLabels(kind: EdgeKind): string[] {
  const [first = ''] = kind.verbs.split(', ');
  const whole = edgeLabel(kind);
  const all = [whole, edgeLabel({ ...kind, verbs: first }), edgeLabel({ ...kind, verbs: '' })];
  return all.filter((words, index) => words !== '' && all.indexOf(words) === index);
}
