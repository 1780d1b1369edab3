/** A fleet and its nodes in words, for summary, tooltip and screen reader. */
import { podLetters } from '../../src/protocol/fleet';
import type { FleetView } from '../../src/protocol/fleet';
import type { Language } from '../../src/protocol/messages';
import { countsIn, podsIn } from '../scene/fleet';
import { text } from './text';
import type { TextKey } from './text';

const nodeWords: Readonly<Record<string, TextKey>> = {
  r: 'fleet.ready', c: 'fleet.cordoned', n: 'fleet.notReady', u: 'fleet.unknown', a: 'state.notJoined', o: 'state.off',
};
const podWords: ReadonlyMap<string, TextKey> = new Map<string, TextKey>([
  [podLetters.crashing, 'state.crashing'], [podLetters.failed, 'state.failed'], [podLetters.unknown, 'state.unknown'],
  [podLetters.running, 'state.notReady'], [podLetters.pending, 'state.pending'], [podLetters.creating, 'state.creating'],
  [podLetters.terminating, 'state.terminating'], [podLetters.ready, 'state.ready'], [podLetters.succeeded, 'state.succeeded'],
]);

/** `5,000 nodes: 4,960 ready, 24 not ready · 150,000 pods`, in the numbers of the language. */
export function summaryText({ names, health, pods, unbound }: FleetView, language: Language): string {
  const counts = new Map<string, number>();
  for (const letter of health) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  const parts = [...counts].sort((a, b) => b[1] - a[1])
    .map(([letter, count]) => `${number(count, language)} ${text(language, nodeWords[letter] ?? 'fleet.unknown')}`);
  let total = unbound;
  for (const own of pods) total += podsIn(own);
  return text(language, 'fleet.summary', {
    nodes: number(names.length, language), states: parts.join(', '), pods: number(total, language),
  });
}

/** A node of a fleet in one line. */
export function fleetText({ names, health, pods, zone, zones, room }: FleetView, node: number, language: Language): string {
  const counts = countsIn(pods[node] ?? '');
  const total = counts.reduce((sum, [count]) => sum + count, 0);
  const fates = counts.map(([count, letter]) => `${count} ${text(language, podWords.get(letter) ?? 'state.unknown')}`).join(', ');
  const state = text(language, nodeWords[health[node] ?? 'u'] ?? 'fleet.unknown');
  const parts = [names[node] ?? '', zones[zone[node] ?? 0] ?? '', state, text(language, 'fleet.pods', { total, room: room[node] ?? 110 })];
  return `${parts.filter((part) => part !== '').join(' · ')}${fates === '' ? '' : `: ${fates}`}`;
}

/** With the separator of thousands that the language has. */
function number(value: number, language: Language): string {
  return String(value).replace(/\B(?=(?:\d{3})+$)/g, language === 'de' ? '.' : ',');
}
