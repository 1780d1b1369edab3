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
  for (const node of after.nodes) {
    const former = before.nodes.find(({ name }) => name === node.name);
    const { status } = nodeCondition(node, language);
    if (!former || nodeCondition(former, language).status === status) continue;
    words.push(text(language, 'announce.node', { name: node.name, status }));
  }
  words.push(...podChanges(podsOf(before), podsOf(after), language));
  if (before.run.mode !== 'paused' && after.run.mode === 'paused') words.push(text(language, 'announce.paused'));
  else if (!before.run.quiet && after.run.quiet) words.push(text(language, 'announce.quiet'));
  return words;
}

function podsOf(view: ClusterView): Pods {
  return new Map([...view.nodes.flatMap(({ pods }) => pods), ...view.unboundPods].map((pod) => [podId(pod), pod]));
}

type Pods = ReadonlyMap<string, PodView>;

function podChanges(before: Pods, after: Pods, language: Language): string[] {
  const words: string[] = [];
  for (const [id, { name, status }] of after) {
    if (before.get(id)?.status !== status) words.push(text(language, 'announce.pod', { name, status }));
  }
  for (const [id, { name }] of before) {
    if (!after.has(id)) words.push(text(language, 'announce.podGone', { name }));
  }
  return words.length > namedPods ? [text(language, 'announce.many', { count: words.length })] : words;
}
