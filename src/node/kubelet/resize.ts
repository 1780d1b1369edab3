/**
 * In-place resizing: other resources for containers that run. The kubelet accepts them if the node has room, tells the
 * runtime, and starts a container anew where its policy wants that; the pod's status tells how far it is. Models
 * pkg/kubelet/allocation and kuberuntime's doPodResizeAction. Not modelled: resources of whole pods, refusing a memory
 * limit below what is in use, retrying pods in the order of their priority.
 */
import { formatTime } from '../../api/time';
import type { Container, ContainerStatus, Pod, PodCondition, ResourceRequirements } from '../../api/types';
import { equal } from '../../base/freeze';
import type { Task } from '../../sim/task';
import { criCall, type ContainerStatus as RuntimeContainer } from '../cri';
import type { Verdict } from './admission';
import { runtimeResources } from './container-config';
import { isSidecar } from './container-status';
import type { KubeletContext } from './context';
import type { PodRuntime } from './pod-runtime';

/** A resize that has to wait is tried again about this often. */
const retryMs = 30_000;
const none: ResourceRequirements = Object.freeze({});

export class PodResize {
  /** What the node has granted, by container. */
  private readonly allocated = new Map<string, ResourceRequirements>();
  /** What the runtime was told, by the id of the run. */
  private readonly actuated = new Map<string, ResourceRequirements>();
  private pending: Verdict | undefined;
  private inProgress = false;

  constructor(
    private readonly context: KubeletContext,
    private readonly runtime: PodRuntime,
    private readonly pod: () => Pod,
  ) {
    const { spec, status } = pod();
    const statuses = [...(status.containerStatuses ?? []), ...(status.initContainerStatuses ?? [])];
    for (const container of resizable(spec)) {
      const known = statuses.find(({ name }) => name === container.name);
      this.allocated.set(container.name, known?.resources ? grantedBefore(known) : container.resources ?? none);
    }
  }

  /** The container with the resources that it is granted, as it is to be started. */
  granted(container: Container): Container {
    return { ...container, resources: this.allocation(container) };
  }

  started(container: Container, containerId: string): void {
    this.actuated.set(containerId, this.allocation(container));
  }

  /** What a container's status says of its resources. */
  statusOf(container: Container, run: RuntimeContainer): Pick<ContainerStatus, 'allocatedResources' | 'resources'> {
    const { requests } = this.allocation(container);
    const actual = this.actuated.get(run.id) ?? this.allocation(container);
    return {
      ...(requests ? { allocatedResources: requests } : {}),
      resources: {
        ...(actual.limits ? { limits: actual.limits } : {}), ...(actual.requests ? { requests: actual.requests } : {}),
      },
    };
  }

  /** Looks at what is wanted, grants it or not, and brings running containers there. */
  *sync(retryIn: (delayMs: number) => void): Task {
    if (this.wanted().length > 0) this.decide(retryIn);
    else this.pending = undefined;
    for (const container of resizable(this.pod().spec)) yield* this.actuate(container);
    if (!this.inProgress || !this.isActuated()) return;
    this.inProgress = false;
    this.tell('Normal', 'ResizeCompleted', 'Pod resize completed');
  }

  /** The conditions that tell of a resize. */
  conditions(before: readonly PodCondition[], wallMs: number): PodCondition[] {
    const { generation } = this.pod().metadata;
    const condition = (type: string, more: Partial<PodCondition>): PodCondition => {
      const old = before.find((candidate) => candidate.type === type);
      const since = old?.lastTransitionTime ?? formatTime(wallMs);
      return { type, status: 'True', lastTransitionTime: since, ...more, observedGeneration: generation };
    };
    return [
      ...(this.pending ? [condition('PodResizePending', { ...this.pending })] : []),
      ...(this.inProgress ? [condition('PodResizeInProgress', {})] : []),
    ];
  }

  private allocation({ name, resources = none }: Container): ResourceRequirements {
    return this.allocated.get(name) ?? resources;
  }

  private wanted(): Container[] {
    return resizable(this.pod().spec).filter((container) => !same(container.resources, this.allocation(container)));
  }

  private decide(retryIn: (delayMs: number) => void): void {
    const pod = this.pod();
    const verdict = this.context.resizeVerdict(pod);
    if (verdict) {
      const isNew = this.pending?.reason !== verdict.reason;
      this.pending = verdict;
      if (isNew) this.tell('Warning', `Resize${verdict.reason}`, `Pod resize ${verdict.reason}`, verdict.message);
      if (verdict.reason === 'Deferred') retryIn(retryMs);
      return;
    }
    this.pending = undefined;
    for (const container of this.wanted()) this.allocated.set(container.name, container.resources ?? none);
    this.context.resized(pod);
    if (this.isActuated()) return;
    this.inProgress = true;
    this.tell('Normal', 'ResizeStarted', 'Pod resize started');
  }

  private *actuate(container: Container): Task {
    const run = this.runtime.run(container.name);
    if (run?.state !== 'CONTAINER_RUNNING') return;
    const before = this.actuated.get(run.id);
    const after = this.allocation(container);
    if (!before) this.actuated.set(run.id, after);
    if (!before || same(before, after)) return;
    const restarts = (container.resizePolicy ?? []).some(({ resourceName, restartPolicy }) =>
      restartPolicy === 'RestartContainer' && changes(before, after, resourceName));
    if (restarts) {
      const grace = Number(this.pod().spec.terminationGracePeriodSeconds ?? 30);
      yield* this.runtime.stop(run, grace, `Container ${container.name} resize requires restart`);
      this.actuated.delete(run.id);
      return;
    }
    const request = { containerId: run.id, linux: runtimeResources(after) };
    const { host } = this.context;
    const updated = yield* criCall(host, 'UpdateContainerResources', request, this.runtime.subject(run.name));
    if (updated.ok) this.actuated.set(run.id, after);
  }

  private isActuated(): boolean {
    return resizable(this.pod().spec).every((container) => {
      const run = this.runtime.run(container.name);
      const actual = run?.state === 'CONTAINER_RUNNING' ? this.actuated.get(run.id) : undefined;
      return actual !== undefined ? same(actual, this.allocation(container)) : run === undefined;
    });
  }

  private tell(type: 'Normal' | 'Warning', reason: string, what: string, error?: string): void {
    const pod = this.pod();
    const containers = pod.spec.containers.map((container) => ({
      name: container.name, resources: error === undefined ? this.allocation(container) : container.resources ?? none,
    }));
    const summary = { containers, generation: pod.metadata.generation, ...(error === undefined ? {} : { error }) };
    this.context.recorder.event(pod, type, reason, `${what}: ${JSON.stringify(summary)}`);
  }
}

function resizable({ containers, initContainers = [] }: Pod['spec']): readonly Container[] {
  return [...containers, ...initContainers.filter(isSidecar)];
}

function same(a: ResourceRequirements = none, b: ResourceRequirements = none): boolean {
  return equal(a.requests ?? {}, b.requests ?? {}) && equal(a.limits ?? {}, b.limits ?? {});
}

function changes(before: ResourceRequirements, after: ResourceRequirements, resource: string): boolean {
  return (['requests', 'limits'] as const).some((each) => before[each]?.[resource] !== after[each]?.[resource]);
}

function grantedBefore({ allocatedResources, resources }: ContainerStatus): ResourceRequirements {
  return {
    ...(allocatedResources ? { requests: allocatedResources } : {}),
    ...(resources?.limits ? { limits: resources.limits } : {}),
  };
}
