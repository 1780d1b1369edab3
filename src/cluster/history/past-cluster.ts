/**
 * A cluster as it was at one moment: the same questions as to the cluster of the present, answered from the trace and
 * from etcd's history by the same code. Nothing is simulated, and nothing can be done to it.
 */
import { CustomRegistry } from '../../api/custom/custom-registry';
import type { KindRegistry } from '../../api/registry';
import type { Moment } from '../../protocol/time';
import type { ClusterView } from '../../protocol/view';
import { type KeyReader, StoredObjects } from '../stored-objects';
import { clusterView } from '../views/cluster-view';
import type { History } from './history';

/** What can be seen of a cluster at one moment, the present or another. */
export interface ClusterState {
  readonly name: string;
  /** Virtual milliseconds since the cluster's creation began. */
  readonly nowMs: number;
  readonly objects: StoredObjects;
  /** The kinds of the cluster: the built-in ones and those of its definitions. */
  readonly kinds: KindRegistry;
  view(): ClusterView;
}

/** What does not change in the life of a cluster. */
export interface ClusterIdentity {
  readonly name: string;
  readonly kubernetesVersion: string;
  readonly epochMs: number;
  /** The kinds that every cluster has. */
  readonly kinds: KindRegistry;
}

export class PastCluster implements ClusterState {
  readonly objects: StoredObjects;
  readonly kinds: KindRegistry;

  constructor(
    private readonly identity: ClusterIdentity,
    private readonly history: History,
    readonly moment: Moment,
  ) {
    this.kinds = new CustomRegistry(identity.kinds, () => this.objects.definitions());
    this.objects = new StoredObjects(readerAt(history, moment.revision), this.kinds);
  }

  get name(): string {
    return this.identity.name;
  }

  get nowMs(): number {
    return this.moment.atMs;
  }

  /** Its run stands still, as far as can be seen. */
  view(): ClusterView {
    const { identity, history, moment, objects } = this;
    const { nodes, loadBalancer } = history.machinesAfter(moment.hops);
    return clusterView({
      name: identity.name,
      kubernetesVersion: identity.kubernetesVersion,
      epochMs: identity.epochMs,
      nowMs: moment.atMs,
      revision: moment.revision,
      hops: moment.hops,
      run: { mode: 'paused', speed: 1, quiet: false },
      machines: nodes,
      loadBalancer,
      nodes: objects.nodes(),
      pods: objects.pods(),
      leases: objects.systemLeases(),
      processes: history.processes.after(moment.hops),
    });
  }
}

function readerAt({ revisions }: History, revision: number): KeyReader {
  return { revision, range: (range, asked) => revisions.range(range, asked || revision) };
}
