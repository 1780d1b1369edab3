/**
 * Probes: startup, readiness and liveness of running containers. The result of a probe changes after as many equal
 * answers as its thresholds say. Models pkg/kubelet/prober/{worker,prober}.go, without the jitter after a start.
 */
import type { Container, Probe } from '../../api/types';
import type { Cancel, ProcessHost } from '../../sim/process';
import { runTask, type Task } from '../../sim/task';
import { type ActionTarget, execAction, grpcAction, httpAction, type Outcome, tcpAction } from './actions';

export type ProbeKind = 'startup' | 'readiness' | 'liveness';

export interface ProberHandlers {
  /** Whether the startup probe has passed: the others begin after it. */
  started(): boolean;
  /** Whether the container runs now; nothing else is probed. */
  running(): boolean;
  changed(kind: ProbeKind, ok: boolean): void;
  /** An answer that counts against the container, or an `error` that counts for nothing. */
  unhealthy(kind: ProbeKind, outcome: Outcome): void;
}

/** A probe whose action itself fails is tried this often before that is believed. */
const attemptsAtErrors = 3;

/** The probe of a kind that a container has. */
export function probeOf(container: Container, kind: ProbeKind): Probe | undefined {
  if (kind === 'startup') return container.startupProbe;
  return kind === 'readiness' ? container.readinessProbe : container.livenessProbe;
}

/** One probe of one run of a container. */
export class Prober {
  private streak = 0;
  private last: boolean | undefined;
  private timer: Cancel | undefined;
  private asking = false;
  private stopped = false;

  constructor(
    private readonly host: ProcessHost,
    private readonly target: ActionTarget,
    readonly kind: ProbeKind,
    private readonly probe: Probe,
    /** What counts now: readiness begins as failed, liveness as passed, startup as not yet. */
    public result: boolean,
    private readonly handlers: ProberHandlers,
  ) {
    this.wait((probe.initialDelaySeconds ?? 0) * 1000);
  }

  stop(): void {
    this.stopped = true;
    this.timer?.cancel();
  }

  /** Asks as soon as possible instead of at the next period. */
  trigger(): void {
    if (this.asking || this.stopped) return;
    this.timer?.cancel();
    this.wait(0);
  }

  /** Until the first success a container is still starting, which is worth waiting for; then probing is routine. */
  private wait(delayMs: number): void {
    const background = this.kind === 'liveness' || this.result || this.streak >= this.threshold(false);
    this.timer = this.host.after(delayMs, () => runTask(this.round()), { background });
  }

  private *round(): Task {
    if ((this.kind === 'startup' || this.handlers.started()) && this.handlers.running()) {
      this.asking = true;
      const outcome = yield* this.ask();
      this.asking = false;
      if (this.stopped) return;
      if (this.handlers.running()) this.count(outcome);
    }
    if (this.stopped || (this.kind === 'startup' && this.result)) return;
    this.wait((this.probe.periodSeconds ?? 10) * 1000);
  }

  private threshold(ok: boolean): number {
    return ok ? this.probe.successThreshold ?? 1 : this.probe.failureThreshold ?? 3;
  }

  private count(outcome: Outcome): void {
    const { kind, handlers } = this;
    const ok = outcome.result === 'success';
    if (!ok) handlers.unhealthy(kind, outcome);
    if (outcome.result === 'error') return;
    this.streak = this.last === ok ? this.streak + 1 : 1;
    this.last = ok;
    if (this.streak < this.threshold(ok)) return;
    const before = this.result;
    this.result = ok;
    // A container that is to be killed is not asked again.
    if (!ok && kind !== 'readiness') this.stop();
    if (before !== ok || (!ok && kind !== 'readiness')) this.host.foreground(() => handlers.changed(kind, ok));
  }

  private *ask(): Task<Outcome> {
    let outcome = yield* this.askOnce();
    for (let tried = 1; tried < attemptsAtErrors && outcome.result === 'error'; tried += 1) {
      outcome = yield* this.askOnce();
    }
    return outcome;
  }

  private *askOnce(): Task<Outcome> {
    const { host, probe, target } = this;
    const timeoutSeconds = probe.timeoutSeconds ?? 1;
    if (probe.exec) return yield* execAction(host, target, probe.exec, timeoutSeconds);
    if (probe.httpGet) return yield* httpAction(host, target, probe.httpGet, timeoutSeconds * 1000, 'kube-probe/1.36');
    if (probe.tcpSocket) return yield* tcpAction(host, target, probe.tcpSocket, timeoutSeconds * 1000);
    if (probe.grpc) return yield* grpcAction(host, target, probe.grpc, timeoutSeconds * 1000);
    return { result: 'success', message: '' };
  }
}
