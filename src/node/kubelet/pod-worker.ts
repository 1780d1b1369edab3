/**
 * One pod on the node: brings what runs to what the pod says, step by step, and reports. It is looked at again whenever
 * the pod, the runtime, a probe or a timer says so, but never twice at once. Models pkg/kubelet/pod_workers.go, SyncPod
 * and computePodActions.
 */
import type { Container, Pod, PodStatus } from '../../api/types';
import type { Cancel } from '../../sim/process';
import { all, runTask, type Task, waitFor } from '../../sim/task';
import type { ContainerEvent, ContainerStatus as RuntimeContainer, PodSandboxConfig, PodSandboxStatus } from '../cri';
import { criCall, rpcErrorText } from '../cri';
import { startContainer } from './containers';
import type { KubeletContext } from './context';
import { PodProbes } from './pod-probes';
import { isSidecar, podStatus, runsOf, type Waiting } from './pod-status';
import { mountVolumes, removeVolumes } from './volumes';

const firstRetryMs = 500;
const lastRetryMs = 122_000;

export class PodWorker {
  private sandbox: PodSandboxStatus | undefined;
  private containers: readonly RuntimeContainer[] = [];
  private readonly waiting = new Map<string, Waiting>();
  private volumes: ReadonlyMap<string, string> | undefined;
  private readonly probes: PodProbes;
  private syncing = false;
  private dirty = false;
  private timer: Cancel | undefined;
  private failures = 0;
  private verdict: { readonly reason: string; readonly message: string } | undefined;
  private deadline: Cancel | undefined;
  /** Nothing of the pod is left on the node. */
  private gone = false;

  constructor(
    private readonly context: KubeletContext,
    private pod: Pod,
    /** The API's object whose status is written: the pod itself, or a static pod's mirror once it exists. */
    private apiPod: Pod | undefined,
    private readonly onGone: () => void,
  ) {
    this.probes = new PodProbes(context, () => this.pod, () => this.kick());
  }

  get uid(): string {
    return this.pod.metadata.uid;
  }

  get current(): Pod {
    return this.pod;
  }

  /** A new version of the pod, or of its mirror. */
  update(pod: Pod, apiPod: Pod | undefined): void {
    this.pod = pod;
    this.apiPod = apiPod;
    this.kick();
  }

  /** The runtime says how the pod stands. */
  observe(event: Pick<ContainerEvent, 'sandbox' | 'containers'>): void {
    this.sandbox = event.sandbox;
    this.containers = event.containers;
    this.kick();
  }

  /** Refuses the pod, or ends it, in the kubelet's own name. */
  fail(reason: string, message: string): void {
    this.verdict = { reason, message };
    this.kick();
  }

  /** Looks at the pod as soon as possible. */
  kick(): void {
    if (this.gone) return;
    this.dirty = true;
    if (this.syncing) return;
    this.syncing = true;
    runTask(this.loop(), () => {
      this.syncing = false;
    });
  }

  private *loop(): Task {
    while (this.dirty && !this.gone) {
      this.dirty = false;
      this.timer?.cancel();
      if (this.pod.metadata.deletionTimestamp !== undefined || this.verdict) yield* this.terminate();
      else yield* this.sync();
      this.report(false);
    }
  }

  // --- bringing up -------------------------------------------------------------------------------------------------

  private *sync(): Task {
    const { spec } = this.pod;
    this.watchDeadline();
    if (this.finished()) return yield* this.tidyUp();
    if (!this.volumes && !(yield* this.setUpVolumes())) return;
    if (this.sandbox?.state !== 'SANDBOX_READY' && !(yield* this.setUpSandbox())) return;
    for (const container of spec.initContainers ?? []) {
      if (!(yield* this.bringUpInit(container))) return;
    }
    // Init containers are over: what they waited for no longer counts.
    const starts = spec.containers.map((container) => this.bringUp(container, false));
    yield* all(starts);
  }

  /** True when the next container may follow. */
  private *bringUpInit(container: Container): Task<boolean> {
    const [run] = runsOf(this.containers, container.name);
    if (isSidecar(container)) {
      yield* this.bringUp(container, true);
      const [now] = runsOf(this.containers, container.name);
      return now?.state === 'CONTAINER_RUNNING' && this.probes.started(container.name);
    }
    if (run?.state === 'CONTAINER_EXITED' && run.exitCode === 0) return true;
    if (run?.state === 'CONTAINER_EXITED' && this.pod.spec.restartPolicy === 'Never') return false;
    yield* this.bringUp(container, true);
    return false;
  }

