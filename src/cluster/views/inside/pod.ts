/** The inside of a pod (what its containers share, its containers, volumes, conditions) and of one container. */
import { controllerOf } from '../../../api/object';
import type { Container, ContainerStatus, Pod, Volume } from '../../../api/types';
import type { InsideItem, InsideLane, InsideState } from '../../../protocol/inside';
import { fullName, lane } from './source';
import type { InsideSource } from './source';

export function podLanes(pod: Pod, source: InsideSource): InsideLane[] {
  const { spec, status, metadata } = pod;
  const name = fullName(metadata);
  const containers = [...(spec.initContainers ?? []), ...spec.containers];
  const sandboxed = status.podIP !== undefined;
  const sandbox: InsideItem[] = [
    {
      id: 'network',
      title: 'network',
      facts: [spec.hostNetwork ? 'hostNetwork' : (status.podIP ?? '—')],
      state: sandboxed ? 'ready' : 'pending',
    },
    { id: 'ipc', title: 'ipc, uts', facts: [spec.hostname ?? metadata.name], state: sandboxed ? 'ready' : 'pending' },
    { id: 'pause', title: 'pause', facts: ['registry.k8s.io/pause'], state: sandboxed ? 'ready' : 'pending' },
  ];
  return [
    lane('owners', ownersOf(pod, source)),
    lane('sandbox', sandbox),
    lane(
      'containers',
      containers.map((container) => containerItem(container, statusOf(pod, container.name), name)),
    ),
    lane(
      'volumes',
      (spec.volumes ?? []).map((volume) => ({
        id: volume.name,
        title: volume.name,
        facts: [volumeSource(volume)],
        state: 'idle',
      })),
    ),
    lane(
      'conditions',
      (status.conditions ?? []).map(({ type, status: value, reason, message }) => ({
        id: type,
        title: type,
        facts: [value, reason ?? message ?? ''].filter(Boolean),
        state: value === 'True' ? 'ready' : 'pending',
      })),
    ),
  ];
}

export function containerLanes(pod: Pod, container: Container): InsideLane[] {
  const status = statusOf(pod, container.name);
  const { waiting, running, terminated } = status?.state ?? {};
  const command = [...(container.command ?? []), ...(container.args ?? [])].join(' ');
  const resources = Object.entries(container.resources?.requests ?? {}).map(
    ([key, value]) => `${key} ${String(value)}`,
  );
  const state: InsideItem[] = [
    {
      id: 'state',
      title: running ? 'running' : terminated ? 'terminated' : 'waiting',
      state: stateOf(status),
      facts: [waiting?.reason ?? terminated?.reason ?? running?.startedAt ?? ''].filter(Boolean),
    },
    { id: 'restarts', title: 'restartCount', facts: [String(status?.restartCount ?? 0)], state: 'idle' },
    ...(resources.length > 0
      ? [{ id: 'requests', title: 'requests', facts: [resources.join(', ')], state: 'idle' as const }]
      : []),
    ...(status?.lastState?.terminated
      ? [
          {
            id: 'last',
            title: 'lastState',
            state: 'failed' as const,
            facts: [status.lastState.terminated.reason ?? '', `exitCode ${status.lastState.terminated.exitCode}`],
          },
        ]
      : []),
  ];
  const ports = (container.ports ?? []).map(({ containerPort, protocol }) => `${containerPort}/${protocol ?? 'TCP'}`);
  return [
    lane('state', state),
    lane('process', [
      {
        id: 'process',
        title: command || (container.image ?? ''),
        facts: [ports.join(', ') || 'pid 1'],
        state: running ? 'ready' : 'idle',
      },
    ]),
    lane('image', [
      {
        id: 'image',
        title: container.image ?? '',
        state: 'idle',
        facts: [status?.imageID ?? container.imagePullPolicy ?? ''].filter(Boolean),
      },
    ]),
    lane(
      'environment',
      (container.env ?? []).map(({ name, value, valueFrom }) => ({
        id: name,
        title: name,
        facts: [value ?? (valueFrom ? 'valueFrom' : '')].filter(Boolean),
        state: 'idle',
      })),
    ),
    lane(
      'mounts',
      (container.volumeMounts ?? []).map(({ mountPath, name, readOnly }) => ({
        id: mountPath,
        title: mountPath,
        facts: [name, readOnly ? 'readOnly' : ''].filter(Boolean),
        state: 'idle',
      })),
    ),
  ];
}

/** Pod, ReplicaSet, Deployment: from the pod outwards, as far as each still exists. */
function ownersOf(pod: Pod, { objects }: InsideSource): InsideItem[] {
  const items: InsideItem[] = [];
  let owner = controllerOf(pod);
  for (let depth = 0; owner && depth < 8; depth += 1) {
    items.push({ id: `${owner.kind}/${owner.name}`, title: owner.name, facts: [owner.kind], state: 'idle' });
    const namespace = owner.kind === 'Node' ? undefined : pod.metadata.namespace;
    const object = objects.get({
      apiVersion: owner.apiVersion,
      kind: owner.kind,
      name: owner.name,
      ...(namespace ? { namespace } : {}),
    });
    owner = object && controllerOf(object);
  }
  return items;
}

function containerItem(container: Container, status: ContainerStatus | undefined, pod: string): InsideItem {
  const { waiting, terminated } = status?.state ?? {};
  const word =
    waiting?.reason ?? terminated?.reason ?? (status?.restartCount ? `restartCount ${status.restartCount}` : '');
  return {
    id: container.name,
    title: container.name,
    facts: [container.image ?? '', word].filter(Boolean),
    state: stateOf(status),
    box: `container/${pod}/${container.name}`,
  };
}

function statusOf({ status }: Pod, name: string): ContainerStatus | undefined {
  return [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])].find(
    (one) => one.name === name,
  );
}

function stateOf(status: ContainerStatus | undefined): InsideState {
  const { waiting, running, terminated } = status?.state ?? {};
  if (running) return status?.ready ? 'ready' : 'running';
  if (terminated) return terminated.exitCode === 0 ? 'succeeded' : 'failed';
  return waiting?.reason === 'CrashLoopBackOff'
    ? 'crashing'
    : waiting?.reason === 'ContainerCreating'
      ? 'creating'
      : 'pending';
}

/** `configMap`, `hostPath /etc/...`: which kind of volume it is. */
function volumeSource(volume: Volume): string {
  const source = Object.keys(volume).find((key) => key !== 'name') ?? '';
  const detail =
    volume.hostPath?.path ??
    volume.configMap?.name ??
    volume.secret?.secretName ??
    volume.persistentVolumeClaim?.claimName;
  return detail === undefined ? source : `${source} ${detail}`;
}
