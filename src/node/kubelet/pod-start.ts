/**
 * Bringing a pod up: volumes, sandbox, init containers one after the other, then the containers; and starting again
 * what has ended or is unhealthy, with a back-off. Models kuberuntime's SyncPod with computePodActions and doBackOff.
 */
import type { Container, Pod } from '../../api/types';
import { goDuration } from '../../api/duration';
import type { Cancel } from '../../sim/process';
import { runTask, type Task } from '../../sim/task';
import { criCall, type ContainerStatus as RuntimeContainer, rpcErrorText } from '../cri';
import { definitionChanged } from './container-config';
import { isSidecar, type Waiting } from './container-status';
import { startContainer } from './containers';
import type { KubeletContext } from './context';
import { writeHostsFile } from './hosts-file';
import { pullKey, syncRetryMs } from './images';
import { runHook } from './lifecycle';
import type { PodRuntime } from './pod-runtime';
import type { PodResize } from './resize';
import { restartsAll, shouldRestart } from './restart-policy';
import { hostnameOf, sandboxConfig } from './sandbox-config';
import { probeGraceSeconds } from './termination';
import { followsObjects, mountVolumes, type VolumeInputs } from './volumes';

const firstRetryMs = 500;
const lastRetryMs = 122_000;
/** For how long an ended container is shown as such before its back-off takes the place: until about the next sync. */
const endShownMs = 2_000;
/** Volumes that follow objects are written anew about this often (the kubelet's syncFrequency). */
const refreshMs = 60_000;
const networkRetryMs = 1_000;
/** So many failures in a row are still part of starting up. */
const soonFailures = 2;

export class PodStart {
  /** Why containers wait that could not be started, by name. */
  readonly waiting = new Map<string, Waiting>();
  private volumes: ReadonlyMap<string, string> | undefined;
  private refresh: Cancel | undefined;
  private failures = 0;
  /** The last run of each container before all of them were restarted. */
  readonly earlier = new Map<string, RuntimeContainer>();
  /** All containers are being ended, to be started again from the first on. */
  restartingAll = false;
  /** When a container that could not be started is tried again, by name and image. */
  private readonly notBefore = new Map<string, number>();
  /** The run whose back-off was told last, by container. */
  private readonly told = new Map<string, string>();

  constructor(
    private readonly context: KubeletContext,
    private readonly runtime: PodRuntime,
    private readonly resize: PodResize,
    private readonly currentPod: () => Pod,
    /** `soon`: what is missing is expected to come by itself. */
    private readonly retryIn: (delayMs: number, soon?: boolean) => void,
  ) {}

  private get pod(): Pod {
    return this.currentPod();
  }

  /** One look at the pod: starts whatever is to be started now. */
  *bringUp(): Task {
    const { spec } = this.pod;
    if (!this.networkThere()) return;
    if (!this.volumes && !(yield* this.setUpVolumes())) return;
    if (this.runtime.sandbox?.state !== 'SANDBOX_READY' && !(yield* this.setUpSandbox())) return;
    for (const container of spec.ephemeralContainers ?? []) yield* this.bringUpEphemeral(container);
    const again = this.restartingAll || restartsAll(this.pod, this.runtime.containers);
    if (again && !(yield* this.restartAll())) return;
    yield* this.resize.sync((delayMs) => this.retryIn(delayMs));
    for (const container of spec.initContainers ?? []) {
      if (!(yield* this.bringUpInit(container))) return;
    }
    for (const container of spec.containers) yield* this.bringUpOne(container, false);
  }

  /** The pod is gone: nothing of it needs remembering. */
  forget(): void {
    const { crashes, pulls, pullFailures } = this.context;
    const { spec } = this.pod;
    this.refresh?.cancel();
    for (const container of [
      ...spec.containers, ...(spec.initContainers ?? []), ...(spec.ephemeralContainers ?? []),
    ]) {
      const key = pullKey(this.pod, container.image ?? '');
      crashes.forget(this.crashKey(container));
      pulls.forget(key);
      pullFailures.delete(key);
    }
  }

  /** Ends and removes what runs and ran; sandbox and volumes stay. True when everything is gone and may start again. */
  private *restartAll(): Task<boolean> {
    const { runtime } = this;
    this.restartingAll = true;
    yield* runtime.endAll(Number(this.pod.spec.terminationGracePeriodSeconds ?? 30));
    if (runtime.named().some((run) => run.state === 'CONTAINER_RUNNING')) {
      this.retryIn(firstRetryMs);
      return false;
    }
    for (const { name } of runtime.named()) {
      const run = runtime.run(name);
      if (run) this.earlier.set(name, run);
    }
    yield* runtime.clear();
    this.waiting.clear();
    this.restartingAll = false;
    return true;
  }

