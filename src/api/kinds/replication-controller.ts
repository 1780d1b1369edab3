/**
 * ReplicationController: what there was before ReplicaSets, with a selector of plain labels. Models pkg/apis/core and
 * pkg/registry/core/replicationcontroller.
 */
import { sortedKeys, withKey } from '../../base/freeze';
import { invalid, required } from '../field-errors';
import type { FieldError } from '../field-errors';
import { defineKind } from '../kind';
import { selectorFromLabels, selectorText } from '../selectors';
import type {
  PodTemplateSpec, ReplicationController, ReplicationControllerSpec, ReplicationControllerStatus,
} from '../types';
import { ageColumn, containerColumns, labelsText, nameColumn } from './columns';
import { checkNonnegative } from './field-checks';
import type { FieldErrors } from './field-checks';
import { podTemplateDefaults } from './pod/defaults';
import {
  checkBounded, checkCounters, checkRunningTemplate, checkSelectorMatches, withReplicas, workloadWarnings,
} from './workload';

const noStatus: ReplicationControllerStatus = Object.freeze({ replicas: 0 });
const noSpec: ReplicationControllerSpec = Object.freeze({});

/** Labels of the template stand in for a missing selector and for missing labels of the controller. */
function defaults(given: ReplicationController): ReplicationController {
  let spec = given.spec ?? noSpec;
  let controller = given;
  if (spec.template !== undefined) spec = withKey(spec, 'template', podTemplateDefaults(spec.template));
  const labels = spec.template?.metadata?.labels;
  if (labels !== undefined) {
    if (sortedKeys(spec.selector).length === 0) spec = withKey(spec, 'selector', labels);
    if (sortedKeys(given.metadata.labels).length === 0) {
      controller = { ...given, metadata: withKey(given.metadata, 'labels', labels) };
    }
  }
  if (spec.replicas === undefined) spec = withKey(spec, 'replicas', 1);
  return withKey(controller, 'spec', spec);
}

function validate(controller: ReplicationController): readonly FieldError[] {
  const errors: FieldErrors = [];
  const spec = controller.spec ?? noSpec;
  checkNonnegative(spec.minReadySeconds, 'spec.minReadySeconds', errors);
  const isEmpty = sortedKeys(spec.selector).length === 0;
  if (isEmpty) errors.push(required('spec.selector'));
  if (spec.replicas === undefined) errors.push(required('spec.replicas'));
  checkNonnegative(spec.replicas, 'spec.replicas', errors);
  checkTemplate(spec.template, isEmpty ? undefined : spec.selector, 'spec.template', errors);
  return errors;
}

function checkTemplate(
  template: PodTemplateSpec | undefined, selector: ReplicationControllerSpec['selector'], path: string,
  errors: FieldErrors,
): void {
  if (template === undefined) {
    errors.push(required(path));
    return;
  }
  if (selector !== undefined) checkSelectorMatches({ matchLabels: selector }, template, path, errors);
  checkRunningTemplate(template, 'ReplicationController', path, errors);
}

function validateStatusUpdate(controller: ReplicationController): readonly FieldError[] {
  const errors: FieldErrors = [];
  const status = controller.status ?? noStatus;
  checkCounters(status, [
    'replicas', 'fullyLabeledReplicas', 'readyReplicas', 'availableReplicas', 'observedGeneration',
  ], 'status', errors);
  const { replicas = 0, readyReplicas = 0, availableReplicas = 0 } = status;
  checkBounded(status, ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'], replicas,
    'cannot be greater than status.replicas', 'status', errors);
  if (availableReplicas > readyReplicas) {
    errors.push(invalid('status.availableReplicas', availableReplicas, 'cannot be greater than readyReplicas'));
  }
  return errors;
}

export const replicationControllerKind = defineKind<ReplicationController>({
  group: '', version: 'v1', kind: 'ReplicationController', listKind: 'ReplicationControllerList',
  plural: 'replicationcontrollers', singular: 'replicationcontroller', shortNames: ['rc'], categories: ['all'],
  namespaced: true, schema: 'ReplicationController', subresources: ['scale', 'status'],
  defaults,
  validate,
  validateUpdate: (controller, old) => (controller.spec === old.spec ? [] : validate(controller)),
  validateStatusUpdate,
  warnings: workloadWarnings,
  nameRule: 'dnsSubdomain',
  hasGeneration: true,
  initialStatus: () => noStatus,
  // For compatibility, pods outlive a controller that is deleted without a word about them.
  orphansDependents: {},
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
    ...containerColumns<ReplicationController>(({ spec }) => spec.template?.spec?.containers),
    {
      name: 'Selector', type: 'string', priority: 1, description: 'The labels that its pods have.',
      cell: ({ spec }) => labelsText(spec.selector),
    },
  ],
  scale: {
    specReplicas: ({ spec }) => spec.replicas ?? 0,
    statusReplicas: ({ status }) => status?.replicas ?? 0,
    selector: ({ spec }) => selectorText(selectorFromLabels(spec.selector)),
    withReplicas,
  },
});
