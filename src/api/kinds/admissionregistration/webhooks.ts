/**
 * ValidatingWebhookConfiguration and MutatingWebhookConfiguration: whom to ask about requests. Models
 * pkg/apis/admissionregistration and apiserver's pkg/util/webhook/validation.go.
 */
import { equal, withKey } from '../../../base/freeze';
import { child, duplicate, index, invalid, required } from '../../field-errors';
import type { FieldError } from '../../field-errors';
import { defineKind } from '../../kind';
import type { TableColumn } from '../../kind';
import { dns1035LabelProblems, portNumberProblems, qualifiedNameProblems } from '../../names';
import { labelSelectorErrors } from '../../selectors';
import type {
  KubeObject, MutatingWebhook, MutatingWebhookConfiguration, ServiceReference, ValidatingWebhook,
  ValidatingWebhookConfiguration, WebhookClientConfig,
} from '../../types';
import { ageColumn, nameColumn } from '../columns';
import { checkOneOf, checkProblems, eachItem } from '../field-checks';
import type { FieldErrors } from '../field-checks';
import { mapList, withDefault } from '../pod/container-defaults';
import { checkFullyQualifiedName } from '../qualified-paths';
import { conditionErrors } from './expressions';
import {
  checkMatchConditions, checkRule, failurePolicies, matchDefaults, matchPolicies, reinvocationPolicies, ruleDefaults,
} from './rules';

type Webhook = ValidatingWebhook & Pick<MutatingWebhook, 'reinvocationPolicy'>;
type Configuration = KubeObject & { readonly webhooks?: readonly Webhook[] };

const reviewVersions = ['v1', 'v1beta1'];
const harmless = ['None', 'NoneOnDryRun'];
const maxTimeoutSeconds = 30;

function webhookDefaults<T extends Webhook>(given: T, isMutating: boolean): T {
  let hook: Webhook = withDefault(given as Webhook, 'failurePolicy', 'Fail');
  hook = matchDefaults(hook);
  if (hook.timeoutSeconds === undefined) hook = withKey(hook, 'timeoutSeconds', 10);
  if (isMutating) hook = withDefault(hook, 'reinvocationPolicy', 'Never');
  hook = withKey(hook, 'rules', ruleDefaults(hook.rules));
  const service = hook.clientConfig?.service;
  if (service !== undefined && service.port === undefined) {
    hook = { ...hook, clientConfig: { ...hook.clientConfig, service: { ...service, port: 443 } } };
  }
  return equal(hook, given) ? given : hook as T;
}

function defaults<T extends Configuration>(configuration: T, isMutating: boolean): T {
  const webhooks = mapList(configuration.webhooks, (hook) => webhookDefaults(hook, isMutating));
  return withKey(configuration, 'webhooks', webhooks as T['webhooks']);
}

/** An update tolerates what was there before: side effects, versions nobody knows, names that repeat. */
function validate(configuration: Configuration, old: Configuration | undefined): readonly FieldError[] {
  const errors: FieldErrors = [];
  const before = old?.webhooks ?? [];
  const isStrictOnEffects = before.every((hook) => harmless.includes(hook.sideEffects));
  const isStrictOnVersions = before.every(({ admissionReviewVersions: versions = [] }) => (
    versions.length === 0 || versions.some((version) => reviewVersions.includes(version))));
  const isStrictOnNames = new Set(before.map(({ name }) => name)).size === before.length;
  const hooks = configuration.webhooks ?? [];
  eachItem(hooks, 'webhooks', (hook, at, i) => {
    checkWebhook(hook, at, isStrictOnEffects, errors);
    checkReviewVersions(hook.admissionReviewVersions ?? [], child(at, 'admissionReviewVersions'),
      isStrictOnVersions, errors);
    if (isStrictOnNames && hook.name && hooks.findIndex(({ name }) => name === hook.name) < i) {
      errors.push(duplicate(child(at, 'name'), hook.name));
    }
  });
  return errors;
}

function checkWebhook(hook: Webhook, path: string, isStrictOnEffects: boolean, errors: FieldErrors): void {
  checkFullyQualifiedName(hook.name ?? '', child(path, 'name'), errors);
  eachItem(hook.rules, child(path, 'rules'), (rule, at) => checkRule(rule, at, errors));
  checkOneOf(hook.failurePolicy, failurePolicies, child(path, 'failurePolicy'), errors);
  checkOneOf(hook.matchPolicy, matchPolicies, child(path, 'matchPolicy'), errors);
  const allowed = isStrictOnEffects ? harmless : ['None', 'NoneOnDryRun', 'Some', 'Unknown'];
  const effectsPath = child(path, 'sideEffects');
  if (hook.sideEffects === undefined) errors.push(required(effectsPath, `must specify one of ${allowed.join(', ')}`));
  else checkOneOf(hook.sideEffects, allowed, effectsPath, errors);
  const seconds = hook.timeoutSeconds;
  if (seconds !== undefined && (seconds > maxTimeoutSeconds || seconds < 1)) {
    errors.push(invalid(child(path, 'timeoutSeconds'), seconds, 'the timeout value must be between 1 and 30 seconds'));
  }
  errors.push(...labelSelectorErrors(hook.namespaceSelector, child(path, 'namespaceSelector')));
  errors.push(...labelSelectorErrors(hook.objectSelector, child(path, 'objectSelector')));
  checkOneOf(hook.reinvocationPolicy, reinvocationPolicies, child(path, 'reinvocationPolicy'), errors);
  checkClient(hook.clientConfig ?? {}, child(path, 'clientConfig'), errors);
  checkMatchConditions(hook.matchConditions, child(path, 'matchConditions'), errors);
  errors.push(...conditionErrors(hook.matchConditions, undefined, false, child(path, 'matchConditions')));
}

