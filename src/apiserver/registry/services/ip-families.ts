/**
 * Which IP families a Service gets, from what its author wrote and from what the cluster has. Models initIPFamilyFields
 * and normalizeClusterIPs of pkg/registry/core/service/storage. Loose validation of the same fields is the kind's.
 */
import { type FieldError, index, invalid } from '../../../api/field-errors';
import { parseIp } from '../../../api/kinds/ip-address';
import type { Service, ServiceSpec } from '../../../api/types';
import { equal } from '../../../base/freeze';
import type { IpFamily } from './ip-range';

/** The value of clusterIP of a headless Service. */
export const headless = 'None';

const policyField = 'spec.ipFamilyPolicy';

export function familyOf(address: string): IpFamily {
  return parseIp(address)?.length === 16 ? 'IPv6' : 'IPv4';
}

/** Keeps clusterIP and clusterIPs in step: old clients know only the first of them. */
export function normalizeClusterIps(service: Service, old: Service | undefined): Service {
  const { clusterIP = '', clusterIPs = [] } = service.spec as ServiceSpec;
  if (old === undefined) {
    return clusterIP !== '' && clusterIPs.length === 0 ? withSpec(service, { clusterIPs: [clusterIP] }) : service;
  }
  const { clusterIP: oldIp = '', clusterIPs: oldIps = [] } = old.spec as ServiceSpec;
  if (clusterIP !== oldIp && equal(clusterIPs, oldIps)) {
    return withSpec(service, { clusterIPs: clusterIP === '' ? undefined : [clusterIP] });
  }
  if (clusterIP === oldIp && !equal(clusterIPs, oldIps) && clusterIPs.length > 0 && clusterIP === '') {
    return withSpec(service, { clusterIP: clusterIPs[0] });
  }
  return service;
}

/** The service with policy and families filled in, or what is wrong with them. */
export function initIpFamilies(
  service: Service, old: Service | undefined, configured: readonly IpFamily[],
): Service | readonly FieldError[] {
  const given = service.spec as ServiceSpec;
  const before = old?.spec;
  if (given.type === 'ExternalName') return service;
  const isHeadless = given.clusterIP === headless;
  const selectorless = Object.keys(given.selector ?? {}).length === 0;
  const policy = given.ipFamilyPolicy ?? before?.ipFamilyPolicy
    ?? (isHeadless && selectorless ? 'RequireDualStack' : 'SingleStack');
  let clusterIPs = given.clusterIPs ?? [];
  let families = given.ipFamilies ?? [];
  const errors: FieldError[] = [];
  if (before && policy === 'SingleStack') {
    if (equal(before.clusterIPs, given.clusterIPs)) clusterIPs = clusterIPs.slice(0, 1);
    if (equal(before.ipFamilies, given.ipFamilies)) families = families.slice(0, 1);
  } else if (before) {
    errors.push(...reductionErrors(given, before, policy));
  }
  if (policy === 'SingleStack') {
    const must = "must be 'RequireDualStack' or 'PreferDualStack' when multiple";
    if (clusterIPs.length === 2) errors.push(invalid(policyField, policy, `${must} cluster IPs are specified`));
    if (families.length === 2) errors.push(invalid(policyField, policy, `${must} IP families are specified`));
  }
  families = inferFamilies(clusterIPs, families, configured, errors);
  if (errors.length > 0) return errors;
  if (isHeadless && selectorless) {
    const first = families.length === 0 ? configured.slice(0, 1) : families;
    const all = first.length < 2 && policy !== 'SingleStack' ? withOther(first) : first;
    return withSpec(service, { ipFamilyPolicy: policy, ipFamilies: all });
  }
  if (policy === 'RequireDualStack' && configured.length < 2) {
    errors.push(invalid(policyField, policy, 'this cluster is not configured for dual-stack services'));
  }
  families.forEach((family, i) => {
    if (configured.includes(family as IpFamily)) return;
    errors.push(invalid(index('spec.ipFamilies', i), family, 'not configured on this cluster'));
  });
  if (errors.length > 0) return errors;
  if (families.length === 0) families = configured.slice(0, 1);
  if (policy !== 'SingleStack' && families.length === 1 && configured.length === 2) families = withOther(families);
  const ips = clusterIPs.length === 0 ? {} : { clusterIPs };
  return withSpec(service, { ipFamilyPolicy: policy, ipFamilies: families, ...ips });
}

function reductionErrors(given: ServiceSpec, before: ServiceSpec, policy: string): FieldError[] {
  const errors: FieldError[] = [];
  const reduced = (now: readonly string[] = [], then: readonly string[] = []): boolean =>
    now.length === 1 && then.length === 2 && now[0] === then[0];
  if (reduced(given.clusterIPs, before.clusterIPs)) {
    errors.push(invalid(policyField, policy, "must be 'SingleStack' to release the secondary cluster IP"));
  }
  if (reduced(given.ipFamilies, before.ipFamilies)) {
    errors.push(invalid(policyField, policy, "must be 'SingleStack' to release the secondary IP family"));
  }
  return errors;
}

function inferFamilies(
  clusterIPs: readonly string[], families: readonly string[], configured: readonly IpFamily[], errors: FieldError[],
): readonly string[] {
  const inferred = families.slice();
  for (const [i, address] of clusterIPs.entries()) {
    if (address === headless) break;
    if (i < inferred.length || parseIp(address) === undefined) continue;
    const family = familyOf(address);
    if (configured.includes(family)) inferred.push(family);
    else errors.push(invalid(index('spec.clusterIPs', i), clusterIPs, `${family} is not configured on this cluster`));
  }
  return inferred;
}

function withOther(families: readonly string[]): readonly string[] {
  return [...families, families[0] === 'IPv4' ? 'IPv6' : 'IPv4'];
}

/** A copy with fields of the spec changed; undefined removes one. */
export function withSpec(service: Service, change: Partial<ServiceSpec>): Service {
  const spec: Record<string, unknown> = { ...service.spec, ...change };
  for (const key of Object.keys(change)) if (spec[key] === undefined) delete spec[key];
  return { ...service, spec: spec as ServiceSpec };
}
