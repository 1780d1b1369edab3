/**
 * One pod on the node: brings what runs to what the pod says, step by step, and reports. It is looked at again whenever
 * the pod, the runtime, a probe or a timer says so, but never twice at once. Models pkg/kubelet/pod_workers.go, SyncPod
 * and computePodActions; starting containers is PodStart's work, how they end is in termination.ts.
 */
import { timeMs } from '../../api/time';
import type { Pod, PodStatus } from '../../api/types';
import { equal } from '../../base/freeze';
import type { Cancel } from '../../sim/process';
import { runTask, type Task } from '../../sim/task';
import { criCall } from '../cri';
import type { Verdict } from './admission';
import type { KubeletContext } from './context';
import { isTerminal } from './pod-phase';
import { PodRuntime, type RuntimeView } from './pod-runtime';
import { PodStart } from './pod-start';
import { podStatus, rejectedStatus, withDisruption } from './pod-status';
import { PodResize } from './resize';
import { isFinished, restartsAll } from './restart-policy';
import { runWhile } from './run-while';
import { podGraceSeconds } from './termination';
import { terminationMessage } from './termination-message';
import { removeVolumes } from './volumes';

/** How soon the runtime is asked again when it did not end what it was told to end. */
const runtimeRetryMs = 1_000;
const deadlineMessage = 'Pod was active on the node longer than the specified deadline';

export class PodWorker {
  private readonly runtime: PodRuntime;
  private readonly resize: PodResize;
  private readonly start: PodStart;
  private busy = false;
  private dirty = false;
  /** Counts passes that were begun; one that is not the last was given up. */
  private pass = 0;
  private timer: Cancel | undefined;
  private deadline: Cancel | undefined;
  private last: PodStatus | undefined;
  private rejected: Verdict | undefined;
  private verdict: Verdict | undefined;
  /** Set while the pod is ended for the good of the node: what it gets to end. */
  private evictionGrace: number | undefined;
  /** The pod is being ended, or has ended. */
  private ending = false;
  /** The pod has ended and nothing of it runs. */
  private ended = false;
  /** Nothing of the pod is left on the node. */
  private gone = false;

  constructor(
    private readonly context: KubeletContext,
    private pod: Pod,
    /** The API's object whose status is written: the pod itself, or a static pod's mirror once it exists. */
    private apiPod: Pod | undefined,
    private readonly handlers: { ended(): void; gone(): void },
  ) {
    this.runtime = new PodRuntime(context, () => this.pod, () => this.kick());
    this.resize = new PodResize(context, this.runtime, () => this.pod);
    this.start = new PodStart(
      context, this.runtime, this.resize, () => this.pod, (delayMs, soon) => this.retryIn(delayMs, soon));
  }

  get uid(): string {
    return this.pod.metadata.uid;
  }

  get current(): Pod {
    return this.pod;
  }

  /** Its containers that run or ran, as the runtime has them. */
  get containers() {
    return this.runtime.containers;
  }

  get sandbox() {
    return this.runtime.sandbox;
  }

  /** The pod's status as it would be reported now. */
  get status(): PodStatus {
    return this.statusOf(this.apiPod ?? this.pod);
  }

  /** A new version of the pod, or of its mirror. */
  update(pod: Pod, apiPod: Pod | undefined): void {
    const before = this.pod;
    const otherObject = apiPod?.metadata.uid !== this.apiPod?.metadata.uid;
    this.pod = pod;
    this.apiPod = apiPod;
    const wasEnding = isOver(before);
    const isEnding = isOver(pod);
    if (isEnding && !wasEnding && !this.ending) return this.endNow();
    if (this.ending && podGraceSeconds(pod) < podGraceSeconds(before)) this.hasten();
    if (otherObject || asksForMore(before, pod) || this.isContradicted(apiPod)) this.kick();
  }

  /** The runtime says how the pod stands. */
  observe(view: RuntimeView): void {
    this.runtime.observe(view);
    this.kick();
  }

