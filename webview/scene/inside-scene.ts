/**
 * The inside of a component, a pod or a container: the box itself as a header, below it a lane for each part with its
 * items as cells. Where the view of the inside is still on its way, the header stands alone.
 */
import type { InsideItem, InsideLane, InsideView } from '../../src/protocol/inside';
import type { ClusterView } from '../../src/protocol/view';
import { text } from '../narration/text';
import type { Box, Rect, Scene } from './model';
import { processName } from './party';
import { cardGap, clamp, pagePad, Sheet, snap, zoneTitle } from './sheet';
import type { LayoutOptions } from './sheet';
import { componentBox, sceneOf } from './stage-set';
import { podCondition, podLabel, podOf } from './states';
import { nameOf } from './viewpoint';

const headerHeight = 56;
const cellHeight = 48;
const cellMin = 188;
const gap = 8;
/** Parts whose items are short enough for narrow cells. */
const narrowCell = 148;
const narrowParts: ReadonlySet<InsideLane['part']> = new Set<InsideLane['part']>(['stages', 'conditions', 'members']);

export function insideScene(
  view: ClusterView, focus: string, inside: InsideView | undefined, options: LayoutOptions,
): Scene {
  const sheet = new Sheet(options);
  const width = clamp(options.width, 320, 1560);
  const content = width - 2 * pagePad;
  sheet.add(
    header(sheet, view, focus, { x: pagePad, y: pagePad, width: Math.min(content, 420), height: headerHeight }),
  );
  let y = pagePad + headerHeight + cardGap;
  const lanes = inside?.box === focus ? inside.lanes : [];
  for (const lane of lanes) y = placeLane(sheet, focus, lane, { x: pagePad, y, width: content }) + cardGap;
  return sceneOf(sheet, { width, height: y - cardGap + pagePad }, () => []);
}

function header(sheet: Sheet, view: ClusterView, focus: string, rect: Rect): Box {
  const { language } = sheet;
  const pod = podOf(view.nodes, view.unboundPods, focus);
  if (pod) {
    return {
      id: focus, kind: 'pod', zone: 'nodes', party: 'pod', title: pod.name, facts: pod.ip ? [pod.ip] : [],
      ...podCondition(pod), label: podLabel(pod, language), ...rect,
    };
  }
  for (const node of view.nodes) for (const { id, kind, name } of node.components) {
    if (id === focus) return componentBox(sheet, node, kind, name, 'controlPlane', rect, `${name} · ${node.name}`);
  }
  const title = nameOf(focus);
  return { id: focus, kind: 'item', zone: 'nodes', title, status: '', facts: [], state: 'idle', label: title, ...rect };
}

/** Returns the lower edge. */
function placeLane(sheet: Sheet, focus: string, lane: InsideLane, area: Omit<Rect, 'height'>): number {
  const { language } = sheet;
  const title = text(language, `inside.${lane.part}`);
  const [least, most] = narrowParts.has(lane.part) ? [narrowCell, clamp(lane.items.length, 5, 7)] : [cellMin, 5];
  const columns = clamp(Math.floor((area.width + gap) / (least + gap)), 1, most);
  const width = snap((area.width - (columns - 1) * gap) / columns);
  const top = area.y + zoneTitle;
  lane.items.forEach((item, index) => sheet.add(itemBox(focus, lane, item, {
    x: area.x + (index % columns) * (width + gap), y: top + Math.floor(index / columns) * (cellHeight + gap),
    width, height: cellHeight,
  }, title)));
  const rows = Math.ceil(lane.items.length / columns);
  let bottom = top + rows * (cellHeight + gap) - gap;
  if (lane.items.length === 0 || lane.more > 0) {
    const key = lane.items.length === 0 ? 'inside.nothing' : 'box.more';
    const y = lane.items.length === 0 ? top : bottom + gap;
    sheet.frame('lane', `lane/${lane.part}`, 'nodes', text(language, key, { count: lane.more }),
      { x: area.x, y, width: Math.min(area.width, 320), height: 32 });
    bottom = y + 32;
  }
  sheet.frame('zone', `zone/${lane.part}`, 'nodes', title, { ...area, height: bottom - area.y });
  return bottom;
}

/** The stages have codes, which read like Kubernetes' words once they are taken apart: `mutating admission`. */
function stageTitle(code: string): string {
  return code.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** Title and facts as they are drawn: of a process its name first, its machine below. */
function wordsOf(part: InsideLane['part'], { title, facts }: InsideItem): Pick<InsideItem, 'title' | 'facts'> {
  if (part === 'stages') return { title: stageTitle(title), facts };
  if (part !== 'clients' && part !== 'watches') return { title, facts };
  const { name, machine } = processName(title);
  return { title: name, facts: [machine, ...facts].filter((fact) => fact !== '') };
}

function itemBox(focus: string, { part }: InsideLane, item: InsideItem, rect: Rect, lane: string): Box {
  const { id, state, box } = item;
  const { title, facts } = wordsOf(part, item);
  return {
    id: `item/${focus}/${part}/${id}`,
    kind: 'item',
    zone: 'nodes',
    parent: `zone/${part}`,
    title,
    status: '',
    facts,
    state,
    label: [`${lane}: ${title}`, ...facts].join(', '),
    ...(box === undefined ? {} : { target: box }),
    ...rect,
  };
}
