/** StorageClass: a way to provision volumes. Models pkg/apis/storage and pkg/registry/storage/storageclass. */
import { equal, sortedKeys } from '../../base/freeze';
import { child, duplicate, forbidden, immutable, index, invalid, required, tooLong } from '../field-errors';
import type { FieldError } from '../field-errors';
import { defineKind } from '../kind';
import { byteLength, qualifiedNameProblems } from '../names';
import type { StorageClass, TopologySelectorTerm } from '../types';
import { ageColumn, nameColumn } from './columns';
import { checkOneOf, checkProblems, checkQualifiedName, eachItem } from './field-checks';
import type { FieldErrors } from './field-checks';
import { withDefault } from './pod/container-defaults';

const defaultAnnotations = [
  'storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class',
];
const maxParameters = 512;
const maxParameterBytes = 256 * 1024;

/** Whether claims without a class get this one. */
export function isDefaultStorageClass({ metadata }: StorageClass): boolean {
  return defaultAnnotations.some((name) => metadata.annotations?.[name] === 'true');
}

function defaults(storageClass: StorageClass): StorageClass {
  return withDefault(withDefault(storageClass, 'reclaimPolicy', 'Delete'), 'volumeBindingMode', 'Immediate');
}

function validate(storageClass: StorageClass): readonly FieldError[] {
  const errors: FieldErrors = [];
  const { provisioner = '', parameters, reclaimPolicy, volumeBindingMode, allowedTopologies } = storageClass;
  if (provisioner === '') errors.push(required('provisioner'));
  else checkProblems(qualifiedNameProblems(provisioner.toLowerCase()), provisioner, 'provisioner', errors);
  checkParameters(parameters, 'parameters', errors);
  checkOneOf(reclaimPolicy, ['Delete', 'Retain'], 'reclaimPolicy', errors);
  checkOneOf(volumeBindingMode, ['Immediate', 'WaitForFirstConsumer'], 'volumeBindingMode', errors, true);
  checkTopologies(allowedTopologies, 'allowedTopologies', errors);
  return errors;
}

/** Parameters for a driver: not too many and not too long. */
export function checkParameters(
  parameters: Readonly<Record<string, string>> | undefined, path: string, errors: FieldErrors,
): void {
  const names = sortedKeys(parameters);
  if (names.length > maxParameters) {
    errors.push(tooLong(path, maxParameters));
    return;
  }
  let bytes = 0;
  for (const name of names) {
    if (name === '') errors.push(invalid(path, name, 'field can not be empty.'));
    bytes += byteLength(name) + byteLength(parameters?.[name] ?? '');
  }
  if (bytes > maxParameterBytes) errors.push(tooLong(path, maxParameterBytes));
}

function checkTopologies(terms: readonly TopologySelectorTerm[] | undefined, path: string, errors: FieldErrors): void {
  eachItem(terms, path, (term, at, position) => {
    const keys: string[] = [];
    eachItem(term.matchLabelExpressions, child(at, 'matchLabelExpressions'), ({ key, values = [] }, place) => {
      if (values.length === 0) errors.push(required(child(place, 'values')));
      values.forEach((value, i) => {
        if (values.indexOf(value) < i) errors.push(duplicate(index(child(place, 'values'), i), value));
      });
      checkQualifiedName(key ?? '', child(place, 'key'), errors);
      if (keys.includes(key)) errors.push(duplicate(child(place, 'key'), key));
      keys.push(key);
    });
    const isRepeated = (terms ?? []).slice(0, position).some((other) => equal(other, term));
    if (isRepeated) errors.push(duplicate(child(at, 'matchLabelExpressions'), ''));
  });
}

function validateUpdate(storageClass: StorageClass, old: StorageClass): readonly FieldError[] {
  const errors: FieldErrors = [];
  for (const field of ['parameters', 'provisioner', 'reclaimPolicy'] as const) {
    if (equal(storageClass[field], old[field])) continue;
    errors.push(forbidden(field, `updates to ${field} are forbidden.`));
  }
  if (storageClass.volumeBindingMode !== old.volumeBindingMode) {
    errors.push(immutable('volumeBindingMode', storageClass.volumeBindingMode ?? 'null'));
  }
  checkTopologies(storageClass.allowedTopologies, 'allowedTopologies', errors);
  return errors;
}

export const storageClassKind = defineKind<StorageClass>({
  group: 'storage.k8s.io', version: 'v1', kind: 'StorageClass', listKind: 'StorageClassList',
  plural: 'storageclasses', singular: 'storageclass', shortNames: ['sc'], namespaced: false, schema: 'StorageClass',
  defaults,
  validate,
  validateUpdate,
  nameRule: 'dnsSubdomain',
  hasGeneration: false,
  columns: [
    {
      ...nameColumn,
      cell: (storageClass) => storageClass.metadata.name + (isDefaultStorageClass(storageClass) ? ' (default)' : ''),
    },
    {
      name: 'Provisioner', type: 'string', description: 'What makes the volumes.',
      cell: ({ provisioner }) => provisioner,
    },
    {
      name: 'ReclaimPolicy', type: 'string', description: 'What becomes of a volume whose claim is gone.',
      cell: ({ reclaimPolicy }) => reclaimPolicy ?? 'Delete',
    },
    {
      name: 'VolumeBindingMode', type: 'string', description: 'When a volume is made and bound.',
      cell: ({ volumeBindingMode }) => volumeBindingMode ?? 'Immediate',
    },
    {
      name: 'AllowVolumeExpansion', type: 'string', description: 'Whether volumes can grow.',
      cell: ({ allowVolumeExpansion }) => allowVolumeExpansion ?? false,
    },
    ageColumn,
  ],
});
