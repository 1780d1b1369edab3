/**
 * What an authorizer is asked, what it answers, and the text of a refusal. Models authorizer.Attributes and
 * responsewriters.Forbidden.
 */
import { quote } from '../../api/go-text';
import type { FieldRequirement } from '../../api/selectors';
import { type FailureStatus, forbiddenStatus } from '../../api/status';
import type { UserInfo } from '../authentication/user';

export interface AuthorizationAttributes {
  readonly user: UserInfo;
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  /** Empty for cluster-scoped resources and for requests over all namespaces. */
  readonly namespace: string;
  /** Empty for collections and for create; of a list or watch, the name its field selector demands. */
  readonly name: string;
  /** Set for a request that is for no resource. */
  readonly path?: string;
  readonly fieldSelector?: readonly FieldRequirement[];
}

/** `allowed` by the named authorizer, or nobody had an opinion in favour; the reasons are joined by newlines. */
export type AuthorizationDecision =
  | { readonly allowed: true; readonly authorizer: string }
  | { readonly allowed: false; readonly reason: string };

/** A decision with the reason that reviews tell: who allowed it by what, or why nobody did. */
export interface ExplainedDecision {
  readonly allowed: boolean;
  readonly reason: string;
}

/** An authorizer that only ever allows or has no opinion, as Node and RBAC do: the reason why it did not allow. */
export type Opinion = true | { readonly reason: string };

export const noOpinion: Opinion = Object.freeze({ reason: '' });

/** The 403 of a refused request, in upstream's words. */
export function forbiddenRequest(attributes: AuthorizationAttributes, reason: string): FailureStatus {
  const { user, verb, group, resource, subresource, namespace, name, path } = attributes;
  const who = `User ${quote(user.name)} cannot ${verb}`;
  const tail = reason === '' ? '' : `: ${reason}`;
  if (path !== undefined) return forbiddenStatus({ group: '', resource: '' }, '', `${who} path ${quote(path)}${tail}`);
  const what = subresource === '' ? resource : `${resource}/${subresource}`;
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace ${quote(namespace)}`;
  const why = `${who} resource ${quote(what)} in API group ${quote(group)} ${where}${tail}`;
  return forbiddenStatus({ group, resource }, name, why);
}
