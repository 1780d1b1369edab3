/**
 * What the kubelet reports of a pod: container statuses, phase and conditions, computed from what the runtime says and
 * what the kubelet itself knows (waiting reasons, probe results). Models pkg/kubelet/kubelet_pods.go and
 * pkg/kubelet/status/generate.go.
 */
import { formatTime } from '../../api/time';
import type { Container, ContainerState, ContainerStatus, Pod, PodCondition, PodStatus } from '../../api/types';
import type { ContainerStatus as RuntimeContainer, PodSandboxStatus } from '../cri';

/** Why a container waits, in Kubernetes' words. */
export interface Waiting {
  readonly reason: string;
  readonly message?: string;
}

/** What the kubelet knows of a pod at one moment. */
export interface PodFacts {
  readonly pod: Pod;
  readonly sandbox: PodSandboxStatus | undefined;
  /** All containers of the pod that the runtime has, any order. */
  readonly containers: readonly RuntimeContainer[];
  readonly waiting: ReadonlyMap<string, Waiting>;
  readonly ready: (container: string) => boolean;
  readonly started: (container: string) => boolean;
  readonly hostIP: string;
  readonly wallMs: number;
  /** Set when the pod was refused or ended by the kubelet itself. */
  readonly verdict?: { readonly reason: string; readonly message: string };
}

/** Runs of one container, the newest first. */
export function runsOf(containers: readonly RuntimeContainer[], name: string): RuntimeContainer[] {
  return containers.filter((container) => container.name === name).sort((a, b) => b.attempt - a.attempt);
}

/** Whether an init container keeps running beside the others. */
export function isSidecar(container: Container): boolean {
  return container.restartPolicy === 'Always';
}

/** The whole status, with transition times kept from the status before. */
export function podStatus(facts: PodFacts): PodStatus {
  const { pod, sandbox, hostIP, wallMs, verdict } = facts;
  const { spec } = pod;
  const before = pod.status;
  const initContainerStatuses = (spec.initContainers ?? []).map((c) => containerStatus(facts, c, before.initContainerStatuses, true));
  const containerStatuses = spec.containers.map((c) => containerStatus(facts, c, before.containerStatuses, false));
  const phase = verdict ? 'Failed' : podPhase(pod, initContainerStatuses, containerStatuses);
  const podIP = sandbox ? (sandbox.hostNetwork ? hostIP : sandbox.ip) : before.podIP;
  const conditions = podConditions(facts, phase, initContainerStatuses, containerStatuses);
  return {
    phase,
    conditions,
    observedGeneration: pod.metadata.generation,
    hostIP,
    hostIPs: [{ ip: hostIP }],
    ...(podIP ? { podIP, podIPs: [{ ip: podIP }] } : {}),
    startTime: before.startTime ?? formatTime(wallMs),
    ...(verdict ? { reason: verdict.reason, message: verdict.message } : {}),
    ...(spec.initContainers?.length && !verdict ? { initContainerStatuses } : {}),
    ...(verdict && facts.containers.length === 0 ? {} : { containerStatuses }),
    qosClass: before.qosClass,
  };
}

function containerStatus(
  facts: PodFacts, container: Container, before: readonly ContainerStatus[] | undefined, init: boolean,
): ContainerStatus {
  const [run, previous] = runsOf(facts.containers, container.name);
  const old = before?.find((status) => status.name === container.name);
  const waiting = facts.waiting.get(container.name);
  const state = stateOf(facts, run, waiting, init);
  // While a container waits to be started again, its last run is the last state.
  const last = waiting && run?.state === 'CONTAINER_EXITED' ? run : previous;
  const restartCount = run ? run.attempt : old?.restartCount ?? 0;
  const running = run?.state === 'CONTAINER_RUNNING';
  const completedInit = init && !isSidecar(container) && run?.state === 'CONTAINER_EXITED' && run.exitCode === 0;
  const started = running && facts.started(container.name);
  return {
    name: container.name,
    state,
    lastState: last && last !== undefined && last.state === 'CONTAINER_EXITED' && (state.waiting || last !== run) ? { terminated: terminated(last) } : {},
    ready: init && !isSidecar(container) ? completedInit : running && facts.ready(container.name),
    restartCount,
    image: run?.image ?? container.image ?? '',
    imageID: run?.imageRef ?? '',
    ...(run ? { containerID: `containerd://${run.id}` } : {}),
    started,
    ...(running && container.resources ? { resources: container.resources } : {}),
  };
}

function stateOf(
  facts: PodFacts, run: RuntimeContainer | undefined, waiting: Waiting | undefined, init: boolean,
): ContainerState {
  if (run?.state === 'CONTAINER_RUNNING') return { running: { startedAt: formatTime(run.startedAt) } };
  if (waiting) return { waiting };
  if (run?.state === 'CONTAINER_EXITED') return { terminated: terminated(run) };
  const hasInit = (facts.pod.spec.initContainers?.length ?? 0) > 0;
  return { waiting: { reason: hasInit ? 'PodInitializing' : 'ContainerCreating', ...(init ? {} : {}) } };
}

