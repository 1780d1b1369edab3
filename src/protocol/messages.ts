/**
 * Messages between the extension host and the diagram panel. The host holds the truth and always sends complete
 * snapshots; the panel only draws, and tells what the user did. Both sides check the kind of what they receive.
 */
import type { Hop } from './trace';
import type { ClusterView, RunMode } from './view';

export type Language = 'en' | 'de';

export type HostToPanel =
  /** The whole picture. `recentHops` fills the transcript; they are not animated. Absent view: no cluster exists. */
  | {
      readonly type: 'snapshot';
      readonly language: Language;
      readonly view: ClusterView | undefined;
      readonly recentHops: readonly Hop[];
      /** The box to mark as selected, when the host has a selection. */
      readonly selection?: string;
    }
  /** The picture has changed; `hops` happened since the last message, in order, and may be animated. */
  | { readonly type: 'update'; readonly view: ClusterView; readonly hops: readonly Hop[]; readonly skippedHops: number }
  /** Select and show a box: `kubelet@kind-worker`, `node/kind-worker`, `pod/default/web-0`. */
  | { readonly type: 'reveal'; readonly box: string };

export type PanelToHost =
  /** The panel has loaded and wants a snapshot. */
  | { readonly type: 'ready' }
  | { readonly type: 'run'; readonly mode: RunMode; readonly speed: number }
  | { readonly type: 'step' }
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
  /** Whether the transcript shows background work too. */
  readonly backgroundHops?: boolean;
  /** Ids of pod groups that are unfolded. */
  readonly expanded?: readonly string[];
}
