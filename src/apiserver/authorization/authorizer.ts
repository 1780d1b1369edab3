/**
 * The union of authorizers that kubeadm configures (--authorization-mode=Node,RBAC) behind the always-allowed group
 * system:masters. The first that allows decides; when none does, their reasons are joined.
 */
import type { PolicyRule, RoleRef } from '../../api/types';
import type { UserInfo } from '../authentication/user';
import type { ObjectReader } from '../objects';
import type { AuthorizationAttributes, AuthorizationDecision, ExplainedDecision } from './attributes';
import { NodeAuthorizer } from './node';
import { RbacAuthorizer } from './rbac';

const allowedByGroup: AuthorizationDecision = Object.freeze({ allowed: true, authorizer: 'AlwaysAllowGroups' });
const allowedByNode: AuthorizationDecision = Object.freeze({ allowed: true, authorizer: 'Node' });
const allowedByRbac: AuthorizationDecision = Object.freeze({ allowed: true, authorizer: 'RBAC' });

/** What a user may do, and what could not be found out. */
export interface RulesForUser {
  readonly rules: readonly PolicyRule[];
  readonly errors: readonly string[];
  readonly incomplete: boolean;
}

/** Paths that anybody may read (--authorization-always-allow-paths). */
const alwaysAllowedPaths = ['/healthz', '/readyz', '/livez'];

export class Authorizer {
  private readonly node: NodeAuthorizer;
  private readonly rbac: RbacAuthorizer;

  constructor(objects: ObjectReader, nodeRules: readonly PolicyRule[]) {
    this.node = new NodeAuthorizer(objects, nodeRules);
    this.rbac = new RbacAuthorizer(objects);
  }

  /** To be called when a Role, ClusterRole or binding changed. */
  invalidate(): void {
    this.rbac.invalidate();
  }

  authorize(attributes: AuthorizationAttributes): AuthorizationDecision {
    const { user, path } = attributes;
    if (user.superuser || (path !== undefined && alwaysAllowedPaths.includes(path))) return allowedByGroup;
    const node = this.node.authorize(attributes);
    if (node === true) return allowedByNode;
    const rbac = this.rbac.authorize(attributes);
    if (rbac === true) return allowedByRbac;
    return { allowed: false, reason: [node.reason, rbac.reason].filter((reason) => reason !== '').join('\n') };
  }

  /** The decision with its reason, for reviews: which binding of which role to which subject allows it. */
  explain(attributes: AuthorizationAttributes): ExplainedDecision {
    const decision = this.authorize(attributes);
    if (!decision.allowed) return decision;
    return { allowed: true, reason: decision === allowedByRbac ? this.rbac.reasonFor(attributes) : '' };
  }

  /** What a user may do in a namespace, as far as rules tell it. */
  rulesFor(user: UserInfo, namespace: string): RulesForUser {
    const { rules, errors } = this.rbac.rulesFor(user, namespace);
    if (user.node === undefined) return { rules, errors, incomplete: errors.length > 0 };
    return { rules, errors: ['node authorizer does not support user rule resolution', ...errors], incomplete: true };
  }

  /** The rules of a role that a binding refers to; undefined when it is missing. */
  rulesOf(roleRef: RoleRef, namespace: string): readonly PolicyRule[] | undefined {
    const rules = this.rbac.rulesOf(roleRef, namespace);
    return typeof rules === 'string' ? undefined : rules;
  }

  /** The rules that a user holds in a namespace by RBAC alone, to which it may give others a part: escalation checks. */
  heldRules(
    user: UserInfo,
    namespace: string,
  ): { readonly rules: readonly PolicyRule[]; readonly errors: readonly string[] } {
    return this.rbac.rulesFor(user, namespace);
  }
}
