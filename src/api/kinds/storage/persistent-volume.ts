/** PersistentVolume: a piece of storage. Models pkg/apis/core and pkg/registry/core/persistentvolume. */
import { equal, withKey } from '../../../base/freeze';
import { formatTime } from '../../time';
import { forbidden, immutable } from '../../field-errors';
import type { FieldError } from '../../field-errors';
import { defineKind } from '../../kind';
import type { StrategyContext } from '../../kind';
import type { PersistentVolume, PersistentVolumeSpec, Volume } from '../../types';
import { ageColumn, nameColumn } from '../columns';
import { differenceLines } from '../difference-lines';
import type { FieldErrors } from '../field-checks';
import { withDefault } from '../pod/container-defaults';
import { volumeDefaults } from '../pod/volume-defaults';
import { checkAttributesClass } from './persistent-volume-claim';
import { sourcesOf, volumeSpecErrors } from './persistent-volume-spec';
import { accessModesText, betaClassAnnotation, classOf } from './volume-checks';

const mountOptionAnnotation = 'volume.beta.kubernetes.io/mount-options';
const deprecatedSources: Readonly<Record<string, string>> = {
  photonPersistentDisk: 'deprecated in v1.11, non-functional in v1.16+',
  scaleIO: 'deprecated in v1.16, non-functional in v1.22+',
  storageos: 'deprecated in v1.22, non-functional in v1.25+',
  glusterfs: 'deprecated in v1.25, non-functional in v1.26+',
  rbd: 'deprecated in v1.28, non-functional in v1.31+',
  cephfs: 'deprecated in v1.28, non-functional in v1.31+',
};

function defaults(volume: PersistentVolume): PersistentVolume {
  const spec = withDefault(withDefault(volume.spec, 'persistentVolumeReclaimPolicy', 'Retain'),
    'volumeMode', 'Filesystem');
  // Sources that pods and the cluster share have the same defaults.
  return withKey(volume, 'spec', volumeDefaults(spec as unknown as Volume) as unknown as PersistentVolumeSpec);
}

function validateUpdate(volume: PersistentVolume, old: PersistentVolume): readonly FieldError[] {
  const errors: FieldErrors = [...volumeSpecErrors(volume.spec, 'spec', false)];
  const [source, before] = [sourcesOf(withExpandSecret(volume.spec, old.spec)), sourcesOf(old.spec)];
  if (!equal(source, before)) {
    const lines = differenceLines(before, source, '').join('\n');
    errors.push(forbidden('spec.persistentvolumesource',
      `spec.persistentvolumesource is immutable after creation\n${lines}`));
  }
  if (volume.spec.volumeMode !== old.spec.volumeMode) {
    errors.push(immutable('volumeMode', volume.spec.volumeMode ?? 'null'));
  }
  if (old.spec.nodeAffinity !== undefined && !equal(volume.spec.nodeAffinity, old.spec.nodeAffinity)) {
    errors.push(immutable('nodeAffinity', volume.spec.nodeAffinity ?? null));
  }
  checkAttributesClass(volume.spec.volumeAttributesClassName, old.spec.volumeAttributesClassName, errors);
  return errors;
}

/** The secret for expanding may be added later. */
function withExpandSecret(spec: PersistentVolumeSpec, old: PersistentVolumeSpec): PersistentVolumeSpec {
  if (spec.csi === undefined || old.csi === undefined || old.csi.controllerExpandSecretRef !== undefined) return spec;
  return { ...spec, csi: withKey(spec.csi, 'controllerExpandSecretRef', undefined) };
}

/** The time of the last change of phase is kept by the API server. */
function prepareForUpdate(
  volume: PersistentVolume, old: PersistentVolume, { nowMs, subresource }: StrategyContext,
): PersistentVolume {
  if (subresource !== 'status' || volume.status?.phase === old.status?.phase) return volume;
  if (volume.status?.lastPhaseTransitionTime !== old.status?.lastPhaseTransitionTime) return volume;
  return { ...volume, status: { ...volume.status, lastPhaseTransitionTime: formatTime(nowMs) } };
}

function warnings({ metadata, spec }: PersistentVolume): readonly string[] {
  const texts: string[] = [];
  const { annotations = {} } = metadata;
  if (annotations[betaClassAnnotation] !== undefined) {
    texts.push(`metadata.annotations[${betaClassAnnotation}]: deprecated since v1.8; `
      + 'use "storageClassName" attribute instead');
  }
  if (annotations[mountOptionAnnotation] !== undefined) {
    texts.push(`metadata.annotations[${mountOptionAnnotation}]: deprecated since v1.31; `
      + 'use "mountOptions" attribute instead');
  }
  if (spec.persistentVolumeReclaimPolicy === 'Recycle') {
    texts.push('spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. '
      + 'Instead, the recommended approach is to use dynamic provisioning.');
  }
  for (const [field, why] of Object.entries(deprecatedSources)) {
    if (spec[field as keyof PersistentVolumeSpec] !== undefined) texts.push(`spec.${field}: ${why}`);
  }
  return texts;
}

export const persistentVolumeKind = defineKind<PersistentVolume>({
  group: '',
  version: 'v1',
  kind: 'PersistentVolume',
  listKind: 'PersistentVolumeList',
  plural: 'persistentvolumes',
  singular: 'persistentvolume',
  shortNames: ['pv'],
  namespaced: false,
  schema: 'PersistentVolume',
  subresources: ['status'],
  defaults,
  prepareForCreate: (volume, { nowMs }) => ({
    ...volume,
    status: { phase: 'Pending', lastPhaseTransitionTime: formatTime(nowMs) },
  }),
  prepareForUpdate,
  validate: ({ spec }) => volumeSpecErrors(spec, 'spec', false),
  validateUpdate,
  warnings,
  nameRule: 'dnsSubdomain',
  hasGeneration: false,
  columns: [
    nameColumn,
    {
      name: 'Capacity',
      type: 'string',
      description: 'Its size.',
      cell: ({ spec }) => spec.capacity?.['storage'] ?? '0',
    },
    {
      name: 'Access Modes',
      type: 'string',
      description: 'The ways in which it can be mounted.',
      cell: ({ spec }) => accessModesText(spec.accessModes),
    },
    {
      name: 'Reclaim Policy',
      type: 'string',
      description: 'What becomes of it when its claim is gone.',
      cell: ({ spec }) => spec.persistentVolumeReclaimPolicy ?? '',
    },
    {
      name: 'Status',
      type: 'string',
      description: 'Whether it is bound to a claim, available, or released.',
      cell: ({ metadata, status }) =>
        metadata.deletionTimestamp === undefined ? (status?.phase ?? '') : 'Terminating',
    },
    {
      name: 'Claim',
      type: 'string',
      description: 'The claim that it is bound to.',
      cell: ({ spec: { claimRef } }) =>
        claimRef === undefined ? '' : `${claimRef.namespace ?? ''}/${claimRef.name ?? ''}`,
    },
    { name: 'StorageClass', type: 'string', description: 'The class of storage.', cell: classOf },
    {
      name: 'VolumeAttributesClass',
      type: 'string',
      description: 'The class of its attributes.',
      cell: ({ spec }) => spec.volumeAttributesClassName ?? '<unset>',
    },
    {
      name: 'Reason',
      type: 'string',
      description: 'Why it is in its state.',
      cell: ({ status }) => status?.reason ?? '',
    },
    ageColumn,
    {
      name: 'VolumeMode',
      type: 'string',
      priority: 1,
      description: 'Whether it has a file system or is a raw device.',
      cell: ({ spec }) => spec.volumeMode ?? '<unset>',
    },
  ],
});
