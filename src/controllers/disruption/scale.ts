/**
 * How many pods the controllers of some pods want together: of a Deployment for the pods of its ReplicaSets, and of
 * whatever else has a scale. Models the finders of pkg/controller/disruption.
 */
import { controllerOf } from '../../api/object';
import { apiVersionOf, type ResourceType } from '../../api/request';
import * as resources from '../../api/resources';
import type { OwnerReference, Pod, Scale } from '../../api/types';
import type { ApiClient } from '../../client/api-client';
import { Discovery } from '../../client/discovery';
import type { Task } from '../../sim/task';
import type { ControllerContext } from '../context';

/** The wanted number and the controller's uid; undefined when there is no such controller, a text when in doubt. */
type Found = { readonly uid: string; readonly replicas: number } | undefined | string;

export class ScaleFinder {
  private readonly discovery: Discovery;

  constructor(private readonly context: ControllerContext, private readonly client: ApiClient) {
    this.discovery = new Discovery(client);
    // Whoever is asked for later has to be there when the informers start.
    const { informers } = context;
    informers.of(resources.replicationControllers);
    informers.of(resources.replicaSets);
    informers.of(resources.statefulSets);
    informers.of(resources.deployments);
  }

  /** The sum over all controllers; a text when it cannot be found out. Pods of nobody do not count. */
  *expected(pods: readonly Pod[]): Task<number | string> {
    const scales = new Map<string, number>();
    const seen = new Set<string>();
    for (const pod of pods) {
      const owner = controllerOf(pod);
      if (!owner || seen.has(owner.uid)) continue;
      seen.add(owner.uid);
      const found = yield* this.find(pod.metadata.namespace ?? '', owner);
      if (typeof found === 'string') return found;
      if (!found) return `found no controllers for pod "${pod.metadata.name}"`;
      scales.set(found.uid, found.replicas);
    }
    return [...scales.values()].reduce((sum, replicas) => sum + replicas, 0);
  }

  private *find(namespace: string, owner: OwnerReference): Task<Found> {
    const { informers } = this.context;
    const { kind, name, uid } = owner;
    switch (`${groupOf(owner)}/${kind}`) {
      case '/ReplicationController': {
        const found = informers.of(resources.replicationControllers).get(namespace, name);
        return found?.metadata.uid === uid ? { uid, replicas: found.spec?.replicas ?? 1 } : undefined;
      }
      case 'apps/ReplicaSet': {
        const set = informers.of(resources.replicaSets).get(namespace, name);
        if (set?.metadata.uid !== uid) return undefined;
        const parent = controllerOf(set);
        if (parent?.kind !== 'Deployment') return { uid, replicas: set.spec.replicas ?? 1 };
        const deployment = informers.of(resources.deployments).get(namespace, parent.name);
        if (deployment?.metadata.uid !== parent.uid) return undefined;
        return { uid: parent.uid, replicas: deployment.spec.replicas ?? 1 };
      }
      case 'apps/StatefulSet': {
        const found = informers.of(resources.statefulSets).get(namespace, name);
        return found?.metadata.uid === uid ? { uid, replicas: found.spec?.replicas ?? 1 } : undefined;
      }
      default: return yield* this.findByScale(namespace, owner);
    }
  }

  private *findByScale(namespace: string, owner: OwnerReference): Task<Found> {
    const type = yield* this.typeOf(owner);
    if (!type) return undefined;
    const target = { namespace, name: owner.name, subresource: 'scale' };
    const answer = yield* this.client.get<Scale>(type as ResourceType<Scale>, target);
    if (answer.ok) {
      const { metadata, spec } = answer.value;
      return metadata?.uid === owner.uid ? { uid: owner.uid, replicas: spec?.replicas ?? 0 } : undefined;
    }
    if (answer.status.code !== 404 || answer.status.details?.name) return answer.status.message ?? 'unknown error';
    const resource = type.group === '' ? type.resource : `${type.resource}.${type.group}`;
    return `${resource} does not implement the scale subresource`;
  }

  private *typeOf({ apiVersion, kind }: OwnerReference): Task<ResourceType | undefined> {
    const isMeant = (type: ResourceType): boolean => type.kind === kind && apiVersionOf(type) === apiVersion;
    const known = this.context.resources.find(isMeant);
    if (known) return known;
    const answer = yield* this.discovery.resources();
    return answer.ok ? answer.value.find(isMeant) : undefined;
  }
}

function groupOf({ apiVersion }: OwnerReference): string {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
}
