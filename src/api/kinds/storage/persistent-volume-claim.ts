/**
 * PersistentVolumeClaim: a wish for storage. Models pkg/apis/core and pkg/registry/core/persistentvolumeclaim. A
 * refused change of the spec lists the differing fields where upstream prints a diff of Go structs.
 */
import { equal, withKey } from '../../../base/freeze';
import { child, forbidden, immutable, invalid, key, notSupported, required } from '../../field-errors';
import type { FieldError } from '../../field-errors';
import { quote } from '../../go-text';
import { defineKind } from '../../kind';
import { quantity } from '../../quantity';
import { labelSelectorErrors } from '../../selectors';
import type {
  PersistentVolumeClaim, PersistentVolumeClaimSpec, TypedLocalObjectReference, TypedObjectReference,
} from '../../types';
import { ageColumn, nameColumn } from '../columns';
import { differenceLines } from '../difference-lines';
import { checkOneOf, checkSubdomain } from '../field-checks';
import type { FieldErrors } from '../field-checks';
import { withDefault } from '../pod/container-defaults';
import { accessModesText, betaClassAnnotation, checkAccessModes, checkPositive, classOf } from './volume-checks';

const immutableMessage =
  'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims';
const nanosPerUnit = 1_000_000_000n;

function defaults(claim: PersistentVolumeClaim): PersistentVolumeClaim {
  let spec = withDefault(claim.spec, 'volumeMode', 'Filesystem');
  if (spec.resources === undefined) spec = withKey(spec, 'resources', {});
  return withKey(claim, 'spec', spec);
}

/** A data source may stand in either of two fields; both are filled in, if both can hold it. */
function prepareForCreate(claim: PersistentVolumeClaim): PersistentVolumeClaim {
  let { spec } = claim;
  if (spec.dataSource !== undefined && !isOldSource(spec.dataSource)) spec = withKey(spec, 'dataSource', undefined);
  const { dataSource, dataSourceRef } = spec;
  if (dataSource !== undefined && dataSourceRef === undefined) spec = withKey(spec, 'dataSourceRef', dataSource);
  else if (dataSourceRef !== undefined && !dataSourceRef.namespace && dataSource === undefined) {
    const { apiGroup, kind, name } = dataSourceRef;
    spec = withKey(spec, 'dataSource', apiGroup === undefined ? { kind, name } : { apiGroup, kind, name });
  }
  return withKey(claim, 'spec', spec);
}

/** What the older of the two fields has always been able to hold; anything else in it is dropped. */
function isOldSource({ apiGroup = '', kind }: TypedLocalObjectReference): boolean {
  return (apiGroup === '' && kind === 'PersistentVolumeClaim')
    || (apiGroup === 'snapshot.storage.k8s.io' && kind === 'VolumeSnapshot');
}

/** Everything wrong with the spec of a new claim, or of a claim in a template: ValidatePersistentVolumeClaimSpec. */
export function claimSpecErrors(spec: PersistentVolumeClaimSpec, path: string): readonly FieldError[] {
  const errors: FieldErrors = [];
  const modes = spec.accessModes ?? [];
  const modesPath = child(path, 'accessModes');
  if (modes.length === 0) errors.push(required(modesPath, 'at least 1 access mode is required'));
  errors.push(...labelSelectorErrors(spec.selector, child(path, 'selector')));
  checkAccessModes(modes, modesPath, errors);
  const size = spec.resources?.requests?.['storage'];
  const sizePath = key(child(path, 'resources'), 'storage');
  if (size === undefined) errors.push(required(sizePath));
  else checkPositive(size, sizePath, errors);
  const { storageClassName, volumeAttributesClassName, volumeMode } = spec;
  if (storageClassName) checkSubdomain(storageClassName, child(path, 'storageClassName'), errors);
  checkOneOf(volumeMode, ['Block', 'Filesystem'], child(path, 'volumeMode'), errors);
  checkDataSources(spec, path, errors);
  if (volumeAttributesClassName) {
    checkSubdomain(volumeAttributesClassName, child(path, 'volumeAttributesClassName'), errors);
  }
  return errors;
}

