/**
 * Nobody grants by a role or binding what he may not do himself, unless he may `escalate` that role or `bind` it. Not
 * an admission plugin upstream but a layer of the storage that comes right after admission: the packages policybased
 * of pkg/registry/rbac.
 */
import { equal } from '../../base/freeze';
import { type FailureStatus, forbiddenStatus, notFoundStatus } from '../../api/status';
import type { ClusterRole, KubeObject, PolicyRule, RoleBinding } from '../../api/types';
import type { AuthorizationAttributes } from '../authorization/attributes';
import type { Authorizer } from '../authorization/authorizer';
import { escalationProblem } from '../authorization/escalation';
import type { AdmissionAttributes, AdmissionPlugin } from './plugin';

const group = 'rbac.authorization.k8s.io';
const everything: readonly PolicyRule[] = Object.freeze([
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] }, { verbs: ['*'], nonResourceURLs: ['*'] },
]);

/** The check, on the rights that the authorizer knows of. */
export function rbacEscalation(authorizer: Authorizer): AdmissionPlugin {
  const may = (attributes: AdmissionAttributes, verb: string, resource: string, name: string): boolean => {
    const asked: AuthorizationAttributes = {
      user: attributes.user, verb, group, resource, subresource: '', namespace: attributes.namespace, name,
    };
    return authorizer.authorize(asked).allowed;
  };
  const refusal = (attributes: AdmissionAttributes, granted: readonly PolicyRule[], why?: string) => {
    const { user, namespace, resource, object } = attributes;
    const problem = escalationProblem(user, authorizer.heldRules(user, namespace), granted);
    const name = object?.metadata.name ?? '';
    return problem === undefined ? undefined : forbiddenStatus(resource.groupResource, name, why ?? problem);
  };

  const checkRole = (attributes: AdmissionAttributes): FailureStatus | undefined => {
    const { resource, operation, name, oldObject } = attributes;
    const role = attributes.object as ClusterRole;
    const old = oldObject as ClusterRole | undefined;
    // On a create the path names nothing, so that a right for one name does not count.
    if (may(attributes, 'escalate', resource.kind.plural, operation === 'CREATE' ? '' : name)) return undefined;
    const problem = refusal(attributes, role.rules ?? []);
    if (problem) return problem;
    if (!role.aggregationRule && !old?.aggregationRule) return undefined;
    return refusal(attributes, everything, 'must have cluster-admin privileges to use the aggregationRule');
  };

  const checkBinding = (attributes: AdmissionAttributes): FailureStatus | undefined => {
    const { roleRef, metadata } = attributes.object as RoleBinding;
    if (may(attributes, 'bind', roleRef.kind === 'Role' ? 'roles' : 'clusterroles', roleRef.name)) return undefined;
    const granted = authorizer.rulesOf(roleRef, metadata.namespace ?? attributes.namespace);
    if (granted) return refusal(attributes, granted);
    const resource = roleRef.kind === 'Role' ? 'roles' : 'clusterroles';
    return notFoundStatus({ group, resource }, roleRef.name);
  };

  return {
    name: 'RBACEscalationCheck',
    resources: ['roles', 'clusterroles', 'rolebindings', 'clusterrolebindings'].map((name) => `${name}.${group}`),
    mutate(attributes) {
      const { operation, subresource, user, resource, object, oldObject } = attributes;
      if (user.superuser || operation === 'DELETE' || subresource !== '' || !object) return undefined;
      if (oldObject && onlyForCollection(object, oldObject)) return undefined;
      return resource.kind.kind.endsWith('Binding') ? checkBinding(attributes) : checkRole(attributes);
    },
  };
}

/** Whether an update changes only what the garbage collector must be able to change: IsOnlyMutatingGCFields. */
function onlyForCollection(object: KubeObject, old: KubeObject): boolean {
  const rest = ({ metadata, ...others }: KubeObject): unknown => {
    const { ownerReferences: _o, finalizers: _f, managedFields: _m, resourceVersion: _r, ...kept } = metadata;
    return { ...others, metadata: kept };
  };
  return equal(rest(object), rest(old));
}
