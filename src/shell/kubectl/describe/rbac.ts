/**
 * `kubectl describe` of roles and role bindings. Rules are taken apart and put together again by resource, so that each
 * resource is listed once with all its verbs. Models the RBAC describers and kubectl's pkg/util/rbac.
 */
import type { ClusterRole, ClusterRoleBinding, KubeObject, PolicyRule, Role, RoleBinding } from '../../../api/types';
import { compareText } from '../../../base/freeze';
import { writeAnnotations, writeLabels } from './metadata';
import { type DescribeWriter, goList } from './writer';

export function describeRole(w: DescribeWriter, role: Role | ClusterRole): void {
  writeName(w, role);
  w.line(0, 'PolicyRule:');
  w.line(1, 'Resources\tNon-Resource URLs\tResource Names\tVerbs');
  w.line(1, '---------\t-----------------\t--------------\t-----');
  for (const row of rulesByResource(role.rules ?? [])) {
    w.line(1, `${resourceText(row)}\t${goList(row.urls)}\t${goList(row.names)}\t${goList(row.verbs)}`);
  }
}

export function describeRoleBinding(w: DescribeWriter, binding: RoleBinding | ClusterRoleBinding): void {
  writeName(w, binding);
  w.line(0, 'Role:');
  w.line(1, `Kind:\t${binding.roleRef.kind}`);
  w.line(1, `Name:\t${binding.roleRef.name}`);
  w.line(0, 'Subjects:');
  w.line(1, 'Kind\tName\tNamespace');
  w.line(1, '----\t----\t---------');
  for (const { kind, name, namespace = '' } of binding.subjects ?? []) w.line(1, `${kind}\t${name}\t${namespace}`);
}

/** Upstream does not print the namespace of a role or a binding. */
function writeName(w: DescribeWriter, { metadata }: KubeObject): void {
  w.line(0, `Name:\t${metadata.name}`);
  writeLabels(w, 'Labels', metadata.labels);
  writeAnnotations(w, 'Annotations', metadata.annotations);
}

/** A rule of at most one group, resource, name and URL. */
export interface RuleRow {
  readonly groups: readonly string[];
  readonly resources: readonly string[];
  readonly names: readonly string[];
  readonly urls: readonly string[];
  readonly verbs: readonly string[];
}

/** BreakdownRule, then CompactRules, then their order: by verbs first, as the text of a rule begins with them. */
export function rulesByResource(rules: readonly PolicyRule[]): RuleRow[] {
  const byResource = new Map<string, RuleRow>();
  const forUrls: RuleRow[] = [];
  for (const row of rules.flatMap(brokenDown)) {
    if (row.urls.length > 0) {
      forUrls.push(row);
      continue;
    }
    const key = JSON.stringify([row.groups, row.resources, row.names]);
    const before = byResource.get(key);
    byResource.set(key, before ? { ...before, verbs: [...before.verbs, ...row.verbs] } : row);
  }
  const rows = [...forUrls, ...byResource.values()];
  return rows.sort((a, b) => compareText(ruleText(a), ruleText(b)));
}

function brokenDown(rule: PolicyRule): RuleRow[] {
  const { apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [], verbs } = rule;
  const none: readonly string[] = [];
  const names = resourceNames.length === 0 ? [none] : resourceNames.map((name) => [name]);
  const ofResources = apiGroups.flatMap((group) => resources.flatMap((resource) => verbs.flatMap((verb) => (
    names.map((name) => ({ groups: [group], resources: [resource], names: name, urls: none, verbs: [verb] }))))));
  const ofUrls = nonResourceURLs.flatMap((url) => verbs.map((verb) => (
    { groups: none, resources: none, names: none, urls: [url], verbs: [verb] })));
  return [...ofResources, ...ofUrls];
}

/** A rule as its Go type prints itself; only its order matters. */
function ruleText({ groups, resources, names, urls, verbs }: RuleRow): string {
  return `Verbs:${goList(verbs)},APIGroups:${goList(groups)},Resources:${goList(resources)},`
    + `ResourceNames:${goList(names)},NonResourceURLs:${goList(urls)},`;
}

/** `deployments.apps/status`: CombineResourceGroup. */
export function resourceText({ resources, groups }: RuleRow): string {
  const resource = resources[0];
  if (resource === undefined) return '';
  const slash = resource.indexOf('/');
  const main = slash < 0 ? resource : resource.slice(0, slash);
  const group = groups[0] ? `.${groups[0]}` : '';
  return `${main}${group}${slash < 0 ? '' : resource.slice(slash)}`;
}
