/** A control plane with etcd members and a client for the tests, and what its watches hear. */
import { etcdClient, type EtcdClient, type EtcdClientOptions, type WatchHandlers } from '../../../src/etcd/client';
import type { EtcdResult } from '../../../src/etcd/errors';
import { EtcdMember } from '../../../src/etcd/member';
import { SharedLog } from '../../../src/etcd/shared-log';
import type { Header, KeyEvent, PutRequest } from '../../../src/etcd/wire';
import type { ProcessHost } from '../../../src/sim/process';
import { Simulation } from '../../../src/sim/simulation';
import { runTask, type Task } from '../../../src/sim/task';

export interface Party {
  readonly host: ProcessHost;
  readonly etcd: EtcdClient;
}

export class Cluster {
  readonly sim = new Simulation(1);
  readonly log: SharedLog;

  /** `members`: how many machines cp1, cp2, .. each run one. */
  constructor(members = 1, quota?: number) {
    this.log = new SharedLog(quota);
    for (let i = 1; i <= members; i += 1) {
      this.sim.network.addMachine(`cp${i}`, `172.18.0.${i + 1}`);
      this.startMember(i);
    }
  }

  startMember(i: number): void {
    const program = new EtcdMember({ name: `cp${i}`, version: '3.6.5', log: this.log });
    this.sim.spawn({ id: `etcd@cp${i}`, machine: `cp${i}`, program });
  }

  /** A process with a client of the machine's member. */
  client(name = 'kube-apiserver', machine = 'cp1', options?: EtcdClientOptions): Party {
    let started: ProcessHost | undefined;
    this.sim.spawn({ id: `${name}@${machine}`, machine, program: { start: (host) => void (started = host) } });
    const host = started as unknown as ProcessHost;
    return { host, etcd: etcdClient(host, options) };
  }

  /** Runs a task to its end and returns its result. */
  run<T>(task: Task<T>): T {
    let results: T[] = [];
    runTask(task, (result) => (results = [result]));
    this.sim.runUntilTrue(() => results.length > 0, 100_000);
    if (results.length === 0) throw new Error('the task does not end');
    return results[0] as T;
  }

  /** Runs a task that must succeed. */
  must<T extends Header>(task: Task<EtcdResult<T>>): T {
    const result = this.run(task);
    if (!result.ok) throw new Error(result.error.message);
    return result.response;
  }
}

/** A frozen value of three bytes. */
export const put = (key: string, value = 'val', lease = 0): Omit<PutRequest, 'rpc'> =>
  ({ key, value, bytes: 3, lease });

/** Handlers that write down what they hear with the time. */
export function hearing(host: ProcessHost, heard: string[]): WatchHandlers {
  return {
    onEvents: (events, revision) => heard.push(`${host.nowMs} r${revision} ${events.map(eventText).join(', ')}`),
    onEnd: (end) => heard.push(`${host.nowMs} ${end.kind}${end.kind === 'compacted' ? ` ${end.compactRevision}` : ''}`),
  };
}

function eventText({ type, kv }: KeyEvent): string {
  return `${type} ${kv.key}@${kv.modRevision}`;
}
