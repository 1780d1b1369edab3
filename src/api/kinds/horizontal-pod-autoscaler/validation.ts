/**
 * What is wrong with a HorizontalPodAutoscaler; its metrics are in metrics.ts. Models
 * ValidateHorizontalPodAutoscaler of pkg/apis/autoscaling/validation without HPAScaleToZero, which is off by default.
 */
import { child, forbidden, invalid, notSupported, required } from '../../field-errors';
import type { FieldError } from '../../field-errors';
import { quantity } from '../../quantity';
import type {
  CrossVersionObjectReference, HorizontalPodAutoscaler, HorizontalPodAutoscalerSpec, HPAScalingPolicy, HPAScalingRules,
} from '../../types';
import { checkNonnegative, eachItem, negativeMessage } from '../field-checks';
import type { FieldErrors } from '../field-checks';
import { checkMetric } from './metrics';
import { checkReference, versionProblem } from './reference';
import type { ReferenceOptions } from './reference';

const maxPeriodSeconds = 1800;
const maxWindowSeconds = 3600;
const selectPolicies = ['Disabled', 'Max', 'Min'];
const policyTypes = ['Percent', 'Pods'];
const noSpec = Object.freeze({}) as HorizontalPodAutoscalerSpec;
const noReference = Object.freeze({}) as CrossVersionObjectReference;

/** Everything wrong with a new autoscaler, or with the changed one of an update, apart from metadata. */
export function autoscalerErrors(
  { spec = noSpec }: HorizontalPodAutoscaler, old?: HorizontalPodAutoscaler,
): readonly FieldError[] {
  const errors: FieldErrors = [];
  const { minReplicas, maxReplicas = 0, metrics = [], scaleTargetRef = noReference } = spec;
  const least = old?.spec.minReplicas === 0 ? 0 : 1;
  if (minReplicas !== undefined && minReplicas < least) {
    errors.push(invalid('spec.minReplicas', minReplicas, `must be greater than or equal to ${least}`));
  }
  if (maxReplicas < 1) errors.push(invalid('spec.maxReplicas', maxReplicas, 'must be greater than 0'));
  if (minReplicas !== undefined && maxReplicas < minReplicas) {
    errors.push(invalid('spec.maxReplicas', maxReplicas, 'must be greater than or equal to `minReplicas`'));
  }
  checkReference(scaleTargetRef, targetOptions(scaleTargetRef, old), 'spec.scaleTargetRef', errors);
  const ofObjects = objectOptions(old);
  eachItem(metrics, 'spec.metrics', (metric, at) => checkMetric(metric, ofObjects, at, errors));
  if (minReplicas === 0 && !metrics.some(({ type }) => type === 'Object' || type === 'External')) {
    const detail = 'must specify at least one Object or External metric to support scaling to zero replicas';
    errors.push(forbidden('spec.metrics', detail));
  }
  checkRules(spec.behavior?.scaleUp, 'spec.behavior.scaleUp', errors);
  checkRules(spec.behavior?.scaleDown, 'spec.behavior.scaleDown', errors);
  return errors;
}

/** Of the core group, only a ReplicationController can be scaled. */
function targetOptions(
  { kind }: CrossVersionObjectReference, old: HorizontalPodAutoscaler | undefined,
): ReferenceOptions {
  const options = { allowsEmptyGroup: kind === 'ReplicationController', allowsInvalidVersion: false };
  const before = old?.spec.scaleTargetRef;
  return { ...options, allowsInvalidVersion: before !== undefined && versionProblem(before, options) !== undefined };
}

function objectOptions(old: HorizontalPodAutoscaler | undefined): ReferenceOptions {
  const options = { allowsEmptyGroup: true, allowsInvalidVersion: false };
  const wasInvalid = old?.spec.metrics?.some(({ object }) => (
    object?.describedObject !== undefined && versionProblem(object.describedObject, options) !== undefined));
  return { ...options, allowsInvalidVersion: wasInvalid ?? false };
}

function checkRules(rules: HPAScalingRules | undefined, path: string, errors: FieldErrors): void {
  if (rules === undefined) return;
  const { stabilizationWindowSeconds: window, selectPolicy, policies = [], tolerance } = rules;
  const windowPath = child(path, 'stabilizationWindowSeconds');
  if (window !== undefined && window < 0) {
    errors.push(invalid(windowPath, window, 'must be greater than or equal to zero'));
  }
  if (window !== undefined && window > maxWindowSeconds) {
    errors.push(invalid(windowPath, window, `must be less than or equal to ${maxWindowSeconds}`));
  }
  if (selectPolicy !== undefined && !selectPolicies.includes(selectPolicy)) {
    errors.push(notSupported(child(path, 'selectPolicy'), selectPolicy, selectPolicies));
  }
  const policiesPath = child(path, 'policies');
  if (policies.length === 0) errors.push(required(policiesPath, 'must specify at least one Policy'));
  eachItem(policies, policiesPath, (policy, at) => checkPolicy(policy, at, errors));
  if (tolerance !== undefined && quantity(tolerance).nanos < 0n) {
    errors.push(invalid(child(path, 'tolerance'), tolerance, negativeMessage));
  }
}

function checkPolicy(policy: HPAScalingPolicy, path: string, errors: FieldErrors): void {
  const { type = '', value = 0, periodSeconds = 0 } = policy;
  if (!policyTypes.includes(type)) errors.push(notSupported(child(path, 'type'), type, policyTypes));
  if (value <= 0) errors.push(invalid(child(path, 'value'), value, 'must be greater than zero'));
  const periodPath = child(path, 'periodSeconds');
  if (periodSeconds <= 0) errors.push(invalid(periodPath, periodSeconds, 'must be greater than zero'));
  if (periodSeconds > maxPeriodSeconds) {
    errors.push(invalid(periodPath, periodSeconds, `must be less than or equal to ${maxPeriodSeconds}`));
  }
}

/** Everything wrong with an update of the status. */
export function autoscalerStatusErrors({ status }: HorizontalPodAutoscaler): readonly FieldError[] {
  const errors: FieldErrors = [];
  checkNonnegative(status?.currentReplicas, 'status.currentReplicas', errors);
  checkNonnegative(status?.desiredReplicas, 'status.desiredReplicas', errors);
  return errors;
}
