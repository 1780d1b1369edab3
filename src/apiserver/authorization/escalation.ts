/**
 * Whether rules cover other rules, and the text that lists those that they do not: nobody may grant what he does not
 * hold. Models component-helpers/auth/rbac/validation (Covers, BreakdownRule) and ConfirmNoEscalation with CompactRules
 * of pkg/registry/rbac/validation.
 */
import { quote } from '../../api/go-text';
import type { PolicyRule } from '../../api/types';
import type { UserInfo } from '../authentication/user';

type Held = { readonly rules: readonly PolicyRule[]; readonly errors: readonly string[] };

/** What a user attempts to grant without holding it, as the API server words it; undefined when it holds everything. */
export function escalationProblem(
  user: Pick<UserInfo, 'name' | 'groups'>, held: Held, granted: readonly PolicyRule[],
): string | undefined {
  const missing = granted.flatMap(brokenDown).filter((rule) => !held.rules.some((owner) => covers(owner, rule)));
  if (missing.length === 0) return undefined;
  const lines = [...new Set(compacted(missing).map(ruleText))].sort();
  const errors = held.errors.length === 0 ? '' : `; resolution errors: [${held.errors.join(' ')}]`;
  return `user ${quote(user.name)} (groups=${list(user.groups)}) is attempting to grant RBAC permissions not currently `
    + `held:\n${lines.join('\n')}${errors}`;
}

/** The rules of one verb on one resource or one path that a rule consists of. */
function brokenDown(rule: PolicyRule): readonly PolicyRule[] {
  const { verbs = [], apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = rule;
  const names = resourceNames.length > 0 ? resourceNames.map((name) => ({ resourceNames: [name] })) : [{}];
  const onResources = apiGroups.flatMap((group) => resources.flatMap((resource) => verbs.flatMap((verb) =>
    names.map((name): PolicyRule => ({ apiGroups: [group], resources: [resource], verbs: [verb], ...name })))));
  const onPaths = nonResourceURLs.flatMap((url) => verbs.map((verb): PolicyRule =>
    ({ nonResourceURLs: [url], verbs: [verb] })));
  return [...onResources, ...onPaths];
}

function covers(owner: PolicyRule, part: PolicyRule): boolean {
  const names = owner.resourceNames ?? [];
  const partNames = part.resourceNames ?? [];
  return coversAll(owner.verbs, part.verbs) && coversAll(owner.apiGroups, part.apiGroups)
    && (part.resources ?? []).every((resource) => coversResourceName(owner.resources ?? [], resource))
    && (part.nonResourceURLs ?? []).every((url) => coversUrl(owner.nonResourceURLs ?? [], url))
    && (names.length === 0 || (partNames.length > 0 && partNames.every((name) => names.includes(name))));
}

function coversAll(owner: readonly string[] = [], part: readonly string[] = []): boolean {
  return owner.includes('*') || part.every((item) => owner.includes(item));
}

function coversResourceName(owner: readonly string[], resource: string): boolean {
  const slash = resource.indexOf('/');
  return owner.includes('*') || owner.includes(resource) || (slash >= 0 && owner.includes(`*${resource.slice(slash)}`));
}

function coversUrl(owner: readonly string[], url: string): boolean {
  return owner.some((own) => own === '*' || own === url || (own.endsWith('*') && url.startsWith(own.slice(0, -1))));
}

/** Rules on the same resource and name as one, with all their verbs. */
function compacted(rules: readonly PolicyRule[]): readonly PolicyRule[] {
  const byKey = new Map<string, PolicyRule>();
  const others: PolicyRule[] = [];
  for (const rule of rules) {
    if (rule.nonResourceURLs) {
      others.push(rule);
      continue;
    }
    const key = [rule.apiGroups?.[0], rule.resources?.[0], rule.resourceNames?.[0] ?? '\n'].join('\n');
    const known = byKey.get(key);
    byKey.set(key, known ? { ...known, verbs: [...known.verbs, ...rule.verbs] } : rule);
  }
  return [...byKey.values(), ...others];
}

/** A rule as its users write it down: rbacv1helpers.CompactString. */
function ruleText({ apiGroups, resources, nonResourceURLs, resourceNames, verbs }: PolicyRule): string {
  const part = (name: string, items: readonly string[] = []): string[] =>
    (items.length > 0 ? [`${name}:${list(items)}`] : []);
  return `{${[
    ...part('APIGroups', apiGroups), ...part('Resources', resources), ...part('NonResourceURLs', nonResourceURLs),
    ...part('ResourceNames', resourceNames), ...part('Verbs', verbs),
  ].join(', ')}}`;
}

function list(items: readonly string[]): string {
  return `[${items.map(quote).join(' ')}]`;
}
