/** DaemonSet: one pod on every node that fits. Models pkg/apis/apps and pkg/registry/apps/daemonset. */
import { equal, withKey } from '../../base/freeze';
import { child, invalid, notSupported, required } from '../field-errors';
import type { FieldError } from '../field-errors';
import { GoStruct } from '../go-text';
import { defineKind } from '../kind';
import { formatLabelSelector, labelSelectorErrors } from '../selectors';
import type {
  DaemonSet, DaemonSetSpec, DaemonSetStatus, DaemonSetUpdateStrategy, RollingUpdateDaemonSet,
} from '../types';
import { ageColumn, containerColumns, labelsText, nameColumn } from './columns';
import { checkNonnegative } from './field-checks';
import type { FieldErrors } from './field-checks';
import { amountOf, checkAtMost100Percent, checkIntOrPercent } from './int-or-percent';
import { withDefault } from './pod/container-defaults';
import { podTemplateDefaults } from './pod/defaults';
import { templateWarnings } from './pod/warnings';
import {
  checkCollisionCount, checkCounters, checkRunningTemplate, checkSelectorMatches, checkSelectorUnchanged,
  isEmptySelector,
} from './workload';

const noStatus: DaemonSetStatus = Object.freeze(
  { currentNumberScheduled: 0, desiredNumberScheduled: 0, numberMisscheduled: 0, numberReady: 0 });
const noSpec = Object.freeze({}) as DaemonSetSpec;
const noStrategy: DaemonSetUpdateStrategy = Object.freeze({});
const noRollingUpdate: RollingUpdateDaemonSet = Object.freeze({});

function defaults(set: DaemonSet): DaemonSet {
  let spec = set.spec ?? noSpec;
  spec = withKey(spec, 'template', podTemplateDefaults(spec.template));
  spec = withKey(spec, 'updateStrategy', strategyDefaults(spec.updateStrategy ?? noStrategy));
  if (spec.revisionHistoryLimit === undefined) spec = withKey(spec, 'revisionHistoryLimit', 10);
  return withKey(set, 'spec', spec);
}

function strategyDefaults(given: DaemonSetUpdateStrategy): DaemonSetUpdateStrategy {
  const strategy = withDefault(given, 'type', 'RollingUpdate');
  if (strategy.type !== 'RollingUpdate') return strategy;
  let rolling = strategy.rollingUpdate ?? noRollingUpdate;
  if (rolling.maxUnavailable === undefined) rolling = withKey(rolling, 'maxUnavailable', 1);
  if (rolling.maxSurge === undefined) rolling = withKey(rolling, 'maxSurge', 0);
  return withKey(strategy, 'rollingUpdate', rolling);
}

function validate(set: DaemonSet): readonly FieldError[] {
  const errors: FieldErrors = [];
  const spec = set.spec ?? noSpec;
  const { selector, template } = spec;
  errors.push(...labelSelectorErrors(selector, 'spec.selector'));
  checkSelectorMatches(selector, template, 'spec.template', errors);
  if (selector !== undefined && isEmptySelector(selector)) {
    errors.push(invalid('spec.selector', selector, 'empty selector is invalid for daemonset'));
  }
  checkRunningTemplate(template, 'DaemonSet', 'spec.template', errors);
  checkNonnegative(spec.minReadySeconds, 'spec.minReadySeconds', errors);
  checkStrategy(spec.updateStrategy ?? noStrategy, 'spec.updateStrategy', errors);
  checkNonnegative(spec.revisionHistoryLimit, 'spec.revisionHistoryLimit', errors);
  return errors;
}

function checkStrategy({ type, rollingUpdate }: DaemonSetUpdateStrategy, path: string, errors: FieldErrors): void {
  if (type === 'OnDelete') return;
  if (type !== 'RollingUpdate') {
    // Upstream shows the whole strategy, in the form of its internal type.
    const shown = new GoStruct({ Type: type ?? '', RollingUpdate: rollingUpdate ?? null });
    errors.push(notSupported(path, shown, ['RollingUpdate', 'OnDelete']));
    return;
  }
  const at = child(path, 'rollingUpdate');
  if (rollingUpdate === undefined) {
    errors.push(required(at));
    return;
  }
  const { maxUnavailable, maxSurge } = rollingUpdate;
  const [unavailablePath, surgePath] = [child(at, 'maxUnavailable'), child(at, 'maxSurge')];
  checkIntOrPercent(maxUnavailable, unavailablePath, errors);
  checkIntOrPercent(maxSurge, surgePath, errors);
  checkAtMost100Percent(maxUnavailable, unavailablePath, errors);
  checkAtMost100Percent(maxSurge, surgePath, errors);
  const hasUnavailable = amountOf(maxUnavailable) !== 0;
  const hasSurge = amountOf(maxSurge) !== 0;
  if (hasUnavailable && hasSurge) {
    errors.push(invalid(surgePath, maxSurge, 'may not be set when maxUnavailable is non-zero'));
  } else if (!hasUnavailable && !hasSurge) {
    errors.push(required(unavailablePath, 'cannot be 0 when maxSurge is 0'));
  }
}

