/** RuntimeClass: another way to run containers. Models pkg/apis/node and pkg/registry/node/runtimeclass. */
import { equal, sortedKeys } from '../../base/freeze';
import { duplicate, immutable, index, key } from '../field-errors';
import type { FieldError } from '../field-errors';
import { defineKind } from '../kind';
import type { RuntimeClass } from '../types';
import { ageColumn, nameColumn } from './columns';
import { checkDnsLabel, checkLabels } from './field-checks';
import type { FieldErrors } from './field-checks';
import { checkContainerResourceName, checkResourceAmount } from './pod/validation/resources';
import { checkTolerations } from './pod/validation/scheduling';

function validate({ handler, overhead, scheduling }: RuntimeClass): readonly FieldError[] {
  const errors: FieldErrors = [];
  checkDnsLabel(handler ?? '', 'handler', errors);
  for (const name of sortedKeys(overhead?.podFixed)) {
    const at = key('overhead.podFixed.limits', name);
    checkContainerResourceName(name, at, errors);
    checkResourceAmount(name, overhead?.podFixed?.[name] ?? '0', at, errors);
  }
  if (scheduling === undefined) return errors;
  checkLabels(scheduling.nodeSelector, 'scheduling.nodeSelector', errors);
  const tolerations = scheduling.tolerations ?? [];
  const path = 'scheduling.tolerations';
  checkTolerations(tolerations, path, errors);
  tolerations.forEach((toleration, i) => {
    if (tolerations.slice(0, i).some((other) => equal(other, toleration))) {
      errors.push(duplicate(index(path, i), toleration));
    }
  });
  return errors;
}

export const runtimeClassKind = defineKind<RuntimeClass>({
  group: 'node.k8s.io', version: 'v1', kind: 'RuntimeClass', listKind: 'RuntimeClassList',
  plural: 'runtimeclasses', singular: 'runtimeclass', namespaced: false, schema: 'RuntimeClass',
  validate,
  validateUpdate: ({ handler }, old) => (handler === old.handler ? [] : [immutable('handler', handler ?? '')]),
  nameRule: 'dnsSubdomain',
  hasGeneration: false,
  columns: [
    nameColumn,
    {
      name: 'Handler', type: 'string', description: "The name of the container runtime's configuration.",
      cell: ({ handler }) => handler,
    },
    ageColumn,
  ],
});
