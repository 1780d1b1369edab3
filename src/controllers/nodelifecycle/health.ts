/**
 * Whether a node still gives signs of life: its lease is renewed or its status heartbeat moves. Pure functions. Models
 * pkg/controller/nodelifecycle tryUpdateNodeHealth.
 */
import { formatTime, timeMs } from '../../api/time';
import type { Lease, Node, NodeCondition, NodeStatus } from '../../api/types';

/** --node-monitor-grace-period */
const graceMs = 50_000;
/** --node-startup-grace-period: for a node that has not reported a status yet. */
const startupGraceMs = 60_000;

/** The conditions that nobody but the kubelet can know. */
const kubeletConditions = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'];

/** What was last seen of a node. */
export interface NodeHealth {
  /** When the last sign of life was seen, by this process' clock, in milliseconds. */
  readonly probeMs: number;
  readonly ready: NodeCondition | undefined;
  readonly lease: Lease | undefined;
}

export function readyCondition(status: NodeStatus): NodeCondition | undefined {
  return status.conditions?.find(({ type }) => type === 'Ready');
}

/** Takes note of what a node shows now. */
export function observeHealth(
  before: NodeHealth | undefined, node: Node, lease: Lease | undefined, wallMs: number,
): NodeHealth {
  const ready = readyCondition(node.status);
  let probeMs: number;
  if (!before) probeMs = ready ? wallMs : timeMs(node.metadata.creationTimestamp);
  else probeMs = before.ready?.lastHeartbeatTime === ready?.lastHeartbeatTime ? before.probeMs : wallMs;
  const renewed = lease !== undefined
    && (!before?.lease || (before.lease.spec.renewTime ?? '') < (lease.spec.renewTime ?? ''));
  return { probeMs: renewed ? wallMs : probeMs, ready, lease: renewed ? lease : before?.lease };
}

/** Whether the node has been silent for longer than it may. */
export function isOverdue({ probeMs, ready }: NodeHealth, wallMs: number): boolean {
  return wallMs > probeMs + (ready ? graceMs : startupGraceMs);
}

/** The status of a silent node: what only its kubelet could know is unknown; the same object when it was already. */
export function silentStatus(node: Node, wallMs: number): NodeStatus {
  const before = node.status.conditions ?? [];
  let conditions = before;
  for (const type of kubeletConditions) {
    const known = conditions.find((condition) => condition.type === type);
    if (known?.status === 'Unknown') continue;
    const lastTransitionTime = formatTime(wallMs);
    const silent: NodeCondition = known
      ? {
        ...known, status: 'Unknown', lastTransitionTime, reason: 'NodeStatusUnknown',
        message: 'Kubelet stopped posting node status.',
      } : {
        type, status: 'Unknown', lastHeartbeatTime: node.metadata.creationTimestamp, lastTransitionTime,
        reason: 'NodeStatusNeverUpdated', message: 'Kubelet never posted node status.',
      };
    conditions = known ? conditions.map((condition) => (condition === known ? silent : condition))
      : [...conditions, silent];
  }
  return conditions === before ? node.status : { ...node.status, conditions };
}
