/**
 * One etcd member: a process that serves the gRPC API on port 2379. A write is put into the log in order of arrival,
 * and 1 ms later, when it is on disk, applied, told to the watchers and answered; reads are answered at once from what
 * is applied. Members share one log until Raft exists (see shared-log.ts); health checks are answered on port 2381.
 */
import { defined, unreachable } from '../base/assert';
import { fnv1a32 } from '../base/hash';
import type { Cancel, IncomingCall, ProcessHost, Program } from '../sim/process';
import { answer, type EtcdResult, refuse } from './errors';
import { healthAnswer, isHealthRequest } from './health';
import { clientPort, commitMs, leaseCheckMs, leasesRevokedPerCheck, metricsPort, peerPort } from './limits';
import type { LogFollower, SharedLog } from './shared-log';
import { answerSubject } from './subject';
import { isReadOnly } from './txn';
import { type AttachedWatch, WatchServer } from './watch-server';
import type {
  EtcdRequest, Header, KeyEvent, LeaseKeepAliveRequest, LeaseResponse, LeaseTimeToLiveRequest, LeaseTimeToLiveResponse,
  Member, MemberListResponse, StatusResponse, WriteRequest,
} from './wire';

export interface EtcdMemberOptions {
  /** The member's name, which kubeadm makes the node's name. */
  readonly name: string;
  /** etcd's version as the image's tag has it: `3.6.5`. */
  readonly version: string;
  readonly log: SharedLog;
}

export class EtcdMember implements Program, LogFollower {
  private host: ProcessHost | undefined;
  private watches: WatchServer | undefined;
  private leaseCheck: { readonly atMs: number; readonly timer: Cancel } | undefined;
  private identity: Member | undefined;

  constructor(private readonly options: EtcdMemberOptions) {}

  get member(): Member {
    return defined(this.identity, 'a started member');
  }

  get alive(): boolean {
    return this.host?.alive ?? false;
  }

  start(host: ProcessHost): void {
    const { log, name } = this.options;
    this.host = host;
    this.identity = memberOf(name, host.address);
    this.watches = new WatchServer(host, log.machine.store);
    log.join(this);
    for (const port of [clientPort, peerPort, metricsPort]) host.listen(port);
    this.onLeases();
  }

  serve(call: IncomingCall): void {
    const { payload } = call;
    if (isHealthRequest(payload)) {
      const response = healthAnswer(payload, this.options.log.machine.alarms);
      return call.reply(response, { ...call.subject, code: response.code });
    }
    // Whoever does not speak etcd's language, such as a probe of the port, gets no further than the connection.
    if (!isEtcdRequest(payload)) return call.reply({ connected: true }, { verb: call.subject.verb });
    this.handle(call, payload);
  }

  onEvents(events: readonly KeyEvent[], revision: number): void {
    this.watches?.dispatch(events, revision);
  }

  attachedWatches(): readonly AttachedWatch[] {
    return this.watches?.attached() ?? [];
  }

  /** Sets the timer for the lease that runs out next. */
  onLeases(): void {
    const expiry = this.options.log.machine.lessor.nextExpiryMs();
    if (expiry === undefined || (this.leaseCheck && this.leaseCheck.atMs <= expiry)) return;
    this.checkLeasesAt(Math.ceil(expiry / leaseCheckMs) * leaseCheckMs);
  }

  private handle(call: IncomingCall, request: EtcdRequest): void {
    const { log } = this.options;
    const { store, lessor } = log.machine;
    const header: Header = { revision: store.revision };
    switch (request.rpc) {
      case 'Range':
        return reply(call, store.range(request));
      case 'Txn':
      case 'Put':
      case 'DeleteRange':
      case 'Compact':
      case 'LeaseRevoke':
        return this.propose(call, request);
      case 'LeaseGrant':
        return this.propose(call, { ...request, id: request.id || this.newLeaseId() });
      case 'Alarm':
        if (request.action === 'DEACTIVATE') return this.propose(call, request);
        return reply(call, answer({ ...header, alarms: log.machine.alarms }));
      case 'Watch':
        return this.watches?.open(call, request);
      case 'WatchProgress':
        this.watches?.progress(call.from, request.watchId);
        return reply(call, answer(header));
      case 'LeaseKeepAlive':
        return reply(call, this.keepAlive(request, header));
      case 'LeaseTimeToLive':
        return reply(call, this.timeToLive(request, header));
      case 'LeaseLeases':
        return reply(call, answer({ ...header, leases: lessor.ids() }));
      case 'MemberList':
        return reply(call, answer<MemberListResponse>({ ...header, members: log.members() }));
      case 'Status':
        return reply(call, answer(this.status(header)));
      case 'Defragment':
        store.size.defragment();
        return reply(call, answer(header));
      default:
        return unreachable(request);
    }
  }

