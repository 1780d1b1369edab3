/**
 * StatefulSet: pods with names and storage of their own, in order. Models pkg/apis/apps and
 * pkg/registry/apps/statefulset. As upstream, the pods of the template are hardly validated: what is wrong with them
 * shows when they are created.
 */
import { equal, withKey } from '../../base/freeze';
import { child, forbidden, invalid, notSupported, required } from '../field-errors';
import type { FieldError } from '../field-errors';
import { GoStruct } from '../go-text';
import { defineKind } from '../kind';
import { quantity } from '../quantity';
import { formatLabelSelector, labelSelectorErrors } from '../selectors';
import type {
  PersistentVolumeClaim, RollingUpdateStatefulSetStrategy, StatefulSet, StatefulSetSpec, StatefulSetStatus,
  StatefulSetUpdateStrategy,
} from '../types';
import { ageColumn, containerColumns, nameColumn } from './columns';
import { checkAnnotations, checkLabels, checkNonnegative, eachItem } from './field-checks';
import type { FieldErrors } from './field-checks';
import { amountOf, checkAtMost100Percent, checkIntOrPercent } from './int-or-percent';
import { mapList, withDefault } from './pod/container-defaults';
import { podTemplateDefaults } from './pod/defaults';
import { checkPodAnnotations } from './pod/validation/annotations';
import { templateWarnings } from './pod/warnings';
import {
  checkAlwaysRestarts, checkBounded, checkCollisionCount, checkCounters, checkSelectorMatches, isEmptySelector,
  withReplicas,
} from './workload';

const noStatus: StatefulSetStatus = Object.freeze({ replicas: 0, availableReplicas: 0 });
const noSpec = Object.freeze({}) as StatefulSetSpec;
const noStrategy: StatefulSetUpdateStrategy = Object.freeze({});
const noRollingUpdate: RollingUpdateStatefulSetStrategy = Object.freeze({});
const retain = Object.freeze({ whenDeleted: 'Retain', whenScaled: 'Retain' });
const pending = Object.freeze({ phase: 'Pending' });
const nanosPerUnit = 1_000_000_000n;

/** Fields of the spec that may change; the others are fixed when the set is created. */
const mutableFields = [
  'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy', 'minReadySeconds',
] as const;

function defaults(set: StatefulSet): StatefulSet {
  let spec = set.spec ?? noSpec;
  spec = withKey(spec, 'template', podTemplateDefaults(spec.template));
  spec = withDefault(spec, 'podManagementPolicy', 'OrderedReady');
  spec = withKey(spec, 'updateStrategy', strategyDefaults(spec.updateStrategy ?? noStrategy));
  const policy = spec.persistentVolumeClaimRetentionPolicy ?? retain;
  spec = withKey(spec, 'persistentVolumeClaimRetentionPolicy',
    withDefault(withDefault(policy, 'whenDeleted', 'Retain'), 'whenScaled', 'Retain'));
  if (spec.replicas === undefined) spec = withKey(spec, 'replicas', 1);
  if (spec.revisionHistoryLimit === undefined) spec = withKey(spec, 'revisionHistoryLimit', 10);
  return withKey(set, 'spec', withKey(spec, 'volumeClaimTemplates', mapList(spec.volumeClaimTemplates, claimDefaults)));
}

function strategyDefaults(given: StatefulSetUpdateStrategy): StatefulSetUpdateStrategy {
  const strategy = withDefault(given, 'type', 'RollingUpdate');
  if (strategy.type !== 'RollingUpdate') return strategy;
  let rolling = strategy.rollingUpdate ?? noRollingUpdate;
  if (rolling.partition === undefined) rolling = withKey(rolling, 'partition', 0);
  // MaxUnavailableStatefulSet is on by default since v1.35.
  if (rolling.maxUnavailable === undefined) rolling = withKey(rolling, 'maxUnavailable', 1);
  return withKey(strategy, 'rollingUpdate', rolling);
}

