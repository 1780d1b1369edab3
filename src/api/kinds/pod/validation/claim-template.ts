/**
 * The claim that a generic ephemeral volume makes. Models ValidatePersistentVolumeClaimTemplate and the parts of
 * ValidatePersistentVolumeClaimSpec that a template can break; data sources are not checked here.
 */
import { child, forbidden, invalid, key, notSupported, required } from '../../../field-errors';
import { quantity } from '../../../quantity';
import { labelSelectorErrors } from '../../../selectors';
import type { PersistentVolumeClaimTemplate } from '../../../types';
import { checkAnnotations, checkLabels, checkOneOf, checkSubdomain } from '../../field-checks';
import type { FieldErrors } from '../../field-checks';

const accessModes = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];

/** Everything about the template of one claim. */
export function checkClaimTemplate(
  template: PersistentVolumeClaimTemplate, path: string, errors: FieldErrors,
): void {
  checkAnnotations(template.metadata?.annotations, child(path, 'metadata', 'annotations'), errors);
  checkLabels(template.metadata?.labels, child(path, 'metadata', 'labels'), errors);
  const spec = template.spec ?? {};
  const at = child(path, 'spec');
  const modes = spec.accessModes ?? [];
  const modesPath = child(at, 'accessModes');
  if (modes.length === 0) errors.push(required(modesPath, 'at least 1 access mode is required'));
  errors.push(...labelSelectorErrors(spec.selector, child(at, 'selector')));
  for (const mode of modes) if (!accessModes.includes(mode)) errors.push(notSupported(modesPath, mode, accessModes));
  if (modes.includes('ReadWriteOncePod') && modes.some((m) => m !== 'ReadWriteOncePod' && accessModes.includes(m))) {
    errors.push(forbidden(modesPath, 'may not use ReadWriteOncePod with other access modes'));
  }
  const size = spec.resources?.requests?.['storage'];
  const sizePath = key(child(at, 'resources'), 'storage');
  if (size === undefined) errors.push(required(sizePath));
  else if (quantity(size).nanos <= 0n) errors.push(invalid(sizePath, size, 'must be greater than zero'));
  if (spec.storageClassName) checkSubdomain(spec.storageClassName, child(at, 'storageClassName'), errors);
  checkOneOf(spec.volumeMode, ['Block', 'Filesystem'], child(at, 'volumeMode'), errors);
}
