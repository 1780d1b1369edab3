/** Places pods in rows: boxes side by side, groups over the whole width. */
import { text } from '../narration/text';
import type { GroupItem, LaneItem } from './grouping';
import { clamp, podGap, podHeight, podMinWidth } from './sheet';
import type { Sheet } from './sheet';
import type { Box, ZoneName } from './model';
import { podCondition, podId, podLabel, podMember, summary, worst } from './states';
import type { PodView } from '../../src/protocol/view';

/** Dots of groups. */
export const dotPitch = 12;
const groupTop = 28;
const groupBottom = 6;
const maxDotRows = 8;

export interface PodArea {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly zone: ZoneName;
  readonly parent: string;
  /** The card for lines; the strip of unbound pods has none. */
  readonly card?: string;
  /** Middle of the free strip above the first row. */
  readonly above: number;
  /** Where these pods are: the node's name, or empty. */
  readonly node: string;
}

/** How many pods stand side by side in a lane of that width. */
export function podColumns(width: number): number {
  return clamp(Math.floor((width + podGap) / (podMinWidth + podGap)), 1, 6);
}

/** Dots side by side in a group of that width. */
export function dotsPerRow(width: number): number {
  return Math.max(1, Math.floor((width - 20) / dotPitch));
}

/** Places the items and returns the height that they take. */
export function placePods(sheet: Sheet, items: readonly LaneItem[], area: PodArea): number {
  const columns = podColumns(area.width);
  const width = (area.width - (columns - 1) * podGap) / columns;
  let y = area.y;
  let column = 0;
  for (const item of items) {
    const wide = item.type === 'group';
    if (column > 0 && (wide || column === columns)) {
      y += podHeight + podGap;
      column = 0;
    }
    const height = wide ? groupHeight(item, area.width) : podHeight;
    const x = area.x + column * (width + podGap);
    const box = item.type === 'group'
      ? groupBox(sheet, item, area, { x: area.x, y, width: area.width, height })
      : podBox(sheet, item.pod, area, { x, y, width, height });
    const above = y === area.y ? area.above : y - podGap / 2;
    sheet.add(box, area.card === undefined ? undefined : { card: area.card, above, below: y + height + podGap / 2 });
    if (wide) y += height + podGap;
    else column += 1;
  }
  if (column > 0) y += podHeight + podGap;
  return Math.max(0, y - area.y - podGap);
}

/** Places items in one row of cells, groups too; there must not be more than `columns`. */
export function placeRow(sheet: Sheet, items: readonly LaneItem[], area: PodArea, columns: number): void {
  const width = (area.width - (columns - 1) * podGap) / columns;
  items.forEach((item, index) => {
    const rect = { x: area.x + index * (width + podGap), y: area.y, width, height: podHeight };
    sheet.add(item.type === 'group' ? groupBox(sheet, item, area, rect) : podBox(sheet, item.pod, area, rect));
  });
}

function groupHeight({ pods, expanded }: GroupItem, width: number): number {
  if (expanded) return groupTop + 4;
  const rows = Math.min(maxDotRows, Math.ceil(pods.length / dotsPerRow(width)));
  return groupTop + rows * dotPitch + groupBottom;
}

type Place = Pick<Box, 'x' | 'y' | 'width' | 'height'>;

function podBox(sheet: Sheet, pod: PodView, area: PodArea, rect: Place): Box {
  const isDns = pod.namespace === 'kube-system' && pod.name.startsWith('coredns-');
  return {
    id: podId(pod), kind: 'pod', zone: area.zone, party: isDns ? 'coredns' : 'pod', parent: area.parent,
    title: pod.name, facts: pod.ip ? [pod.ip] : [], ...podCondition(pod), label: podLabel(pod, sheet.language), ...rect,
  };
}

function groupBox(sheet: Sheet, item: GroupItem, area: PodArea, rect: Place): Box {
  const { language } = sheet;
  const place = area.node ? text(language, 'label.on', { node: area.node }) : text(language, 'label.unbound');
  const status = summary(item.pods);
  const fold = text(language, item.expanded ? 'label.unfolded' : 'label.folded');
  const label = text(language, 'label.podGroup', { count: item.pods.length, title: item.title, status, place });
  // Hops of folded pods end at their group.
  for (const pod of item.pods) sheet.aliases.set(podId(pod), item.id);
  return {
    id: item.id, kind: 'podGroup', zone: area.zone, party: 'pod', parent: area.parent, title: item.title,
    facts: [`×${item.pods.length}`], state: worst(item.pods), status, label: `${label}, ${fold}`,
    members: item.pods.map(podMember), expanded: item.expanded, ...rect,
  };
}
