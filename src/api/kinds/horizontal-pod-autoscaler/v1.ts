/**
 * HorizontalPodAutoscaler v1, which knows no metric but CPU utilization: what it cannot express travels as JSON in
 * annotations, so that nothing is lost on the way there and back. Models pkg/apis/autoscaling/v1/conversion.go; the
 * older form of metrics in those annotations is in v1-metrics.ts.
 */
import type {
  AutoscalingV1HorizontalPodAutoscaler, AutoscalingV1HorizontalPodAutoscalerStatus, HorizontalPodAutoscaler,
  HorizontalPodAutoscalerBehavior, HorizontalPodAutoscalerCondition, HorizontalPodAutoscalerStatus, HPAScalingRules,
  MetricSpec, ObjectMeta,
} from '../../types';
import { parseAnnotation, parseListAnnotation } from './annotations';
import { autoscalerDefaults } from './defaults';
import { metricStatusesFromV1, metricStatusToV1, metricsFromV1, metricToV1 } from './v1-metrics';

const annotations = {
  metrics: 'autoscaling.alpha.kubernetes.io/metrics',
  currentMetrics: 'autoscaling.alpha.kubernetes.io/current-metrics',
  conditions: 'autoscaling.alpha.kubernetes.io/conditions',
  behavior: 'autoscaling.alpha.kubernetes.io/behavior',
} as const;

const apiGroup = 'autoscaling';

function isCpuUtilization({ type, resource }: MetricSpec): boolean {
  return type === 'Resource' && resource?.name === 'cpu' && resource.target.averageUtilization !== undefined;
}

/** Metadata with other annotations of ours, or none. */
function withAnnotations(metadata: ObjectMeta, ours: Readonly<Record<string, string>>): ObjectMeta {
  const known: readonly string[] = Object.values(annotations);
  const kept = Object.entries(metadata.annotations ?? {}).filter(([name]) => !known.includes(name));
  const added = Object.entries(ours);
  if (added.length === 0 && kept.length === Object.keys(metadata.annotations ?? {}).length) return metadata;
  const { annotations: _replaced, ...rest } = metadata;
  const all = [...kept, ...added];
  return all.length === 0 ? rest : { ...rest, annotations: Object.fromEntries(all) };
}

/** A v2 autoscaler as v1. */
export function toVersion1(autoscaler: HorizontalPodAutoscaler): AutoscalingV1HorizontalPodAutoscaler {
  const { spec, status } = autoscaler;
  const ours: Record<string, string> = {};
  const metrics = spec.metrics ?? [];
  const others = metrics.filter((metric) => !isCpuUtilization(metric));
  if (others.length > 0) ours[annotations.metrics] = JSON.stringify(others.map(metricToV1));
  const current = status?.currentMetrics ?? [];
  if (current.length > 0) ours[annotations.currentMetrics] = JSON.stringify(current.map(metricStatusToV1));
  if (spec.behavior !== undefined) ours[annotations.behavior] = JSON.stringify(behaviorInOrder(spec.behavior));
  const conditions = status?.conditions ?? [];
  if (conditions.length > 0) ours[annotations.conditions] = JSON.stringify(conditions.map(conditionInOrder));
  const percentage = metrics.filter(isCpuUtilization).at(-1)?.resource?.target.averageUtilization;
  const { minReplicas, maxReplicas, scaleTargetRef } = spec;
  return {
    apiVersion: `${apiGroup}/v1`, kind: autoscaler.kind,
    metadata: withAnnotations(autoscaler.metadata, ours),
    spec: {
      scaleTargetRef, ...(minReplicas === undefined ? {} : { minReplicas }), maxReplicas,
      ...(percentage === undefined ? {} : { targetCPUUtilizationPercentage: percentage }),
    },
    status: statusToV1(status),
  };
}

function statusToV1(status: HorizontalPodAutoscalerStatus | undefined): AutoscalingV1HorizontalPodAutoscalerStatus {
  const { observedGeneration, lastScaleTime, currentReplicas = 0, desiredReplicas = 0, currentMetrics = [] } =
    status ?? { desiredReplicas: 0 };
  const percentage = currentMetrics.filter(({ type, resource }) => type === 'Resource' && resource?.name === 'cpu')
    .at(-1)?.resource?.current.averageUtilization;
  return {
    ...(observedGeneration === undefined ? {} : { observedGeneration }),
    ...(lastScaleTime === undefined ? {} : { lastScaleTime }),
    currentReplicas, desiredReplicas,
    ...(percentage === undefined ? {} : { currentCPUUtilizationPercentage: percentage }),
  };
}

/** A v1 autoscaler as v2, with v2's defaults. Annotations that are no JSON of the right form say nothing. */
export function fromVersion1(autoscaler: AutoscalingV1HorizontalPodAutoscaler): HorizontalPodAutoscaler {
  const given = autoscaler.metadata.annotations ?? {};
  const { targetCPUUtilizationPercentage: percentage, ...spec } = autoscaler.spec ?? {};
  const cpu: readonly MetricSpec[] = percentage === undefined ? [] : [
    { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: percentage } } },
  ];
  const others = metricsFromV1(given[annotations.metrics]);
  const metrics = [...(others ?? []), ...cpu];
  const behavior = parseBehavior(given[annotations.behavior]);
  const { currentCPUUtilizationPercentage: current, ...status } = autoscaler.status ?? {};
  const currentMetrics = metricStatusesFromV1(given[annotations.currentMetrics])
    ?? (current === undefined ? undefined
      : [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: current } } }]);
  const conditions = parseConditions(given[annotations.conditions]);
  return autoscalerDefaults({
    apiVersion: `${apiGroup}/v2`, kind: autoscaler.kind,
    metadata: withAnnotations(autoscaler.metadata, {}),
    spec: {
      ...spec, ...(metrics.length === 0 ? {} : { metrics }), ...(behavior === undefined ? {} : { behavior }),
    } as HorizontalPodAutoscaler['spec'],
    status: {
      ...status, ...(currentMetrics === undefined ? {} : { currentMetrics }),
      ...(conditions === undefined ? {} : { conditions }),
    } as HorizontalPodAutoscalerStatus,
  });
}

/** Fields in the order in which Go writes them. */
function behaviorInOrder({ scaleUp, scaleDown }: HorizontalPodAutoscalerBehavior): object {
  const rules = (given: HPAScalingRules | undefined): object | undefined => given && {
    stabilizationWindowSeconds: given.stabilizationWindowSeconds,
    selectPolicy: given.selectPolicy,
    policies: given.policies?.map(({ type, value, periodSeconds }) => ({ type, value, periodSeconds })),
    tolerance: given.tolerance,
  };
  return { scaleUp: rules(scaleUp), scaleDown: rules(scaleDown) };
}

function conditionInOrder(condition: HorizontalPodAutoscalerCondition): object {
  const { type, status, lastTransitionTime, reason, message } = condition;
  return { type, status, lastTransitionTime: lastTransitionTime ?? null, reason, message };
}

/** Behavior and conditions have the same form in both versions, so that the schema of v2 can read them. */
function parseBehavior(text: string | undefined): HorizontalPodAutoscalerBehavior | undefined {
  return parseAnnotation(text, 'HorizontalPodAutoscalerBehavior');
}

function parseConditions(text: string | undefined): readonly HorizontalPodAutoscalerCondition[] | undefined {
  return parseListAnnotation<HorizontalPodAutoscalerCondition>(text, 'HorizontalPodAutoscalerCondition');
}
