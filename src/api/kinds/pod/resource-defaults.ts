/**
 * Requests and limits: rounding of amounts finer than a thousandth, sums over the containers of a pod, and the defaults
 * of resources that are set for the pod as a whole. Models SetDefaults_ResourceList, defaultPodRequests and
 * defaultPodLimits of pkg/apis/core/v1, and AggregateContainerRequests of component-helpers/resource.
 */
import { sortedKeys, withKey } from '../../../base/freeze';
import { addQuantities, compareQuantities, formatQuantity, quantity } from '../../quantity';
import type { Quantity } from '../../quantity';
import type { Container, PodSpec, ResourceRequirements } from '../../types';

/** Amounts by resource name, as objects hold them. */
export type ResourceList = Readonly<Record<string, string>>;

const nanosPerMilli = 1_000_000n;
/** Only an amount with one of these characters can be finer than a thousandth. */
const maybeFine = /[.nue]/;

/** Requirements with every amount rounded up to a thousandth; the same object when none needs it. */
export function roundedRequirements(requirements: ResourceRequirements): ResourceRequirements {
  const limits = withKey(requirements, 'limits', rounded(requirements.limits));
  return withKey(limits, 'requests', rounded(requirements.requests));
}

function rounded(list: ResourceList | undefined): ResourceList | undefined {
  if (list === undefined) return undefined;
  let result = list;
  for (const name in list) {
    const text = list[name];
    if (text === undefined || !maybeFine.test(text)) continue;
    const amount = quantity(text);
    const rest = amount.nanos % nanosPerMilli;
    if (rest === 0n) continue;
    const nanos = amount.nanos - rest + (amount.nanos > 0n ? nanosPerMilli : 0n);
    result = { ...result, [name]: formatQuantity({ nanos, format: amount.format }) };
  }
  return result;
}

/** Whether an init container keeps running beside the main containers. */
export function isSidecar(container: Container | undefined): boolean {
  return container?.restartPolicy === 'Always';
}

/** Whether a resource may be set for the pod as a whole: IsSupportedPodLevelResource. */
export function isPodLevelResource(name: string): boolean {
  return name === 'cpu' || name === 'memory' || name.startsWith('hugepages-');
}

type Sums = Map<string, Quantity>;

function addTo(sums: Sums, list: ResourceList | undefined): void {
  for (const name of sortedKeys(list)) {
    const amount = quantity(list?.[name] ?? '0');
    const sum = sums.get(name);
    sums.set(name, sum === undefined ? amount : addQuantities(sum, amount));
  }
}

function raiseTo(sums: Sums, other: Sums): void {
  for (const [name, amount] of other) {
    const sum = sums.get(name);
    if (sum === undefined || compareQuantities(amount, sum) > 0) sums.set(name, amount);
  }
}

/**
 * What the containers of a pod need together at any time: the sum of main containers and sidecars, or more when an
 * init container beside the sidecars before it needs more.
 */
export function aggregate(
  spec: PodSpec, field: 'requests' | 'limits', isCounted: (name: string) => boolean = () => true,
): ReadonlyMap<string, Quantity> {
  const total: Sums = new Map();
  const sidecars: Sums = new Map();
  const peak: Sums = new Map();
  for (const container of spec.containers) addTo(total, container.resources?.[field]);
  for (const container of spec.initContainers ?? []) {
    const list = container.resources?.[field];
    if (isSidecar(container)) {
      addTo(total, list);
      addTo(sidecars, list);
      raiseTo(peak, sidecars);
    } else {
      const during: Sums = new Map(sidecars);
      addTo(during, list);
      raiseTo(peak, during);
    }
  }
  raiseTo(total, peak);
  return new Map([...total].filter(([name]) => isCounted(name)));
}

/** Fills in resources of the pod as a whole, when the user has begun to set them. */
export function podResourceDefaults(spec: PodSpec): PodSpec {
  const resources = spec.resources;
  if (resources === undefined) return spec;
  const { limits = {}, requests = {} } = resources;
  if (Object.keys(limits).length === 0 && Object.keys(requests).length === 0) return spec;
  const hugePages = aggregate(spec, 'limits',
    (name) => name.startsWith('hugepages-') && !Object.hasOwn(requests, name));
  let newLimits: ResourceList = filledFrom(limits, hugePages);
  let newRequests: ResourceList = requests;
  if (Object.keys(newLimits).length > 0) {
    const containers = aggregate(spec, 'requests', (name) => name === 'cpu' || name === 'memory');
    newRequests = filledFrom(requests, containers);
    for (const name of sortedKeys(newLimits)) {
      if (isPodLevelResource(name) && !Object.hasOwn(newRequests, name)) {
        newRequests = { ...newRequests, [name]: newLimits[name] ?? '0' };
      }
    }
  } else {
    newLimits = filledFrom(newLimits, limitsOfAllContainers(spec));
  }
  const changed = withKey(resources, 'limits', Object.keys(newLimits).length === 0 ? resources.limits : newLimits);
  return withKey(spec, 'resources',
    withKey(changed, 'requests', Object.keys(newRequests).length === 0 ? resources.requests : newRequests));
}

/** Limits of CPU and memory that every container has, so that the pod's limit can be their sum. */
function limitsOfAllContainers(spec: PodSpec): ReadonlyMap<string, Quantity> {
  const containers = [...spec.containers, ...(spec.initContainers ?? [])];
  const isEverywhere = (name: string): boolean =>
    containers.every((container) => container.resources?.limits?.[name] !== undefined);
  return aggregate(spec, 'limits', (name) => (name === 'cpu' || name === 'memory') && isEverywhere(name));
}

function filledFrom(list: ResourceList, amounts: ReadonlyMap<string, Quantity>): ResourceList {
  let result = list;
  for (const [name, amount] of amounts) {
    if (!Object.hasOwn(result, name)) result = { ...result, [name]: formatQuantity(amount) };
  }
  return result;
}
