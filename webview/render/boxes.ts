/** Draws what is inside a box. Each drawing starts anew from the box; where the box stands is not its business. */
import type { ApiStage } from '../../src/protocol/trace';
import { stageNames } from '../narration/sentence';
import type { Box, Density, Member } from '../scene/model';
import { dotPitch } from '../scene/pods';
import { fitEnd, fitFacts, fitMiddle, measure, wrap } from './fit';
import type { Face } from './fit';
import { shape } from './shape';
import type { Shape } from './shape';
import { icon, mark } from './symbols';

/** What a drawing depends on beyond its box. */
export interface Surroundings {
  readonly density: Density;
  /** For etcd's box, in two lengths. */
  readonly revision: string;
  readonly shortRevision: string;
  /** `leader`, in the user's language. */
  readonly leader: string;
}

type PlainLook = Exclude<keyof Box, 'id' | 'x' | 'y' | 'parent' | 'label' | 'facts' | 'members'>;

/** What of a box is seen in its drawing and compared by value. Whoever adds a field to boxes has to decide here. */
const plainLooks: Readonly<Record<PlainLook, true>> = {
  kind: true, zone: true, party: true, title: true, status: true, state: true, width: true, height: true,
  expanded: true, leader: true, target: true,
};
const plainFields = Object.keys(plainLooks) as (keyof typeof plainLooks)[];

/** Whether two boxes look the same, wherever they stand; cheap, because each box is asked at each update. */
export function looksAlike(one: Box, other: Box, before: Surroundings, after: Surroundings): boolean {
  if (before.density !== after.density || (other.leader && before.leader !== after.leader)) return false;
  const isSameRevision = before.revision === after.revision && before.shortRevision === after.shortRevision;
  if (other.party === 'etcd' && !isSameRevision) return false;
  return plainFields.every((field) => one[field] === other[field])
    && equal(one.facts, other.facts, (a, b) => a === b)
    && equal(one.members ?? [], other.members ?? [], (a, b) => a.state === b.state && a.owner === b.owner);
}

function equal<T>(one: readonly T[], other: readonly T[], same: (a: T, b: T) => boolean): boolean {
  return one.length === other.length && one.every((item, index) => same(item, other[index] as T));
}

/** Everything inside the box's group, in its own coordinates. */
export function drawBox(box: Box, around: Surroundings): Shape[] {
  switch (box.kind) {
    case 'zone':
      return drawZone(box);
    case 'strip':
      return drawStrip(box);
    case 'lane':
      return drawLane(box);
    case 'node':
      return around.density === 'full' || box.zone === 'controlPlane'
        ? drawCard(box)
        : around.density === 'compact'
          ? drawCompact(box)
          : drawTile(box);
    case 'pod':
      return drawPod(box);
    case 'item':
      return drawItem(box);
    case 'podGroup':
      return drawGroup(box);
    case 'client':
    case 'registry':
      return drawComponent(box, around);
    case 'component':
      return box.party === 'kube-apiserver' && box.height >= serverFrom
        ? drawServer(box, around)
        : drawComponent(box, around);
  }
}

type Anchor = 'middle' | 'end';

function label(words: string, x: number, y: number, face: Face | 'zone' | 'muted', anchor?: Anchor): Shape {
  return shape('text', { class: `text-${face}`, x, y, 'text-anchor': anchor }, words);
}

function rect(box: Box, className: string, radius: number, inset = 0.5): Shape {
  const { width, height } = box;
  return shape('rect', {
    class: className, x: inset, y: inset, width: width - 2 * inset, height: height - 2 * inset, rx: radius,
  });
}

/** The ring of focus and selection, around whatever the box is. */
function around(box: Box, radius: number): Shape {
  return shape('rect', { class: 'ring', x: -3, y: -3, width: box.width + 6, height: box.height + 6, rx: radius + 3 });
}

function present(elements: readonly (Shape | undefined)[]): Shape[] {
  return elements.filter((element) => element !== undefined);
}

function drawZone(box: Box): Shape[] {
  const title = box.title.toUpperCase();
  const start = measure(title, 'small') * 1.12 + 12;
  return [
    label(title, 0, 12, 'zone'), shape('path', { class: 'rule', d: `M${Math.min(start, box.width)} 8.5H${box.width}` }),
  ];
}

