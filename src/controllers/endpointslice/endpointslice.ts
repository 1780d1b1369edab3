/**
 * endpointslice-controller: keeps the EndpointSlices of every Service with a selector equal to the pods it selects.
 * Models pkg/controller/endpointslice; topology hints are not modelled.
 */
import { controllerOf, isDeleting, keyFrom, objectKey } from '../../api/object';
import * as resources from '../../api/resources';
import type { EndpointSlice, Node, Pod, Service } from '../../api/types';
import type { ApiClient } from '../../client/api-client';
import { type Controller, done, failed, type ReconcileResult } from '../../client/controller';
import type { Informer } from '../../client/informer';
import type { Task } from '../../sim/task';
import { type ControllerContext, type ControllerLoop, type EventSink, type Failure, foregroundLoop } from '../context';
import { indexByNamespace, indexByNode, inNamespace, podsOnNode } from '../indexes';
import { isPodReady } from '../pods/pod-state';
import { type AddressType, zoneLabel } from './endpoints';
import { ServiceEndpoints } from './service-endpoints';
import {
  controllerName, managedByLabel, reconcileSlices, serviceNameLabel, type SliceChanges, withTriggerTime,
} from './slices';
import { SliceTracker } from './tracker';

const byService = 'service';

/** The controller, ready to start. */
export function endpointSliceController(context: ControllerContext): ControllerLoop {
  return new EndpointSliceController(context).loop;
}

class EndpointSliceController {
  readonly loop: Controller;
  private readonly client: ApiClient;
  private readonly events: EventSink;
  private readonly services: Informer<Service>;
  private readonly pods: Informer<Pod>;
  private readonly nodes: Informer<Node>;
  private readonly slices: Informer<EndpointSlice>;
  private readonly tracker = new SliceTracker();
  /** Services with a selector, by namespace and then by key. */
  private readonly endpoints = new Map<string, Map<string, ServiceEndpoints>>();

  constructor({ host, informers, client, recorder }: ControllerContext) {
    this.client = client('endpointslice-controller');
    this.events = recorder(this.client, 'endpoint-slice-controller');
    this.services = informers.of(resources.services);
    this.pods = informers.of(resources.pods);
    this.nodes = informers.of(resources.nodes);
    this.slices = informers.of(resources.endpointSlices);
    this.loop = foregroundLoop(host, { name: 'endpointslice-controller', reconcile: (key) => this.sync(key) });
    indexByNamespace(this.pods);
    indexByNode(this.pods);
    this.slices.addIndex(byService, (slice) => (isOurs(slice) ? [serviceKeyOf(slice)] : []));
    this.watch();
  }

  // --- what the informers tell -------------------------------------------------------------------------------------

  private watch(): void {
    this.services.addHandlers({
      added: (service) => this.serviceChanged(service),
      updated: (service, before) => this.serviceChanged(service, before),
      deleted: (service) => {
        this.endpoints.get(service.metadata.namespace ?? '')?.delete(objectKey(service));
        this.loop.add(objectKey(service));
      },
    });
    this.pods.addHandlers({
      added: (pod) => this.podChanged(pod),
      updated: (pod, before) => {
        if (concernsEndpoints(pod, before)) this.podChanged(pod);
      },
      deleted: (pod) => this.podGone(pod),
    });
    this.slices.addHandlers({
      added: (slice) => this.sliceSeen(slice),
      updated: (slice) => this.sliceSeen(slice),
      deleted: (slice) => this.sliceGone(slice),
    });
    const nodeChanged = (node: Node): void => {
      for (const pod of podsOnNode(this.pods, node.metadata.name)) this.podChanged(pod);
    };
    this.nodes.addHandlers({
      added: nodeChanged,
      updated: (node, before) => {
        if (node.metadata.labels?.[zoneLabel] !== before.metadata.labels?.[zoneLabel]) nodeChanged(node);
      },
    });
  }

  private serviceChanged(service: Service, before?: Service): void {
    const key = objectKey(service);
    const { namespace = '' } = service.metadata;
    let services = this.endpoints.get(namespace);
    if (!services) {
      services = new Map();
      this.endpoints.set(namespace, services);
    }
    if (!service.spec.selector || service.spec.type === 'ExternalName') {
      services.delete(key);
    } else if (!before || before.spec !== service.spec) {
      const nodeOf = (name: string): Node | undefined => this.nodes.byKey(name);
      const endpoints = new ServiceEndpoints(service, nodeOf, services.get(key));
      services.set(key, endpoints);
      for (const pod of inNamespace(this.pods, namespace)) if (endpoints.selects(pod)) endpoints.put(pod);
    }
    this.loop.add(key);
  }

