/** What there is to say about a box: one sentence on its kind, and its facts. For hover cards and the details. */
import type { Language } from '../../src/protocol/messages';
import type { ClusterView, ComponentView, NodeView, PodView } from '../../src/protocol/view';
import { text } from '../narration/text';
import type { TextKey } from '../narration/text';
import type { Box, Scene } from '../scene/model';
import { podOf } from '../scene/states';
import { linesOf } from '../scene/wiring';

export interface Fact {
  readonly name: string;
  readonly value: string;
}

/** What kind of thing the box is, in one sentence. */
export function about(box: Box, view: ClusterView, language: Language): string {
  return text(language, aboutKey(box, view));
}

function aboutKey(box: Box, view: ClusterView): TextKey {
  switch (box.kind) {
    case 'node': return view.nodes.find((node) => `node/${node.name}` === box.id)?.controlPlane
      ? 'about.node.controlPlane' : 'about.node.worker';
    case 'podGroup': return 'about.podGroup';
    case 'pod': return box.party === 'coredns' ? 'about.coredns' : 'about.pod';
    default: {
      const { party } = box;
      return party === undefined || party === 'pod' || party === 'kubeadm' ? 'about.pod' : `about.${party}`;
    }
  }
}

/** The facts of a box, the most important first. */
export function facts(box: Box, view: ClusterView, language: Language): Fact[] {
  const node = view.nodes.find((candidate) => `node/${candidate.name}` === box.id);
  const pod = podOf(view.nodes, view.unboundPods, box.id);
  const component = view.nodes.flatMap(({ components }) => components).find(({ id }) => id === box.id);
  const named: readonly (readonly [key: TextKey, value: string | undefined])[] = node ? nodeFacts(node)
    : pod ? podFacts(pod) : component ? componentFacts(component, view) : [];
  return named.flatMap(([key, value]) => (value ? [{ name: text(language, key), value }] : []));
}

type NamedFacts = readonly (readonly [key: TextKey, value: string | undefined])[];

function nodeFacts(node: NodeView): NamedFacts {
  const { cpu, memory, pods } = node.capacity;
  const capacity = [cpu && `cpu ${cpu}`, memory && `memory ${memory}`, pods && `pods ${pods}`].filter(Boolean)
    .join(', ');
  return [
    ['fact.ip', node.address], ['fact.podCIDR', node.podCIDR], ['fact.version', node.version],
    ['fact.pods', String(node.pods.length)], ['fact.capacity', capacity], ['fact.taints', node.taints.join(', ')],
  ];
}

function podFacts(pod: PodView): NamedFacts {
  return [
    ['fact.message', pod.message], ['fact.ip', pod.ip], ['fact.node', pod.node], ['fact.namespace', pod.namespace],
    ['fact.owner', pod.owner], ['fact.containers', `${pod.readyContainers}/${pod.totalContainers}`],
    ['fact.restarts', pod.restarts > 0 ? String(pod.restarts) : undefined],
    ['fact.image', [...new Set(pod.containers.map(({ image }) => image))].join(', ')],
  ];
}

function componentFacts(component: ComponentView, view: ClusterView): NamedFacts {
  const node = view.nodes.find(({ components }) => components.includes(component));
  return [['fact.node', node?.name], ['fact.process', component.id], ['fact.pod', component.pod]];
}

/** At most so many purposes are told, and so many partners named for each. */
const purposeLimit = 3;
const nameLimit = 1;

export interface Talk {
  /** Titles of the boxes at the other end. */
  readonly names: string;
  /** What they speak about, in one sentence. */
  readonly purpose: string;
}

/** With whom a box speaks, and what about. */
export function talks(scene: Scene, box: Box, language: Language): Talk[] {
  const byPurpose = new Map<TextKey, Set<string>>();
  for (const { from, to, kind } of linesOf(scene, box.id)) {
    const partner = scene.byId.get(from === box.id ? to : from)?.title;
    if (partner) byPurpose.set(kind.purpose, (byPurpose.get(kind.purpose) ?? new Set()).add(partner));
  }
  return [...byPurpose].slice(0, purposeLimit).map(([purpose, partners]) => {
    const names = [...partners].slice(0, nameLimit).join(', ');
    return { names: partners.size > nameLimit ? `${names} …` : names, purpose: text(language, purpose) };
  });
}
