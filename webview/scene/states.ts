/** From the codes of a view to the state, word and accessible name of a box. */
import type { Language } from '../../src/protocol/messages';
import type { ComponentView, NodeView, PodView } from '../../src/protocol/view';
import { countText, text } from '../narration/text';
import type { TextKey } from '../narration/text';
import type { BoxState, Member } from './model';

export interface Condition {
  readonly state: BoxState;
  readonly status: string;
}

export function componentCondition(component: ComponentView | undefined, language: Language): Condition {
  if (!component) return { state: 'absent', status: text(language, 'state.absent') };
  return component.running ? { state: 'ready', status: text(language, 'state.running') }
    : { state: 'stopped', status: text(language, 'state.stopped') };
}

export function nodeCondition(node: NodeView, language: Language): Condition {
  if (!node.poweredOn) return { state: 'stopped', status: text(language, 'state.off') };
  switch (node.health) {
    case 'absent': return { state: 'absent', status: text(language, 'state.notJoined') };
    case 'ready': return { state: 'ready', status: node.status };
    case 'notReady': return { state: 'running', status: node.status };
    case 'unknown': return { state: 'unknown', status: node.status };
  }
}

/** The state of a pod says how it fares; the word is Kubernetes' own. */
export function podCondition(pod: PodView): Condition {
  return { state: pod.health, status: pod.status };
}

export function podMember(pod: PodView): Member {
  return { id: podId(pod), state: pod.health, title: pod.name, owner: `${pod.namespace}/${pod.owner ?? pod.name}` };
}

/** The id of a pod's box. */
export function podId({ namespace, name }: Pick<PodView, 'namespace' | 'name'>): string {
  return `pod/${namespace}/${name}`;
}

/** The pod of a box id: `pod/default/web-0`. */
export function podOf(nodes: readonly NodeView[], unbound: readonly PodView[], id: string): PodView | undefined {
  for (const node of nodes) for (const pod of node.pods) if (podId(pod) === id) return pod;
  return unbound.find((pod) => podId(pod) === id);
}

/** The facts that a node's header shows, the most important first. */
export function nodeFacts(node: NodeView, language: Language): readonly string[] {
  const roles = node.roles.length > 0 ? node.roles.join(', ')
    : node.controlPlane ? 'control-plane' : text(language, 'box.noRole');
  return [roles, node.address, node.podCIDR ?? ''].filter((fact) => fact !== '');
}

/** `4 Running, 1 Pending`: the words of several pods with their numbers, the most frequent first. */
export function summary(pods: readonly PodView[]): string {
  const counts = new Map<string, number>();
  for (const pod of pods) counts.set(pod.status, (counts.get(pod.status) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]).map(([status, count]) => `${count} ${status}`).join(', ');
}

/** The worst state of several pods stands for all of them. */
export function worst(pods: readonly PodView[]): BoxState {
  return severity.find((state) => pods.some((pod) => pod.health === state)) ?? 'idle';
}

const severity: readonly BoxState[] =
  ['crashing', 'failed', 'unknown', 'running', 'pending', 'creating', 'terminating', 'ready', 'succeeded'];

export function podLabel(pod: PodView, language: Language): string {
  const place = pod.node ? text(language, 'label.on', { node: pod.node }) : text(language, 'label.unbound');
  const extra = [pod.ip ?? '', pod.restarts > 0 ? countText(language, 'box.restarts', pod.restarts) : ''];
  return [text(language, 'label.pod', { title: pod.name, status: pod.status, place }), ...extra]
    .filter((part) => part !== '').join(', ');
}

/** The sentence that explains a state in the help, for states that have one. */
export const stateExplanations: readonly (readonly [state: BoxState, key: TextKey])[] = [
  ['pending', 'state.pending'], ['creating', 'state.creating'], ['running', 'state.notReady'], ['ready', 'state.ready'],
  ['succeeded', 'state.succeeded'], ['failed', 'state.failed'], ['crashing', 'state.crashing'],
  ['terminating', 'state.terminating'], ['unknown', 'state.unknown'], ['stopped', 'state.stopped'],
  ['absent', 'state.absent'],
];
