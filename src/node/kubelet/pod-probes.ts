/** The probes of one pod's running containers: which are ready, which have started, which are to be killed. */
import type { Container, Pod } from '../../api/types';
import type { KubeletContext } from './context';
import { type ProbeKind, Prober } from './probes';

const titles: Readonly<Record<ProbeKind, string>> = { startup: 'Startup', readiness: 'Readiness', liveness: 'Liveness' };

export class PodProbes {
  private readonly probers = new Map<string, Prober[]>();
  private readonly doomed = new Map<string, ProbeKind>();

  constructor(
    private readonly context: KubeletContext,
    private readonly pod: () => Pod,
    private readonly changed: () => void,
  ) {}

  /** Begins probing a run of a container. */
  watch(container: Container, containerId: string, podIP: string): void {
    this.forget(container.name);
    const target = { pod: this.pod(), container, containerId, podIP };
    const kinds: readonly (readonly [ProbeKind, Container['livenessProbe']])[] = [
      ['startup', container.startupProbe], ['readiness', container.readinessProbe], ['liveness', container.livenessProbe],
    ];
    const probers: Prober[] = [];
    this.probers.set(container.name, probers);
    for (const [kind, probe] of kinds) {
      if (!probe) continue;
      probers.push(new Prober(this.context.host, target, kind, probe, {
        started: () => this.started(container.name),
        changed: (which, ok) => {
          if (!ok && which !== 'readiness') this.doomed.set(container.name, which);
          this.changed();
        },
        failed: (which, message) => {
          this.context.recorder.event(this.pod(), 'Warning', 'Unhealthy', `${titles[which]} probe failed: ${message}`,
            { fieldPath: `spec.containers{${container.name}}` });
        },
      }));
    }
  }

  ready(container: string): boolean {
    return this.result(container, 'readiness') && this.started(container);
  }

  started(container: string): boolean {
    return this.result(container, 'startup');
  }

  /** A liveness or startup probe has failed too often. */
  killWanted(container: string): boolean {
    return this.doomed.has(container);
  }

  /** Which probe wants the container killed, as the event names it. */
  failedKind(container: string): string {
    return this.doomed.get(container) ?? 'liveness';
  }

  forget(container: string): void {
    for (const prober of this.probers.get(container) ?? []) prober.stop();
    this.probers.delete(container);
    this.doomed.delete(container);
  }

  stopAll(): void {
    for (const container of [...this.probers.keys()]) this.forget(container);
  }

  /** Without such a probe a running container passes. */
  private result(container: string, kind: ProbeKind): boolean {
    const prober = this.probers.get(container)?.find((candidate) => candidate.kind === kind);
    return prober?.result ?? true;
  }
}
