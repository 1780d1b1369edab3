/** One sentence on what each thing in the tree is there for. */
import { l10n } from 'vscode';
import type { ComponentKind } from '../../../protocol/view';
import type { Row } from '../tree/rows';

const components: Readonly<Record<ComponentKind, () => string>> = {
  'etcd': () => l10n.t('Stores every object of the cluster; only the API server talks to it.'),
  'kube-apiserver': () => l10n.t('The only door to the cluster: checks every request and stores its result in etcd.'),
  'kube-scheduler': () => l10n.t('Chooses a node for every pod that has none yet.'),
  'kube-controller-manager': () => l10n.t('Runs the controllers that bring what is into line with what is wanted.'),
  'cloud-controller-manager': () =>
    l10n.t('Keeps nodes, routes and load balancers of a cloud in line with the cluster.'),
  'kubelet': () => l10n.t('Runs on every node and sees to it that the pods bound to it run.'),
  'container-runtime': () => l10n.t('Pulls images and starts and stops containers for the kubelet.'),
  'kube-proxy': () => l10n.t('Keeps the rules on its node that lead a Service address to its pods.'),
  'cni': () => l10n.t('Connects the pods of all nodes to one network.'),
  'coredns': () => l10n.t('Answers the name lookups of pods.'),
  'load-balancer': () => l10n.t('Spreads requests over the API servers of several control planes.'),
};

/** What the thing is, for people who are learning. */
export function glossaryOf(row: Row): string {
  switch (row.type) {
    case 'component': return components[row.component.kind]();
    case 'node': return row.node.controlPlane
      ? l10n.t('A machine that runs the control plane.') : l10n.t('A machine that runs pods.');
    case 'pod': return row.pod.static
      ? l10n.t('A static pod: its kubelet runs it from a file, and the API shows a mirror of it.')
      : l10n.t('One or more containers that share an address and are scheduled together.');
    case 'container': return row.container.init
      ? l10n.t('An init container: it must end well before the other containers start.')
      : l10n.t('A running image inside a pod.');
    case 'group': switch (row.group) {
      case 'controlPlane': return l10n.t('The machines that decide what runs where and remember it.');
      case 'workers': return l10n.t('The machines that run what users deploy.');
      case 'unbound': return l10n.t('Pods for which the scheduler has found no node yet.');
    }
  }
}
