/**
 * Asking one webhook: whether it wants to be asked, the call, and what a failure of the call means. Models the generic
 * part of apiserver's pkg/admission/plugin/webhook.
 */
import { quote } from '../../../api/go-text';
import { badRequest, type FailureStatus, forbiddenStatus, isFailure } from '../../../api/status';
import { Environment } from '../../../api/cel/policy-environment';
import type { KubeObject, MutatingWebhook, ValidatingWebhook } from '../../../api/types';
import type { Task } from '../../../sim/task';
import type { Authorizer } from '../../authorization/authorizer';
import type { Execution } from '../../execution';
import type { ServedResource } from '../../storage/served-resource';
import type { AdmissionAttributes } from '../plugin';
import { compileConditions, type CompiledExpression, matchConditions, PolicyEvaluation } from '../policy/evaluation';
import { matchWebhook } from '../policy/matching';
import { admissionRequest, versioned } from '../policy/request';
import { callWebhook } from './client';
import { callFailure, rejection, reviewOf, type Verdict, verdictOf } from './review';

export type Webhook = ValidatingWebhook & Pick<MutatingWebhook, 'reinvocationPolicy'>;

/** A webhook among all that are configured. */
export interface ConfiguredWebhook {
  /** `configuration/name/position`: tells it from every other. */
  readonly id: string;
  readonly hook: Webhook;
}

interface Configuration extends KubeObject {
  readonly webhooks?: readonly Webhook[];
}

/** The webhooks of all configurations, by the configurations' names. */
export function configured(configurations: readonly Configuration[]): readonly ConfiguredWebhook[] {
  return configurations.flatMap(({ metadata, webhooks = [] }) =>
    webhooks.map((hook, i) => ({ id: `${metadata.name}/${hook.name}/${i}`, hook })));
}

const environment = new Environment({ params: false, authorizer: true });
const conditionsOf = new WeakMap<Webhook, readonly CompiledExpression[]>();

/** The version in which the webhook wants to see the request; undefined when it does not, or why nobody knows. */
export function wanted(
  hook: Webhook, attributes: AdmissionAttributes, execution: Execution, authorizer: Authorizer,
): ServedResource | FailureStatus | undefined {
  const matched = matchWebhook(hook, attributes, execution);
  if (!matched || isFailure(matched) || !hook.matchConditions?.length) return matched;
  let conditions = conditionsOf.get(hook);
  if (!conditions) conditionsOf.set(hook, conditions = compileConditions(environment, hook.matchConditions));
  const evaluation = new PolicyEvaluation({ attributes, matched, execution, authorizer }, environment);
  const result = matchConditions(evaluation, conditions);
  if (result === true) return matched;
  if (result === false || hook.failurePolicy === 'Ignore') return undefined;
  return forbiddenStatus(attributes.resource.groupResource, attributes.name, result.error);
}

/** Asks a webhook. Undefined when it could not be asked and that does not matter. */
export function* ask(
  hook: Webhook, matched: ServedResource, attributes: AdmissionAttributes, execution: Execution, isMutating: boolean,
): Task<Verdict | FailureStatus | undefined> {
  const isHarmless = hook.sideEffects === 'None' || hook.sideEffects === 'NoneOnDryRun';
  if (attributes.request.options.dryRun && !isHarmless) {
    return badRequest(`admission webhook ${quote(hook.name)} does not support dry run`);
  }
  const uid = execution.random('admission').uuid();
  const version = hook.admissionReviewVersions.find((known) => known === 'v1' || known === 'v1beta1') ?? 'v1';
  const { object, oldObject } = versioned(attributes, matched);
  const review = reviewOf(uid, version, admissionRequest(attributes, matched), object, oldObject);
  const answer = yield* callWebhook(hook.clientConfig, review, hook.timeoutSeconds ?? 10, execution);
  const verdict = 'error' in answer ? undefined : verdictOf(answer.body, uid, version, isMutating);
  if (verdict === undefined || typeof verdict === 'string') {
    if (hook.failurePolicy === 'Ignore') return undefined;
    const why = 'error' in answer ? answer.error : `received invalid webhook response: ${String(verdict)}`;
    return callFailure(hook.name, why);
  }
  attributes.warnings.push(...verdict.warnings);
  return verdict.allowed ? verdict : rejection(hook.name, verdict.status);
}
