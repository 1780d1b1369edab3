/**
 * `kubectl rollout history`, and the revisions that undoing goes back to: the replica sets of a deployment, the controller
 * revisions of a daemon set or stateful set. Models kubectl's pkg/polymorphichelpers.
 */
import type { AnyKind } from '../../../api/kind';
import type { ControllerRevision, KubeObject, PodTemplateSpec, ReplicaSet } from '../../../api/types';
import type { Task } from '../../../sim/task';
import { writePodTemplate } from '../describe/pod-template';
import { DescribeWriter } from '../describe/writer';
import { type Call, complain, say } from './call';
import { scopeOf, shownName, type Target } from './resources';
import { aligned } from './table';

const revisionAnnotation = 'deployment.kubernetes.io/revision';
const causeAnnotation = 'kubernetes.io/change-cause';

export interface Revision {
  readonly revision: number;
  readonly cause: string;
  readonly template: PodTemplateSpec | undefined;
  /** What a controller revision would patch its owner with. */
  readonly data?: unknown;
}

/** The revisions of a workload, the oldest first. */
export function* revisionsOf(call: Call, target: Target, { metadata }: KubeObject): Task<readonly Revision[]> {
  const isDeployment = target.kind.kind === 'Deployment';
  const kind = call.kinds.byKind('apps/v1', isDeployment ? 'ReplicaSet' : 'ControllerRevision') as AnyKind;
  const list = yield* call.api.list<{ readonly items: readonly (ReplicaSet | ControllerRevision)[] }>(
    kind, scopeOf(call, target));
  if (!list.ok) return [];
  return list.value.items.filter((each) => each.metadata.ownerReferences?.some(({ uid }) => uid === metadata.uid))
    .map((each) => (isDeployment ? ofReplicaSet(each as ReplicaSet) : ofControllerRevision(each as ControllerRevision)))
    .sort((a, b) => a.revision - b.revision);
}

function causeOf({ metadata }: KubeObject): string {
  return metadata.annotations?.[causeAnnotation] ?? '<none>';
}

function ofReplicaSet(set: ReplicaSet): Revision {
  const revision = Number(set.metadata.annotations?.[revisionAnnotation] ?? 0);
  return { revision, cause: causeOf(set), template: set.spec.template };
}

function ofControllerRevision(stored: ControllerRevision): Revision {
  const { spec } = (stored.data ?? {}) as unknown as { readonly spec?: { readonly template?: PodTemplateSpec } };
  return { revision: stored.revision, cause: causeOf(stored), template: spec?.template, data: stored.data };
}

/** The action behind `rollout history`. */
export function* history(call: Call, target: Target, object: KubeObject): Task<number> {
  const { kind, name = '' } = target;
  const wanted = Number(call.flags.text('revision') ?? 0);
  if (wanted < 0) return complain(call, 'revision must be a positive integer: ' + String(wanted));
  const revisions = yield* revisionsOf(call, target, object);
  const title = `${shownName(kind, name)} ${wanted > 0 ? `with revision #${wanted}` : ''}`;
  if (revisions.length === 0) {
    say(call, `${title}\nNo rollout history found.`);
    return 0;
  }
  if (wanted === 0) {
    const rows = revisions.map(({ revision, cause }) => [String(revision), cause]);
    call.write('stdout', `${title}\n${aligned([['REVISION', 'CHANGE-CAUSE'], ...rows])}\n`);
    return 0;
  }
  const chosen = revisions.find(({ revision }) => revision === wanted);
  if (!chosen) return complain(call, 'unable to find the specified revision');
  const w = new DescribeWriter();
  writePodTemplate(w, chosen.template);
  // Written straight to the terminal, a template is not put into columns.
  call.write('stdout', `${title}\n${w.plain()}\n`);
  return 0;
}