function drawStrip(box: Box): Shape[] {
  return [
    rect(box, 'frame dashed', 8), label(fitEnd(box.title, box.width - 24, 'small'), 12, 18, 'muted'),
    label(fitEnd(box.status, box.width - 24, 'small'), box.width / 2, 54, 'muted', 'middle'),
  ];
}

function drawLane(box: Box): Shape[] {
  if (box.title === '') return [];
  const lines = wrap(box.title, box.width - 16, 3, 'small');
  const top = box.height / 2 + 4 - (lines.length - 1) * 8;
  return [rect(box, 'frame dashed', 6),
    ...lines.map((line, index) => label(line, box.width / 2, top + index * 16, 'muted', 'middle'))];
}

function drawCard(box: Box): Shape[] {
  const status = box.status;
  const statusWidth = Math.min(measure(status, 'small'), box.width * 0.4);
  const room = box.width - 12 - 24 - 12 - 20 - statusWidth - 8;
  return present([
    around(box, 8), rect(box, `card state-${box.state}`, 8), icon('node', 12, 9),
    label(fitMiddle(box.title, room, 'title'), 36, 21, 'title'),
    label(fitEnd(status, statusWidth + 1, 'small'), box.width - 32, 21, 'muted', 'end'),
    mark(box.state, box.width - 18, 17),
    label(fitFacts(box.facts, box.width - 48, 'small'), 36, 39, 'muted'),
  ]);
}

function drawCompact(box: Box): Shape[] {
  const members = box.members ?? [];
  const inner = box.width - 20;
  return present([
    around(box, 6), rect(box, `card state-${box.state}`, 6), mark(box.state, box.width - 14, 15, 0.85),
    label(fitMiddle(box.title, box.width - 34, 'title'), 10, 19, 'title'),
    label(fitFacts(box.state === 'ready' ? box.facts : [box.status, ...box.facts], inner, 'micro'), 10, 34, 'muted'),
    ...dots(members, 10, 40, inner, 2),
  ]);
}

function drawTile(box: Box): Shape[] {
  return present([
    around(box, 5), rect(box, `card state-${box.state}`, 5), mark(box.state, box.width - 12, 13, 0.75),
    label(shortName(box.title, box.width - 28), 8, 17, 'small'),
    label(fitFacts(box.facts, box.width - 16, 'micro'), 8, 34, 'muted'),
  ]);
}

/** A name without its first part, which is the cluster's and common to all, where the whole does not fit. */
function shortName(name: string, width: number): string {
  return measure(name, 'small') <= width ? name : fitMiddle(name.replace(/^[^-]+-/, ''), width, 'small');
}

/** Pods as small marks, with a gap between owners, and a number for those that do not fit. */
function dots(members: readonly Member[], x: number, y: number, width: number, rows: number): Shape[] {
  const perRow = Math.max(1, Math.floor(width / dotPitch));
  const cells = arrange(members, perRow, rows);
  const capacity = perRow * rows;
  // The number takes the room of three dots.
  const shown = cells.length <= capacity ? cells : cells.slice(0, Math.max(0, capacity - 3));
  const elements: Shape[] = shown.flatMap((member, cell) => {
    const left = x + (cell % perRow) * dotPitch + 6;
    const dot = member && mark(member.state, left, y + Math.floor(cell / perRow) * dotPitch + 6, 0.72);
    return dot ? [dot] : [];
  });
  const missing = members.length - elements.length;
  if (missing > 0) elements.push(label(`+${missing}`, x + width, y + (rows - 1) * dotPitch + 10, 'micro', 'end'));
  return elements;
}

/** Owners start rows of their own, or stand a dot apart, or follow each other, as there is room. */
function arrange(members: readonly Member[], perRow: number, rows: number): readonly (Member | undefined)[] {
  const plans = ['row', 'gap'] as const;
  for (const plan of plans) {
    const cells: (Member | undefined)[] = [];
    for (const [index, member] of members.entries()) {
      const isNext = index > 0 && member.owner !== members[index - 1]?.owner;
      if (isNext && plan === 'row') while (cells.length % perRow !== 0) cells.push(undefined);
      if (isNext && plan === 'gap' && cells.length % perRow !== 0) cells.push(undefined);
      cells.push(member);
    }
    if (cells.length <= perRow * rows) return cells;
  }
  return members;
}

