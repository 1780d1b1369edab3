/** How a node shows in a table. Models printNode of pkg/printers/internalversion/printers.go. */
import type { TableColumn } from '../../kind';
import type { Node } from '../../types';
import { ageColumn, nameColumn } from '../columns';

const rolePrefix = 'node-role.kubernetes.io/';
const roleLabel = 'kubernetes.io/role';

/** The roles that a node's labels give it, sorted. */
export function nodeRoles(node: Node): readonly string[] {
  const roles = new Set<string>();
  const labels = node.metadata.labels ?? {};
  for (const name in labels) {
    if (name.startsWith(rolePrefix) && name.length > rolePrefix.length) roles.add(name.slice(rolePrefix.length));
    else if (name === roleLabel && labels[name]) roles.add(labels[name]);
  }
  return [...roles].sort();
}

/** `Ready`, `NotReady` or `Unknown`, with `,SchedulingDisabled` on a cordoned node. */
export function nodeStatusText(node: Node): string {
  const ready = node.status?.conditions?.find((condition) => condition.type === 'Ready');
  const health = ready === undefined ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady';
  return node.spec?.unschedulable === true ? `${health},SchedulingDisabled` : health;
}

function addressOf(node: Node, type: string): string {
  return node.status?.addresses?.find((address) => address.type === type)?.address ?? '<none>';
}

/** The columns of nodes. */
export const nodeColumns: readonly TableColumn<Node>[] = [
  nameColumn,
  { name: 'Status', type: 'string', description: 'The status of the node', cell: nodeStatusText },
  {
    name: 'Roles', type: 'string', description: 'The roles of the node',
    cell: (node) => nodeRoles(node).join(',') || '<none>',
  },
  ageColumn,
  {
    name: 'Version', type: 'string', description: 'The version of the kubelet.',
    cell: ({ status }) => status?.nodeInfo?.kubeletVersion ?? '',
  },
  {
    name: 'Internal-IP', type: 'string', priority: 1, description: 'The address inside the cluster.',
    cell: (node) => addressOf(node, 'InternalIP'),
  },
  {
    name: 'External-IP', type: 'string', priority: 1, description: 'The address outside the cluster.',
    cell: (node) => addressOf(node, 'ExternalIP'),
  },
  {
    name: 'OS-Image', type: 'string', priority: 1, description: 'The operating system.',
    cell: ({ status }) => status?.nodeInfo?.osImage || '<unknown>',
  },
  {
    name: 'Kernel-Version', type: 'string', priority: 1, description: 'The version of the kernel.',
    cell: ({ status }) => status?.nodeInfo?.kernelVersion || '<unknown>',
  },
  {
    name: 'Container-Runtime', type: 'string', priority: 1, description: 'The container runtime and its version.',
    cell: ({ status }) => status?.nodeInfo?.containerRuntimeVersion || '<unknown>',
  },
];
