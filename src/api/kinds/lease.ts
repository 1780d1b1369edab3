/** Lease: a claim that is renewed. Models pkg/apis/coordination and pkg/registry/coordination/lease. */
import { forbidden, invalid } from '../field-errors';
import type { FieldError } from '../field-errors';
import { defineKind } from '../kind';
import type { Lease } from '../types';
import { ageColumn, nameColumn } from './columns';
import { checkNonnegative } from './field-checks';
import type { FieldErrors } from './field-checks';

function validate({ spec }: Lease): readonly FieldError[] {
  const errors: FieldErrors = [];
  const seconds = spec?.leaseDurationSeconds;
  if (seconds !== undefined && seconds <= 0) {
    errors.push(invalid('spec.leaseDurationSeconds', seconds, 'must be greater than 0'));
  }
  checkNonnegative(spec?.leaseTransitions, 'spec.leaseTransitions', errors);
  if (spec?.preferredHolder && !spec.strategy) {
    errors.push(forbidden('spec.preferredHolder', 'may only be specified if `strategy` is defined'));
  }
  return errors;
}

export const leaseKind = defineKind<Lease>({
  group: 'coordination.k8s.io', version: 'v1', kind: 'Lease', listKind: 'LeaseList',
  plural: 'leases', singular: 'lease', namespaced: true, schema: 'Lease',
  validate,
  validateUpdate: (lease, old) => (lease.spec === old.spec ? [] : validate(lease)),
  nameRule: 'dnsSubdomain',
  hasGeneration: false,
  createOnUpdate: true,
  resourceVersionRequired: true,
  columns: [
    nameColumn,
    {
      name: 'Holder', type: 'string', description: 'Who holds the lease.',
      cell: ({ spec }) => spec?.holderIdentity ?? '',
    },
    ageColumn,
  ],
});
