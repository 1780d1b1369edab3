/**
 * endpoints-controller: keeps for every Service with a selector the Endpoints of its name, for programs from before
 * EndpointSlices. Models pkg/controller/endpoint.
 */
import { equal, withKey } from '../../base/freeze';
import { isDeleting, objectKey } from '../../api/object';
import * as resources from '../../api/resources';
import { matchesLabels, type Selector, selectorFromLabels } from '../../api/selectors';
import type { Endpoints, EndpointSubset, NewObject, Pod, Service } from '../../api/types';
import type { ApiClient } from '../../client/api-client';
import { type Controller, done, failed, type ReconcileResult } from '../../client/controller';
import type { Informer } from '../../client/informer';
import type { Task } from '../../sim/task';
import { type ControllerContext, type ControllerLoop, type EventSink, foregroundLoop } from '../context';
import { indexByNamespace, inNamespace } from '../indexes';
import { isPodReady } from '../pods/pod-state';
import { type Member, memberOf, subsetsOf, truncated } from './subsets';

const capacityAnnotation = 'endpoints.kubernetes.io/over-capacity';
const headlessLabel = 'service.kubernetes.io/headless';
const managedByLabel = 'endpoints.kubernetes.io/managed-by';
const controllerName = 'endpoint-controller';

/** A Service with what the pods that it selects are to it, by their names. */
interface Followed {
  readonly service: Service;
  readonly selector: Selector;
  readonly members: Map<string, Member>;
}

/** The controller, ready to start. */
export function endpointsController(context: ControllerContext): ControllerLoop {
  return new EndpointsController(context).loop;
}

class EndpointsController {
  readonly loop: Controller;
  private readonly client: ApiClient;
  private readonly events: EventSink;
  private readonly services: Informer<Service>;
  private readonly pods: Informer<Pod>;
  private readonly endpoints: Informer<Endpoints>;
  /** Services with a selector, by namespace and then by key. */
  private readonly followed = new Map<string, Map<string, Followed>>();

