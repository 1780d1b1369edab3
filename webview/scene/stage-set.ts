/** Small things that the special views share: a component as a box, a scene out of a sheet, frames with a title. */
import type { ComponentKind, ComponentView, NodeView } from '../../src/protocol/view';
import { text } from '../narration/text';
import type { Box, Density, Line, Rect, Roads, Scene, ZoneName } from './model';
import type { Sheet } from './sheet';
import { componentCondition, nodeCondition, nodeFacts } from './states';

/** Roads of a view whose lines go straight. */
export const directRoads: Omit<Roads, 'berths' | 'cards'> = {
  narrow: false, direct: true, bus: 0, outer: 0, clientSide: 0, top: 0,
};

/** The box of one of a node's components, whether it is there or not. */
export function componentBox(
  sheet: Sheet,
  node: NodeView,
  kind: ComponentKind,
  process: string,
  zone: ZoneName,
  rect: Rect,
  title: string = process,
): Box {
  const { language } = sheet;
  const component: ComponentView | undefined = node.components.find((candidate) => candidate.kind === kind);
  const condition = componentCondition(component, language);
  const box: Box = {
    id: component?.id ?? `${process}@${node.name}`,
    kind: 'component',
    zone,
    party: kind,
    parent: `node/${node.name}`,
    title,
    facts: [],
    ...condition,
    label: text(language, 'label.component', { title, status: condition.status, node: node.name }),
    ...(component?.leader ? { leader: true } : {}),
    ...rect,
  };
  if (component?.pod) sheet.aliases.set(`pod/${component.pod}`, box.id);
  return box;
}

/** The box of a machine. */
export function nodeBox(sheet: Sheet, node: NodeView, zone: ZoneName, rect: Rect, more: readonly string[] = []): Box {
  const condition = nodeCondition(node, sheet.language);
  const facts = [...nodeFacts(node, sheet.language), ...more];
  const label = text(sheet.language, 'label.node', {
    title: node.name,
    status: condition.status,
    facts: facts.join(', '),
  });
  return {
    id: `node/${node.name}`, kind: 'node', zone, party: 'kubelet', parent: `zone/${zone}`, title: node.name, facts,
    ...condition, label, ...rect,
  };
}

/** The registry outside, from which images come. */
export function registryBox(sheet: Sheet, rect: Rect): Box {
  const title = text(sheet.language, 'box.registry');
  return {
    id: 'outside/registry',
    kind: 'registry',
    zone: 'outside',
    party: 'registry',
    parent: 'zone/outside',
    title,
    status: '',
    facts: ['docker.io', 'registry.k8s.io'],
    state: 'idle',
    label: text(sheet.language, 'label.registry'),
    ...rect,
  };
}

/** Where commands come from. */
export function clientBox(sheet: Sheet, rect: Rect): Box {
  return {
    id: 'client/kubectl', kind: 'client', zone: 'client', party: 'client', parent: 'zone/client', title: 'kubectl',
    status: '', facts: [text(sheet.language, 'box.kubectl.fact')], state: 'idle',
    label: text(sheet.language, 'label.client'), ...rect,
  };
}

/** A frame with a title, before all that stands in it. */
export function frameBehind(
  sheet: Sheet,
  kind: 'zone' | 'strip',
  id: string,
  zone: ZoneName,
  title: string,
  rect: Rect,
): void {
  sheet.frame(kind, id, zone, title, rect);
  sheet.boxes.unshift(...sheet.boxes.splice(-1));
}

export interface SceneParts {
  readonly width: number;
  readonly height: number;
  readonly density?: Density;
  readonly roads?: Omit<Roads, 'berths' | 'cards'>;
  readonly labelled?: boolean;
}

/** The scene of what stands on the sheet; `wire` adds the lines. */
export function sceneOf(sheet: Sheet, parts: SceneParts, wire: (bare: Scene) => readonly Line[]): Scene {
  const { width, height, density = 'full', roads = directRoads, labelled = false } = parts;
  const bare: Scene = {
    width: Math.round(width), height: Math.round(height), density, boxes: sheet.boxes,
    byId: new Map(sheet.boxes.map((box) => [box.id, box])), aliases: sheet.aliases, lines: [],
    roads: { ...roads, berths: sheet.berths, cards: sheet.cards }, ...(labelled ? { labelled } : {}),
  };
  return { ...bare, lines: wire(bare) };
}