  /** Refuses a pod before anything of it was started. */
  reject(verdict: Verdict): void {
    this.rejected = verdict;
    this.context.recorder.event(this.pod, 'Warning', verdict.reason, verdict.message);
  }

  /** Ends the pod for the good of the node. */
  evict(verdict: Verdict, graceSeconds: number): void {
    this.context.recorder.event(this.pod, 'Warning', verdict.reason, verdict.message);
    this.verdict = verdict;
    this.evictionGrace = graceSeconds;
    this.endNow();
  }

  /** Whether the pod has ended, is being ended, or was never begun. */
  get over(): boolean {
    return this.ending || this.rejected !== undefined || this.verdict !== undefined || isOver(this.pod);
  }

  /** Nothing of it runs any more. */
  get cleanedUp(): boolean {
    return this.ended || this.gone;
  }

  /** Looks at the pod as soon as possible. */
  kick(): void {
    if (this.gone) return;
    this.dirty = true;
    if (this.busy) return;
    this.busy = true;
    this.pass += 1;
    const { pass } = this;
    runWhile(this.loop(), () => this.pass === pass, () => {
      this.busy = false;
    });
  }

  private *loop(): Task {
    while (this.dirty && !this.gone) {
      this.dirty = false;
      this.timer?.cancel();
      this.timer = undefined;
      this.report(false);
      if (this.rejected || this.verdict || isOver(this.pod)) yield* this.terminate();
      else yield* this.sync();
    }
    if (!this.gone) this.report(false);
  }

  private *sync(): Task {
    this.watchDeadline();
    if (!this.start.restartingAll && isFinished(this.pod, this.runtime.containers)) {
      yield* this.runtime.stopAll(podGraceSeconds(this.pod));
      this.finish();
      return;
    }
    yield* this.start.bringUp();
  }

  // --- ending ------------------------------------------------------------------------------------------------------

  /** Gives up whatever is under way (a pull, a hook) and ends the pod. */
  private endNow(): void {
    this.pass += 1;
    this.busy = false;
    this.kick();
  }

  /** Less grace than was granted before. */
  private hasten(): void {
    for (const run of this.runtime.running()) {
      const request = { containerId: run.id, timeout: podGraceSeconds(this.pod) };
      runTask(criCall(this.context.host, 'StopContainer', request, this.runtime.subject(run.name)));
    }
  }

  private *terminate(): Task {
    this.ending = true;
    this.deadline?.cancel();
    this.runtime.endProbing();
    this.start.waiting.clear();
    yield* this.runtime.stopAll(this.evictionGrace ?? podGraceSeconds(this.pod));
    if (this.runtime.isUp()) return this.retryIn(runtimeRetryMs);
    this.finish();
    if (this.pod.metadata.deletionTimestamp !== undefined) yield* this.cleanUp();
  }

  private finish(): void {
    if (this.ended || this.runtime.isUp()) return;
    this.ended = true;
    this.handlers.ended();
  }

  private *cleanUp(): Task {
    yield* this.runtime.remove();
    removeVolumes(this.context.files, this.uid);
    this.context.objects.tokens.forget(this.uid);
    this.start.forget();
    this.gone = true;
    this.timer?.cancel();
    this.report(true);
    this.handlers.gone();
  }

  /** activeDeadlineSeconds count from the start of the pod. */
  private watchDeadline(): void {
    const seconds = this.pod.spec.activeDeadlineSeconds;
    const startTime = this.last?.startTime ?? this.pod.status.startTime;
    if (seconds === undefined || this.deadline || startTime === undefined) return;
    const { host, recorder } = this.context;
    const leftMs = timeMs(startTime) + seconds * 1000 - host.wallMs;
    this.deadline = host.after(leftMs, () => {
      recorder.event(this.pod, 'Normal', 'DeadlineExceeded', deadlineMessage);
      this.verdict = { reason: 'DeadlineExceeded', message: deadlineMessage };
      this.endNow();
    }, { background: true });
  }

