/**
 * The simulated network: machines with addresses, sockets that processes listen on, links that can be cut, and the
 * address translation that each machine's service rules do. It decides where a dialled address leads; it moves nothing.
 */
import { assert } from '../base/assert';
import type { ProcessId } from '../protocol/trace';

/** Latency of one message between two machines of the same bridge; on one machine it is 0. */
export const linkLatencyMs = 1;
/** What a machine's own services have taken before the first process of the run. */
const firstPid = 100;

/** Destination translation on one machine, as kube-proxy's rules do it for Service addresses. */
export interface AddressTranslation {
  /**
   * The backend to dial instead for a caller at `source`; `reject` when there is none; undefined when no rule matches.
   */
  translate(
    ip: string,
    port: number,
    source: string,
  ): { readonly ip: string; readonly port: number } | 'reject' | undefined;
}

export interface Machine {
  readonly name: string;
  readonly address: string;
  /** False while it is switched off: nothing on it runs or answers. */
  up: boolean;
  /** The number that the last process on it got; the kernel counts up. */
  lastPid: number;
  /** Set by the machine's kube-proxy. */
  translation?: AddressTranslation;
}

export type Route =
  | { readonly kind: 'process'; readonly process: ProcessId; readonly machine: string; readonly port: string }
  | { readonly kind: 'refused'; readonly machine: string }
  | { readonly kind: 'unreachable' };

export class Network {
  private readonly machines = new Map<string, Machine>();
  /** Machine names and machine addresses, and pod addresses, to the machine they are on. */
  private readonly locations = new Map<string, string>();
  private readonly listeners = new Map<string, ProcessId>();
  private readonly cuts = new Set<string>();
  /** Whose next message is to be lost, each with the only receiver that counts, or without. */
  private drops: { readonly from: ProcessId; readonly to: ProcessId | undefined }[] = [];

  addMachine(name: string, address: string): Machine {
    assert(!this.machines.has(name), `machine ${name} exists already`);
    const machine: Machine = { name, address, up: true, lastPid: firstPid };
    this.machines.set(name, machine);
    this.locations.set(name, name);
    this.locations.set(address, name);
    return machine;
  }

  removeMachine(name: string): void {
    this.machines.delete(name);
    for (const [address, at] of [...this.locations]) if (at === name) this.locations.delete(address);
    for (const key of [...this.listeners.keys()]) if (key.startsWith(`${name}|`)) this.listeners.delete(key);
  }

  machine(name: string): Machine | undefined {
    return this.machines.get(name);
  }

  /** Makes a pod's address reachable; the CNI plugin does this when it has wired a sandbox. */
  addAddress(address: string, machine: string): void {
    this.locations.set(address, machine);
  }

  removeAddress(address: string): void {
    this.locations.delete(address);
  }

  listen(machine: string, address: string, port: number | string, process: ProcessId): () => void {
    const key = listenerKey(machine, address, String(port));
    this.listeners.set(key, process);
    return () => {
      if (this.listeners.get(key) === process) this.listeners.delete(key);
    };
  }

  /** Where a call from a process at (machine, address) to `to` leads now. */
  route(fromMachine: string, fromAddress: string, to: string): Route {
    if (to.startsWith('unix://')) return this.local(fromMachine, '', to);
    const colon = to.lastIndexOf(':');
    let host = to.slice(0, colon);
    let port = to.slice(colon + 1);
    if (host === '127.0.0.1' || host === 'localhost') return this.local(fromMachine, fromAddress, port);
    const outgoing = this.machines.get(fromMachine)?.translation?.translate(host, Number(port), fromAddress);
    if (outgoing === 'reject') return { kind: 'refused', machine: fromMachine };
    if (outgoing) [host, port] = [outgoing.ip, String(outgoing.port)];
    const machine = this.machineAt(host);
    if (!machine?.up) return { kind: 'unreachable' };
    const own = host === machine.name || host === machine.address;
    // What arrives from elsewhere at a machine's own address passes its rules too: node ports and host ports.
    const incoming = own && machine.name !== fromMachine
      ? machine.translation?.translate(machine.address, Number(port), fromAddress)
      : undefined;
    if (incoming === 'reject') return { kind: 'refused', machine: machine.name };
    if (!incoming) return this.local(machine.name, own ? machine.address : host, port);
    const backend = this.machineAt(incoming.ip);
    return backend?.up ? this.local(backend.name, incoming.ip, String(incoming.port)) : { kind: 'unreachable' };
  }

  private machineAt(host: string): Machine | undefined {
    const at = this.locations.get(host);
    return at === undefined ? undefined : this.machines.get(at);
  }

  /** Cuts or heals the link between two machines, both ways. */
  setCut(a: string, b: string, cut: boolean): void {
    if (cut) this.cuts.add(linkKey(a, b));
    else this.cuts.delete(linkKey(a, b));
  }

  isCut(a: string, b: string): boolean {
    return a !== b && this.cuts.size > 0 && this.cuts.has(linkKey(a, b));
  }

  /** The next message of that process is lost on its way; `to`: the next one to that receiver. */
  dropNext(from: ProcessId, to: ProcessId | undefined): void {
    this.drops.push({ from, to });
  }

  /** Whether a message is one that is to be lost; it is lost once. */
  takesDrop(from: ProcessId, to: ProcessId): boolean {
    if (this.drops.length === 0) return false;
    const found = this.drops.find((drop) => drop.from === from && (drop.to === undefined || drop.to === to));
    if (found) this.drops = this.drops.filter((drop) => drop !== found);
    return found !== undefined;
  }

  private local(machine: string, address: string, port: string): Route {
    const process = this.listeners.get(listenerKey(machine, address, port));
    return process === undefined ? { kind: 'refused', machine } : { kind: 'process', process, machine, port };
  }
}

function listenerKey(machine: string, address: string, port: string): string {
  return port.startsWith('unix://') ? `${machine}||${port}` : `${machine}|${address}|${port}`;
}

function linkKey(a: string, b: string): string {
  return a < b ? `${a}|${b}` : `${b}|${a}`;
}
