/**
 * The scene: what is drawn and where, as plain data. Layout makes it, the renderer only draws it. Lengths are in CSS
 * pixels at a zoom of 100 % and a font of 13 px.
 */
import type { EdgeKind, Party } from './edges';

/** Decides glyph, pattern and colour; meaning never hangs on colour alone. `absent`: what belongs here is to come. */
export type BoxState =
  | 'idle' | 'pending' | 'creating' | 'running' | 'ready' | 'succeeded' | 'failed' | 'crashing' | 'terminating'
  | 'unknown' | 'stopped' | 'absent';

/** `zone`, `strip` and `lane` are frames; the rest can be selected. */
export type BoxKind =
  | 'zone' | 'strip' | 'lane' | 'node' | 'component' | 'pod' | 'podGroup' | 'client' | 'registry' | 'item';

export type ZoneName = 'client' | 'controlPlane' | 'nodes' | 'outside';

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** One pod of a group or of a compact node, drawn as a dot. */
export interface Member {
  readonly id: string;
  readonly state: BoxState;
  readonly title: string;
  /** Dots of one owner stand together; a change of it leaves a gap. */
  readonly owner: string;
}

export interface Box extends Rect {
  /**
   * `zone/nodes`, `node/kind-worker`, `kubelet@kind-worker`, `pod/default/web-0`, `group/kind-worker/default/Job/x`.
   */
  readonly id: string;
  readonly kind: BoxKind;
  readonly zone: ZoneName;
  /** What it is at the end of an edge; absent for frames. */
  readonly party?: Party;
  /** The frame around it. */
  readonly parent?: string;
  readonly title: string;
  /** The state in Kubernetes' own word, or the user interface's where Kubernetes has none. */
  readonly status: string;
  /** Small facts, the most important first; what does not fit is left out. */
  readonly facts: readonly string[];
  readonly state: BoxState;
  /** The full name for screen readers. */
  readonly label: string;
  readonly members?: readonly Member[];
  /** Whether a group is unfolded. */
  readonly expanded?: boolean;
  /** Leads an election. */
  readonly leader?: boolean;
  /** The box into which an item leads. */
  readonly target?: string;
}

export interface Line {
  /** `kubelet@kind-worker>kube-apiserver@kind-control-plane edge.kubelet`. */
  readonly id: string;
  /** Box ids; `from` opened the connection. */
  readonly from: string;
  readonly to: string;
  readonly kind: EdgeKind;
  /** From the box that opened the connection to the one that was called. */
  readonly points: readonly Point[];
}

/** How a line gets from a box to the free space around its card. */
export interface Berth {
  /** The card in which the box stands; its own id for a card. */
  readonly card: string;
  /** Middles of the free strips above and below the box, across the whole card. */
  readonly above: number;
  readonly below: number;
}

/** Where a card stands in the free space between cards. */
export interface CardBerth {
  /** Middles of the free columns left and right of the card. */
  readonly left: number;
  readonly right: number;
  /** Middle of the free strip above the card's row, which reaches both buses. */
  readonly above: number;
  /** Whether nothing stands between the card and the bus on that side. */
  readonly openLeft: boolean;
  readonly openRight: boolean;
  /** x of the free margins inside the card. */
  readonly innerLeft: number;
  readonly innerRight: number;
  /** The free column between etcd and the scheduler, on control planes. */
  readonly shaft?: number;
}

/** The free space in which lines run. */
export interface Roads {
  /** Zones stand below each other, and all lines between them run in the right margin. */
  readonly narrow: boolean;
  /** Boxes stand so that lines go straight from one to the other, with one corner at most. */
  readonly direct?: boolean;
  /** x of the middle of the bus that leads to API servers. */
  readonly bus: number;
  /** x of the middle of the bus that leads to what lies outside the cluster. */
  readonly outer: number;
  /** x of the middle of the column between client and control plane; not in narrow scenes. */
  readonly clientSide: number;
  /** y of the middle of the strip above all cards. */
  readonly top: number;
  readonly berths: ReadonlyMap<string, Berth>;
  readonly cards: ReadonlyMap<string, CardBerth>;
}

export type Density = 'full' | 'compact' | 'tiles';

export interface Scene {
  readonly width: number;
  readonly height: number;
  readonly density: Density;
  /** Frames before what stands in them. */
  readonly boxes: readonly Box[];
  readonly byId: ReadonlyMap<string, Box>;
  /** For ids that have no box of their own: the group or the node that stands for them. */
  readonly aliases: ReadonlyMap<string, string>;
  /** The lines that are always there: watches and other standing connections. */
  readonly lines: readonly Line[];
  readonly roads: Roads;
  /** Labels of all lines are shown, and not only those of the box that is pointed at. */
  readonly labelled?: boolean;
}

/** Glyphs of states in running text, so that colour is never needed. */
export const stateGlyphs: Readonly<Record<BoxState, string>> = {
  idle: '', pending: '◌', creating: '◐', running: '◍', ready: '✓', succeeded: '✔', failed: '✕', crashing: '↻',
  terminating: '▧', unknown: '?', stopped: '■', absent: '◌',
};

/** The box that stands for an id: its own, its group's or its node's. */
export function boxFor(scene: Scene, id: string): Box | undefined {
  return scene.byId.get(id) ?? scene.byId.get(scene.aliases.get(id) ?? '');
}