  // --- reporting ---------------------------------------------------------------------------------------------------

  private report(finished: boolean): void {
    const { apiPod } = this;
    if (!apiPod) return;
    this.last = this.statusOf(apiPod);
    this.context.statuses.set(apiPod, this.last, finished && apiPod.metadata.uid === this.uid);
  }

  private statusOf(apiPod: Pod): PodStatus {
    const { host } = this.context;
    const { sandbox, containers } = this.runtime;
    const { generation } = apiPod.metadata;
    const pod = { ...this.pod, metadata: { ...this.pod.metadata, generation } };
    const { wallMs } = host;
    const before = this.evictionGrace === undefined ? this.before(apiPod)
      : withDisruption(this.before(apiPod), this.verdict?.message ?? '', wallMs, generation);
    if (this.rejected) return rejectedStatus({ pod, before, wallMs }, this.rejected.reason, this.rejected.message);
    // What has ended before this kubelet came is told as it was.
    if (isTerminal(apiPod.status.phase) && containers.length === 0 && !this.last) return apiPod.status;
    return podStatus({
      pod, sandbox, containers, before, wallMs, verdict: this.verdict, ended: this.ended,
      waiting: this.start.waiting, hostIP: host.address, earlier: this.start.earlier,
      restartingAll: !this.ended && (this.start.restartingAll || restartsAll(pod, containers)),
      ready: (name) => this.runtime.probes.ready(name),
      started: (name) => this.runtime.probes.started(name),
      lastWords: (container, run) => terminationMessage(this.context.files, this.uid, container, run),
      resources: (container, run) => this.resize.statusOf(container, run),
      resize: this.ending ? [] : this.resize.conditions(before.conditions ?? [], wallMs),
    });
  }

  /** Whether someone else has written over what was reported, as the node controller does for nodes that are silent. */
  private isContradicted(apiPod: Pod | undefined): boolean {
    const { last } = this;
    if (!last || !apiPod) return false;
    const statusOf = ({ conditions = [] }: PodStatus) => conditions.find(({ type }) => type === 'Ready')?.status;
    return last.phase !== apiPod.status.phase || statusOf(last) !== statusOf(apiPod.status);
  }

  /** What was said last, with the conditions that others have set since. */
  private before({ status }: Pod): PodStatus {
    const { last } = this;
    if (!last) return status;
    const own = last.conditions ?? [];
    const others = (status.conditions ?? []).filter(({ type }) => !own.some((condition) => condition.type === type));
    const gates = this.pod.spec.readinessGates ?? [];
    const updated = own.map((condition) => {
      const theirs = status.conditions?.find(({ type }) => type === condition.type);
      return theirs && gates.some((gate) => gate.conditionType === condition.type) ? theirs : condition;
    });
    return { ...last, conditions: [...others, ...updated] };
  }

  /** Looks again after this time or earlier; `soon` when the pod is about to start. */
  private retryIn(delayMs: number, soon = false): void {
    const { host } = this.context;
    const atMs = host.nowMs + delayMs;
    if (this.timer && this.retryAtMs <= atMs) return;
    this.timer?.cancel();
    this.retryAtMs = atMs;
    this.timer = host.after(delayMs, () => this.kick(), { background: !soon });
  }

  private retryAtMs = 0;
}

/** Whether the pod's object says that it has to end, or that it has ended. */
export function isOver({ metadata, status }: Pod): boolean {
  return metadata.deletionTimestamp !== undefined || isTerminal(status.phase);
}

/** Whether a new version asks for anything: the kubelet's own reports of the status come back here as well. */
function asksForMore(before: Pod, pod: Pod): boolean {
  const { metadata } = before;
  if (pod.spec.readinessGates?.length) return true;
  return !equal(before.spec, pod.spec)
    || metadata.deletionTimestamp !== pod.metadata.deletionTimestamp
    || !equal(metadata.labels, pod.metadata.labels)
    || !equal(metadata.annotations, pod.metadata.annotations);
}
