/** States of rows as people say them. What Kubernetes prints (Running, NotReady) stays as it is. */
import { l10n } from 'vscode';
import type { ContainerView, NodeHealth, PodHealth } from '../../../protocol/view';
import type { GroupName } from '../tree/rows';

const groups: Readonly<Record<GroupName, () => string>> = {
  controlPlane: () => l10n.t('Control Plane'),
  workers: () => l10n.t('Workers'),
  unbound: () => l10n.t('Not Scheduled'),
};

export function groupText(group: GroupName): string {
  return groups[group]();
}

const pods: Readonly<Record<PodHealth, () => string>> = {
  pending: () => l10n.t('waits for a node'),
  creating: () => l10n.t('is being created'),
  running: () => l10n.t('runs, but is not ready'),
  ready: () => l10n.t('runs and is ready'),
  succeeded: () => l10n.t('has ended well'),
  failed: () => l10n.t('has failed'),
  crashing: () => l10n.t('crashes again and again'),
  terminating: () => l10n.t('is being stopped'),
  unknown: () => l10n.t('has not been heard of'),
};

export function podHealthText(health: PodHealth): string {
  return pods[health]();
}

const nodes: Readonly<Record<NodeHealth, () => string>> = {
  absent: () => l10n.t('has not joined yet'),
  ready: () => l10n.t('is ready'),
  notReady: () => l10n.t('is not ready'),
  unknown: () => l10n.t('has not been heard of'),
};

export function nodeHealthText(health: NodeHealth, poweredOn: boolean): string {
  return poweredOn ? nodes[health]() : l10n.t('is switched off');
}

export function containerStateText({ state, reason }: ContainerView): string {
  if (reason) return reason;
  switch (state) {
    case 'running': return l10n.t('running');
    case 'waiting': return l10n.t('waiting');
    case 'terminated': return l10n.t('ended');
  }
}

/** The steps of `kind create cluster`, as it prints them (v0.32.0), without their pictures. */
const bootSteps: Readonly<Record<string, string>> = {
  preparingNodes: 'Preparing nodes',
  configuringLoadBalancer: 'Configuring the external load balancer',
  writingConfiguration: 'Writing configuration',
  startingControlPlane: 'Starting control-plane',
  installingCNI: 'Installing CNI',
  installingStorageClass: 'Installing StorageClass',
  joiningControlPlanes: 'Joining more control-plane nodes',
  joiningWorkers: 'Joining worker nodes',
};

/** What kind is doing, or that the pods of the system are still starting. */
export function bootText(step: string): string {
  const text = bootSteps[step];
  return text === undefined ? l10n.t('Waiting until all nodes and system pods are ready') : `kind: ${text} …`;
}
