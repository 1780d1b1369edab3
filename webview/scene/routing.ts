/**
 * Routes lines between boxes: horizontal and vertical pieces that run only where nothing stands. A line leaves its box
 * into the free strip beside it, follows the strip to the edge of its card, the space between cards to the bus, and on
 * the bus it meets what the other end has done likewise. Watches of nodes share a track, so that they join to one line on
 * the way to the API server; what else travels has tracks of its own, and lines of different tracks run side by side.
 */
import type { EdgeKind, Purpose } from './edges';
import { straightWay } from './straight-way';
import type { Berth, Box, CardBerth, Point, Scene } from './model';

/** The place of a purpose among others on the same road, from -3 to 3; larger is further right, and higher. */
const tracks: Readonly<Record<Purpose, number>> = {
  'edge.podApi': -3, 'edge.lookup': -3, 'edge.podToPod': -3, 'edge.probe': -3, 'edge.health': 2,
  'edge.forward': -3, 'edge.tool': 2, 'edge.metrics': -3, 'edge.podProxy': 2, 'edge.dns': 0,
  'edge.kubelet': 0, 'edge.kindnet': 0, 'edge.proxy': 0, 'edge.logs': 2, 'edge.kubeadm': 2, 'edge.pull': 3,
  'edge.client': 3, 'edge.balancer': 3, 'edge.etcd': 0, 'edge.scheduler': 0, 'edge.controllers': 0, 'edge.cri': 0,
  'edge.cni': 0,
};

/** Of two connections between the same boxes, the side on which each runs where lines go straight. */
const sides: Readonly<Partial<Record<Purpose, number>>> = {
  'edge.logs': 1,
  'edge.kubelet': -1,
  'edge.podProxy': 1,
  'edge.podApi': -1,
};

type Bus = 'main' | 'outer' | 'client';

/** Between neighbouring tracks, in pixels, so that lines of several purposes run side by side like a ribbon. */
const pitch = 4;

/** The way of an edge from one box to another; undefined where one of them cannot be reached. */
export function route(scene: Scene, from: Box, to: Box, kind: EdgeKind): readonly Point[] | undefined {
  const path = scene.roads.direct
    ? straightWay(from, to, sides[kind.purpose] ?? 0)
    : new Router(scene, kind).route(from, to);
  return path && simplify(path);
}

class Router {
  private readonly track: number;

  constructor(private readonly scene: Scene, kind: EdgeKind) {
    this.track = tracks[kind.purpose];
  }

  route(from: Box, to: Box): Point[] | undefined {
    const direct = facing(from, to);
    if (direct) return direct;
    const sameCard = this.berth(from)?.card !== undefined && this.berth(from)?.card === this.berth(to)?.card;
    const inside = sameCard ? this.within(from, to) : undefined;
    if (inside) return inside;
    const isFromLeft = from.party === 'client' || from.party === 'load-balancer';
    if (!this.scene.roads.narrow && isFromLeft && to.party === 'kube-apiserver') return this.clientToServer(from, to);
    const bus = this.busFor(from, to);
    const there = this.leave(from, bus);
    const back = this.leave(to, bus);
    return there && back && [...there, ...back.reverse()];
  }

  private berth(box: Box): Berth | undefined {
    return this.scene.roads.berths.get(box.id);
  }

  private card(box: Box): CardBerth | undefined {
    return this.scene.roads.cards.get(this.berth(box)?.card ?? '');
  }

  private busFor(from: Box, to: Box): Bus {
    if (this.scene.roads.narrow) return 'main';
    const other = from.party === 'registry' ? to : to.party === 'registry' ? from : undefined;
    if (other) return other.zone === 'nodes' ? 'outer' : 'main';
    const balanced = from.party === 'load-balancer' ? to : to.party === 'load-balancer' ? from : undefined;
    return balanced?.zone === 'controlPlane' ? 'client' : 'main';
  }

  private busX(bus: Bus): number {
    const { roads } = this.scene;
    const middle = bus === 'main' ? roads.bus : bus === 'outer' ? roads.outer : roads.clientSide;
    return middle + this.track * pitch;
  }

  /** From the client's side into a card and down to its API server; the strip above the components is free for that. */
  private clientToServer(from: Box, server: Box): Point[] | undefined {
    const strip = this.berth(server)?.above;
    if (strip === undefined) return undefined;
    const x = center(server).x;
    const level = from.y < strip && strip < from.y + from.height ? strip : from.y + from.height - 16;
    const turn = this.scene.roads.clientSide + 16;
    return [
      { x: right(from), y: level }, { x: turn, y: level }, { x: turn, y: strip }, { x, y: strip }, { x, y: server.y },
    ];
  }

