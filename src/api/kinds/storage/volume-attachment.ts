/**
 * VolumeAttachment: that a volume is to be attached to a node. Models pkg/apis/storage and
 * pkg/registry/storage/volumeattachment.
 */
import { equal, sortedKeys } from '../../../base/freeze';
import { child, forbidden, immutable, required, tooLong } from '../../field-errors';
import type { FieldError } from '../../field-errors';
import { defineKind } from '../../kind';
import { byteLength } from '../../names';
import type { VolumeAttachment, VolumeAttachmentSource, VolumeAttachmentStatus, VolumeError } from '../../types';
import { ageColumn, nameColumn } from '../columns';
import { checkSubdomain } from '../field-checks';
import type { FieldErrors } from '../field-checks';
import { volumeSpecErrors } from './persistent-volume-spec';
import { checkDriverName } from './volume-checks';

const maxMetadataBytes = 256 * 1024;
const maxMessageBytes = 1024;
const exactlyOne = 'must specify exactly one of inlineVolumeSpec and persistentVolumeName';

function specErrors({ spec }: VolumeAttachment): FieldErrors {
  const errors: FieldErrors = [];
  if (!spec.attacher) errors.push(required('spec.attacher'));
  checkSource(spec.source ?? {}, 'spec.source', errors);
  checkSubdomain(spec.nodeName ?? '', 'spec.nodeName', errors);
  return errors;
}

function checkSource(
  { inlineVolumeSpec, persistentVolumeName }: VolumeAttachmentSource, path: string, errors: FieldErrors,
): void {
  if (inlineVolumeSpec === undefined && persistentVolumeName === undefined) errors.push(required(path, exactlyOne));
  else if (inlineVolumeSpec !== undefined && persistentVolumeName !== undefined) {
    errors.push(forbidden(path, exactlyOne));
  } else if (persistentVolumeName === '') {
    errors.push(required(child(path, 'persistentVolumeName'), 'must specify non empty persistentVolumeName'));
  } else if (inlineVolumeSpec !== undefined) {
    errors.push(...volumeSpecErrors(inlineVolumeSpec, child(path, 'inlineVolumeSpec'), true));
  }
}

function validate(attachment: VolumeAttachment): readonly FieldError[] {
  const errors = specErrors(attachment);
  const { attacher, source } = attachment.spec;
  checkDriverName(attacher, 'spec.attacher', errors);
  const volume = source?.persistentVolumeName;
  if (volume !== undefined) checkSubdomain(volume, 'spec.source.persistentVolumeName', errors);
  return errors;
}

function validateUpdate(attachment: VolumeAttachment, old: VolumeAttachment): readonly FieldError[] {
  const errors = specErrors(attachment);
  if (!equal(attachment.spec, old.spec)) errors.push(immutable('spec', attachment.spec));
  return errors;
}

function validateStatusUpdate({ status }: VolumeAttachment): readonly FieldError[] {
  const errors: FieldErrors = [];
  const { attachmentMetadata: data, attachError, detachError } = status ?? ({} as VolumeAttachmentStatus);
  const bytes = sortedKeys(data).reduce((sum, name) => sum + byteLength(name) + byteLength(data?.[name] ?? ''), 0);
  if (bytes > maxMetadataBytes) errors.push(tooLong('status.attachmentMetadata', maxMetadataBytes));
  checkVolumeError(attachError, 'status.attachError', errors);
  checkVolumeError(detachError, 'status.detachError', errors);
  return errors;
}

function checkVolumeError(error: VolumeError | undefined, path: string, errors: FieldErrors): void {
  // Upstream names the limit of the metadata here.
  if (byteLength(error?.message ?? '') > maxMessageBytes)
    errors.push(tooLong(child(path, 'message'), maxMetadataBytes));
}

export const volumeAttachmentKind = defineKind<VolumeAttachment>({
  group: 'storage.k8s.io', version: 'v1', kind: 'VolumeAttachment', listKind: 'VolumeAttachmentList',
  plural: 'volumeattachments', singular: 'volumeattachment', namespaced: false, schema: 'VolumeAttachment',
  subresources: ['status'],
  validate,
  validateUpdate,
  validateStatusUpdate,
  nameRule: 'dnsSubdomain',
  hasGeneration: false,
  initialStatus: () => ({ attached: false }),
  columns: [
    nameColumn,
    { name: 'Attacher', type: 'string', description: 'The driver.', cell: ({ spec }) => spec.attacher },
    {
      name: 'PV', type: 'string', description: 'The volume.',
      cell: ({ spec }) => spec.source?.persistentVolumeName ?? '',
    },
    { name: 'Node', type: 'string', description: 'The node.', cell: ({ spec }) => spec.nodeName },
    {
      name: 'Attached', type: 'boolean', description: 'Whether it is attached.',
      cell: ({ status }) => status?.attached ?? false,
    },
    ageColumn,
  ],
});
