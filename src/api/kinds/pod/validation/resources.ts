/**
 * Requests and limits of containers and of the pod as a whole. Models validateResourceRequirements and its neighbours
 * in pkg/apis/core/validation, and the resource names of pkg/apis/core/helper.
 */
import { sortedKeys } from '../../../../base/freeze';
import {
  child, duplicate, forbidden, index, invalid, key, notFound, notSupported, required,
} from '../../../field-errors';
import { qualifiedNameProblems } from '../../../names';
import { compareQuantities, formatQuantity, quantity, quantityValue } from '../../../quantity';
import type { ResourceClaim, ResourceRequirements } from '../../../types';
import { checkDnsLabel, checkProblems, negativeMessage } from '../../field-checks';
import type { FieldErrors } from '../../field-checks';
import { aggregate, isPodLevelResource } from '../resource-defaults';
import type { PodChecks } from './checks';

/** What is counted per namespace. */
export const quotaResources: readonly string[] = [
  'configmaps', 'persistentvolumeclaims', 'pods', 'replicationcontrollers', 'resourcequotas', 'secrets', 'services',
  'services.loadbalancers', 'services.nodeports',
];
const integerResources = new Set(quotaResources);
const standardResources = new Set([
  'cpu', 'memory', 'ephemeral-storage', 'storage', 'requests.cpu', 'requests.memory', 'requests.storage',
  'requests.ephemeral-storage', 'limits.cpu', 'limits.memory', 'limits.ephemeral-storage', ...quotaResources,
]);
const containerResources = new Set(['cpu', 'memory', 'ephemeral-storage']);
/** An amount of the usual form, which is certainly not negative and a whole number where it has no point or `m`. */
const plainAmount = /^\d+(?:\.\d+)?(?:[numkMGTPE]|[KMGTPE]i)?$/;

/** A whole number of up to 15 digits, which a number holds exactly, and its suffix. */
const wholeAmount = /^(\d{1,15})([numkMGTPE]?|[KMGTPE]i)$/;

/** Whether a resource is huge pages of some size: IsHugePageResourceName. */
export function isHugePages(name: string): boolean {
  return name.startsWith('hugepages-');
}

/** Whether a resource belongs to Kubernetes itself: IsNativeResource. */
function isNative(name: string): boolean {
  return !name.includes('/') || name.includes('kubernetes.io/');
}

function isExtended(name: string): boolean {
  if (isNative(name) || name.startsWith('requests.')) return false;
  return qualifiedNameProblems(`requests.${name}`).length === 0;
}

/** Whether limits of a resource may exceed its requests: IsOvercommitAllowed. */
export function isOvercommitAllowed(name: string): boolean {
  return isNative(name) && !isHugePages(name);
}

/** A resource name of any kind: validateResourceName. Returns whether it is valid. */
export function checkResourceName(name: string, path: string, errors: FieldErrors): boolean {
  const problems = qualifiedNameProblems(name);
  checkProblems(problems, name, path, errors);
  if (problems.length > 0) return false;
  const isKnown = name.includes('/') || standardResources.has(name) || isHugePages(name)
    || name.startsWith('requests.hugepages-');
  if (!isKnown) errors.push(invalid(path, name, 'must be a standard resource type or fully qualified'));
  return isKnown;
}

/** A name of a resource that containers can ask for: validateContainerResourceName. */
export function checkContainerResourceName(name: string, path: string, errors: FieldErrors): void {
  if (containerResources.has(name)) return;
  checkResourceName(name, path, errors);
  if (!name.includes('/')) {
    if (!isHugePages(name)) errors.push(invalid(path, name, 'must be a standard resource for containers'));
  } else if (!isNative(name) && !isExtended(name)) {
    errors.push(invalid(path, name, "doesn't follow extended resource name standard"));
  }
}

function checkPodResourceName(name: string, path: string, errors: FieldErrors): void {
  if (!checkResourceName(name, path, errors) || isPodLevelResource(name)) return;
  errors.push(notSupported(path, name, ['cpu', 'hugepages-', 'memory']));
}

/** An amount that is not negative, and whole for what is counted: ValidateResourceQuantityValue. */
export function checkResourceAmount(name: string, text: string, path: string, errors: FieldErrors): void {
  const isCounted = integerResources.has(name) || (name.includes('/') && isExtended(name));
  if (!isCounted && plainAmount.test(text)) return;
  const amount = quantity(text);
  if (amount.nanos < 0n) errors.push(invalid(path, text, negativeMessage));
  if (isCounted && amount.nanos % 1_000_000_000n !== 0n) errors.push(invalid(path, text, 'must be an integer'));
}

function checkHugePages(name: string, text: string, path: string, errors: FieldErrors): void {
  const size = quantityValue(name.slice('hugepages-'.length));
  if (size > 0 && quantityValue(text) % size === 0) return;
  errors.push(invalid(path, text, `${text} is not positive integer multiple of ${name}`));
}