function drawComponent(box: Box, surroundings: Surroundings): Shape[] {
  const { width, height } = box;
  const base = [around(box, 6), rect(box, `box state-${box.state}`, 6)];
  const isLow = height < 48;
  const state = box.state === 'idle' ? undefined : mark(box.state, width - 14, isLow ? height / 2 : 14, 0.85);
  if (isLow) {
    // All boxes of a lane have an icon, or none has.
    const withIcon = width >= 36 + measure('containerd', 'title') + 24;
    const x = withIcon ? 30 : 10;
    return present([
      ...base, withIcon ? icon(box.party ?? 'node', 9, height / 2 - 8) : undefined, state,
      label(fitMiddle(box.title, width - x - 24, 'title'), x, height / 2 + 4, 'title'),
    ]);
  }
  const facts = factsOf(box, surroundings);
  const isRow = height <= 56 && width >= 160;
  if (isRow) {
    return present([
      ...base, icon(box.party ?? 'node', 12, height / 2 - 8), state,
      label(fitMiddle(box.title, width - 64, 'title'), 40, height / 2 + (facts.length > 0 ? -4 : 4), 'title'),
      facts.length > 0 ? label(fitFacts(facts, width - 52, 'small'), 40, height / 2 + 13, 'muted') : undefined,
    ]);
  }
  // Icon over title over facts, in the upper half.
  const lines = wrap(box.title, width - 16, Math.max(1, Math.min(3, Math.floor((height - 36) / 14))), 'title');
  const beside = measure(box.title, 'title') <= width - 34 - (state ? 26 : 8);
  const first = beside ? 23 : 42;
  const last = first + (lines.length - 1) * 14;
  const fits = Math.max(0, Math.floor((height - last - 8) / 15));
  const shown = facts.flatMap((fact) => wrap(fact, width - 20, 2, 'small')).slice(0, fits);
  return present([
    ...base, icon(box.party ?? 'node', 10, 10), state,
    ...lines.map((line, index) => label(line, beside ? 34 : 10, first + index * 14, 'title')),
    ...shown.map((fact, index) => label(fact, 10, last + (beside ? 21 : 17) + index * 15, 'muted')),
  ]);
}

function factsOf(box: Box, { revision, shortRevision, leader }: Surroundings): readonly string[] {
  const known = measure(revision, 'small') <= box.width - 20 ? revision : shortRevision;
  const own = box.party === 'etcd' && box.state === 'ready' ? [known] : box.leader ? [leader] : box.facts;
  return box.state === 'ready' || box.state === 'idle' ? own : [box.status, ...own];
}

/** The stages that a request passes, in their order. */
export const stages = Object.keys(stageNames) as readonly ApiStage[];
const stagePitch = 17;
const roomyServer = 260;
/** An API server that is lower has no room for its stages. */
const serverFrom = 160;

/** Where the rows of an API server's stages begin. */
export function stageY(box: Box, stage: ApiStage): number {
  const at = stages.indexOf(stage);
  // Where there is room to spare they follow the title, a little further apart.
  return box.height >= roomyServer ? 72 + at * 22 : box.height - 16 - (stages.length - 1 - at) * stagePitch;
}

function drawServer(box: Box, surroundings: Surroundings): Shape[] {
  const beside = measure(box.title, 'title') <= box.width - 34 - 26;
  const titles = beside ? [box.title] : wrap(box.title, box.width - 18, 2, 'title');
  const first = beside ? 23 : 42;
  const below = first + titles.length * 14 + 6;
  const facts = box.state === 'ready' ? [] : factsOf(box, surroundings);
  const fits = (names: Readonly<Record<ApiStage, string>>): boolean =>
    stages.every((stage) => measure(names[stage], 'small') <= box.width - 24 - 6);
  const names = fits(stageNames) ? stageNames : fits(briefNames) ? briefNames : undefined;
  return present([
    around(box, 6), rect(box, `box state-${box.state}`, 6), icon('kube-apiserver', 10, 10),
    mark(box.state, box.width - 14, 14, 0.85),
    ...titles.map((line, index) => label(line, beside ? 34 : 10, first + index * 14, 'title')),
    ...facts.map((fact, index) => label(fitEnd(fact, box.width - 20, 'small'), 10, below + index * 15, 'muted')),
    ...(facts.length > 0 ? [] : stages.map((stage) => drawStage(box, stage, names?.[stage]))),
  ]);
}

