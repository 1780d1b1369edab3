/**
 * Cluster IPs and address families of a Service, and how an update may change them. Models
 * ValidateServiceClusterIPsRelatedFields, validateUpgradeDowngradeClusterIPs and validateUpgradeDowngradeIPFamilies of
 * pkg/apis/core/validation.
 */
import { duplicate, index, invalid, notSupported, required } from '../../field-errors';
import type { ServiceSpec } from '../../types';
import type { FieldErrors } from '../field-checks';
import { checkIp, isDualStack, isIpv6 } from '../ip-address';

const ipsPath = 'spec.clusterIPs';
const familiesPath = 'spec.ipFamilies';
const policyPath = 'spec.ipFamilyPolicy';
const families = ['IPv4', 'IPv6'];
const familyPolicies = ['PreferDualStack', 'RequireDualStack', 'SingleStack'];
const onceSet = 'may not change once set';

/** Whether a Service has no address of its own. */
export function isHeadless({ clusterIPs }: ServiceSpec): boolean {
  return clusterIPs?.length === 1 && clusterIPs[0] === 'None';
}

/** The addresses and families of one Service. */
export function checkClusterIps(spec: ServiceSpec, errors: FieldErrors): void {
  if (spec.type === 'ExternalName') return;
  const { clusterIP, clusterIPs = [], ipFamilies = [], ipFamilyPolicy } = spec;
  if (clusterIP) {
    if (clusterIPs.length === 0) errors.push(required(ipsPath));
    else if (clusterIPs[0] !== clusterIP) {
      errors.push(invalid(ipsPath, clusterIPs, 'first value must match `clusterIP`'));
    }
  } else if (clusterIPs.length > 0) {
    errors.push(invalid(ipsPath, clusterIPs, 'must be empty when `clusterIP` is not specified'));
  }
  ipFamilies.forEach((family, i) => {
    if (!families.includes(family)) errors.push(notSupported(index(familiesPath, i), family, families));
    if (ipFamilies.indexOf(family) < i) errors.push(duplicate(index(familiesPath, i), family));
  });
  if (ipFamilyPolicy !== undefined && !familyPolicies.includes(ipFamilyPolicy)) {
    errors.push(notSupported(policyPath, ipFamilyPolicy, familyPolicies));
  }
  const areValid = checkAddresses(clusterIPs, errors);
  if (!areValid) return;
  if (clusterIPs.length > 1 && !isDualStack(clusterIPs)) {
    errors.push(invalid(ipsPath, clusterIPs, 'may specify no more than one IP for each IP family'));
  }
  if (!isHeadless(spec)) checkFamilies(clusterIPs, ipFamilies, errors);
}

function checkAddresses(clusterIPs: readonly string[], errors: FieldErrors): boolean {
  let areValid = true;
  clusterIPs.forEach((ip, i) => {
    if (i === 0 && ip === 'None') {
      if (clusterIPs.length === 1) return;
      areValid = false;
      errors.push(invalid(ipsPath, clusterIPs, "'None' must be the first and only value"));
      return;
    }
    if (!checkIp(ip, index(ipsPath, i), errors)) areValid = false;
  });
  if (clusterIPs.length > 2) errors.push(invalid(ipsPath, clusterIPs, 'may only hold up to 2 values'));
  return areValid;
}

function checkFamilies(clusterIPs: readonly string[], ipFamilies: readonly string[], errors: FieldErrors): void {
  clusterIPs.forEach((ip, i) => {
    const family = ipFamilies[i];
    if (family === undefined || !families.includes(family) || isIpv6(ip) === (family === 'IPv6')) return;
    errors.push(invalid(index(ipsPath, i), ip, `expected an ${family} value as indicated by \`ipFamilies[${i}]\``));
  });
}

/** What an update may do to addresses and families: add or release the second, never change the first. */
export function checkClusterIpsUpdate(spec: ServiceSpec, old: ServiceSpec, errors: FieldErrors): void {
  if (spec.type === 'ExternalName' || old.type === 'ExternalName') return;
  const [headless, wasHeadless] = [isHeadless(spec), isHeadless(old)];
  if (!(headless && wasHeadless)) checkIpsChange(spec, old, errors);
  if (!headless && !wasHeadless) checkFamiliesChange(spec, old, errors);
}

function checkIpsChange(spec: ServiceSpec, old: ServiceSpec, errors: FieldErrors): void {
  const { clusterIPs: now = [] } = spec;
  const { clusterIPs: before = [] } = old;
  if (before.length === now.length) {
    before.forEach((ip, i) => {
      if (ip !== now[i]) errors.push(invalid(index(ipsPath, i), now, onceSet));
    });
    return;
  }
  const first = index(ipsPath, 0);
  if (now.length === 0) errors.push(invalid(first, now, 'primary clusterIP can not be unset'));
  if (before.length > 0 && now.length > 0 && now[0] !== before[0]) errors.push(invalid(first, now, onceSet));
  if (before.length > now.length && now.length === 1) checkReleased(spec, 'clusterIP', errors);
}

function checkFamiliesChange(spec: ServiceSpec, old: ServiceSpec, errors: FieldErrors): void {
  const { ipFamilies: now = [] } = spec;
  const { ipFamilies: before = [] } = old;
  const first = index(familiesPath, 0);
  if (before.length === now.length) {
    before.forEach((family, i) => {
      if (family !== now[i]) errors.push(invalid(first, now, onceSet));
    });
    return;
  }
  if (before.length > now.length && !spec.clusterIPs?.length) {
    errors.push(invalid(first, now, 'primary ipFamily can not be unset'));
  }
  // Upstream shows the addresses here, not the families.
  if (before.length > 0 && now.length > 0 && now[0] !== before[0]) {
    errors.push(invalid(first, spec.clusterIPs ?? [], onceSet));
  }
  if (before.length > now.length && now.length === 1) checkReleased(spec, 'ipFamily', errors);
}

function checkReleased(spec: ServiceSpec, what: string, errors: FieldErrors): void {
  if (spec.ipFamilyPolicy === 'SingleStack') return;
  const detail = `must be set to 'SingleStack' when releasing the secondary ${what}`;
  errors.push(invalid(policyPath, spec.ipFamilyPolicy ?? 'null', detail));
}
