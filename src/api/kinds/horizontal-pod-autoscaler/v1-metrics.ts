/**
 * Metrics as autoscaling/v1 writes them into annotations: a name, a target and a value side by side, where v2 nests
 * them. Models the conversions of MetricSpec and MetricStatus in pkg/apis/autoscaling/v1.
 */
import type { FieldType, ObjectType, SchemaField } from '../../schema/schema';
import type {
  CrossVersionObjectReference, LabelSelector, MetricSpec, MetricStatus, MetricTarget, MetricValueStatus,
} from '../../types';
import { parseListAnnotation } from './annotations';

/** What a source of v1 says, whatever its type. */
interface SourceV1 {
  readonly target?: CrossVersionObjectReference;
  readonly metricName?: string;
  readonly name?: string;
  readonly container?: string;
  readonly selector?: LabelSelector;
  readonly metricSelector?: LabelSelector;
  readonly targetValue?: string;
  readonly averageValue?: string;
  readonly targetAverageValue?: string;
  readonly targetAverageUtilization?: number;
  readonly currentValue?: string;
  readonly currentAverageValue?: string;
  readonly currentAverageUtilization?: number;
}

/** A metric of v1: a type and its source. */
interface MetricV1 {
  readonly type?: string;
  readonly object?: SourceV1;
  readonly pods?: SourceV1;
  readonly resource?: SourceV1;
  readonly containerResource?: SourceV1;
  readonly external?: SourceV1;
}

const text: FieldType = { form: 'scalar', scalar: 'string' };
const amount: FieldType = { form: 'scalar', scalar: 'quantity' };
const count: FieldType = { form: 'scalar', scalar: 'int32' };
const selector: FieldType = { form: 'ref', name: 'LabelSelector' };
const reference: FieldType = { form: 'ref', name: 'CrossVersionObjectReference' };

function typeWith(name: string, fields: Readonly<Record<string, FieldType>>): ObjectType {
  const entries = Object.entries(fields).map(([field, type]): readonly [string, SchemaField] => (
    [field, { name: field, type, required: false }]));
  return { name, plainName: name, packageName: 'io.k8s.api.autoscaling.v1', atomic: false, fields: new Map(entries) };
}

const source: FieldType = {
  form: 'object',
  type: typeWith('MetricSource', {
    target: reference, metricName: text, name: text, container: text, selector, metricSelector: selector,
    targetValue: amount, averageValue: amount, targetAverageValue: amount, targetAverageUtilization: count,
    currentValue: amount, currentAverageValue: amount, currentAverageUtilization: count,
  }),
};
const metric = typeWith('MetricSpec', {
  type: text, object: source, pods: source, resource: source, containerResource: source, external: source,
});

const noReference: CrossVersionObjectReference = Object.freeze({ kind: '', name: '' });

/** A metric of v2 as v1, with its fields in the order in which Go writes them. */
export function metricToV1({ type, object, pods, resource, containerResource, external }: MetricSpec): object {
  return {
    type,
    object: object && {
      target: referenceInOrder(object.describedObject), metricName: object.metric.name,
      targetValue: object.target.value ?? '0', selector: object.metric.selector,
      averageValue: object.target.averageValue,
    },
    pods: pods && {
      metricName: pods.metric.name, targetAverageValue: pods.target.averageValue ?? '0', selector: pods.metric.selector,
    },
    resource: resource && { name: resource.name, ...resourceTarget(resource.target) },
    containerResource: containerResource && {
      name: containerResource.name, ...resourceTarget(containerResource.target),
      container: containerResource.container,
    },
    external: external && {
      metricName: external.metric.name, metricSelector: external.metric.selector,
      targetValue: external.target.value, targetAverageValue: external.target.averageValue,
    },
  };
}

function resourceTarget({ averageUtilization, averageValue }: MetricTarget): object {
  return { targetAverageUtilization: averageUtilization, targetAverageValue: averageValue };
}

function referenceInOrder({ kind, name, apiVersion }: CrossVersionObjectReference): object {
  return { kind, name, apiVersion };
}

