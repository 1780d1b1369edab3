/** The phase of a pod, computed from the statuses of its containers. Models the kubelet's getPhase. */
import type { ContainerStatus, Pod } from '../../api/types';
import { isSidecar } from './container-status';
import { restartsAfter } from './restart-policy';

/** `ended`: the kubelet has ended the pod, so nothing of it will start again whatever the restart policy says. */
export function podPhase(
  pod: Pod, inits: readonly ContainerStatus[], mains: readonly ContainerStatus[], ended: boolean,
): string {
  const { restartPolicy = 'Always' } = pod.spec;
  const begun = initialization(pod, inits);
  const counts = countStates(mains);
  const running = counts.running + begun.runningSidecars;
  if (begun.failed > 0 && restartPolicy === 'Never') return 'Failed';
  if (begun.pending > 0 && !hasAnyStarted(mains)) return 'Pending';
  if (counts.waiting + begun.waitingSidecars > 0) return 'Pending';
  if (running > 0) return 'Running';
  if (counts.stopped === 0) return 'Pending';
  if (ended) return counts.stopped === counts.succeeded ? 'Succeeded' : 'Failed';
  if (mains.some((status) => runsAgain(pod, status))) return 'Running';
  return counts.stopped === counts.succeeded ? 'Succeeded' : 'Failed';
}

function runsAgain(pod: Pod, { name, state, lastState }: ContainerStatus): boolean {
  const container = pod.spec.containers.find((declared) => declared.name === name);
  const ended = state?.terminated ?? lastState?.terminated;
  return container !== undefined && ended !== undefined && restartsAfter(pod, container, ended.exitCode, false);
}

/** Whether a phase is one that a pod never leaves. */
export function isTerminal(phase: string | undefined): phase is 'Succeeded' | 'Failed' {
  return phase === 'Succeeded' || phase === 'Failed';
}

/** Whether an ordinary container runs or ran: then the pod was initialized, whatever its sidecars do now. */
export function hasAnyStarted(mains: readonly ContainerStatus[]): boolean {
  return mains.some(({ state, lastState }) => state?.running || state?.terminated || lastState?.terminated);
}

function initialization(pod: Pod, inits: readonly ContainerStatus[]) {
  const result = { pending: 0, failed: 0, runningSidecars: 0, waitingSidecars: 0 };
  inits.forEach(({ state = {}, lastState, started }, index) => {
    const container = pod.spec.initContainers?.[index];
    if (container && isSidecar(container)) {
      if (state.running) {
        result.runningSidecars += 1;
        if (!started) result.pending += 1;
      } else if (state.waiting && !lastState?.terminated) {
        result.waitingSidecars += 1;
        result.pending += 1;
      }
      return;
    }
    const ended = state.terminated ?? (state.waiting ? lastState?.terminated : undefined);
    if (!ended) result.pending += 1;
    else if (ended.exitCode !== 0) result.failed += 1;
  });
  return result;
}

function countStates(mains: readonly ContainerStatus[]) {
  const counts = { running: 0, waiting: 0, stopped: 0, succeeded: 0 };
  for (const { state = {}, lastState } of mains) {
    if (state.running) counts.running += 1;
    else if (state.terminated) {
      counts.stopped += 1;
      if (state.terminated.exitCode === 0) counts.succeeded += 1;
    } else if (lastState?.terminated) counts.stopped += 1;
    else counts.waiting += 1;
  }
  return counts;
}
