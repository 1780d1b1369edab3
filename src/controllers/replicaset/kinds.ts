/**
 * The kinds that the controller of this folder works for: ReplicaSets as they are, and ReplicationControllers seen as
 * ReplicaSets. Models pkg/controller/replication's conversion.go.
 */
import { equal } from '../../base/freeze';
import type { ResourceType } from '../../api/request';
import { replicaSets, replicationControllers } from '../../api/resources';
import type { KubeObject, ReplicaSet, ReplicaSetStatus, ReplicationController } from '../../api/types';

/** How a kind is seen as a ReplicaSet. */
export interface Replicated<T extends KubeObject> {
  readonly type: ResourceType<T>;
  /** Upstream's name of the controller. */
  readonly name: string;
  /** Its service account and the source of its events. */
  readonly component: string;
  /** The object as a ReplicaSet: the same for the same object. Its apiVersion and kind stay what they are. */
  view(object: T): ReplicaSet;
  /** A status as the kind has it; `before` when it says the same. */
  status(status: ReplicaSetStatus, before: ReplicaSetStatus): ReplicaSetStatus;
}

export const ofReplicaSets: Replicated<ReplicaSet> = {
  type: replicaSets,
  name: 'replicaset-controller',
  component: 'replicaset-controller',
  view: (set) => set,
  status: (status) => status,
};

const views = new WeakMap<ReplicationController, ReplicaSet>();

export const ofReplicationControllers: Replicated<ReplicationController> = {
  type: replicationControllers,
  name: 'replicationcontroller-controller',
  component: 'replication-controller',
  view(controller) {
    let view = views.get(controller);
    if (!view) {
      const { selector, ...spec } = controller.spec ?? {};
      view = { ...controller, spec: { ...spec, selector: { matchLabels: selector ?? {} } } } as ReplicaSet;
      views.set(controller, view);
    }
    return view;
  },
  // How many pods are on their way out is told of ReplicaSets only.
  status({ terminatingReplicas: _, ...status }, before) {
    return equal(status, before) ? before : status;
  },
};
