/**
 * What workloads have in common: a selector that must fit the template, a template whose pods always restart, counters
 * that are not negative, an immutable selector, and the warnings about names and templates. Models the shared functions
 * of pkg/apis/apps/validation and the warnings of the strategies in pkg/registry.
 */
import { equal, withKey } from '../../base/freeze';
import { child, forbidden, immutable, invalid, notSupported, required } from '../field-errors';
import { labelSelectorErrors, matchesLabels, selectorOf } from '../selectors';
import type { KubeObject, LabelSelector, PodTemplateSpec } from '../types';
import { checkNonnegative } from './field-checks';
import type { FieldErrors } from './field-checks';
import { checkPodTemplate } from './pod/validation/spec';
import { nameWarnings, templateWarnings } from './pod/warnings';

/** A workload that keeps its pods running, as error texts name it. */
export type RunningWorkload = 'ReplicaSet' | 'DaemonSet' | 'ReplicationController' | 'StatefulSet';

/** Whether a selector selects everything. */
export function isEmptySelector(selector: LabelSelector): boolean {
  return Object.keys(selector.matchLabels ?? {}).length === 0 && (selector.matchExpressions ?? []).length === 0;
}

/** The form of a selector, and that it selects something. Upstream says `deployment` for ReplicaSets as well. */
export function checkSelector(
  selector: LabelSelector, emptyKind: 'deployment' | 'daemonset', path: string, errors: FieldErrors,
): void {
  errors.push(...labelSelectorErrors(selector, path));
  if (isEmptySelector(selector)) errors.push(invalid(path, selector, `empty selector is invalid for ${emptyKind}`));
}

/** That a selector selects the pods of its own template. */
export function checkSelectorMatches(
  selector: LabelSelector | undefined, template: PodTemplateSpec | undefined, path: string, errors: FieldErrors,
): void {
  const labels = template?.metadata?.labels;
  if (matchesLabels(selectorOf(selector), labels)) return;
  const at = child(path, 'metadata', 'labels');
  errors.push(invalid(at, labels, '`selector` does not match template `labels`'));
}

/** The template of a workload that keeps its pods running. */
export function checkRunningTemplate(
  template: PodTemplateSpec | undefined, workload: RunningWorkload, path: string, errors: FieldErrors,
): void {
  checkPodTemplate(template, path, errors);
  checkAlwaysRestarts(template, workload, path, errors);
}

/** That the pods of a template always restart and have no deadline. */
export function checkAlwaysRestarts(
  template: PodTemplateSpec | undefined, workload: RunningWorkload, path: string, errors: FieldErrors,
): void {
  const spec = template?.spec;
  const restartPolicy = spec?.restartPolicy ?? '';
  if (restartPolicy !== 'Always') {
    errors.push(notSupported(child(path, 'spec', 'restartPolicy'), restartPolicy, ['Always']));
  }
  if (spec?.activeDeadlineSeconds !== undefined) {
    const why = `activeDeadlineSeconds in ${workload} is not Supported`;
    errors.push(forbidden(child(path, 'spec', 'activeDeadlineSeconds'), why));
  }
}

/** The selector and the template of a Deployment or ReplicaSet. */
export function checkReplicated(
  selector: LabelSelector | undefined, template: PodTemplateSpec | undefined, path: string, errors: FieldErrors,
): void {
  const selectorPath = child(path, 'selector');
  if (selector === undefined) errors.push(required(selectorPath));
  else checkSelector(selector, 'deployment', selectorPath, errors);
  const templatePath = child(path, 'template');
  const isEmpty = selector !== undefined && isEmptySelector(selector);
  if (!isEmpty) checkSelectorMatches(selector, template, templatePath, errors);
  checkRunningTemplate(template, 'ReplicaSet', templatePath, errors);
}

/** Fields of a status that count something. */
export function checkCounters<T extends object>(
  status: T, fields: readonly (keyof T & string)[], path: string, errors: FieldErrors,
): void {
  for (const field of fields) checkNonnegative(status[field] as number | undefined, child(path, field), errors);
}

/** Counters that another counter bounds. */
export function checkBounded<T extends object>(
  status: T, fields: readonly (keyof T & string)[], bound: number, why: string, path: string, errors: FieldErrors,
): void {
  for (const field of fields) {
    const value = (status[field] as number | undefined) ?? 0;
    if (value > bound) errors.push(invalid(child(path, field), value, why));
  }
}

/** Collisions of generated names are only ever counted up. */
export function checkCollisionCount(
  count: number | undefined, old: number | undefined, errors: FieldErrors,
): void {
  if (old === undefined || (count !== undefined && count >= old)) return;
  errors.push(invalid('status.collisionCount', count ?? 0, 'cannot be decremented'));
}

/** The selector of a workload cannot change. */
export function checkSelectorUnchanged(
  selector: LabelSelector | undefined, old: LabelSelector | undefined, errors: FieldErrors,
): void {
  if (!equal(selector, old)) errors.push(immutable('spec.selector', selector ?? 'null'));
}

/** The object with spec.replicas set, for the scale subresource. */
export function withReplicas<T extends KubeObject & { readonly spec: { readonly replicas?: number } }>(
  object: T, replicas: number,
): T {
  const spec: T['spec'] = object.spec.replicas === replicas ? object.spec : { ...object.spec, replicas };
  return withKey(object, 'spec', spec);
}

/** Warnings about a workload whose name becomes part of its pods': on create, and when the template changes. */
export function workloadWarnings<T extends KubeObject & { readonly spec: { readonly template?: PodTemplateSpec } }>(
  object: T, old: T | undefined,
): readonly string[] {
  if (old !== undefined && old.spec.template === object.spec.template) return [];
  const named = old === undefined ? podNameWarnings(object.metadata.name) : [];
  return [...named, ...templateWarnings(object.spec.template, 'spec.template')];
}

/** A name that is no DNS label and that pods and host names will begin with. */
export function podNameWarnings(name: string | undefined): readonly string[] {
  return nameWarnings(name, 'this is used in Pod names and hostnames, which can result in surprising behavior');
}
