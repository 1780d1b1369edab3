/**
 * The image of a container: looked up, and pulled when the policy says so, with the events and waiting reasons of each
 * outcome and a back-off after failures. Models pkg/kubelet/images/image_manager.go. Two things differ: pods pull side
 * by side where upstream's default is one after the other, and imagePullSecrets are ignored, since no registry asks.
 */
import { goDuration } from '../../api/duration';
import type { Container, Pod } from '../../api/types';
import type { Task } from '../../sim/task';
import { criCall, criErrorText, rpcErrorText, type Image } from '../cri';
import { parseImageReference } from '../image-reference';
import type { KubeletContext } from './context';
import type { Waiting } from './container-status';

export type Tell = (type: 'Normal' | 'Warning', reason: string, message: string) => void;

/** Why a container was not started, and after how long to try again. */
export interface Failure {
  readonly ok: false;
  readonly waiting: Waiting;
  readonly retryMs: number;
}

/** The pod's next look at something that only a person can mend (pod_workers' backOffPeriod). */
export const syncRetryMs = 10_000;
/** For how long a failed pull is shown as such before its back-off takes the place: until about the next sync. */
const failureShownMs = 2_000;

/** Makes sure that the image is on the machine. */
export function* ensureImage(
  context: KubeletContext, pod: Pod, container: Container, tell: Tell,
): Task<{ readonly ok: true; readonly image: Image } | Failure> {
  const { host } = context;
  const image = container.image ?? '';
  const invalid = nameProblem(image);
  if (invalid) {
    tell('Warning', 'InspectFailed', invalid);
    return refuse(tell, 'InvalidImageName', invalid);
  }
  const subject = { namespace: pod.metadata.namespace, name: image };
  const present = yield* criCall(host, 'ImageStatus', { image }, subject);
  if (!present.ok) {
    const message = `Failed to inspect image "${image}": ${rpcErrorText(present)}`;
    tell('Warning', 'InspectFailed', message);
    return refuse(tell, 'ImageInspectError', message);
  }
  const found = present.value.image;
  const policy = container.imagePullPolicy ?? 'IfNotPresent';
  if (found && policy !== 'Always') {
    tell('Normal', 'Pulled', `Container image "${image}" already present on machine and can be accessed by the pod`);
    return { ok: true, image: found };
  }
  if (policy === 'Never') {
    const message = `Container image "${image}" is not present with pull policy of Never`;
    tell('Warning', 'ErrImageNeverPull', message);
    return refuse(tell, 'ErrImageNeverPull', message);
  }
  return backOff(context, pod, image, tell) ?? (yield* pull(context, pod, container, tell));
}

/** The key under which failed pulls of an image by a pod are remembered. */
export function pullKey(pod: Pod, image: string): string {
  return `${pod.metadata.uid}_${image}`;
}

/** The wait that is left after a failed pull, or undefined when it may be tried now. */
function backOff(context: KubeletContext, pod: Pod, image: string, tell: Tell): Failure | undefined {
  const { host, pulls, pullFailures } = context;
  const key = pullKey(pod, image);
  const waitMs = pulls.sinceUpdate(key, host.nowMs);
  if (waitMs === 0) return undefined;
  const text = `Back-off pulling image "${image}"`;
  const cause = pullFailures.get(key);
  tell('Normal', 'BackOff', text);
  return refuse(tell, 'ImagePullBackOff', cause === undefined ? text : `${text}: ${cause}`, waitMs);
}

function* pull(
  context: KubeletContext, pod: Pod, container: Container, tell: Tell,
): Task<{ readonly ok: true; readonly image: Image } | Failure> {
  const { host, pulls, pullFailures } = context;
  const image = container.image ?? '';
  const subject = { namespace: pod.metadata.namespace, name: image };
  tell('Normal', 'Pulling', `Pulling image "${image}"`);
  const begunMs = host.nowMs;
  const behavior = pod.metadata.annotations?.[`kindergarten.dev/pull.${container.name}`];
  const annotations: Record<string, string> = behavior === undefined ? {} : { 'kindergarten.dev/pull': behavior };
  const pulled = yield* criCall(host, 'PullImage', { image, annotations }, subject);
  const key = pullKey(pod, image);
  if (!pulled.ok) {
    const text = criErrorText(pulled);
    tell('Warning', 'Failed', `Failed to pull image "${image}": ${text}`);
    pulls.next(key, host.nowMs, host.nowMs);
    pullFailures.set(key, `ErrImagePull: ${text}`);
    return refuse(tell, 'ErrImagePull', text, failureShownMs);
  }
  const took = goDuration(host.nowMs - begunMs);
  const { size } = pulled.value;
  const times = `in ${took} (${took} including waiting)`;
  tell('Normal', 'Pulled', `Successfully pulled image "${image}" ${times}. Image size: ${size} bytes.`);
  pullFailures.delete(key);
  context.imagesChanged();
  const stored = yield* criCall(host, 'ImageStatus', { image }, subject);
  if (stored.ok && stored.value.image) return { ok: true, image: stored.value.image };
  return refuse(tell, 'ImageInspectError', `Failed to inspect image "${image}"`);
}

function refuse(tell: Tell, reason: string, message: string, retryMs = syncRetryMs): Failure {
  tell('Warning', 'Failed', `Error: ${reason}`);
  return { ok: false, waiting: { reason, message }, retryMs };
}

/** What the kubelet says of a name that is no image reference (applyDefaultImageTag). */
function nameProblem(image: string): string | undefined {
  const reference = parseImageReference(image);
  if (typeof reference !== 'string') return undefined;
  return `Failed to apply default image tag "${image}": couldn't parse image name "${image}": ${reference}`;
}
