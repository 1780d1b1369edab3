/**
 * CSIStorageCapacity: free space of a class of storage somewhere. Models pkg/apis/storage and
 * pkg/registry/storage/csistoragecapacity.
 */
import { equal } from '../../../base/freeze';
import { immutable, invalid } from '../../field-errors';
import type { FieldError } from '../../field-errors';
import { defineKind } from '../../kind';
import { quantity } from '../../quantity';
import { labelSelectorErrors } from '../../selectors';
import type { CSIStorageCapacity } from '../../types';
import { nameColumn } from '../columns';
import { checkSubdomain, negativeMessage } from '../field-checks';
import type { FieldErrors } from '../field-checks';

function validate({ nodeTopology, storageClassName, capacity, maximumVolumeSize }: CSIStorageCapacity) {
  const errors: FieldErrors = [...labelSelectorErrors(nodeTopology, 'nodeTopology')];
  checkSubdomain(storageClassName ?? '', 'storageClassName', errors);
  for (const [path, amount] of [['capacity', capacity], ['maximumVolumeSize', maximumVolumeSize]] as const) {
    if (amount !== undefined && quantity(amount).nanos < 0n) errors.push(invalid(path, amount, negativeMessage));
  }
  return errors;
}

function validateUpdate(capacity: CSIStorageCapacity, old: CSIStorageCapacity): readonly FieldError[] {
  const errors: FieldErrors = [];
  if (!equal(capacity.nodeTopology, old.nodeTopology)) {
    errors.push(immutable('nodeTopology', capacity.nodeTopology ?? null));
  }
  if (capacity.storageClassName !== old.storageClassName) {
    errors.push(immutable('storageClassName', capacity.storageClassName ?? ''));
  }
  return errors;
}

export const csiStorageCapacityKind = defineKind<CSIStorageCapacity>({
  group: 'storage.k8s.io', version: 'v1', kind: 'CSIStorageCapacity', listKind: 'CSIStorageCapacityList',
  plural: 'csistoragecapacities', singular: 'csistoragecapacity', namespaced: true, schema: 'CSIStorageCapacity',
  validate,
  validateUpdate,
  nameRule: 'dnsSubdomain',
  hasGeneration: false,
  columns: [
    nameColumn,
    {
      name: 'StorageClassName', type: 'string', description: 'The class of storage.',
      cell: ({ storageClassName }) => storageClassName,
    },
    {
      name: 'Capacity', type: 'string', description: 'How much is free.',
      cell: ({ capacity }) => capacity ?? '<unset>',
    },
  ],
});