  // --- containers --------------------------------------------------------------------------------------------------

  /** True when the next container may follow. */
  private *bringUpInit(container: Container): Task<boolean> {
    const { runtime, pod } = this;
    if (isSidecar(container)) {
      yield* this.bringUpOne(container, true);
      const up = runtime.run(container.name)?.state === 'CONTAINER_RUNNING' && runtime.probes.started(container.name);
      return up || this.initialized();
    }
    if (this.initialized()) return true;
    const run = runtime.run(container.name);
    const here = run?.podSandboxId === runtime.sandbox?.id;
    if (run?.state === 'CONTAINER_EXITED' && run.exitCode === 0 && here) return true;
    if (run?.state === 'CONTAINER_EXITED' && here && !shouldRestart(pod, container, run, true)) return false;
    yield* this.bringUpOne(container, true);
    return false;
  }

  /** Once an ordinary container has run in this sandbox, init containers are over, whatever was removed since. */
  private initialized(): boolean {
    const { sandbox, containers } = this.runtime;
    return containers.some((run) => run.podSandboxId === sandbox?.id
      && this.pod.spec.containers.some((container) => container.name === run.name));
  }

  /** A container that was added for debugging is started once, whatever else there is, and never again. */
  private *bringUpEphemeral(container: Container): Task {
    if (this.runtime.run(container.name) || this.isTooEarly(container)) return;
    yield* this.start(container, 0, false);
  }

  private *bringUpOne(container: Container, init: boolean): Task {
    const { runtime, pod } = this;
    const run = runtime.run(container.name);
    if (run?.state === 'CONTAINER_RUNNING') return yield* this.keepOrKill(container, run, init);
    const again = run?.podSandboxId !== runtime.sandbox?.id && init && pod.spec.restartPolicy !== 'Never';
    if (run && !again && !shouldRestart(pod, container, run, init)) return;
    if (this.isTooEarly(container) || (run?.state === 'CONTAINER_EXITED' && this.backsOff(container, run))) return;
    const last = run ?? this.earlier.get(container.name);
    yield* this.start(container, last ? last.attempt + 1 : 0, init);
  }

  /** A running container goes on unless a probe has condemned it or its definition has changed. */
  private *keepOrKill(container: Container, run: RuntimeContainer, init: boolean): Task {
    const { runtime, pod } = this;
    const { name } = container;
    runtime.watchProbes(container, run);
    const probe = runtime.probes.fatal(name);
    if (probe) {
      const graceSeconds = probeGraceSeconds(pod, container, probe);
      const killed: RuntimeContainer = { ...run, state: 'CONTAINER_EXITED', exitCode: 137 };
      const then = shouldRestart(pod, container, killed, init) ? ', will be restarted' : '';
      yield* runtime.stop(run, graceSeconds, `Container ${name} failed ${probe} probe${then}`);
    } else if (definitionChanged(container, run.annotations)) {
      const graceSeconds = Number(pod.spec.terminationGracePeriodSeconds ?? 30);
      yield* runtime.stop(run, graceSeconds, `Container ${name} definition changed, will be restarted`);
    }
  }

  /** What could not be started is tried again after a while or with another image, not at every event of the pod. */
  private isTooEarly({ name, image }: Container): boolean {
    const key = `${name}/${image}`;
    const leftMs = (this.notBefore.get(key) ?? 0) - this.context.host.nowMs;
    if (leftMs > 0) this.retryIn(leftMs);
    else this.notBefore.delete(key);
    return leftMs > 0;
  }

  /** A container that ended a moment ago waits before it is started again. */
  private backsOff(container: Container, run: RuntimeContainer): boolean {
    const { crashes, host } = this.context;
    const key = this.crashKey(container);
    const remainingMs = crashes.remaining(key, run.finishedAt, host.wallMs);
    if (remainingMs === 0) {
      crashes.next(key, run.finishedAt, host.wallMs);
      return false;
    }
    const { name, namespace, uid } = this.pod.metadata;
    const who = `${name}_${namespace}(${uid})`;
    if (this.told.get(container.name) !== run.id) {
      this.told.set(container.name, run.id);
      const text = `Back-off restarting failed container ${container.name} in pod ${who}`;
      this.runtime.teller(container.name)('Warning', 'BackOff', text);
    }
    const shownMs = run.finishedAt + endShownMs - host.wallMs;
    if (shownMs > 0) {
      this.retryIn(Math.min(shownMs, remainingMs));
      return true;
    }
    const delay = goDuration(crashes.delay(key));
    const message = `back-off ${delay} restarting failed container=${container.name} pod=${who}`;
    this.waiting.set(container.name, { reason: 'CrashLoopBackOff', message });
    this.retryIn(remainingMs);
    return true;
  }

