/**
 * What webhooks and admission policies have in common: rules about requests, selectors, match conditions, references to
 * parameters. Models the shared part of pkg/apis/admissionregistration/validation and its defaults.
 */
import { withKey } from '../../../base/freeze';
import {
  child, duplicate, forbidden, index, invalid, notSupported, required, tooMany,
} from '../../field-errors';
import {
  dns1035LabelProblems, dnsSubdomainProblems, pathSegmentProblems,
} from '../../names';
import { labelSelectorErrors } from '../../selectors';
import type {
  LabelSelector, MatchCondition, MatchResources, NamedRuleWithOperations, ParamKind, ParamRef, RuleWithOperations,
} from '../../types';
import { checkOneOf, checkProblems, checkQualifiedName, eachItem } from '../field-checks';
import type { FieldErrors } from '../field-checks';
import { mapList, withDefault } from '../pod/container-defaults';

export const failurePolicies = ['Fail', 'Ignore'];
export const matchPolicies = ['Equivalent', 'Exact'];
export const reinvocationPolicies = ['IfNeeded', 'Never'];

const operations = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'];
const scopes = ['*', 'Cluster', 'Namespaced'];
const maxMatchConditions = 64;
const emptySelector: LabelSelector = Object.freeze({});

/** Rules whose scope is filled in. */
export function ruleDefaults<T extends RuleWithOperations>(
  rules: readonly T[] | undefined,
): readonly T[] | undefined {
  return mapList(rules, (rule) => (rule.scope === undefined ? { ...rule, scope: '*' } : rule));
}

/** Two selectors and a policy, as webhooks and MatchResources have them. */
export function matchDefaults<T extends Pick<MatchResources, 'matchPolicy' | 'namespaceSelector' | 'objectSelector'>>(
  given: T,
): T {
  let match = given;
  if (match.matchPolicy === undefined) match = withKey(match, 'matchPolicy', 'Equivalent' as T['matchPolicy']);
  if (match.namespaceSelector === undefined) {
    match = withKey(match, 'namespaceSelector', emptySelector as T['namespaceSelector']);
  }
  return match.objectSelector === undefined
    ? withKey(match, 'objectSelector', emptySelector as T['objectSelector']) : match;
}

/** Defaults of the resources that a policy or a binding matches. */
export function matchResourcesDefaults(given: MatchResources | undefined): MatchResources | undefined {
  if (given === undefined) return undefined;
  const match = withKey(matchDefaults(given), 'resourceRules', ruleDefaults(given.resourceRules));
  return withKey(match, 'excludeResourceRules', ruleDefaults(given.excludeResourceRules));
}

/** A binding without parameters denies, unless it says otherwise. */
export function paramRefDefaults(given: ParamRef | undefined): ParamRef | undefined {
  return given === undefined ? undefined : withDefault(given, 'parameterNotFoundAction', 'Deny');
}

/** One rule: validateRuleWithOperations. */
export function checkRule(rule: RuleWithOperations, path: string, errors: FieldErrors): void {
  const given = rule.operations ?? [];
  const at = child(path, 'operations');
  checkWildcard(given, at, 'operations', errors);
  eachItem(given, at, (operation, place) => {
    if (!operations.includes(operation)) errors.push(notSupported(place, operation, operations));
  });
  checkWildcard(rule.apiGroups ?? [], child(path, 'apiGroups'), 'API groups', errors);
  checkWildcard(rule.apiVersions ?? [], child(path, 'apiVersions'), 'API versions', errors);
  eachItem(rule.apiVersions, child(path, 'apiVersions'), (version, place) => {
    if (version === '') errors.push(required(place));
  });
  checkResources(rule.resources ?? [], child(path, 'resources'), errors);
  checkOneOf(rule.scope, scopes, child(path, 'scope'), errors);
}

/** Not empty, and nothing beside a `*`. */
function checkWildcard(items: readonly string[], path: string, what: string, errors: FieldErrors): void {
  if (items.length === 0) errors.push(required(path));
  else if (items.length > 1 && items.includes('*')) {
    errors.push(invalid(path, items, `if '*' is present, must not specify other ${what}`));
  }
}

/** Resources with or without subresources, none of them covered by another with a wildcard before it. */
function checkResources(resources: readonly string[], path: string, errors: FieldErrors): void {
  if (resources.length === 0) errors.push(required(path));
  const wholeResources = new Set<string>();
  const wholeSubresources = new Set<string>();
  let isLastPlain = false;
  resources.forEach((text, i) => {
    const at = index(path, i);
    if (text === '') {
      errors.push(required(at));
      return;
    }
    const slash = text.indexOf('/');
    if (slash < 0) {
      isLastPlain = text !== '*';
      return;
    }
    const [resource, subresource] = [text.slice(0, slash), text.slice(slash + 1)];
    if (wholeResources.has(resource)) {
      errors.push(invalid(at, text, `if '${resource}/*' is present, must not specify ${text}`));
    }
    if (wholeSubresources.has(subresource)) {
      errors.push(invalid(at, text, `if '*/${subresource}' is present, must not specify ${text}`));
    }
    if (subresource === '*') wholeResources.add(resource);
    if (resource === '*') wholeSubresources.add(subresource);
  });
  if (resources.length > 1 && resources.includes('*/*')) {
    errors.push(invalid(path, resources, "if '*/*' is present, must not specify other resources"));
  }
  if (resources.includes('*') && isLastPlain) {
    const detail = "if '*' is present, must not specify other resources without subresources";
    errors.push(invalid(path, resources, detail));
  }
}

