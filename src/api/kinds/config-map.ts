/** ConfigMap: configuration as keys and texts. Models pkg/apis/core and pkg/registry/core/configmap. */
import { sortedKeys } from '../../base/freeze';
import { invalid, key, tooLong } from '../field-errors';
import type { FieldError } from '../field-errors';
import { defineKind } from '../kind';
import { byteLength, configMapKeyProblems } from '../names';
import type { ConfigMap } from '../types';
import { base64ByteLength } from '../../base/base64';
import { ageColumn, nameColumn } from './columns';
import { checkProblems } from './field-checks';
import type { FieldErrors } from './field-checks';
import { checkImmutableData, maxDataBytes } from './immutable-data';

function validate({ data, binaryData }: ConfigMap): readonly FieldError[] {
  const errors: FieldErrors = [];
  let bytes = 0;
  for (const name of sortedKeys(data)) {
    const path = key('data', name);
    checkProblems(configMapKeyProblems(name), name, path, errors);
    if (binaryData !== undefined && Object.hasOwn(binaryData, name)) {
      errors.push(invalid(path, name, 'duplicate of key present in binaryData'));
    }
    bytes += byteLength(data?.[name] ?? '');
  }
  for (const name of sortedKeys(binaryData)) {
    checkProblems(configMapKeyProblems(name), name, key('binaryData', name), errors);
    bytes += base64ByteLength(binaryData?.[name] ?? '');
  }
  // An empty path: the error is about the object as a whole. Upstream makes it a path whose only step is empty.
  if (bytes > maxDataBytes) errors.push(tooLong('[]', maxDataBytes));
  return errors;
}

function validateUpdate(map: ConfigMap, old: ConfigMap): readonly FieldError[] {
  const errors: FieldErrors = [];
  checkImmutableData(map, old, ['data', 'binaryData'], errors);
  return [...errors, ...validate(map)];
}

export const configMapKind = defineKind<ConfigMap>({
  group: '', version: 'v1', kind: 'ConfigMap', listKind: 'ConfigMapList',
  plural: 'configmaps', singular: 'configmap', shortNames: ['cm'], namespaced: true, schema: 'ConfigMap',
  validate,
  validateUpdate,
  nameRule: 'dnsSubdomain',
  hasGeneration: false,
  columns: [
    nameColumn,
    {
      name: 'Data', type: 'string', description: 'Number of keys.',
      cell: ({ data, binaryData }) => Object.keys(data ?? {}).length + Object.keys(binaryData ?? {}).length,
    },
    ageColumn,
  ],
});
