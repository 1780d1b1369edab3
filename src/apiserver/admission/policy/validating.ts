/**
 * ValidatingAdmissionPolicy: rules in CEL that bindings put to use. Every binding of a policy says whether what breaks
 * its rules is refused, warned of or noted. Models apiserver's pkg/admission/plugin/policy/validating. Not modelled:
 * the audit log, into which the action Audit and audit annotations write.
 */
import { string as stringType, bool, nullType } from '../../../api/cel/types';
import { validatingAdmissionPolicies, validatingAdmissionPolicyBindings } from '../../../api/resources';
import { type FailureStatus, isFailure, type StatusReason } from '../../../api/status';
import type { ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding } from '../../../api/types';
import { utf8Length } from '../../../base/utf8';
import type { Authorizer } from '../../authorization/authorizer';
import type { Execution } from '../../execution';
import type { ServedResource } from '../../storage/served-resource';
import type { ServedResources } from '../../storage/served-resources';
import { type AdmissionAttributes, admissionForbidden, type AdmissionPlugin } from '../plugin';
import { Environment } from '../../../api/cel/policy-environment';
import { compileConditions, type CompiledExpression, matchConditions, PolicyEvaluation } from './evaluation';
import { isHiddenFromPolicies, matchResources } from './matching';
import { paramsOf } from './params';

const maxMessageBytes = 5 * 1024;

const codes: Readonly<Record<string, number>> = {
  Forbidden: 403, Unauthorized: 401, RequestEntityTooLarge: 413, Invalid: 422,
};

interface CompiledValidation {
  readonly rule: CompiledExpression;
  readonly message?: CompiledExpression;
  readonly fallback: string;
  readonly reason: string;
}

interface CompiledPolicy {
  readonly environment: Environment;
  readonly conditions: readonly CompiledExpression[];
  readonly validations: readonly CompiledValidation[];
}

/** What one rule said against a request. */
interface Denial {
  readonly message: string;
  readonly reason: string;
}

const compiledPolicies = new WeakMap<ValidatingAdmissionPolicy, CompiledPolicy>();

/** The plugin, which reads parameters of any kind. */
export function validatingAdmissionPolicy(authorizer: Authorizer, resources: ServedResources): AdmissionPlugin {
  return {
    name: 'ValidatingAdmissionPolicy',
    validate(attributes, execution) {
      const bindings = execution.objects.list(validatingAdmissionPolicyBindings);
      if (bindings.length === 0 || isHiddenFromPolicies(attributes)) return undefined;
      const judge = new Judge(attributes, execution, authorizer, resources);
      for (const policy of execution.objects.list(validatingAdmissionPolicies)) {
        const own = bindings.filter(({ spec }) => spec.policyName === policy.metadata.name);
        if (own.length > 0) judge.judge(policy, own);
      }
      return judge.refusal;
    },
  };
}

/** Carries the policies out on one request and keeps the first refusal. */
class Judge {
  refusal: FailureStatus | undefined;

  constructor(
    private readonly attributes: AdmissionAttributes,
    private readonly execution: Execution,
    private readonly authorizer: Authorizer,
    private readonly resources: ServedResources,
  ) {}

  judge(policy: ValidatingAdmissionPolicy, bindings: readonly ValidatingAdmissionPolicyBinding[]): void {
    const matched = matchResources(policy.spec.matchConstraints, this.attributes, this.execution);
    if (matched === undefined) return;
    if (isFailure(matched)) {
      return this.misconfigured(policy, undefined, `failed to configure policy: ${matched.message}`);
    }
    for (const binding of bindings) this.judgeBinding(policy, binding, matched);
  }

  private judgeBinding(
    policy: ValidatingAdmissionPolicy, binding: ValidatingAdmissionPolicyBinding, matched: ServedResource,
  ): void {
    const { attributes, execution, authorizer, resources } = this;
    const bound = matchResources(binding.spec.matchResources, attributes, execution);
    if (bound === undefined) return;
    const params = isFailure(bound) ? bound.message
      : paramsOf(policy.spec.paramKind, binding.spec.paramRef, attributes.namespace, resources);
    if (typeof params === 'string') {
      return this.misconfigured(policy, binding, `failed to configure binding: ${params}`);
    }
    const compiled = compile(policy);
    const failsClosed = policy.spec.failurePolicy !== 'Ignore';
    for (const param of params) {
      const evaluation = new PolicyEvaluation(
        { attributes, matched, execution, authorizer, params: param }, compiled.environment);
      for (const denial of denials(evaluation, compiled, failsClosed)) this.act(policy, binding, denial);
    }
  }

