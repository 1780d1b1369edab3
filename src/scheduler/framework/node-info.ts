/** A node with the pods on it and their sums, kept up to date by the cache. Models framework NodeInfo. */
import type { Node } from '../../api/types';
import { quantityValue } from '../../api/quantity';
import { assert } from '../../base/assert';
import type { PodInfo } from './pod-info';
import { addResources, noResources, type Resources, resourcesOf } from './resources';

export class NodeInfo {
  readonly pods = new Map<string, PodInfo>();
  /** Those of them that have affinity or anti-affinity to pods. */
  readonly podsWithAffinity = new Map<string, PodInfo>();
  readonly requested: Resources = noResources();
  readonly scoreRequested: Resources = noResources();
  allocatable: Resources = noResources();
  allowedPods = 0;
  /** Image names on the node with their sizes in bytes. */
  images: ReadonlyMap<string, number> = new Map();
  private nodeObject: Node | undefined;

  constructor(readonly name: string) {}

  /** The Node object; asserts that it has been seen (pods may arrive before their node). */
  get node(): Node {
    assert(this.nodeObject, `node ${this.name} is known`);
    return this.nodeObject;
  }

  get hasNode(): boolean {
    return this.nodeObject !== undefined;
  }

  get labels(): Readonly<Record<string, string>> {
    return this.node.metadata.labels ?? {};
  }

  setNode(node: Node | undefined): void {
    const before = this.nodeObject;
    this.nodeObject = node;
    if (!node) return;
    if (before?.status.allocatable !== node.status.allocatable) {
      this.allocatable = resourcesOf(node.status.allocatable);
      this.allowedPods = quantityValue(node.status.allocatable?.['pods'] ?? '0');
    }
    if (before?.status.images !== node.status.images) {
      const images = new Map<string, number>();
      for (const image of node.status.images ?? []) {
        for (const name of image.names ?? []) images.set(name, image.sizeBytes ?? 0);
      }
      this.images = images;
    }
  }

  addPod(pod: PodInfo): void {
    assert(!this.pods.has(pod.uid), `pod ${pod.key} is on ${this.name} already`);
    this.pods.set(pod.uid, pod);
    const { podAffinity, podAntiAffinity } = pod.pod.spec.affinity ?? {};
    if (podAffinity || podAntiAffinity) this.podsWithAffinity.set(pod.uid, pod);
    addResources(this.requested, pod.requests);
    addResources(this.scoreRequested, pod.scoreRequests);
  }

  removePod(uid: string): void {
    const pod = this.pods.get(uid);
    if (!pod) return;
    this.pods.delete(uid);
    this.podsWithAffinity.delete(uid);
    addResources(this.requested, pod.requests, -1);
    addResources(this.scoreRequested, pod.scoreRequests, -1);
  }

  /** A copy whose pods can be taken away in a trial. */
  clone(): NodeInfo {
    const copy = new NodeInfo(this.name);
    copy.nodeObject = this.nodeObject;
    copy.allocatable = this.allocatable;
    copy.allowedPods = this.allowedPods;
    copy.images = this.images;
    for (const pod of this.pods.values()) copy.addPod(pod);
    return copy;
  }
}
