/**
 * What kind makes of a config: node containers with their names, addresses, labels and taints, the load balancer before
 * several control planes, and the addresses that follow from the subnets. Pure: the same config gives the same
 * topology. Models pkg/cluster/internal/providers/{common/namer.go,docker/provision.go} and the kubeadm config of kind.
 *
 * Real kind starts its containers at the same time, so Docker hands out addresses in any order. Here they follow the
 * order in which kind plans them: the load balancer first, then the nodes as the config lists them, from 172.18.0.2
 * on. Likewise workers join in parallel in reality; here they join in the order of the config, and each node gets the
 * next free /24 (or /64) of the pod subnet when it joins.
 */
import { assert } from '../base/assert';
import { addressAt, parseCidr, subBlock } from './config/address';
import type { CidrBlock } from './config/address';
import type { KindConfig, KindNode, NodeRole } from './config/types';
import { imageVersion } from './config/version';
import { registrationOf } from './kubeadm-patch';
import type { KindTaint } from './kubeadm-patch';
import { nodeProfile } from './profile';

/** Docker's bridge network of kind; the IPv6 subnet follows from the network's name. */
export const kindNetwork = Object.freeze({
  name: 'kind',
  subnet: '172.18.0.0/16',
  gateway: '172.18.0.1',
  subnet6: 'fc00:f853:ccd:e793::/64',
});

/** A node container. */
export interface TopologyNode {
  readonly name: string;
  readonly role: NodeRole;
  /** True for the node on which `kubeadm init` runs; the others join. */
  readonly isFirstControlPlane: boolean;
  /** The node's entry in the config. */
  readonly spec: KindNode;
  /** Kubernetes version that the node reports, with the leading v. */
  readonly version: string;
  /** The InternalIP: IPv4 unless the cluster is IPv6 only. */
  readonly address: string;
  /** All addresses on the kind network, the InternalIP first; two in a dual-stack cluster. */
  readonly addresses: readonly string[];
  /** One CIDR per pod subnet. */
  readonly podCIDRs: readonly string[];
  readonly providerID: string;
  /** Labels that kind.yaml gives the node: `labels`, or node-labels of a kubeadm patch, which replace them. */
  readonly labels: Readonly<Record<string, string>>;
  /** All labels with which the Node object ends up, those of the kubelet and of kubeadm among them. */
  readonly nodeLabels: Readonly<Record<string, string>>;
  readonly taints: readonly KindTaint[];
}

/** The container before several control planes; it is no Kubernetes node. */
export interface TopologyLoadBalancer {
  readonly name: string;
  readonly address: string;
}

/** A whole cluster. */
export interface KindTopology {
  readonly config: KindConfig;
  readonly name: string;
  readonly kubernetesVersion: string;
  /** Control planes in the order in which they join, then workers. */
  readonly nodes: readonly TopologyNode[];
  readonly loadBalancer: TopologyLoadBalancer | undefined;
  /** `<load balancer or first control plane>:6443`. */
  readonly controlPlaneEndpoint: string;
  readonly podSubnets: readonly string[];
  readonly serviceSubnets: readonly string[];
  /** Cluster IP of the Service `kubernetes`: the first address of the service subnet. */
  readonly kubernetesServiceIP: string;
  /** Cluster IP of the Service `kube-dns`: the tenth. */
  readonly dnsServiceIP: string;
}

/** A node with its name, and its entry in the config. */
export interface NamedNode {
  readonly name: string;
  readonly spec: KindNode;
}

const EXCLUDE_LABEL = 'node.kubernetes.io/exclude-from-external-load-balancers';
const API_SERVER_PORT = 6443;

/** The name of the n-th node of a role, counted from 1: the first carries no number. */
export function nodeName(cluster: string, role: string, n: number): string {
  return `${cluster}-${role}${n === 1 ? '' : n}`;
}

/** The nodes of a new cluster in the config's order, with their names. */
export function namedNodes(config: KindConfig): readonly NamedNode[] {
  const counts: Record<NodeRole, number> = { 'control-plane': 0, worker: 0 };
  return config.nodes.map((spec) => {
    counts[spec.role] += 1;
    return { name: nodeName(config.name, spec.role, counts[spec.role]), spec };
  });
}

function blocks(subnets: string): readonly CidrBlock[] {
  return subnets.split(',').map((text) => {
    const block = parseCidr(text);
    assert(block, `subnet ${text} was not validated`);
    return block;
  });
}

/** Addresses that no node holds yet, lowest first. Docker's gateway has the first one. */
function* freeAddresses(taken: ReadonlySet<string>): Generator<number> {
  const subnet = blocks(kindNetwork.subnet)[0];
  for (let n = 2; subnet; n += 1) if (!taken.has(addressAt(subnet, n))) yield n;
}

function addressesOf(config: KindConfig, n: number): readonly string[] {
  const [v4, v6] = [blocks(kindNetwork.subnet)[0], blocks(kindNetwork.subnet6)[0]];
  assert(v4 && v6, 'the kind network has both families');
  const { ipFamily } = config.networking;
  if (ipFamily === 'ipv6') return Object.freeze([addressAt(v6, n)]);
  return Object.freeze(ipFamily === 'dual' ? [addressAt(v4, n), addressAt(v6, n)] : [addressAt(v4, n)]);
}

/**
 * Pod CIDRs that no node holds, lowest first: one block of each pod subnet at a time. Ends when a subnet has no room;
 * nodes beyond that get none, as from the node IPAM controller.
 */
