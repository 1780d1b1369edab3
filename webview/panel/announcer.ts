/** Tells screen readers what has changed, in one sentence and not more often than one can listen. */
import type { Language } from '../../src/protocol/messages';
import type { ClusterView, PodView } from '../../src/protocol/view';
import { text } from '../narration/text';
import { html } from '../render/svg';
import { nodeCondition, podId } from '../scene/states';

/** Between two announcements. */
const pauseMs = 1500;
/** So many sentences wait at most; the oldest are no longer news. */
const waitingLimit = 4;
/** More changed pods than this are counted, not named. */
const namedPods = 3;

export class Announcer {
  readonly element = html('div', { 'class': 'announcer', 'role': 'status', 'aria-live': 'polite' });
  private waiting: string[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** Says something now, or as soon as the last words have been heard. */
  say(words: readonly string[]): void {
    if (words.length === 0) return;
    this.waiting = [...this.waiting, ...words].slice(-waitingLimit);
    if (this.timer === undefined) this.speak();
  }

  private speak(): void {
    this.timer = undefined;
    if (this.waiting.length === 0) return;
    this.element.textContent = `${this.waiting.join('. ')}.`;
    this.waiting = [];
    this.timer = setTimeout(() => this.speak(), pauseMs);
  }
}

/** What is worth telling of the way from one view to the next. */
export function changes(before: ClusterView, after: ClusterView, language: Language): string[] {
  const words: string[] = [];
  const former = new Map(before.nodes.map((node) => [node.name, node]));
  for (const node of after.nodes) {
    const old = former.get(node.name);
    if (!old || (old.poweredOn === node.poweredOn && old.health === node.health && old.status === node.status))
      continue;
    const { status } = nodeCondition(node, language);
    if (nodeCondition(old, language).status === status) continue;
    words.push(text(language, 'announce.node', { name: node.name, status }));
  }
  words.push(...podChanges(podsOf(before, after), podsOf(after, before), isWhole(after), language));
  if (before.run.mode !== 'paused' && after.run.mode === 'paused') words.push(text(language, 'announce.paused'));
  else if (!before.run.quiet && after.run.quiet) words.push(text(language, 'announce.quiet'));
  return words;
}

/** The pods that both views would send one by one: that one looks closer at a node is no news of its pods. */
function podsOf(view: ClusterView, other: ClusterView): Pods {
  const others = new Map(other.nodes.map((node) => [node.name, node]));
  const nodes = view.nodes.filter((node) => {
    const old = others.get(node.name);
    return old ? !node.podCounts && !old.podCounts : !other.fleet;
  });
  return new Map([...nodes.flatMap(({ pods }) => pods), ...view.unboundPods].map((pod) => [podId(pod), pod]));
}

type Pods = ReadonlyMap<string, PodView>;

/** Whether each pod is in the view, and none only counted. */
function isWhole({ fleet, nodes }: ClusterView): boolean {
  return !fleet && !nodes.some(({ podCounts }) => podCounts);
}

function podChanges(before: Pods, after: Pods, whole: boolean, language: Language): string[] {
  const words: string[] = [];
  for (const [id, { name, status }] of after) {
    if (before.get(id)?.status !== status) words.push(text(language, 'announce.pod', { name, status }));
  }
  for (const [id, { name, node }] of before) {
    // Without a node before, it may have got one on which pods are counted.
    if (!after.has(id) && (whole || node !== '')) words.push(text(language, 'announce.podGone', { name }));
  }
  return words.length > namedPods ? [text(language, 'announce.many', { count: words.length })] : words;
}
