/**
 * Slices of at most 100 endpoints: which to create, update and delete so that they hold the desired endpoints while as
 * few as possible are written. Pure functions. Models staging/src/k8s.io/endpointslice/reconciler.go.
 */
import { compareText, equal, sortedKeys } from '../../base/freeze';
import { newControllerRef } from '../../api/object';
import type { DiscoveryV1EndpointPort, Endpoint, EndpointSlice, NewObject, Service } from '../../api/types';
import type { AddressType } from './endpoints';

const maxEndpointsPerSlice = 100;

export const serviceNameLabel = 'kubernetes.io/service-name';
export const managedByLabel = 'endpointslice.kubernetes.io/managed-by';
export const controllerName = 'endpointslice-controller.k8s.io';
const headlessLabel = 'service.kubernetes.io/headless';
const triggerTimeAnnotation = 'endpoints.kubernetes.io/last-change-trigger-time';

/** An endpoint that is desired, with the last round of reconciling that found it in a slice. */
interface Wanted {
  endpoint: Endpoint;
  foundIn: number;
}

/** Endpoints that share their ports. */
export class PortGroup {
  /** By the uid of the pod. */
  readonly wanted = new Map<string, Wanted>();
  /** Counts the rounds, so that none has to copy what is wanted to know what it has found. */
  round = 0;

  constructor(readonly ports: readonly DiscoveryV1EndpointPort[]) {}

  put(uid: string, endpoint: Endpoint): void {
    this.wanted.set(uid, { endpoint, foundIn: 0 });
  }

  /** The endpoints that this round has found in no slice. */
  notFound(): Endpoint[] {
    const left: Endpoint[] = [];
    for (const { endpoint, foundIn } of this.wanted.values()) if (foundIn !== this.round) left.push(endpoint);
    return left;
  }
}

export interface SliceChanges {
  readonly create: NewObject<EndpointSlice>[];
  readonly update: EndpointSlice[];
  readonly delete: EndpointSlice[];
}

/** A text that two lists of ports share exactly when they are the same ports. */
export function portsKey(ports: readonly DiscoveryV1EndpointPort[] | undefined): string {
  return (ports ?? [])
    .map(({ name = '', protocol = 'TCP', port = 0, appProtocol = '' }) => [name, protocol, port, appProtocol].join(' '))
    .sort(compareText).join(',');
}

/**
 * The changes for one address family of a Service. `existing` are its slices of that family that are not being deleted,
 * `desired` the endpoints by ports.
 */
export function reconcileSlices(
  service: Service, type: AddressType, existing: readonly EndpointSlice[], desired: ReadonlyMap<string, PortGroup>,
): SliceChanges {
  const changes: SliceChanges = { create: [], update: [], delete: [] };
  const byPorts = new Map<string, EndpointSlice[]>();
  for (const slice of existing) {
    const key = portsKey(slice.ports);
    const slices = byPorts.get(key);
    if (slices) slices.push(slice);
    else byPorts.set(key, [slice]);
  }
  for (const [key, group] of desired) {
    reconcileGroup(service, type, byPorts.get(key) ?? [], group, changes);
    byPorts.delete(key);
  }
  for (const slices of byPorts.values()) changes.delete.push(...slices);
  addPlaceholder(service, type, existing, changes);
  return reuse(service, changes);
}

function reconcileGroup(
  service: Service, type: AddressType, existing: readonly EndpointSlice[], group: PortGroup, changes: SliceChanges,
): void {
  const unchanged: EndpointSlice[] = [];
  const changed: EndpointSlice[] = [];
  group.round += 1;
  let found = 0;
  for (const slice of existing) {
    const before = slice.endpoints ?? [];
    const kept = keptEndpoints(before, group);
    found += kept.length;
    const labels = sliceLabels(service, slice);
    if (kept !== before && kept.length === 0) changes.delete.push(slice);
    else if (kept !== before || !equal(labels, slice.metadata.labels)) {
      changed.push({ ...slice, metadata: { ...slice.metadata, labels }, endpoints: kept });
    } else unchanged.push(slice);
  }
  const left = found === group.wanted.size ? [] : group.notFound();
  // The fullest of those that are written anyway are filled first.
  const filled = changed.sort((a, b) => sizeOf(b) - sizeOf(a)).map((slice) => fill(slice, left));
  while (left.length > 0) {
    const fitting = left.length < maxEndpointsPerSlice ? bestFit(unchanged, left.length) : undefined;
    if (fitting) {
      unchanged.splice(unchanged.indexOf(fitting), 1);
      filled.push(fill(fitting, left));
    } else {
      changes.create.push(fill(newSlice(service, type, group.ports), left));
    }
  }
  changes.update.push(...filled);
}

/**
 * The endpoints of a slice that are still desired, as they are desired; the same list when all are as they were. One
 * that is equal to what is desired becomes what is desired, so that the next comparison is one of references.
 */
