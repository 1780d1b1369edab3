/**
 * Messages between the extension host and the diagram panel. The host holds the truth and always sends complete
 * snapshots; the panel only draws, and tells what the user did. Both sides check the kind of what they receive.
 */
import type { InsideView } from './inside';
import type { Study, StudyRequest } from './study';
import type { PastMoment, Timeline } from './time';
import type { Hop } from './trace';
import type { ClusterView, RunMode } from './view';
import type { WhatIf } from './what-if';

export type Language = 'en' | 'de';

/** Colours of the theme, or those of Okabe and Ito, which all common kinds of colour vision tell apart. */
export type Palette = 'theme' | 'okabe-ito';

export interface SavedFile {
  /** Without a folder: `kind-cluster.svg`. */
  readonly name: string;
  /** Text, or the bytes of a PNG in base64. */
  readonly content: string;
  readonly encoding: 'text' | 'base64';
}

/** A line of a manifest that was applied. */
export interface ManifestLine {
  /** As people call the file: its path in the workspace. */
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  readonly text: string;
}

export type HostToPanel =
  /** The whole picture. `recentHops` fills the transcript; they are not animated. Absent view: no cluster exists. */
  | {
      readonly type: 'snapshot';
      readonly language: Language;
      readonly view: ClusterView | undefined;
      readonly recentHops: readonly Hop[];
      /** The box to mark as selected, when the host has a selection. */
      readonly selection?: string;
      /** The inside of the box that the panel has gone into. */
      readonly inside?: InsideView;
      /** The tables that the panel shows in place of the picture. */
      readonly study?: Study;
      readonly palette?: Palette;
      /** Set when all this is not the present. A jump in time is a snapshot: nothing of it moves. */
      readonly past?: PastMoment;
    }
  /** The picture has changed; `hops` happened since the last message, in order, and may be animated. */
  | {
      readonly type: 'update';
      readonly view: ClusterView;
      readonly hops: readonly Hop[];
      readonly skippedHops: number;
      readonly inside?: InsideView;
      readonly study?: Study;
      /** Set after a step forward that did not lead to the present. */
      readonly past?: PastMoment;
    }
  /** The run as a whole, and where in it the picture is. */
  | { readonly type: 'timeline'; readonly timeline: Timeline }
  /** The chain of causes that led to what a box is now, oldest first; empty when it is not known any more. */
  | { readonly type: 'why'; readonly box: string; readonly hops: readonly Hop[]; readonly manifest?: ManifestLine }
  /** Select and show a box: `kubelet@kind-worker`, `node/kind-worker`, `pod/default/web-0`. */
  | { readonly type: 'reveal'; readonly box: string };

export type PanelToHost =
  /** The panel has loaded and wants a snapshot. */
  | { readonly type: 'ready' }
  | { readonly type: 'run'; readonly mode: RunMode; readonly speed: number }
  | { readonly type: 'step' }
  | { readonly type: 'stepBack' }
  /** Show the moment after so many hops, or when etcd first had a revision. */
  | { readonly type: 'goTo'; readonly hops: number }
  | { readonly type: 'goToRevision'; readonly revision: number }
  | { readonly type: 'returnToNow' }
  /** Let the run go on from the moment that is shown, in a way of its own. */
  | { readonly type: 'branch' }
  /** The panel has gone into a box, whose inside it wants from now on; or back to the cluster. */
  | { readonly type: 'zoom'; readonly box: string | undefined }
  /** The panel shows tables from now on, or with undefined the picture again. */
  | { readonly type: 'study'; readonly request: StudyRequest | undefined }
  /** Show a field of a pod where somebody wrote it: in the manifest, or in the pod's own YAML. */
  | { readonly type: 'openField'; readonly pod: string; readonly field: string }
  | { readonly type: 'why'; readonly box: string }
  /** Open the line of the manifest that a box goes back to. */
  | { readonly type: 'openManifest'; readonly box: string }
  /** Try out what happens: to a box, for a cut also the box at the other end. */
  | { readonly type: 'whatIf'; readonly action: WhatIf; readonly box: string; readonly other?: string }
  /** Save pictures that the panel has made. */
  | { readonly type: 'save'; readonly files: readonly SavedFile[] }
  | { readonly type: 'select'; readonly box: string | undefined }
  /** Open something for a box: `kubectl describe`, its YAML, or the tree item. */
  | { readonly type: 'open'; readonly box: string; readonly what: 'describe' | 'yaml' | 'tree' };

/** What the panel keeps across a reload of the window: camera and selection, never cluster state. */
export interface PanelState {
  readonly selection?: string;
  readonly scale?: number;
  readonly x?: number;
  readonly y?: number;
  readonly transcriptOpen?: boolean;
  /** Whether the transcript is read alone, without the diagram. */
  readonly alone?: boolean;
  /** Whether the transcript shows background work too. */
  readonly backgroundHops?: boolean;
  /** Ids of pod groups that are unfolded. */
  readonly expanded?: readonly string[];
  /** The preset view, the box that the panel has gone into, and which connections are shown. */
  readonly preset?: string;
  readonly focus?: string;
  readonly direction?: string;
  /** Which tables are shown in place of the picture. */
  readonly study?: string;
  /** Whether hops are folded into the steps that a text would tell. */
  readonly folded?: boolean;
}
