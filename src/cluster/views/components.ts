/** Which components a node has, seen from the processes that run on it and the pods that should run them. */
import type { Pod } from '../../api/types';
import type { ComponentKind, ComponentView } from '../../protocol/view';

/** What the simulation can say about processes. */
export interface Processes {
  isRunning(id: string): boolean;
}

const staticComponents: readonly ComponentKind[] =
  ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'cloud-controller-manager'];

/** The components of a node in the order in which they are drawn. `leases` maps an election lease to its holder. */
export function componentsOf(
  node: string, pods: readonly Pod[], processes: Processes, leases: ReadonlyMap<string, string>,
): ComponentView[] {
  const hostProcess = (kind: ComponentKind, name: string): ComponentView => {
    const id = `${name}@${node}`;
    return { id, kind, name, running: processes.isRunning(id) };
  };
  const components: ComponentView[] = [];
  for (const kind of staticComponents) {
    const pod = pods.find(
      ({ metadata }) => metadata.namespace === 'kube-system' && metadata.labels?.['component'] === kind,
    );
    const id = `${kind}@${node}`;
    if (!pod && !processes.isRunning(id)) continue;
    const leader = leases.get(kind)?.startsWith(`${node}_`);
    components.push({
      id, kind, name: kind, running: processes.isRunning(id),
      pod: pod && `kube-system/${pod.metadata.name}`,
      ...(leader ? { leader } : {}),
    });
  }
  components.push(hostProcess('kubelet', 'kubelet'), hostProcess('container-runtime', 'containerd'));
  for (const pod of pods) {
    const app = pod.metadata.labels?.['k8s-app'] ?? pod.metadata.labels?.['app'];
    const found = app === undefined ? undefined : podComponents[app];
    if (pod.metadata.namespace !== 'kube-system' || !found) continue;
    const name = `kube-system/${pod.metadata.name}`;
    const id = found.perNode ? `${found.process}@${node}` : `${name}/coredns@${node}`;
    components.push({ id, kind: found.kind, name: found.process, running: processes.isRunning(id), pod: name });
  }
  return components;
}

/** Components that ordinary pods run, by their app label. */
const podComponents: Readonly<Record<string, { kind: ComponentKind; process: string; perNode: boolean }>> = {
  'kube-proxy': { kind: 'kube-proxy', process: 'kube-proxy', perNode: true },
  kindnet: { kind: 'cni', process: 'kindnetd', perNode: true },
  'kube-dns': { kind: 'coredns', process: 'coredns', perNode: false },
};
