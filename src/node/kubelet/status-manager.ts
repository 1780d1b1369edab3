/**
 * Tells the API server how pods fare: one strategic merge patch of the status per change, never two for a pod at once,
 * and the final deletion of a pod whose containers are gone. Models pkg/kubelet/status/status_manager.go.
 */
import { pods } from '../../api/resources';
import type { Pod, PodStatus } from '../../api/types';
import { equal } from '../../base/freeze';
import type { ApiClient } from '../../client/api-client';
import { runTask, type Task, waitFor } from '../../sim/task';

interface Report {
  /** The API's pod: a static pod's mirror. */
  readonly pod: Pod;
  readonly status: PodStatus;
  readonly finished: boolean;
}

/** Retried after this time when the API server does not take it. */
const retryMs = 2_000;

export class StatusManager {
  private readonly wanted = new Map<string, Report>();
  private readonly written = new Map<string, PodStatus>();
  private readonly busy = new Set<string>();

  constructor(private readonly client: ApiClient) {}

  /** Reports a status; `finished` deletes the API object once nothing of the pod is left on the node. */
  set(pod: Pod, status: PodStatus, finished: boolean): void {
    const { uid } = pod.metadata;
    this.wanted.set(uid, { pod, status, finished });
    if (!this.busy.has(uid)) runTask(this.sync(uid));
  }

  forget(uid: string): void {
    this.wanted.delete(uid);
    this.written.delete(uid);
  }

  private *sync(uid: string): Task {
    this.busy.add(uid);
    for (let report = this.wanted.get(uid); report; report = this.wanted.get(uid)) {
      this.wanted.delete(uid);
      if (yield* this.write(uid, report)) continue;
      if (!this.wanted.has(uid)) this.wanted.set(uid, report);
      yield* waitFor<void>((resume) => this.client.host.after(retryMs, () => resume(), { background: true }));
    }
    this.busy.delete(uid);
  }

  private *write(uid: string, { pod, status, finished }: Report): Task<boolean> {
    const { namespace, name } = pod.metadata;
    const target = { namespace, name };
    if (!equal(this.written.get(uid) ?? pod.status, status)) {
      const patch = { metadata: { uid }, status };
      const patched = yield* this.client.patch(pods, { ...target, subresource: 'status' }, 'strategic', patch);
      if (!patched.ok && patched.status.code !== 404 && patched.status.code !== 409) return false;
      if (patched.ok) this.written.set(uid, status);
    }
    if (!finished) return true;
    const deleted = yield* this.client.delete(pods, target, { gracePeriodSeconds: 0, preconditions: { uid } });
    return deleted.ok || deleted.status.code === 404 || deleted.status.code === 409;
  }
}