/** The stages in the words that experts use, where the whole ones do not fit. */
const briefNames: Readonly<Record<ApiStage, string>> = {
  authentication: 'authn', authorization: 'authz', mutatingAdmission: 'mutating', validation: 'validation',
  validatingAdmission: 'validating', registry: 'registry', watchCache: 'cache',
};

function drawStage(box: Box, stage: ApiStage, name: string | undefined): Shape {
  const y = stageY(box, stage);
  return shape('g', { 'class': 'stage', 'data-stage': stage }, shape('circle', { cx: 14, cy: y, r: 3 }),
    ...(name === undefined ? [] : [label(name, 24, y + 4, 'small')]));
}

function drawPod(box: Box): Shape[] {
  const { width } = box;
  const room = width - 28 - 8;
  const address = box.facts[0] ?? '';
  const both = measure(`${box.status}  ${address}`, 'small') <= room;
  return present([
    around(box, 5), rect(box, `pod state-${box.state}`, 5), mark(box.state, 15, 15),
    label(fitMiddle(box.title, room, 'title'), 28, 19, 'title'),
    label(fitEnd(box.status, room, 'small'), 28, 35, isTrouble(box) ? 'small' : 'muted'),
    both && address ? label(address, width - 8, 35, 'muted', 'end') : undefined,
  ]);
}

/** Something inside a component, a pod or a container; an arrow where one can go further in. */
function drawItem(box: Box): Shape[] {
  const { width, height } = box;
  const left = box.state === 'idle' ? 10 : 26;
  const room = width - left - (box.target === undefined ? 8 : 22);
  const lines = box.facts.length === 0 ? [] : wrap(box.facts.join(' · '), room, 1, 'small');
  const first = lines.length === 0 ? height / 2 + 4 : 20;
  return present([
    around(box, 5), rect(box, `pod item state-${box.state}`, 5), mark(box.state, 14, first - 4, 0.85),
    label(fitMiddle(box.title, room, 'title'), left, first, 'title'),
    ...lines.map((line) => label(fitEnd(line, room, 'small'), left, 37, 'muted')),
    box.target === undefined ? undefined
      : shape('path', { class: 'icon', d: 'M0 0l4 4l-4 4', transform: `translate(${width - 16} ${height / 2 - 4})` }),
  ]);
}

function isTrouble({ state }: Box): boolean {
  return state === 'failed' || state === 'crashing' || state === 'unknown';
}

function drawGroup(box: Box): Shape[] {
  const members = box.members ?? [];
  const count = box.facts[0] ?? '';
  const countWidth = measure(count, 'title');
  const rows = box.expanded ? 0 : Math.max(1, Math.floor((box.height - 30) / 12));
  const arrow = box.expanded ? 'M10 13l4 5l4 -5z' : 'M11 11l6 4.5l-6 4.5z';
  const y = box.height < 36 ? box.height / 2 + 4 : 19;
  return present([
    // A second edge behind the box says that there is more than one.
    around(box, 5), shape('path', { class: 'stack', d: `M4 ${box.height + 2.5}H${box.width - 4}` }),
    rect(box, `pod group state-${box.state}`, 5),
    shape('path', { class: 'arrow', d: arrow, transform: `translate(0 ${y - 19})` }),
    label(fitMiddle(box.title, box.width - 28 - countWidth - 16, 'title'), 24, y, 'title'),
    label(count, box.width - 10, y, 'title', 'end'),
    ...(box.expanded ? [] : dots(members, 10, 26, box.width - 20, rows)),
  ]);
}
