/** Pods and nodes for scheduler tests, as short as a test wants them. */
import type { Node, Pod } from '../../../src/api/types';
import { NodeInfo } from '../../../src/scheduler/framework/node-info';
import { type PodInfo, podInfo } from '../../../src/scheduler/framework/pod-info';
import { RandomStream } from '../../../src/base/random';
import { type CycleResult, schedulePod } from '../../../src/scheduler/cycle';
import { defaultProfile } from '../../../src/scheduler/profile';
import { selectorOf } from '../../../src/api/selectors';
import type { ApiClient } from '../../../src/client/api-client';

let uid = 0;

export interface NodeOptions {
  readonly labels?: Record<string, string>;
  readonly allocatable?: Record<string, string>;
  readonly taints?: Node['spec']['taints'];
  readonly unschedulable?: boolean;
  readonly images?: Node['status']['images'];
}

export function node(name: string, options: NodeOptions = {}): NodeInfo {
  const { labels, allocatable, taints, unschedulable, images } = options;
  const info = new NodeInfo(name);
  info.setNode({
    apiVersion: 'v1', kind: 'Node',
    metadata: { name, uid: `node-${name}`, resourceVersion: '1', creationTimestamp: '', labels: { 'kubernetes.io/hostname': name, ...labels } },
    spec: { taints, unschedulable },
    status: { allocatable: { cpu: '4', memory: '32Gi', pods: '110', ...allocatable }, images },
  } as Node);
  return info;
}

export function pod(name: string, spec: Partial<Pod['spec']> & { cpu?: string; memory?: string } = {}, labels: Record<string, string> = {}): PodInfo {
  uid += 1;
  const { cpu, memory, ...rest } = spec;
  const requests = { ...(cpu ? { cpu } : {}), ...(memory ? { memory } : {}) };
  return podInfo({
    apiVersion: 'v1', kind: 'Pod',
    metadata: { name, namespace: 'default', uid: `pod-${uid}`, resourceVersion: '1', creationTimestamp: '', labels },
    spec: { containers: [{ name: 'c', image: 'nginx', resources: { requests } }], ...rest },
    status: {},
  } as Pod);
}

/** Schedules with the default profile; `selector` stands for what Services and ReplicaSets select. */
export function schedule(target: PodInfo, nodes: readonly NodeInfo[], selector?: Record<string, string>): CycleResult {
  const profile = defaultProfile({
    client: undefined as unknown as ApiClient,
    namespaceOf: () => undefined,
    claimOf: () => undefined,
    defaultSelector: () => (selector ? selectorOf({ matchLabels: selector }) : undefined),
  });
  return schedulePod(profile, target, nodes, 0, new RandomStream(1, 'test'));
}
