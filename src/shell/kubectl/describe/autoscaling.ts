/**
 * `kubectl describe` of horizontal pod autoscalers in both versions, and of pod disruption budgets. Models the describers
 * of kubectl's pkg/describe.
 */
import { formatLabelSelector } from '../../../api/selectors';
import type {
  AutoscalingV1HorizontalPodAutoscaler, HorizontalPodAutoscaler, HPAScalingRules, MetricSpec, MetricStatus,
  MetricTarget, MetricValueStatus, PodDisruptionBudget,
} from '../../../api/types';
import { writeEventsOf } from './events';
import { writeHead } from './metadata';
import { dateText } from './time-text';
import type { DescribeContext, DescribeWriter } from './writer';

type Autoscaler = HorizontalPodAutoscaler | AutoscalingV1HorizontalPodAutoscaler;

export function describeAutoscaler(w: DescribeWriter, autoscaler: Autoscaler, context: DescribeContext): void {
  const { metadata, spec, status, apiVersion } = autoscaler;
  const { kind, name } = spec.scaleTargetRef;
  writeHead(w, autoscaler);
  w.line(0, `CreationTimestamp:\t${dateText(metadata.creationTimestamp)}`);
  w.line(0, `Reference:\t${kind}/${name}`);
  if (apiVersion === 'autoscaling/v1') writeUtilization(w, autoscaler as AutoscalingV1HorizontalPodAutoscaler);
  else writeMetrics(w, autoscaler as HorizontalPodAutoscaler);
  w.line(0, `Min replicas:\t${spec.minReplicas ?? '<unset>'}`);
  w.line(0, `Max replicas:\t${spec.maxReplicas}`);
  const { behavior } = spec as HorizontalPodAutoscaler['spec'];
  if (behavior) {
    w.line(0, 'Behavior:');
    writeBehavior(w, 'Scale Up', behavior.scaleUp);
    writeBehavior(w, 'Scale Down', behavior.scaleDown);
  }
  w.line(0, `${kind} pods:\t${status?.currentReplicas ?? 0} current / ${status?.desiredReplicas ?? 0} desired`);
  const conditions = (status as HorizontalPodAutoscaler['status'] | undefined)?.conditions ?? [];
  if (conditions.length > 0) {
    w.line(0, 'Conditions:');
    w.line(1, 'Type\tStatus\tReason\tMessage');
    w.line(1, '----\t------\t------\t-------');
  }
  for (const { type, status: state, reason = '', message = '' } of conditions) {
    w.line(1, `${type}\t${state}\t${reason}\t${message}`);
  }
  writeEventsOf(w, autoscaler, context);
}

function writeUtilization(w: DescribeWriter, { spec, status }: AutoscalingV1HorizontalPodAutoscaler): void {
  if (spec.targetCPUUtilizationPercentage === undefined) return;
  w.line(0, `Target CPU utilization:\t${spec.targetCPUUtilizationPercentage}%`);
  w.line(0, `Current CPU utilization:\t${status?.currentCPUUtilizationPercentage ?? '<unknown>'}%`);
}

function writeMetrics(w: DescribeWriter, { spec, status }: HorizontalPodAutoscaler): void {
  w.line(0, 'Metrics:\t( current / target )');
  (spec.metrics ?? []).forEach((metric, index) => writeMetric(w, metric, status?.currentMetrics?.[index]));
}

function writeMetric(w: DescribeWriter, metric: MetricSpec, now: MetricStatus | undefined): void {
  const { resource, containerResource, pods, object, external } = metric;
  if (resource) writeResource(w, `resource ${resource.name} on pods`, resource.target, now?.resource?.current);
  else if (containerResource) {
    const { name, container, target } = containerResource;
    writeResource(w, `resource ${name} of container "${container}" on pods`, target, now?.containerResource?.current);
  } else if (pods) {
    w.line(1, `"${pods.metric.name}" on pods:\t${now?.pods?.current.averageValue ?? '<unknown>'} / `
      + `${pods.target.averageValue ?? ''}`);
  } else if (object) {
    const { metric: { name }, describedObject, target } = object;
    w.line(1, `"${name}" on ${describedObject.kind}/${describedObject.name} ${amounts(target, now?.object?.current)}`);
  } else if (external) {
    w.line(1, `"${external.metric.name}" ${amounts(external.target, now?.external?.current)}`);
  } else w.line(1, `<unknown metric type "${metric.type}">`);
}

function amounts(target: MetricTarget, now: MetricValueStatus | undefined): string {
  return target.averageValue === undefined ? `(target value):\t${now?.value ?? '<unknown>'} / ${target.value ?? ''}`
    : `(target average value):\t${now?.averageValue ?? '<unknown>'} / ${target.averageValue}`;
}

function writeResource(
  w: DescribeWriter, title: string, target: MetricTarget, now: MetricValueStatus | undefined,
): void {
  w.write(1, title);
  if (target.averageValue !== undefined) {
    w.line(0, `:\t${now?.averageValue ?? '<unknown>'} / ${target.averageValue}`);
    return;
  }
  const { averageUtilization: used, averageValue = '' } = now ?? {};
  const current = used === undefined ? '<unknown>' : `${used}% (${averageValue})`;
  const goal = target.averageUtilization === undefined ? '<auto>' : `${target.averageUtilization}%`;
  w.line(1, `(as a percentage of request):\t${current} / ${goal}`);
}

function writeBehavior(w: DescribeWriter, title: string, rules: HPAScalingRules | undefined): void {
  if (!rules) return;
  const { stabilizationWindowSeconds, policies = [], selectPolicy = 'Max' } = rules;
  w.line(1, `${title}:`);
  if (stabilizationWindowSeconds !== undefined)
    w.line(2, `Stabilization Window: ${stabilizationWindowSeconds} seconds`);
  if (policies.length === 0) return;
  w.line(2, `Select Policy: ${selectPolicy}`);
  w.line(2, 'Policies:');
  for (const { type, value, periodSeconds } of policies) {
    w.line(3, `- Type: ${type}\tValue: ${value}\tPeriod: ${periodSeconds} seconds`);
  }
}

export function describeDisruptionBudget(
  w: DescribeWriter, budget: PodDisruptionBudget, context: DescribeContext,
): void {
  const { metadata, spec, status } = budget;
  w.line(0, `Name:\t${metadata.name}`);
  w.line(0, `Namespace:\t${metadata.namespace ?? ''}`);
  if (spec.minAvailable !== undefined) w.line(0, `Min available:\t${spec.minAvailable}`);
  else if (spec.maxUnavailable !== undefined) w.line(0, `Max unavailable:\t${spec.maxUnavailable}`);
  w.line(0, `Selector:\t${spec.selector ? formatLabelSelector(spec.selector) : '<unset>'}`);
  w.line(0, 'Status:');
  w.line(2, `Allowed disruptions:\t${status?.disruptionsAllowed ?? 0}`);
  w.line(2, `Current:\t${status?.currentHealthy ?? 0}`);
  w.line(2, `Desired:\t${status?.desiredHealthy ?? 0}`);
  w.line(2, `Total:\t${status?.expectedPods ?? 0}`);
  writeEventsOf(w, budget, context);
}