function keptEndpoints(before: readonly Endpoint[], group: PortGroup): readonly Endpoint[] {
  const kept: Endpoint[] = [];
  let same = true;
  for (const endpoint of before) {
    const wanted = group.wanted.get(endpoint.targetRef?.uid ?? '');
    const stays = wanted !== undefined && wanted.foundIn !== group.round
      && (wanted.endpoint === endpoint || equal(wanted.endpoint.addresses, endpoint.addresses));
    if (!stays) {
      same = false;
      continue;
    }
    wanted.foundIn = group.round;
    if (equal(wanted.endpoint, endpoint)) wanted.endpoint = endpoint;
    else same = false;
    kept.push(wanted.endpoint);
  }
  return same ? before : kept;
}

function sizeOf(slice: { readonly endpoints?: readonly Endpoint[] }): number {
  return slice.endpoints?.length ?? 0;
}

/** Moves endpoints from `left` into the slice until it is full. */
function fill<T extends { readonly endpoints?: readonly Endpoint[] }>(slice: T, left: Endpoint[]): T {
  const moved = left.splice(0, maxEndpointsPerSlice - sizeOf(slice));
  return moved.length === 0 ? slice : { ...slice, endpoints: [...(slice.endpoints ?? []), ...moved] };
}

/** The slice that comes closest to being full when it takes that many more. */
function bestFit(slices: readonly EndpointSlice[], count: number): EndpointSlice | undefined {
  let best: EndpointSlice | undefined;
  for (const slice of slices) {
    if (sizeOf(slice) + count > maxEndpointsPerSlice) continue;
    if (!best || sizeOf(slice) > sizeOf(best)) best = slice;
  }
  return best;
}

/** A Service without endpoints keeps one empty slice, so that clients can tell it from one that is not known yet. */
function addPlaceholder(
  service: Service, type: AddressType, existing: readonly EndpointSlice[], changes: SliceChanges,
): void {
  if (existing.length !== changes.delete.length || changes.create.length > 0) return;
  const placeholder = newSlice(service, type, []);
  const [only] = changes.delete;
  const isPlaceholder = changes.delete.length === 1 && only !== undefined && sizeOf(only) === 0
    && (only.ports ?? []).length === 0 && equal(only.metadata.labels, placeholder.metadata.labels);
  if (isPlaceholder) changes.delete.length = 0;
  else changes.create.push(placeholder);
}

/** Slices that would be deleted take over the contents of slices that would be created. */
function reuse(service: Service, changes: SliceChanges): SliceChanges {
  while (changes.create.length > 0 && changes.delete.length > 0) {
    const { endpoints, ports } = changes.create.shift() as NewObject<EndpointSlice>;
    const slice = changes.delete.shift() as EndpointSlice;
    const metadata = { ...slice.metadata, labels: sliceLabels(service, slice) };
    changes.update.push({ ...slice, metadata, endpoints, ports });
  }
  return changes;
}

function newSlice(
  service: Service, type: AddressType, ports: readonly DiscoveryV1EndpointPort[],
): NewObject<EndpointSlice> {
  const { namespace, name } = service.metadata;
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      namespace,
      generateName: `${name}-`,
      labels: sliceLabels(service, undefined),
      ownerReferences: [newControllerRef(service)],
    },
    addressType: type,
    endpoints: [],
    ports,
  };
}

/** The Service's labels and the reserved ones that tie a slice to its Service and to this controller. */
function sliceLabels(service: Service, slice: EndpointSlice | undefined): Readonly<Record<string, string>> {
  const reserved = new Set([headlessLabel, serviceNameLabel, managedByLabel]);
  const labels: Record<string, string> = {};
  for (const key of sortedKeys(slice?.metadata.labels)) {
    if (reserved.has(key)) labels[key] = slice?.metadata.labels?.[key] as string;
  }
  for (const key of sortedKeys(service.metadata.labels)) {
    if (!reserved.has(key)) labels[key] = service.metadata.labels?.[key] as string;
  }
  delete labels[headlessLabel];
  if (service.spec.clusterIP === 'None') labels[headlessLabel] = '';
  labels[serviceNameLabel] = service.metadata.name;
  labels[managedByLabel] = controllerName;
  return labels;
}

/** A slice that says when the change happened to which it owes this state; without one the annotation goes. */
export function withTriggerTime<T extends { readonly metadata: NewObject<EndpointSlice>['metadata'] }>(
  slice: T, time: string | undefined,
): T {
  const { [triggerTimeAnnotation]: _old, ...rest } = slice.metadata.annotations ?? {};
  const annotations = time === undefined ? rest : { ...rest, [triggerTimeAnnotation]: time };
  const { annotations: _before, ...metadata } = slice.metadata;
  const kept = Object.keys(annotations).length === 0 ? metadata : { ...metadata, annotations };
  return { ...slice, metadata: kept };
}
