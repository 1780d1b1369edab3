/**
 * The RBAC authorizer: roles and bindings from the watch caches, indexed by subject, and decisions remembered per user
 * until any RBAC object changes. Models plugin/pkg/auth/authorizer/rbac; rules only ever add rights.
 */
import { aggregateText, quote } from '../../api/go-text';
import { clusterRoleBindings, clusterRoles, roleBindings, roles } from '../../api/resources';
import type { ClusterRoleBinding, PolicyRule, RoleBinding, Subject } from '../../api/types';
import type { UserInfo } from '../authentication';
import type { ObjectReader } from '../objects';
import type { AuthorizationAttributes, Opinion } from './attributes';
import { noOpinion } from './attributes';
import { coversPath, coversResource } from './rule-matching';

type Binding = ClusterRoleBinding | RoleBinding;

/** Names for which a request is allowed; `true` for any name. */
type Allowed = true | ReadonlySet<string>;

interface UserRights {
  /** Per namespace, '' for cluster-wide rights alone: the rules in force there and the roles that are missing. */
  readonly scopes: Map<string, { readonly rules: readonly PolicyRule[]; readonly opinion: Opinion }>;
  readonly decisions: Map<string, Allowed>;
}

function subjectKey(subject: Subject, bindingNamespace: string | undefined): string {
  if (subject.kind === 'Group') return `g:${subject.name}`;
  if (subject.kind === 'User') return `u:${subject.name}`;
  return `u:system:serviceaccount:${subject.namespace ?? bindingNamespace ?? ''}:${subject.name}`;
}

export class RbacAuthorizer {
  private bySubject: Map<string, Binding[]> | undefined;
  private readonly users = new Map<string, UserRights>();

  constructor(private readonly objects: ObjectReader) {}

  /** Forgets what was derived; to be called when any RBAC object changed. */
  invalidate(): void {
    if (this.bySubject === undefined) return;
    this.bySubject = undefined;
    this.users.clear();
  }

  authorize(attributes: AuthorizationAttributes): Opinion {
    const { user, namespace, name, path, verb, group, resource, subresource } = attributes;
    const rights = this.rightsOf(user);
    if (path !== undefined) {
      const { rules, opinion } = this.scopeOf(user, rights, '');
      return rules.some((rule) => coversPath(rule, verb, path)) ? true : opinion;
    }
    const key = `${verb} ${group}/${resource}/${subresource} ${namespace}`;
    let allowed = rights.decisions.get(key);
    if (allowed === undefined) {
      allowed = namesAllowed(this.scopeOf(user, rights, namespace).rules, attributes);
      rights.decisions.set(key, allowed);
    }
    return allowed === true || allowed.has(name) ? true : this.scopeOf(user, rights, namespace).opinion;
  }

  private rightsOf(user: UserInfo): UserRights {
    let rights = this.users.get(user.key);
    if (!rights) {
      rights = { scopes: new Map(), decisions: new Map() };
      this.users.set(user.key, rights);
    }
    return rights;
  }

  private scopeOf(user: UserInfo, rights: UserRights, namespace: string) {
    let scope = rights.scopes.get(namespace);
    if (!scope) {
      scope = this.resolve(user, namespace);
      rights.scopes.set(namespace, scope);
    }
    return scope;
  }

  /** The rules that the user's bindings give it in a namespace; a binding whose role is missing is told as a reason. */
  private resolve(user: UserInfo, namespace: string) {
    const rules: PolicyRule[] = [];
    const missing: string[] = [];
    for (const binding of this.bindingsOf(user)) {
      const bindingNamespace = binding.kind === 'RoleBinding' ? binding.metadata.namespace : undefined;
      if (bindingNamespace !== undefined && bindingNamespace !== namespace) continue;
      const { kind, name } = binding.roleRef;
      const role = kind === 'ClusterRole' ? this.objects.get(clusterRoles, undefined, name)
        : this.objects.get(roles, bindingNamespace, name);
      if (role) rules.push(...(role.rules ?? []));
      else missing.push(`${kind.toLowerCase()}.rbac.authorization.k8s.io ${quote(name)} not found`);
    }
    const opinion: Opinion = missing.length === 0 ? noOpinion : { reason: `RBAC: ${aggregateText(missing)}` };
    return { rules, opinion };
  }

  private bindingsOf(user: UserInfo): readonly Binding[] {
    const index = this.bySubject ??= this.buildIndex();
    const found: Binding[] = [];
    for (const key of [`u:${user.name}`, ...user.groups.map((group) => `g:${group}`)]) {
      for (const binding of index.get(key) ?? []) if (!found.includes(binding)) found.push(binding);
    }
    return found;
  }

  private buildIndex(): Map<string, Binding[]> {
    const index = new Map<string, Binding[]>();
    const bindings: Binding[] = [...this.objects.list(clusterRoleBindings), ...this.objects.list(roleBindings)];
    for (const binding of bindings) {
      for (const subject of binding.subjects ?? []) {
        const key = subjectKey(subject, binding.metadata.namespace);
        const known = index.get(key);
        if (known) known.push(binding);
        else index.set(key, [binding]);
      }
    }
    return index;
  }
}

function namesAllowed(rules: readonly PolicyRule[], attributes: AuthorizationAttributes): Allowed {
  const names = new Set<string>();
  for (const rule of rules) {
    if (!coversResource(rule, attributes)) continue;
    if (rule.resourceNames === undefined || rule.resourceNames.length === 0) return true;
    for (const name of rule.resourceNames) names.add(name);
  }
  return names;
}
