/**
 * Tells the API server how pods fare: one strategic merge patch of what has changed in the status, never two for a pod
 * at once, and the final deletion of a pod of which nothing is left. What others have written over a report is set
 * right again. Models pkg/kubelet/status/status_manager.go.
 */
import { pods } from '../../api/resources';
import type { Pod, PodCondition, PodStatus } from '../../api/types';
import { equal, sortedKeys } from '../../base/freeze';
import { resizeConditions } from './pod-conditions';
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
  /** What the API server answered to the last write. */
  private readonly answered = new Map<string, Pod>();
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
    this.answered.delete(uid);
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

  /** True when there is nothing more to do about this report. */
  private *write(uid: string, { pod, status, finished }: Report): Task<boolean> {
    const { namespace, name } = pod.metadata;
    const target = { namespace, name };
    const changes = statusPatch(newest(pod, this.answered.get(uid)).status, status);
    if (changes) {
      const patch = { metadata: { uid }, status: changes };
      const patched = yield* this.client.patch(pods, { ...target, subresource: 'status' }, 'strategic', patch);
      // Gone, or another pod has its name by now.
      if (!patched.ok && (patched.status.code === 404 || patched.status.code === 409)) return true;
      if (!patched.ok) return false;
      if (!finished) this.answered.set(uid, patched.value);
    }
    if (!finished) return true;
    const deleted = yield* this.client.delete(pods, target, { gracePeriodSeconds: 0, preconditions: { uid } });
    this.answered.delete(uid);
    return deleted.ok || deleted.status.code === 404 || deleted.status.code === 409;
  }
}

function newest(pod: Pod, answered: Pod | undefined): Pod {
  if (!answered) return pod;
  return Number(answered.metadata.resourceVersion) > Number(pod.metadata.resourceVersion) ? answered : pod;
}

/**
 * The strategic merge patch that turns one status into another, conditions by their type; undefined when nothing
 * changes. What only others write is left alone.
 */
export function statusPatch(before: PodStatus, after: PodStatus): Readonly<Record<string, unknown>> | undefined {
  const patch: Record<string, unknown> = {};
  for (const key of sortedKeys(after) as (keyof PodStatus)[]) {
    if (key !== 'conditions' && !equal(before[key], after[key])) patch[key] = after[key];
  }
  // Addresses are merged by themselves: one that another replaces has to be taken away by name.
  const lost = before.podIPs?.filter(({ ip }) => !after.podIPs?.some((kept) => kept.ip === ip)) ?? [];
  if (patch['podIPs']) patch['podIPs'] = [...(after.podIPs ?? []), ...lost.map(({ ip }) => ({ ip, $patch: 'delete' }))];
  for (const key of ['reason', 'message'] as const) {
    if (before[key] !== undefined && after[key] === undefined) patch[key] = null;
  }
  const conditions = (after.conditions ?? []).flatMap((condition) => {
    const old = before.conditions?.find(({ type }) => type === condition.type);
    return equal(old, condition) ? [] : [conditionPatch(old, condition)];
  });
  const over = (before.conditions ?? []).filter(({ type }) => resizeConditions.has(type)
    && !after.conditions?.some((condition) => condition.type === type));
  const changes = [...conditions, ...over.map(({ type }) => ({ type, $patch: 'delete' }))];
  if (changes.length > 0) patch['conditions'] = changes;
  return Object.keys(patch).length === 0 ? undefined : patch;
}

/** A merge keeps what a patch does not name: what a condition no longer says is taken away. */
function conditionPatch(old: PodCondition | undefined, condition: PodCondition): Readonly<Record<string, unknown>> {
  const gone = sortedKeys(old).filter((key) => (condition as unknown as Record<string, unknown>)[key] === undefined);
  return { ...condition, ...Object.fromEntries(gone.map((key) => [key, null])) };
}
