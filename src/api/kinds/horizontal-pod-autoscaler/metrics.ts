/** What an autoscaler measures. Models validateMetricSpec and its neighbours of pkg/apis/autoscaling/validation. */
import { child, forbidden, invalid, notSupported, required } from '../../field-errors';
import { pathSegmentProblems } from '../../names';
import { quantity } from '../../quantity';
import type {
  ContainerResourceMetricSource, CrossVersionObjectReference, MetricIdentifier, MetricSpec, MetricTarget,
  ResourceMetricSource,
} from '../../types';
import { checkDnsLabel, checkProblems } from '../field-checks';
import type { FieldErrors } from '../field-checks';
import { checkContainerResourceName } from '../pod/validation/resources';
import { checkReference } from './reference';
import type { ReferenceOptions } from './reference';

/** The sources in the order in which they are looked at, and the type that each belongs to. */
const sources = [
  ['object', 'Object'], ['external', 'External'], ['pods', 'Pods'], ['resource', 'Resource'],
  ['containerResource', 'ContainerResource'],
] as const;
type Source = (typeof sources)[number][0];

const types = ['ContainerResource', 'External', 'Object', 'Pods', 'Resource'];
const targetTypes = ['Utilization', 'Value', 'AverageValue'];
const noTarget = Object.freeze({}) as MetricTarget;
const noReference = Object.freeze({}) as CrossVersionObjectReference;

/** One metric: a type, and exactly the source that belongs to it. */
export function checkMetric(spec: MetricSpec, ofObjects: ReferenceOptions, path: string, errors: FieldErrors): void {
  const type = spec.type ?? '';
  const typePath = child(path, 'type');
  if (type === '') errors.push(required(typePath, 'must specify a metric source type'));
  if (!types.includes(type)) errors.push(notSupported(typePath, type, types));
  const present = sources.map(([source]) => source).filter((source) => spec[source] !== undefined);
  const first = present[0];
  if (first !== undefined) checkSource(spec, first, ofObjects, child(path, first), errors);
  const expected = sources.find(([, of]) => of === type)?.[0];
  if (expected === undefined) errors.push(notSupported(typePath, type, types));
  else if (spec[expected] === undefined) {
    errors.push(required(child(path, expected), 'must populate information for the given metric source'));
  }
  if (present.length === 1) return;
  for (const source of present) {
    if (source !== expected) errors.push(forbidden(child(path, source), 'must populate the given metric source only'));
  }
}

function checkSource(
  spec: MetricSpec, source: Source, ofObjects: ReferenceOptions, path: string, errors: FieldErrors,
): void {
  const target = spec[source]?.target ?? noTarget;
  const averagePath = child(path, 'target', 'averageValue');
  switch (source) {
    case 'object':
      checkReference(spec.object?.describedObject ?? noReference, ofObjects, child(path, 'describedObject'), errors);
      checkIdentifierAndTarget(spec.object?.metric, target, path, errors);
      if (target.value === undefined && target.averageValue === undefined) {
        errors.push(required(averagePath, 'must set either a target value or averageValue'));
      }
      return;
    case 'external':
      checkIdentifierAndTarget(spec.external?.metric, target, path, errors);
      if (target.value === undefined && target.averageValue === undefined) {
        errors.push(required(averagePath, 'must set either a target value for metric or a per-pod target'));
      }
      if (target.value !== undefined && target.averageValue !== undefined) {
        const detail = 'may not set both a target value for metric and a per-pod target';
        errors.push(forbidden(child(path, 'target', 'value'), detail));
      }
      return;
    case 'pods':
      checkIdentifierAndTarget(spec.pods?.metric, target, path, errors);
      if (target.averageValue === undefined) {
        errors.push(required(averagePath, 'must specify a positive target averageValue'));
      }
      return;
    case 'resource':
      checkResourceSource(spec.resource ?? ({} as ResourceMetricSource), path, errors);
      return;
    case 'containerResource':
      checkContainerSource(spec.containerResource ?? ({} as ContainerResourceMetricSource), path, errors);
  }
}

function checkResourceSource(
  { name, target = noTarget }: ResourceMetricSource, path: string, errors: FieldErrors,
): void {
  if (!name) errors.push(required(child(path, 'name'), 'must specify a resource name'));
  checkResourceTarget(target, path, errors);
}

function checkContainerSource(
  { name, container, target = noTarget }: ContainerResourceMetricSource, path: string, errors: FieldErrors,
): void {
  if (!name) errors.push(required(child(path, 'name'), 'must specify a resource name'));
  else checkContainerResourceName(name, child(path, 'name'), errors);
  if (!container) errors.push(required(child(path, 'container'), 'must specify a container'));
  else checkDnsLabel(container, child(path, 'container'), errors);
  checkResourceTarget(target, path, errors);
}

function checkResourceTarget(target: MetricTarget, path: string, errors: FieldErrors): void {
  const at = child(path, 'target');
  checkTarget(target, at, errors);
  const { averageUtilization, averageValue } = target;
  if (averageUtilization === undefined && averageValue === undefined) {
    const detail = 'must set either a target raw value or a target utilization';
    errors.push(required(child(at, 'averageUtilization'), detail));
  }
  if (averageUtilization !== undefined && averageValue !== undefined) {
    const detail = 'may not set both a target raw value and a target utilization';
    errors.push(forbidden(child(at, 'averageValue'), detail));
  }
}

function checkIdentifierAndTarget(
  metric: MetricIdentifier | undefined, target: MetricTarget, path: string, errors: FieldErrors,
): void {
  const at = child(path, 'metric', 'name');
  if (!metric?.name) errors.push(required(at, 'must specify a metric name'));
  else checkProblems(pathSegmentProblems(metric.name), metric.name, at, errors);
  checkTarget(target, child(path, 'target'), errors);
}

function checkTarget(target: MetricTarget, path: string, errors: FieldErrors): void {
  const type = target.type ?? '';
  if (type === '') errors.push(required(child(path, 'type'), 'must specify a metric target type'));
  if (!targetTypes.includes(type)) {
    errors.push(invalid(child(path, 'type'), type, 'must be either Utilization, Value, or AverageValue'));
  }
  for (const field of ['value', 'averageValue'] as const) {
    const amount = target[field];
    if (amount === undefined || quantity(amount).nanos > 0n) continue;
    errors.push(invalid(child(path, field), amount, 'must be positive'));
  }
  const { averageUtilization } = target;
  if (averageUtilization === undefined || averageUtilization >= 1) return;
  errors.push(invalid(child(path, 'averageUtilization'), averageUtilization, 'must be greater than 0'));
}
