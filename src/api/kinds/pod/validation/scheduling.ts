/**
 * Tolerations, taints and gates. Models ValidateTolerations, validateNodeTaints, validateSchedulingGates and
 * validateReadinessGates of pkg/apis/core/validation; taints of a Node are checked here too, beside what tolerates
 * them.
 */
import { child, duplicate, index, invalid, notSupported, required } from '../../../field-errors';
import { labelValueProblems } from '../../../names';
import type { PodSpec, Taint, Toleration } from '../../../types';
import { checkQualifiedName, eachItem } from '../../field-checks';
import type { FieldErrors } from '../../field-checks';

const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

/** All tolerations of a pod. */
export function checkTolerations(
  tolerations: readonly Toleration[] | undefined, path: string, errors: FieldErrors,
): void {
  eachItem(tolerations, path, (toleration, at) => {
    const { key = '', operator = '', value = '', effect = '', tolerationSeconds } = toleration;
    const operatorPath = child(at, 'operator');
    if (key !== '') checkQualifiedName(key, child(at, 'key'), errors);
    if (key === '' && operator !== 'Exists') {
      const detail = 'operator must be Exists when `key` is empty, which means "match all values and all keys"';
      errors.push(invalid(operatorPath, operator, detail));
    }
    if (tolerationSeconds !== undefined && effect !== 'NoExecute') {
      const detail = "effect must be 'NoExecute' when `tolerationSeconds` is set";
      errors.push(invalid(child(at, 'effect'), effect, detail));
    }
    if (operator === 'Equal' || operator === '') {
      const problems = labelValueProblems(value);
      if (problems.length > 0) errors.push(invalid(operatorPath, value, problems.join(';')));
    } else if (operator === 'Exists') {
      if (value !== '') errors.push(invalid(operatorPath, value, "value must be empty when `operator` is 'Exists'"));
    } else {
      errors.push(notSupported(operatorPath, operator, ['Equal', 'Exists']));
    }
    if (effect !== '' && !effects.includes(effect)) errors.push(notSupported(child(at, 'effect'), effect, effects));
  });
}

/** All taints of a node; two may not have the same key and effect. */
export function checkTaints(taints: readonly Taint[] | undefined, path: string, errors: FieldErrors): void {
  const seen = new Set<string>();
  eachItem(taints, path, (taint, at) => {
    const { key = '', value = '', effect = '' } = taint;
    checkQualifiedName(key, child(at, 'key'), errors);
    const problems = labelValueProblems(value);
    if (problems.length > 0) errors.push(invalid(child(at, 'value'), value, problems.join(';')));
    const effectPath = child(at, 'effect');
    if (effect === '') errors.push(required(effectPath));
    else if (!effects.includes(effect)) errors.push(notSupported(effectPath, effect, effects));
    const pair = `${effect} ${key}`;
    if (seen.has(pair)) {
      const error = duplicate(at, taint);
      errors.push({ ...error, body: `${error.body}: taints must be unique by key and effect pair` });
    }
    seen.add(pair);
  });
}

/** Scheduling gates and readiness gates. */
export function checkGates(spec: PodSpec, path: string, errors: FieldErrors): void {
  eachItem(spec.readinessGates, child(path, 'readinessGates'), ({ conditionType }, at) => {
    checkQualifiedName(conditionType ?? '', child(at, 'conditionType'), errors);
  });
  const seen = new Set<string>();
  const gatesPath = child(path, 'schedulingGates');
  (spec.schedulingGates ?? []).forEach(({ name = '' }, i) => {
    const at = index(gatesPath, i);
    checkQualifiedName(name, at, errors);
    if (seen.has(name)) errors.push(duplicate(at, name));
    seen.add(name);
  });
}
