/**
 * The RBAC authorizer: roles and bindings from the watch caches, indexed by subject, and decisions remembered per user
 * until any RBAC object changes. Models plugin/pkg/auth/authorizer/rbac; rules only ever add rights.
 */
import { aggregateText, quote } from '../../api/go-text';
import { clusterRoleBindings, clusterRoles, roleBindings, roles } from '../../api/resources';
import type { ClusterRoleBinding, PolicyRule, RoleBinding, RoleRef, Subject } from '../../api/types';
import { compareText } from '../../base/freeze';
import type { UserInfo } from '../authentication/user';
import type { ObjectReader } from '../objects';
import type { AuthorizationAttributes, Opinion } from './attributes';
import { noOpinion } from './attributes';
import { coversPath, coversResource, rulesAllow } from './rule-matching';

type Binding = ClusterRoleBinding | RoleBinding;

/** Names for which a request is allowed; `true` for any name. */
type Allowed = true | ReadonlySet<string>;

/** Rules in force somewhere, and the texts of roles that are missing. */
interface Scope {
  readonly rules: readonly PolicyRule[];
  readonly missing: readonly string[];
  readonly opinion: Opinion;
}

/** Users are remembered up to this number: impersonation can name any. */
const maxUsers = 2_000;

interface UserRights {
  /** Per namespace, '' for cluster-wide rights alone: the rules in force there and the roles that are missing. */
  readonly scopes: Map<string, Scope>;
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
      if (this.users.size >= maxUsers) this.users.clear();
      rights = { scopes: new Map(), decisions: new Map() };
      this.users.set(user.key, rights);
    }
    return rights;
  }

  private scopeOf(user: UserInfo, rights: UserRights, namespace: string): Scope {
    let scope = rights.scopes.get(namespace);
    if (!scope) {
      scope = this.resolve(user, namespace);
      rights.scopes.set(namespace, scope);
    }
    return scope;
  }

  /** The rules that the user's bindings give it in a namespace; a binding whose role is missing is told as a reason. */
  private resolve(user: UserInfo, namespace: string): Scope {
    const rules: PolicyRule[] = [];
    const missing: string[] = [];
    for (const binding of this.bindingsIn(user, namespace)) {
      const found = this.rulesOf(binding.roleRef, binding.metadata.namespace);
      if (typeof found === 'string') missing.push(found);
      else rules.push(...found);
    }
    const opinion: Opinion = missing.length === 0 ? noOpinion : { reason: `RBAC: ${aggregateText(missing)}` };
    return { rules, missing, opinion };
  }

  /** The user's rules in a namespace, and the texts of what is missing: RulesFor. */
  rulesFor(
    user: UserInfo,
    namespace: string,
  ): { readonly rules: readonly PolicyRule[]; readonly errors: readonly string[] } {
    const { rules, missing } = this.scopeOf(user, this.rightsOf(user), namespace);
    return { rules, errors: missing };
  }

  /** The rules of a role, or that it is missing: GetRoleReferenceRules. */
  rulesOf({ kind, name }: RoleRef, namespace: string | undefined): readonly PolicyRule[] | string {
    const role =
      kind === 'ClusterRole'
        ? this.objects.get(clusterRoles, undefined, name)
        : this.objects.get(roles, namespace, name);
    return role ? (role.rules ?? []) : `${kind.toLowerCase()}.rbac.authorization.k8s.io ${quote(name)} not found`;
  }

  /** By which binding an allowed request is allowed, in upstream's words. */
  reasonFor(attributes: AuthorizationAttributes): string {
    const { user, namespace, path } = attributes;
    const bindings = this.bindingsIn(user, path === undefined ? namespace : '')
      .slice()
      .sort(byKindAndName);
    for (const binding of bindings) {
      const { roleRef, metadata, kind } = binding;
      const rules = this.rulesOf(roleRef, metadata.namespace);
      if (typeof rules === 'string' || !rulesAllow(rules, attributes)) continue;
      const name = metadata.namespace === undefined ? metadata.name : `${metadata.name}/${metadata.namespace}`;
      const subject = (binding.subjects ?? []).find((candidate) => appliesTo(candidate, user, metadata.namespace));
      return (
        `RBAC: allowed by ${kind} ${quote(name)} of ${roleRef.kind} ${quote(roleRef.name)} to ` +
        (subject ? subjectText(subject, metadata.namespace) : '')
      );
    }
    return '';
  }

  private bindingsIn(user: UserInfo, namespace: string): readonly Binding[] {
    return this.bindingsOf(user).filter(
      (binding) => binding.kind !== 'RoleBinding' || binding.metadata.namespace === namespace,
    );
  }

  private bindingsOf(user: UserInfo): readonly Binding[] {
    const index = (this.bySubject ??= this.buildIndex());
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

function appliesTo(subject: Subject, user: UserInfo, bindingNamespace: string | undefined): boolean {
  const key = subjectKey(subject, bindingNamespace);
  return key === `u:${user.name}` || user.groups.some((group) => key === `g:${group}`);
}

function subjectText({ kind, name, namespace }: Subject, bindingNamespace: string | undefined): string {
  return kind === 'ServiceAccount' ? `${kind} ${quote(`${name}/${namespace || (bindingNamespace ?? '')}`)}`
    : `${kind} ${quote(name)}`;
}

/** Bindings of the whole cluster come first, as the authorizer visits them. */
function byKindAndName(a: Binding, b: Binding): number {
  return compareText(a.kind, b.kind) || compareText(a.metadata.name, b.metadata.name);
}
