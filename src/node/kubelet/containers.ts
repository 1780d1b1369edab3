/** Starting one container: image, configuration, create, start, with the events and waiting reasons of each failure. */
import type { Container, Pod } from '../../api/types';
import { goDuration } from '../../api/duration';
import type { Task } from '../../sim/task';
import { criCall, criErrorText, rpcErrorText } from '../cri';
import type { KubeletContext } from './context';
import { containerConfig } from './container-config';
import type { Waiting } from './pod-status';

export interface StartInputs {
  readonly pod: Pod;
  readonly container: Container;
  readonly attempt: number;
  readonly sandboxId: string;
  readonly volumes: ReadonlyMap<string, string>;
  readonly podIP: string;
  readonly startupWork: boolean;
}

/** Started, or why not and after how long to try again. */
export type StartResult =
  | { readonly ok: true; readonly containerId: string }
  | { readonly ok: false; readonly waiting: Waiting; readonly retryMs: number };

/** How soon a wrong configuration is looked at again (the pod's next periodic sync is of this order). */
const configRetryMs = 15_000;

export function* startContainer(context: KubeletContext, inputs: StartInputs): Task<StartResult> {
  const { pod, container, attempt, sandboxId } = inputs;
  const { host, recorder } = context;
  const tell = (type: 'Normal' | 'Warning', reason: string, message: string): void => {
    const field = inputs.startupWork ? 'initContainers' : 'containers';
    recorder.event(pod, type, reason, message, { fieldPath: `spec.${field}{${container.name}}` });
  };
  const subject = { namespace: pod.metadata.namespace, name: `${pod.metadata.name}/${container.name}` };
  const image = yield* ensureImage(context, pod, container, tell);
  if (!image.ok) return image;

  const built = yield* containerConfig({
    pod, objects: context.objects, volumes: inputs.volumes, hostIP: host.address, podIP: inputs.podIP, services: context.services(),
  }, container, attempt, image.imageRef, inputs.startupWork);
  if (!built.ok) {
    tell('Warning', 'Failed', `Error: ${built.message}`);
    return { ok: false, waiting: { reason: 'CreateContainerConfigError', message: built.message }, retryMs: configRetryMs };
  }
  const created = yield* criCall(host, 'CreateContainer', { podSandboxId: sandboxId, config: built.config }, subject);
  if (!created.ok) {
    const message = rpcErrorText(created);
    tell('Warning', 'Failed', `Error: ${message}`);
    return { ok: false, waiting: { reason: 'CreateContainerError', message }, retryMs: configRetryMs };
  }
  tell('Normal', 'Created', 'Container created');
  const { containerId } = created.value;
  const started = yield* criCall(host, 'StartContainer', { containerId }, subject);
  if (!started.ok) {
    const message = criErrorText(started);
    tell('Warning', 'Failed', `Error: ${message}`);
    return { ok: false, waiting: { reason: 'RunContainerError', message }, retryMs: 0 };
  }
  tell('Normal', 'Started', 'Container started');
  return { ok: true, containerId };
}

type ImageResult = { readonly ok: true; readonly imageRef: string } | Extract<StartResult, { ok: false }>;

function* ensureImage(
  context: KubeletContext, pod: Pod, container: Container,
  tell: (type: 'Normal' | 'Warning', reason: string, message: string) => void,
): Task<ImageResult> {
  const { host, pulls } = context;
  const image = container.image ?? '';
  const subject = { namespace: pod.metadata.namespace, name: image };
  const present = yield* criCall(host, 'ImageStatus', { image }, subject);
  if (!present.ok) {
    const reason = present.code === 'InvalidArgument' ? 'InvalidImageName' : 'ImageInspectError';
    tell('Warning', reason, `Failed to inspect image "${image}": ${rpcErrorText(present)}`);
    return { ok: false, waiting: { reason, message: rpcErrorText(present) }, retryMs: configRetryMs };
  }
  const found = present.value.image;
  const policy = container.imagePullPolicy ?? 'IfNotPresent';
  if (found && policy !== 'Always') {
    tell('Normal', 'Pulled', `Container image "${image}" already present on machine and can be accessed by the pod`);
    return { ok: true, imageRef: found.repoDigests[0] ?? found.id };
  }
  if (policy === 'Never') {
    const message = `Container image "${image}" is not present with pull policy of Never`;
    tell('Warning', 'ErrImageNeverPull', message);
    return { ok: false, waiting: { reason: 'ErrImageNeverPull', message }, retryMs: configRetryMs };
  }
  const key = `${pod.metadata.uid}_${image}`;
  const failure = context.pullFailures.get(key);
  const waitMs = failure ? pulls.remaining(key, failure.atMs, host.nowMs) : 0;
  if (failure && waitMs > 0) {
    tell('Normal', 'BackOff', `Back-off pulling image "${image}"`);
    tell('Warning', 'Failed', 'Error: ImagePullBackOff');
    const message = `Back-off pulling image "${image}": ${failure.message}`;
    return { ok: false, waiting: { reason: 'ImagePullBackOff', message }, retryMs: waitMs };
  }
  tell('Normal', 'Pulling', `Pulling image "${image}"`);
  const begunMs = host.nowMs;
  const behavior = pod.metadata.annotations?.[`kindergarten.dev/pull.${container.name}`];
  const annotations: Record<string, string> = behavior === undefined ? {} : { 'kindergarten.dev/pull': behavior };
  const pulled = yield* criCall(host, 'PullImage', { image, annotations }, subject);
  if (pulled.ok) {
    const took = goDuration(host.nowMs - begunMs);
    tell('Normal', 'Pulled',
      `Successfully pulled image "${image}" in ${took} (${took} including waiting). Image size: ${pulled.value.size} bytes.`);
    return { ok: true, imageRef: pulled.value.imageRef };
  }
  const text = rpcErrorText(pulled);
  tell('Warning', 'Failed', `Failed to pull image "${image}": ${text}`);
  tell('Warning', 'Failed', 'Error: ErrImagePull');
  pulls.next(key, host.nowMs);
  context.pullFailures.set(key, { atMs: host.nowMs, message: `ErrImagePull: ${text}` });
  // The reason shows for a moment before the back-off takes its place, as at the next sync upstream.
  return { ok: false, waiting: { reason: 'ErrImagePull', message: text }, retryMs: 2_000 };
}
