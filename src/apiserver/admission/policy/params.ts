/** The parameters of a binding: objects of any kind. Models CollectParams of policy/generic/policy_dispatcher.go. */
import { matchesLabels, selectorOf } from '../../../api/selectors';
import type { KubeObject, ParamKind, ParamRef } from '../../../api/types';
import { keyFrom } from '../../../api/object';
import type { ServedResource } from '../../storage/served-resource';
import type { ServedResources } from '../../storage/served-resources';

/** The parameters, undefined standing for none; a text says why the binding cannot be used. */
export function paramsOf(
  kind: ParamKind | undefined, reference: ParamRef | undefined, requestNamespace: string, resources: ServedResources,
): readonly (KubeObject | undefined)[] | string {
  if (kind === undefined || reference === undefined) return [undefined];
  const served = resources.all.find((resource) =>
    resource.apiVersion === kind.apiVersion && resource.kind.kind === kind.kind);
  if (!served) return `paramKind kind \`${kind.apiVersion}, Kind=${kind.kind}\` not known`;
  const { namespaced } = served.kind;
  if (!namespaced && reference.namespace) {
    return 'paramRef.namespace must not be provided for a cluster-scoped `paramKind`';
  }
  const namespace = reference.namespace || requestNamespace;
  if (namespaced && namespace === '') {
    return 'cannot use namespaced paramRef in policy binding that matches cluster-scoped resources';
  }
  const found = find(served, reference, namespaced ? namespace : undefined);
  if (found.length > 0 || reference.parameterNotFoundAction !== 'Deny') return found;
  return 'no params found for policy binding with `Deny` parameterNotFoundAction';
}

function find(
  { cache }: ServedResource, { name, selector }: ParamRef, namespace: string | undefined,
): readonly KubeObject[] {
  if (name) {
    const object = cache.get(keyFrom(namespace, name));
    return object ? [object] : [];
  }
  const parsed = selectorOf(selector);
  const listed = cache.list(namespace === undefined ? '' : `${namespace}/`);
  return listed.filter(({ metadata }) => matchesLabels(parsed, metadata.labels));
}