  private *start(container: Container, attempt: number, init: boolean): Task {
    const { context, runtime, pod } = this;
    const { name } = container;
    const result = yield* startContainer(context, {
      pod, container: this.resize.granted(container), attempt,
      sandboxId: runtime.sandbox?.id ?? '', volumes: this.volumes ?? new Map(),
      podIP: runtime.podIP, startupWork: init && !isSidecar(container), tell: runtime.teller(name),
    });
    if (!result.ok) {
      this.waiting.set(name, result.waiting);
      this.notBefore.set(`${name}/${container.image}`, context.host.nowMs + result.retryMs);
      this.retryIn(result.retryMs);
      return;
    }
    this.resize.started(container, result.containerId);
    if (!(yield* this.postStart(container, result.containerId))) return;
    this.waiting.delete(name);
    const run = runtime.run(name);
    if (run?.state === 'CONTAINER_RUNNING') runtime.watchProbes(container, run);
    yield* runtime.collect(name);
  }

  /** The container counts as started when its hook has done its work. */
  private *postStart(container: Container, containerId: string): Task<boolean> {
    const hook = container.lifecycle?.postStart;
    if (!hook) return true;
    const { runtime, context, pod } = this;
    const problem = yield* runHook(context.host, runtime.target(container, containerId), hook, 0);
    if (problem === undefined) return true;
    runtime.teller(container.name)('Warning', 'FailedPostStartHook', 'PostStartHook failed');
    this.waiting.set(container.name, { reason: 'PostStartHookError', message: problem });
    const run = runtime.run(container.name);
    if (run) yield* runtime.stop(run, Number(pod.spec.terminationGracePeriodSeconds ?? 30), 'FailedPostStartHook');
    this.retryIn(syncRetryMs);
    return false;
  }

  private crashKey({ name, image = '' }: Container): string {
    return `${this.pod.metadata.uid}_${name}_${image}`;
  }

  // --- network, volumes and sandbox --------------------------------------------------------------------------------

  private networkThere(): boolean {
    const problem = this.pod.spec.hostNetwork ? undefined : this.context.networkProblem();
    if (problem === undefined) return true;
    this.context.recorder.event(this.pod, 'Warning', 'NetworkNotReady', `network is not ready: ${problem}`);
    this.retryIn(networkRetryMs);
    return false;
  }

  private *setUpVolumes(): Task<boolean> {
    const { recorder } = this.context;
    const mounted = yield* mountVolumes(this.volumeInputs());
    if (!mounted.ok) {
      const message = `MountVolume.SetUp failed for volume "${mounted.volume}" : ${mounted.message}`;
      recorder.event(this.pod, 'Warning', 'FailedMount', message);
      this.retryLater();
      return false;
    }
    this.volumes = mounted.paths;
    this.failures = 0;
    if (followsObjects(this.pod.spec.volumes ?? [])) this.refreshLater();
    return true;
  }

  /** Keeps volumes in step with the ConfigMaps and Secrets they show; a failure leaves them as they are. */
  private refreshLater(): void {
    this.refresh?.cancel();
    this.refresh = this.context.host.after(refreshMs, () => {
      runTask(mountVolumes(this.volumeInputs()), () => this.refreshLater());
    }, { background: true });
  }

  private volumeInputs(): VolumeInputs {
    const { files, objects, host, node } = this.context;
    return { pod: this.pod, files, objects, node: node(), hostIP: host.address, podIP: this.runtime.podIP };
  }

  private *setUpSandbox(): Task<boolean> {
    const { context, runtime, pod } = this;
    const { host, recorder } = context;
    const old = runtime.sandbox;
    if (old) {
      recorder.event(pod, 'Normal', 'SandboxChanged', 'Pod sandbox changed, it will be killed and re-created.');
      yield* runtime.stopAll(Number(pod.spec.terminationGracePeriodSeconds ?? 30));
      yield* criCall(host, 'StopPodSandbox', { podSandboxId: old.id }, runtime.subject());
    }
    const config = sandboxConfig(pod, old ? old.metadata.attempt + 1 : 0, { ...context, machine: host.machine });
    const result = yield* criCall(host, 'RunPodSandbox', { config }, runtime.subject());
    if (!result.ok) {
      recorder.event(pod, 'Warning', 'FailedCreatePodSandBox', `Failed to create pod sandbox: ${rpcErrorText(result)}`);
      this.retryLater();
      return false;
    }
    this.failures = 0;
    writeHostsFile(context.files, pod, runtime.podIP, hostnameOf(pod, host.machine));
    return runtime.sandbox?.state === 'SANDBOX_READY';
  }

  private retryLater(): void {
    this.retryIn(Math.min(lastRetryMs, firstRetryMs * 2 ** this.failures), this.failures <= soonFailures);
    this.failures += 1;
  }
}
