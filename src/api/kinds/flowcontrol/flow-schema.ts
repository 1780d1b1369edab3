/**
 * FlowSchema: which requests belong to which priority level. Models pkg/apis/flowcontrol and
 * pkg/registry/flowcontrol/flowschema.
 */
import { equal, withKey } from '../../../base/freeze';
import { child, duplicate, forbidden, index, invalid, notSupported, required } from '../../field-errors';
import type { FieldError } from '../../field-errors';
import { defineKind } from '../../kind';
import { dnsLabelProblems } from '../../names';
import type {
  FlowcontrolV1Subject, FlowSchema, FlowSchemaSpec, NonResourcePolicyRule, PolicyRulesWithSubjects, ResourcePolicyRule,
} from '../../types';
import { ageColumn, nameColumn } from '../columns';
import { checkDnsLabel, checkSubdomain, eachItem } from '../field-checks';
import type { FieldErrors } from '../field-checks';
import { withDefault } from '../pod/container-defaults';
import { bootstrapFlowSchemas, mandatoryNames } from './bootstrap';

const maxPrecedence = 10_000;
const verbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'proxy', 'update', 'watch'];
const subjectKinds = ['Group', 'ServiceAccount', 'User'];
const methods = ['ByNamespace', 'ByUser'];

function defaults(schema: FlowSchema): FlowSchema {
  return withKey(schema, 'spec', withDefault(schema.spec, 'matchingPrecedence', 1000));
}

function validate({ metadata, spec }: FlowSchema): readonly FieldError[] {
  const errors: FieldErrors = [];
  checkPrecedence(spec, metadata.name, errors);
  const method = spec.distinguisherMethod;
  if (method !== undefined && !methods.includes(method.type)) {
    errors.push(notSupported('spec.distinguisherMethod.type', { Type: method.type ?? '' }, methods));
  }
  const levelPath = 'spec.priorityLevelConfiguration.name';
  const level = spec.priorityLevelConfiguration?.name;
  if (level) checkSubdomain(level, levelPath, errors);
  else errors.push(required(levelPath, 'must reference a priority level'));
  eachItem(spec.rules, 'spec.rules', (rule, at) => checkRule(rule, at, errors));
  if (mandatoryNames.includes(metadata.name) && !equal(spec, bootstrapFlowSchemas[metadata.name])) {
    errors.push(invalid('spec', spec, `spec of '${metadata.name}' must equal the fixed value`));
  }
  return errors;
}

function checkPrecedence({ matchingPrecedence = 0 }: FlowSchemaSpec, name: string, errors: FieldErrors): void {
  const path = 'spec.matchingPrecedence';
  if (matchingPrecedence <= 0) errors.push(invalid(path, matchingPrecedence, 'must be a positive value'));
  if (matchingPrecedence > maxPrecedence) {
    errors.push(invalid(path, matchingPrecedence, `must not be greater than ${maxPrecedence}`));
  }
  if (matchingPrecedence === 1 && name !== 'exempt') {
    errors.push(invalid(path, matchingPrecedence, "only the schema named 'exempt' may have matchingPrecedence 1"));
  }
}

function checkRule(rule: PolicyRulesWithSubjects, path: string, errors: FieldErrors): void {
  const { subjects = [], resourceRules = [], nonResourceRules = [] } = rule;
  const subjectsPath = child(path, 'subjects');
  if (subjects.length === 0) errors.push(required(subjectsPath, 'subjects must contain at least one value'));
  eachItem(subjects, subjectsPath, (subject, at) => checkSubject(subject, at, errors));
  if (resourceRules.length === 0 && nonResourceRules.length === 0) {
    errors.push(required(path, 'at least one of resourceRules and nonResourceRules has to be non-empty'));
  }
  eachItem(resourceRules, child(path, 'resourceRules'), (item, at) => checkResourceRule(item, at, errors));
  eachItem(nonResourceRules, child(path, 'nonResourceRules'), (item, at) => checkNonResourceRule(item, at, errors));
}

/** The kinds of subjects with their fields, in the order in which upstream forbids the other two. */
const subjectFields = {
  ServiceAccount: ['serviceAccount', ['user', 'group']],
  User: ['user', ['serviceAccount', 'group']],
  Group: ['group', ['serviceAccount', 'user']],
} as const;
const kindOfField = { serviceAccount: 'ServiceAccount', user: 'User', group: 'Group' } as const;

function checkSubject(subject: FlowcontrolV1Subject, path: string, errors: FieldErrors): void {
  const { kind } = subject;
  if (kind !== 'ServiceAccount' && kind !== 'User' && kind !== 'Group') {
    errors.push(notSupported(child(path, 'kind'), kind ?? '', subjectKinds));
    return;
  }
  const [field, others] = subjectFields[kind];
  const at = child(path, field);
  const value = subject[field];
  if (value === undefined) errors.push(required(at, `${field} is required when subject kind is '${kind}'`));
  else if (!value.name) errors.push(required(child(at, 'name')));
  if (kind === 'ServiceAccount' && subject.serviceAccount !== undefined) {
    const { name, namespace } = subject.serviceAccount;
    if (name && name !== '*') checkSubdomain(name, child(at, 'name'), errors);
    if (namespace) checkDnsLabel(namespace, child(at, 'namespace'), errors);
    else errors.push(required(child(at, 'namespace'), 'must specify namespace for service account'));
  }
  for (const other of others) {
    if (subject[other] === undefined) continue;
    errors.push(
      forbidden(child(path, other), `${other} is forbidden when subject kind is not '${kindOfField[other]}'`),
    );
  }
}

