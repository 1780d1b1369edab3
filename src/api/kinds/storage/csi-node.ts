/** CSINode: the storage drivers on a node. Models pkg/apis/storage and pkg/registry/storage/csinode. */
import { equal } from '../../../base/freeze';
import { child, duplicate, immutable, invalid, required } from '../../field-errors';
import type { FieldError } from '../../field-errors';
import { defineKind } from '../../kind';
import { byteLength } from '../../names';
import type { CSINode, CSINodeDriver } from '../../types';
import { ageColumn, nameColumn } from '../columns';
import { checkNonnegative, checkQualifiedName, eachItem } from '../field-checks';
import type { FieldErrors } from '../field-checks';
import { checkDriverName } from './volume-checks';

const maxNodeIdBytes = 256;

function validate({ spec }: CSINode): readonly FieldError[] {
  const errors: FieldErrors = [];
  const names = new Set<string>();
  eachItem(spec.drivers, 'spec.drivers', (driver, at) => {
    checkDriver(driver, at, errors);
    if (names.has(driver.name)) errors.push(duplicate(child(at, 'name'), driver.name));
    names.add(driver.name);
    const keys = new Set<string>();
    for (const key of driver.topologyKeys ?? []) {
      if (key === '') errors.push(required(at));
      if (keys.has(key)) errors.push(duplicate(at, key));
      keys.add(key);
      checkQualifiedName(key, at, errors);
    }
  });
  return errors;
}

function checkDriver({ name, nodeID, allocatable }: CSINodeDriver, path: string, errors: FieldErrors): void {
  checkDriverName(name, child(path, 'name'), errors);
  if (!nodeID) errors.push(required(child(path, 'nodeID')));
  else if (byteLength(nodeID) > maxNodeIdBytes) {
    errors.push(invalid(child(path, 'nodeID'), nodeID, `must be ${maxNodeIdBytes} characters or less`));
  }
  checkNonnegative(allocatable?.count, child(path, 'allocatable', 'count'), errors);
}

function validateUpdate(node: CSINode, old: CSINode): readonly FieldError[] {
  const errors: FieldErrors = [...validate(node)];
  for (const before of old.spec.drivers ?? []) {
    for (const driver of node.spec.drivers ?? []) {
      // How many volumes fit may change.
      const { allocatable: _after, ...after } = driver;
      const { allocatable: _before, ...was } = before;
      if (driver.name === before.name && !equal(after, was)) errors.push(immutable('CSINodeDriver', driver));
    }
  }
  return errors;
}

export const csiNodeKind = defineKind<CSINode>({
  group: 'storage.k8s.io', version: 'v1', kind: 'CSINode', listKind: 'CSINodeList',
  plural: 'csinodes', singular: 'csinode', namespaced: false, schema: 'CSINode',
  validate,
  validateUpdate,
  nameRule: 'dnsSubdomain',
  hasGeneration: false,
  columns: [
    nameColumn,
    {
      name: 'Drivers', type: 'integer', description: 'How many drivers there are on the node.',
      cell: ({ spec }) => spec.drivers?.length ?? 0,
    },
    ageColumn,
  ],
});
