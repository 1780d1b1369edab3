/**
 * clusterrole-aggregation-controller: a ClusterRole with an aggregationRule holds the rules of all roles that its
 * selectors match. Models pkg/controller/clusterroleaggregation.
 */
import { compareText, equal } from '../base/freeze';
import * as resources from '../api/resources';
import { matchesLabels, selectorOf } from '../api/selectors';
import type { ClusterRole, PolicyRule } from '../api/types';
import { Controller, done, failed, type ReconcileResult } from '../client/controller';
import type { Task } from '../sim/task';
import type { ControllerContext, ControllerLoop } from './context';

/** The controller, ready to start. */
export function clusterRoleAggregation({ host, informers, client }: ControllerContext): ControllerLoop {
  const own = client('clusterrole-aggregation-controller');
  const roles = informers.of(resources.clusterRoles);

  function* sync(name: string): Task<ReconcileResult> {
    const role = roles.byKey(name);
    if (!role?.aggregationRule) return done;
    const rules = aggregatedRules(role, roles.list());
    if (equal(rules, role.rules ?? [])) return done;
    const answer = yield* own.update(resources.clusterRoles, { ...role, rules });
    return answer.ok ? done : failed(answer.status.message);
  }

  const loop = new Controller(host, { name: 'clusterrole-aggregation-controller', reconcile: sync });
  const changed = (): void => {
    for (const role of roles.list()) if (role.aggregationRule) loop.add(role.metadata.name);
  };
  roles.addHandlers({ added: changed, updated: changed, deleted: changed });
  return loop;
}

/** The rules of the roles that a role's selectors match, in order of their names, without repeats. */
export function aggregatedRules(role: ClusterRole, all: readonly ClusterRole[]): readonly PolicyRule[] {
  const rules: PolicyRule[] = [];
  const byName = all.slice().sort((a, b) => compareText(a.metadata.name, b.metadata.name));
  for (const labelSelector of role.aggregationRule?.clusterRoleSelectors ?? []) {
    const selector = selectorOf(labelSelector);
    for (const source of byName) {
      if (source.metadata.name === role.metadata.name || !matchesLabels(selector, source.metadata.labels)) continue;
      for (const rule of source.rules ?? []) if (!rules.some((known) => equal(known, rule))) rules.push(rule);
    }
  }
  return rules;
}
