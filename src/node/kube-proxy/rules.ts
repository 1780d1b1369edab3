/**
 * The service rules in one machine's kernel: they translate what programs dial, and stay when kube-proxy dies. Rules
 * are replaced service by service; which endpoints a rule leads to is worked out when somebody dials or looks. Models
 * what pkg/proxy/iptables writes: random choice (statistic), session affinity (recent), REJECT without endpoints, DROP
 * where a Local policy finds none on the node. The other modes of kube-proxy decide alike. Not modelled: masquerading,
 * connection tracking, loadBalancerSourceRanges. The network knows no protocol: of two ports with one number, one of
 * TCP and one of UDP, the one that the service names first answers both.
 */
import { compareText } from '../../base/freeze';
import type { EndpointSlice, Service } from '../../api/types';
import type { ProcessHost } from '../../sim/process';
import type { Backend, MachineNetwork, ServiceRules } from '../host-network';
import { hostNumber } from '../ip';
import { familyOf, type ServiceEndpoints, serviceEndpoints } from './endpoints';
import { type Frontend, type FrontendKind, frontendKey, frontendsOf } from './frontends';

/** The API's default of sessionAffinityConfig.clientIP.timeoutSeconds: three hours. */
const defaultAffinitySeconds = 10_800;

/** Dropped packets get no answer: they go to an address that no machine has, and the caller times out. */
const dropped: Backend = Object.freeze({ ip: '0.0.0.0', port: 0 });

/** One rule as views show it. Plain frozen data. */
export interface ServiceRule {
  /** `default/web:http`, the name of a service port in iptables' comments; without a port name `default/web`. */
  readonly servicePort: string;
  readonly kind: FrontendKind;
  readonly protocol: string;
  /** Empty for a node port: every address of the machine. */
  readonly ip: string;
  readonly port: number;
  readonly action: 'DNAT' | 'REJECT' | 'DROP';
  /** Where it leads, each with the same probability; empty unless the action is DNAT. */
  readonly backends: readonly Backend[];
  /** Set with session affinity ClientIP. */
  readonly affinitySeconds?: number;
}

/** What the kernel itself has: a clock and randomness. */
type Kernel = Pick<ProcessHost, 'nowMs' | 'random'>;

interface Affinity {
  readonly backend: Backend;
  readonly atMs: number;
}

/** The rules of one service. */
interface Entry {
  readonly key: string;
  readonly service: Service;
  readonly slices: readonly EndpointSlice[];
  readonly frontends: readonly Frontend[];
  /** Filled as it is asked for, by port and family. */
  readonly endpoints: Map<string, ServiceEndpoints>;
  /** Which backend a client got last, by service port and client; survives changes of the service. */
  readonly affinities: Map<string, Affinity>;
}

interface Match {
  readonly entry: Entry;
  readonly frontend: Frontend;
}

export class ServiceRuleTable implements ServiceRules {
  private readonly entries = new Map<string, Entry>();
  /** Frontends by key, the first one counts: two services may claim one external IP and port. */
  private readonly matches = new Map<string, Match[]>();
  private kernel: Kernel | undefined;
  private podCIDRs: readonly string[] = [];

  constructor(private readonly network: Pick<MachineNetwork, 'machine' | 'address'>) {}

  /** Puts the table into use on the machine of that process; it goes on when the process has ended. */
  install(kernel: Kernel): void {
    this.kernel = kernel;
  }

  /** Pod networks of this node: traffic from there is the node's own. */
  setPodCIDRs(cidrs: readonly string[]): void {
    this.podCIDRs = cidrs;
  }

  /** Replaces the rules of one service; `service` undefined removes them. The key is `namespace/name`. */
  set(key: string, service: Service | undefined, slices: readonly EndpointSlice[]): void {
    const before = this.entries.get(key);
    if (before) this.unlink(before);
    const frontends = service ? frontendsOf(service) : [];
    if (!service || frontends.length === 0) {
      this.entries.delete(key);
      return;
    }
    const affinities = before?.affinities ?? new Map<string, Affinity>();
    const entry: Entry = { key, service, slices, frontends, endpoints: new Map(), affinities };
    this.entries.set(key, entry);
    for (const frontend of frontends) {
      const at = frontendKey(frontend.ip, frontend.port);
      const matches = this.matches.get(at);
      if (matches) matches.push({ entry, frontend });
      else this.matches.set(at, [{ entry, frontend }]);
    }
  }

  /** The services that have rules, as `namespace/name`. */
  keys(): readonly string[] {
    return [...this.entries.keys()];
  }

  /**
   * Where a packet to an address goes: a backend chosen at random, or the one that the client had before; `reject` when
   * the service has no endpoints. Without `source` the packet counts as the machine's own.
   */
  translate(ip: string, port: number, source?: string): Backend | 'reject' | undefined {
    const match = this.find(ip, port);
    if (!match) return undefined;
    const { usable, elsewhere } = this.endpointsFor(match, this.isOwn(source));
    if (usable.length === 0) return elsewhere ? dropped : 'reject';
    return this.choose(match, usable, source ?? '');
  }

