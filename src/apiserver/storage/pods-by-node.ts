/** The pods that are bound to each node, kept in step with the watch cache of pods: the node authorizer's index. */
import { keyFrom } from '../../api/object';
import type { KubeObject } from '../../api/types';
import type { ObjectCache } from './object-cache';

export class PodsByNode {
  private readonly byNode = new Map<string, Map<string, KubeObject>>();

  /** Fills the index from a cache and follows its changes. */
  follow(cache: ObjectCache): void {
    cache.onReset(() => {
      this.byNode.clear();
      for (const pod of cache.list()) this.place(pod);
    });
    cache.onEvent(({ type, object, before }) => {
      const node = nodeOf(object);
      if (type === 'DELETED' || (before && nodeOf(before) !== node)) {
        this.byNode.get(nodeOf(before ?? object))?.delete(keyFrom(object.metadata.namespace, object.metadata.name));
      }
      if (type !== 'DELETED') this.place(object);
    });
  }

  /** The pods bound to a node. */
  on(node: string): readonly KubeObject[] {
    const pods = this.byNode.get(node);
    return pods ? [...pods.values()] : [];
  }

  private place(pod: KubeObject): void {
    const node = nodeOf(pod);
    if (node === '') return;
    const key = keyFrom(pod.metadata.namespace, pod.metadata.name);
    const pods = this.byNode.get(node);
    if (pods) pods.set(key, pod);
    else this.byNode.set(node, new Map([[key, pod]]));
  }
}

function nodeOf(pod: KubeObject): string {
  return (pod as KubeObject & { spec?: { nodeName?: string } }).spec?.nodeName ?? '';
}
