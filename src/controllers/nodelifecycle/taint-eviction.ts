/**
 * taint-eviction-controller: deletes pods from nodes whose taints of effect NoExecute they do not tolerate, or not for
 * longer. Models pkg/controller/tainteviction.
 */
import { equal } from '../../base/freeze';
import { isDeleting, objectKey } from '../../api/object';
import * as resources from '../../api/resources';
import { tolerates } from '../../api/scheduling/tolerations';
import type { Node, Pod, Taint, Toleration } from '../../api/types';
import type { ApiClient } from '../../client/api-client';
import type { Informer } from '../../client/informer';
import type { Cancel } from '../../sim/process';
import { runTask, type Task, waitFor } from '../../sim/task';
import type { ControllerContext, ControllerLoop, EventSink } from '../context';
import { indexByNode, podsOnNode } from '../indexes';
import { withPodCondition } from '../pods/pod-state';

const deleteAttempts = 5;
const deleteRetryMs = 10;

/** How long a pod bears the taints: not at all, for some milliseconds, or forever. */
export type Endurance = 'none' | 'forever' | number;

/** How long tolerations bear taints of effect NoExecute. */
export function endurance(taints: readonly Taint[], tolerations: readonly Toleration[] | undefined): Endurance {
  let least: number | undefined;
  for (const taint of taints) {
    const used = tolerations?.find((toleration) => tolerates(toleration, taint));
    if (!used) return 'none';
    const { tolerationSeconds } = used;
    if (tolerationSeconds === undefined) continue;
    const ms = Math.max(0, Number(tolerationSeconds)) * 1000;
    if (least === undefined || ms < least) least = ms;
  }
  return least ?? 'forever';
}

/** The controller, ready to start. */
export function taintEvictionController(context: ControllerContext): ControllerLoop {
  return new TaintEviction(context);
}

interface Planned {
  readonly createdMs: number;
  readonly timer: Cancel;
}

class TaintEviction implements ControllerLoop {
  readonly name = 'taint-eviction-controller';
  private readonly client: ApiClient;
  private readonly events: EventSink;
  private readonly pods: Informer<Pod>;
  private readonly nodes: Informer<Node>;
  private readonly tainted = new Map<string, readonly Taint[]>();
  private readonly planned = new Map<string, Planned>();
  private running = false;

  constructor(private readonly context: ControllerContext) {
    this.client = context.client('node-controller');
    this.events = context.recorder(this.client, this.name);
    this.pods = context.informers.of(resources.pods);
    this.nodes = context.informers.of(resources.nodes);
    indexByNode(this.pods);
    this.nodes.addHandlers({
      added: (node) => this.nodeChanged(node),
      updated: (node, before) => {
        if (!equal(noExecute(node), noExecute(before))) this.nodeChanged(node);
      },
      deleted: (node) => this.tainted.delete(node.metadata.name),
    });
    this.pods.addHandlers({
      added: (pod) => this.podChanged(pod),
      updated: (pod, before) => {
        const moved = pod.spec.nodeName !== before.spec.nodeName;
        if (moved || !equal(pod.spec.tolerations, before.spec.tolerations)) this.podChanged(pod);
      },
      deleted: (pod) => this.cancel(pod),
    });
  }

  /** Evictions that are planned. */
  get depth(): number {
    return this.planned.size;
  }

  start(): void {
    this.running = true;
    for (const node of this.nodes.list()) this.nodeChanged(node);
  }

  private nodeChanged(node: Node): void {
    if (!this.running) return;
    const { name } = node.metadata;
    const taints = noExecute(node);
    if (taints.length > 0) this.tainted.set(name, taints);
    else if (!this.tainted.delete(name)) return;
    for (const pod of podsOnNode(this.pods, name)) this.consider(pod, taints);
  }

  private podChanged(pod: Pod): void {
    const taints = this.tainted.get(pod.spec.nodeName ?? '');
    if (this.running && taints) this.consider(pod, taints);
  }

  /** Plans, keeps or cancels the eviction of a pod. */
  private consider(pod: Pod, taints: readonly Taint[]): void {
    const bears = endurance(taints, pod.spec.tolerations);
    if (bears === 'forever') {
      this.cancel(pod);
    } else if (bears === 'none') {
      this.cancel(pod);
      this.plan(pod, this.context.host.nowMs, 0);
    } else {
      const { nowMs } = this.context.host;
      const known = this.planned.get(objectKey(pod));
      // An eviction that is planned earlier stays planned.
      if (known && known.createdMs < nowMs) return;
      this.cancel(pod);
      this.plan(pod, nowMs, bears);
    }
  }

  private plan(pod: Pod, createdMs: number, delayMs: number): void {
    const key = objectKey(pod);
    const { host } = this.context;
    const timer = host.after(delayMs, () => {
      this.planned.delete(key);
      host.foreground(() => runTask(this.evict(pod)));
    }, { background: true });
    this.planned.set(key, { createdMs, timer });
  }

  private cancel(pod: Pod): void {
    const key = objectKey(pod);
    const planned = this.planned.get(key);
    if (!planned) return;
    planned.timer.cancel();
    this.planned.delete(key);
    this.report(pod, `Cancelling deletion of Pod ${key}`);
  }

  /** Upstream names the pod without its uid here. */
  private report({ metadata: { namespace, name } }: Pod, message: string): void {
    const about = { apiVersion: 'v1', kind: 'Pod', namespace, name };
    this.events.eventFor(about, 'Normal', 'TaintManagerEviction', message);
  }

  private *evict(pod: Pod): Task {
    this.report(pod, `Marking for deletion Pod ${objectKey(pod)}`);
    for (let attempt = 0; attempt < deleteAttempts; attempt += 1) {
      if (yield* this.markAndDelete(pod)) return;
      yield* waitFor<void>((resume) => this.context.host.after(deleteRetryMs, () => resume()));
    }
  }

  /** Whether the pod was deleted or is gone. */
  private *markAndDelete(pod: Pod): Task<boolean> {
    const { namespace, name, uid } = pod.metadata;
    const found = yield* this.client.get(resources.pods, { namespace, name });
    if (!found.ok) return found.status.code === 404;
    if (found.value.metadata.uid !== uid || isDeleting(found.value)) return true;
    const { status } = found.value;
    const marked = withPodCondition(status, {
      type: 'DisruptionTarget', status: 'True', reason: 'DeletionByTaintManager',
      message: 'Taint manager: deleting due to NoExecute taint',
    }, this.context.host.wallMs);
    if (marked !== status) {
      const target = { namespace, name, subresource: 'status' };
      const body = { metadata: { uid }, status: { conditions: marked.conditions } };
      const answer = yield* this.client.patch(resources.pods, target, 'strategic', body);
      if (!answer.ok) return answer.status.code === 404;
    }
    const deleted = yield* this.client.delete(resources.pods, { namespace, name });
    return deleted.ok || deleted.status.code === 404;
  }
}

function noExecute({ spec }: Node): readonly Taint[] {
  return (spec.taints ?? []).filter(({ effect }) => effect === 'NoExecute');
}
