/** The probes of one pod's running containers: which are ready, which have started, which are to be killed. */
import type { Container, Pod } from '../../api/types';
import type { ActionTarget, Outcome } from './actions';
import type { KubeletContext } from './context';
import { type ProbeKind, Prober, probeOf } from './probes';

const titles = { startup: 'Startup', readiness: 'Readiness', liveness: 'Liveness' } as const;
const kinds: readonly ProbeKind[] = ['startup', 'readiness', 'liveness'];

interface Watched {
  readonly containerId: string;
  readonly probers: readonly Prober[];
}

/** What probes said before the kubelet was restarted; it holds until they are asked again. */
export interface EarlierResults {
  readonly ready: boolean;
  readonly started: boolean;
}

export interface PodProbeHandlers {
  pod(): Pod;
  running(containerId: string): boolean;
  fieldPath(container: string): string;
  changed(): void;
}

export class PodProbes {
  private readonly watched = new Map<string, Watched>();
  private readonly failed = new Map<string, 'startup' | 'liveness'>();

  constructor(
    private readonly context: KubeletContext,
    private readonly handlers: PodProbeHandlers,
  ) {}

  /** Sees to it that this run of a container is probed; asking for the same run again changes nothing. */
  watch(container: Container, target: ActionTarget, earlier?: EarlierResults): void {
    const { name } = container;
    const { containerId } = target;
    if (this.watched.get(name)?.containerId === containerId) return;
    this.forget(name);
    const probers: Prober[] = [];
    this.watched.set(name, { containerId, probers });
    for (const kind of kinds) {
      const probe = probeOf(container, kind);
      if (!probe) continue;
      const result = kind === 'liveness' || (kind === 'startup' ? earlier?.started : earlier?.ready) === true;
      probers.push(new Prober(this.context.host, target, kind, probe, result, {
        started: () => this.started(name),
        running: () => this.handlers.running(containerId),
        changed: (which, ok) => this.changed(name, which, ok),
        unhealthy: (which, outcome) => this.tell(name, which, outcome),
      }));
    }
  }

  ready(container: string): boolean {
    return this.result(container, 'readiness') && this.started(container);
  }

  started(container: string): boolean {
    return this.result(container, 'startup');
  }

  /** The probe that has failed so often that the container is to be killed. */
  fatal(container: string): 'startup' | 'liveness' | undefined {
    return this.failed.get(container);
  }

  /** Ends the probing of a run; what it said no longer counts. */
  forget(container: string): void {
    for (const prober of this.watched.get(container)?.probers ?? []) prober.stop();
    this.watched.delete(container);
    this.failed.delete(container);
  }

  /** The pod is ending: nothing is killed for its health any more, while readiness still counts. */
  stopLiveness(): void {
    this.failed.clear();
    for (const { probers } of this.watched.values()) {
      for (const prober of probers) if (prober.kind !== 'readiness') prober.stop();
    }
  }

  stop(): void {
    for (const container of [...this.watched.keys()]) this.forget(container);
  }

  private changed(container: string, kind: ProbeKind, ok: boolean): void {
    if (!ok && kind !== 'readiness') this.failed.set(container, kind);
    if (ok && kind === 'startup') this.prober(container, 'readiness')?.trigger();
    this.handlers.changed();
  }

  private tell(container: string, kind: ProbeKind, { result, message }: Outcome): void {
    const what = result === 'error' ? 'probe errored and resulted in unknown state' : 'probe failed';
    this.context.recorder.event(this.handlers.pod(), 'Warning', 'Unhealthy', `${titles[kind]} ${what}: ${message}`,
      { fieldPath: this.handlers.fieldPath(container) });
  }

  private prober(container: string, kind: ProbeKind): Prober | undefined {
    return this.watched.get(container)?.probers.find((candidate) => candidate.kind === kind);
  }

  /** Without such a probe a running container passes. */
  private result(container: string, kind: ProbeKind): boolean {
    return this.prober(container, kind)?.result ?? true;
  }
}
