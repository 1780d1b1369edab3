/** Which box a process of the trace belongs to, and what it is at the end of an edge. */
import type { ClusterView, ComponentKind } from '../../src/protocol/view';
import type { Party } from './edges';

export interface Place {
  readonly box: string;
  /** The box that stands for it where it has none of its own. */
  readonly around?: string;
  readonly party: Party;
}

/** A process id or the address of a call that nobody answered, taken apart. */
export interface ProcessName {
  /** `kubelet`, `kube-system/coredns-x/coredns`. */
  readonly name: string;
  /** Empty when the id names none. */
  readonly machine: string;
}

const componentNames: Readonly<Record<string, ComponentKind>> = {
  'etcd': 'etcd',
  'kube-apiserver': 'kube-apiserver',
  'kube-scheduler': 'kube-scheduler',
  'kube-controller-manager': 'kube-controller-manager',
  'cloud-controller-manager': 'cloud-controller-manager',
  'kubelet': 'kubelet',
  'containerd': 'container-runtime',
  'kube-proxy': 'kube-proxy',
  'kindnetd': 'cni',
  'cni-plugins': 'cni',
};

/** Ports at which a component answers, for calls that reached nobody and name only an address. */
const componentPorts: Readonly<Record<string, ComponentKind>> = {
  6443: 'kube-apiserver', 2379: 'etcd', 10250: 'kubelet', 10257: 'kube-controller-manager', 10259: 'kube-scheduler',
};

const clientNames = new Set(['kubectl', 'kind', 'user']);

/** `kubelet@kind-worker` as name and machine. */
export function processName(process: string): ProcessName {
  const at = process.lastIndexOf('@');
  return at < 0 ? { name: process, machine: '' } : { name: process.slice(0, at), machine: process.slice(at + 1) };
}

/**
 * The place of a process id such as `kubelet@kind-worker`, or of an address such as `kind-control-plane:6443`;
 * undefined when nothing in the diagram stands for it.
 */
export function placeOf(process: string, view: ClusterView): Place | undefined {
  const { name, machine } = processName(process);
  if (view.loadBalancer && (process === view.loadBalancer.id || name === view.loadBalancer.name)) {
    return { box: view.loadBalancer.id, party: 'load-balancer' };
  }
  if (machine === 'client' || clientNames.has(name)) return { box: 'client/kubectl', party: 'client' };
  if (name === 'registry') return { box: 'outside/registry', party: 'registry' };
  if (machine !== '' && /^[\w.-]+#\d+$/.test(name)) return { box: `node/${machine}`, party: 'tool' };
  if (name === 'kubeadm') return { box: `node/${machine}`, party: 'kubeadm' };
  const component = componentNames[name];
  // What somebody executes in a component's container (`kubectl exec`) is not the component.
  if (component && /#\d+$/.test(machine)) return { box: process.replace(/#\d+$/, ''), party: 'tool' };
  if (component) return { box: component === 'cni' ? `kindnetd@${machine}` : process, party: component };
  const [namespace, pod] = name.split('/');
  if (machine !== '' && namespace !== undefined && pod !== undefined)
    return { ...podPlace(namespace, pod), around: `node/${machine}` };
  return placeOfAddress(process, view);
}

function podPlace(namespace: string, pod: string): Place {
  const isDns = namespace === 'kube-system' && pod.startsWith('coredns-');
  return { box: `pod/${namespace}/${pod}`, party: isDns ? 'coredns' : 'pod' };
}

function placeOfAddress(address: string, view: ClusterView): Place | undefined {
  const colon = address.lastIndexOf(':');
  const host = address.slice(0, colon);
  const component = componentPorts[address.slice(colon + 1)];
  const node = view.nodes.find((candidate) => candidate.name === host || candidate.address === host);
  if (node && component) return { box: `${component}@${node.name}`, party: component };
  const pod = node ? undefined : view.nodes.flatMap(({ pods }) => pods).find((candidate) => candidate.ip === host);
  return pod && podPlace(pod.namespace, pod.name);
}