  /**
   * All rules in the order in which KUBE-SERVICES matches them: by service port, node ports last. Rules of a Local
   * external policy show what traffic from outside the node gets.
   */
  rules(): readonly ServiceRule[] {
    const rules: ServiceRule[] = [];
    for (const entry of this.entries.values()) {
      for (const frontend of entry.frontends) rules.push(this.rule({ entry, frontend }));
    }
    const rank = ({ kind }: ServiceRule): number => (kind === 'nodePort' ? 1 : 0);
    return Object.freeze(rules.sort((a, b) => rank(a) - rank(b) || compareText(a.servicePort, b.servicePort)));
  }

  private rule(match: Match): ServiceRule {
    const { entry: { key, service }, frontend: { kind, ip, port, servicePort } } = match;
    const { usable, elsewhere } = this.endpointsFor(match, false);
    const affinity = affinitySeconds(service);
    return Object.freeze({
      servicePort: servicePort.name ? `${key}:${servicePort.name}` : key,
      kind,
      protocol: servicePort.protocol ?? 'TCP',
      ip,
      port,
      action: usable.length > 0 ? 'DNAT' : elsewhere ? 'DROP' : 'REJECT',
      backends: usable,
      ...(affinity === undefined ? {} : { affinitySeconds: affinity }),
    });
  }

  private find(ip: string, port: number): Match | undefined {
    const match = this.matches.get(frontendKey(ip, port))?.[0];
    return match ?? (ip === this.network.address ? this.matches.get(frontendKey('', port))?.[0] : undefined);
  }

  /** The endpoints that a rule may use, and whether there are others on other nodes. */
  private endpointsFor(match: Match, own: boolean): { usable: readonly Backend[]; elsewhere: boolean } {
    const { entry, frontend } = match;
    const { cluster, local } = this.endpoints(entry, frontend);
    const { internalTrafficPolicy, externalTrafficPolicy } = entry.service.spec;
    // Traffic of the node itself and of its pods takes a short cut around an external policy of Local.
    const isLocal = frontend.kind === 'clusterIP' ? internalTrafficPolicy === 'Local'
      : externalTrafficPolicy === 'Local' && !own;
    return { usable: isLocal ? local : cluster, elsewhere: cluster.length > 0 };
  }

  private endpoints({ slices, endpoints }: Entry, { ip, servicePort }: Frontend): ServiceEndpoints {
    const family = familyOf(ip === '' ? this.network.address : ip);
    const key = `${portKey(servicePort)}/${family}`;
    let found = endpoints.get(key);
    if (!found) {
      found = serviceEndpoints(slices, servicePort, family, this.network.machine);
      endpoints.set(key, found);
    }
    return found;
  }

  private choose({ entry, frontend }: Match, usable: readonly Backend[], source: string): Backend {
    const { kernel } = this;
    const seconds = affinitySeconds(entry.service);
    if (seconds === undefined || !kernel) return this.pick(usable);
    const client = `${portKey(frontend.servicePort)}/${source}`;
    const { nowMs } = kernel;
    const known = entry.affinities.get(client);
    const kept = known && nowMs - known.atMs < seconds * 1000
      ? usable.find(({ ip, port }) => ip === known.backend.ip && port === known.backend.port)
      : undefined;
    const backend = kept ?? this.pick(usable);
    entry.affinities.set(client, { backend, atMs: nowMs });
    return backend;
  }

  private pick(usable: readonly Backend[]): Backend {
    const index = usable.length > 1 && this.kernel ? this.kernel.random('statistic').below(usable.length) : 0;
    return usable[index] as Backend;
  }

  private isOwn(source: string | undefined): boolean {
    return source === undefined || source === this.network.address
      || this.podCIDRs.some((cidr) => isPodOf(cidr, source));
  }

  private unlink(entry: Entry): void {
    for (const { ip, port } of entry.frontends) {
      const key = frontendKey(ip, port);
      const rest = (this.matches.get(key) ?? []).filter((match) => match.entry !== entry);
      if (rest.length === 0) this.matches.delete(key);
      else this.matches.set(key, rest);
    }
  }
}

/** Whether a pod network holds an address; those of IPv6 are written as the network's own prefix and a number. */
function isPodOf(cidr: string, address: string): boolean {
  if (familyOf(cidr) !== familyOf(address)) return false;
  if (familyOf(cidr) === 'IPv4') return hostNumber(cidr, address) > 0;
  return address.startsWith(cidr.slice(0, cidr.indexOf('/')));
}

function portKey({ name, protocol }: Frontend['servicePort']): string {
  return `${name ?? ''}/${protocol ?? 'TCP'}`;
}

/** How long a client keeps its backend, in seconds; undefined without session affinity. */
function affinitySeconds({ spec }: Service): number | undefined {
  if (spec.sessionAffinity !== 'ClientIP') return undefined;
  return spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? defaultAffinitySeconds;
}