  private misconfigured(
    policy: ValidatingAdmissionPolicy, binding: ValidatingAdmissionPolicyBinding | undefined, message: string,
  ): void {
    if (policy.spec.failurePolicy !== 'Ignore') this.deny(policy, binding, { message, reason: '' });
  }

  private act(policy: ValidatingAdmissionPolicy, binding: ValidatingAdmissionPolicyBinding, denial: Denial): void {
    const actions = binding.spec.validationActions;
    if (actions.includes('Deny')) this.deny(policy, binding, denial);
    if (actions.includes('Warn')) {
      this.attributes.warnings.push(`Validation failed for ValidatingAdmissionPolicy '${policy.metadata.name}' with `
        + `binding '${binding.metadata.name}': ${denial.message}`);
    }
  }

  private deny(
    policy: ValidatingAdmissionPolicy, binding: ValidatingAdmissionPolicyBinding | undefined,
    { message, reason }: Denial,
  ): void {
    if (this.refusal) return;
    const by = binding ? ` with binding '${binding.metadata.name}'` : '';
    const text = `ValidatingAdmissionPolicy '${policy.metadata.name}'${by} denied request: ${message}`;
    const status = admissionForbidden(this.attributes, text);
    const shown = (reason || 'Invalid') as StatusReason;
    this.refusal = {
      ...status, reason: shown, code: codes[shown] ?? 422, details: { ...status.details, causes: [{ message: text }] },
    };
  }
}

function compile(policy: ValidatingAdmissionPolicy): CompiledPolicy {
  const known = compiledPolicies.get(policy);
  if (known) return known;
  const { paramKind, variables, matchConditions: conditions, validations = [] } = policy.spec;
  const environment = new Environment({ params: paramKind !== undefined, authorizer: true }, variables);
  const compiled: CompiledPolicy = {
    environment,
    conditions: compileConditions(environment, conditions),
    validations: validations.map(({ expression, message = '', messageExpression = '', reason = 'Invalid' }) => ({
      rule: { text: expression, compiled: environment.compile(expression, [bool]) },
      ...(messageExpression === '' ? {} : {
        message: {
          text: messageExpression, compiled: environment.compile(messageExpression, [stringType, nullType], false),
        },
      }),
      fallback: message.trim() || `failed expression: ${expression.trim()}`,
      reason,
    })),
  };
  compiledPolicies.set(policy, compiled);
  return compiled;
}

function denials(
  evaluation: PolicyEvaluation, { conditions, validations }: CompiledPolicy, failsClosed: boolean,
): readonly Denial[] {
  const applies = matchConditions(evaluation, conditions);
  if (applies === false) return [];
  if (applies !== true) return failsClosed ? [{ message: applies.error, reason: '' }] : [];
  const denied: Denial[] = [];
  for (const { rule, message, fallback, reason } of validations) {
    const outcome = evaluation.evaluate(rule);
    if ('error' in outcome) {
      if (failsClosed) denied.push({ message: outcome.error, reason: '' });
    } else if (outcome.value !== true) {
      denied.push({ message: composedMessage(evaluation, message) ?? fallback, reason });
    }
  }
  return denied;
}

/** A message that an expression makes counts only if it is one line of a bearable length. */
function composedMessage(evaluation: PolicyEvaluation, expression: CompiledExpression | undefined): string | undefined {
  if (!expression) return undefined;
  const outcome = evaluation.evaluate(expression);
  if ('error' in outcome || typeof outcome.value !== 'string') return undefined;
  const text = outcome.value.trim();
  return text === '' || text.includes('\n') || utf8Length(text) > maxMessageBytes ? undefined : text;
}
