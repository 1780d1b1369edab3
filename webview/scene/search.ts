/** Finds machines, components and pods by name, also by the words that older texts use. */
import type { ClusterView } from '../../src/protocol/view';
import { podId } from './states';

export interface Found {
  readonly box: string;
  readonly title: string;
  /** Where it is: the node, or the namespace of a pod without one. */
  readonly place: string;
}

/** Other names for what is looked for, in lower case; each is searched by what it stands for. */
const synonyms: Readonly<Record<string, string>> = {
  'master': 'control-plane', 'minion': 'worker', 'api server': 'kube-apiserver', 'apiserver': 'kube-apiserver',
  'api': 'kube-apiserver', 'scheduler': 'kube-scheduler', 'controller manager': 'kube-controller-manager',
  'kcm': 'kube-controller-manager', 'runtime': 'containerd', 'dns': 'coredns', 'cni': 'kindnetd', 'proxy': 'kube-proxy',
};

/** At most so many matches; those that begin with the words come first. */
export function find(view: ClusterView, words: string, limit = 8): Found[] {
  const typed = words.trim().toLowerCase();
  if (typed === '') return [];
  const wanted = [typed, ...(synonyms[typed] === undefined ? [] : [synonyms[typed]])];
  const ranked: { readonly rank: number; readonly found: Found }[] = [];
  const consider = (found: Found, names: readonly string[]): void => {
    const ranks = names
      .flatMap((name) => wanted.map((word) => name.toLowerCase().indexOf(word)))
      .filter((at) => at >= 0);
    if (ranks.length > 0) ranked.push({ rank: Math.min(...ranks) === 0 ? 0 : 1, found });
  };
  for (const node of view.nodes) {
    consider({ box: `node/${node.name}`, title: node.name, place: node.roles.join(', ') }, [
      node.name,
      node.address,
      ...node.roles,
    ]);
    for (const { id, name } of node.components) consider({ box: id, title: name, place: node.name }, [name]);
  }
  for (const name of view.fleet?.names ?? []) {
    if (!view.nodes.some((node) => node.name === name))
      consider({ box: `node/${name}`, title: name, place: '' }, [name]);
  }
  for (const pod of [...view.nodes.flatMap(({ pods }) => pods), ...view.unboundPods]) {
    consider({ box: podId(pod), title: pod.name, place: pod.node || pod.namespace }, [
      pod.name,
      pod.ip ?? '',
      `${pod.namespace}/${pod.name}`,
    ]);
  }
  return ranked.sort((a, b) => a.rank - b.rank).slice(0, limit).map(({ found }) => found);
}
