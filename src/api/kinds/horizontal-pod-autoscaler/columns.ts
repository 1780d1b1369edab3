/** How an autoscaler shows in a table. Models printHorizontalPodAutoscaler and formatHPAMetrics. */
import type { TableColumn } from '../../kind';
import type { HorizontalPodAutoscaler, MetricSpec, MetricStatus, MetricTarget, MetricValueStatus } from '../../types';
import { ageColumn, nameColumn } from '../columns';

const shownMetrics = 2;
const unknown = '<unknown>';

/** `cpu: 20%/80%, 5/10 (avg) + 1 more...`: what is measured, and what is aimed at. */
export function metricsText({ spec, status }: HorizontalPodAutoscaler): string {
  const metrics = spec.metrics ?? [];
  if (metrics.length === 0) return '<none>';
  const texts = metrics.slice(0, shownMetrics).map((metric, i) => metricText(metric, status?.currentMetrics?.[i]));
  const rest = metrics.length - shownMetrics;
  return rest > 0 ? `${texts.join(', ')} + ${rest} more...` : texts.join(', ');
}

function metricText(spec: MetricSpec, status: MetricStatus | undefined): string {
  switch (spec.type) {
    case 'External':
      return valueText(spec.external?.target, status?.external?.current);
    case 'Object':
      return valueText(spec.object?.target, status?.object?.current);
    case 'Pods': {
      const current = status?.pods === undefined ? unknown : (status.pods.current?.averageValue ?? '<nil>');
      return `${current}/${spec.pods?.target.averageValue ?? '<nil>'}`;
    }
    case 'Resource':
      return resourceText(spec.resource?.name, spec.resource?.target, status?.resource?.current);
    case 'ContainerResource':
      return resourceText(
        spec.containerResource?.name, spec.containerResource?.target, status?.containerResource?.current);
    default:
      return '<unknown type>';
  }
}

function valueText(target: MetricTarget | undefined, current: MetricValueStatus | undefined): string {
  if (target?.averageValue !== undefined) return `${current?.averageValue ?? unknown}/${target.averageValue} (avg)`;
  const value = current === undefined ? unknown : (current.value ?? '<nil>');
  return `${value}/${target?.value ?? '<nil>'}`;
}

function resourceText(
  name: string | undefined, target: MetricTarget | undefined, current: MetricValueStatus | undefined,
): string {
  if (target?.averageValue !== undefined) {
    return `${name}: ${current === undefined ? unknown : (current.averageValue ?? '<nil>')}/${target.averageValue}`;
  }
  const percent = (value: number | undefined, none: string): string => (value === undefined ? none : `${value}%`);
  return `${name}: ${percent(current?.averageUtilization, unknown)}/${percent(target?.averageUtilization, '<auto>')}`;
}

/** The columns of autoscalers. */
export const autoscalerColumns: readonly TableColumn<HorizontalPodAutoscaler>[] = [
  nameColumn,
  {
    name: 'Reference', type: 'string', description: 'What is scaled.',
    cell: ({ spec }) => `${spec.scaleTargetRef?.kind ?? ''}/${spec.scaleTargetRef?.name ?? ''}`,
  },
  { name: 'Targets', type: 'string', description: 'What is measured and what is aimed at.', cell: metricsText },
  {
    name: 'MinPods', type: 'string', description: 'The least number of pods.',
    cell: ({ spec }) => (spec.minReplicas === undefined ? '<unset>' : String(spec.minReplicas)),
  },
  {
    name: 'MaxPods', type: 'string', description: 'The greatest number of pods.',
    cell: ({ spec }) => spec.maxReplicas ?? 0,
  },
  {
    name: 'Replicas', type: 'string', description: 'The number of pods when it was last seen.',
    cell: ({ status }) => status?.currentReplicas ?? 0,
  },
  ageColumn,
];
