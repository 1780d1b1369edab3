/**
 * garbage-collector-controller: deletes what has lost its last owner, holds back owners that are deleted in the
 * foreground until their dependents are gone, and sets dependents free that are to be orphaned. It watches every
 * resource and looks everything up again before it acts. Models pkg/controller/garbagecollector.
 */
import { groupResource, type PropagationPolicy, type ResourceType } from '../../api/request';
import type { KubeObject, OwnerReference } from '../../api/types';
import { Controller, done, failed, type ReconcileResult } from '../../client/controller';
import { Discovery, type OfferedResource } from '../../client/discovery';
import type { SharedInformers } from '../../client/informers';
import type { ProcessHost } from '../../sim/process';
import { all, runTask, type Task } from '../../sim/task';
import { type ControllerContext, type ControllerLoop, type EventSink, every, type Failure } from '../context';
import { GarbageClient } from './attempt';
import {
  blockingDependents, DependencyGraph, foregroundFinalizer, type GraphNode, hasFinalizer, orphanFinalizer,
} from './graph';

const workers = 20;
/** Resources that own nothing and are owned by nothing, and of which there are many. */
const ignored: ReadonlySet<string> = new Set(['events']);
/** How often discovery is asked for resources that have come or gone: the sync period of GarbageCollector.Sync. */
const discoveryMs = 30_000;

/** The controller, ready to start. */
export function garbageCollector(context: ControllerContext): ControllerLoop {
  return new GarbageCollector(context);
}

class GarbageCollector implements ControllerLoop {
  readonly name = 'garbage-collector-controller';
  private readonly client: GarbageClient;
  private readonly events: EventSink;
  private readonly graph: DependencyGraph;
  private readonly deleting: Controller;
  private readonly orphaning: Controller;
  private readonly host: ProcessHost;
  private readonly informers: SharedInformers;
  private readonly discovery: Discovery;
  private readonly builtIn: ReadonlySet<string>;
  /** Resources that were found by discovery, by resource and group. */
  private readonly found = new Map<string, ResourceType>();

  constructor(context: ControllerContext) {
    const { host, informers, client, recorder } = context;
    this.host = host;
    this.informers = informers;
    const watched = context.resources.filter(({ resource }) => !ignored.has(resource));
    this.builtIn = new Set(context.resources.map(groupResource));
    // Every deletion takes two calls, so this controller is granted twice as many.
    const own = client('generic-garbage-collector', { qps: 2, burst: 1 });
    this.client = new GarbageClient(own, watched);
    this.discovery = new Discovery(own);
    this.events = recorder(own, this.name);
    this.deleting = new Controller(host, { name: this.name, workers, reconcile: (uid) => this.attemptToDelete(uid) });
    this.orphaning = new Controller(host, { name: this.name, workers, reconcile: (uid) => this.attemptToOrphan(uid) });
    this.graph = new DependencyGraph({
      attemptToDelete: (node) => this.deleting.add(node.identity.uid),
      attemptToOrphan: (node) => this.orphaning.add(node.identity.uid),
      invalidNamespace: (dependent, owner) => this.reportNamespace(dependent, owner),
    });
    for (const type of watched) this.follow(type);
  }

  get depth(): number {
    return this.deleting.depth + this.orphaning.depth;
  }

  start(): void {
    this.deleting.start();
    this.orphaning.start();
    runTask(this.syncResources());
    every(this.host, discoveryMs, () => runTask(this.syncResources()));
  }

  private follow(type: ResourceType): void {
    this.informers.of(type).addHandlers({
      added: (object) => this.graph.put(object),
      updated: (object, before) => this.graph.put(object, before),
      deleted: (object) => this.gone(object.metadata.uid),
    });
  }

  /** Follows the resources that discovery offers beyond the built-in ones, and no longer those that it does not. */
  private *syncResources(): Task {
    const answer = yield* this.discovery.resources();
    if (!answer.ok) return;
    const offered = new Map(
      answer.value.filter((type) => this.isCollectable(type)).map((type) => [groupResource(type), type]),
    );
    for (const [name, type] of this.found) {
      if (offered.get(name)?.version === type.version) continue;
      this.found.delete(name);
      this.client.forget(type);
      this.informers.drop(type);
    }
    for (const [name, type] of offered) {
      if (this.found.has(name)) continue;
      this.found.set(name, type);
      this.client.know(type);
      this.follow(type);
      this.informers.of(type).start();
    }
  }

