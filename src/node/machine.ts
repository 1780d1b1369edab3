/**
 * A node's machine: its disk, its network, and what systemd runs on it as host processes (containerd, the kubelet).
 * Pods come and go above that; the disk and the images stay. Models the node container that kind starts.
 */
import type { Network } from '../sim/network';
import type { ProcessTable } from '../sim/process';
import { CniPlugins } from './cni';
import { NodeDisk } from './disk';
import { FileTree } from './filesystem';
import { MachineNetwork } from './host-network';
import type { ImageCatalog } from './images';
import { Kubelet, type KubeletOptions } from './kubelet/kubelet';
import { Containerd } from './runtime/containerd';
import type { PresentImage } from './runtime/image-store';
import { RuntimeState } from './runtime/state';

/** systemd's RestartSec of both units in a kind node. */
const restartMs = 1_000;

export interface NodeMachineOptions {
  readonly name: string;
  readonly address: string;
  readonly catalog: ImageCatalog;
  readonly preloaded: readonly PresentImage[];
  readonly containerdVersion: string;
  /** Where all image registries are reached: `registry:443`. */
  readonly registry: string;
  readonly kubelet: Omit<KubeletOptions, 'files' | 'disk'>;
  /** Runs something after a virtual time, for units that systemd restarts. */
  after(delayMs: number, run: () => void): void;
}

export type Unit = 'containerd' | 'kubelet';

export class NodeMachine {
  readonly files = new FileTree();
  readonly network: MachineNetwork;
  readonly runtime: RuntimeState;
  readonly disk: NodeDisk;
  /** Units that are meant to run; a unit that was stopped by hand stays down. */
  private readonly wanted = new Set<Unit>();

  constructor(
    private readonly processes: ProcessTable,
    private readonly links: Network,
    private readonly options: NodeMachineOptions,
  ) {
    this.network = new MachineNetwork(links, options.name, options.address);
    const machine = links.machine(options.name);
    if (machine) machine.translation = this.network;
    this.runtime = new RuntimeState(options.preloaded);
    this.disk = new NodeDisk(options.kubelet.machine.ephemeralBytes, this.runtime.images);
  }

  /** systemctl start. */
  start(unit: Unit): void {
    this.wanted.add(unit);
    const id = `${unit}@${this.options.name}`;
    // Nothing starts on a machine that is switched off or gone.
    if (this.processes.isRunning(id) || !this.links.machine(this.options.name)?.up) return;
    if (unit === 'containerd') this.startPlugins();
    this.processes.spawn({
      id,
      machine: this.options.name,
      program: unit === 'containerd' ? this.containerd() : this.kubelet(),
      onExit: () => {
        if (!this.wanted.has(unit)) return;
        this.options.after(restartMs, () => {
          if (this.wanted.has(unit)) this.start(unit);
        });
      },
    });
  }

  /** Starts the units that are meant to run. */
  boot(): void {
    for (const unit of this.wanted) this.start(unit);
  }

  get name(): string {
    return this.options.name;
  }

  get containerdVersion(): string {
    return this.options.containerdVersion;
  }

  /** Whether the unit runs now, and whether it is meant to. */
  unit(unit: Unit): { readonly running: boolean; readonly wanted: boolean } {
    return { running: this.processes.isRunning(`${unit}@${this.options.name}`), wanted: this.wanted.has(unit) };
  }

  /** systemctl stop. */
  stop(unit: Unit): void {
    this.wanted.delete(unit);
    this.processes.terminate(`${unit}@${this.options.name}`);
  }

  /**
   * Fills the disk, and has the kubelet watch it with the thresholds that are its defaults: kind turns them off, since its
   * nodes share the disk of the user's machine.
   */
  fillDisk(): void {
    const { disk } = this;
    disk.fill();
    if (disk.watched) return;
    disk.watched = true;
    // systemd starts it again, and it reads its configuration then.
    this.processes.terminate(`kubelet@${this.options.name}`);
  }

  private kubelet(): Kubelet {
    const { files, disk } = this;
    return new Kubelet({ ...this.options.kubelet, files, disk });
  }

  private containerd(): Containerd {
    const { name, containerdVersion, catalog, registry } = this.options;
    return new Containerd({
      machine: name, version: containerdVersion, state: this.runtime, files: this.files, network: this.network,
      processes: this.processes, catalog, registry,
    });
  }

  private startPlugins(): void {
    const id = `cni-plugins@${this.options.name}`;
    if (this.processes.isRunning(id)) return;
    this.processes.spawn({ id, machine: this.options.name, program: new CniPlugins(this.files, this.network) });
  }
}
