/**
 * The pods of one Service as endpoints, kept up to date one pod at a time: a thousand pods that become ready one after
 * another must not be counted a thousand times. Also notes when the changes began that the next sync will write (models
 * staging/src/k8s.io/endpointslice/util/trigger_time_tracker.go).
 */
import { objectKey } from '../../api/object';
import { matchesLabels, type Selector, selectorFromLabels } from '../../api/selectors';
import type { Node, Pod, Service } from '../../api/types';
import { podCondition } from '../pods/pod-state';
import { type AddressType, addressTypes, canBeEndpoint, endpointOf, portsOf } from './endpoints';
import { PortGroup, portsKey } from './slices';

type Groups = Map<string, PortGroup>;

export class ServiceEndpoints {
  readonly types: readonly AddressType[];
  private readonly selector: Selector;
  private readonly groups = new Map<AddressType, Groups>();
  /** The pods that the Service selects, each with the groups in which it is an endpoint. */
  private readonly members = new Map<string, readonly PortGroup[]>();
  private readonly readyTimes = new Map<string, string>();
  private firstChange: string | undefined;

  /** `before` is the same Service's state with another spec: what was told of it is not told again. */
  constructor(
    readonly service: Service,
    private readonly nodeOf: (name: string) => Node | undefined,
    before?: ServiceEndpoints,
  ) {
    this.types = addressTypes(service);
    this.selector = selectorFromLabels(service.spec.selector);
    for (const type of this.types) this.groups.set(type, new Map());
    if (before) {
      this.readyTimes = before.readyTimes;
      this.firstChange = before.firstChange;
    } else {
      this.firstChange = service.metadata.creationTimestamp;
    }
  }

  selects(pod: Pod): boolean {
    return matchesLabels(this.selector, pod.metadata.labels);
  }

  has(pod: Pod): boolean {
    return this.members.has(objectKey(pod));
  }

  /** The endpoints of an address family by their ports. */
  desired(type: AddressType): ReadonlyMap<string, PortGroup> {
    return this.groups.get(type) as Groups;
  }

  /** Takes in a pod that the Service selects as it is now. */
  put(pod: Pod): void {
    this.drop(pod);
    const changed = podCondition(pod, 'Ready')?.lastTransitionTime;
    const { name } = pod.metadata;
    if (changed !== undefined && changed > (this.readyTimes.get(name) ?? '')) {
      this.readyTimes.set(name, changed);
      if (this.firstChange === undefined || changed < this.firstChange) this.firstChange = changed;
    }
    this.members.set(objectKey(pod), canBeEndpoint(pod) ? this.place(pod) : []);
  }

  remove(pod: Pod): void {
    this.drop(pod);
    this.readyTimes.delete(pod.metadata.name);
    this.members.delete(objectKey(pod));
  }

  /** When the first change began since the last call; undefined when nothing has changed that has a time. */
  takeFirstChange(): string | undefined {
    const first = this.firstChange;
    this.firstChange = undefined;
    return first;
  }

  private drop(pod: Pod): void {
    for (const group of this.members.get(objectKey(pod)) ?? []) {
      group.wanted.delete(pod.metadata.uid);
      if (group.wanted.size > 0) continue;
      for (const groups of this.groups.values()) {
        for (const [key, candidate] of groups) if (candidate === group) groups.delete(key);
      }
    }
  }

  private place(pod: Pod): PortGroup[] {
    const placed: PortGroup[] = [];
    const { nodeName } = pod.spec;
    const node = nodeName ? this.nodeOf(nodeName) : undefined;
    // A pod on a node that is not known yet is taken in when the node comes.
    if (nodeName && !node && !this.service.spec.publishNotReadyAddresses) return placed;
    for (const [type, groups] of this.groups) {
      const endpoint = endpointOf(pod, this.service, node, type);
      if (!endpoint) continue;
      const ports = portsOf(pod, this.service);
      const key = portsKey(ports);
      let group = groups.get(key);
      if (!group) {
        group = new PortGroup(ports);
        groups.set(key, group);
      }
      group.put(pod.metadata.uid, endpoint);
      placed.push(group);
    }
    return placed;
  }
}
