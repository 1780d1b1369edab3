/**
 * Ending containers: the preStop hook, SIGTERM, the grace that is left, SIGKILL. Ordinary containers end side by side,
 * then sidecars one by one in the opposite order of their start. Models kuberuntime's killContainer and
 * termination_order.go.
 */
import type { Container, Pod } from '../../api/types';
import { all, type Task } from '../../sim/task';
import { criCall, type ContainerStatus as RuntimeContainer } from '../cri';
import type { ActionTarget } from './actions';
import { isSidecar } from './container-status';
import type { KubeletContext } from './context';
import { runHook } from './lifecycle';
import { type ProbeKind, probeOf } from './probes';

/** A container always gets this much after its hook, so that it is not killed without need. */
const leastGraceSeconds = 2;

export interface Stop {
  readonly container: Container;
  readonly target: ActionTarget;
  readonly graceSeconds: number;
  /** What the Killing event says. */
  readonly message: string;
  readonly tell: (type: 'Normal' | 'Warning', reason: string, message: string) => void;
}

/** The grace of a pod's ending in seconds, as the API server or the pod's own spec grants it. */
export function podGraceSeconds({ metadata, spec }: Pod): number {
  const granted = metadata.deletionGracePeriodSeconds || spec.terminationGracePeriodSeconds;
  return Math.max(1, Number(granted ?? 30));
}

/** The grace of a container that a probe has condemned while the pod goes on. */
export function probeGraceSeconds(pod: Pod, container: Container, kind: ProbeKind): number {
  const own = probeOf(container, kind)?.terminationGracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds;
  return Number(own ?? 30);
}

/** Ends one container. The seconds that its hook took are gone from its grace. */
export function* stopContainer({ host }: KubeletContext, stop: Stop): Task {
  const { container, target, graceSeconds, tell } = stop;
  tell('Normal', 'Killing', stop.message);
  const begunMs = host.nowMs;
  const preStop = container.lifecycle?.preStop;
  if (preStop && graceSeconds > 0) {
    const problem = yield* runHook(host, target, preStop, graceSeconds);
    if (problem !== undefined) tell('Warning', 'FailedPreStopHook', 'PreStopHook failed');
  }
  const usedSeconds = Math.floor((host.nowMs - begunMs) / 1000);
  const timeout = Math.max(leastGraceSeconds, graceSeconds - usedSeconds);
  yield* criCall(host, 'StopContainer', { containerId: target.containerId, timeout }, target.subject);
}

/** Ends the running containers of a pod in their order. `stopOne` is told the grace that is left. */
export function* stopInOrder(
  { host }: KubeletContext, pod: Pod, running: readonly RuntimeContainer[], graceSeconds: number,
  stopOne: (run: RuntimeContainer, graceSeconds: number) => Task,
): Task {
  const begunMs = host.nowMs;
  const sidecars = (pod.spec.initContainers ?? []).filter(isSidecar).map((container) => container.name);
  const ordinary = running.filter((run) => !sidecars.includes(run.name));
  yield* all(ordinary.map((run) => stopOne(run, graceSeconds)));
  for (const name of sidecars.reverse()) {
    const run = running.find((candidate) => candidate.name === name);
    const usedSeconds = Math.floor((host.nowMs - begunMs) / 1000);
    if (run) yield* stopOne(run, Math.max(leastGraceSeconds, graceSeconds - usedSeconds));
  }
}
