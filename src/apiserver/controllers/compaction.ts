/**
 * Compaction of etcd every five minutes, to what was the revision five minutes before. A key in etcd sees to it that of
 * several servers one does it. Models apiserver's storage/etcd3/compact.go.
 */
import type { EtcdClient } from '../../etcd/client';
import type { Task } from '../../sim/task';
import { compactRevisionKey } from '../storage/keys';

export class Compactor {
  /** The version of the key as this server last saw it, and the revision then. */
  private version = 0;
  private revision = 0;

  constructor(private readonly etcd: EtcdClient) {}

  /** One round. */
  *compact(): Task {
    const { etcd, version, revision } = this;
    const key = compactRevisionKey;
    const result = yield* etcd.txn({
      compare: [{ target: 'version', key, result: 'equal', to: version }],
      success: [{ rpc: 'Put', key, value: String(revision), bytes: 8 }],
      failure: [{ rpc: 'Range', key }],
    });
    if (!result.ok) return;
    const { succeeded, responses } = result.response;
    this.revision = result.response.revision;
    if (succeeded) {
      this.version = version + 1;
      if (revision > 0) yield* etcd.compact(revision);
      return;
    }
    const [read] = responses;
    this.version = read?.rpc === 'Range' ? read.response.kvs[0]?.version ?? 0 : 0;
  }
}