/** What a policy or a binding matches: validateMatchResources. */
export function checkMatchResources(match: MatchResources | undefined, path: string, errors: FieldErrors): void {
  if (match === undefined) return;
  checkOneOf(match.matchPolicy, matchPolicies, child(path, 'matchPolicy'), errors, true);
  for (const field of ['namespaceSelector', 'objectSelector'] as const) {
    if (match[field] === undefined) errors.push(required(child(path, field)));
    else errors.push(...labelSelectorErrors(match[field], child(path, field)));
  }
  for (const field of ['resourceRules', 'excludeResourceRules'] as const) {
    eachItem(match[field], child(path, field), (rule, at) => checkNamedRule(rule, at, errors));
  }
}

function checkNamedRule(rule: NamedRuleWithOperations, path: string, errors: FieldErrors): void {
  const names = rule.resourceNames ?? [];
  eachItem(names, child(path, 'resourceNames'), (name, at, i) => {
    checkProblems(pathSegmentProblems(name), name, at, errors);
    if (names.indexOf(name) < i) errors.push(duplicate(at, name));
  });
  checkRule(rule, path, errors);
}

/** Conditions on requests, in CEL. */
export function checkMatchConditions(
  conditions: readonly MatchCondition[] = [], path: string, errors: FieldErrors,
): void {
  if (conditions.length > maxMatchConditions) errors.push(tooMany(path, conditions.length, maxMatchConditions));
  eachItem(conditions, path, ({ name, expression }, at, i) => {
    if (!expression?.trim()) errors.push(required(child(at, 'expression')));
    if (!name) errors.push(required(child(at, 'name')));
    else checkQualifiedName(name, child(at, 'name'), errors);
    if (name && conditions.findIndex((condition) => condition.name === name) < i) {
      errors.push(duplicate(child(at, 'name'), name));
    }
  });
}

/** The kind of a policy's parameters: validateParamKind. */
export function checkParamKind({ apiVersion = '', kind = '' }: ParamKind, path: string, errors: FieldErrors): void {
  const at = child(path, 'apiVersion');
  const parts = apiVersion === '/' ? [''] : apiVersion.split('/');
  if (apiVersion === '') errors.push(required(at));
  else if (parts.length > 2) errors.push(invalid(at, apiVersion, `unexpected GroupVersion string: ${apiVersion}`));
  else {
    const [group, version] = parts.length === 2 ? [parts[0] ?? '', parts[1] ?? ''] : ['', parts[0] ?? ''];
    const problems = group === '' ? [] : dnsSubdomainProblems(group);
    if (problems.length > 0) errors.push(invalid(at, group, problems.join(',')));
    const wrong = version === '' ? [] : dns1035LabelProblems(version);
    if (version === '') errors.push(invalid(at, apiVersion, 'version must be specified'));
    else if (wrong.length > 0) errors.push(invalid(at, version, wrong.join(',')));
  }
  const kindPath = child(path, 'kind');
  const problems = kind === '' ? [] : dns1035LabelProblems(kind.toLowerCase());
  if (kind === '') errors.push(required(kindPath));
  else if (problems.length > 0) {
    errors.push(invalid(kindPath, kind, `may have mixed case, but should otherwise match: ${problems.join(',')}`));
  }
}

/** Which objects are a binding's parameters: validateParamRef. */
export function checkParamRef(reference: ParamRef | undefined, path: string, errors: FieldErrors): void {
  if (reference === undefined) return;
  const { name = '', selector, parameterNotFoundAction: action } = reference;
  const exclusive = 'name and selector are mutually exclusive';
  if (name !== '') {
    checkProblems(pathSegmentProblems(name), name, child(path, 'name'), errors);
    if (selector !== undefined) errors.push(forbidden(child(path, 'name'), exclusive));
  }
  if (selector !== undefined) {
    errors.push(...labelSelectorErrors(selector, child(path, 'selector')));
    if (name !== '') errors.push(forbidden(child(path, 'selector'), exclusive));
  }
  if (name === '' && selector === undefined) {
    errors.push(required(path, 'one of name or selector must be specified'));
  }
  checkOneOf(action, ['Deny', 'Allow'], child(path, 'parameterNotFoundAction'), errors, true);
}

/** The name of a policy that a binding puts to use. */
export function checkPolicyName(name: string | undefined, path: string, errors: FieldErrors): void {
  if (!name) errors.push(required(path));
  else checkProblems(dnsSubdomainProblems(name), name, path, errors);
}

/** `apps/v1/Deployment`, as tables show it. */
export function paramKindText(kind: ParamKind | undefined): string {
  return kind === undefined ? '<unset>' : `${kind.apiVersion ?? ''}/${kind.kind ?? ''}`;
}

/** The parameters of a binding, as tables show them. */
export function paramRefText(reference: ParamRef | undefined): string {
  if (reference?.name) return `${reference.namespace || '*'}/${reference.name}`;
  return reference?.selector === undefined ? '<unset>' : goSelectorText(reference.selector);
}

/** A selector as Go's generated String method writes it. */
function goSelectorText({ matchLabels = {}, matchExpressions = [] }: LabelSelector): string {
  const labels = Object.keys(matchLabels).sort().map((name) => `${name}: ${matchLabels[name]},`).join('');
  const expressions = matchExpressions.map(({ key, operator, values = [] }) => (
    `LabelSelectorRequirement{Key:${key},Operator:${operator},Values:[${values.join(' ')}],},`)).join('');
  return `&LabelSelector{MatchLabels:map[string]string{${labels}},`
    + `MatchExpressions:[]LabelSelectorRequirement{${expressions}},}`;
}
