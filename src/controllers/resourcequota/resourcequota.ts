/**
 * resourcequota-controller: counts what is used of each ResourceQuota. Admission charges what is created; this
 * controller takes a new quota's first count, gives back what is deleted or has ended, and counts everything anew from
 * time to time. Models pkg/controller/resourcequota. As upstream, it hears of custom resources through the watches that
 * the garbage collector keeps; until those run, it asks the API server.
 */
import { isDeleting, objectKey } from '../../api/object';
import { type Amounts, addAmounts, amountsOf, listOf, maskAmounts, sameAmounts, zero } from '../../api/quota/amounts';
import { countedResources, evaluatorOf, measuredResources, scopesOf, usageOf } from '../../api/quota/evaluator';
import { hasEnded } from '../../api/quota/pods';
import { groupResource, type ResourceType } from '../../api/request';
import * as resources from '../../api/resources';
import type { GroupResource } from '../../api/status';
import type { KubeObject, Pod, ResourceQuota } from '../../api/types';
import { equal } from '../../base/freeze';
import type { ApiClient } from '../../client/api-client';
import { type Controller, done, failed, type ReconcileResult } from '../../client/controller';
import { Discovery } from '../../client/discovery';
import type { Informer } from '../../client/informer';
import type { Task } from '../../sim/task';
import { type ControllerContext, type ControllerLoop, every, foregroundLoop } from '../context';
import { indexByNamespace, inNamespace } from '../indexes';

const name = 'resourcequota-controller';
/** --resource-quota-sync-period. */
const resyncMs = 300_000;

/** The controller, ready to start. */
export function resourceQuotaController(context: ControllerContext): ControllerLoop {
  return new ResourceQuotaController(context);
}

class ResourceQuotaController implements ControllerLoop {
  readonly name = name;
  private readonly client: ApiClient;
  private readonly discovery: Discovery;
  private readonly loop: Controller;
  private readonly quotas: Informer<ResourceQuota>;
  private readonly builtIn: ReadonlyMap<string, ResourceType>;
  private readonly followed = new WeakSet<Informer<KubeObject>>();

  constructor(private readonly context: ControllerContext) {
    const { host, informers, client } = context;
    this.client = client(name);
    this.discovery = new Discovery(this.client);
    this.loop = foregroundLoop(host, { name, reconcile: (key) => this.sync(key) });
    this.builtIn = new Map(context.resources.filter(({ namespaced, resource }) => namespaced && resource !== 'events')
      .map((type) => [groupResource(type), type]));
    this.quotas = informers.of(resources.resourceQuotas);
    indexByNamespace(this.quotas);
    this.quotas.addHandlers({
      added: (quota) => this.loop.add(objectKey(quota)),
      updated: (quota, before) => {
        if (!equal(quota.spec, before.spec)) this.loop.add(objectKey(quota));
      },
    });
    for (const type of this.builtIn.values()) this.follow(type);
  }

  get depth(): number {
    return this.loop.depth;
  }

  start(): void {
    this.loop.start();
    every(this.context.host, resyncMs, () => {
      for (const quota of this.quotas.list()) this.loop.add(objectKey(quota));
    });
  }

  /** Hears of what gives back: deletions, and changes by which something uses less. */
  private follow(type: ResourceType): void {
    const informer = this.context.informers.of(type);
    if (this.followed.has(informer)) return;
    this.followed.add(informer);
    const replenish = (object: KubeObject): void => this.replenish(type, object);
    informer.addHandlers({
      ...(measuredResources.includes(groupResource(type)) ? {
        updated: (object, before) => {
          if (this.quotas.size > 0 && this.changesUsage(type, object, before)) replenish(object);
        },
      } : {}),
      deleted: replenish,
    });
  }

  private changesUsage(type: GroupResource, object: KubeObject, before: KubeObject): boolean {
    const { wallMs } = this.context.host;
    if (type.resource === 'pods') {
      return hasEnded(object as KubeObject & Pod, wallMs) && !hasEnded(before as KubeObject & Pod, wallMs);
    }
    const evaluator = evaluatorOf(type);
    return !sameAmounts(evaluator.usage(object, wallMs), evaluator.usage(before, wallMs));
  }

  private replenish(type: GroupResource, { metadata }: KubeObject): void {
    if (this.quotas.size === 0) return;
    for (const quota of inNamespace(this.quotas, metadata.namespace)) {
      const names = Object.keys(quota.spec?.hard ?? {});
      if (evaluatorOf(type).matching(names).length > 0) this.loop.add(objectKey(quota));
    }
  }

  private *sync(key: string): Task<ReconcileResult> {
    const quota = this.quotas.byKey(key);
    if (!quota || isDeleting(quota)) return done;
    const hard = amountsOf(quota.spec?.hard);
    const counted = yield* this.count(quota, [...hard.keys()]);
    if (typeof counted === 'string') return failed(counted);
    const before = amountsOf(quota.status?.used);
    // What nobody can count keeps the amount that it had.
    const used = maskAmounts(new Map([...before, ...counted]), hard.keys());
    const isFirst = quota.status?.hard === undefined || quota.status.used === undefined;
    if (!isFirst && sameAmounts(used, before) && sameAmounts(hard, amountsOf(quota.status.hard))) return done;
    const status = { hard: listOf(hard), used: listOf(used) };
    const answer = yield* this.client.updateStatus(resources.resourceQuotas, { ...quota, status });
    if (answer.ok) return done;
    return answer.status.code === 404 ? done : failed(answer.status.message);
  }

  /** What is used of the quota's names; a text when it cannot be found out. */
  private *count(quota: ResourceQuota, names: readonly string[]): Task<Amounts | string> {
    const wanted: GroupResource[] = [...measuredResources.map((resource) => ({ group: '', resource })),
      ...countedResources(names).filter((type) => !measuredResources.includes(groupResource(type)))];
    let sum: Amounts = new Map();
    for (const resource of wanted) {
      const evaluator = evaluatorOf(resource);
      const matching = evaluator.matching(names);
      if (matching.length === 0) continue;
      const type = this.builtIn.get(groupResource(resource)) ?? (yield* this.discovered(resource));
      if (!type) continue;
      const objects = yield* this.objects(type, quota.metadata.namespace ?? '');
      if (typeof objects === 'string') return objects;
      const usage = usageOf(evaluator, objects, scopesOf(quota), this.context.host.wallMs);
      const nothing = new Map(matching.map((each) => [each, zero]));
      sum = addAmounts(sum, addAmounts(nothing, maskAmounts(usage, matching)));
    }
    return sum;
  }

  private *discovered(resource: GroupResource): Task<ResourceType | undefined> {
    const answer = yield* this.discovery.resources();
    const name = groupResource(resource);
    const type = answer.ok ? answer.value.find((offered) => groupResource(offered) === name) : undefined;
    if (type) this.follow(type);
    return type;
  }

  private *objects(type: ResourceType, namespace: string): Task<readonly KubeObject[] | string> {
    const informer = this.context.informers.of(type);
    if (informer.synced) return informer.list().filter(({ metadata }) => metadata.namespace === namespace);
    const answer = yield* this.client.list(type, {}, namespace);
    return answer.ok ? answer.value.items : answer.status.message ?? 'unknown error';
  }
}
