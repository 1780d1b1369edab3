/**
 * Which containers of a pod are started again, and whether the pod is over. Models
 * kubecontainer.ShouldContainerBeRestarted, ShouldAllContainersRestart and podutil.ContainerShouldRestart.
 */
import type { Container, ContainerRestartRule, Pod } from '../../api/types';
import type { ContainerStatus as RuntimeContainer } from '../cri';
import { isSidecar, runsOf } from './container-status';

/** Whether a run that has ended is followed by another. */
export function shouldRestart(pod: Pod, container: Container, run: RuntimeContainer, init: boolean): boolean {
  if (run.state !== 'CONTAINER_EXITED' || isSidecar(container)) return true;
  return restartsAfter(pod, container, run.exitCode, init);
}

/** Whether a container runs again after this exit code: a rule of its own says so, or its policy, or the pod's. */
export function restartsAfter(pod: Pod, container: Container, exitCode: number, init: boolean): boolean {
  if (ruleFor(container, exitCode) !== undefined) return true;
  const policy = container.restartPolicy ?? pod.spec.restartPolicy ?? 'Always';
  if (policy === 'Always') return !init || exitCode !== 0;
  return policy === 'OnFailure' && exitCode !== 0;
}

/** The first rule of a container that names the exit code. */
function ruleFor({ restartPolicyRules = [] }: Container, exitCode: number): ContainerRestartRule | undefined {
  return restartPolicyRules.find(({ exitCodes }) =>
    exitCodes !== undefined && (exitCodes.operator === 'In') === (exitCodes.values ?? []).includes(exitCode));
}

/** Whether the end of one container asks for all of the pod to start again, from the first init container on. */
export function restartsAll({ spec }: Pod, containers: readonly RuntimeContainer[]): boolean {
  return [...(spec.initContainers ?? []), ...spec.containers].some((container) => {
    const [run] = runsOf(containers, container.name);
    return run?.state === 'CONTAINER_EXITED' && ruleFor(container, run.exitCode)?.action === 'RestartAllContainers';
  });
}

/** Whether no container of the pod will ever run again, sidecars aside, which end with the others. */
export function isFinished(pod: Pod, containers: readonly RuntimeContainer[]): boolean {
  if (restartsAll(pod, containers)) return false;
  const { initContainers = [] } = pod.spec;
  const over = (container: Container, init: boolean): boolean => {
    const [run] = runsOf(containers, container.name);
    return run !== undefined && !shouldRestart(pod, container, run, init) && run.state === 'CONTAINER_EXITED';
  };
  const initFailed = initContainers.some((container) => {
    const [run] = runsOf(containers, container.name);
    return !isSidecar(container) && run !== undefined && run.exitCode !== 0 && over(container, true);
  });
  return initFailed || pod.spec.containers.every((container) => over(container, false));
}
