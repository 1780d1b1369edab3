/** Node: a machine that runs pods. Models pkg/apis/core and pkg/registry/core/node. */
import { equal, sortedKeys, withKey } from '../../../base/freeze';
import { child, duplicate, forbidden, index, invalid } from '../../field-errors';
import type { FieldError } from '../../field-errors';
import { defineKind } from '../../kind';
import type { Node, NodeSpec } from '../../types';
import { eachItem } from '../field-checks';
import type { FieldErrors } from '../field-checks';
import { checkCidr, isIpv6 } from '../ip-address';
import { checkResourceAmount } from '../pod/validation/resources';
import { checkTaints } from '../pod/validation/scheduling';
import { nodeColumns } from './columns';

const noSpec: NodeSpec = Object.freeze({});

/** Allocatable resources are the capacity unless said otherwise; the singular and plural CIDR fields agree. */
function defaults(node: Node): Node {
  let spec = node.spec ?? noSpec;
  if (spec.podCIDR && !spec.podCIDRs?.length) spec = withKey(spec, 'podCIDRs', [spec.podCIDR]);
  else if (!spec.podCIDR && spec.podCIDRs?.length) spec = withKey(spec, 'podCIDR', spec.podCIDRs[0]);
  const filled = withKey(node, 'spec', spec);
  const { capacity, allocatable } = filled.status ?? {};
  if (capacity === undefined || allocatable !== undefined) return filled;
  return { ...filled, status: { ...filled.status, allocatable: capacity } };
}

function validate(node: Node): readonly FieldError[] {
  const errors: FieldErrors = [];
  const spec = node.spec ?? noSpec;
  checkTaints(spec.taints, 'metadata.taints', errors);
  checkAmounts(node, errors);
  const cidrs = spec.podCIDRs ?? [];
  eachItem(cidrs, 'spec.podCIDRs', (cidr, at) => checkCidr(cidr, at, errors));
  if (cidrs.length < 2) return errors;
  const six = cidrs.filter((cidr) => isIpv6(cidr.split('/')[0] ?? '')).length;
  if (cidrs.length > 2 || six !== 1) {
    errors.push(invalid('spec.podCIDRs', cidrs, 'may specify no more than one CIDR for each IP family'));
  }
  cidrs.forEach((cidr, i) => {
    if (cidrs.indexOf(cidr) < i) errors.push(duplicate(index('spec.podCIDRs', i), cidr));
  });
  return errors;
}

function checkAmounts({ status }: Node, errors: FieldErrors): void {
  for (const field of ['capacity', 'allocatable'] as const) {
    const list = status?.[field];
    for (const name of sortedKeys(list)) {
      checkResourceAmount(name, list?.[name] ?? '0', child('status', field, name), errors);
    }
  }
}

function validateUpdate(node: Node, old: Node): readonly FieldError[] {
  const errors: FieldErrors = [];
  const [spec, before] = [node.spec ?? noSpec, old.spec ?? noSpec];
  if (node.status !== old.status) checkStatus(node, errors);
  if (before.podCIDRs?.length && !equal(spec.podCIDRs, before.podCIDRs)) {
    errors.push(forbidden('spec.podCIDRs', 'node updates may not change podCIDR except from "" to valid'));
  }
  if (before.providerID && spec.providerID !== before.providerID) {
    errors.push(forbidden('spec.providerID', 'node updates may not change providerID except from "" to valid'));
  }
  checkTaints(spec.taints, 'metadata.taints', errors);
  if (spec.externalID !== before.externalID) errors.push(forbidden('spec.externalID', 'may not be updated'));
  return errors;
}

function checkStatus(node: Node, errors: FieldErrors): void {
  checkAmounts(node, errors);
  const addresses = node.status?.addresses ?? [];
  addresses.forEach((address, i) => {
    const isRepeated = addresses.slice(0, i).some((other) => equal(other, address));
    if (isRepeated) errors.push(duplicate(index('status.addresses', i), address));
  });
}

export const nodeKind = defineKind<Node>({
  group: '', version: 'v1', kind: 'Node', listKind: 'NodeList',
  plural: 'nodes', singular: 'node', shortNames: ['no'], namespaced: false, schema: 'Node',
  subresources: ['proxy', 'status'],
  defaults,
  validate,
  validateUpdate,
  validateStatusUpdate: validateUpdate,
  nameRule: 'dnsSubdomain',
  hasGeneration: false,
  // A kubelet registers its node with the status that it has already found out.
  initialStatus: ({ status }) => status ?? {},
  selectableFields: ({ spec }) => ({ 'spec.unschedulable': String(spec?.unschedulable ?? false) }),
  columns: nodeColumns,
});