/** A claim of the template names its kind, which old clients need, and is defaulted like a claim of its own. */
function claimDefaults(given: PersistentVolumeClaim): PersistentVolumeClaim {
  let claim = withKey(withKey(given, 'apiVersion', 'v1'), 'kind', 'PersistentVolumeClaim');
  claim = withKey(claim, 'spec', withDefault(claim.spec ?? {}, 'volumeMode', 'Filesystem'));
  return withKey(claim, 'status', withDefault(claim.status ?? pending, 'phase', 'Pending'));
}

function validate(set: StatefulSet): readonly FieldError[] {
  const errors: FieldErrors = [];
  const spec = set.spec ?? noSpec;
  const { podManagementPolicy: policy = '', persistentVolumeClaimRetentionPolicy: retention } = spec;
  if (policy === '') errors.push(required('spec.podManagementPolicy'));
  else if (policy !== 'OrderedReady' && policy !== 'Parallel') {
    errors.push(invalid('spec.podManagementPolicy', policy, "must be 'OrderedReady' or 'Parallel'"));
  }
  checkStrategy(spec.updateStrategy ?? noStrategy, 'spec.updateStrategy', errors);
  for (const field of ['whenDeleted', 'whenScaled'] as const) {
    const value = retention?.[field];
    if (retention === undefined || value === 'Retain' || value === 'Delete') continue;
    const at = child('spec.persistentVolumeClaimRetentionPolicy', field);
    errors.push(notSupported(at, value ?? '', ['Retain', 'Delete']));
  }
  checkNonnegative(spec.replicas, 'spec.replicas', errors);
  checkNonnegative(spec.minReadySeconds, 'spec.minReadySeconds', errors);
  checkNonnegative(spec.ordinals?.start, 'spec.ordinals.start', errors);
  checkSelectorAndTemplate(spec, errors);
  checkAlwaysRestarts(spec.template, 'StatefulSet', 'spec.template', errors);
  return errors;
}

function checkStrategy(strategy: StatefulSetUpdateStrategy, path: string, errors: FieldErrors): void {
  const { type, rollingUpdate } = strategy;
  const rollingPath = child(path, 'rollingUpdate');
  if (!type) errors.push(required(path));
  else if (type === 'OnDelete') {
    if (rollingUpdate === undefined) return;
    errors.push(invalid(rollingPath, internalRollingUpdate(rollingUpdate),
      "only allowed for updateStrategy 'RollingUpdate'"));
  } else if (type === 'RollingUpdate') {
    if (rollingUpdate !== undefined) checkRollingUpdate(rollingUpdate, rollingPath, errors);
  } else {
    const internal = rollingUpdate ? internalRollingUpdate(rollingUpdate) : null;
    const shown = new GoStruct({ Type: type, RollingUpdate: internal });
    errors.push(invalid(path, shown, "must be 'RollingUpdate' or 'OnDelete'"));
  }
}

/** What upstream shows of a strategy: its internal type. */
function internalRollingUpdate({ partition, maxUnavailable }: RollingUpdateStatefulSetStrategy): GoStruct {
  return new GoStruct({ Partition: partition ?? 0, MaxUnavailable: maxUnavailable ?? null });
}

function checkRollingUpdate(rolling: RollingUpdateStatefulSetStrategy, path: string, errors: FieldErrors): void {
  checkNonnegative(rolling.partition, child(path, 'partition'), errors);
  const { maxUnavailable } = rolling;
  if (maxUnavailable === undefined) return;
  const at = child(path, 'maxUnavailable');
  checkIntOrPercent(maxUnavailable, at, errors);
  if (amountOf(maxUnavailable) === 0) errors.push(invalid(at, maxUnavailable, 'cannot be 0'));
  checkAtMost100Percent(maxUnavailable, at, errors);
}