  private *bringUp(container: Container, init: boolean): Task {
    const { name } = container;
    const [run] = runsOf(this.containers, name);
    if (run?.state === 'CONTAINER_RUNNING') {
      if (!this.probes.killWanted(name)) return;
      yield* this.restartUnhealthy(container, run);
      return;
    }
    if (run?.state === 'CONTAINER_EXITED' && !this.shouldRestart(container, run, init)) return;
    if (run && this.backsOff(container, run)) return;
    yield* this.start(container, run ? run.attempt + 1 : 0, init);
  }

  private shouldRestart(container: Container, run: RuntimeContainer, init: boolean): boolean {
    const policy = isSidecar(container) ? 'Always' : this.pod.spec.restartPolicy ?? 'Always';
    if (policy === 'Always') return !init || isSidecar(container) || run.exitCode !== 0;
    return policy === 'OnFailure' && run.exitCode !== 0;
  }

  /** A container that ended a moment ago waits before it is started again. */
  private backsOff(container: Container, run: RuntimeContainer): boolean {
    const { crashes, host, recorder } = this.context;
    const key = `${this.uid}_${container.name}`;
    const endedMs = host.nowMs - (host.wallMs - run.finishedAt);
    const remainingMs = crashes.remaining(key, endedMs, host.nowMs);
    if (remainingMs === 0) {
      crashes.next(key, host.nowMs);
      return false;
    }
    const { name, namespace } = this.pod.metadata;
    const who = `failed container ${container.name} in pod ${name}_${namespace}(${this.uid})`;
    if (this.waiting.get(container.name)?.reason !== 'CrashLoopBackOff') {
      recorder.event(this.pod, 'Warning', 'BackOff', `Back-off restarting ${who}`,
        { fieldPath: `spec.containers{${container.name}}` });
    }
    const delay = durationText(crashes.delay(key));
    const message = `back-off ${delay} restarting failed container=${container.name} pod=${name}_${namespace}(${this.uid})`;
    this.waiting.set(container.name, { reason: 'CrashLoopBackOff', message });
    this.retryIn(remainingMs, true);
    return true;
  }

  private *start(container: Container, attempt: number, init: boolean): Task {
    const { name } = container;
    this.report(false);
    const result = yield* startContainer(this.context, {
      pod: this.pod, container, attempt, sandboxId: this.sandbox?.id ?? '', volumes: this.volumes ?? new Map(),
      podIP: this.podIP, startupWork: init && !isSidecar(container),
    });
    if (!result.ok) {
      this.waiting.set(name, result.waiting);
      yield* this.refresh();
      this.retryIn(result.retryMs, true);
      return;
    }
    this.waiting.delete(name);
    yield* this.refresh();
    yield* this.postStart(container, result.containerId);
    this.probes.watch(container, result.containerId, this.podIP);
  }

  private *postStart(container: Container, containerId: string): Task {
    const command = container.lifecycle?.postStart?.exec?.command;
    if (!command) return;
    const ran = yield* criCall(this.context.host, 'ExecSync', { containerId, cmd: command, timeout: 0 }, this.subject(container.name));
    if (ran.ok && ran.value.exitCode === 0) return;
    this.tell('Warning', 'FailedPostStartHook', 'PostStartHook failed', container.name);
    yield* this.stop(container, containerId, 'FailedPostStartHook');
  }

  private *restartUnhealthy(container: Container, run: RuntimeContainer): Task {
    const probe = this.probes.failedKind(container.name);
    this.tell('Normal', 'Killing', `Container ${container.name} failed ${probe} probe, will be restarted`, container.name);
    this.probes.forget(container.name);
    yield* this.stop(container, run.id, undefined);
    yield* this.refresh();
    this.dirty = true;
  }

  // --- volumes and sandbox -----------------------------------------------------------------------------------------

  private *setUpVolumes(): Task<boolean> {
    const { files, objects, host } = this.context;
    const mounted = yield* mountVolumes({ pod: this.pod, uid: this.uid, files, objects, hostIP: host.address });
    if (mounted.ok) {
      this.volumes = mounted.paths;
      this.failures = 0;
      return true;
    }
    this.tell('Warning', 'FailedMount', `MountVolume.SetUp failed for volume "${mounted.volume}" : ${mounted.message}`);
    this.retryLater();
    return false;
  }

