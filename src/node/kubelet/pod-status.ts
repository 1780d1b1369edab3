/**
 * What the kubelet reports of a pod, computed from what the runtime says and what the kubelet itself knows. Models the
 * kubelet's generateAPIPodStatus and the status manager's TerminatePod.
 */
import { formatTime } from '../../api/time';
import type { ContainerStatus, PodCondition, PodStatus } from '../../api/types';
import type { PodSandboxStatus } from '../cri';
import {
  type ContainerFacts, containerStatuses, ephemeralContainerStatuses, initContainerStatuses,
} from './container-status';
import { podConditions } from './pod-conditions';
import { hasAnyStarted, isTerminal, podPhase } from './pod-phase';

type Statuses = readonly ContainerStatus[];

/** What the kubelet knows of a pod at one moment. */
export interface PodFacts extends ContainerFacts {
  readonly sandbox: PodSandboxStatus | undefined;
  /** The status reported last, or the API server's. */
  readonly before: PodStatus;
  /** All containers are being ended, to start again. */
  readonly restartingAll: boolean;
  readonly hostIP: string;
  readonly wallMs: number;
  /** Set when the pod was refused or ended by the kubelet itself. */
  readonly verdict?: { readonly reason: string; readonly message: string };
  /** The kubelet has ended the pod and nothing of it runs. */
  readonly ended: boolean;
  /** What is to be said of a resize. */
  readonly resize: readonly PodCondition[];
}

/** The whole status, with transition times kept from the status before. */
export function podStatus(facts: PodFacts): PodStatus {
  const { pod, sandbox, before, hostIP, wallMs, verdict, ended } = facts;
  const inits = initContainerStatuses(facts);
  const known = containerStatuses(facts);
  const mains = ended ? known.map((status) => lostContainer(status, inits, known)) : known;
  const asNow = (status: ContainerStatus): ContainerStatus => asBegun(facts, status);
  const begun = { inits: inits.map(asNow), mains: mains.map(asNow) };
  const phase = phaseOf(facts, begun.inits, begun.mains);
  const ephemeral = ephemeralContainerStatuses(facts);
  const sandboxReady = sandbox?.state === 'SANDBOX_READY' && (sandbox.hostNetwork || sandbox.ip !== undefined);
  // The address stays in the status when the sandbox is gone, until another takes its place.
  const podIP = pod.spec.hostNetwork ? hostIP : sandbox?.ip ?? before.podIP;
  const { reason, message } = verdict ?? (phase === before.phase ? before : {});
  return {
    phase,
    conditions: [
      ...podConditions({
        pod, phase, ...begun, sandboxReady, before: before.conditions ?? [], wallMs,
        restartingAll: facts.restartingAll,
      }),
      ...facts.resize,
    ],
    observedGeneration: pod.metadata.generation,
    hostIP,
    hostIPs: [{ ip: hostIP }],
    ...(podIP ? { podIP, podIPs: [{ ip: podIP }] } : {}),
    startTime: before.startTime ?? formatTime(wallMs),
    ...(reason ? { reason } : {}),
    ...(message ? { message } : {}),
    ...(inits.length > 0 ? { initContainerStatuses: inits } : {}),
    containerStatuses: mains,
    ...(ephemeral.length > 0 ? { ephemeralContainerStatuses: ephemeral } : {}),
    ...(before.qosClass ? { qosClass: before.qosClass } : {}),
  };
}

/** The status of a pod that never ran here because the kubelet refused it. */
export function rejectedStatus(
  { pod, before, wallMs }: Pick<PodFacts, 'pod' | 'before' | 'wallMs'>, reason: string, message: string,
): PodStatus {
  const now = formatTime(wallMs);
  const failed = (type: string) => ({
    type, status: 'False', reason: 'PodFailed', lastTransitionTime: now, observedGeneration: pod.metadata.generation,
  });
  const others = (before.conditions ?? []).filter(({ type }) => type !== 'Ready' && type !== 'ContainersReady');
  return {
    phase: 'Failed',
    conditions: [...others, failed('Ready'), failed('ContainersReady')],
    observedGeneration: pod.metadata.generation,
    reason,
    message: `Pod was rejected: ${message}`,
    startTime: before.startTime ?? now,
    ...(before.qosClass ? { qosClass: before.qosClass } : {}),
  };
}

/** A container that waits after all were restarted starts afresh: its last state says nothing about the pod. */
function asBegun({ containers, earlier }: PodFacts, status: ContainerStatus): ContainerStatus {
  const isFresh = earlier.has(status.name) && !containers.some(({ name }) => name === status.name);
  return isFresh ? { ...status, lastState: {} } : status;
}

/** A terminal phase is never left, and every pod that was ended gets one; static pods have none. */
function phaseOf(facts: PodFacts, inits: Statuses, mains: Statuses): string {
  const { pod, before, verdict, ended } = facts;
  if (verdict) return 'Failed';
  if (isTerminal(before.phase)) return before.phase;
  const isStatic = pod.metadata.annotations?.['kubernetes.io/config.source'] === 'file';
  const phase = facts.restartingAll ? 'Running' : podPhase(pod, inits, mains, ended && !isStatic);
  return ended && !isStatic && phase !== 'Succeeded' ? 'Failed' : phase;
}

/** In an initialized pod that was ended, a container of which nothing is known counts as failed. */
function lostContainer(status: ContainerStatus, inits: Statuses, mains: Statuses): ContainerStatus {
  const initialized = hasAnyStarted(mains) || inits.every((init) => init.ready);
  if (status.state?.terminated || !initialized) return status;
  const message = 'The container could not be located when the pod was terminated';
  return { ...status, state: { terminated: { exitCode: 137, reason: 'ContainerStatusUnknown', message } } };
}

/**
 * The status before, with the condition by which a pod says that the kubelet has ended it for another reason than its
 * own.
 */
export function withDisruption(
  before: PodStatus, message: string, wallMs: number, generation: number | undefined,
): PodStatus {
  const conditions = before.conditions ?? [];
  if (conditions.some(({ type }) => type === 'DisruptionTarget')) return before;
  const condition = {
    type: 'DisruptionTarget', status: 'True', lastTransitionTime: formatTime(wallMs), observedGeneration: generation,
    reason: 'TerminationByKubelet', message,
  };
  return { ...before, conditions: [...conditions, condition] };
}
