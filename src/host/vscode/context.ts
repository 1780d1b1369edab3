/** What the commands work on: one object, made at activation and handed to plain functions. */
import type { ApiServers } from './api-servers';
import type { Clusters } from './clusters';
import type { DiagramPanel } from './diagram/panel';
import type { ObjectDocuments } from './documents';
import type { LessonPlayer } from './lessons/player';
import type { Log } from './log';
import type { LiveChecks } from './manifests/live-checks';
import type { ManifestIndex } from './manifests/manifest-index';
import type { Problems } from './manifests/problems';
import type { SandboxTerminals } from './terminal/terminals';
import type { ClusterTree } from './tree/view';

export interface Kindergarten {
  readonly clusters: Clusters;
  readonly apiServers: ApiServers;
  readonly tree: ClusterTree;
  readonly diagram: DiagramPanel;
  readonly documents: ObjectDocuments;
  readonly index: ManifestIndex;
  readonly problems: Problems;
  readonly checks: LiveChecks;
  readonly lessons: LessonPlayer;
  readonly terminals: SandboxTerminals;
  readonly log: Log;
}
