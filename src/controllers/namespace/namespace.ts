/**
 * namespace-controller: empties a namespace that is being deleted, pods first, and then lets it go. Models
 * pkg/controller/namespace and its deletion package, with ordered deletion (v1.33).
 */
import { isDeleting } from '../../api/object';
import * as resources from '../../api/resources';
import { type ApiList, groupResource, type ResourceType } from '../../api/request';
import { timeMs } from '../../api/time';
import type { Namespace, Pod, Status } from '../../api/types';
import type { ApiResult } from '../../client/api-client';
import { Controller, done, failed, type ReconcileResult, requeueAfter } from '../../client/controller';
import { Discovery } from '../../client/discovery';
import type { Task } from '../../sim/task';
import { type ControllerContext, type ControllerLoop, inForeground } from '../context';
import { isPodTerminal } from '../pods/pod-state';
import { deletionConditions } from './conditions';

/** The wait before contents are deleted, so that the API servers' caches have seen that the namespace is going. */
const graceMs = 5_000;
/** How long finalizers are given when nothing better is known. */
const finalizerEstimateSeconds = 15;
const finalizer = 'kubernetes';

/** The controller, ready to start. */
export function namespaceController(context: ControllerContext): ControllerLoop {
  const { host, informers, client } = context;
  const namespaces = informers.of(resources.namespaces);
  const own = client('namespace-controller', { qps: 20, burst: 100 });
  const deleter = new NamespaceDeleter(context, own);
  const loop = new Controller(host, {
    name: 'namespace-controller',
    workers: 10,
    reconcile: (name) => deleter.sync(name),
  });
  const changed = (namespace: Namespace): void => {
    if (isDeleting(namespace)) loop.addAfter(namespace.metadata.name, graceMs);
  };
  namespaces.addHandlers({ added: changed, updated: changed });
  return loop;
}

/** What is left of a resource after its objects were told to go. */
interface Remainder {
  readonly failures: string[];
  readonly remaining: Record<string, number>;
  readonly finalizers: Record<string, number>;
  /** Seconds until it is worth looking again. */
  estimateSeconds: number;
}

class NamespaceDeleter {
  private readonly namespaced: readonly ResourceType[];
  private readonly builtIn: ReadonlySet<string>;
  private readonly discovery: Discovery;

  constructor(
    private readonly context: ControllerContext,
    private readonly client: ReturnType<ControllerContext['client']>,
  ) {
    const isPods = (type: ResourceType): boolean => type.group === '' && type.resource === 'pods';
    this.namespaced = context.resources.filter((type) => type.namespaced && !isPods(type));
    this.builtIn = new Set(context.resources.map(groupResource));
    this.discovery = new Discovery(client);
  }

  *sync(name: string): Task<ReconcileResult> {
    const found = yield* this.client.get(resources.namespaces, { name });
    if (!found.ok) return found.status.code === 404 ? done : failed(found.status.message);
    if (!isDeleting(found.value)) return done;
    const marked = yield* this.markTerminating(found.value);
    if (!marked.ok) return failed(marked.status.message);
    let namespace = marked.value;
    if ((namespace.spec.finalizers ?? []).length === 0) return done;
    const remainder = yield* this.deleteContents(namespace);
    const { host } = this.context;
    const written = yield* inForeground(host, this.report(namespace, remainder));
    if (!written.ok) return failed(written.status.message);
    namespace = written.value;
    if (remainder.estimateSeconds > 0) {
      // Pods will be gone soon; a finalizer may stand forever.
      const held = Object.keys(remainder.finalizers).length > 0;
      return requeueAfter((Math.trunc(remainder.estimateSeconds / 2) + 1) * 1000, held);
    }
    if (remainder.failures.length > 0) return failed(remainder.failures.join(', '));
    return yield* inForeground(host, this.finalize(namespace));
  }

  private *markTerminating(namespace: Namespace): Task<ApiResult<Namespace>> {
    if (namespace.status.phase === 'Terminating') return { ok: true, value: namespace };
    const status = { ...namespace.status, phase: 'Terminating' };
    return yield* this.client.updateStatus(resources.namespaces, { ...namespace, status });
  }

  private *report(namespace: Namespace, remainder: Remainder): Task<ApiResult<Namespace>> {
    const { status } = namespace;
    const conditions = deletionConditions(status.conditions, remainder, this.context.host.wallMs);
    if (conditions === status.conditions) return { ok: true, value: namespace };
    return yield* this.client.updateStatus(resources.namespaces, { ...namespace, status: { ...status, conditions } });
  }

