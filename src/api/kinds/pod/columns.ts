/**
 * How a pod shows in a table: readiness, the status text that people know (`Init:0/1`, `CrashLoopBackOff`,
 * `Terminating`), restarts and, in wide output, where it runs. Models printPod of
 * pkg/printers/internalversion/printers.go.
 */
import type { TableColumn } from '../../kind';
import { timeMs } from '../../time';
import type { Container, ContainerState, ContainerStatus, Pod } from '../../types';
import { humanDuration } from '../../duration';
import { ageColumn, nameColumn } from '../columns';
import { isSidecar } from './resource-defaults';

/** Upstream's NodeUnreachablePodReason. */
const nodeLost = 'NodeLost';

/** What the columns of a pod are made of. */
export interface PodSummary {
  readonly status: string;
  readonly readyContainers: number;
  /** Main containers and sidecars. */
  readonly totalContainers: number;
  readonly restarts: number;
  /** When the last container that restarted had ended, in milliseconds since the epoch. */
  readonly lastRestartMs: number | undefined;
}

/** Restarts seen so far while walking over containers. */
interface Restarts {
  count: number;
  lastMs: number | undefined;
}

function countRestarts(restarts: Restarts, status: ContainerStatus): void {
  restarts.count += status.restartCount ?? 0;
  const finishedAt = status.lastState?.terminated?.finishedAt;
  if (finishedAt === undefined) return;
  const ms = timeMs(finishedAt);
  if (restarts.lastMs === undefined || ms > restarts.lastMs) restarts.lastMs = ms;
}

/** Everything that the table shows of a pod's containers. */
export function summarizePod(pod: Pod): PodSummary {
  const status = pod.status ?? {};
  const init = summarizeInit(pod);
  let reason = init.reason ?? baseReason(pod);
  let ready = init.ready;
  let restarts = init.restarts;
  if (init.reason === undefined || hasCondition(pod, 'Initialized')) {
    restarts = init.sidecarRestarts;
    let isRunning = false;
    const statuses = status.containerStatuses ?? [];
    for (let i = statuses.length - 1; i >= 0; i -= 1) {
      const container = statuses[i] as ContainerStatus;
      countRestarts(restarts, container);
      const own = containerReason(container.state);
      if (own !== undefined) reason = own;
      else if (container.ready && container.state?.running !== undefined) {
        isRunning = true;
        ready += 1;
      }
    }
    if (reason === 'Completed' && isRunning) reason = hasCondition(pod, 'Ready') ? 'Running' : 'NotReady';
  }
  const sidecars = (pod.spec?.initContainers ?? []).filter(isSidecar).length;
  return {
    status: deletionReason(pod) ?? reason,
    readyContainers: ready,
    totalContainers: (pod.spec?.containers ?? []).length + sidecars,
    restarts: restarts.count,
    lastRestartMs: restarts.lastMs,
  };
}

/** The status of a pod as `kubectl get pods` prints it. */
export function podStatusText(pod: Pod): string {
  return summarizePod(pod).status;
}

function baseReason(pod: Pod): string {
  const status = pod.status ?? {};
  const gated = status.conditions?.some((c) => c.type === 'PodScheduled' && c.reason === 'SchedulingGated') ?? false;
  return gated ? 'SchedulingGated' : status.reason || (status.phase ?? '');
}

function deletionReason(pod: Pod): string | undefined {
  if (pod.metadata.deletionTimestamp === undefined) return undefined;
  const { reason, phase } = pod.status ?? {};
  if (reason === nodeLost) return 'Unknown';
  return phase === 'Failed' || phase === 'Succeeded' ? undefined : 'Terminating';
}

function hasCondition(pod: Pod, type: string): boolean {
  return pod.status?.conditions?.some((c) => c.type === type && c.status === 'True') ?? false;
}

/** Why a main container does not simply run, or undefined when it does. */
function containerReason(state: ContainerState | undefined): string | undefined {
  const { waiting, terminated } = state ?? {};
  if (waiting?.reason) return waiting.reason;
  if (terminated === undefined) return undefined;
  if (terminated.reason) return terminated.reason;
  return terminated.signal ? `Signal:${terminated.signal}` : `ExitCode:${terminated.exitCode}`;
}

