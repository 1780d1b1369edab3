/** A pod as tree and diagram show it. One view per pod version: a version that was seen before costs a lookup. */
import { controllerOf } from '../../api/object';
import { podStatusText } from '../../api/kinds/pod/columns';
import { timeMs } from '../../api/time';
import type { Container, ContainerStatus, Pod } from '../../api/types';
import type { ContainerView, PodHealth, PodView } from '../../protocol/view';

const mirrorAnnotation = 'kubernetes.io/config.mirror';
const views = new WeakMap<Pod, PodView>();

/** The view of a pod. `epochMs` is the wall clock at virtual time 0. */
export function podView(pod: Pod, epochMs: number): PodView {
  let view = views.get(pod);
  if (!view) {
    view = makeView(pod, epochMs);
    views.set(pod, view);
  }
  return view;
}

function makeView(pod: Pod, epochMs: number): PodView {
  const { metadata, spec, status } = pod;
  const containers = [
    ...(spec.initContainers ?? []).map((c) => containerView(c, status.initContainerStatuses, true)),
    ...spec.containers.map((c) => containerView(c, status.containerStatuses, false)),
  ];
  const main = containers.filter((container) => !container.init);
  const owner = controllerOf(pod);
  return {
    uid: metadata.uid,
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    status: podStatusText(pod),
    health: podHealth(pod, main),
    readyContainers: main.filter((container) => container.ready).length,
    totalContainers: main.length,
    restarts: containers.reduce((sum, container) => sum + container.restarts, 0),
    ip: status.podIP,
    node: spec.nodeName ?? '',
    owner: owner && `${owner.kind}/${owner.name}`,
    static: metadata.annotations?.[mirrorAnnotation] !== undefined,
    createdMs: timeMs(metadata.creationTimestamp) - epochMs,
    labels: metadata.labels ?? {},
    message: messageOf(pod),
    containers,
  };
}

function containerView(
  container: Container,
  statuses: readonly ContainerStatus[] | undefined,
  init: boolean,
): ContainerView {
  const status = statuses?.find((candidate) => candidate.name === container.name);
  const { waiting, running, terminated } = status?.state ?? {};
  return {
    name: container.name,
    image: container.image ?? '',
    init,
    state: running ? 'running' : terminated ? 'terminated' : 'waiting',
    reason: waiting?.reason ?? terminated?.reason,
    ready: status?.ready ?? false,
    restarts: status?.restartCount ?? 0,
  };
}

const crashReasons = new Set(['CrashLoopBackOff', 'RunContainerError', 'StartError', 'Error', 'OOMKilled']);
const failureReasons = new Set([
  'ErrImagePull', 'ImagePullBackOff', 'InvalidImageName', 'ErrImageNeverPull', 'CreateContainerConfigError',
  'CreateContainerError',
]);

function podHealth(pod: Pod, main: readonly ContainerView[]): PodHealth {
  const { metadata, spec, status } = pod;
  if (metadata.deletionTimestamp) return 'terminating';
  if (status.phase === 'Succeeded') return 'succeeded';
  if (status.phase === 'Failed') return 'failed';
  if (status.reason === 'NodeLost') return 'unknown';
  const statuses = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
  const reasons = statuses.map(({ state }) => state?.waiting?.reason ?? state?.terminated?.reason ?? '');
  if (reasons.some((reason) => crashReasons.has(reason))) return 'crashing';
  if (reasons.some((reason) => failureReasons.has(reason))) return 'failed';
  if (status.phase === 'Running') return main.every((container) => container.ready) ? 'ready' : 'running';
  return spec.nodeName ? 'creating' : 'pending';
}

/** Kubernetes' own words on why the pod is not where it should be. */
function messageOf({ status }: Pod): string | undefined {
  if (status.message) return status.message;
  const scheduled = status.conditions?.find((condition) => condition.type === 'PodScheduled');
  if (scheduled?.status === 'False') return scheduled.message;
  for (const { state } of [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])]) {
    if (state?.waiting?.message) return state.waiting.message;
  }
  return undefined;
}
