/**
 * What runs of one pod, as the runtime has told: its sandbox, its containers, the probes of those that run; and how
 * all of it is stopped and removed. Models the pod cache of the PLEG, killPod and the container garbage collector.
 */
import type { Container, Pod } from '../../api/types';
import type { Subject } from '../../protocol/trace';
import type { Task } from '../../sim/task';
import { criCall, type ContainerStatus as RuntimeContainer, type PodSandboxStatus } from '../cri';
import type { ActionTarget } from './actions';
import { runsOf } from './container-status';
import type { KubeletContext } from './context';
import type { Tell } from './images';
import { PodProbes } from './pod-probes';
import { podLogDirectory } from './sandbox-config';
import { stopContainer, stopInOrder } from './termination';

/** The newest sandbox of a pod, and the containers of all its sandboxes. */
export interface RuntimeView {
  readonly sandbox: PodSandboxStatus | undefined;
  readonly containers: readonly RuntimeContainer[];
}

/** Runs of a container that are kept: the newest, and the one before it (maxPerPodContainer of 1). */
const keptRuns = 2;

export class PodRuntime {
  sandbox: PodSandboxStatus | undefined;
  containers: readonly RuntimeContainer[] = [];
  readonly probes: PodProbes;
  /** Sandboxes before the present one, of which containers may be left. */
  private readonly older = new Set<string>();
  /** Runs that were removed to start all containers anew; a look at the runtime may still have seen them. */
  private readonly removed = new Set<string>();

  constructor(
    private readonly context: KubeletContext,
    private readonly pod: () => Pod,
    changed: () => void,
  ) {
    this.probes = new PodProbes(context, {
      pod,
      changed,
      running: (id) => this.running().some((container) => container.id === id),
      fieldPath: (name) => this.fieldPath(name),
    });
  }

  observe({ sandbox, containers }: RuntimeView): void {
    if (this.sandbox && this.sandbox.id !== sandbox?.id) this.older.add(this.sandbox.id);
    this.sandbox = sandbox;
    this.containers = containers.filter(({ id }) => !this.removed.has(id));
    for (const { podSandboxId } of containers) if (podSandboxId !== sandbox?.id) this.older.add(podSandboxId);
  }

  /** The newest run of a container. */
  run(name: string): RuntimeContainer | undefined {
    return runsOf(this.containers, name)[0];
  }

  running(): RuntimeContainer[] {
    return this.containers.filter((container) => container.state === 'CONTAINER_RUNNING');
  }

  /** Whether anything of the pod still runs. */
  isUp(): boolean {
    return this.sandbox?.state === 'SANDBOX_READY' || this.running().length > 0;
  }

  get podIP(): string {
    return this.pod().spec.hostNetwork ? this.context.host.address : this.sandbox?.ip ?? '';
  }

  /** Sees to it that a running container is probed, also one that an earlier kubelet has started. */
  watchProbes(container: Container, run: RuntimeContainer): void {
    const { containerStatuses = [], initContainerStatuses = [] } = this.pod().status;
    const earlier = [...containerStatuses, ...initContainerStatuses]
      .find((status) => status.containerID === `containerd://${run.id}`);
    const results = earlier && { ready: earlier.ready, started: earlier.started ?? false };
    this.probes.watch(container, this.target(container, run.id), results);
  }

  endProbing(): void {
    this.probes.stopLiveness();
  }

  /** Ends all containers in their order, each with its grace, then the sandbox. */
  *stopAll(graceSeconds: number): Task {
    yield* stopInOrder(this.context, this.pod(), this.running(), graceSeconds, (run, left) =>
      this.stop(run, left, `Stopping container ${run.name}`));
    if (this.sandbox && this.isUp()) {
      yield* criCall(this.context.host, 'StopPodSandbox', { podSandboxId: this.sandbox.id }, this.subject());
    }
    if (!this.isUp()) this.probes.stop();
  }

  /** Ends one container; one that the pod does not name ends without a hook. */
  *stop(run: RuntimeContainer, graceSeconds: number, message: string): Task {
    const container = this.container(run.name) ?? { name: run.name };
    const target = this.target(container, run.id);
    yield* stopContainer(this.context, { container, target, graceSeconds, message, tell: this.teller(run.name) });
  }

  /** The runs of all containers but the ephemeral ones. */
  named(): readonly RuntimeContainer[] {
    const { ephemeralContainers = [] } = this.pod().spec;
    return this.containers.filter(({ name }) => !ephemeralContainers.some((container) => container.name === name));
  }

  /** Ends them without their hooks, to be started again. */
  *endAll(graceSeconds: number): Task {
    const running = this.named().filter((run) => run.state === 'CONTAINER_RUNNING');
    yield* stopInOrder(this.context, this.pod(), running, graceSeconds, (run, left) => {
      const { lifecycle: _hooks, ...container } = this.container(run.name) ?? { name: run.name };
      const stop = { container, target: this.target(container, run.id), message: `Stopping container ${run.name}` };
      return stopContainer(this.context, { ...stop, graceSeconds: left, tell: this.teller(run.name) });
    });
  }

  /** Removes them from the runtime. */
  *clear(): Task {
    for (const { id, name } of this.named()) {
      this.removed.add(id);
      yield* criCall(this.context.host, 'RemoveContainer', { containerId: id }, this.subject(name));
      this.containers = this.containers.filter((run) => run.id !== id);
    }
  }

  /** Removes everything of the pod from the runtime, and its logs from the disk. */
  *remove(): Task {
    const current = this.sandbox ? [this.sandbox.id] : [];
    for (const podSandboxId of [...this.older, ...current]) {
      yield* criCall(this.context.host, 'RemovePodSandbox', { podSandboxId }, this.subject());
    }
    this.context.files.remove(podLogDirectory(this.pod()));
  }

  /** Removes runs of a container that are too old to be shown, and sandboxes that hold nothing any more. */
  *collect(name: string): Task {
    const { host } = this.context;
    for (const { id } of runsOf(this.containers, name).slice(keptRuns)) {
      yield* criCall(host, 'RemoveContainer', { containerId: id }, this.subject(name));
      this.containers = this.containers.filter((container) => container.id !== id);
    }
    for (const podSandboxId of [...this.older]) {
      if (this.containers.some((container) => container.podSandboxId === podSandboxId)) continue;
      yield* criCall(host, 'RemovePodSandbox', { podSandboxId }, this.subject());
      this.older.delete(podSandboxId);
    }
  }

  target(container: Container, containerId: string): ActionTarget {
    return { container, containerId, podIP: this.podIP, subject: this.subject(container.name) };
  }

  /** What events of a container say they are about. */
  fieldPath(name: string): string {
    const { initContainers = [], ephemeralContainers = [] } = this.pod().spec;
    const has = (list: readonly { readonly name: string }[]): boolean => list.some((each) => each.name === name);
    const list = has(initContainers) ? 'initContainers'
      : has(ephemeralContainers) ? 'ephemeralContainers' : 'containers';
    return `spec.${list}{${name}}`;
  }

  /** Records events about a container. */
  teller(name: string): Tell {
    return (type, reason, message) =>
      this.context.recorder.event(this.pod(), type, reason, message, { fieldPath: this.fieldPath(name) });
  }

  subject(container?: string): Pick<Subject, 'namespace' | 'name'> {
    const { namespace, name } = this.pod().metadata;
    return { namespace, name: container ? `${name}/${container}` : name };
  }

  private container(name: string): Container | undefined {
    const { containers, initContainers = [], ephemeralContainers = [] } = this.pod().spec;
    return [...containers, ...initContainers, ...ephemeralContainers].find((container) => container.name === name);
  }
}
