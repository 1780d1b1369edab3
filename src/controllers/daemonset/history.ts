/**
 * A DaemonSet's history: a ControllerRevision for each template it had, whose hash marks the pods made from it. Models
 * pkg/controller/daemon/update.go constructHistory, snapshot and cleanupHistory.
 */
import { equal } from '../../base/freeze';
import { newControllerRef } from '../../api/object';
import * as resources from '../../api/resources';
import { selectorOf } from '../../api/selectors';
import type { ControllerRevision, DaemonSet, NewObject, Pod } from '../../api/types';
import type { ApiClient } from '../../client/api-client';
import type { Informer } from '../../client/informer';
import type { Task } from '../../sim/task';
import { claimObjects } from '../claims';
import type { Failure } from '../context';
import { ownedAndOrphans } from '../indexes';
import { templateHash } from '../template-hash';
import { revisionHashLabel } from './placement';

/** The revision of the present template and those of former ones, or what stopped the search. */
export type History =
  | { readonly current: ControllerRevision; readonly old: readonly ControllerRevision[] }
  | { readonly failure: string };

export class RevisionHistory {
  constructor(
    private readonly client: ApiClient,
    private readonly revisions: Informer<ControllerRevision>,
  ) {}

  /** Finds the revision of the DaemonSet's template, making it the newest one, or creates it. */
  *construct(daemonSet: DaemonSet): Task<History> {
    const claimed = yield* claimObjects({
      client: this.client, owner: daemonSet, ownerType: resources.daemonSets,
      selector: selectorOf(daemonSet.spec.selector), type: resources.controllerRevisions,
    }, ownedAndOrphans(this.revisions, daemonSet));
    if (claimed.failure !== undefined) return { failure: claimed.failure };
    const data = dataOf(daemonSet);
    const matching = claimed.objects.filter((revision) => equal(revision.data, data)).sort(byRevision);
    const old = claimed.objects.filter((revision) => !matching.includes(revision));
    const number = old.reduce((max, { revision }) => Math.max(max, revision), 0) + 1;
    const newest = matching.at(-1);
    if (!newest) return yield* this.snapshot(daemonSet, number, old);
    for (const duplicate of matching.slice(0, -1)) {
      const failure = yield* this.remove(duplicate);
      if (failure !== undefined) return { failure };
    }
    if (newest.revision >= number) return { current: newest, old };
    const answer = yield* this.client.update(resources.controllerRevisions, { ...newest, revision: number });
    if (!answer.ok) return { failure: answer.status.message ?? 'unknown error' };
    this.revisions.observe(answer.value);
    return { current: answer.value, old };
  }

  private *snapshot(daemonSet: DaemonSet, number: number, old: readonly ControllerRevision[]): Task<History> {
    const { namespace, name } = daemonSet.metadata;
    const draft = revisionOf(daemonSet, number);
    const created = yield* this.client.create(resources.controllerRevisions, draft);
    if (created.ok) return { current: created.value, old };
    const failure = created.status.message ?? 'unknown error';
    if (created.status.reason !== 'AlreadyExists') return { failure };
    const taken = yield* this.client.get(resources.controllerRevisions, { namespace, name: draft.metadata.name });
    if (taken.ok && equal(taken.value.data, draft.data)) return { current: taken.value, old };
    // Another template has the same hash: the next attempt is salted with the count of collisions.
    const fresh = yield* this.client.get(resources.daemonSets, { namespace, name });
    if (!fresh.ok) return { failure };
    const { status } = fresh.value;
    const collisionCount = (status.collisionCount ?? 0) + 1;
    yield* this.client.updateStatus(resources.daemonSets, { ...fresh.value, status: { ...status, collisionCount } });
    return { failure };
  }

  /** Deletes the oldest revisions beyond revisionHistoryLimit that no pod was made from. */
  *cleanUp(daemonSet: DaemonSet, old: readonly ControllerRevision[], pods: readonly Pod[]): Task<Failure> {
    let excess = old.length - (daemonSet.spec.revisionHistoryLimit ?? 10);
    if (excess <= 0) return undefined;
    const live = new Set(pods.map((pod) => pod.metadata.labels?.[revisionHashLabel]));
    for (const revision of old.slice().sort(byRevision)) {
      if (excess <= 0) return undefined;
      if (live.has(revision.metadata.labels?.[revisionHashLabel] ?? '')) continue;
      const failure = yield* this.remove(revision);
      if (failure !== undefined) return failure;
      excess -= 1;
    }
    return undefined;
  }

  private *remove({ metadata: { namespace, name } }: ControllerRevision): Task<Failure> {
    const answer = yield* this.client.delete(resources.controllerRevisions, { namespace, name });
    return answer.ok || answer.status.code === 404 ? undefined : answer.status.message ?? 'unknown error';
  }
}

function byRevision(a: ControllerRevision, b: ControllerRevision): number {
  return a.revision - b.revision;
}

/** The patch that would restore the present template: what a revision keeps. */
function dataOf(daemonSet: DaemonSet): unknown {
  return { spec: { template: { ...daemonSet.spec.template, $patch: 'replace' } } };
}

function revisionOf(daemonSet: DaemonSet, revision: number): NewObject<ControllerRevision> {
  const { metadata, spec, status } = daemonSet;
  const hash = templateHash(spec.template, status.collisionCount);
  return {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      namespace: metadata.namespace,
      name: `${metadata.name}-${hash}`,
      labels: { ...spec.template.metadata?.labels, [revisionHashLabel]: hash },
      ...(metadata.annotations && { annotations: metadata.annotations }),
      ownerReferences: [newControllerRef(daemonSet)],
    },
    data: dataOf(daemonSet),
    revision,
  };
}