interface InitSummary {
  /** The status text while the pod initializes, undefined when it does no longer. */
  readonly reason: string | undefined;
  readonly ready: number;
  readonly restarts: Restarts;
  readonly sidecarRestarts: Restarts;
}

/** Walks over the init containers up to the first that is not done. */
function summarizeInit(pod: Pod): InitSummary {
  const containers = pod.spec?.initContainers ?? [];
  const restarts: Restarts = { count: 0, lastMs: undefined };
  const sidecarRestarts: Restarts = { count: 0, lastMs: undefined };
  let ready = 0;
  const statuses = pod.status?.initContainerStatuses ?? [];
  for (const [i, status] of statuses.entries()) {
    const container = containers.find((candidate) => candidate.name === status.name);
    countRestarts(restarts, status);
    if (isSidecar(container)) countRestarts(sidecarRestarts, status);
    if (status.state?.terminated?.exitCode === 0) continue;
    if (isSidecar(container) && status.started === true) {
      if (status.ready) ready += 1;
      continue;
    }
    return { reason: initReason(status.state, i, containers), ready, restarts, sidecarRestarts };
  }
  return { reason: undefined, ready, restarts, sidecarRestarts };
}

function initReason(state: ContainerState | undefined, position: number, containers: readonly Container[]): string {
  const { waiting, terminated } = state ?? {};
  if (terminated !== undefined) {
    if (terminated.reason) return `Init:${terminated.reason}`;
    return terminated.signal ? `Init:Signal:${terminated.signal}` : `Init:ExitCode:${terminated.exitCode}`;
  }
  if (waiting?.reason && waiting.reason !== 'PodInitializing') return `Init:${waiting.reason}`;
  return `Init:${position}/${containers.length}`;
}

function restartsText(pod: Pod, nowMs: number): string {
  const { restarts, lastRestartMs } = summarizePod(pod);
  if (restarts === 0 || lastRestartMs === undefined) return String(restarts);
  return `${restarts} (${humanDuration(nowMs - lastRestartMs)} ago)`;
}

function readinessGatesText(pod: Pod): string {
  const gates = pod.spec.readinessGates ?? [];
  if (gates.length === 0) return '<none>';
  // The first condition of the type decides, as upstream stops there.
  const met = gates.filter(({ conditionType }) => (
    pod.status?.conditions?.find((c) => c.type === conditionType)?.status === 'True'));
  return `${met.length}/${gates.length}`;
}

/** The columns of pods. */
export const podColumns: readonly TableColumn<Pod>[] = [
  nameColumn,
  {
    name: 'Ready', type: 'string',
    description: 'The aggregate readiness state of this pod for accepting traffic.',
    cell: (pod) => {
      const { readyContainers, totalContainers } = summarizePod(pod);
      return `${readyContainers}/${totalContainers}`;
    },
  },
  {
    name: 'Status', type: 'string', description: 'The aggregate status of the containers in this pod.',
    cell: podStatusText,
  },
  {
    name: 'Restarts', type: 'string',
    description: 'The number of times the containers in this pod have been restarted and when the last container in '
      + 'this pod has restarted.',
    cell: restartsText,
  },
  ageColumn,
  {
    name: 'IP', type: 'string', priority: 1, description: 'The address of the pod.',
    cell: (pod) => pod.status?.podIPs?.[0]?.ip || pod.status?.podIP || '<none>',
  },
  {
    name: 'Node', type: 'string', priority: 1, description: 'The node that the pod is bound to.',
    cell: (pod) => pod.spec.nodeName || '<none>',
  },
  {
    name: 'Nominated Node', type: 'string', priority: 1,
    description: 'The node on which the scheduler makes room for the pod.',
    cell: (pod) => pod.status?.nominatedNodeName || '<none>',
  },
  {
    name: 'Readiness Gates', type: 'string', priority: 1,
    description: 'How many of the additional conditions for readiness are met.',
    cell: readinessGatesText,
  },
];
