/**
 * What is wrong with the spec of a volume, alone or inside a VolumeAttachment. Models ValidatePersistentVolumeSpec of
 * pkg/apis/core/validation; of the secrets of old drivers only those of CSI are checked.
 */
import { sortedKeys } from '../../../base/freeze';
import { child, forbidden, invalid, key, notSupported, required } from '../../field-errors';
import type { FieldError } from '../../field-errors';
import { quantity } from '../../quantity';
import type { CSIPersistentVolumeSource, LocalVolumeSource, PersistentVolumeSpec, Volume } from '../../types';
import { checkNoBacksteps, checkOneOf, checkSubdomain } from '../field-checks';
import type { FieldErrors } from '../field-checks';
import { checkNodeSelector } from '../pod/validation/affinity';
import { driverChecks } from '../pod/validation/volume-drivers';
import { commonChecks } from '../pod/validation/volumes';
import { checkAccessModes, checkDriverName, checkPositive, checkSecretReference } from './volume-checks';

/** The order in which upstream looks at the sources, which decides which of two is one too many. */
const sourceOrder = [
  'hostPath', 'gcePersistentDisk', 'awsElasticBlockStore', 'glusterfs', 'flocker', 'nfs', 'rbd', 'quobyte', 'cephfs',
  'iscsi', 'cinder', 'fc', 'flexVolume', 'azureFile', 'vsphereVolume', 'photonPersistentDisk', 'portworxVolume',
  'azureDisk', 'scaleIO', 'local', 'storageos', 'csi',
] as const;
const inlineMessage = 'may not be specified in the context of inline volumes';

/** Only the sources of a spec: the PersistentVolumeSource that Go embeds. */
export function sourcesOf(spec: PersistentVolumeSpec): Readonly<Record<string, unknown>> {
  return Object.fromEntries(sourceOrder.filter((field) => spec[field] !== undefined)
    .map((field) => [field, spec[field]]));
}

/** Everything wrong with a spec; an inline one belongs to a VolumeAttachment. */
export function volumeSpecErrors(spec: PersistentVolumeSpec, path: string, isInline: boolean): readonly FieldError[] {
  const errors: FieldErrors = [];
  if (isInline) {
    if (spec.claimRef !== undefined) errors.push(forbidden(child(path, 'claimRef'), inlineMessage));
    if (sortedKeys(spec.capacity).length > 0) errors.push(forbidden(child(path, 'capacity'), inlineMessage));
    if (spec.csi === undefined) {
      errors.push(required(child(path, 'csi'), 'has to be specified in the context of inline volumes'));
    }
  }
  const modes = spec.accessModes ?? [];
  if (modes.length === 0) errors.push(required(child(path, 'accessModes')));
  checkAccessModes(modes, child(path, 'accessModes'), errors);
  if (!isInline) checkCapacity(spec, child(path, 'capacity'), errors);
  checkReclaimPolicy(spec, child(path, 'persistentVolumeReclaimPolicy'), isInline, errors);
  const nodes = spec.nodeAffinity?.required;
  const affinityPath = child(path, 'nodeAffinity');
  if (nodes !== undefined) checkNodeSelector(nodes, child(affinityPath, 'required'), errors);
  else if (spec.nodeAffinity !== undefined) {
    errors.push(required(child(affinityPath, 'required'), 'must specify required node constraints'));
  }
  checkSource(spec, path, errors);
  if (spec.hostPath !== undefined && isRoot(spec.hostPath.path) && spec.persistentVolumeReclaimPolicy === 'Recycle') {
    errors.push(forbidden(child(path, 'persistentVolumeReclaimPolicy'),
      "may not be 'recycle' for a hostPath mount of '/'"));
  }
  checkClasses(spec, path, isInline, errors);
  return errors;
}

function checkCapacity({ capacity }: PersistentVolumeSpec, path: string, errors: FieldErrors): void {
  const names = sortedKeys(capacity);
  if (names.length === 0) errors.push(required(path));
  if (!names.includes('storage') || names.length > 1) errors.push(notSupported(path, capacity ?? null, ['storage']));
  for (const name of names) {
    const amount = capacity?.[name] ?? '0';
    const at = key(path, name);
    if (quantity(amount).nanos < 0n) errors.push(invalid(at, amount, 'must be a valid resource quantity'));
    checkPositive(amount, at, errors);
  }
}

