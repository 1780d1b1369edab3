/**
 * Whether a webhook or a policy wants to see a request: rules about resources and operations, and selectors of
 * namespaces and objects. With the match policy Equivalent a rule about another version of the resource counts as
 * well, and the objects are shown in that version. Models apiserver's pkg/admission/plugin/webhook/predicates and
 * pkg/admission/plugin/policy/matching.
 */
import { namespaces } from '../../../api/resources';
import { matchesLabels, selectorOf } from '../../../api/selectors';
import { type FailureStatus, notFoundStatus } from '../../../api/status';
import type { LabelSelector, MatchResources, NamedRuleWithOperations, RuleWithOperations } from '../../../api/types';
import type { Execution } from '../../execution';
import type { ServedResource } from '../../storage/served-resource';
import type { AdmissionAttributes } from '../plugin';

/** Configurations of admission are never shown to admission: nobody shall lock himself out. */
const exempt = new Set([
  'validatingwebhookconfigurations', 'mutatingwebhookconfigurations', 'validatingadmissionpolicies',
  'validatingadmissionpolicybindings', 'mutatingadmissionpolicies', 'mutatingadmissionpolicybindings',
].map((name) => `${name}.admissionregistration.k8s.io`));

/** Reviews of who somebody is and what he may do, which policies do not see. */
const reviews = new Set([
  'selfsubjectreviews.authentication.k8s.io', 'tokenreviews.authentication.k8s.io',
  ...['localsubjectaccessreviews', 'selfsubjectaccessreviews', 'selfsubjectrulesreviews', 'subjectaccessreviews']
    .map((name) => `${name}.authorization.k8s.io`),
]);

/** Whether a request is about the configuration of admission itself. */
export function isExempt({ resource }: AdmissionAttributes): boolean {
  return exempt.has(resource.name);
}

/** Whether policies leave a request alone. */
export function isHiddenFromPolicies({ resource }: AdmissionAttributes): boolean {
  return exempt.has(resource.name) || reviews.has(resource.name);
}

type Selecting = Pick<MatchResources, 'matchPolicy' | 'namespaceSelector' | 'objectSelector'>;

/** The resource in the version that a webhook's rules want to see; undefined when the request is none of theirs. */
export function matchWebhook(
  hook: Selecting & { readonly rules?: readonly RuleWithOperations[] }, attributes: AdmissionAttributes,
  execution: Execution,
): ServedResource | FailureStatus | undefined {
  const selected = matchesSelectors(hook, attributes, execution);
  if (selected !== true) return selected || undefined;
  return matchRules(hook.rules ?? [], hook.matchPolicy, attributes);
}

/** The same for the constraints of a policy or the resources of a binding; a binding without any matches everything. */
export function matchResources(
  match: MatchResources | undefined, attributes: AdmissionAttributes, execution: Execution,
): ServedResource | FailureStatus | undefined {
  const { resource } = attributes;
  if (match === undefined) return resource;
  const selected = matchesSelectors(match, attributes, execution);
  if (selected !== true) return selected || undefined;
  if (matchRules(match.excludeResourceRules ?? [], match.matchPolicy, attributes)) return undefined;
  const rules = match.resourceRules ?? [];
  return rules.length === 0 ? resource : matchRules(rules, match.matchPolicy, attributes);
}

function matchesSelectors(
  { namespaceSelector, objectSelector }: Selecting, attributes: AdmissionAttributes, execution: Execution,
): boolean | FailureStatus {
  const inNamespace = matchesNamespace(namespaceSelector, attributes, execution);
  return inNamespace === true ? matchesObject(objectSelector, attributes) : inNamespace;
}

function isEmpty(selector: LabelSelector | undefined): boolean {
  return selector === undefined || selectorOf(selector).requirements.length === 0;
}

function matchesNamespace(
  selector: LabelSelector | undefined, attributes: AdmissionAttributes, execution: Execution,
): boolean | FailureStatus {
  const { resource, namespace, object, operation } = attributes;
  if (isEmpty(selector) || (namespace === '' && resource.name !== 'namespaces')) return true;
  const own = resource.name === 'namespaces' && operation !== 'DELETE' ? object : undefined;
  const found = own ?? execution.objects.get(namespaces, undefined, namespace);
  if (!found) return notFoundStatus({ group: '', resource: 'namespaces' }, namespace);
  return matchesLabels(selectorOf(selector), found.metadata.labels);
}

function matchesObject(selector: LabelSelector | undefined, { object, oldObject }: AdmissionAttributes): boolean {
  if (isEmpty(selector)) return true;
  const parsed = selectorOf(selector);
  return [object, oldObject].some((each) => each !== undefined && matchesLabels(parsed, each.metadata?.labels));
}

function matchRules(
  rules: readonly NamedRuleWithOperations[], matchPolicy: string | undefined, attributes: AdmissionAttributes,
): ServedResource | undefined {
  const { resource } = attributes;
  if (rules.some((rule) => matchesRule(rule, attributes, resource))) return resource;
  if (matchPolicy !== 'Equivalent') return undefined;
  const others = [...resource.storage.versions.values()].filter((version) => version !== resource);
  return others.find((version) => rules.some((rule) => matchesRule(rule, attributes, version)));
}

function matchesRule(
  rule: NamedRuleWithOperations, attributes: AdmissionAttributes, { kind, name: resourceName }: ServedResource,
): boolean {
  const { namespace, operation, subresource, name } = attributes;
  const has = (list: readonly string[] | undefined, value: string): boolean =>
    list?.includes('*') === true || list?.includes(value) === true;
  const inCluster = namespace === '' || resourceName === 'namespaces';
  if (rule.scope === 'Cluster' && !inCluster) return false;
  if (rule.scope === 'Namespaced' && inCluster) return false;
  if (!has(rule.operations, operation) || !has(rule.apiGroups, kind.group) || !has(rule.apiVersions, kind.version)) {
    return false;
  }
  const names = rule.resourceNames ?? [];
  if (names.length > 0 && !names.includes(name)) return false;
  return (rule.resources ?? []).some((text) => {
    const [plural = '', part = ''] = text.split('/');
    return (plural === '*' || plural === kind.plural) && (part === '*' || part === subresource);
  });
}

