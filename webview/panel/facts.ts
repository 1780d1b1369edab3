/** What there is to say about a box: one sentence on its kind, and its facts. For hover cards and the details. */
import { documentationOf, glossarySentence } from '../../src/protocol/glossary';
import type { GlossaryTerm } from '../../src/protocol/glossary';
import type { Language } from '../../src/protocol/messages';
import type { ClusterView, ComponentView, NodeView, PodView } from '../../src/protocol/view';
import { text } from '../narration/text';
import type { TextKey } from '../narration/text';
import { podCount } from '../scene/grouping';
import type { Box, Scene } from '../scene/model';
import { podOf } from '../scene/states';
import { linesOf } from '../scene/wiring';

export interface Fact {
  readonly name: string;
  readonly value: string;
}

/** What kind of thing the box is, in one sentence. */
export function about(box: Box, view: ClusterView, language: Language): string {
  const term = termOf(box, view);
  return term === undefined ? '' : glossarySentence(term, language);
}

/** The page of the Kubernetes documentation about what a box is. */
export function pageAbout(box: Box, view: ClusterView): string | undefined {
  const term = termOf(box, view);
  return term === undefined ? undefined : documentationOf(term);
}

/** The term of the glossary that a box is an example of. */
function termOf(box: Box, view: ClusterView): GlossaryTerm | undefined {
  switch (box.kind) {
    case 'node':
      return view.nodes.find((node) => `node/${node.name}` === box.id)?.controlPlane ? 'control-plane' : 'worker';
    case 'podGroup':
      return 'pod-group';
    case 'item':
      return itemTerms[box.parent?.slice('zone/'.length) ?? ''];
    case 'pod':
      return box.party === 'coredns' ? 'coredns' : 'pod';
    default: {
      const { party } = box;
      return party === undefined || party === 'pod' || party === 'kubeadm' || party === 'tool' ? 'pod' : party;
    }
  }
}

/** What the items of a lane are. */
const itemTerms: Readonly<Record<string, GlossaryTerm>> = {
  stages: 'admission',
  watches: 'watch',
  clients: 'kube-apiserver',
  revisions: 'revision',
  prefixes: 'etcd',
  members: 'leader-election',
  queue: 'pod',
  decisions: 'kube-scheduler',
  bindings: 'binding',
  controllers: 'controller',
  podWorkers: 'pod',
  probes: 'probe',
  statusManager: 'status',
  runtimeCalls: 'cri',
  rules: 'service',
  owners: 'owner',
  sandbox: 'sandbox',
  containers: 'container',
  volumes: 'volume',
  conditions: 'status',
  process: 'container',
  image: 'image',
  mounts: 'volume',
  state: 'status',
};

/** The facts of a box, the most important first. */
export function facts(box: Box, view: ClusterView, language: Language): Fact[] {
  const node = view.nodes.find((candidate) => `node/${candidate.name}` === box.id);
  const pod = podOf(view.nodes, view.unboundPods, box.id);
  const component = view.nodes.flatMap(({ components }) => components).find(({ id }) => id === box.id);
  if (box.kind === 'item')
    return box.facts.map((value, index) => ({ name: index === 0 ? text(language, 'fact.what') : '', value }));
  const named: readonly (readonly [key: TextKey, value: string | undefined])[] = node ? nodeFacts(node, language)
    : pod ? podFacts(pod) : component ? componentFacts(component, view) : [];
  return named.flatMap(([key, value]) => (value ? [{ name: text(language, key), value }] : []));
}

type NamedFacts = readonly (readonly [key: TextKey, value: string | undefined])[];

function nodeFacts(node: NodeView, language: Language): NamedFacts {
  const { cpu, memory, pods } = node.capacity;
  const capacity = [cpu && `cpu ${cpu}`, memory && `memory ${memory}`, pods && `pods ${pods}`].filter(Boolean)
    .join(', ');
  return [
    ['fact.ip', node.address], ['fact.podCIDR', node.podCIDR], ['fact.version', node.version],
    ['fact.pods', String(podCount(node))], ['fact.capacity', capacity], ['fact.taints', node.taints.join(', ')],
    ['fact.disk', node.diskFull ? text(language, 'fact.disk.full') : ''],
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