  /** From a box to the bus. */
  private leave(box: Box, bus: Bus): Point[] | undefined {
    const x = this.busX(bus);
    const { roads } = this.scene;
    switch (box.party) {
      case 'kube-apiserver': {
        const y = this.portY(box);
        return bus === 'client' ? this.leaveCard(box, bus) : [{ x: right(box), y }, { x, y }];
      }
      case 'load-balancer': return this.leaveLeftColumn(box, bus, this.portY(box));
      case 'client': return this.leaveLeftColumn(box, bus, center(box).y);
      case 'registry': {
        const y = center(box).y + this.track * 2;
        if (roads.narrow) return [{ x: right(box), y }, { x, y }];
        if (bus === 'outer') return [{ x: box.x, y }, { x, y }];
        const turn = this.busX('outer');
        const top = roads.top + this.track;
        return [{ x: box.x, y }, { x: turn, y }, { x: turn, y: top }, { x, y: top }];
      }
      default: return this.leaveCard(box, bus);
    }
  }

  /** From what stands left of the control plane: beside it, or over its top to the bus beyond. */
  private leaveLeftColumn(box: Box, bus: Bus, y: number): Point[] {
    const x = this.busX(bus);
    const { roads } = this.scene;
    if (roads.narrow || bus === 'client') return [{ x: right(box), y }, { x, y }];
    const turn = this.busX('client');
    const top = roads.top - this.track * pitch;
    return [{ x: right(box), y }, { x: turn, y }, { x: turn, y: top }, { x, y: top }];
  }

  private leaveCard(box: Box, bus: Bus): Point[] | undefined {
    const berth = this.berth(box);
    const card = this.card(box);
    if (!berth || !card) return undefined;
    const x = this.busX(bus);
    const toRight = box.zone === 'controlPlane' ? bus !== 'client' : bus === 'outer' || this.scene.roads.narrow;
    const open = toRight ? card.openRight : card.openLeft;
    const y = this.stripY(box, berth.above);
    const isWholeCard = berth.card === box.id;
    const isSmall = isWholeCard && this.scene.density !== 'full' && box.zone === 'nodes';
    const edge = { x: toRight ? right(box) : box.x, y };
    const start = isWholeCard && !isSmall ? [edge] : this.rise(box, y);
    if (open || isSmall) return [...start, { x, y }];
    const aside = (toRight ? card.right : card.left) + this.track * pitch * 0.75;
    const above = card.above - this.track * pitch * 0.75;
    return [...start, { x: aside, y }, { x: aside, y: above }, { x, y: above }];
  }

  /** From the box into the strip above it, or below it for those that stand above the host lane. */
  private rise(box: Box, y: number): Point[] {
    const below = this.fromBelow(box);
    if (below) return below;
    const x = this.portX(box);
    return [{ x, y: box.y }, { x, y }];
  }

  /** etcd, scheduler and controller manager leave downwards; the scheduler, above another, through the shaft. */
  private fromBelow(box: Box): Point[] | undefined {
    const berth = this.berth(box);
    const card = this.card(box);
    if (!berth || !card || !standsAbove.has(box.party ?? '')) return undefined;
    const y = this.stripY(box, berth.below);
    if (box.party !== 'kube-scheduler' || card.shaft === undefined) {
      const x = this.portX(box);
      return [{ x, y: bottom(box) }, { x, y }];
    }
    const level = center(box).y + 12;
    return [{ x: box.x, y: level }, { x: card.shaft, y: level }, { x: card.shaft, y }];
  }

  private stripY(box: Box, middle: number): number {
    // Strips between pods and between small nodes are narrow.
    const stride = box.kind === 'pod' || box.kind === 'podGroup' ? 0.5 : box.kind === 'node' ? 1.5 : pitch;
    return middle - this.track * stride;
  }

  private portX(box: Box): number {
    return center(box).x + Math.max(-box.width / 2 + 8, Math.min(box.width / 2 - 8, this.track * 6));
  }

  /** Where lines from the bus reach an API server or a load balancer. */
  private portY(box: Box): number {
    return center(box).y - this.track * Math.min(pitch, (box.height - 16) / 7);
  }

