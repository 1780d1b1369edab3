/**
 * Aggregated ClusterRoles: the rules of a role with an aggregationRule are the rules of the roles its selectors match.
 * Models pkg/controller/clusterroleaggregation, run until nothing changes, since `admin` takes in `edit`, which takes
 * in `view`. Selectors by matchLabels only: the bootstrap roles use no expressions.
 */
import { compareText, equal } from '../../base/freeze';
import type { ClusterRole, LabelSelector, NewObject, PolicyRule } from '../../api/types';

type Draft = NewObject<ClusterRole>;

function selects(selector: LabelSelector, role: Draft): boolean {
  const wanted = selector.matchLabels ?? {};
  return Object.keys(wanted).every((key) => role.metadata.labels?.[key] === wanted[key]);
}

/** The rules that the role's selectors gather among all roles, in order of role name, without repeats. */
export function aggregatedRules(role: Draft, all: readonly Draft[]): readonly PolicyRule[] {
  const rules: PolicyRule[] = [];
  for (const selector of role.aggregationRule?.clusterRoleSelectors ?? []) {
    const sources = all.filter((other) => other.metadata.name !== role.metadata.name && selects(selector, other));
    sources.sort((a, b) => compareText(a.metadata.name ?? '', b.metadata.name ?? ''));
    for (const rule of sources.flatMap((source) => source.rules ?? [])) {
      if (!rules.some((known) => equal(known, rule))) rules.push(rule);
    }
  }
  return rules;
}

/** All roles with the rules of the aggregating ones filled in. Ends because rules only grow out of a finite set. */
export function aggregateRoles(all: readonly Draft[]): readonly Draft[] {
  const next = all.map((role) => {
    if (role.aggregationRule === undefined) return role;
    const rules = aggregatedRules(role, all);
    return equal(rules, role.rules) ? role : { ...role, rules };
  });
  return next.every((role, index) => role === all[index]) ? next : aggregateRoles(next);
}
