/** The conditions of a pod that the kubelet owns. Models pkg/kubelet/status/generate.go. */
import { couldRestartAll } from '../../api/kinds/pod/update';
import { formatTime } from '../../api/time';
import type { ContainerStatus, Pod, PodCondition } from '../../api/types';
import { isSidecar } from './container-status';
import { hasAnyStarted } from './pod-phase';

export interface ConditionFacts {
  readonly pod: Pod;
  readonly phase: string;
  readonly inits: readonly ContainerStatus[];
  readonly mains: readonly ContainerStatus[];
  /** A sandbox with a network stands. */
  readonly sandboxReady: boolean;
  /** All containers are being ended, to start again. */
  readonly restartingAll: boolean;
  /** What was reported last, for the times of transitions and for conditions of others. */
  readonly before: readonly PodCondition[];
  readonly wallMs: number;
}

interface Judgement {
  readonly ok: boolean;
  readonly reason?: string;
  readonly message?: string;
}

/** Conditions that are there only while a pod is being resized. */
export const resizeConditions: ReadonlySet<string> = new Set(['PodResizePending', 'PodResizeInProgress']);

/** All conditions: those of others as they were, then the kubelet's. */
export function podConditions(facts: ConditionFacts): PodCondition[] {
  const containersReady = judgeContainers(facts);
  const own: readonly (readonly [string, Judgement])[] = [
    ...(couldRestartAll(facts.pod) ? [['AllContainersRestarting', judgeRestart(facts)] as const] : []),
    ['PodReadyToStartContainers', { ok: facts.sandboxReady }],
    ['Initialized', judgeInitialized(facts)],
    ['Ready', containersReady.ok ? judgeGates(facts) : containersReady],
    ['ContainersReady', containersReady],
    ['PodScheduled', { ok: true }],
  ];
  const foreign = facts.before.filter(({ type }) =>
    !resizeConditions.has(type) && !own.some(([name]) => name === type));
  return [...foreign, ...own.map(([type, judgement]) => condition(facts, type, judgement))];
}

function judgeRestart({ phase, restartingAll }: ConditionFacts): Judgement {
  if (phase === 'Succeeded') return { ok: false, reason: 'PodCompleted' };
  if (phase === 'Failed') return { ok: false, reason: 'PodFailed' };
  if (!restartingAll) return { ok: false };
  return { ok: true, reason: 'RestartAllContainersStarted', message: 'container exited with restart policy rule' };
}

function condition({ pod, before, wallMs }: ConditionFacts, type: string, judgement: Judgement): PodCondition {
  const { ok, reason, message } = judgement;
  const status = ok ? 'True' : 'False';
  const old = before.find((candidate) => candidate.type === type);
  return {
    type,
    status,
    lastTransitionTime: old?.status === status ? old.lastTransitionTime : formatTime(wallMs),
    ...(reason ? { reason } : {}),
    ...(message ? { message } : {}),
    observedGeneration: pod.metadata.generation,
  };
}

function judgeContainers({ pod, phase, inits, mains }: ConditionFacts): Judgement {
  if (phase === 'Succeeded') return { ok: false, reason: 'PodCompleted' };
  if (phase === 'Failed') return { ok: false, reason: 'PodFailed' };
  const sidecars = inits.filter((_, index) => sidecarAt(pod, index));
  const statusOf = new Map(mains.map((status) => [status.name, status]));
  const unready = [
    ...sidecars.filter((status) => !status.ready).map((status) => status.name),
    ...pod.spec.containers.filter(({ name }) => !statusOf.get(name)?.ready).map(({ name }) => name),
  ];
  if (unready.length === 0) return { ok: true };
  return { ok: false, reason: 'ContainersNotReady', message: `containers with unready status: [${unready.join(' ')}]` };
}

function judgeInitialized({ pod, phase, inits, mains }: ConditionFacts): Judgement {
  if (phase === 'Succeeded') return { ok: true, reason: 'PodCompleted' };
  if (hasAnyStarted(mains)) return { ok: true };
  const incomplete = inits
    .filter((status, index) => !(sidecarAt(pod, index) ? status.started : status.ready))
    .map((status) => status.name);
  if (incomplete.length === 0) return { ok: true };
  const message = `containers with incomplete status: [${incomplete.join(' ')}]`;
  return { ok: false, reason: 'ContainersNotInitialized', message };
}

/** Readiness gates: conditions that others set and that must be true as well. */
function judgeGates({ pod, before }: ConditionFacts): Judgement {
  const problems: string[] = [];
  for (const { conditionType } of pod.spec.readinessGates ?? []) {
    const found = before.find(({ type }) => type === conditionType);
    if (!found) problems.push(`corresponding condition of pod readiness gate "${conditionType}" does not exist.`);
    else if (found.status !== 'True') {
      problems.push(`the status of pod readiness gate "${conditionType}" is not "True", but ${found.status}`);
    }
  }
  if (problems.length === 0) return { ok: true };
  return { ok: false, reason: 'ReadinessGatesNotReady', message: problems.join(', ') };
}

function sidecarAt(pod: Pod, index: number): boolean {
  const container = pod.spec.initContainers?.[index];
  return container !== undefined && isSidecar(container);
}