/** What was measured, of v2 as v1. */
export function metricStatusToV1({ type, object, pods, resource, containerResource, external }: MetricStatus): object {
  return {
    type,
    object: object && {
      target: referenceInOrder(object.describedObject), metricName: object.metric.name,
      currentValue: object.current.value ?? '0', selector: object.metric.selector,
      averageValue: object.current.averageValue,
    },
    pods: pods && {
      metricName: pods.metric.name, currentAverageValue: pods.current.averageValue ?? '0',
      selector: pods.metric.selector,
    },
    resource: resource && { name: resource.name, ...resourceCurrent(resource.current) },
    containerResource: containerResource && {
      name: containerResource.name, ...resourceCurrent(containerResource.current),
      container: containerResource.container,
    },
    external: external && {
      metricName: external.metric.name, metricSelector: external.metric.selector,
      currentValue: external.current.value ?? '0', currentAverageValue: external.current.averageValue,
    },
  };
}

function resourceCurrent({ averageUtilization, averageValue }: MetricValueStatus): object {
  return { currentAverageUtilization: averageUtilization, currentAverageValue: averageValue ?? '0' };
}

/** The metrics in an annotation, or undefined when there are none that can be read. */
export function metricsFromV1(annotation: string | undefined): readonly MetricSpec[] | undefined {
  return parseListAnnotation<MetricV1>(annotation, metric)?.map(metricFromV1);
}

/** What was measured, from an annotation. */
export function metricStatusesFromV1(annotation: string | undefined): readonly MetricStatus[] | undefined {
  return parseListAnnotation<MetricV1>(annotation, metric)?.map(metricStatusFromV1);
}

/** Leaves out what is not set. */
function defined<T extends object>(object: T): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;
}

function metricFromV1({ type = '', object, pods, resource, containerResource, external }: MetricV1): MetricSpec {
  return defined({
    type,
    object: object && {
      describedObject: object.target ?? noReference,
      metric: defined({ name: object.metricName ?? '', selector: object.selector }),
      target: targetOf(object.targetValue, object.averageValue),
    },
    pods: pods && {
      metric: defined({ name: pods.metricName ?? '', selector: pods.selector }),
      target: defined({ type: 'AverageValue', averageValue: pods.targetAverageValue }),
    },
    resource: resource && { name: resource.name ?? '', target: resourceTargetOf(resource) },
    containerResource: containerResource && {
      name: containerResource.name ?? '', target: resourceTargetOf(containerResource),
      container: containerResource.container ?? '',
    },
    external: external && {
      metric: defined({ name: external.metricName ?? '', selector: external.metricSelector }),
      target: targetOf(external.targetValue, external.targetAverageValue),
    },
  }) as MetricSpec;
}

/** A value that is zero only because v1 must write one is none. */
function targetOf(value: string | undefined, averageValue: string | undefined): MetricTarget {
  const type = averageValue === undefined ? 'Value' : 'AverageValue';
  return defined({ type, value: value === '0' && averageValue !== undefined ? undefined : value, averageValue }) as
    MetricTarget;
}

function resourceTargetOf({ targetAverageUtilization, targetAverageValue }: SourceV1): MetricTarget {
  const type = targetAverageUtilization === undefined ? 'AverageValue' : 'Utilization';
  const target = { type, averageUtilization: targetAverageUtilization, averageValue: targetAverageValue };
  return defined(target) as MetricTarget;
}

function metricStatusFromV1(
  { type = '', object, pods, resource, containerResource, external }: MetricV1,
): MetricStatus {
  return defined({
    type,
    object: object && {
      describedObject: object.target ?? noReference,
      metric: defined({ name: object.metricName ?? '', selector: object.selector }),
      current: defined({ value: object.currentValue, averageValue: object.averageValue }),
    },
    pods: pods && {
      metric: defined({ name: pods.metricName ?? '', selector: pods.selector }),
      current: defined({ averageValue: pods.currentAverageValue }),
    },
    resource: resource && { name: resource.name ?? '', current: currentOf(resource) },
    containerResource: containerResource && {
      name: containerResource.name ?? '', current: currentOf(containerResource),
      container: containerResource.container ?? '',
    },
    external: external && {
      metric: defined({ name: external.metricName ?? '', selector: external.metricSelector }),
      current: defined({ value: external.currentValue, averageValue: external.currentAverageValue }),
    },
  }) as MetricStatus;
}

function currentOf({ currentAverageUtilization, currentAverageValue }: SourceV1): MetricValueStatus {
  return defined({ averageUtilization: currentAverageUtilization, averageValue: currentAverageValue }) as
    MetricValueStatus;
}
