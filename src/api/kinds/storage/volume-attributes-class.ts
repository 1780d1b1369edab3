/**
 * VolumeAttributesClass: settings of volumes that can be changed later. Models pkg/apis/storage and
 * pkg/registry/storage/volumeattributesclass.
 */
import { equal } from '../../../base/freeze';
import { forbidden, required } from '../../field-errors';
import type { FieldError } from '../../field-errors';
import { defineKind } from '../../kind';
import type { VolumeAttributesClass } from '../../types';
import { ageColumn, nameColumn } from '../columns';
import type { FieldErrors } from '../field-checks';
import { checkParameters } from '../storage-class';
import { checkDriverName } from './volume-checks';

const defaultAnnotation = 'volumeattributesclass.kubernetes.io/is-default-class';

function validate({ driverName, parameters }: VolumeAttributesClass): readonly FieldError[] {
  const errors: FieldErrors = [];
  checkDriverName(driverName, 'driverName', errors);
  if (Object.keys(parameters ?? {}).length === 0) {
    errors.push(required('parameters', 'must contain at least one key/value pair'));
  }
  checkParameters(parameters, 'parameters', errors);
  return errors;
}

function validateUpdate(after: VolumeAttributesClass, old: VolumeAttributesClass): readonly FieldError[] {
  const errors: FieldErrors = [];
  for (const field of ['driverName', 'parameters'] as const) {
    if (equal(after[field], old[field])) continue;
    errors.push(forbidden(field, `updates to ${field} are forbidden.`));
  }
  return errors;
}

export const volumeAttributesClassKind = defineKind<VolumeAttributesClass>({
  group: 'storage.k8s.io', version: 'v1', kind: 'VolumeAttributesClass', listKind: 'VolumeAttributesClassList',
  plural: 'volumeattributesclasses', singular: 'volumeattributesclass', shortNames: ['vac'], namespaced: false,
  schema: 'VolumeAttributesClass',
  validate,
  validateUpdate,
  nameRule: 'dnsSubdomain',
  hasGeneration: false,
  columns: [
    {
      ...nameColumn,
      cell: ({ metadata }) => (
        metadata.name + (metadata.annotations?.[defaultAnnotation] === 'true' ? ' (default)' : '')),
    },
    { name: 'DriverName', type: 'string', description: 'The driver.', cell: ({ driverName }) => driverName },
    ageColumn,
  ],
});