function checkReclaimPolicy(
  { persistentVolumeReclaimPolicy: policy }: PersistentVolumeSpec, path: string, isInline: boolean,
  errors: FieldErrors,
): void {
  if (!policy) return;
  if (isInline) errors.push(forbidden(path, inlineMessage));
  else checkOneOf(policy, ['Delete', 'Recycle', 'Retain'], path, errors);
}

function checkSource(spec: PersistentVolumeSpec, path: string, errors: FieldErrors): void {
  let isFirst = true;
  for (const field of sourceOrder) {
    const source = spec[field];
    if (source === undefined) continue;
    const at = child(path, field === 'cephfs' ? 'cephFS' : field);
    if (!isFirst) {
      errors.push(forbidden(at, 'may not specify more than 1 volume type'));
      continue;
    }
    isFirst = false;
    if (field === 'csi') checkCsi(source as CSIPersistentVolumeSource, at, errors);
    else if (field === 'local') checkLocal(source as LocalVolumeSource, spec, path, errors);
    else checkShared(field, source, field === 'gcePersistentDisk' ? child(path, 'persistentDisk') : at, errors);
  }
  if (isFirst) errors.push(required(path, 'must specify a volume type'));
}

/** A source that pods can have too. */
function checkShared(field: keyof Volume, source: unknown, path: string, errors: FieldErrors): void {
  const check = (commonChecks[field] ?? driverChecks[field]) as
    ((value: unknown, at: string, place: object) => void) | undefined;
  check?.(source, path, { errors, podName: undefined, volumeName: '', volumePath: path });
}

function checkLocal(
  local: LocalVolumeSource, spec: PersistentVolumeSpec, path: string, errors: FieldErrors,
): void {
  const at = child(path, 'local', 'path');
  if (!local.path) errors.push(required(at));
  else checkNoBacksteps(local.path, at, errors);
  if (spec.nodeAffinity?.required === undefined) {
    errors.push(required(child(path, 'nodeAffinity'), 'Local volume requires node affinity'));
  }
}

function checkCsi(csi: CSIPersistentVolumeSource, path: string, errors: FieldErrors): void {
  checkDriverName(csi.driver, child(path, 'driver'), errors);
  if (!csi.volumeHandle) errors.push(required(child(path, 'volumeHandle')));
  const secrets = [
    'controllerPublishSecretRef', 'controllerExpandSecretRef', 'nodePublishSecretRef', 'nodeExpandSecretRef',
  ] as const;
  for (const field of secrets) checkSecretReference(csi[field], child(path, field), errors);
}

function checkClasses(spec: PersistentVolumeSpec, path: string, isInline: boolean, errors: FieldErrors): void {
  const { storageClassName, volumeMode, volumeAttributesClassName } = spec;
  const classPath = child(path, 'storageClassName');
  if (storageClassName) {
    if (isInline) errors.push(forbidden(classPath, inlineMessage));
    else checkSubdomain(storageClassName, classPath, errors);
  }
  if (volumeMode !== undefined) {
    if (isInline) errors.push(forbidden(child(path, 'volumeMode'), inlineMessage));
    else checkOneOf(volumeMode, ['Block', 'Filesystem'], child(path, 'volumeMode'), errors);
  }
  const attributesPath = child(path, 'volumeAttributesClassName');
  if (volumeAttributesClassName === undefined) return;
  if (isInline) errors.push(forbidden(attributesPath, inlineMessage));
  else if (volumeAttributesClassName === '') errors.push(required(attributesPath, 'an empty string is disallowed'));
  else checkSubdomain(volumeAttributesClassName, attributesPath, errors);
}

/** Whether a path is the root of the file system, written in whatever way: path.Clean. */
function isRoot(path: string | undefined): boolean {
  return path !== undefined && path.startsWith('/') && path.split('/').every((step) => step === '' || step === '.');
}
