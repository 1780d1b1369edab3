/**
 * What claims, volumes and drivers have in common: access modes and how tables abbreviate them, names of CSI drivers,
 * the class of a volume, sizes. Models functions of pkg/apis/core/helper and pkg/apis/core/validation.
 */
import { child, forbidden, invalid, notSupported, required, tooLong } from '../../field-errors';
import { byteLength, dnsSubdomainProblems } from '../../names';
import { quantity } from '../../quantity';
import type { KubeObject } from '../../types';
import { checkProblems } from '../field-checks';
import type { FieldErrors } from '../field-checks';

const modeNames: Readonly<Record<string, string>> = {
  ReadWriteOnce: 'RWO', ReadOnlyMany: 'ROX', ReadWriteMany: 'RWX', ReadWriteOncePod: 'RWOP',
};
const supportedModes = Object.keys(modeNames).sort();

/** The annotation that named a class before there was a field. */
export const betaClassAnnotation = 'volume.beta.kubernetes.io/storage-class';

/** Modes that exist; one of them wants to be alone. */
export function checkAccessModes(modes: readonly string[], path: string, errors: FieldErrors): void {
  for (const mode of modes) if (!supportedModes.includes(mode)) errors.push(notSupported(path, mode, supportedModes));
  const known = modes.filter((mode) => supportedModes.includes(mode));
  if (known.includes('ReadWriteOncePod') && known.some((mode) => mode !== 'ReadWriteOncePod')) {
    errors.push(forbidden(path, 'may not use ReadWriteOncePod with other access modes'));
  }
}

/** `RWO,RWX`: GetAccessModesAsString. */
export function accessModesText(modes: readonly string[] = []): string {
  return Object.keys(modeNames).filter((mode) => modes.includes(mode)).map((mode) => modeNames[mode]).join(',');
}

/** A name of a CSI driver: ValidateCSIDriverName. */
export function checkDriverName(name: string | undefined, path: string, errors: FieldErrors): void {
  const driver = name ?? '';
  if (driver === '') {
    errors.push(required(path));
    return;
  }
  if (byteLength(driver) > 63) errors.push(tooLong(path, 63));
  checkProblems(dnsSubdomainProblems(driver.toLowerCase()), driver, path, errors);
}

/** An amount of more than nothing: ValidatePositiveQuantityValue. */
export function checkPositive(amount: string, path: string, errors: FieldErrors): void {
  if (quantity(amount).nanos <= 0n) errors.push(invalid(path, amount, 'must be greater than zero'));
}

/** A reference to a Secret with its namespace. */
export function checkSecretReference(
  secret: { readonly name?: string; readonly namespace?: string } | undefined, path: string, errors: FieldErrors,
): void {
  if (secret === undefined) return;
  if (!secret.name) errors.push(required(child(path, 'name')));
  if (!secret.namespace) errors.push(required(child(path, 'namespace')));
}

/** The class of a claim or a volume: the old annotation wins over the field. */
export function classOf(object: KubeObject & { readonly spec: { readonly storageClassName?: string } }): string {
  return object.metadata.annotations?.[betaClassAnnotation] ?? object.spec.storageClassName ?? '';
}
