/** ServiceCIDR: a range of service addresses. Models pkg/apis/networking and pkg/registry/networking/servicecidr. */
import { immutable, index, invalid, required } from '../../field-errors';
import type { FieldError } from '../../field-errors';
import { defineKind } from '../../kind';
import type { ServiceCIDR, ServiceCIDRSpec } from '../../types';
import { ageColumn, nameColumn } from '../columns';
import { eachItem } from '../field-checks';
import type { FieldErrors } from '../field-checks';
import { checkCidr, parseIp } from '../ip-address';

const path = 'spec.cidrs';

function specErrors(spec: ServiceCIDRSpec): readonly FieldError[] {
  const cidrs = spec.cidrs ?? [];
  if (cidrs.length === 0) return [required(path, 'at least one CIDR required')];
  if (cidrs.length > 2) return [invalid(path, { CIDRs: cidrs }, 'may only hold up to 2 values')];
  const errors: FieldErrors = [];
  eachItem(cidrs, path, (cidr, at) => checkCidr(cidr, at, errors));
  const [first, second] = cidrs.map((cidr) => parseIp(cidr.split('/')[0] ?? '')?.length);
  if (cidrs.length === 2 && first !== undefined && first === second) {
    const detail = 'may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64';
    errors.push(invalid(path, cidrs, detail));
  }
  return errors;
}

function validateUpdate({ spec }: ServiceCIDR, old: ServiceCIDR): readonly FieldError[] {
  const cidrs = spec.cidrs ?? [];
  const before = old.spec.cidrs ?? [];
  const changed = (position: number): readonly FieldError[] => (
    cidrs[position] === before[position] ? [] : [immutable(index(path, position), cidrs[position])]);
  if (cidrs.length === before.length) return before.flatMap((_, i) => changed(i));
  // A single-stack range may become dual-stack.
  if (before.length === 1 && cidrs.length === 2) return [...changed(0), ...specErrors(spec)];
  return [immutable(path, spec.cidrs ?? null)];
}

export const serviceCidrKind = defineKind<ServiceCIDR>({
  group: 'networking.k8s.io', version: 'v1', kind: 'ServiceCIDR', listKind: 'ServiceCIDRList',
  plural: 'servicecidrs', singular: 'servicecidr', namespaced: false, schema: 'ServiceCIDR',
  subresources: ['status'],
  validate: ({ spec }) => specErrors(spec),
  validateUpdate,
  nameRule: 'dnsSubdomain',
  hasGeneration: false,
  columns: [
    nameColumn,
    {
      name: 'CIDRs', type: 'string', description: 'The addresses, one range for each family.',
      cell: ({ spec }) => (spec.cidrs ?? []).join(','),
    },
    ageColumn,
  ],
});