function checkSelectorAndTemplate({ selector, template }: StatefulSetSpec, errors: FieldErrors): void {
  if (selector === undefined) errors.push(required('spec.selector'));
  else {
    errors.push(...labelSelectorErrors(selector, 'spec.selector'));
    if (isEmptySelector(selector)) {
      errors.push(invalid('spec.selector', selector, 'empty selector is invalid for statefulset'));
    } else {
      checkSelectorMatches(selector, template, 'spec.template', errors);
    }
  }
  // Upstream leaves `metadata` out of these paths.
  checkLabels(template?.metadata?.labels, 'spec.template.labels', errors);
  const annotations = template?.metadata?.annotations;
  checkAnnotations(annotations, 'spec.template.annotations', errors);
  checkPodAnnotations(annotations, template?.spec ?? { containers: [] }, 'spec.template.annotations', errors);
}

function validateUpdate(set: StatefulSet, old: StatefulSet): readonly FieldError[] {
  if (set.spec === old.spec) return [];
  const errors: FieldErrors = [...validate(set)];
  const kept = mutableFields.reduce<StatefulSetSpec>((spec, field) => withKey(spec, field, old.spec[field]), set.spec);
  if (!equal(kept, old.spec)) {
    errors.push(forbidden('spec', "updates to statefulset spec for fields other than 'replicas', 'ordinals', "
      + "'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and "
      + "'minReadySeconds' are forbidden"));
  }
  return errors;
}

function validateStatusUpdate(set: StatefulSet, old: StatefulSet): readonly FieldError[] {
  const errors: FieldErrors = [];
  const status = set.status ?? noStatus;
  checkCounters(status, [
    'replicas', 'readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas', 'observedGeneration',
    'collisionCount',
  ], 'status', errors);
  const { replicas = 0, readyReplicas = 0, availableReplicas = 0 } = status;
  checkBounded(status, ['readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas'], replicas,
    'cannot be greater than status.replicas', 'status', errors);
  if (availableReplicas > readyReplicas) {
    errors.push(invalid('status.availableReplicas', availableReplicas, 'cannot be greater than status.readyReplicas'));
  }
  checkCollisionCount(status.collisionCount, old.status?.collisionCount, errors);
  return errors;
}

function warnings(set: StatefulSet, old: StatefulSet | undefined): readonly string[] {
  const { template, volumeClaimTemplates, revisionHistoryLimit } = set.spec;
  const found: string[] = [];
  if (old?.spec.template !== template) found.push(...templateWarnings(template, 'spec.template'));
  eachItem(volumeClaimTemplates, 'spec.volumeClaimTemplates', (claim, at) => {
    const size = claim.spec?.resources?.requests?.['storage'];
    if (size === undefined || quantity(size).nanos % nanosPerUnit === 0n) return;
    found.push(`${at}.requests[storage]: fractional byte value "${size}" is invalid, must be an integer`);
  });
  if (revisionHistoryLimit !== undefined && revisionHistoryLimit < 0) {
    found.push('spec.revisionHistoryLimit: a negative value retains all historical revisions; '
      + 'a value >= 0 is recommended');
  }
  return found;
}

export const statefulSetKind = defineKind<StatefulSet>({
  group: 'apps', version: 'v1', kind: 'StatefulSet', listKind: 'StatefulSetList',
  plural: 'statefulsets', singular: 'statefulset', shortNames: ['sts'], categories: ['all'],
  namespaced: true, schema: 'StatefulSet', subresources: ['scale', 'status'],
  defaults,
  validate,
  validateUpdate,
  validateStatusUpdate,
  warnings,
  nameRule: 'dnsLabel',
  hasGeneration: true,
  initialStatus: () => noStatus,
  columns: [
    nameColumn,
    {
      name: 'Ready', type: 'string', description: 'Number of the pod with ready state',
      cell: ({ spec, status }) => `${status?.readyReplicas ?? 0}/${spec.replicas ?? 0}`,
    },
    ageColumn,
    ...containerColumns<StatefulSet>(({ spec }) => spec.template?.spec?.containers),
  ],
  scale: {
    specReplicas: ({ spec }) => spec.replicas ?? 0,
    statusReplicas: ({ status }) => status?.replicas ?? 0,
    selector: ({ spec }) => formatLabelSelector(spec.selector),
    withReplicas,
  },
});
