/** What the tools on a node's own command line see of their machine. */
import type { NodeMachine } from '../machine';

/** A process of the machine. */
export interface MachineProcess {
  /** `kubelet@kind-worker`, `default/web/nginx@kind-worker`. */
  readonly id: string;
  readonly pid: number;
}

/** A start or end of a systemd unit, for the journal. */
export interface UnitEvent {
  readonly wallMs: number;
  readonly unit: string;
  readonly kind: 'started' | 'stopped';
  readonly pid: number;
  readonly exitCode: number;
}

export interface MachineView {
  readonly machine: NodeMachine;
  readonly clusterPodCidr: string;
  /** How wide `ps` prints process numbers: procps 4 takes two more than procps 3. */
  readonly pidWidth: number;
  /** Running processes in the order of their start. */
  processes(): readonly MachineProcess[];
  /** Sends a process a signal. */
  signal(id: string, signal: 'TERM' | 'KILL'): void;
  journal(): readonly UnitEvent[];
}
