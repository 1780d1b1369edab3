/**
 * Deployment: declares replicas of a pod and how to replace them. Models pkg/apis/apps and
 * pkg/registry/apps/deployment.
 */
import { equal, withKey } from '../../base/freeze';
import { child, forbidden, invalid, notSupported, required } from '../field-errors';
import type { FieldError } from '../field-errors';
import { GoStruct } from '../go-text';
import { defineKind } from '../kind';
import { formatLabelSelector, selectorOf, selectorText } from '../selectors';
import type { Deployment, DeploymentSpec, DeploymentStrategy, RollingUpdateDeployment } from '../types';
import { ageColumn, containerColumns, nameColumn } from './columns';
import { checkNonnegative } from './field-checks';
import type { FieldErrors } from './field-checks';
import { amountOf, checkAtMost100Percent, checkIntOrPercent } from './int-or-percent';
import { withDefault } from './pod/container-defaults';
import { podTemplateDefaults } from './pod/defaults';
import {
  checkBounded, checkCollisionCount, checkCounters, checkReplicated, checkSelectorUnchanged, withReplicas,
  workloadWarnings,
} from './workload';

const noSpec = Object.freeze({}) as DeploymentSpec;
const noStrategy: DeploymentStrategy = Object.freeze({});
const noRollingUpdate: RollingUpdateDeployment = Object.freeze({});

function defaults(deployment: Deployment): Deployment {
  let spec = deployment.spec ?? noSpec;
  spec = withKey(spec, 'template', podTemplateDefaults(spec.template));
  if (spec.replicas === undefined) spec = withKey(spec, 'replicas', 1);
  spec = withKey(spec, 'strategy', strategyDefaults(spec.strategy ?? noStrategy));
  if (spec.revisionHistoryLimit === undefined) spec = withKey(spec, 'revisionHistoryLimit', 10);
  if (spec.progressDeadlineSeconds === undefined) spec = withKey(spec, 'progressDeadlineSeconds', 600);
  return withKey(deployment, 'spec', spec);
}

function strategyDefaults(given: DeploymentStrategy): DeploymentStrategy {
  const strategy = withDefault(given, 'type', 'RollingUpdate');
  if (strategy.type !== 'RollingUpdate') return strategy;
  let rolling = strategy.rollingUpdate ?? noRollingUpdate;
  if (rolling.maxUnavailable === undefined) rolling = withKey(rolling, 'maxUnavailable', '25%');
  if (rolling.maxSurge === undefined) rolling = withKey(rolling, 'maxSurge', '25%');
  return withKey(strategy, 'rollingUpdate', rolling);
}

function validate(deployment: Deployment): readonly FieldError[] {
  const errors: FieldErrors = [];
  const spec = deployment.spec ?? noSpec;
  checkNonnegative(spec.replicas, 'spec.replicas', errors);
  checkReplicated(spec.selector, spec.template, 'spec', errors);
  checkStrategy(spec.strategy ?? noStrategy, 'spec.strategy', errors);
  checkNonnegative(spec.minReadySeconds, 'spec.minReadySeconds', errors);
  checkNonnegative(spec.revisionHistoryLimit, 'spec.revisionHistoryLimit', errors);
  const deadline = spec.progressDeadlineSeconds;
  checkNonnegative(deadline, 'spec.progressDeadlineSeconds', errors);
  if (deadline !== undefined && deadline <= (spec.minReadySeconds ?? 0)) {
    errors.push(invalid('spec.progressDeadlineSeconds', deadline, 'must be greater than minReadySeconds'));
  }
  return errors;
}

function checkStrategy(strategy: DeploymentStrategy, path: string, errors: FieldErrors): void {
  const { type, rollingUpdate } = strategy;
  const rollingPath = child(path, 'rollingUpdate');
  if (type === 'Recreate') {
    if (rollingUpdate === undefined) return;
    errors.push(forbidden(rollingPath, "may not be specified when strategy `type` is 'Recreate'"));
  } else if (type === 'RollingUpdate') {
    if (rollingUpdate === undefined) errors.push(required(rollingPath, 'this should be defaulted and never be nil'));
    else checkRollingUpdate(rollingUpdate, rollingPath, errors);
  } else {
    // Upstream shows the whole strategy, in the form of its internal type.
    const shown = new GoStruct({ Type: type ?? '', RollingUpdate: rollingUpdate ?? null });
    errors.push(notSupported(path, shown, ['Recreate', 'RollingUpdate']));
  }
}

