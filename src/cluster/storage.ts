/**
 * Disks and databases that somebody fills to see what follows, and frees again. A node's disk is a file that takes the
 * space; etcd's database gets old versions of one key until it has reached its quota, which is one step here, since
 * the two thousand requests of a real client would drown everything else in the trace. It is freed as its
 * documentation says: compact, defragment, disarm.
 */
import { etcdClient } from '../etcd/client';
import type { SharedLog } from '../etcd/shared-log';
import type { PutRequest } from '../etcd/wire';
import type { NodeMachine } from '../node/machine';
import type { Program } from '../sim/process';
import type { Simulation } from '../sim/simulation';
import { runTask, type Task } from '../sim/task';

/** The key that the database is filled with, outside of what Kubernetes uses. */
const filler: PutRequest = { rpc: 'Put', key: '/filler', value: 'one mebibyte of random bytes', bytes: 1024 * 1024 };

export type StorageChange = 'fillDisk' | 'freeDisk' | 'fillDatabase' | 'freeDatabase';

export class Storage {
  constructor(
    private readonly sim: Simulation,
    private readonly etcd: SharedLog,
    private readonly machine: (name: string) => NodeMachine | undefined,
  ) {}

  /** Does nothing where there is no such machine, or no etcd runs on it. */
  change(change: StorageChange, name: string): void {
    const { sim } = this;
    if (change === 'freeDatabase') return this.freeDatabase(name);
    const machine = this.machine(name);
    if (!machine || (change === 'fillDatabase' && !sim.isRunning(`etcd@${name}`))) return;
    sim.fault(change, change === 'fillDatabase' ? `etcd@${name}` : name);
    if (change === 'fillDisk') machine.fillDisk();
    else if (change === 'freeDisk') machine.disk.free();
    else while (!this.etcd.machine.refusal(filler)) this.etcd.commit(filler, sim.nowMs);
  }

  private freeDatabase(name: string): void {
    const id = `etcdctl#0@${name}`;
    if (!this.machine(name) || this.sim.isRunning(id) || !this.sim.network.machine(name)?.up) return;
    const program: Program = {
      start: (host) => runTask(repair(etcdClient(host, { timeoutMs: 5_000 })), (done) => host.exit(done ? 0 : 1)),
    };
    this.sim.spawn({ id, machine: name, program });
  }
}

/** True when all of it was done. */
function* repair(etcd: ReturnType<typeof etcdClient>): Task<boolean> {
  const status = yield* etcd.status();
  if (!status.ok) return false;
  // What is compacted already is an error to compact again, and no reason to stop.
  yield* etcd.compact(status.response.revision);
  const defragmented = yield* etcd.defragment();
  if (!defragmented.ok) return false;
  const disarmed = yield* etcd.disarm();
  return disarmed.ok;
}
