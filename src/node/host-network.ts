/**
 * The network of one machine as the programs on it shape it: CNI wires pod addresses and host ports, kindnetd keeps
 * routes, kube-proxy installs service rules. It is the machine's one address translation, host ports first.
 * Routes are kept and shown, not enforced: the simulated network reaches every pod address directly.
 */
import type { AddressTranslation, Network } from '../sim/network';

export interface Backend {
  readonly ip: string;
  readonly port: number;
}

/** Service rules as kube-proxy installs them; `source` is the caller's address where the network tells it. */
export interface ServiceRules {
  translate(ip: string, port: number, source?: string): Backend | 'reject' | undefined;
}

interface HostPort {
  /** Empty for all addresses of the machine. */
  readonly hostIP: string;
  readonly port: number;
  readonly backend: Backend;
}

export class MachineNetwork implements AddressTranslation {
  private readonly hostPorts = new Map<number, HostPort[]>();
  private readonly routeTable = new Map<string, string>();
  private rules: ServiceRules | undefined;

  constructor(
    private readonly network: Network,
    readonly machine: string,
    /** The machine's own address. */
    readonly address: string,
  ) {}

  /** Makes a pod address reachable on this machine. */
  addPodAddress(address: string): void {
    this.network.addAddress(address, this.machine);
  }

  removePodAddress(address: string): void {
    this.network.removeAddress(address);
  }

  /** What the portmap plug-in does for a container's hostPort. */
  addHostPort(hostIP: string, port: number, backend: Backend): void {
    const taken = this.hostPorts.get(port) ?? [];
    this.hostPorts.set(port, [...taken, { hostIP: hostIP === '0.0.0.0' ? '' : hostIP, port, backend }]);
  }

  /** Removes the host ports of a pod. */
  removeHostPorts(podIP: string): void {
    for (const [port, entries] of [...this.hostPorts]) {
      const rest = entries.filter((entry) => entry.backend.ip !== podIP);
      if (rest.length === 0) this.hostPorts.delete(port);
      else this.hostPorts.set(port, rest);
    }
  }

  setServiceRules(rules: ServiceRules | undefined): void {
    this.rules = rules;
  }

  /** The rules that are in the kernel now. */
  get serviceRules(): ServiceRules | undefined {
    return this.rules;
  }

  setRoute(cidr: string, via: string): void {
    this.routeTable.set(cidr, via);
  }

  removeRoute(cidr: string): void {
    this.routeTable.delete(cidr);
  }

  /** Routes to the pod networks of other nodes: CIDR to the node's address, in order of CIDR. */
  routes(): readonly { readonly cidr: string; readonly via: string }[] {
    return [...this.routeTable.keys()].sort().map((cidr) => ({ cidr, via: this.routeTable.get(cidr) ?? '' }));
  }

  translate(ip: string, port: number, source?: string): Backend | 'reject' | undefined {
    if (ip === this.address || ip === this.machine) {
      const entry = this.hostPorts.get(port)?.find(({ hostIP }) => hostIP === '' || hostIP === ip);
      if (entry) return entry.backend;
    }
    return this.rules?.translate(ip === this.machine ? this.address : ip, port, source);
  }
}
