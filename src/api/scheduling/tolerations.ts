/** Taints and tolerations. Models component-helpers scheduling/corev1 and core/v1 Toleration.ToleratesTaint. */
import type { Taint, Toleration } from '../types';

/** Whether one toleration tolerates a taint. */
export function tolerates(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect && toleration.effect !== taint.effect) return false;
  if (toleration.key && toleration.key !== taint.key) return false;
  const operator = toleration.operator || 'Equal';
  const written = toleration.value ?? '';
  const value = taint.value ?? '';
  if (operator === 'Exists') return true;
  if (operator === 'Equal') return written === value;
  // Lt and Gt compare whole numbers (TaintTolerationComparisonOperators, alpha in v1.36).
  if (!/^-?\d{1,15}$/.test(written) || !/^-?\d{1,15}$/.test(value)) return false;
  return operator === 'Lt' ? Number(value) < Number(written) : operator === 'Gt' && Number(value) > Number(written);
}

/** The first taint that the filter looks at and nothing tolerates. */
export function untoleratedTaint(
  taints: readonly Taint[] | undefined, tolerations: readonly Toleration[] | undefined,
  counts: (taint: Taint) => boolean,
): Taint | undefined {
  return taints?.find((taint) => counts(taint) && !tolerations?.some((toleration) => tolerates(toleration, taint)));
}

/** Taints that keep a pod off a node. */
export function keepsOff(taint: Taint): boolean {
  return taint.effect === 'NoSchedule' || taint.effect === 'NoExecute';
}
