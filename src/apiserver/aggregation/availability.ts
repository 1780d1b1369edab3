/**
 * Whether the server behind an APIService can be used, and what its condition says about it. Models the sync of
 * kube-aggregator's pkg/controllers/status/remote, which tries five times side by side where this asks once.
 */
import { endpointSlices, services } from '../../api/resources';
import type { APIServiceCondition, EndpointSlice } from '../../api/types';
import type { ProcessHost } from '../../sim/process';
import type { Task } from '../../sim/task';
import type { ObjectReader } from '../objects';
import { ask } from './exchange';
import { discoveryPath, portOf, type RemoteApiService, resolveService } from './location';

const checkTimeoutMs = 5_000;

/** What a check found, without the time. */
export type Availability = Pick<APIServiceCondition, 'status'> & { readonly reason: string; readonly message: string };

/** Whether the APIService is known to be available. */
export function isAvailable({ status }: RemoteApiService): boolean {
  return status?.conditions?.some((each) => each.type === 'Available' && each.status === 'True') ?? false;
}

/** Looks at the Service and its endpoints, and then asks the server behind them for its discovery document. */
export function* checkAvailability(
  host: ProcessHost, objects: ObjectReader, service: RemoteApiService,
): Task<Availability> {
  const missing = findMissing(objects, service);
  if (missing) return { status: 'False', ...missing };
  const failed = (message: string): Availability => ({ status: 'False', reason: 'FailedDiscoveryCheck', message });
  const resolved = resolveService(objects, service);
  if ('error' in resolved) return failed(resolved.error);
  const path = discoveryPath(service);
  const url = `https://${resolved.address}${path}`;
  const exchanged = yield* ask(host, resolved.address, path, '*/*', checkTimeoutMs);
  const noAnswer = `failing or missing response from ${url}: `;
  if ('error' in exchanged) return failed(`${noAnswer}Get "${url}": ${exchanged.error}`);
  const { code } = exchanged.response;
  if (code < 200 || code >= 300) return failed(`${noAnswer}bad status from ${url}: ${code}`);
  return { status: 'True', reason: 'Passed', message: 'all checks passed' };
}

function findMissing(objects: ObjectReader, service: RemoteApiService): Omit<Availability, 'status'> | undefined {
  const { namespace = '', name = '' } = service.spec.service;
  const port = portOf(service);
  const found = objects.get(services, namespace, name);
  if (!found) return { reason: 'ServiceNotFound', message: `service/${name} in "${namespace}" is not present` };
  if (found.spec.type !== 'ClusterIP') return undefined;
  const servicePort = found.spec.ports?.find((each) => each.port === port);
  if (!servicePort) {
    const message = `service/${name} in "${namespace}" is not listening on port ${port}`;
    return { reason: 'ServicePortError', message };
  }
  const slices = objects.list(endpointSlices, namespace)
    .filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === name);
  if (slices.length === 0) {
    const message = `cannot find endpointslices for service/${name} in "${namespace}"`;
    return { reason: 'EndpointsNotFound', message };
  }
  const portName = servicePort.name ?? '';
  if (slices.some((slice) => hasEndpoint(slice, portName))) return undefined;
  const message = `endpointslices for service/${name} in "${namespace}" have no addresses with port name "${portName}"`;
  return { reason: 'MissingEndpoints', message };
}

function hasEndpoint({ endpoints = [], ports = [] }: EndpointSlice, portName: string): boolean {
  return endpoints.some(({ conditions }) => conditions?.ready !== false)
    && ports.some(({ name, port }) => (name ?? '') === portName && port !== undefined);
}
