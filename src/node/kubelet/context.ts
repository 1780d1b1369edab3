/** What the parts of one kubelet share. */
import type { Node, Pod, Service } from '../../api/types';
import type { EventRecorder } from '../../client/events';
import type { ProcessHost } from '../../sim/process';
import type { FileTree } from '../filesystem';
import type { Verdict } from './admission';
import type { BackOff } from './backoff';
import type { ObjectCache } from './object-cache';
import type { StatusManager } from './status-manager';

export interface KubeletContext {
  readonly host: ProcessHost;
  readonly recorder: EventRecorder;
  readonly statuses: StatusManager;
  readonly objects: ObjectCache;
  readonly files: FileTree;
  readonly crashes: BackOff;
  readonly pulls: BackOff;
  /** Why the last pull by pod and image failed: `ErrImagePull: ...`. */
  readonly pullFailures: Map<string, string>;
  readonly clusterDns: string;
  readonly clusterDomain: string;
  services(): readonly Service[];
  node(): Node | undefined;
  /** Why pods cannot have a network yet; undefined when they can. */
  networkProblem(): string | undefined;
  /** Why a running pod cannot have the resources that it now asks for: `Deferred`, `Infeasible`. */
  resizeVerdict(pod: Pod): Verdict | undefined;
  /** A running pod has been granted other resources. */
  resized(pod: Pod): void;
  /** An image has been pulled: the node's list of images changes. */
  imagesChanged(): void;
}