function terminated(run: RuntimeContainer) {
  return {
    exitCode: run.exitCode,
    reason: run.reason || (run.exitCode === 0 ? 'Completed' : 'Error'),
    ...(run.message ? { message: run.message } : {}),
    startedAt: formatTime(run.startedAt || run.createdAt),
    finishedAt: formatTime(run.finishedAt),
    containerID: `containerd://${run.id}`,
  };
}

/** pkg/kubelet getPhase. */
function podPhase(pod: Pod, inits: readonly ContainerStatus[], mains: readonly ContainerStatus[]): string {
  const { restartPolicy = 'Always', initContainers = [] } = pod.spec;
  const pendingInit = inits.some((status, index) => {
    const sidecar = isSidecar(initContainers[index] as Container);
    if (sidecar) return !status.started;
    if (status.state?.terminated) return status.state.terminated.exitCode !== 0 && restartPolicy !== 'Never';
    return true;
  });
  const failedInit = inits.some((status, index) =>
    !isSidecar(initContainers[index] as Container) && (status.state?.terminated?.exitCode ?? 0) !== 0);
  if (failedInit && restartPolicy === 'Never') return 'Failed';
  if (pendingInit && !mains.some((status) => status.state?.running)) return 'Pending';
  let running = 0;
  let waiting = 0;
  let succeeded = 0;
  let stopped = 0;
  for (const status of mains) {
    if (status.state?.running) running += 1;
    else if (status.state?.terminated) {
      stopped += 1;
      if (status.state.terminated.exitCode === 0) succeeded += 1;
    } else if (status.lastState?.terminated) stopped += 1;
    else waiting += 1;
  }
  if (waiting > 0) return 'Pending';
  if (running > 0) return 'Running';
  if (stopped > 0) {
    if (restartPolicy === 'Always') return 'Running';
    if (stopped === succeeded) return 'Succeeded';
    return restartPolicy === 'Never' ? 'Failed' : 'Running';
  }
  return 'Pending';
}

function podConditions(
  facts: PodFacts, phase: string, inits: readonly ContainerStatus[], mains: readonly ContainerStatus[],
): PodCondition[] {
  const { pod, sandbox, wallMs } = facts;
  const before = pod.status.conditions ?? [];
  const generation = pod.metadata.generation;
  const conditions: PodCondition[] = [];
  const set = (type: string, status: boolean, reason?: string, message?: string): void => {
    const old = before.find((condition) => condition.type === type);
    const text = status ? 'True' : 'False';
    conditions.push({
      type,
      status: text,
      lastTransitionTime: old?.status === text ? old.lastTransitionTime : formatTime(wallMs),
      ...(reason ? { reason } : {}),
      ...(message ? { message } : {}),
      observedGeneration: generation,
    });
  };
  const succeeded = phase === 'Succeeded';
  const initDone = pod.spec.initContainers === undefined || succeeded
    || inits.every((status, i) => (isSidecar(pod.spec.initContainers?.[i] as Container) ? status.started === true : status.ready));
  const incomplete = inits.filter((status) => !status.ready).map((status) => status.name);
  const unready = mains.filter((status) => !status.ready).map((status) => status.name);
  const sidecarsUnready = inits.filter((status, i) => isSidecar(pod.spec.initContainers?.[i] as Container) && !status.ready)
    .map((status) => status.name);
  const notReady = [...sidecarsUnready, ...unready];
  const unreadyMessage = `containers with unready status: [${notReady.join(' ')}]`;
  const finished = phase === 'Succeeded' ? 'PodCompleted' : phase === 'Failed' ? 'PodFailed' : undefined;
  set('PodReadyToStartContainers', sandbox?.state === 'SANDBOX_READY' && (sandbox.hostNetwork || sandbox.ip !== undefined));
  if (initDone) set('Initialized', true, succeeded ? 'PodCompleted' : undefined);
  else set('Initialized', false, 'ContainersNotInitialized', `containers with incomplete status: [${incomplete.join(' ')}]`);
  const ready = notReady.length === 0 && phase === 'Running';
  const reason = finished ?? 'ContainersNotReady';
  const message = finished ? undefined : unreadyMessage;
  if (ready) {
    set('Ready', true);
    set('ContainersReady', true);
  } else {
    set('Ready', false, reason, message);
    set('ContainersReady', false, reason, message);
  }
  const scheduled = before.find((condition) => condition.type === 'PodScheduled');
  if (scheduled) conditions.push(scheduled);
  else set('PodScheduled', true);
  for (const old of before) {
    if (!conditions.some((condition) => condition.type === old.type)) conditions.push(old);
  }
  return conditions;
}