  /** Writes go through the log; a transaction that cannot write is answered like a read. */
  private propose(call: IncomingCall, request: WriteRequest): void {
    const { log } = this.options;
    const refusal = log.machine.refusal(request);
    if (refusal) return reply(call, refuse(refusal));
    if (request.rpc === 'Txn' && isReadOnly(request)) return reply(call, log.machine.txn(request).result);
    const host = this.running();
    host.after(commitMs, () => reply(call, log.commit(request, host.nowMs)));
  }

  /** Renewing is the leader's own affair in etcd and does not go through the log. */
  private keepAlive({ id }: LeaseKeepAliveRequest, header: Header): EtcdResult<LeaseResponse> {
    const { log } = this.options;
    const ttlSeconds = log.machine.lessor.renew(id, this.running().nowMs);
    log.leasesChanged();
    return answer({ ...header, id, ttlSeconds });
  }

  private timeToLive({ id, keys }: LeaseTimeToLiveRequest, header: Header): EtcdResult<LeaseTimeToLiveResponse> {
    const lease = this.options.log.machine.lessor.lookup(id);
    const { nowMs } = this.running();
    if (!lease) return answer({ ...header, id, ttlSeconds: -1, grantedTtlSeconds: 0, keys: [] });
    return answer({
      ...header,
      id,
      ttlSeconds: Math.floor((lease.expiresMs - nowMs) / 1000),
      grantedTtlSeconds: lease.ttlSeconds,
      keys: keys ? lease.keys : [],
    });
  }

  private status(header: Header): StatusResponse {
    const { log, version } = this.options;
    const { machine } = log;
    return {
      ...header,
      version,
      memberId: this.member.id,
      leaderId: defined(log.leader(), 'a leader').id,
      sharedLog: true,
      dbSize: machine.store.size.fileBytes,
      dbSizeInUse: machine.store.size.usedBytes,
      dbSizeQuota: machine.quota,
      alarms: machine.alarms,
    };
  }

  private newLeaseId(): number {
    const random = this.running().random('lease');
    // 52 bits, never 0; etcd's have 63, which a JavaScript number cannot hold.
    return (random.below(0xf_ffff) + 1) * 0x1_0000_0000 + random.next32();
  }

  private checkLeasesAt(atMs: number): void {
    const host = this.running();
    this.leaseCheck?.timer.cancel();
    const timer = host.after(atMs - host.nowMs, () => this.checkLeases(), { background: true });
    this.leaseCheck = { atMs, timer };
  }

  /** The leader revokes what has run out; the others look again, since a leader may end before it has done so. */
  private checkLeases(): void {
    this.leaseCheck = undefined;
    const { log } = this.options;
    const host = this.running();
    const expired = log.machine.lessor.expired(host.nowMs, leasesRevokedPerCheck);
    if (expired.length === 0) return this.onLeases();
    this.checkLeasesAt(host.nowMs + leaseCheckMs);
    if (log.leader()?.id !== this.member.id) return;
    host.after(commitMs, () => {
      for (const id of expired) log.commit({ rpc: 'LeaseRevoke', id }, host.nowMs);
    });
  }

  private running(): ProcessHost {
    return defined(this.host, 'a started member');
  }
}

function reply(call: IncomingCall, result: EtcdResult<Header>): void {
  call.reply(result, answerSubject(call.subject, result));
}

/** etcd hashes name and peer URL into a member's id; the hash is another, the shape of the id the same. */
function memberOf(name: string, address: string): Member {
  const peerUrl = `https://${address}:${peerPort}`;
  const hex = (text: string): string => fnv1a32(text).toString(16).padStart(8, '0');
  return Object.freeze({
    id: `${hex(name)}${hex(peerUrl)}`,
    name,
    peerUrls: Object.freeze([peerUrl]),
    clientUrls: Object.freeze([`https://${address}:${clientPort}`]),
  });
}

function isEtcdRequest(payload: unknown): payload is EtcdRequest {
  return typeof (payload as Partial<EtcdRequest> | undefined)?.rpc === 'string';
}
