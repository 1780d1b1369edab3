/**
 * What a pod requests and may use in all: its containers, the init containers beside them or before them, resources set
 * for the pod as a whole, and overhead. Models PodRequests and PodLimits of component-helpers/resource.
 */
import { isPodLevelResource, isSidecar, type ResourceList } from '../../../api/kinds/pod/resource-defaults';
import { addQuantities, compareQuantities, quantity, type Quantity } from '../../../api/quantity';
import type { Container, ContainerStatus, Pod } from '../../../api/types';
import { sortedKeys } from '../../../base/freeze';

/** Amounts by resource name. */
export type Amounts = ReadonlyMap<string, Quantity>;

type Pick = (container: Container, status: ContainerStatus | undefined) => ResourceList | undefined;

/** Requests; `withStatus` takes in what the node has given, which differs while a pod is resized. */
export function podRequests(pod: Pod, withStatus: boolean): Amounts {
  const wanted: Pick = ({ resources }) => resources?.requests;
  const allocated: Pick = (container, status) => (
    status?.allocatedResources ?? unlessInfeasible(pod, wanted(container, status)));
  const actual: Pick = (container, status) => status?.resources?.requests ?? allocated(container, status);
  const sums = withStatus
    ? greatest([unlessInfeasible(pod, wanted), actual, allocated].map((pick) => overContainers(pod, pick)))
    : overContainers(pod, wanted);
  setPodLevel(sums, pod.spec.resources?.requests);
  addTo(sums, listed(pod.spec.overhead));
  return sums;
}

/** Limits; overhead raises only a limit that there is. */
export function podLimits(pod: Pod, withStatus: boolean): Amounts {
  const wanted: Pick = ({ resources }) => resources?.limits;
  const actual: Pick = (container, status) => (
    status?.resources?.limits ?? unlessInfeasible(pod, wanted(container, status)));
  const sums = withStatus
    ? greatest([unlessInfeasible(pod, wanted), actual].map((pick) => overContainers(pod, pick)))
    : overContainers(pod, wanted);
  setPodLevel(sums, pod.spec.resources?.limits);
  const overhead = [...listed(pod.spec.overhead)].filter(([name]) => (sums.get(name)?.nanos ?? 0n) !== 0n);
  addTo(sums, new Map(overhead));
  return sums;
}

/** A resize that the node can never carry out counts for nothing. */
function unlessInfeasible<T>(pod: Pod, value: T): T | undefined {
  const resize = pod.status?.conditions?.find(({ type }) => type === 'PodResizePending');
  return resize?.reason === 'Infeasible' ? undefined : value;
}

/** The most that the pod needs at any moment, with sidecars running from their start on. */
function overContainers(pod: Pod, pick: Pick | undefined): Map<string, Quantity> {
  const sums = new Map<string, Quantity>();
  if (pick === undefined) return sums;
  const { containerStatuses = [], initContainerStatuses = [] } = pod.status ?? {};
  const statuses = [...containerStatuses, ...initContainerStatuses];
  const of = (container: Container): Amounts => (
    listed(pick(container, statuses.find(({ name }) => name === container.name))));
  for (const container of pod.spec.containers) addTo(sums, of(container));
  const sidecars = new Map<string, Quantity>();
  const starting = new Map<string, Quantity>();
  for (const container of pod.spec.initContainers ?? []) {
    const amounts = of(container);
    if (isSidecar(container)) {
      addTo(sums, amounts);
      addTo(sidecars, amounts);
      raiseTo(starting, sidecars);
    } else {
      const together = new Map(amounts);
      addTo(together, sidecars);
      raiseTo(starting, together);
    }
  }
  raiseTo(sums, starting);
  return sums;
}

function setPodLevel(sums: Map<string, Quantity>, list: ResourceList | undefined): void {
  for (const [name, amount] of listed(list)) if (isPodLevelResource(name)) sums.set(name, amount);
}

function listed(list: ResourceList | undefined): Amounts {
  return new Map(sortedKeys(list).map((name) => [name, quantity(list?.[name] ?? '0')]));
}

/** Adds amounts to sums. */
export function addTo(sums: Map<string, Quantity>, amounts: Amounts): void {
  for (const [name, amount] of amounts) {
    const sum = sums.get(name);
    sums.set(name, sum === undefined ? amount : addQuantities(sum, amount));
  }
}

function raiseTo(sums: Map<string, Quantity>, amounts: Amounts): void {
  for (const [name, amount] of amounts) {
    const sum = sums.get(name);
    if (sum === undefined || compareQuantities(amount, sum) > 0) sums.set(name, amount);
  }
}

function greatest(all: readonly Amounts[]): Map<string, Quantity> {
  const sums = new Map<string, Quantity>();
  for (const amounts of all) raiseTo(sums, amounts);
  return sums;
}
