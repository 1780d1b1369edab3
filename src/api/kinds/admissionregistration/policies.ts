/**
 * ValidatingAdmissionPolicy, MutatingAdmissionPolicy and their bindings: rules in CEL about requests. Models
 * pkg/apis/admissionregistration.
 */
import { withKey } from '../../../base/freeze';
import { child, duplicate, invalid, notSupported, required } from '../../field-errors';
import type { FieldError } from '../../field-errors';
import { defineKind } from '../../kind';
import type { TableColumn } from '../../kind';
import type {
  AuditAnnotation, KubeObject, MutatingAdmissionPolicy, MutatingAdmissionPolicyBinding, Mutation, ParamRef,
  ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding, ValidatingAdmissionPolicySpec, Validation, Variable,
} from '../../types';
import { ageColumn, nameColumn } from '../columns';
import { checkOneOf, checkQualifiedName, eachItem } from '../field-checks';
import type { FieldErrors } from '../field-checks';
import { withDefault } from '../pod/container-defaults';
import { policyExpressionErrors } from './expressions';
import {
  checkMatchConditions, checkMatchResources, checkParamKind, checkParamRef, checkPolicyName, failurePolicies,
  matchResourcesDefaults, paramKindText, paramRefDefaults, paramRefText, reinvocationPolicies,
} from './rules';

type CommonSpec = Pick<ValidatingAdmissionPolicySpec,
  'failurePolicy' | 'matchConditions' | 'matchConstraints' | 'paramKind' | 'variables'>;

const maxAnnotations = 20;
const maxValueExpressionBytes = 5 * 1024;
const reasons = ['Forbidden', 'Invalid', 'RequestEntityTooLarge'];
const actions = ['Audit', 'Deny', 'Warn'];
const reservedWords = new Set([
  'true', 'false', 'null', 'in', 'as', 'break', 'const', 'continue', 'else', 'for', 'function', 'if', 'import', 'let',
  'loop', 'package', 'namespace', 'return', 'var', 'void', 'while',
]);

function policyDefaults<T extends KubeObject & { readonly spec: CommonSpec }>(policy: T): T {
  let spec: CommonSpec = withDefault(policy.spec as CommonSpec, 'failurePolicy', 'Fail');
  spec = withKey(spec, 'matchConstraints', matchResourcesDefaults(spec.matchConstraints));
  return spec === policy.spec ? policy : { ...policy, spec };
}

function bindingDefaults<T extends ValidatingAdmissionPolicyBinding | MutatingAdmissionPolicyBinding>(binding: T): T {
  let spec: T['spec'] = withKey(binding.spec, 'matchResources', matchResourcesDefaults(binding.spec.matchResources));
  spec = withKey(spec, 'paramRef', paramRefDefaults(spec.paramRef));
  return spec === binding.spec ? binding : { ...binding, spec };
}

/** What both kinds of policies have, in upstream's order; `checkRest` comes last. */
function commonErrors(spec: CommonSpec, checkRest: (errors: FieldErrors) => void): readonly FieldError[] {
  const errors: FieldErrors = [];
  checkOneOf(spec.failurePolicy, failurePolicies, 'spec.failurePolicy', errors, true);
  if (spec.paramKind !== undefined) checkParamKind(spec.paramKind, 'spec.paramKind', errors);
  const matchPath = 'spec.matchConstraints';
  if (spec.matchConstraints === undefined) errors.push(required(matchPath));
  else {
    checkMatchResources(spec.matchConstraints, matchPath, errors);
    if (!spec.matchConstraints.resourceRules?.length) errors.push(required(child(matchPath, 'resourceRules')));
  }
  checkMatchConditions(spec.matchConditions, 'spec.matchConditions', errors);
  eachItem(spec.variables, 'spec.variables', (variable, at) => checkVariable(variable, at, errors));
  checkRest(errors);
  return errors;
}

function checkVariable({ name = '', expression = '' }: Variable, path: string, errors: FieldErrors): void {
  const at = child(path, 'name');
  if (name.trim() === '') errors.push(required(at, 'name is not specified'));
  else if (!/^[_a-zA-Z][_a-zA-Z0-9]*$/.test(name) || reservedWords.has(name)) {
    errors.push(invalid(at, name, 'name is not a valid CEL identifier'));
  }
  if (expression.trim() === '') errors.push(required(child(path, 'expression'), 'expression is not specified'));
}

