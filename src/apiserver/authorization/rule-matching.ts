/** Whether a policy rule covers a request: RuleAllows of plugin/pkg/auth/authorizer/rbac and its helpers. */
import type { PolicyRule } from '../../api/types';
import type { AuthorizationAttributes } from './attributes';

function includes(list: readonly string[] | undefined, value: string): boolean {
  return list !== undefined && (list.includes(value) || list.includes('*'));
}

/** Whether the rule covers verb, group and resource, names set aside. */
export function coversResource(rule: PolicyRule, attributes: AuthorizationAttributes): boolean {
  const { verb, group, resource, subresource } = attributes;
  if (!includes(rule.verbs, verb) || !includes(rule.apiGroups, group)) return false;
  if (subresource === '') return includes(rule.resources, resource);
  return includes(rule.resources, `${resource}/${subresource}`)
    || rule.resources?.includes(`*/${subresource}`) === true;
}

/** Whether the rule covers a path that is no resource; `/healthz/*` covers everything below it. */
export function coversPath(rule: PolicyRule, verb: string, path: string): boolean {
  if (!includes(rule.verbs, verb)) return false;
  return (rule.nonResourceURLs ?? []).some((url) =>
    url === '*' || url === path || (url.endsWith('*') && path.startsWith(url.slice(0, -1))));
}

/** Whether any of the rules allows the request. */
export function rulesAllow(rules: readonly PolicyRule[], attributes: AuthorizationAttributes): boolean {
  const { path, verb, name } = attributes;
  if (path !== undefined) return rules.some((rule) => coversPath(rule, verb, path));
  return rules.some((rule) => coversResource(rule, attributes)
    && (rule.resourceNames === undefined || rule.resourceNames.length === 0 || rule.resourceNames.includes(name)));
}