function checkDataSources({ dataSource, dataSourceRef }: PersistentVolumeClaimSpec, path: string, errors: FieldErrors) {
  if (dataSource !== undefined) checkDataSource(dataSource, child(path, 'dataSource'), errors);
  if (dataSourceRef !== undefined) checkDataSource(dataSourceRef, child(path, 'dataSourceRef'), errors);
  if (dataSource === undefined || dataSourceRef === undefined) return;
  const shown = child(path, 'dataSource');
  if (dataSourceRef.namespace) {
    errors.push(invalid(path, shown, 'may not be specified when dataSourceRef.namespace is specified'));
  } else if (!equal({ ...dataSource, namespace: undefined }, { ...dataSourceRef, namespace: undefined })) {
    errors.push(invalid(path, shown, 'must match dataSourceRef'));
  }
}

function checkDataSource(
  source: TypedLocalObjectReference | TypedObjectReference, path: string, errors: FieldErrors,
): void {
  const { apiGroup = '', kind, name } = source;
  if (!name) errors.push(required(child(path, 'name')));
  if (!kind) errors.push(required(child(path, 'kind')));
  if (apiGroup === '' && kind !== 'PersistentVolumeClaim') {
    errors.push(invalid(path, kind ?? '', "must be 'PersistentVolumeClaim' when referencing the default apiGroup"));
  }
  if (apiGroup !== '') checkSubdomain(apiGroup, child(path, 'apiGroup'), errors);
  if ('namespace' in source && source.namespace) checkSubdomain(source.namespace, child(path, 'namespace'), errors);
}

function validateUpdate(claim: PersistentVolumeClaim, old: PersistentVolumeClaim): readonly FieldError[] {
  const errors: FieldErrors = [];
  const { spec: before } = old;
  let spec = claim.spec;
  const annotation = claim.metadata.annotations?.[betaClassAnnotation];
  if (annotation !== old.metadata.annotations?.[betaClassAnnotation]) {
    errors.push(immutable(`metadata.annotations.${betaClassAnnotation}`, annotation ?? ''));
  }
  // What may change has its old value for the comparison.
  if (!before.volumeName) spec = withKey(spec, 'volumeName', before.volumeName);
  if (before.storageClassName === undefined && spec.storageClassName) {
    spec = withKey(spec, 'storageClassName', undefined);
  }
  if (claim.status?.phase === 'Bound') {
    const requests = { ...spec.resources?.requests, storage: before.resources?.requests?.['storage'] ?? '' };
    if (spec.resources?.requests !== undefined) spec = { ...spec, resources: { ...spec.resources, requests } };
    spec = withKey(spec, 'volumeAttributesClassName', before.volumeAttributesClassName);
  }
  if (!equal(spec, before)) {
    const lines = differenceLines(before, spec, '').join('\n');
    errors.push(forbidden('spec', `${immutableMessage}\n${lines}`));
  }
  checkSize(claim, old, errors);
  if (claim.spec.volumeMode !== before.volumeMode) {
    errors.push(immutable('volumeMode', claim.spec.volumeMode ?? 'null'));
  }
  checkAttributesClass(claim.spec.volumeAttributesClassName, before.volumeAttributesClassName, errors);
  return errors;
}

/** A claim can shrink again only to more than what it has got. */
function checkSize(claim: PersistentVolumeClaim, old: PersistentVolumeClaim, errors: FieldErrors): void {
  const size = quantity(claim.spec.resources?.requests?.['storage'] ?? '0');
  const before = quantity(old.spec.resources?.requests?.['storage'] ?? '0');
  const capacity = quantity(old.status?.capacity?.['storage'] ?? '0');
  if (size.nanos >= before.nanos || size.nanos > capacity.nanos) return;
  errors.push(forbidden('spec.resources.requests.storage', 'field can not be less than status.capacity'));
}

