/**
 * Probes: startup, readiness and liveness of running containers. A probe is asked over the simulated network or inside
 * the container; its result changes after as many equal answers as its thresholds say. Models pkg/kubelet/prober.
 */
import type { Container, Pod, Probe } from '../../api/types';
import type { Cancel, CallResult, ProcessHost } from '../../sim/process';
import { runTask, type Task, waitFor } from '../../sim/task';
import { criCall } from '../cri';
import { httpRequest, httpResponseOf } from '../http';

export type ProbeKind = 'startup' | 'readiness' | 'liveness';

export interface ProbeTarget {
  readonly pod: Pod;
  readonly container: Container;
  readonly containerId: string;
  readonly podIP: string;
}

interface Outcome {
  readonly ok: boolean;
  readonly message: string;
}

/** One probe of one run of a container. */
export class Prober {
  /** What counts now: readiness starts as failed, the others as passed, startup as not yet. */
  result: boolean;
  private streak = 0;
  private last: boolean | undefined;
  private timer: Cancel | undefined;
  private stopped = false;

  constructor(
    private readonly host: ProcessHost,
    private readonly target: ProbeTarget,
    readonly kind: ProbeKind,
    private readonly probe: Probe,
    private readonly handlers: {
      /** Startup must have passed before the others begin. */
      started(): boolean;
      changed(kind: ProbeKind, ok: boolean): void;
      failed(kind: ProbeKind, message: string): void;
    },
  ) {
    this.result = kind === 'liveness';
    this.wait((probe.initialDelaySeconds ?? 0) * 1000, false);
  }

  stop(): void {
    this.stopped = true;
    this.timer?.cancel();
  }

  private wait(delayMs: number, background: boolean): void {
    this.timer = this.host.after(delayMs, () => runTask(this.round()), { background });
  }

  private *round(): Task {
    const periodMs = (this.probe.periodSeconds ?? 10) * 1000;
    if (this.kind === 'startup' || this.handlers.started()) {
      const outcome = yield* this.ask();
      if (this.stopped) return;
      this.count(outcome);
    }
    if (this.stopped || (this.kind === 'startup' && this.result)) return;
    // Until the first success a pod is still starting; after that probing is routine.
    this.wait(periodMs, this.result);
  }

  private count({ ok, message }: Outcome): void {
    const { probe, kind, handlers } = this;
    this.streak = this.last === ok ? this.streak + 1 : 1;
    this.last = ok;
    if (!ok) handlers.failed(kind, message);
    const threshold = ok ? probe.successThreshold ?? 1 : probe.failureThreshold ?? 3;
    if (this.streak < threshold) return;
    const before = this.result;
    this.result = ok;
    if (before !== ok || (!ok && kind !== 'readiness')) this.host.foreground(() => handlers.changed(kind, ok));
  }

  private *ask(): Task<Outcome> {
    const { probe, target } = this;
    const timeoutMs = (probe.timeoutSeconds ?? 1) * 1000;
    if (probe.exec) {
      const { namespace, name } = target.pod.metadata;
      const request = { containerId: target.containerId, cmd: probe.exec.command ?? [], timeout: timeoutMs / 1000 };
      const result = yield* criCall(this.host, 'ExecSync', request, { namespace, name });
      if (!result.ok) return { ok: false, message: `command ${JSON.stringify(request.cmd)} timed out` };
      return { ok: result.value.exitCode === 0, message: (result.value.stdout + result.value.stderr).trim() };
    }
    const action = probe.httpGet ?? probe.tcpSocket ?? probe.grpc;
    if (!action) return { ok: true, message: '' };
    const address = this.address((action as { host?: string }).host, action.port);
    const path = probe.httpGet?.path ?? '/';
    const url = `${(probe.httpGet?.scheme ?? 'HTTP').toLowerCase()}://${address}${path}`;
    const result = yield* waitFor<CallResult>((resume) => {
      const payload = probe.httpGet ? httpRequest('GET', path, 'kube-probe/1.36') : { connect: true };
      const channel = probe.httpGet ? 'http' : 'tcp';
      this.host.call({ to: address, channel, subject: { verb: 'probe', name: path }, payload, timeoutMs }, { onResult: resume });
    });
    if (!result.ok) return { ok: false, message: connectMessage(probe, url, address, result.failure) };
    if (!probe.httpGet) return { ok: true, message: '' };
    const code = httpResponseOf(result.payload)?.code ?? 0;
    return code >= 200 && code < 400
      ? { ok: true, message: '' }
      : { ok: false, message: `HTTP probe failed with statuscode: ${code}` };
  }

  private address(host: string | undefined, port: number | string): string {
    const named = typeof port === 'string'
      ? this.target.container.ports?.find((candidate) => candidate.name === port)?.containerPort ?? Number(port)
      : port;
    return `${host || this.target.podIP}:${named}`;
  }
}

function connectMessage(probe: Probe, url: string, address: string, failure: string): string {
  if (failure === 'timeout') {
    return probe.httpGet
      ? `Get "${url}": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`
      : `dial tcp ${address}: i/o timeout`;
  }
  const why = failure === 'refused' ? 'connect: connection refused' : 'connect: no route to host';
  return probe.httpGet ? `Get "${url}": dial tcp ${address}: ${why}` : `dial tcp ${address}: ${why}`;
}
