/**
 * One Deployment's sync: the Deployment and its ReplicaSets as they are read and written within it, the search for the
 * new ReplicaSet and its creation, and changes of size with their events. What is to be done is decided in rollout.ts.
 * Models pkg/controller/deployment/sync.go.
 */
import { newControllerRef } from '../../api/object';
import * as resources from '../../api/resources';
import type { Deployment, DeploymentStatus, NewObject, ReplicaSet, Status } from '../../api/types';
import type { ApiClient } from '../../client/api-client';
import type { Informer } from '../../client/informer';
import type { ProcessHost } from '../../sim/process';
import type { Task } from '../../sim/task';
import type { EventSink, Failure } from '../context';
import { templateHash } from '../template-hash';
import { conditionOf, hasDeadline, newCondition, reasons, setCondition } from './conditions';
import {
  type Annotations, findNewSet, maxRevision, replicasAnnotations, revisionAnnotation, revisionAnnotations, sameTemplate,
  templateHashLabel,
} from './revisions';
import { maxSurge, newSetReplicas, replicasOf } from './strategy';

export interface DeploymentTools {
  readonly host: ProcessHost;
  readonly client: ApiClient;
  readonly events: EventSink;
  readonly sets: Informer<ReplicaSet>;
  readonly deployments: Informer<Deployment>;
}

export class ReplicaSetWrites {
  newSet: ReplicaSet | undefined;
  oldSets: ReplicaSet[];
  /** Whether this sync has given a ReplicaSet another size. */
  protected resized = false;

  /** `sets` are the ReplicaSets that the Deployment owns. */
  constructor(
    protected readonly tools: DeploymentTools,
    protected deployment: Deployment,
    sets: readonly ReplicaSet[],
  ) {
    this.newSet = findNewSet(deployment, sets);
    this.oldSets = sets.filter((set) => set !== this.newSet);
  }

  /** Old ReplicaSets, then the new one. */
  get allSets(): ReplicaSet[] {
    return this.newSet ? [...this.oldSets, this.newSet] : this.oldSets.slice();
  }

  // --- the new ReplicaSet ------------------------------------------------------------------------------------------

  /** Brings revision and annotations of the new ReplicaSet up to date; creates it when asked to and it is missing. */
  protected *syncRevision(create: boolean): Task<Failure> {
    const revision = maxRevision(this.oldSets) + 1;
    if (this.newSet) return yield* this.updateNewSet(this.newSet, revision);
    return create ? yield* this.createNewSet(revision) : undefined;
  }

  private *updateNewSet(set: ReplicaSet, revision: number): Task<Failure> {
    const { minReadySeconds } = this.deployment.spec;
    const before: Annotations = set.metadata.annotations ?? {};
    const annotations = revisionAnnotations(before, this.deployment, revision);
    if (annotations !== before || (set.spec.minReadySeconds ?? 0) !== (minReadySeconds ?? 0)) {
      const metadata = { ...set.metadata, annotations };
      return yield* this.writeSet({ ...set, metadata, spec: { ...set.spec, minReadySeconds } });
    }
    const message = `Found new replica set "${set.metadata.name}"`;
    const found = conditionOf(this.deployment.status.conditions, 'Progressing') ? undefined
      : { reason: reasons.found, message };
    return yield* this.noteRevision(set.metadata.annotations?.[revisionAnnotation] ?? '', found);
  }

  private *createNewSet(revision: number): Task<Failure> {
    const { deployment, tools } = this;
    const draft = this.draftNewSet(revision);
    const { name } = draft.metadata;
    const answer = yield* tools.client.create(resources.replicaSets, draft);
    if (!answer.ok) return yield* this.createFailed(name as string, answer.status);
    this.newSet = answer.value;
    const replicas = replicasOf(answer.value);
    if (replicas > 0) {
      const text = `Scaled up replica set ${name} from 0 to ${replicas}`;
      tools.events.event(deployment, 'Normal', 'ScalingReplicaSet', text);
    }
    const message = `Created new replica set "${name}"`;
    return yield* this.noteRevision(String(revision), { reason: reasons.created, message });
  }

  private draftNewSet(revision: number): NewObject<ReplicaSet> {
    const { apiVersion, metadata, spec, status } = this.deployment;
    const hash = templateHash(spec.template, status.collisionCount);
    const labels = { ...spec.template.metadata?.labels, [templateHashLabel]: hash };
    const matchLabels = { ...spec.selector.matchLabels, [templateHashLabel]: hash };
    const size = replicasOf(this.deployment);
    const annotations = replicasAnnotations(
      revisionAnnotations({}, this.deployment, revision), size, size + maxSurge(this.deployment),
    );
    return {
      apiVersion,
      kind: 'ReplicaSet',
      metadata: {
        namespace: metadata.namespace,
        name: replicaSetName(metadata.name, hash),
        labels,
        annotations,
        ownerReferences: [newControllerRef(this.deployment)],
      },
      spec: {
        replicas: newSetReplicas(this.deployment, this.oldSets, 0),
        ...(spec.minReadySeconds !== undefined && { minReadySeconds: spec.minReadySeconds }),
        selector: { ...spec.selector, matchLabels },
        template: { ...spec.template, metadata: { ...spec.template.metadata, labels } },
      },
    };
  }

