/**
 * Which icon and colour say how something fares. The icon alone says it: colour repeats it, and healthy and failed are
 * blue and red, not green and red, so that everyone can tell them apart.
 */
import type { ComponentKind, PodHealth } from '../../../protocol/view';
import type { Row } from './rows';

/** Colours that package.json declares, to be overridden by themes and users. */
export type Colour = 'kindergarten.healthy' | 'kindergarten.warning' | 'kindergarten.failed' | 'kindergarten.inactive';

export interface Icon {
  readonly icon: string;
  readonly colour?: Colour;
}

const podIcons: Readonly<Record<PodHealth, Icon>> = {
  pending: { icon: 'circle-outline', colour: 'kindergarten.warning' },
  creating: { icon: 'loading~spin', colour: 'kindergarten.inactive' },
  running: { icon: 'play-circle', colour: 'kindergarten.warning' },
  ready: { icon: 'pass-filled', colour: 'kindergarten.healthy' },
  succeeded: { icon: 'pass', colour: 'kindergarten.inactive' },
  failed: { icon: 'error', colour: 'kindergarten.failed' },
  crashing: { icon: 'debug-restart', colour: 'kindergarten.failed' },
  terminating: { icon: 'circle-slash', colour: 'kindergarten.inactive' },
  unknown: { icon: 'question', colour: 'kindergarten.warning' },
};

const componentIcons: Readonly<Record<ComponentKind, string>> = {
  'etcd': 'database',
  'kube-apiserver': 'server',
  'kube-scheduler': 'list-selection',
  'kube-controller-manager': 'settings-gear',
  'cloud-controller-manager': 'cloud',
  'kubelet': 'server-process',
  'container-runtime': 'package',
  'kube-proxy': 'arrow-swap',
  'cni': 'plug',
  'coredns': 'book',
  'load-balancer': 'split-horizontal',
};

/** The icon of a row. */
export function iconOf(row: Row): Icon | undefined {
  switch (row.type) {
    case 'group': return row.group === 'unbound' ? { icon: 'watch', colour: 'kindergarten.warning' } : undefined;
    case 'node': return nodeIcon(row.node.health, row.node.poweredOn);
    case 'component': return componentIcon(row);
    case 'pod': return podIcons[row.pod.health];
    case 'container': return containerIcon(row);
  }
}

function componentIcon({ component, pod }: Extract<Row, { type: 'component' }>): Icon {
  const icon = componentIcons[component.kind];
  if (component.running) return !pod || pod.health === 'ready' ? { icon } : { icon, colour: 'kindergarten.warning' };
  return { icon: 'circle-slash', colour: pod?.health === 'creating' ? 'kindergarten.inactive' : 'kindergarten.failed' };
}

function nodeIcon(health: string, poweredOn: boolean): Icon {
  if (!poweredOn) return { icon: 'circle-slash', colour: 'kindergarten.failed' };
  if (health === 'ready') return { icon: 'vm-active', colour: 'kindergarten.healthy' };
  if (health === 'absent') return { icon: 'vm-outline', colour: 'kindergarten.inactive' };
  return { icon: 'warning', colour: health === 'unknown' ? 'kindergarten.failed' : 'kindergarten.warning' };
}

function containerIcon({ container }: Extract<Row, { type: 'container' }>): Icon {
  if (container.state === 'running') {
    const fine = container.ready || container.init;
    return { icon: 'circle-filled', colour: fine ? 'kindergarten.healthy' : 'kindergarten.warning' };
  }
  if (container.state === 'waiting') {
    const failed = /Err|BackOff|Invalid/.test(container.reason ?? '');
    return { icon: 'circle-outline', colour: failed ? 'kindergarten.failed' : 'kindergarten.inactive' };
  }
  const succeeded = container.reason === 'Completed';
  return succeeded ? { icon: 'pass', colour: 'kindergarten.inactive' }
    : { icon: 'error', colour: 'kindergarten.failed' };
}
