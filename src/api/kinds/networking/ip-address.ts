/**
 * IPAddress: that a service address is in use, and by whom. Models pkg/apis/networking and
 * pkg/registry/networking/ipaddress. The name is the address in its canonical form.
 */
import { equal } from '../../../base/freeze';
import { child, immutable, required } from '../../field-errors';
import type { FieldError } from '../../field-errors';
import { defineKind } from '../../kind';
import { pathSegmentProblems } from '../../names';
import type { IPAddress, ParentReference } from '../../types';
import { nameColumn } from '../columns';
import { checkProblems, checkSubdomain } from '../field-checks';
import type { FieldErrors } from '../field-checks';
import { checkIp } from '../ip-address';
import { checkRequiredSegment } from '../qualified-paths';

function validate({ metadata, spec }: IPAddress): readonly FieldError[] {
  const errors: FieldErrors = [];
  checkIp(metadata.name, 'metadata.name', errors);
  const path = 'spec.parentRef';
  const parent: ParentReference | undefined = spec.parentRef;
  if (parent === undefined) {
    errors.push(required(path));
    return errors;
  }
  if (parent.group) checkSubdomain(parent.group, child(path, 'group'), errors);
  checkRequiredSegment(parent.resource, child(path, 'resource'), errors);
  checkRequiredSegment(parent.name, child(path, 'name'), errors);
  const { namespace } = parent;
  if (namespace) checkProblems(pathSegmentProblems(namespace), namespace, child(path, 'namespace'), errors);
  return errors;
}

function parentText(parent: ParentReference | undefined): string {
  if (parent === undefined) return '<none>';
  const { group, resource, namespace, name } = parent;
  const what = (group ? `${resource}.${group}` : resource).toLowerCase();
  return [what, ...(namespace ? [namespace] : []), name].join('/');
}

export const ipAddressKind = defineKind<IPAddress>({
  group: 'networking.k8s.io', version: 'v1', kind: 'IPAddress', listKind: 'IPAddressList',
  plural: 'ipaddresses', singular: 'ipaddress', shortNames: ['ip'], namespaced: false, schema: 'IPAddress',
  validate,
  validateUpdate: ({ spec }, old) => (
    equal(spec.parentRef, old.spec.parentRef) ? [] : [immutable('spec.parentRef', spec.parentRef ?? null)]),
  // The rule proper is that of an IP address, which validate checks.
  nameRule: 'pathSegment',
  hasGeneration: false,
  selectableFields: ({ spec }) => ({
    'spec.parentRef.group': spec.parentRef?.group ?? '',
    'spec.parentRef.resource': spec.parentRef?.resource ?? '',
    'spec.parentRef.namespace': spec.parentRef?.namespace ?? '',
    'spec.parentRef.name': spec.parentRef?.name ?? '',
  }),
  columns: [
    nameColumn,
    {
      name: 'ParentRef', type: 'string', description: 'The object that has the address.',
      cell: ({ spec }) => parentText(spec.parentRef),
    },
  ],
});
