/**
 * Starting one container: image, configuration, create, start, with the events and waiting reasons of each failure.
 * Models kuberuntime's startContainer; the postStart hook follows in the pod's worker.
 */
import type { Container, Pod } from '../../api/types';
import type { Task } from '../../sim/task';
import { criCall, criErrorText } from '../cri';
import { type ConfigInputs, containerConfig } from './container-config';
import type { KubeletContext } from './context';
import { ensureImage, type Failure, syncRetryMs, type Tell } from './images';

export interface StartInputs {
  readonly pod: Pod;
  readonly container: Container;
  readonly attempt: number;
  readonly sandboxId: string;
  readonly volumes: ReadonlyMap<string, string>;
  readonly podIP: string;
  readonly startupWork: boolean;
  readonly tell: Tell;
}

/** Starts a container, or says why not. */
export function* startContainer(
  context: KubeletContext, inputs: StartInputs,
): Task<{ readonly ok: true; readonly containerId: string } | Failure> {
  const { pod, container, attempt, sandboxId, volumes, podIP, startupWork, tell } = inputs;
  const { host } = context;
  const ensured = yield* ensureImage(context, pod, container, tell);
  if (!ensured.ok) return ensured;
  const configInputs: ConfigInputs = {
    pod, volumes, podIP, attempt, startupWork, image: ensured.image,
    objects: context.objects, hostIP: host.address, node: context.node(), services: context.services(),
  };
  const built = yield* containerConfig(configInputs, container);
  if (!built.ok) return fail(tell, 'CreateContainerConfigError', built.message);
  const subject = { namespace: pod.metadata.namespace, name: `${pod.metadata.name}/${container.name}` };
  const created = yield* criCall(host, 'CreateContainer', { podSandboxId: sandboxId, config: built.config }, subject);
  if (!created.ok) return fail(tell, 'CreateContainerError', created.message);
  tell('Normal', 'Created', 'Container created');
  const { containerId } = created.value;
  const started = yield* criCall(host, 'StartContainer', { containerId }, subject);
  // This one has a run that ended: its back-off is that of a crash.
  if (!started.ok) return { ...fail(tell, 'RunContainerError', criErrorText(started)), retryMs: 0 };
  tell('Normal', 'Started', 'Container started');
  return { ok: true, containerId };
}

function fail(tell: Tell, reason: string, message: string): Failure {
  tell('Warning', 'Failed', `Error: ${message}`);
  return { ok: false, waiting: { reason, message }, retryMs: syncRetryMs };
}