  private *finalize(namespace: Namespace): Task<ReconcileResult> {
    const finalizers = (namespace.spec.finalizers ?? []).filter((other) => other !== finalizer);
    const { user, userAgent } = this.client.options;
    const answer = yield* this.client.send<Namespace>({
      verb: 'update', group: '', version: 'v1', resource: 'namespaces', name: namespace.metadata.name,
      subresource: 'finalize', body: { ...namespace, spec: { ...namespace.spec, finalizers } }, options: {},
      user, userAgent,
    });
    return answer.ok || answer.status.code === 404 ? done : failed(answer.status.message);
  }

  // --- contents ----------------------------------------------------------------------------------------------------

  private *deleteContents(namespace: Namespace): Task<Remainder> {
    const remainder: Remainder = { failures: [], remaining: {}, finalizers: {}, estimateSeconds: 0 };
    yield* this.deleteAll(resources.pods, namespace, remainder);
    // While pods are left, what they depend on stays.
    if (Object.keys(remainder.remaining).length > 0 || remainder.failures.length > 0) return remainder;
    for (const type of this.namespaced) yield* this.deleteAll(type, namespace, remainder);
    for (const type of yield* this.customResources(remainder)) yield* this.deleteAll(type, namespace, remainder);
    return remainder;
  }

  /** What discovery offers beyond the built-in resources. */
  private *customResources(remainder: Remainder): Task<readonly ResourceType[]> {
    const answer = yield* this.discovery.resources();
    if (!answer.ok) {
      remainder.failures.push(answer.status.message ?? 'unknown error');
      return [];
    }
    return answer.value.filter((type) =>
      type.namespaced && type.verbs.includes('deletecollection') && !this.builtIn.has(groupResource(type)));
  }

  private *deleteAll(type: ResourceType, namespace: Namespace, remainder: Remainder): Task {
    const { name } = namespace.metadata;
    let estimate = 0;
    if (type === resources.pods) estimate = yield* this.podEstimate(namespace);
    const { group, version, resource } = type;
    const { user, userAgent } = this.client.options;
    const removed = yield* this.client.send<Status>({
      verb: 'deletecollection', group, version, resource, namespace: name,
      options: { propagationPolicy: 'Background' }, user, userAgent,
    });
    // Resources without that verb hold nothing that stays, such as reviews.
    if (!removed.ok && (removed.status.code === 404 || removed.status.code === 405)) return;
    if (!removed.ok) {
      remainder.failures.push(removed.status.message ?? 'unknown error');
      return;
    }
    const left = yield* this.client.list(type, {}, name);
    if (left.ok) this.count(type, left.value, estimate, remainder, name);
    else remainder.failures.push(left.status.message ?? 'unknown error');
  }

  private count(type: ResourceType, left: ApiList, estimate: number, remainder: Remainder, namespace: string): void {
    if (left.items.length === 0) return;
    remainder.remaining[`${type.resource}.${type.group}`] = left.items.length;
    let seconds = estimate;
    for (const { metadata } of left.items) {
      for (const held of metadata.finalizers ?? []) {
        remainder.finalizers[held] = (remainder.finalizers[held] ?? 0) + 1;
        if (seconds === 0) seconds = finalizerEstimateSeconds;
      }
    }
    if (seconds === 0) {
      const gvr = `${type.group}/${type.version}, Resource=${type.resource}`;
      remainder.failures.push(`unexpected items still remain in namespace: ${namespace} for gvr: ${gvr}`);
    }
    remainder.estimateSeconds = Math.max(remainder.estimateSeconds, seconds);
  }

  /** The longest grace period of a pod that still runs, unless the namespace has been going for longer. */
  private *podEstimate(namespace: Namespace): Task<number> {
    const pods = yield* this.client.list<Pod>(resources.pods, {}, namespace.metadata.name);
    if (!pods.ok) return 0;
    let estimate = 0;
    for (const pod of pods.value.items) {
      if (!isPodTerminal(pod)) estimate = Math.max(estimate, Number(pod.spec.terminationGracePeriodSeconds ?? 0));
    }
    const since = this.context.host.wallMs - timeMs(namespace.metadata.deletionTimestamp as string);
    return since >= estimate * 1000 ? 0 : estimate;
  }
}
