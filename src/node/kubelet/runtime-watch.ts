/**
 * The kubelet's ear at the runtime: the stream of container events, and a list of everything whenever the stream is
 * opened, so that nothing is missed that happened while either of the two was down. Models the evented PLEG.
 */
import type { ProcessHost } from '../../sim/process';
import { runTask, type Task } from '../../sim/task';
import { criCall, criSocket, type ContainerEvent, type ContainerStatus } from '../cri';
import type { RuntimeView } from './pod-runtime';

const reconnectMs = 1_000;

export interface RuntimeListener {
  /** All pods that the runtime has, by uid. */
  listed(pods: ReadonlyMap<string, RuntimeView>): void;
  changed(podUid: string, view: RuntimeView): void;
}

export class RuntimeWatch {
  constructor(
    private readonly host: ProcessHost,
    private readonly listener: RuntimeListener,
  ) {}

  start(): void {
    const { host, listener } = this;
    const method = 'GetContainerEvents';
    host.call({ to: criSocket, channel: 'cri', subject: { verb: method }, payload: { method } }, {
      onEvent: (payload) => {
        const event = payload as ContainerEvent;
        listener.changed(event.podUid, event);
      },
      onResult: () => host.after(reconnectMs, () => this.start(), { background: true }),
    });
    runTask(this.list());
  }

  /** When the runtime does not answer, the stream has ended as well, and will be opened again. */
  private *list(): Task {
    const sandboxes = yield* criCall(this.host, 'ListPodSandbox', {});
    const containers = sandboxes.ok ? yield* criCall(this.host, 'ListContainers', {}) : sandboxes;
    if (!sandboxes.ok || !containers.ok) return;
    const podOf = new Map(sandboxes.value.items.map((item) => [item.id, item.metadata.uid]));
    const byPod = new Map<string, ContainerStatus[]>();
    for (const container of containers.value.containers) {
      const uid = podOf.get(container.podSandboxId) ?? '';
      byPod.set(uid, [...(byPod.get(uid) ?? []), container]);
    }
    const views = new Map<string, RuntimeView>();
    for (const sandbox of sandboxes.value.items) {
      const { uid, attempt } = sandbox.metadata;
      const known = views.get(uid)?.sandbox;
      if (known && known.metadata.attempt > attempt) continue;
      views.set(uid, { sandbox, containers: byPod.get(uid) ?? [] });
    }
    this.listener.listed(views);
  }
}
