/**
 * Node ports: which a Service gets, and the one record in etcd of those in use. Models pkg/registry/core/service/
 * portallocator and the node port part of storage/alloc.go. The record's data is a bitmap upstream and a list here.
 */
import type { RandomStream } from '../../../base/random';
import { child, type FieldError, index, invalid } from '../../../api/field-errors';
import type { Service, ServicePort, ServiceSpec } from '../../../api/types';
import { withSpec } from './ip-families';

/** --service-node-port-range. */
const firstPort = 30_000;
const lastPort = 32_767;
/** The lower ports are left to those who ask for one: min(max(16, size / 32), 128). */
const staticBand = 86;

/** The record under /registry/ranges/servicenodeports. */
export interface PortRange {
  readonly apiVersion: 'v1';
  readonly kind: 'RangeAllocation';
  readonly range: string;
  readonly ports: readonly number[];
}

export function portRange(ports: Iterable<number>): PortRange {
  const sorted = [...ports].sort((a, b) => a - b);
  return { apiVersion: 'v1', kind: 'RangeAllocation', range: `${firstPort}-${lastPort}`, ports: sorted };
}

/** Whether the type of a Service has node ports at all. */
export function needsNodePorts(spec: ServiceSpec | undefined): boolean {
  return spec?.type === 'NodePort' || spec?.type === 'LoadBalancer';
}

function needsHealthCheckPort(spec: ServiceSpec | undefined): boolean {
  return spec?.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local';
}

/** All node ports that a Service holds. */
export function nodePortsOf(service: Service | undefined): Set<number> {
  const ports = new Set<number>();
  if (!needsNodePorts(service?.spec)) return ports;
  for (const port of service?.spec?.ports ?? []) if (port.nodePort) ports.add(port.nodePort);
  if (service?.spec?.healthCheckNodePort) ports.add(service.spec.healthCheckNodePort);
  return ports;
}

/** Values that a client may leave out of an update keep what was allocated: patchAllocatedValues. */
export function keepNodePorts(service: Service, old: Service): Service {
  if (!needsNodePorts(service.spec) || !needsNodePorts(old.spec)) return service;
  const used = new Set((service.spec?.ports ?? []).map((port) => port.nodePort ?? 0));
  const ports = (service.spec?.ports ?? []).map((port): ServicePort => {
    if (port.nodePort) return port;
    const same = old.spec?.ports?.find((other) => other.port === port.port && other.protocol === port.protocol);
    if (!same?.nodePort || used.has(same.nodePort)) return port;
    used.add(same.nodePort);
    return { ...port, nodePort: same.nodePort };
  });
  const keepsHealthCheck = needsHealthCheckPort(service.spec) && needsHealthCheckPort(old.spec)
    && !service.spec?.healthCheckNodePort;
  const healthCheckNodePort = keepsHealthCheck ? old.spec?.healthCheckNodePort : service.spec?.healthCheckNodePort;
  return withSpec(service, { ports, ...(healthCheckNodePort ? { healthCheckNodePort } : {}) });
}

/** The Service with its node ports, or what is wrong with those it asked for, or `full` when none is left. */
export function allocateNodePorts(
  service: Service, old: Service | undefined, taken: ReadonlySet<number>, random: RandomStream,
): Service | readonly FieldError[] | 'full' {
  const spec = service.spec as ServiceSpec;
  const own = nodePortsOf(old);
  const used = new Set(taken);
  /** Node ports by service port, so that TCP and UDP of one port share a node port. */
  const shared = new Map<number, number>();
  const errors: FieldError[] = [];
  const ports: ServicePort[] = [];
  let full = false;
  for (const [i, port] of (spec.ports ?? []).entries()) {
    const requested = port.nodePort || (old ? 0 : requestedFor(port.port, spec.ports ?? []));
    if (requested) {
      const path = child(index('spec.ports', i), 'nodePort');
      const isShared = shared.get(port.port) === requested || own.has(requested);
      const problem = isShared ? undefined : portProblem(requested, used);
      if (problem !== undefined) errors.push(invalid(path, requested, problem));
      used.add(requested);
      shared.set(port.port, requested);
      ports.push({ ...port, nodePort: requested });
    } else if (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts === false) {
      ports.push(port);
    } else {
      const nodePort = shared.get(port.port) ?? pickPort(used, random);
      if (nodePort === undefined) {
        full = true;
        break;
      }
      used.add(nodePort);
      shared.set(port.port, nodePort);
      ports.push({ ...port, nodePort });
    }
  }
  if (errors.length > 0) return errors.slice(0, 1);
  if (full) return 'full';
  const healthCheckNodePort = needsHealthCheckPort(spec)
    ? spec.healthCheckNodePort || pickPort(used, random) : undefined;
  return withSpec(service, { ports, ...(healthCheckNodePort ? { healthCheckNodePort } : {}) });
}

function requestedFor(port: number, ports: readonly ServicePort[]): number {
  return ports.find((other) => other.port === port && other.nodePort)?.nodePort ?? 0;
}

function portProblem(port: number, used: ReadonlySet<number>): string | undefined {
  if (port < firstPort || port > lastPort) {
    return `provided port is not in the valid range. The range of valid ports is ${firstPort}-${lastPort}`;
  }
  return used.has(port) ? 'provided port is already allocated' : undefined;
}

function pickPort(used: ReadonlySet<number>, random: RandomStream): number | undefined {
  const from = firstPort + staticBand;
  const upper = lastPort - from + 1;
  const start = random.below(upper);
  for (let i = 0; i < upper; i += 1) {
    const port = from + ((start + i) % upper);
    if (!used.has(port)) return port;
  }
  for (let port = firstPort; port < from; port += 1) if (!used.has(port)) return port;
  return undefined;
}
