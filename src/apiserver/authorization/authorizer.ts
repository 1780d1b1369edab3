/**
 * The union of authorizers that kubeadm configures (--authorization-mode=Node,RBAC) behind the always-allowed group
 * system:masters. The first that allows decides; when none does, their reasons are joined.
 */
import type { PolicyRule } from '../../api/types';
import type { ObjectReader } from '../objects';
import type { AuthorizationAttributes, AuthorizationDecision } from './attributes';
import { NodeAuthorizer } from './node';
import { RbacAuthorizer } from './rbac';

const allowedByGroup: AuthorizationDecision = Object.freeze({ allowed: true, authorizer: 'AlwaysAllowGroups' });
const allowedByNode: AuthorizationDecision = Object.freeze({ allowed: true, authorizer: 'Node' });
const allowedByRbac: AuthorizationDecision = Object.freeze({ allowed: true, authorizer: 'RBAC' });

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
}