/** Everything about requests and limits of one container, or of the pod when `isPod`: validateResourceRequirements. */
export function checkResources(
  requirements: ResourceRequirements | undefined, path: string, checks: PodChecks, isPod = false,
): void {
  if (requirements === undefined) return;
  const { limits = {}, requests = {}, claims } = requirements;
  const { errors } = checks;
  const checkName = isPod ? checkPodResourceName : checkContainerResourceName;
  const limitsPath = child(path, 'limits');
  const requestsPath = child(path, 'requests');
  for (const name of sortedKeys(limits)) {
    checkAmount(name, limits[name] ?? '0', key(limitsPath, name));
  }
  for (const name of sortedKeys(requests)) {
    const request = requests[name] ?? '0';
    checkAmount(name, request, key(requestsPath, name));
    checkRequestAgainstLimit(name, request, Object.hasOwn(limits, name) ? limits[name] : undefined, path, errors);
  }
  const names = [...Object.keys(limits), ...Object.keys(requests)];
  if (names.some(isHugePages) && !names.includes('cpu') && !names.includes('memory')) {
    errors.push(forbidden(path, 'HugePages require cpu or memory'));
  }
  if (claims !== undefined && !isPod) checkClaims(claims, child(path, 'claims'), checks);

  function checkAmount(name: string, text: string, amountPath: string): void {
    checkName(name, amountPath, errors);
    checkResourceAmount(name, text, amountPath, errors);
    if (isHugePages(name)) checkHugePages(name, text, amountPath, errors);
  }
}

/** Compares amounts; those of the same suffix, the usual case, without reading them in full. */
function compareAmounts(a: string, b: string): number {
  const [left, right] = [wholeAmount.exec(a), wholeAmount.exec(b)];
  if (left !== null && right !== null && left[2] === right[2]) return Number(left[1]) - Number(right[1]);
  return compareQuantities(quantity(a), quantity(b));
}

function checkRequestAgainstLimit(
  name: string, request: string, limit: string | undefined, path: string, errors: FieldErrors,
): void {
  if (limit === undefined) {
    if (isOvercommitAllowed(name)) return;
    errors.push(required(child(path, 'limits'), 'Limit must be set for non overcommitable resources'));
    return;
  }
  if (limit === request) return;
  const compared = compareAmounts(request, limit);
  const requestsPath = child(path, 'requests');
  if (compared !== 0 && !isOvercommitAllowed(name)) {
    errors.push(invalid(requestsPath, request, `must be equal to ${name} limit of ${limit}`));
  } else if (compared > 0) {
    errors.push(invalid(requestsPath, request, `must be less than or equal to ${name} limit of ${limit}`));
  }
}

function checkClaims(claims: readonly ResourceClaim[], path: string, { errors, claimNames }: PodChecks): void {
  const seen = new Set<string>();
  claims.forEach(({ name, request }, i) => {
    const at = index(path, i);
    if (!name) {
      errors.push(required(at));
      return;
    }
    const full = request ? `${name}/${request}` : name;
    if (request) checkDnsLabel(request, child(at, 'request'), errors);
    const overlaps = seen.has(name) || seen.has(full) || (!request && [...seen].some((s) => s.startsWith(`${name}/`)));
    if (overlaps) errors.push(duplicate(at, seen.has(name) ? name : full));
    seen.add(full);
    if (!claimNames.has(name)) {
      const known = claimNames.size === 0 ? ' which is empty' : `: ${[...claimNames].sort().join(', ')}`;
      const error = notFound(at, name);
      errors.push({ ...error, body: `${error.body}: must be one of the names in pod.spec.resourceClaims${known}` });
    }
  });
}

/** Resources of the pod as a whole, which must not be less than those of its containers: validatePodResources. */
export function checkPodResources(path: string, checks: PodChecks): void {
  const { spec, errors } = checks;
  const resources = spec.resources;
  if (resources === undefined) return;
  if (resources.claims !== undefined) {
    errors.push(forbidden(child(path, 'claims'), 'claims cannot be set for Resources at pod-level'));
  }
  checkResources(resources, path, checks, true);
  for (const [name, sum] of aggregate(spec, 'requests')) {
    const own = resources.requests?.[name] ?? '0';
    if (compareQuantities(sum, quantity(own)) <= 0) continue;
    const detail = `must be greater than or equal to aggregate container requests of ${formatQuantity(sum)}`;
    errors.push(invalid(key(child(path, 'requests'), name), own, detail));
  }
  spec.containers.forEach((container, i) => {
    const limits = container.resources?.limits;
    for (const name of sortedKeys(limits)) {
      const limit = limits?.[name] ?? '0';
      const own = resources.limits?.[name];
      if (own === undefined || compareQuantities(quantity(limit), quantity(own)) <= 0) continue;
      const at = child(key(index(child(path, 'containers'), i), name), 'limits');
      errors.push(invalid(at, limit, `must be less than or equal to pod limits of ${own}`));
    }
  });
}
