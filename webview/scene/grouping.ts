/** Which pods of a node are drawn one by one, which fold into a group of their owner, and which are no pods at all. */
import { podLetters } from '../../src/protocol/fleet';
import type { NodeView, PodHealth, PodView } from '../../src/protocol/view';
import { countsIn, podsIn } from './fleet';
import type { Member } from './model';
import { podMember } from './states';

const healths: ReadonlyMap<string, PodHealth> =
  new Map(Object.entries(podLetters).map(([health, letter]) => [letter, health as PodHealth]));

/** From so many pods of one owner on, a node or strip folds them. */
export const foldFrom = 6;

export interface PodItem {
  readonly type: 'pod';
  readonly pod: PodView;
}

export interface GroupItem {
  readonly type: 'group';
  readonly id: string;
  readonly title: string;
  readonly pods: readonly PodView[];
  readonly expanded: boolean;
}

export type LaneItem = PodItem | GroupItem;

/**
 * The pods that stand in the pods lane. Static pods and those of kube-proxy and kindnet are drawn as their components
 * in the host lane and not twice; CoreDNS is an ordinary pod.
 */
export function lanePods(node: NodeView): readonly PodView[] {
  const drawn = new Set(node.components.filter(({ kind }) => kind !== 'coredns').map(({ pod }) => pod));
  return node.pods.filter((pod) => !pod.static && !drawn.has(`${pod.namespace}/${pod.name}`));
}

/** How many pods a node has that are drawn as pods, whether they are sent one by one or counted. */
export function laneCount(node: NodeView): number {
  return node.podCounts ? podsIn(node.podCounts.drawn) : lanePods(node).length;
}

/** How many pods a node has. */
export function podCount({ pods, podCounts }: NodeView): number {
  return podCounts ? podsIn(podCounts.drawn) + podCounts.ofComponents : pods.length;
}

/** The dots of a node's pods; counted ones stand in the order of how they fare. */
export function laneMembers(node: NodeView): Member[] {
  if (!node.podCounts) return lanePods(node).map(podMember);
  return countsIn(node.podCounts.drawn).flatMap(([count, letter]) => {
    const state = healths.get(letter) ?? 'unknown';
    return Array.from({ length: count }, (_, index): Member =>
      ({ id: `${node.name}/${letter}/${index}`, state, title: '', owner: '' }));
  });
}

/** Pods in order of creation, with groups at the place of their first pod. `place` makes group ids unique. */
export function laneItems(
  pods: readonly PodView[], place: string, expanded: ReadonlySet<string>, from = foldFrom,
): LaneItem[] {
  const byOwner = new Map<string, PodView[]>();
  for (const pod of pods) {
    const owner = `${pod.namespace}/${pod.owner ?? `Pod/${pod.name}`}`;
    byOwner.set(owner, [...(byOwner.get(owner) ?? []), pod]);
  }
  const items: LaneItem[] = [];
  for (const [owner, members] of byOwner) {
    if (members.length < from) {
      items.push(...members.map((pod): PodItem => ({ type: 'pod', pod })));
      continue;
    }
    const id = `group/${place}/${owner}`;
    const isExpanded = expanded.has(id);
    const title = owner.slice(owner.lastIndexOf('/') + 1);
    items.push({ type: 'group', id, title, pods: members, expanded: isExpanded });
    if (isExpanded) items.push(...members.map((pod): PodItem => ({ type: 'pod', pod })));
  }
  return items.some((item) => item.type === 'group') ? items : items.sort(byCreation);
}

function byCreation(a: LaneItem, b: LaneItem): number {
  return a.type === 'pod' && b.type === 'pod' ? a.pod.createdMs - b.pod.createdMs : 0;
}

/** At most `limit` items; what is too much goes into one last group that has no owner. */
export function limitItems(
  items: readonly LaneItem[], limit: number, place: string, title: (count: number) => string,
): LaneItem[] {
  if (items.length <= limit) return [...items];
  const rest = items.slice(limit - 1).flatMap((item) =>
    item.type === 'pod' ? [item.pod] : item.expanded ? [] : item.pods);
  const id = `group/${place}/more`;
  return [...items.slice(0, limit - 1), { type: 'group', id, title: title(rest.length), pods: rest, expanded: false }];
}