function* freePodCIDRs(config: KindConfig, taken: ReadonlySet<string>): Generator<readonly string[]> {
  const subnets = blocks(config.networking.podSubnet);
  for (let n = 0; ; n += 1) {
    const cidrs = subnets.flatMap((block) => subBlock(block, block.address.family === 4 ? 24 : 64, n) ?? []);
    if (cidrs.length < subnets.length) return;
    if (!cidrs.some((cidr) => taken.has(cidr))) yield Object.freeze(cidrs);
  }
}

/** Labels and taints; `isAlone` is a cluster of exactly one container, where pods may run beside the control plane. */
function registration(
  config: KindConfig,
  { name, spec }: NamedNode,
  isFirst: boolean,
  isAlone: boolean,
): Pick<TopologyNode, 'labels' | 'nodeLabels' | 'taints'> {
  const patches = [...config.kubeadmConfigPatches, ...spec.kubeadmConfigPatches];
  const patched = registrationOf(patches, isFirst ? 'InitConfiguration' : 'JoinConfiguration');
  const labels = patched.nodeLabels ?? spec.labels;
  const isControlPlane = spec.role === 'control-plane';
  const { controlPlaneRole } = nodeProfile(imageVersion(spec.image));
  const nodeLabels: Record<string, string> = {
    'beta.kubernetes.io/arch': 'amd64',
    'beta.kubernetes.io/os': 'linux',
    'kubernetes.io/arch': 'amd64',
    'kubernetes.io/hostname': name,
    'kubernetes.io/os': 'linux',
    ...labels,
    ...(isControlPlane && { [controlPlaneRole]: '' }),
    ...(isControlPlane && !isAlone && { [EXCLUDE_LABEL]: '' }),
  };
  const kubeadmTaints = isControlPlane ? [Object.freeze({ key: controlPlaneRole, effect: 'NoSchedule' })] : [];
  const taints = (patched.taints ?? kubeadmTaints).filter(({ key }) => !(isAlone && key === controlPlaneRole));
  return { labels, nodeLabels: Object.freeze(nodeLabels), taints: Object.freeze(taints) };
}

function loadBalancerOf(config: KindConfig): TopologyLoadBalancer | undefined {
  if (config.nodes.filter((node) => node.role === 'control-plane').length < 2) return undefined;
  const [address = ''] = addressesOf(config, 2);
  return Object.freeze({ name: nodeName(config.name, 'external-load-balancer', 1), address });
}

function clusterOf(config: KindConfig, nodes: readonly TopologyNode[]): KindTopology {
  const first = nodes.find((node) => node.isFirstControlPlane);
  assert(first, 'a cluster has a first control plane');
  const loadBalancer = loadBalancerOf(config);
  const services = blocks(config.networking.serviceSubnet)[0];
  assert(services, 'a cluster has a service subnet');
  return Object.freeze({
    config,
    name: config.name,
    kubernetesVersion: first.version,
    nodes: Object.freeze(nodes),
    loadBalancer,
    controlPlaneEndpoint: `${loadBalancer?.name ?? first.name}:${API_SERVER_PORT}`,
    podSubnets: Object.freeze(config.networking.podSubnet.split(',')),
    serviceSubnets: Object.freeze(config.networking.serviceSubnet.split(',')),
    kubernetesServiceIP: addressAt(services, 1),
    dnsServiceIP: addressAt(services, 10),
  });
}

/**
 * The topology of a config whose nodes have been named. Nodes that `running` holds under the same name keep their
 * address, pod CIDR, labels of kubeadm and taints, so that a change moves nothing else; new nodes take what is free.
 */
export function topologyOf(
  config: KindConfig,
  named: readonly NamedNode[],
  running: readonly TopologyNode[],
): KindTopology {
  const kept = new Map(running.map((node) => [node.name, node]));
  const held = named.flatMap(({ name }) => kept.get(name) ?? []);
  const loadBalancer = loadBalancerOf(config);
  const free = freeAddresses(new Set([...held.map((node) => node.address), loadBalancer?.address ?? '']));
  const isAlone = named.length === 1;
  const addresses = new Map(
    named.map(({ name }) => [name, kept.get(name)?.addresses ?? addressesOf(config, free.next().value as number)]),
  );
  const byRole = (role: NodeRole): readonly NamedNode[] => named.filter(({ spec }) => spec.role === role);
  const freeCIDRs = freePodCIDRs(config, new Set(held.flatMap((node) => node.podCIDRs)));
  const nodes = [...byRole('control-plane'), ...byRole('worker')].map((node, i): TopologyNode => {
    const before = kept.get(node.name);
    const own = addresses.get(node.name) ?? [];
    return Object.freeze({
      name: node.name,
      role: node.spec.role,
      isFirstControlPlane: i === 0,
      spec: node.spec,
      version: imageVersion(node.spec.image),
      address: own[0] ?? '',
      addresses: own,
      podCIDRs: before?.podCIDRs ?? freeCIDRs.next().value ?? Object.freeze([]),
      providerID: `kind://docker/${config.name}/${node.name}`,
      ...registration(config, node, i === 0, isAlone),
      ...(before && { taints: before.taints, nodeLabels: keptLabels(before, node.spec) }),
    });
  });
  return clusterOf(config, nodes);
}

/** Labels of a running node after an edit: those of the config are replaced, all others stay. */
function keptLabels(before: TopologyNode, spec: KindNode): Readonly<Record<string, string>> {
  if (before.labels !== before.spec.labels) return before.nodeLabels;
  const others = Object.entries(before.nodeLabels).filter(([key]) => !Object.hasOwn(before.spec.labels, key));
  return Object.freeze({ ...Object.fromEntries(others), ...spec.labels });
}

/** The topology of a new cluster. The config must have been validated. */
export function kindTopology(config: KindConfig): KindTopology {
  return topologyOf(config, namedNodes(config), []);
}
