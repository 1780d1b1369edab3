/** Indexes over the shared informers, so that no controller scans a whole store for one event. */
import { controllerOf } from '../api/object';
import type { KubeObject, Pod } from '../api/types';
import type { Informer } from '../client/informer';

const byOwner = 'controller';
const byNode = 'spec.nodeName';
const byNamespace = 'namespace';

/** Finds objects by the uid of their managing owner, and those without one by their namespace. */
export function indexByOwner<T extends KubeObject>(informer: Informer<T>): void {
  informer.addIndex(byOwner, (object) => [controllerOf(object)?.uid ?? orphansOf(object.metadata.namespace)]);
}

/** The objects that an owner manages, then those of its namespace that nobody manages. */
export function ownedAndOrphans<T extends KubeObject>(informer: Informer<T>, owner: KubeObject): T[] {
  const { uid, namespace } = owner.metadata;
  return [...informer.byIndex(byOwner, uid), ...informer.byIndex(byOwner, orphansOf(namespace))];
}

/** The objects that an owner manages. */
export function ownedBy<T extends KubeObject>(informer: Informer<T>, uid: string): T[] {
  return informer.byIndex(byOwner, uid);
}

function orphansOf(namespace: string | undefined): string {
  return `orphans of ${namespace ?? ''}`;
}

export function indexByNode(informer: Informer<Pod>): void {
  informer.addIndex(byNode, (pod) => (pod.spec.nodeName ? [pod.spec.nodeName] : []));
}

/** The pods that are bound to a node. */
export function podsOnNode(informer: Informer<Pod>, node: string): Pod[] {
  return informer.byIndex(byNode, node);
}

export function indexByNamespace<T extends KubeObject>(informer: Informer<T>): void {
  informer.addIndex(byNamespace, (object) => [object.metadata.namespace ?? '']);
}

export function inNamespace<T extends KubeObject>(informer: Informer<T>, namespace: string | undefined): T[] {
  return informer.byIndex(byNamespace, namespace ?? '');
}