function validatePolicy(
  { metadata, spec }: ValidatingAdmissionPolicy, old?: ValidatingAdmissionPolicy,
): readonly FieldError[] {
  return commonErrors(spec, (errors) => {
    errors.push(...policyExpressionErrors(spec, old?.spec));
    const { validations = [], auditAnnotations = [] } = spec;
    if (validations.length === 0 && auditAnnotations.length === 0) {
      const detail = 'validations or auditAnnotations must contain at least one item';
      errors.push(required('spec.validations', detail), required('spec.auditAnnotations', detail));
      return;
    }
    eachItem(validations, 'spec.validations', (validation, at) => checkValidation(validation, at, errors));
    const path = 'spec.auditAnnotations';
    if (auditAnnotations.length > maxAnnotations) {
      errors.push(invalid(path, auditAnnotations, `must not have more than ${maxAnnotations} auditAnnotations`));
    }
    eachItem(auditAnnotations, path, (annotation, at, i) => {
      checkAnnotation(annotation, metadata.name, at, errors);
      if (auditAnnotations.findIndex(({ key }) => key === annotation.key) < i) {
        errors.push(duplicate(child(at, 'key'), annotation.key));
      }
    });
  });
}

function checkValidation(validation: Validation, path: string, errors: FieldErrors): void {
  const { expression = '', message = '', messageExpression = '', reason } = validation;
  if (expression.trim() === '') errors.push(required(child(path, 'expression'), 'expression is not specified'));
  if (messageExpression !== '' && messageExpression.trim() === '') {
    errors.push(invalid(child(path, 'messageExpression'), messageExpression, 'must be non-empty if specified'));
  }
  const at = child(path, 'message');
  if (message !== '' && message.trim() === '') {
    errors.push(invalid(at, message, 'message must be non-empty if specified'));
  } else if (/[\n\r]/.test(message.trim())) {
    errors.push(invalid(at, message, 'message must not contain line breaks'));
  }
  checkOneOf(reason, reasons, child(path, 'reason'), errors);
}

function checkAnnotation(
  { key = '', valueExpression = '' }: AuditAnnotation, policy: string | undefined, path: string, errors: FieldErrors,
): void {
  const keyPath = child(path, 'key');
  if (policy) checkQualifiedName(`${policy}/${key}`, keyPath, errors);
  else errors.push(invalid(keyPath, key, 'requires metadata.name be non-empty'));
  const expression = valueExpression.trim();
  const at = child(path, 'valueExpression');
  if (expression === '') errors.push(required(at, 'valueExpression is not specified'));
  else if (expression.length > maxValueExpressionBytes) {
    errors.push(required(at, `must not exceed ${maxValueExpressionBytes} bytes in length`));
  }
}

function validateMutatingPolicy(
  { spec }: MutatingAdmissionPolicy, old?: MutatingAdmissionPolicy,
): readonly FieldError[] {
  return commonErrors(spec, (errors) => {
    errors.push(...policyExpressionErrors(spec, old?.spec));
    const { mutations = [], reinvocationPolicy } = spec;
    if (mutations.length === 0) errors.push(required('spec.mutations', 'mutations must contain at least one item'));
    eachItem(mutations, 'spec.mutations', (mutation, at) => checkMutation(mutation, at, errors));
    checkOneOf(reinvocationPolicy, reinvocationPolicies, 'spec.reinvocationPolicy', errors, true);
  });
}

/** The types of mutations and the field that each needs. */
const mutationFields = { ApplyConfiguration: 'applyConfiguration', JSONPatch: 'jsonPatch' } as const;

function checkMutation(mutation: Mutation, path: string, errors: FieldErrors): void {
  const { patchType } = mutation;
  if (patchType !== 'ApplyConfiguration' && patchType !== 'JSONPatch') {
    if (!patchType) errors.push(required(child(path, 'patchType')));
    else errors.push(notSupported(child(path, 'patchType'), patchType, ['ApplyConfiguration', 'JSONPatch']));
    return;
  }
  const field = mutationFields[patchType];
  const other = patchType === 'JSONPatch' ? 'applyConfiguration' : 'jsonPatch';
  const value = mutation[field];
  const at = child(path, field);
  if (value === undefined) errors.push(required(at, `must be specified when patchType is ${patchType}`));
  else if (!value.expression?.trim()) errors.push(required(child(at, 'expression'), 'expression is not specified'));
  if (mutation[other] !== undefined) {
    errors.push(invalid(child(path, other), `{${other}}`, `must not be specified when patchType is ${patchType}`));
  }
}

