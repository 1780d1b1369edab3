/**
 * Which ReplicaSet is the new one, which are old, and the annotations that keep a Deployment's history so that
 * `kubectl rollout undo` can go back. Models pkg/controller/deployment/util/deployment_util.go.
 */
import { compareText, equal, withKey } from '../../base/freeze';
import type { Deployment, PodTemplateSpec, ReplicaSet } from '../../api/types';

export const templateHashLabel = 'pod-template-hash';
export const revisionAnnotation = 'deployment.kubernetes.io/revision';
export const revisionHistoryAnnotation = 'deployment.kubernetes.io/revision-history';
export const desiredReplicasAnnotation = 'deployment.kubernetes.io/desired-replicas';
export const maxReplicasAnnotation = 'deployment.kubernetes.io/max-replicas';

const maxHistoryChars = 2000;

/** Annotations of a Deployment that are not handed on to its ReplicaSets. */
const keptBack: ReadonlySet<string> = new Set([
  'kubectl.kubernetes.io/last-applied-configuration', revisionAnnotation, revisionHistoryAnnotation,
  desiredReplicasAnnotation, maxReplicasAnnotation, 'deprecated.deployment.rollback.to',
]);

/** Whether two pod templates are the same apart from the hash that a ReplicaSet's template carries. */
export function sameTemplate(a: PodTemplateSpec | undefined, b: PodTemplateSpec | undefined): boolean {
  return equal(withoutHash(a), withoutHash(b));
}

function withoutHash(template: PodTemplateSpec | undefined): PodTemplateSpec | undefined {
  const labels = template?.metadata?.labels;
  if (!template || !labels) return template;
  const { [templateHashLabel]: _hash, ...rest } = labels;
  return { ...template, metadata: { ...template.metadata, labels: rest } };
}

/** Oldest first; of the same second by name. */
export function byAge(a: ReplicaSet, b: ReplicaSet): number {
  return compareText(a.metadata.creationTimestamp, b.metadata.creationTimestamp)
    || compareText(a.metadata.name, b.metadata.name);
}

/** The ReplicaSet whose pods are what the Deployment describes: the oldest where several are. */
export function findNewSet(deployment: Deployment, sets: readonly ReplicaSet[]): ReplicaSet | undefined {
  return sets.slice().sort(byAge).find((set) => sameTemplate(set.spec.template, deployment.spec.template));
}

export type Annotations = Readonly<Record<string, string>>;

/** The revision that annotations carry; 0 when they carry none. */
export function revisionOf(annotations: Annotations | undefined): number {
  const text = annotations?.[revisionAnnotation];
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : 0;
}

/** The lowest revision first; of the same one the oldest. */
export function byRevision(a: ReplicaSet, b: ReplicaSet): number {
  return revisionOf(a.metadata.annotations) - revisionOf(b.metadata.annotations) || byAge(a, b);
}

export function maxRevision(sets: readonly ReplicaSet[]): number {
  return sets.reduce((max, set) => Math.max(max, revisionOf(set.metadata.annotations)), 0);
}

/** A ReplicaSet's annotations with those of its Deployment and the revision raised; the same object if none differs. */
export function revisionAnnotations(before: Annotations, deployment: Deployment, revision: number): Annotations {
  const annotations = withDeploymentAnnotations(before, deployment);
  if (revisionOf(before) >= revision) return annotations;
  const raised = { ...annotations, [revisionAnnotation]: String(revision) };
  const old = before[revisionAnnotation];
  // A ReplicaSet that had a revision is being rolled back to: its former numbers are remembered.
  return old === undefined ? raised : withHistory(raised, old);
}

function withDeploymentAnnotations(annotations: Annotations, deployment: Deployment): Annotations {
  const given = deployment.metadata.annotations ?? {};
  let next = annotations;
  for (const key in given) if (!keptBack.has(key)) next = withKey(next, key, given[key]);
  return next;
}

function withHistory(annotations: Annotations, old: string): Annotations {
  const revisions = (annotations[revisionHistoryAnnotation] ?? '').split(',').filter((entry) => entry !== '');
  revisions.push(old);
  while (revisions.length > 1 && revisions.join(',').length > maxHistoryChars) revisions.shift();
  return { ...annotations, [revisionHistoryAnnotation]: revisions.join(',') };
}

/** Annotations that remember what size the Deployment had; the same object when they do already. */
export function replicasAnnotations(before: Annotations, desired: number, max: number): Annotations {
  return withKey(withKey(before, desiredReplicasAnnotation, String(desired)), maxReplicasAnnotation, String(max));
}