function validateUpdate(set: DaemonSet, old: DaemonSet): readonly FieldError[] {
  if (set.spec === old.spec) return [];
  const errors: FieldErrors = [...validate(set)];
  checkSelectorUnchanged(set.spec.selector, old.spec.selector, errors);
  return errors;
}

function validateStatusUpdate(set: DaemonSet, old: DaemonSet): readonly FieldError[] {
  const errors: FieldErrors = [];
  const status = set.status ?? noStatus;
  checkCounters(status, [
    'currentNumberScheduled', 'numberMisscheduled', 'desiredNumberScheduled', 'numberReady', 'observedGeneration',
    'updatedNumberScheduled', 'numberAvailable', 'numberUnavailable', 'collisionCount',
  ], 'status', errors);
  checkCollisionCount(status.collisionCount, old.status?.collisionCount, errors);
  return errors;
}

/** What is left of spec.templateGeneration, a field of the API's first version: the server counts templates in it. */
const generationAnnotation = 'deprecated.daemonset.template.generation';

function generationOf({ metadata }: DaemonSet): number {
  return Number.parseInt(metadata.annotations?.[generationAnnotation] ?? '', 10) || 0;
}

function withTemplateGeneration(set: DaemonSet, generation: number): DaemonSet {
  const annotations = withKey(set.metadata.annotations ?? {}, generationAnnotation, String(generation));
  return withKey(set, 'metadata', withKey(set.metadata, 'annotations', annotations));
}

/** Clients cannot set it on update; a changed template is one more generation. */
function prepareForUpdate(set: DaemonSet, old: DaemonSet): DaemonSet {
  const changed = equal(set.spec?.template, old.spec.template) ? 0 : 1;
  return withTemplateGeneration(set, generationOf(old) + changed);
}

export const daemonSetKind = defineKind<DaemonSet>({
  group: 'apps', version: 'v1', kind: 'DaemonSet', listKind: 'DaemonSetList',
  plural: 'daemonsets', singular: 'daemonset', shortNames: ['ds'], categories: ['all'],
  namespaced: true, schema: 'DaemonSet', subresources: ['status'],
  defaults,
  validate,
  validateUpdate,
  validateStatusUpdate,
  warnings: (set, old) => (
    old !== undefined && old.spec.template === set.spec.template ? []
      : templateWarnings(set.spec.template, 'spec.template')),
  nameRule: 'dnsSubdomain',
  hasGeneration: true,
  initialStatus: () => noStatus,
  prepareForCreate: (set) => withTemplateGeneration(set, Math.max(generationOf(set), 1)),
  prepareForUpdate,
  columns: [
    nameColumn,
    {
      name: 'Desired', type: 'integer', description: 'Number of nodes that should run the pod.',
      cell: ({ status }) => status?.desiredNumberScheduled ?? 0,
    },
    {
      name: 'Current', type: 'integer', description: 'Number of nodes that run the pod and should.',
      cell: ({ status }) => status?.currentNumberScheduled ?? 0,
    },
    {
      name: 'Ready', type: 'integer', description: 'Number of nodes on which the pod is ready.',
      cell: ({ status }) => status?.numberReady ?? 0,
    },
    {
      name: 'Up-to-date', type: 'integer', description: 'Number of nodes with a pod of the present template.',
      cell: ({ status }) => status?.updatedNumberScheduled ?? 0,
    },
    {
      name: 'Available', type: 'integer', description: 'Number of nodes on which the pod is available.',
      cell: ({ status }) => status?.numberAvailable ?? 0,
    },
    {
      name: 'Node Selector', type: 'string', description: 'The labels that nodes must have.',
      cell: ({ spec }) => labelsText(spec.template?.spec?.nodeSelector),
    },
    ageColumn,
    ...containerColumns<DaemonSet>(({ spec }) => spec.template?.spec?.containers),
    {
      name: 'Selector', type: 'string', priority: 1, description: 'The labels that its pods have.',
      cell: ({ spec }) => formatLabelSelector(spec.selector),
    },
  ],
});