function validateBinding({ spec }: ValidatingAdmissionPolicyBinding): readonly FieldError[] {
  const errors: FieldErrors = [];
  checkPolicyName(spec.policyName, 'spec.policyName', errors);
  checkParamRef(spec.paramRef, 'spec.paramRef', errors);
  // Upstream's path lacks a letter.
  checkMatchResources(spec.matchResources, 'spec.matchResouces', errors);
  const given = spec.validationActions ?? [];
  const path = 'spec.validationActions';
  eachItem(given, path, (action, at, i) => {
    if (!actions.includes(action)) errors.push(notSupported(at, action, actions));
    if (given.indexOf(action) < i) errors.push(duplicate(at, action));
  });
  if (given.includes('Deny') && given.includes('Warn')) {
    errors.push(invalid(path, given, 'must not contain both Deny and Warn (repeating the same validation failure '
      + 'information in the API response and headers serves no purpose)'));
  }
  if (given.length === 0) errors.push(required(path, 'at least one validation action is required'));
  return errors;
}

function validateMutatingBinding({ spec }: MutatingAdmissionPolicyBinding): readonly FieldError[] {
  const errors: FieldErrors = [];
  checkPolicyName(spec.policyName, 'spec.policyName', errors);
  checkParamRef(spec.paramRef, 'spec.paramRef', errors);
  checkMatchResources(spec.matchResources, 'spec.matchResouces', errors);
  return errors;
}

function policyColumns<T extends KubeObject & { readonly spec: CommonSpec }>(
  what: TableColumn<T>,
): readonly TableColumn<T>[] {
  return [
    nameColumn,
    what,
    {
      name: 'ParamKind', type: 'string', description: 'The kind of its parameters.',
      cell: ({ spec }) => paramKindText(spec.paramKind),
    },
    ageColumn,
  ];
}

type Binding = KubeObject & { readonly spec: { readonly policyName?: string; readonly paramRef?: ParamRef } };

const bindingColumns: readonly TableColumn<Binding>[] = [
  nameColumn,
  {
    name: 'PolicyName', type: 'string', description: 'The policy that it puts to use.',
    cell: ({ spec }) => spec.policyName ?? '',
  },
  {
    name: 'ParamRef', type: 'string', description: 'The objects that are its parameters.',
    cell: ({ spec }) => paramRefText(spec.paramRef),
  },
  ageColumn,
];

const common = {
  group: 'admissionregistration.k8s.io', version: 'v1', categories: ['api-extensions'], namespaced: false,
  nameRule: 'dnsSubdomain', hasGeneration: true,
} as const;

export const validatingAdmissionPolicyKind = defineKind<ValidatingAdmissionPolicy>({
  ...common,
  kind: 'ValidatingAdmissionPolicy', listKind: 'ValidatingAdmissionPolicyList',
  plural: 'validatingadmissionpolicies', singular: 'validatingadmissionpolicy', schema: 'ValidatingAdmissionPolicy',
  subresources: ['status'],
  defaults: policyDefaults,
  validate: (policy) => validatePolicy(policy),
  validateUpdate: validatePolicy,
  columns: policyColumns({
    name: 'Validations', type: 'integer', description: 'How many rules there are.',
    cell: ({ spec }) => spec.validations?.length ?? 0,
  }),
});

export const validatingAdmissionPolicyBindingKind = defineKind<ValidatingAdmissionPolicyBinding>({
  ...common,
  kind: 'ValidatingAdmissionPolicyBinding', listKind: 'ValidatingAdmissionPolicyBindingList',
  plural: 'validatingadmissionpolicybindings', singular: 'validatingadmissionpolicybinding',
  schema: 'ValidatingAdmissionPolicyBinding',
  defaults: bindingDefaults,
  validate: validateBinding,
  validateUpdate: validateBinding,
  columns: bindingColumns,
});

export const mutatingAdmissionPolicyKind = defineKind<MutatingAdmissionPolicy>({
  ...common,
  kind: 'MutatingAdmissionPolicy', listKind: 'MutatingAdmissionPolicyList',
  plural: 'mutatingadmissionpolicies', singular: 'mutatingadmissionpolicy', schema: 'MutatingAdmissionPolicy',
  defaults: policyDefaults,
  validate: (policy) => validateMutatingPolicy(policy),
  validateUpdate: validateMutatingPolicy,
  columns: policyColumns({
    name: 'Mutations', type: 'integer', description: 'How many changes there are.',
    cell: ({ spec }) => spec.mutations?.length ?? 0,
  }),
});

export const mutatingAdmissionPolicyBindingKind = defineKind<MutatingAdmissionPolicyBinding>({
  ...common,
  kind: 'MutatingAdmissionPolicyBinding', listKind: 'MutatingAdmissionPolicyBindingList',
  plural: 'mutatingadmissionpolicybindings', singular: 'mutatingadmissionpolicybinding',
  schema: 'MutatingAdmissionPolicyBinding',
  defaults: bindingDefaults,
  validate: validateMutatingBinding,
  validateUpdate: validateMutatingBinding,
  columns: bindingColumns,
});