  private *createFailed(name: string, status: Status): Task<Failure> {
    const failure = status.message ?? 'unknown error';
    if (status.reason === 'AlreadyExists') return yield* this.resolveCollision(name, failure);
    if (status.details?.causes?.some((cause) => cause.reason === 'NamespaceTerminating')) return failure;
    const message = `Failed to create new replica set "${name}": ${failure}`;
    if (hasDeadline(this.deployment)) {
      const { wallMs } = this.tools.host;
      const condition = newCondition('Progressing', 'False', reasons.createFailed, message, wallMs);
      const { status: before } = this.deployment;
      yield* this.writeStatus({ ...before, conditions: setCondition(before.conditions ?? [], condition) });
    }
    this.tools.events.event(this.deployment, 'Warning', reasons.createFailed, message);
    return failure;
  }

  /** The name is taken: by our own ReplicaSet that the informer has not shown yet, or by another template's hash. */
  private *resolveCollision(name: string, failure: string): Task<Failure> {
    const { namespace, uid } = this.deployment.metadata;
    const known = this.tools.sets.get(namespace, name);
    if (!known) return failure;
    const own = known.metadata.ownerReferences?.some((owner) => owner.controller && owner.uid === uid);
    if (own && sameTemplate(known.spec.template, this.deployment.spec.template)) {
      this.newSet = known;
      return yield* this.noteRevision(known.metadata.annotations?.[revisionAnnotation] ?? '', undefined);
    }
    const { status } = this.deployment;
    yield* this.writeStatus({ ...status, collisionCount: (status.collisionCount ?? 0) + 1 });
    return failure;
  }

  /** Records the revision on the Deployment and, when given, what has happened as its Progressing condition. */
  private *noteRevision(
    revision: string, progress: { readonly reason: string; readonly message: string } | undefined,
  ): Task<Failure> {
    const { metadata, status } = this.deployment;
    const { wallMs } = this.tools.host;
    const conditions = status.conditions ?? [];
    const noted = progress && hasDeadline(this.deployment)
      ? setCondition(conditions, newCondition('Progressing', 'True', progress.reason, progress.message, wallMs))
      : conditions;
    const isNew = metadata.annotations?.[revisionAnnotation] !== revision;
    if (!isNew && noted === conditions) return undefined;
    const annotations = { ...metadata.annotations, [revisionAnnotation]: revision };
    this.deployment = { ...this.deployment, metadata: { ...metadata, annotations } };
    return yield* this.writeStatus({ ...status, conditions: noted });
  }

  // --- writing -----------------------------------------------------------------------------------------------------

  /** Writes a ReplicaSet and puts it in the place of the one it was. */
  protected *writeSet(set: ReplicaSet): Task<Failure> {
    const answer = yield* this.tools.client.update(resources.replicaSets, set);
    if (!answer.ok) return answer.status.message ?? 'unknown error';
    this.tools.sets.observe(answer.value);
    const { uid } = set.metadata;
    if (this.newSet?.metadata.uid === uid) this.newSet = answer.value;
    else this.oldSets = this.oldSets.map((old) => (old.metadata.uid === uid ? answer.value : old));
    return undefined;
  }

  /** Writes the Deployment's status, and with it its annotations, as upstream does. */
  protected *writeStatus(status: DeploymentStatus): Task<Failure> {
    const answer = yield* this.tools.client.updateStatus(resources.deployments, { ...this.deployment, status });
    if (!answer.ok) return answer.status.message ?? 'unknown error';
    this.deployment = answer.value;
    this.tools.deployments.observe(answer.value);
    return undefined;
  }

  /** Gives a ReplicaSet another size, and says so. */
  protected *scale(set: ReplicaSet, size: number): Task<Failure> {
    const before = replicasOf(set);
    const replicas = replicasOf(this.deployment);
    const noted: Annotations = set.metadata.annotations ?? {};
    const annotations = replicasAnnotations(noted, replicas, replicas + maxSurge(this.deployment));
    if (before === size && annotations === noted) return undefined;
    const metadata = { ...set.metadata, annotations };
    const failure = yield* this.writeSet({ ...set, metadata, spec: { ...set.spec, replicas: size } });
    if (failure !== undefined || before === size) return failure;
    this.resized = true;
    const direction = before < size ? 'up' : 'down';
    const message = `Scaled ${direction} replica set ${set.metadata.name} from ${before} to ${size}`;
    this.tools.events.event(this.deployment, 'Normal', 'ScalingReplicaSet', message);
    return undefined;
  }

  /** Like scale, but leaves a ReplicaSet alone that has the size already. */
  protected *scaleTo(set: ReplicaSet, size: number): Task<Failure> {
    return replicasOf(set) === size ? undefined : yield* this.scale(set, size);
  }
}

/** The name of a Deployment's ReplicaSet, shortened so that with its hash it stays a valid label value. */
export function replicaSetName(deployment: string, hash: string): string {
  return `${deployment.slice(0, 63 - hash.length - 1)}-${hash}`;
}