/** A class of attributes, once given, can be exchanged but not taken away. */
export function checkAttributesClass(after: string | undefined, before: string | undefined, errors: FieldErrors): void {
  if (before === undefined || after === before) return;
  const path = 'spec.volumeAttributesClassName';
  if (after === undefined) errors.push(forbidden(path, 'update from non-nil value to nil is forbidden'));
  else if (after === '') errors.push(forbidden(path, 'update from non-nil value to an empty string is forbidden'));
}

function validateStatusUpdate({ status }: PersistentVolumeClaim): readonly FieldError[] {
  const errors: FieldErrors = [];
  for (const [name, amount] of Object.entries(status?.capacity ?? {}).sort()) {
    if (quantity(amount).nanos >= 0n) continue;
    errors.push(invalid(key('status.capacity', name), amount, 'must be a valid resource quantity'));
  }
  if (status?.phase !== undefined && !['Bound', 'Lost', 'Pending'].includes(status.phase)) {
    errors.push(notSupported('status.phase', status.phase, ['Bound', 'Lost', 'Pending']));
  }
  return errors;
}

function warnings({ metadata, spec }: PersistentVolumeClaim): readonly string[] {
  const texts: string[] = [];
  if (metadata.annotations?.[betaClassAnnotation] !== undefined) {
    texts.push(`metadata.annotations[${betaClassAnnotation}]: deprecated since v1.8; `
      + 'use "storageClassName" attribute instead');
  }
  const size = spec.resources?.requests?.['storage'];
  if (size !== undefined && quantity(size).nanos % nanosPerUnit !== 0n) {
    texts.push(`spec.resources.requests[storage]: fractional byte value ${quote(size)} is invalid, must be an integer`);
  }
  return texts;
}

export const persistentVolumeClaimKind = defineKind<PersistentVolumeClaim>({
  group: '', version: 'v1', kind: 'PersistentVolumeClaim', listKind: 'PersistentVolumeClaimList',
  plural: 'persistentvolumeclaims', singular: 'persistentvolumeclaim', shortNames: ['pvc'], namespaced: true,
  schema: 'PersistentVolumeClaim', subresources: ['status'],
  defaults,
  prepareForCreate,
  validate: ({ spec }) => claimSpecErrors(spec, 'spec'),
  validateUpdate,
  validateStatusUpdate,
  warnings,
  nameRule: 'dnsSubdomain',
  hasGeneration: false,
  initialStatus: () => ({ phase: 'Pending' }),
  columns: [
    nameColumn,
    {
      name: 'Status', type: 'string', description: 'Whether it has a volume.',
      cell: ({ metadata, status }) => (metadata.deletionTimestamp === undefined ? status?.phase ?? '' : 'Terminating'),
    },
    { name: 'Volume', type: 'string', description: 'Its volume.', cell: ({ spec }) => spec.volumeName ?? '' },
    {
      name: 'Capacity', type: 'string', description: 'The size of its volume.',
      cell: ({ spec, status }) => (spec.volumeName ? status?.capacity?.['storage'] ?? '0' : ''),
    },
    {
      name: 'Access Modes', type: 'string', description: 'The ways in which its volume can be mounted.',
      cell: ({ spec, status }) => (spec.volumeName ? accessModesText(status?.accessModes) : ''),
    },
    { name: 'StorageClass', type: 'string', description: 'The class of storage.', cell: classOf },
    {
      name: 'VolumeAttributesClass', type: 'string', description: 'The class of attributes of its volume.',
      cell: ({ spec }) => spec.volumeAttributesClassName ?? '<unset>',
    },
    ageColumn,
    {
      name: 'VolumeMode', type: 'string', priority: 1, description: 'Whether it has a file system or is a raw device.',
      cell: ({ spec }) => spec.volumeMode ?? '<unset>',
    },
  ],
});
