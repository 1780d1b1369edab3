/**
 * What the scheduler knows of nodes and of pods on them, including pods it has just assumed to be where it is about to
 * bind them. Models backend/cache; since a scheduling cycle runs within one event, the cache itself is the snapshot.
 */
import type { Node } from '../api/types';
import { NodeInfo } from './framework/node-info';
import type { PodInfo } from './framework/pod-info';

export class SchedulerCache {
  private readonly nodes = new Map<string, NodeInfo>();
  private readonly podNodes = new Map<string, string>();
  private readonly assumed = new Set<string>();
  private list: NodeInfo[] | undefined;

  /** The nodes whose Node object exists, in the order in which they came. */
  nodeList(): readonly NodeInfo[] {
    this.list ??= [...this.nodes.values()].filter((node) => node.hasNode);
    return this.list;
  }

  node(name: string): NodeInfo | undefined {
    return this.nodes.get(name);
  }

  setNode(node: Node): NodeInfo {
    const info = this.nodeOf(node.metadata.name);
    if (!info.hasNode) this.list = undefined;
    info.setNode(node);
    return info;
  }

  removeNode(name: string): void {
    const info = this.nodes.get(name);
    if (!info) return;
    this.list = undefined;
    info.setNode(undefined);
    if (info.pods.size === 0) this.nodes.delete(name);
  }

  /** Counts the pod on the node before the API server has been told. */
  assume(pod: PodInfo, node: string): void {
    this.put(pod, node);
    this.assumed.add(pod.uid);
  }

  /** Takes an assumption back because binding failed. */
  forget(pod: PodInfo): void {
    if (this.assumed.has(pod.uid)) this.remove(pod.uid);
  }

  /** A bound pod was seen: confirms an assumption, or adds or updates what others bound. */
  setPod(pod: PodInfo, node: string): void {
    this.assumed.delete(pod.uid);
    this.put(pod, node);
  }

  remove(uid: string): void {
    const name = this.podNodes.get(uid);
    if (name === undefined) return;
    this.podNodes.delete(uid);
    this.assumed.delete(uid);
    const info = this.nodes.get(name);
    info?.removePod(uid);
    if (info && !info.hasNode && info.pods.size === 0) this.nodes.delete(name);
  }

  private put(pod: PodInfo, node: string): void {
    this.remove(pod.uid);
    this.nodeOf(node).addPod(pod);
    this.podNodes.set(pod.uid, node);
  }

  private nodeOf(name: string): NodeInfo {
    let info = this.nodes.get(name);
    if (!info) {
      info = new NodeInfo(name);
      this.nodes.set(name, info);
    }
    return info;
  }
}