function checkReviewVersions(
  versions: readonly string[], path: string, isStrict: boolean, errors: FieldErrors,
): void {
  const known = reviewVersions.join(', ');
  if (versions.length === 0) {
    errors.push(required(path, `must specify one of ${known}`));
    return;
  }
  versions.forEach((version, i) => {
    if (versions.indexOf(version) < i) errors.push(invalid(index(path, i), version, 'duplicate version'));
    else checkProblems(dns1035LabelProblems(version), version, index(path, i), errors);
  });
  if (isStrict && !versions.some((version) => reviewVersions.includes(version))) {
    errors.push(invalid(path, versions, `must include at least one of ${known}`));
  }
}

/** Where a webhook is: exactly one of a URL and a Service. */
function checkClient({ url, service }: WebhookClientConfig, path: string, errors: FieldErrors): void {
  if ((url === undefined) === (service === undefined)) {
    errors.push(required(path, 'exactly one of url or service is required'));
  } else if (url !== undefined) {
    checkWebhookUrl(url, child(path, 'url'), errors);
  } else if (service !== undefined) {
    checkWebhookService(service, child(path, 'service'), errors);
  }
}

/** An address outside the cluster: ValidateWebhookURL. */
export function checkWebhookUrl(url: string, path: string, errors: FieldErrors): void {
  const form = '; desired format: https://host[/path]';
  const match = /^([a-zA-Z][a-zA-Z0-9+.-]*):\/\/(?:([^/?#@]*)@)?([^/?#]*)([^?#]*)(\?[^#]*)?(#.*)?$/.exec(url);
  if (match === null) {
    const scheme = /^([a-zA-Z][a-zA-Z0-9+.-]*):/.exec(url)?.[1] ?? '';
    if (scheme.toLowerCase() !== 'https') {
      errors.push(invalid(path, scheme, `'https' is the only allowed URL scheme${form}`));
    }
    errors.push(invalid(path, '', `host must be specified${form}`));
    return;
  }
  const [, scheme = '', user, host = '', , query, fragment] = match;
  if (scheme.toLowerCase() !== 'https') {
    errors.push(invalid(path, scheme.toLowerCase(), `'https' is the only allowed URL scheme${form}`));
  }
  if (host === '') errors.push(invalid(path, host, `host must be specified${form}`));
  if (user !== undefined) errors.push(invalid(path, user, 'user information is not permitted in the URL'));
  if (fragment !== undefined && fragment.length > 1) {
    errors.push(invalid(path, fragment.slice(1), 'fragments are not permitted in the URL'));
  }
  if (query !== undefined && query.length > 1) {
    errors.push(invalid(path, query.slice(1), 'query parameters are not permitted in the URL'));
  }
}

/** A Service inside the cluster: ValidateWebhookService. */
export function checkWebhookService(
  { name, namespace, path: urlPath, port = 443 }: ServiceReference, path: string, errors: FieldErrors,
): void {
  if (!name) errors.push(required(child(path, 'name'), 'service name is required'));
  if (!namespace) errors.push(required(child(path, 'namespace'), 'service namespace is required'));
  for (const problem of portNumberProblems(port)) {
    errors.push(invalid(child(path, 'port'), port, `port is not valid: ${problem}`));
  }
  if (urlPath === undefined || urlPath === '/') return;
  const at = child(path, 'path');
  if (!urlPath.startsWith('/')) {
    errors.push(invalid(at, urlPath, `must start with a '/'`));
    return;
  }
  const steps = urlPath.slice(1).split('/');
  if (steps.length > 1 && steps.at(-1) === '') steps.pop();
  steps.forEach((step, i) => {
    if (step === '') {
      errors.push(invalid(at, urlPath, `segment[${i}] may not be empty`));
      return;
    }
    for (const problem of qualifiedNameProblems(step)) {
      errors.push(invalid(at, urlPath, `segment[${i}]: ${problem}`));
    }
  });
}

function columns<T extends Configuration>(): readonly TableColumn<T>[] {
  return [
    nameColumn,
    {
      name: 'Webhooks', type: 'integer', description: 'How many webhooks there are.',
      cell: ({ webhooks }) => webhooks?.length ?? 0,
    },
    ageColumn,
  ];
}

const common = {
  group: 'admissionregistration.k8s.io', version: 'v1', categories: ['api-extensions'], namespaced: false,
  nameRule: 'dnsSubdomain', hasGeneration: true,
} as const;

export const validatingWebhookConfigurationKind = defineKind<ValidatingWebhookConfiguration>({
  ...common,
  kind: 'ValidatingWebhookConfiguration', listKind: 'ValidatingWebhookConfigurationList',
  plural: 'validatingwebhookconfigurations', singular: 'validatingwebhookconfiguration',
  schema: 'ValidatingWebhookConfiguration',
  defaults: (configuration) => defaults(configuration, false),
  validate: (configuration) => validate(configuration, undefined),
  validateUpdate: validate,
  columns: columns(),
});

export const mutatingWebhookConfigurationKind = defineKind<MutatingWebhookConfiguration>({
  ...common,
  kind: 'MutatingWebhookConfiguration', listKind: 'MutatingWebhookConfigurationList',
  plural: 'mutatingwebhookconfigurations', singular: 'mutatingwebhookconfiguration',
  schema: 'MutatingWebhookConfiguration',
  defaults: (configuration) => defaults(configuration, true),
  validate: (configuration) => validate(configuration, undefined),
  validateUpdate: validate,
  columns: columns(),
});
