/**
 * Reading objects inside the API server, as admission plugins and authorizers do through informers upstream: always
 * from the watch caches, never from etcd. A preview lays the objects of its own requests over them.
 */
import type { ResourceType } from '../api/request';
import type { KubeObject } from '../api/types';

export interface ObjectReader {
  /** The object of that name; undefined when there is none, or when the resource is not served. */
  get<T extends KubeObject>(type: ResourceType<T>, namespace: string | undefined, name: string): T | undefined;
  /** All objects, or those of one namespace, in the order of their keys. */
  list<T extends KubeObject>(type: ResourceType<T>, namespace?: string): readonly T[];
  /** The pods that are bound to a node. */
  podsOnNode(node: string): readonly KubeObject[];
}