  /** Between two boxes of one card; undefined when the way outside is the right one. */
  private within(from: Box, to: Box): Point[] | undefined {
    const a = this.berth(from);
    const b = this.berth(to);
    const card = this.card(from);
    if (!a || !b || !card || a.card === from.id || b.card === to.id) return undefined;
    if (standsAbove.has(to.party ?? '') || to.party === 'kube-apiserver') return this.upTo(from, to, a, b, card);
    if (from.party === 'kube-apiserver') return this.upTo(to, from, b, a, card)?.reverse();
    const down = from.kind === 'component';
    const start = { x: this.portX(from), y: down ? bottom(from) : from.y };
    const end = { x: this.portX(to), y: to.y };
    const first = down ? a.below : a.above;
    const last = this.stripY(to, b.above);
    const y = this.stripY(to, first);
    if (Math.abs(first - b.above) < 1) return [start, { x: start.x, y: last }, { x: end.x, y: last }, end];
    return [
      start, { x: start.x, y }, { x: card.innerLeft, y }, { x: card.innerLeft, y: last }, { x: end.x, y: last }, end,
    ];
  }

  /** From the host or pods lane up to one of the components. */
  private upTo(from: Box, to: Box, a: Berth, b: Berth, card: CardBerth): Point[] | undefined {
    const x = this.portX(from);
    const y = this.stripY(from, a.above);
    const start = [{ x, y: from.y }, { x, y }];
    if (Math.abs(a.above - b.below) < 1) {
      const down = this.fromBelow(to) ?? [{ x: this.portX(to), y: bottom(to) }];
      const end = down.filter((point) => Math.abs(point.y - this.stripY(to, b.below)) > 0.5).reverse();
      return [...start, { x: end[0]?.x ?? x, y }, ...end];
    }
    if (to.party !== 'kube-apiserver') {
      const end = (this.fromBelow(to) ?? []).reverse();
      return [...start, { x: card.innerLeft, y }, { x: card.innerLeft, y: end[0]?.y ?? y }, ...end];
    }
    const port = this.portY(to);
    const aside = card.innerRight + this.track * 1.5;
    return [...start, { x: aside, y }, { x: aside, y: port }, { x: right(to), y: port }];
  }
}

const standsAbove: ReadonlySet<string> = new Set(['etcd', 'kube-scheduler', 'kube-controller-manager']);

/** Boxes that face each other with nothing between are joined by one straight piece. */
function facing(from: Box, to: Box): Point[] | undefined {
  const pair = `${from.party}>${to.party}`;
  if (!straight.has(pair) || from.parent !== to.parent) return undefined;
  const overlapY = Math.min(bottom(from), bottom(to)) - Math.max(from.y, to.y);
  if (overlapY > 0) {
    // The taller one is met where the other one stands; API server and etcd meet in the passage between the others.
    const lower = from.height <= to.height ? from : to;
    const y = center(lower).y;
    return from.x < to.x ? [{ x: right(from), y }, { x: to.x, y }] : [{ x: from.x, y }, { x: right(to), y }];
  }
  const x = center(from.width <= to.width ? from : to).x;
  return from.y < to.y ? [{ x, y: bottom(from) }, { x, y: to.y }] : [{ x, y: from.y }, { x, y: bottom(to) }];
}

const straight: ReadonlySet<string> = new Set([
  'kube-apiserver>etcd', 'kube-scheduler>kube-apiserver', 'kube-controller-manager>kube-apiserver',
  'kubelet>container-runtime', 'container-runtime>cni', 'client>load-balancer',
]);

function center({ x, y, width, height }: Box): Point {
  return { x: x + width / 2, y: y + height / 2 };
}

function right({ x, width }: Box): number {
  return x + width;
}

function bottom({ y, height }: Box): number {
  return y + height;
}

/** Leaves out points that change nothing. */
function simplify(path: readonly Point[]): Point[] {
  const points: Point[] = [];
  for (const point of path.map(({ x, y }) => ({ x: Math.round(x * 2) / 2, y: Math.round(y * 2) / 2 }))) {
    const before = points.at(-1);
    if (before && before.x === point.x && before.y === point.y) continue;
    const beforeThat = points.at(-2);
    const isStraight = before && beforeThat
      && ((beforeThat.x === before.x && before.x === point.x) || (beforeThat.y === before.y && before.y === point.y));
    if (isStraight) points[points.length - 1] = point;
    else points.push(point);
  }
  return points;
}
