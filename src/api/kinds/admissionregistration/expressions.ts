/**
 * Expressions of admission policies and of match conditions, compiled to see whether they can be evaluated at all. What
 * an update leaves as it was is not looked at again. Models the CEL part of pkg/apis/admissionregistration/validation.
 */
import { isCompileError } from '../../cel/expression';
import { type Compiled, Environment } from '../../cel/policy-environment';
import { bool, nullType, string } from '../../cel/types';
import { child, index, invalid } from '../../field-errors';
import type { FieldError } from '../../field-errors';
import type { MatchCondition, MutatingAdmissionPolicySpec, ValidatingAdmissionPolicySpec, Variable } from '../../types';

type PolicySpec = Partial<ValidatingAdmissionPolicySpec> & Pick<MutatingAdmissionPolicySpec, 'mutations'>;

/** Every expression of a policy, old ones left out. */
export function policyExpressionErrors(spec: PolicySpec, old: PolicySpec | undefined): readonly FieldError[] {
  const { paramKind, variables = [], validations = [], auditAnnotations = [], mutations = [] } = spec;
  const environment = new Environment({ params: paramKind !== undefined, authorizer: true }, variables);
  const known = new Set(textsOf(old));
  const errors: FieldError[] = [];
  const check = (text: string | undefined, path: string, compile: (text: string) => Compiled): void => {
    if (!text?.trim() || known.has(text)) return;
    const compiled = compile(text);
    if (isCompileError(compiled)) errors.push(invalid(path, text, compiled.error));
  };
  const conditionsPath = 'spec.matchConditions';
  errors.push(
    ...conditionErrors(spec.matchConditions, old?.matchConditions, paramKind !== undefined, conditionsPath));
  environment.composed.forEach(({ compiled }, i) => {
    const { expression } = variables[i] as Variable;
    check(expression, child(index('spec.variables', i), 'expression'), () =>
      (isCompileError(compiled) ? { error: `compilation failed: ${compiled.error}` } : compiled));
  });
  validations.forEach(({ expression, messageExpression }, i) => {
    const path = index('spec.validations', i);
    check(expression, child(path, 'expression'), (text) => environment.compile(text, [bool]));
    check(messageExpression, child(path, 'messageExpression'), (text) => environment.compile(text, [string], false));
  });
  auditAnnotations.forEach(({ valueExpression }, i) => {
    const path = child(index('spec.auditAnnotations', i), 'valueExpression');
    check(valueExpression, path, (text) => environment.compile(text, [string, nullType]));
  });
  mutations.forEach(({ applyConfiguration, jsonPatch }, i) => {
    for (const [field, value] of [['applyConfiguration', applyConfiguration], ['jsonPatch', jsonPatch]] as const) {
      const path = child(index('spec.mutations', i), field, 'expression');
      check(value?.expression, path, (text) => environment.compileMutation(text));
    }
  });
  return errors;
}

function textsOf(spec: PolicySpec | undefined): readonly string[] {
  const { variables = [], validations = [], auditAnnotations = [], mutations = [] } = spec ?? {};
  return [
    ...variables.map(({ expression }) => expression),
    ...validations.flatMap(({ expression, messageExpression = '' }) => [expression, messageExpression]),
    ...auditAnnotations.map(({ valueExpression }) => valueExpression),
    ...mutations.map(({ applyConfiguration, jsonPatch }) => (applyConfiguration ?? jsonPatch)?.expression ?? ''),
  ];
}

/** Match conditions that are new or changed. */
export function conditionErrors(
  conditions: readonly MatchCondition[] = [], old: readonly MatchCondition[] | undefined, params: boolean, path: string,
): readonly FieldError[] {
  const known = new Set(old?.map(({ expression }) => expression));
  const environment = new Environment({ params, authorizer: true });
  return conditions.flatMap(({ expression }, i) => {
    if (!expression?.trim() || known.has(expression)) return [];
    const compiled = environment.compile(expression, [bool]);
    const at = child(index(path, i), 'expression');
    return isCompileError(compiled) ? [invalid(at, expression, compiled.error)] : [];
  });
}