  private podChanged(pod: Pod): void {
    for (const [key, endpoints] of this.endpoints.get(pod.metadata.namespace ?? '') ?? []) {
      if (endpoints.selects(pod)) endpoints.put(pod);
      else if (endpoints.has(pod)) endpoints.remove(pod);
      else continue;
      this.loop.add(key);
    }
  }

  private podGone(pod: Pod): void {
    for (const [key, endpoints] of this.endpoints.get(pod.metadata.namespace ?? '') ?? []) {
      if (!endpoints.has(pod)) continue;
      endpoints.remove(pod);
      this.loop.add(key);
    }
  }

  private sliceSeen(slice: EndpointSlice): void {
    if (!isOurs(slice)) return;
    const key = serviceKeyOf(slice);
    if (this.tracker.isForeign(key, slice)) this.loop.add(key);
  }

  private sliceGone(slice: EndpointSlice): void {
    if (!isOurs(slice)) return;
    const key = serviceKeyOf(slice);
    if (!this.tracker.has(key, slice.metadata.name)) return;
    this.tracker.removed(key, slice.metadata.name);
    this.loop.add(key);
  }

  // --- reconciling ---------------------------------------------------------------------------------------------------

  private *sync(key: string): Task<ReconcileResult> {
    const service = this.services.byKey(key);
    if (!service) {
      // Slices of a Service that is gone are collected by their owner reference.
      this.tracker.forget(key);
      return done;
    }
    const endpoints = this.endpoints.get(service.metadata.namespace ?? '')?.get(key);
    if (!endpoints) return done;
    const slices = this.slices.byIndex(byService, key);
    if (this.tracker.isAheadOf(key, slices)) return failed('EndpointSlice informer cache is out of date');
    const failure = yield* this.reconcile(key, service, endpoints, slices);
    if (failure === undefined) return done;
    const message = `Error updating Endpoint Slices for Service ${key}: ${failure}`;
    this.events.event(service, 'Warning', 'FailedToUpdateEndpointSlices', message);
    return failed(failure);
  }

  private *reconcile(
    key: string, service: Service, endpoints: ServiceEndpoints, slices: readonly EndpointSlice[],
  ): Task<Failure> {
    if (slices.some((slice) => isDeleting(slice))) return undefined;
    const time = endpoints.takeFirstChange();
    for (const slice of slices) {
      if (endpoints.types.includes(slice.addressType as AddressType)) continue;
      const failure = yield* this.remove(key, slice);
      if (failure !== undefined) return failure;
    }
    for (const type of endpoints.types) {
      const existing = slices.filter((slice) => slice.addressType === type);
      const changes = reconcileSlices(service, type, existing, endpoints.desired(type));
      const failure = yield* this.write(key, changes, time);
      if (failure !== undefined) return failure;
    }
    return undefined;
  }

  private *write(key: string, changes: SliceChanges, time: string | undefined): Task<Failure> {
    for (const slice of changes.create) {
      const answer = yield* this.client.create(resources.endpointSlices, withTriggerTime(slice, time));
      if (!answer.ok) return answer.status.message ?? 'unknown error';
      this.tracker.written(key, answer.value);
    }
    for (const slice of changes.update) {
      const answer = yield* this.client.update(resources.endpointSlices, withTriggerTime(slice, time));
      if (!answer.ok) return answer.status.message ?? 'unknown error';
      this.tracker.written(key, answer.value);
      this.slices.observe(answer.value);
    }
    for (const slice of changes.delete) {
      const failure = yield* this.remove(key, slice);
      if (failure !== undefined) return failure;
    }
    return undefined;
  }

  private *remove(key: string, { metadata: { namespace, name } }: EndpointSlice): Task<Failure> {
    this.tracker.removed(key, name);
    const answer = yield* this.client.delete(resources.endpointSlices, { namespace, name });
    return answer.ok || answer.status.code === 404 ? undefined : answer.status.message ?? 'unknown error';
  }
}

/** Most changes of pods make no difference to who may be called where. */
function concernsEndpoints(pod: Pod, before: Pod): boolean {
  return pod.metadata.labels !== before.metadata.labels || pod.metadata.uid !== before.metadata.uid
    || pod.status.podIP !== before.status.podIP || pod.status.phase !== before.status.phase
    || pod.spec.nodeName !== before.spec.nodeName || isDeleting(pod) !== isDeleting(before)
    || isPodReady(pod) !== isPodReady(before);
}

function isOurs(slice: EndpointSlice): boolean {
  return slice.metadata.labels?.[managedByLabel] === controllerName;
}

function serviceKeyOf(slice: EndpointSlice): string {
  const name = slice.metadata.labels?.[serviceNameLabel] ?? controllerOf(slice)?.name ?? '';
  return keyFrom(slice.metadata.namespace, name);
}