  private isCollectable(type: OfferedResource): boolean {
    const isEvents = ignored.has(type.resource) && (type.group === '' || type.group === 'events.k8s.io');
    return (
      !isEvents &&
      !this.builtIn.has(groupResource(type)) &&
      ['list', 'watch', 'delete'].every((verb) => type.verbs.includes(verb))
    );
  }

  private gone(uid: string): void {
    const node = this.graph.remove(uid);
    if (node && node.dependents.size > 0) this.client.rememberAbsent(uid);
  }

  private reportNamespace({ identity }: GraphNode, { apiVersion, kind, name, uid }: OwnerReference): void {
    const owner = `[${apiVersion}/${kind}, namespace: ${identity.namespace}, name: ${name}, uid: ${uid}]`;
    const message = `ownerRef ${owner} does not exist in namespace "${identity.namespace}"`;
    this.events.eventFor(identity, 'Warning', 'OwnerRefInvalidNamespace', message);
  }

  // --- deleting ------------------------------------------------------------------------------------------------------

  private *attemptToDelete(uid: string): Task<ReconcileResult> {
    const node = this.graph.node(uid);
    if (!node) return done;
    if (node.deleting && !node.deletingDependents) return done;
    const type = this.client.typeOf(node.identity);
    // A kind that nobody serves: its objects may exist all the same, so nothing is concluded from it.
    if (!type) return done;
    const wasVirtual = node.virtual;
    if (wasVirtual && type.namespaced && node.identity.namespace === '') return done;
    const found = yield* this.client.get(type, node.identity);
    if (!found.ok && found.status.code !== 404) return failed(found.status.message);
    if (!found.ok || found.value.metadata.uid !== uid) {
      this.gone(uid);
      return done;
    }
    const failure = node.deletingDependents
      ? yield* this.finishForeground(type, node)
      : yield* this.judge(type, node, found.value);
    if (failure !== undefined) return failed(failure);
    // A virtual node that exists must be seen by its informer, or its end would go unnoticed.
    return wasVirtual && this.graph.node(uid)?.virtual ? failed('not observed yet') : done;
  }

  /** The owner goes when no dependent holds it back; those that do are asked to go. */
  private *finishForeground(type: ResourceType, node: GraphNode): Task<Failure> {
    const blocking = blockingDependents(node);
    if (blocking.length === 0) return yield* this.client.removeFinalizer(type, node.identity, foregroundFinalizer);
    for (const dependent of blocking) {
      if (!dependent.deletingDependents) this.deleting.add(dependent.identity.uid);
    }
    return undefined;
  }

  private *judge(type: ResourceType, node: GraphNode, object: KubeObject): Task<Failure> {
    const references = object.metadata.ownerReferences ?? [];
    if (references.length === 0) return undefined;
    const owners = yield* this.client.classify(node, references);
    if ('failure' in owners) return owners.failure;
    const { solid, dangling, waiting } = owners;
    if (solid.length > 0) {
      const lost = [...dangling, ...waiting].map(({ uid }) => uid);
      return lost.length === 0 ? undefined : yield* this.client.dropOwners(type, node, lost);
    }
    if (waiting.length > 0 && node.dependents.size > 0) {
      const circular = [...node.dependents].some((dependent) => dependent.deletingDependents);
      const failure = circular ? yield* this.client.unblockOwners(type, node) : undefined;
      return failure ?? (yield* this.client.remove(type, object, 'Foreground'));
    }
    const policy: PropagationPolicy = hasFinalizer(object, orphanFinalizer) ? 'Orphan'
      : hasFinalizer(object, foregroundFinalizer) ? 'Foreground' : 'Background';
    return yield* this.client.remove(type, object, policy);
  }

  // --- orphaning -----------------------------------------------------------------------------------------------------

  private *attemptToOrphan(uid: string): Task<ReconcileResult> {
    const node = this.graph.node(uid);
    const type = node && this.client.typeOf(node.identity);
    if (!node || !type) return done;
    const failures = yield* all([...node.dependents].map((dependent) => this.setFree(dependent, uid)));
    const failure = failures.find((message) => message !== undefined)
      ?? (yield* this.client.removeFinalizer(type, node.identity, orphanFinalizer));
    return failure === undefined ? done : failed(failure);
  }

  private *setFree(dependent: GraphNode, owner: string): Task<Failure> {
    const type = this.client.typeOf(dependent.identity);
    return type ? yield* this.client.dropOwners(type, dependent, [owner]) : undefined;
  }
}
