/**
 * HorizontalPodAutoscaler: adapts the number of pods to what is measured. Stored as v2; v1 is served by conversion.
 * Models pkg/apis/autoscaling and pkg/registry/autoscaling/horizontalpodautoscaler.
 */
import { defineKind } from '../../kind';
import type { AutoscalingV1HorizontalPodAutoscaler, HorizontalPodAutoscaler } from '../../types';
import { autoscalerColumns } from './columns';
import { autoscalerDefaults } from './defaults';
import { fromVersion1, toVersion1 } from './v1';
import { autoscalerErrors, autoscalerStatusErrors } from './validation';

const named = {
  group: 'autoscaling', kind: 'HorizontalPodAutoscaler', listKind: 'HorizontalPodAutoscalerList',
  plural: 'horizontalpodautoscalers', singular: 'horizontalpodautoscaler', shortNames: ['hpa'], categories: ['all'],
  namespaced: true, subresources: ['status'], nameRule: 'dnsSubdomain', hasGeneration: false,
} as const;

export const horizontalPodAutoscalerKind = defineKind<HorizontalPodAutoscaler>({
  ...named,
  version: 'v2',
  schema: 'HorizontalPodAutoscaler',
  defaults: autoscalerDefaults,
  validate: (autoscaler) => autoscalerErrors(autoscaler),
  validateUpdate: (autoscaler, old) => (autoscaler.spec === old.spec ? [] : autoscalerErrors(autoscaler, old)),
  validateStatusUpdate: autoscalerStatusErrors,
  initialStatus: () => ({ desiredReplicas: 0 }),
  columns: autoscalerColumns,
});

export const horizontalPodAutoscalerV1Kind = defineKind<AutoscalingV1HorizontalPodAutoscaler>({
  ...named,
  version: 'v1',
  schema: 'AutoscalingV1HorizontalPodAutoscaler',
  conversion: { storage: horizontalPodAutoscalerKind, toStorage: fromVersion1, fromStorage: toVersion1 },
  columns: autoscalerColumns.map((column) => ({
    ...column,
    cell: (autoscaler: AutoscalingV1HorizontalPodAutoscaler, nowMs: number) => (
      column.cell(fromVersion1(autoscaler), nowMs)),
  })),
});