function checkVerbs(given: readonly string[], path: string, errors: FieldErrors): void {
  if (given.length === 0) errors.push(required(path, 'verbs must contain at least one value'));
  else if (given.includes('*')) {
    if (given.length > 1) errors.push(invalid(path, given, "if '*' is present, must not specify other verbs"));
  } else if (!given.every((verb) => verbs.includes(verb))) {
    errors.push(notSupported(path, given, verbs));
  }
}

/** A list in which `*` stands alone, and which is not empty. */
function checkWildcard(
  items: readonly string[], path: string, whenEmpty: string, others: string, errors: FieldErrors,
): void {
  if (items.length === 0) errors.push(required(path, whenEmpty));
  else if (items.length > 1 && items.includes('*')) {
    errors.push(invalid(path, items, `if '*' is present, must not specify other ${others}`));
  }
}

function checkResourceRule(rule: ResourcePolicyRule, path: string, errors: FieldErrors): void {
  checkVerbs(rule.verbs ?? [], child(path, 'verbs'), errors);
  checkWildcard(rule.apiGroups ?? [], child(path, 'apiGroups'),
    'resource rules must supply at least one api group', 'api groups', errors);
  checkWildcard(rule.resources ?? [], child(path, 'resources'),
    'resource rules must supply at least one resource', 'resources', errors);
  const { namespaces = [], clusterScope } = rule;
  const at = child(path, 'namespaces');
  if (namespaces.length === 0) {
    if (clusterScope) return;
    errors.push(required(at, 'resource rules that are not cluster scoped must supply at least one namespace'));
  } else if (namespaces.includes('*')) {
    if (namespaces.length === 1) return;
    errors.push(invalid(at, namespaces, "if '*' is present, must not specify other namespaces"));
  } else {
    namespaces.forEach((name, i) => {
      for (const problem of dnsLabelProblems(name)) {
        errors.push(invalid(index(at, i), name,
          `each member of this list must be '*' or a DNS-1123 label; ${problem}`));
      }
    });
  }
}

function checkNonResourceRule(rule: NonResourcePolicyRule, path: string, errors: FieldErrors): void {
  checkVerbs(rule.verbs ?? [], child(path, 'verbs'), errors);
  const urls = rule.nonResourceURLs ?? [];
  const at = child(path, 'nonResourceURLs');
  checkWildcard(urls, at, 'nonResourceURLs must contain at least one value', 'non-resource URLs', errors);
  if (urls.includes('*')) return;
  urls.forEach((url, i) => {
    const problem = urlProblem(url);
    if (problem !== undefined) errors.push(invalid(index(at, i), url, problem));
  });
}

function urlProblem(url: string): string | undefined {
  if (url === '') return 'must not be empty';
  if (url === '/') return undefined;
  if (!url.startsWith('/')) return 'must start with slash';
  if (url.includes(' ')) return 'must not contain white-space';
  if (url.includes('//')) return 'must not contain double slash';
  const wildcards = url.split('*').length - 1;
  const isSuffix = wildcards === 0 || (wildcards === 1 && url.endsWith('/*'));
  return isSuffix ? undefined : 'wildcard can only do suffix matching';
}

/** Conditions of a flow schema or a priority level: each has a type, and no two the same. */
export function conditionErrors(
  conditions: readonly { readonly type?: string }[] | undefined,
): readonly FieldError[] {
  const errors: FieldErrors = [];
  const seen = new Set<string>();
  eachItem(conditions, 'status.conditions', ({ type = '' }, at) => {
    if (seen.has(type)) errors.push(duplicate(child(at, 'type'), type));
    seen.add(type);
    if (type === '') errors.push(required(child(at, 'type'), 'must not be empty'));
  });
  return errors;
}

export const flowSchemaKind = defineKind<FlowSchema>({
  group: 'flowcontrol.apiserver.k8s.io', version: 'v1', kind: 'FlowSchema', listKind: 'FlowSchemaList',
  plural: 'flowschemas', singular: 'flowschema', namespaced: false, schema: 'FlowSchema', subresources: ['status'],
  defaults,
  validate,
  validateUpdate: validate,
  validateStatusUpdate: ({ status }) => conditionErrors(status?.conditions),
  nameRule: 'dnsSubdomain',
  hasGeneration: true,
  columns: [
    nameColumn,
    {
      name: 'PriorityLevel', type: 'string', description: 'The priority level of its requests.',
      cell: ({ spec }) => spec.priorityLevelConfiguration?.name ?? '',
    },
    {
      name: 'MatchingPrecedence', type: 'string', description: 'Lower numbers are tried first.',
      cell: ({ spec }) => spec.matchingPrecedence ?? 0,
    },
    {
      name: 'DistinguisherMethod', type: 'string', description: 'What makes flows of its requests.',
      cell: ({ spec }) => spec.distinguisherMethod?.type ?? '<none>',
    },
    ageColumn,
    {
      name: 'MissingPL', type: 'string', description: 'Whether its priority level does not exist.',
      cell: ({ status }) => (
        status?.conditions?.find(({ type }) => type === 'Dangling')?.status ?? '?'),
    },
  ],
});
