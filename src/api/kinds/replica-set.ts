/** ReplicaSet: keeps a number of equal pods. Models pkg/apis/apps and pkg/registry/apps/replicaset. */
import { withKey } from '../../base/freeze';
import { invalid } from '../field-errors';
import type { FieldError } from '../field-errors';
import { defineKind } from '../kind';
import { formatLabelSelector } from '../selectors';
import type { ReplicaSet, ReplicaSetSpec, ReplicaSetStatus } from '../types';
import { ageColumn, containerColumns, nameColumn } from './columns';
import { checkNonnegative } from './field-checks';
import type { FieldErrors } from './field-checks';
import { podTemplateDefaults } from './pod/defaults';
import {
  checkBounded, checkCounters, checkReplicated, checkSelectorUnchanged, withReplicas, workloadWarnings,
} from './workload';

const noStatus: ReplicaSetStatus = Object.freeze({ replicas: 0 });
const noSpec = Object.freeze({}) as ReplicaSetSpec;

function defaults(set: ReplicaSet): ReplicaSet {
  let spec = set.spec ?? noSpec;
  spec = withKey(spec, 'template', podTemplateDefaults(spec.template));
  if (spec.replicas === undefined) spec = withKey(spec, 'replicas', 1);
  return withKey(set, 'spec', spec);
}

function validate(set: ReplicaSet): readonly FieldError[] {
  const errors: FieldErrors = [];
  const spec = set.spec ?? noSpec;
  checkNonnegative(spec.replicas, 'spec.replicas', errors);
  checkNonnegative(spec.minReadySeconds, 'spec.minReadySeconds', errors);
  checkReplicated(spec.selector, spec.template, 'spec', errors);
  return errors;
}

function validateUpdate(set: ReplicaSet, old: ReplicaSet): readonly FieldError[] {
  if (set.spec === old.spec) return [];
  const errors: FieldErrors = [...validate(set)];
  checkSelectorUnchanged(set.spec.selector, old.spec.selector, errors);
  return errors;
}

function validateStatusUpdate(set: ReplicaSet): readonly FieldError[] {
  const errors: FieldErrors = [];
  const status = set.status ?? noStatus;
  checkCounters(status, [
    'replicas', 'fullyLabeledReplicas', 'readyReplicas', 'availableReplicas', 'terminatingReplicas',
    'observedGeneration',
  ], 'status', errors);
  const { replicas = 0, readyReplicas = 0, availableReplicas = 0 } = status;
  checkBounded(status, ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'], replicas,
    'cannot be greater than status.replicas', 'status', errors);
  if (availableReplicas > readyReplicas) {
    errors.push(invalid('status.availableReplicas', availableReplicas, 'cannot be greater than readyReplicas'));
  }
  return errors;
}

export const replicaSetKind = defineKind<ReplicaSet>({
  group: 'apps', version: 'v1', kind: 'ReplicaSet', listKind: 'ReplicaSetList',
  plural: 'replicasets', singular: 'replicaset', shortNames: ['rs'], categories: ['all'],
  namespaced: true, schema: 'ReplicaSet', subresources: ['scale', 'status'],
  defaults,
  validate,
  validateUpdate,
  validateStatusUpdate,
  warnings: workloadWarnings,
  nameRule: 'dnsSubdomain',
  hasGeneration: true,
  initialStatus: () => noStatus,
  selectableFields: ({ status }) => ({ 'status.replicas': String(status?.replicas ?? 0) }),
  columns: [
    nameColumn,
    {
      name: 'Desired', type: 'integer', description: 'Number of pods wanted.',
      cell: ({ spec }) => spec.replicas ?? 0,
    },
    {
      name: 'Current', type: 'integer', description: 'Number of pods that exist.',
      cell: ({ status }) => status?.replicas ?? 0,
    },
    {
      name: 'Ready', type: 'integer', description: 'Number of pods that are ready.',
      cell: ({ status }) => status?.readyReplicas ?? 0,
    },
    ageColumn,
    ...containerColumns<ReplicaSet>(({ spec }) => spec.template?.spec?.containers),
    {
      name: 'Selector', type: 'string', priority: 1, description: 'The labels that its pods have.',
      cell: ({ spec }) => formatLabelSelector(spec.selector),
    },
  ],
  scale: {
    specReplicas: ({ spec }) => spec.replicas ?? 0,
    statusReplicas: ({ status }) => status?.replicas ?? 0,
    selector: ({ spec }) => formatLabelSelector(spec.selector),
    withReplicas,
  },
});
