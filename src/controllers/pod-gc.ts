/**
 * pod-garbage-collector-controller: removes pods that nobody else will: on nodes that are gone, terminating without
 * ever having been scheduled, terminating on nodes declared out of service, and finished ones beyond a threshold.
 * Models pkg/controller/podgc.
 */
import { compareText } from '../base/freeze';
import { isDeleting } from '../api/object';
import * as resources from '../api/resources';
import type { Node, Pod, PodCondition } from '../api/types';
import type { ApiClient } from '../client/api-client';
import type { Informer } from '../client/informer';
import { runTask, type Task } from '../sim/task';
import { type ControllerContext, type ControllerLoop, every } from './context';
import { isPodTerminal, withPodCondition } from './pods/pod-state';

const periodMs = 20_000;
/** How long a node must have been missing: its pods may be seen before it is. */
const quarantineMs = 40_000;
/** --terminated-pod-gc-threshold */
const terminatedThreshold = 12_500;
const outOfServiceTaint = 'node.kubernetes.io/out-of-service';

/** The controller, ready to start. */
export function podGarbageCollector(context: ControllerContext): ControllerLoop {
  return new PodGarbageCollector(context);
}

class PodGarbageCollector implements ControllerLoop {
  readonly name = 'pod-garbage-collector-controller';
  private readonly client: ApiClient;
  private readonly pods: Informer<Pod>;
  private readonly nodes: Informer<Node>;
  /** Missing nodes, each with the time at which its quarantine is over. */
  private readonly quarantine = new Map<string, number>();
  private working = 0;

  constructor(private readonly context: ControllerContext) {
    this.client = context.client('pod-garbage-collector');
    this.pods = context.informers.of(resources.pods);
    this.nodes = context.informers.of(resources.nodes);
  }

  get depth(): number {
    return this.working;
  }

  start(): void {
    this.collect();
    every(this.context.host, periodMs, () => this.collect());
  }

  private collect(): void {
    const pods = this.pods.list();
    for (const pod of this.excessTerminated(pods)) this.remove(pod);
    for (const pod of pods) {
      if (!isDeleting(pod)) continue;
      if (!pod.spec.nodeName || this.isOutOfService(pod.spec.nodeName)) this.remove(pod);
    }
    this.collectOrphans(pods);
  }

  private excessTerminated(pods: readonly Pod[]): Pod[] {
    if (pods.length <= terminatedThreshold) return [];
    const terminated = pods.filter(isPodTerminal);
    const excess = Math.max(0, terminated.length - terminatedThreshold);
    return excess === 0 ? [] : terminated.sort(byEvictionAndAge).slice(0, excess);
  }

  private isOutOfService(name: string): boolean {
    const node = this.nodes.byKey(name);
    const ready = node?.status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True');
    return node !== undefined && !ready && (node.spec.taints ?? []).some(({ key }) => key === outOfServiceTaint);
  }

  private collectOrphans(pods: readonly Pod[]): void {
    const { nowMs } = this.context.host;
    const missing = new Map<string, Pod[]>();
    for (const pod of pods) {
      const { nodeName } = pod.spec;
      if (!nodeName || this.nodes.byKey(nodeName)) continue;
      const orphans = missing.get(nodeName);
      if (orphans) orphans.push(pod);
      else missing.set(nodeName, [pod]);
    }
    for (const name of [...this.quarantine.keys()]) if (!missing.has(name)) this.quarantine.delete(name);
    for (const [name, orphans] of missing) {
      const until = this.quarantine.get(name);
      if (until === undefined) this.quarantine.set(name, nowMs + quarantineMs);
      else if (nowMs >= until) this.begin(this.removeOrphans(name, orphans));
    }
  }

  /** Deletes the pods of a node, once the API server has confirmed that the node does not exist. */
  private *removeOrphans(node: string, pods: readonly Pod[]): Task {
    const found = yield* this.client.get(resources.nodes, { name: node });
    if (found.ok || found.status.code !== 404) return;
    for (const pod of pods) {
      yield* this.markAndDelete(pod, {
        type: 'DisruptionTarget', status: 'True', reason: 'DeletionByPodGC', message: 'PodGC: node no longer exists',
      });
    }
  }

  private remove(pod: Pod): void {
    this.begin(this.markAndDelete(pod));
  }

  private begin(task: Task): void {
    this.working += 1;
    this.context.host.foreground(() => runTask(task, () => {
      this.working -= 1;
    }));
  }

  /** Nobody will report the pod's end any more, so it is marked failed before it goes. */
  private *markAndDelete(pod: Pod, condition?: PodCondition): Task {
    const { namespace, name, uid } = pod.metadata;
    if (!isPodTerminal(pod)) {
      const { wallMs } = this.context.host;
      const { conditions } = condition ? withPodCondition(pod.status, condition, wallMs) : pod.status;
      const status = conditions === pod.status.conditions ? { phase: 'Failed' } : { phase: 'Failed', conditions };
      const target = { namespace, name, subresource: 'status' };
      const marked = yield* this.client.patch(resources.pods, target, 'strategic', { metadata: { uid }, status });
      if (!marked.ok) return;
    }
    yield* this.client.delete(resources.pods, { namespace, name }, { gracePeriodSeconds: 0 });
  }
}

/** Evicted pods first, then older before younger, then by name. */
function byEvictionAndAge(a: Pod, b: Pod): number {
  const evicted = ({ status }: Pod): number => Number(status.phase === 'Failed' && status.reason === 'Evicted');
  return evicted(b) - evicted(a) || compareText(a.metadata.creationTimestamp, b.metadata.creationTimestamp)
    || compareText(a.metadata.name, b.metadata.name);
}
