/**
 * The subresource of pods that assigns a node. Models BindingREST of pkg/registry/core/pod/storage.
 */
import { notSupported, required } from '../../api/field-errors';
import { badRequest, conflict, type FailureStatus, invalidStatus, isFailure } from '../../api/status';
import type { Binding, KubeObject, Pod, PodCondition, Status } from '../../api/types';
import type { Task } from '../../sim/task';
import { refusedSubject } from '../admission/chain';
import { attributesOf, type RequestScope } from './scope';
import { updateObject } from './update';

/** What the server answers to a binding or an eviction that it has carried out. */
export const done: Status = Object.freeze({
  apiVersion: 'v1',
  kind: 'Status',
  metadata: {},
  status: 'Success',
  code: 201,
});

/** POST pods/NAME/binding: sets the node and the condition PodScheduled, once. */
export function* bind(scope: RequestScope): Task<KubeObject | Status> {
  const sent = scope.request.body as Binding | undefined;
  const name = scope.request.name ?? '';
  if (!sent?.target) return badRequest('a binding has a target');
  const binding = { ...sent, metadata: sent.metadata ?? {} } as Binding & KubeObject;
  if (binding.metadata.name && binding.metadata.name !== name) {
    return badRequest(`the name of the object (${binding.metadata.name}) does not match the name on the URL (${name})`);
  }
  const admitted = yield* admitSubresource(scope, name, binding);
  if (isFailure(admitted)) return admitted;
  const problem = bindingProblem(admitted as Binding & KubeObject, name);
  if (problem) {
    scope.execution.stage('validation', false, refusedSubject(scope.subject, problem));
    return problem;
  }
  const bound = yield* updateObject(scope, (pod) => {
    const assigned = assign(pod as Pod & KubeObject, admitted as Binding & KubeObject, scope.execution.wallTime);
    if (isFailure(assigned)) scope.execution.stage('registry', false, refusedSubject(scope.subject, assigned));
    return assigned;
  }, { raw: true });
  return isFailure(bound) ? bound : done;
}

function bindingProblem({ target }: Binding, name: string): FailureStatus | undefined {
  const errors = [];
  if (target.kind !== undefined && target.kind !== '' && target.kind !== 'Node') {
    errors.push(notSupported('target.kind', target.kind, ['Node', '<empty>']));
  }
  if (!target.name) errors.push(required('target.name'));
  return errors.length === 0 ? undefined : invalidStatus({ group: '', kind: 'Binding' }, name, errors);
}

function assign(pod: Pod & KubeObject, { target, metadata }: Binding, now: string): KubeObject | FailureStatus {
  const { name, uid } = pod.metadata;
  const refuse = (why: string): FailureStatus => conflict({ group: '', resource: 'pods/binding' }, name, why);
  if (metadata?.uid && metadata.uid !== uid) {
    return refuse(`Precondition failed: UID in precondition: ${metadata.uid}, UID in object meta: ${uid}`);
  }
  if (pod.metadata.deletionTimestamp !== undefined) {
    return refuse(`pod ${name} is being deleted, cannot be assigned to a host`);
  }
  if (pod.spec.nodeName) return refuse(`pod ${name} is already assigned to node "${pod.spec.nodeName}"`);
  if ((pod.spec.schedulingGates ?? []).length > 0) return refuse(`pod ${name} has non-empty .spec.schedulingGates`);
  const { annotations, labels } = metadata ?? {};
  const withMaps = annotations === undefined && labels === undefined ? pod.metadata : {
    ...pod.metadata,
    ...(annotations ? { annotations: { ...pod.metadata.annotations, ...annotations } } : {}),
    ...(labels ? { labels: { ...pod.metadata.labels, ...labels } } : {}),
  };
  const conditions = scheduledConditions(pod.status?.conditions ?? [], now, pod.metadata.generation);
  const spec = { ...pod.spec, nodeName: target.name };
  return { ...pod, metadata: withMaps, spec, status: { ...pod.status, conditions } } as Pod & KubeObject;
}

/** The condition takes the place of an earlier one of its type: podutil.UpdatePodCondition. */
function scheduledConditions(
  conditions: readonly PodCondition[], now: string, generation: number | undefined,
): readonly PodCondition[] {
  const observed = generation === undefined ? {} : { observedGeneration: generation };
  const scheduled: PodCondition = { type: 'PodScheduled', status: 'True', lastTransitionTime: now, ...observed };
  if (!conditions.some(({ type }) => type === scheduled.type)) return [...conditions, scheduled];
  return conditions.map((condition) => (condition.type === scheduled.type ? scheduled : condition));
}

/** Admission sees what was sent to the subresource as the object that is created. */
export function* admitSubresource(
  scope: RequestScope, name: string, object: KubeObject | undefined,
): Task<KubeObject | FailureStatus | undefined> {
  const { admission, execution, subject } = scope;
  const attributes = attributesOf(scope, 'CREATE', name, object);
  const admitted = yield* admission.mutate(attributes, execution, subject);
  if (isFailure(admitted)) return admitted;
  return (yield* admission.validate({ ...attributes, object: admitted }, execution, subject)) ?? admitted;
}
