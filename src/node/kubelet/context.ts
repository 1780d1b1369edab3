/** What the parts of one kubelet share. */
import type { Node, Service } from '../../api/types';
import type { ApiClient } from '../../client/api-client';
import type { EventRecorder } from '../../client/events';
import type { ProcessHost } from '../../sim/process';
import type { FileTree } from '../filesystem';
import type { BackOff } from './backoff';
import type { ObjectCache } from './object-cache';
import type { StatusManager } from './status-manager';

export interface KubeletContext {
  readonly host: ProcessHost;
  readonly client: ApiClient;
  readonly recorder: EventRecorder;
  readonly statuses: StatusManager;
  readonly objects: ObjectCache;
  readonly files: FileTree;
  readonly crashes: BackOff;
  readonly pulls: BackOff;
  /** The last failed pull by pod and image. */
  readonly pullFailures: Map<string, { readonly atMs: number; readonly message: string }>;
  readonly clusterDns: string;
  readonly clusterDomain: string;
  services(): readonly Service[];
  node(): Node | undefined;
}
