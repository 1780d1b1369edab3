/**
 * The status of each container of a pod: state, last state, readiness, resources. Models the kubelet's
 * convertToAPIContainerStatuses and the prober manager's UpdatePodStatus.
 */
import { formatTime } from '../../api/time';
import type {
  Container, ContainerState, ContainerStateTerminated, ContainerStatus, Pod, VolumeMountStatus,
} from '../../api/types';
import { compareText } from '../../base/freeze';
import type { ContainerStatus as RuntimeContainer } from '../cri';

/** Why a container waits, in Kubernetes' words. */
export interface Waiting {
  readonly reason: string;
  readonly message?: string;
}

export interface ContainerFacts {
  readonly pod: Pod;
  /** All containers of the pod that the runtime has, any order. */
  readonly containers: readonly RuntimeContainer[];
  /** What the kubelet itself knows of containers that do not run. */
  readonly waiting: ReadonlyMap<string, Waiting>;
  /** The last run of each container before all of them were restarted, by name. */
  readonly earlier: ReadonlyMap<string, RuntimeContainer>;
  readonly ready: (container: string) => boolean;
  readonly started: (container: string) => boolean;
  /** What the last words of a run were. */
  readonly lastWords: (container: Container, run: RuntimeContainer) => string;
  readonly resources: (
    container: Container, run: RuntimeContainer,
  ) => Pick<ContainerStatus, 'allocatedResources' | 'resources'>;
}

/** Runs of one container, the newest first. */
export function runsOf(containers: readonly RuntimeContainer[], name: string): RuntimeContainer[] {
  return containers.filter((container) => container.name === name).sort((a, b) => b.attempt - a.attempt);
}

/** Whether an init container keeps running beside the others. */
export function isSidecar(container: Container): boolean {
  return container.restartPolicy === 'Always';
}

/** The statuses of the ordinary containers, in order of their names. */
export function containerStatuses(facts: ContainerFacts): ContainerStatus[] {
  return facts.pod.spec.containers.map((container) => containerStatus(facts, container, false))
    .sort((a, b) => compareText(a.name, b.name));
}

/** The statuses of the init containers, in the order in which they run. */
export function initContainerStatuses(facts: ContainerFacts): ContainerStatus[] {
  return (facts.pod.spec.initContainers ?? []).map((container) => containerStatus(facts, container, true));
}

/** The statuses of the ephemeral containers, in the order in which they were added. */
export function ephemeralContainerStatuses(facts: ContainerFacts): ContainerStatus[] {
  return (facts.pod.spec.ephemeralContainers ?? []).map((container) => {
    const { started: _started, ...status } = containerStatus(facts, container, false);
    // Nothing is probed here, and nothing is routed to it.
    return { ...status, ready: false };
  });
}

function containerStatus(facts: ContainerFacts, container: Container, init: boolean): ContainerStatus {
  const { name } = container;
  const [run, previous] = runsOf(facts.containers, name);
  const running = run?.state === 'CONTAINER_RUNNING';
  const exited = run?.state === 'CONTAINER_EXITED';
  const waiting = running ? undefined : facts.waiting.get(name);
  // While a container waits to be started again, its last run is the last state.
  const last = waiting && exited ? run : previous ?? facts.earlier.get(name);
  const started = running && facts.started(name);
  const completed = init && !isSidecar(container) && exited && run.exitCode === 0;
  return {
    name,
    state: stateOf(facts, container, run, waiting),
    lastState: last?.state === 'CONTAINER_EXITED' ? { terminated: terminated(facts, container, last) } : {},
    ready: init && !isSidecar(container) ? completed : started && facts.ready(name),
    restartCount: run?.attempt ?? facts.earlier.get(name)?.attempt ?? 0,
    image: run?.image ?? container.image ?? '',
    imageID: run?.imageRef ?? '',
    ...(run ? { containerID: `containerd://${run.id}` } : {}),
    started,
    ...(run ? { ...facts.resources(container, run), user: { linux: { ...run.user } } } : {}),
    ...volumeMounts(container),
  };
}

function stateOf(
  facts: ContainerFacts, container: Container, run: RuntimeContainer | undefined, waiting: Waiting | undefined,
): ContainerState {
  const { spec } = facts.pod;
  if (run?.state === 'CONTAINER_RUNNING') return { running: { startedAt: formatTime(run.startedAt) } };
  if (waiting) return { waiting };
  if (run?.state === 'CONTAINER_EXITED') return { terminated: terminated(facts, container, run) };
  if (run) return { waiting: {} };
  const ephemeral = spec.ephemeralContainers?.some(({ name }) => name === container.name) ?? false;
  return { waiting: { reason: spec.initContainers?.length && !ephemeral ? 'PodInitializing' : 'ContainerCreating' } };
}

/** A run that never started has the zero of Unix time as its start, as containerd reports it. */
function terminated(facts: ContainerFacts, container: Container, run: RuntimeContainer): ContainerStateTerminated {
  const message = facts.lastWords(container, run);
  return {
    exitCode: run.exitCode,
    reason: run.reason,
    ...(message ? { message } : {}),
    startedAt: formatTime(run.startedAt),
    finishedAt: formatTime(run.finishedAt),
    containerID: `containerd://${run.id}`,
  };
}

function volumeMounts(container: Container): Pick<ContainerStatus, 'volumeMounts'> {
  if (!container.volumeMounts?.length) return {};
  return {
    volumeMounts: container.volumeMounts.map(({ name, mountPath, readOnly }): VolumeMountStatus =>
      ({ name, mountPath, ...(readOnly ? { readOnly, recursiveReadOnly: 'Disabled' } : {}) })),
  };
}
