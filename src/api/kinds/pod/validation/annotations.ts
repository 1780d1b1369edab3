/**
 * Annotations that mean something to a pod. Models ValidatePodSpecificAnnotations and its update form in
 * pkg/apis/core/validation; the annotations that became fields long ago (tolerations, seccomp) are not read here.
 */
import { sortedKeys } from '../../../../base/freeze';
import { forbidden, invalid, key } from '../../../field-errors';
import type { PodSpec } from '../../../types';
import type { FieldErrors } from '../../field-checks';
import { appArmorPrefix } from '../switched-off';

/** Marks a pod that mirrors a static pod of a kubelet. */
export const mirrorAnnotation = 'kubernetes.io/config.mirror';
const deletionCostAnnotation = 'controller.kubernetes.io/pod-deletion-cost';
const minInt32 = -2_147_483_648;
const maxInt32 = 2_147_483_647;

type Annotations = Readonly<Record<string, string>> | undefined;

/** Annotations of a pod or template. */
export function checkPodAnnotations(annotations: Annotations, spec: PodSpec, path: string, errors: FieldErrors): void {
  if (annotations === undefined) return;
  const mirror = annotations[mirrorAnnotation];
  if (mirror !== undefined && !spec.nodeName) {
    const detail = 'must set spec.nodeName if mirror pod annotation is set';
    errors.push(invalid(key(path, mirrorAnnotation), mirror, detail));
  }
  const cost = annotations[deletionCostAnnotation];
  if (cost !== undefined && !isInt32(cost)) {
    errors.push(invalid(key(path, deletionCostAnnotation), cost, 'must be a 32bit integer'));
  }
}

/** Go reads the cost as base 10 without a plus sign or leading zeros. */
function isInt32(text: string): boolean {
  return /^(?:0|-?[1-9]\d*)$/.test(text) && Number(text) >= minInt32 && Number(text) <= maxInt32;
}

/** Annotations that may not come, go or change with an update. */
export function checkPodAnnotationsUpdate(
  annotations: Annotations, old: Annotations, path: string, errors: FieldErrors,
): void {
  if (annotations === old) return;
  for (const name of sortedKeys({ ...old, ...annotations })) {
    const isNew = old?.[name] === undefined;
    if (!isNew && annotations?.[name] === old[name]) continue;
    const what = name.startsWith(appArmorPrefix) ? 'AppArmor annotations' : 'mirror pod annotation';
    if (name !== mirrorAnnotation && !name.startsWith(appArmorPrefix)) continue;
    errors.push(forbidden(key(path, name), `may not ${isNew ? 'add' : 'remove or update'} ${what}`));
  }
}