  private *setUpSandbox(): Task<boolean> {
    const { host } = this.context;
    // A sandbox that died takes its containers with it.
    if (this.sandbox) yield* this.stopAll();
    const attempt = this.sandbox ? this.sandbox.metadata.attempt + 1 : 0;
    const result = yield* criCall(host, 'RunPodSandbox', { config: this.sandboxConfig(attempt) }, this.subject());
    if (!result.ok) {
      this.tell('Warning', 'FailedCreatePodSandBox', `Failed to create pod sandbox: ${rpcErrorText(result)}`);
      this.retryLater();
      return false;
    }
    this.failures = 0;
    yield* this.refresh(result.value.podSandboxId);
    return true;
  }

  private sandboxConfig(attempt: number): PodSandboxConfig {
    const { metadata, spec } = this.pod;
    const { name, namespace = '', uid } = metadata;
    const { clusterDns, clusterDomain } = this.context;
    const clusterFirst = (spec.dnsPolicy ?? 'ClusterFirst') === 'ClusterFirst' && !spec.hostNetwork
      || spec.dnsPolicy === 'ClusterFirstWithHostNet';
    const searches = clusterFirst ? [`${namespace}.svc.${clusterDomain}`, `svc.${clusterDomain}`, clusterDomain] : [];
    const portMappings = spec.containers.flatMap((container) => (container.ports ?? [])
      .filter((port) => port.hostPort && !spec.hostNetwork)
      .map((port) => ({
        protocol: port.protocol ?? 'TCP', containerPort: port.containerPort, hostPort: port.hostPort ?? 0, hostIP: port.hostIP ?? '',
      })));
    return {
      metadata: { name, namespace, uid, attempt },
      hostname: spec.hostNetwork ? this.context.host.machine : spec.hostname ?? name,
      hostNetwork: spec.hostNetwork ?? false,
      sharedProcesses: spec.shareProcessNamespace ?? false,
      dns: {
        servers: [...(clusterFirst ? [clusterDns] : []), ...(spec.dnsConfig?.nameservers ?? [])],
        searches: [...searches, ...(spec.dnsConfig?.searches ?? [])],
        options: clusterFirst ? ['ndots:5'] : [],
      },
      portMappings,
      labels: { 'io.kubernetes.pod.name': name, 'io.kubernetes.pod.namespace': namespace, 'io.kubernetes.pod.uid': uid },
      annotations: metadata.annotations ?? {},
    };
  }

  // --- ending ------------------------------------------------------------------------------------------------------

  /** No container will ever run again. */
  private finished(): boolean {
    const { restartPolicy = 'Always', containers, initContainers = [] } = this.pod.spec;
    if (restartPolicy === 'Always') return false;
    const over = (container: Container): boolean => {
      const [run] = runsOf(this.containers, container.name);
      return run?.state === 'CONTAINER_EXITED' && !this.shouldRestart(container, run, false);
    };
    const initFailed = restartPolicy === 'Never' && initContainers.some((container) => {
      const [run] = runsOf(this.containers, container.name);
      return !isSidecar(container) && run?.state === 'CONTAINER_EXITED' && run.exitCode !== 0;
    });
    return initFailed || (containers.every(over) && containers.length > 0);
  }

  private *tidyUp(): Task {
    if (this.sandbox?.state === 'SANDBOX_READY') yield* this.stopAll();
  }

  private *terminate(): Task {
    this.probes.stopAll();
    yield* this.stopAll();
    if (this.verdict && this.pod.metadata.deletionTimestamp === undefined) return;
    if (this.sandbox) yield* criCall(this.context.host, 'RemovePodSandbox', { podSandboxId: this.sandbox.id }, this.subject());
    removeVolumes(this.context.files, this.uid);
    this.context.crashes.reset(this.uid);
    this.context.pulls.reset(this.uid);
    this.gone = true;
    this.deadline?.cancel();
    this.report(true);
    this.onGone();
  }

  /** Ends all containers side by side, each with its grace, sidecars after the others, then the sandbox. */
  private *stopAll(): Task {
    const { spec } = this.pod;
    const running = this.containers.filter((container) => container.state === 'CONTAINER_RUNNING');
    const sidecars = new Set((spec.initContainers ?? []).filter(isSidecar).map((container) => container.name));
    for (const wanted of [false, true]) {
      const stops = running.filter((run) => sidecars.has(run.name) === wanted).map((run) => this.stopRun(run));
      yield* all(stops);
    }
    if (this.sandbox?.state === 'SANDBOX_READY') {
      yield* criCall(this.context.host, 'StopPodSandbox', { podSandboxId: this.sandbox.id }, this.subject());
    }
    yield* this.refresh();
  }