  constructor({ host, informers, client, recorder }: ControllerContext) {
    this.client = client('endpoint-controller');
    this.events = recorder(this.client, controllerName);
    this.services = informers.of(resources.services);
    this.pods = informers.of(resources.pods);
    this.endpoints = informers.of(resources.endpoints);
    this.loop = foregroundLoop(host, { name: 'endpoints-controller', reconcile: (key) => this.sync(key) });
    indexByNamespace(this.pods);
    this.services.addHandlers({
      added: (service) => this.serviceChanged(service),
      updated: (service) => this.serviceChanged(service),
      deleted: (service) => {
        this.followed.get(service.metadata.namespace ?? '')?.delete(objectKey(service));
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
    this.endpoints.addHandlers({ deleted: (object) => this.loop.add(objectKey(object)) });
  }

  private serviceChanged(service: Service): void {
    const { namespace = '' } = service.metadata;
    const key = objectKey(service);
    const inIt = this.followed.get(namespace) ?? new Map<string, Followed>();
    this.followed.set(namespace, inIt);
    if (!hasEndpoints(service)) {
      inIt.delete(key);
    } else if (inIt.get(key)?.service.spec !== service.spec) {
      const followed: Followed = { service, selector: selectorFromLabels(service.spec.selector), members: new Map() };
      inIt.set(key, followed);
      for (const pod of inNamespace(this.pods, namespace)) if (selects(followed, pod)) put(followed, pod);
    }
    this.loop.add(key);
  }

  private podChanged(pod: Pod): void {
    for (const [key, followed] of this.followed.get(pod.metadata.namespace ?? '') ?? []) {
      if (selects(followed, pod)) put(followed, pod);
      else if (!followed.members.delete(pod.metadata.name)) continue;
      this.loop.add(key);
    }
  }

  private podGone({ metadata }: Pod): void {
    for (const [key, { members }] of this.followed.get(metadata.namespace ?? '') ?? []) {
      if (members.delete(metadata.name)) this.loop.add(key);
    }
  }

  private *sync(key: string): Task<ReconcileResult> {
    const service = this.services.byKey(key);
    const current = this.endpoints.byKey(key);
    if (!service) return yield* this.remove(current);
    const followed = this.followed.get(service.metadata.namespace ?? '')?.get(key);
    if (!followed) return done;
    const wanted = endpointsFor(service, current, subsetsOf(followed.members.values()));
    if (wanted === current) return done;
    return yield* this.write(service, wanted, current !== undefined);
  }

  private *remove(current: Endpoints | undefined): Task<ReconcileResult> {
    if (!current) return done;
    const { namespace, name } = current.metadata;
    const answer = yield* this.client.delete(resources.endpoints, { namespace, name });
    return answer.ok || answer.status.code === 404 ? done : failed(answer.status.message);
  }

  private *write(service: Service, wanted: Endpoints, exists: boolean): Task<ReconcileResult> {
    const answer = exists ? yield* this.client.update(resources.endpoints, wanted)
      : yield* this.client.create(resources.endpoints, wanted as NewObject<Endpoints>);
    if (answer.ok) {
      this.endpoints.observe(answer.value);
      return done;
    }
    const { code, message = 'unknown error', details } = answer.status;
    if (!exists && details?.causes?.some(({ reason }) => reason === 'NamespaceTerminating')) return done;
    if (code !== 409) {
      const what = exists ? 'update' : 'create';
      const reason = exists ? 'FailedToUpdateEndpoint' : 'FailedToCreateEndpoint';
      const text = `Failed to ${what} endpoint for service ${objectKey(service)}: ${message}`;
      this.events.event(service, 'Warning', reason, text);
    }
    return failed(message);
  }
}

function selects({ selector }: Followed, { metadata }: Pod): boolean {
  return matchesLabels(selector, metadata.labels);
}

function put({ service, members }: Followed, pod: Pod): void {
  const member = memberOf(service, pod);
  if (member) members.set(pod.metadata.name, member);
  else members.delete(pod.metadata.name);
}

function hasEndpoints({ spec }: Service): boolean {
  return spec.selector !== undefined && spec.type !== 'ExternalName';
}

/** Most changes of pods make no difference to who may be called where. */
function concernsEndpoints(pod: Pod, before: Pod): boolean {
  return pod.metadata.labels !== before.metadata.labels || pod.status.podIP !== before.status.podIP
    || pod.status.phase !== before.status.phase || pod.spec.nodeName !== before.spec.nodeName
    || isDeleting(pod) !== isDeleting(before) || isPodReady(pod) !== isPodReady(before);
}

/** The Endpoints that a Service is to have; the present ones when they are right. */
function endpointsFor(
  service: Service, current: Endpoints | undefined, all: readonly EndpointSubset[],
): Endpoints {
  const { name, namespace } = service.metadata;
  const subsets = truncated(all);
  const { [headlessLabel]: _headless, [managedByLabel]: _managed, ...own } = service.metadata.labels ?? {};
  const isHeadless = !service.spec.clusterIP || service.spec.clusterIP === 'None';
  const labels = { ...own, [managedByLabel]: controllerName, ...(isHeadless ? { [headlessLabel]: '' } : {}) };
  const { [capacityAnnotation]: _capacity, ...others } = current?.metadata.annotations ?? {};
  const annotations = subsets === all ? others : { ...others, [capacityAnnotation]: 'truncated' };
  const before = current
    ?? { apiVersion: 'v1', kind: 'Endpoints', metadata: { name, namespace } } as unknown as Endpoints;
  const metadata = { ...before.metadata, labels, annotations };
  const wanted = withKey({ ...before, metadata }, 'subsets', subsets.length === 0 ? undefined : subsets);
  const isRight = current && equal(current.subsets ?? [], subsets) && equal(labels, current.metadata.labels ?? {})
    && equal(annotations, current.metadata.annotations ?? {});
  return isRight ? current : wanted;
}