function checkRollingUpdate(rolling: RollingUpdateDeployment, path: string, errors: FieldErrors): void {
  const { maxUnavailable, maxSurge } = rolling;
  const unavailablePath = child(path, 'maxUnavailable');
  checkIntOrPercent(maxUnavailable, unavailablePath, errors);
  checkIntOrPercent(maxSurge, child(path, 'maxSurge'), errors);
  if (amountOf(maxUnavailable) === 0 && amountOf(maxSurge) === 0) {
    errors.push(invalid(unavailablePath, maxUnavailable ?? 0, 'may not be 0 when `maxSurge` is 0'));
  }
  checkAtMost100Percent(maxUnavailable, unavailablePath, errors);
}

function validateUpdate(deployment: Deployment, old: Deployment): readonly FieldError[] {
  if (deployment.spec === old.spec) return [];
  const errors: FieldErrors = [...validate(deployment)];
  checkSelectorUnchanged(deployment.spec.selector, old.spec.selector, errors);
  return errors;
}

function validateStatusUpdate(deployment: Deployment, old: Deployment): readonly FieldError[] {
  const errors: FieldErrors = [];
  const status = deployment.status ?? {};
  checkCounters(status, [
    'observedGeneration', 'replicas', 'updatedReplicas', 'readyReplicas', 'availableReplicas', 'unavailableReplicas',
    'terminatingReplicas', 'collisionCount',
  ], 'status', errors);
  const { replicas = 0, readyReplicas = 0, availableReplicas = 0 } = status;
  checkBounded(status, ['updatedReplicas', 'readyReplicas', 'availableReplicas'], replicas,
    'cannot be greater than status.replicas', 'status', errors);
  if (availableReplicas > readyReplicas) {
    errors.push(invalid('status.availableReplicas', availableReplicas, 'cannot be greater than readyReplicas'));
  }
  checkCollisionCount(status.collisionCount, old.status?.collisionCount, errors);
  return errors;
}

/** A Deployment also counts a new generation when only its annotations change, unlike other kinds. */
function prepareForUpdate(deployment: Deployment, old: Deployment): Deployment {
  if (equal(deployment.metadata.annotations, old.metadata.annotations)) return deployment;
  const generation = (old.metadata.generation ?? 0) + 1;
  return { ...deployment, metadata: { ...deployment.metadata, generation } };
}

export const deploymentKind = defineKind<Deployment>({
  group: 'apps', version: 'v1', kind: 'Deployment', listKind: 'DeploymentList',
  plural: 'deployments', singular: 'deployment', shortNames: ['deploy'], categories: ['all'],
  namespaced: true, schema: 'Deployment', subresources: ['scale', 'status'],
  defaults,
  prepareForUpdate: (deployment, old, { subresource }) => (
    subresource === 'status' ? deployment : prepareForUpdate(deployment, old)),
  validate,
  validateUpdate,
  validateStatusUpdate,
  warnings: workloadWarnings,
  nameRule: 'dnsSubdomain',
  hasGeneration: true,
  columns: [
    nameColumn,
    {
      name: 'Ready', type: 'string', description: 'Number of the pod with ready state',
      cell: ({ spec, status }) => `${status?.readyReplicas ?? 0}/${spec.replicas ?? 0}`,
    },
    {
      name: 'Up-to-date', type: 'string', description: 'Number of pods of the present template.',
      cell: ({ status }) => status?.updatedReplicas ?? 0,
    },
    {
      name: 'Available', type: 'string', description: 'Number of pods that have been ready for long enough.',
      cell: ({ status }) => status?.availableReplicas ?? 0,
    },
    ageColumn,
    ...containerColumns<Deployment>(({ spec }) => spec.template?.spec?.containers),
    {
      name: 'Selector', type: 'string', priority: 1, description: 'The labels that its pods have.',
      cell: ({ spec }) => selectorText(selectorOf(spec.selector)),
    },
  ],
  scale: {
    specReplicas: ({ spec }) => spec.replicas ?? 0,
    statusReplicas: ({ status }) => status?.replicas ?? 0,
    selector: ({ spec }) => formatLabelSelector(spec.selector),
    withReplicas,
  },
});