  private *stopRun(run: RuntimeContainer): Task {
    const { spec } = this.pod;
    const container = [...spec.containers, ...(spec.initContainers ?? [])].find((candidate) => candidate.name === run.name);
    if (!container) return;
    this.probes.forget(run.name);
    yield* this.stop(container, run.id, `Stopping container ${run.name}`);
  }

  private *stop(container: Container, containerId: string, message: string | undefined): Task {
    const { metadata, spec } = this.pod;
    if (message) this.tell('Normal', 'Killing', message, container.name);
    const graceSeconds = metadata.deletionGracePeriodSeconds ?? spec.terminationGracePeriodSeconds ?? 30;
    const { host } = this.context;
    const begunMs = host.nowMs;
    const preStop = container.lifecycle?.preStop;
    if (preStop?.exec?.command && graceSeconds > 0) {
      const request = { containerId, cmd: preStop.exec.command, timeout: graceSeconds };
      yield* criCall(host, 'ExecSync', request, this.subject(container.name));
    } else if (preStop?.sleep) {
      const sleepMs = Math.min(preStop.sleep.seconds, graceSeconds) * 1000;
      yield* waitFor<void>((resume) => host.after(sleepMs, () => resume()));
    }
    // Upstream leaves at least two seconds after the hook.
    const leftSeconds = graceSeconds === 0 ? 0 : Math.max(2, graceSeconds - Math.floor((host.nowMs - begunMs) / 1000));
    yield* criCall(host, 'StopContainer', { containerId, timeout: leftSeconds }, this.subject(container.name));
  }

  private watchDeadline(): void {
    const seconds = this.pod.spec.activeDeadlineSeconds;
    if (seconds === undefined || this.deadline) return;
    this.deadline = this.context.host.after(seconds * 1000, () => {
      this.tell('Normal', 'DeadlineExceeded', 'Pod was active on the node longer than the specified deadline');
      this.fail('DeadlineExceeded', 'Pod was active on the node longer than the specified deadline');
    }, { background: true });
  }

  // --- reporting ---------------------------------------------------------------------------------------------------

  private get podIP(): string {
    return this.sandbox?.hostNetwork ? this.context.host.address : this.sandbox?.ip ?? '';
  }

  /** The status as it is now; also what a mirror pod gets when it appears. */
  status(): PodStatus {
    const { host } = this.context;
    return podStatus({
      pod: this.apiPod ? { ...this.pod, status: this.apiPod.status, metadata: { ...this.pod.metadata, generation: this.apiPod.metadata.generation } } : this.pod,
      sandbox: this.sandbox,
      containers: this.containers,
      waiting: this.waiting,
      ready: (name) => this.probes.ready(name),
      started: (name) => this.probes.started(name),
      hostIP: host.address,
      wallMs: host.wallMs,
      verdict: this.verdict,
    });
  }

  private report(finished: boolean): void {
    if (this.apiPod) this.context.statuses.set(this.apiPod, this.status(), finished && this.apiPod === this.pod);
  }

  private *refresh(sandboxId = this.sandbox?.id): Task {
    if (sandboxId === undefined) return;
    const found = yield* criCall(this.context.host, 'PodSandboxStatus', { podSandboxId: sandboxId }, this.subject());
    if (!found.ok) return;
    this.sandbox = found.value.status;
    this.containers = found.value.containers;
  }

  private tell(type: 'Normal' | 'Warning', reason: string, message: string, container?: string): void {
    this.context.recorder.event(this.pod, type, reason, message, container ? { fieldPath: `spec.containers{${container}}` } : {});
  }

  private subject(container?: string) {
    const { namespace, name } = this.pod.metadata;
    return { namespace, name: container ? `${name}/${container}` : name };
  }

  private retryLater(): void {
    this.retryIn(Math.min(lastRetryMs, firstRetryMs * 2 ** this.failures), this.failures > 2);
    this.failures += 1;
  }

  private retryIn(delayMs: number, background: boolean): void {
    this.timer?.cancel();
    this.timer = this.context.host.after(delayMs, () => this.kick(), { background });
  }
}

function durationText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds >= 60 ? `${Math.floor(seconds / 60)}m${seconds % 60}s` : `${seconds}s`;
}
