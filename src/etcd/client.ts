/**
 * The face of etcd that API servers use: one call per request, answers and errors as values, watches as handlers. Raft
 * can move in behind it without a change here. A watch that ended is not resumed by itself, as clientv3 would do; its
 * owner knows the last revision it saw and opens it again from the next one.
 */
import { defined } from '../base/assert';
import type { CallFailure, CallResult, Cancel, ProcessHost } from '../sim/process';
import { type Task, waitFor } from '../sim/task';
import { type EtcdError, etcdErrors, type EtcdResult, refuse } from './errors';
import { clientPort } from './limits';
import { requestSubject } from './subject';
import type {
  KeyEvent, KeyRange, LeaseId, LeaseResponse, UnaryAnswer, UnaryRequest, UnaryRpc, UnaryRpcs, WatchCanceled,
  WatchMessage,
} from './wire';

type Fields<Rpc extends UnaryRpc> = Omit<UnaryRpcs[Rpc]['request'], 'rpc'>;
type Answer<Rpc extends UnaryRpc> = Task<EtcdResult<UnaryRpcs[Rpc]['response']>>;

/** Why a watch ended by itself. */
export type WatchEnd =
  /** Its start lies in compacted history; reading from `compactRevision` on is possible. */
  | { readonly kind: 'compacted'; readonly compactRevision: number; readonly error: EtcdError }
  /** The connection is gone; the watch can be opened again. */
  | { readonly kind: 'disconnected'; readonly error: EtcdError };

export interface WatchHandlers {
  /** Changes of one revision or, while catching up, of several, in order. */
  onEvents(events: readonly KeyEvent[], revision: number): void;
  /** When given, the watch asks to hear the revision also while nothing happens. All up to there has been seen. */
  onProgress?(revision: number): void;
  onEnd(end: WatchEnd): void;
}

/** An open watch. */
export interface Watch extends Cancel {
  /** Asks for a progress message now: how a cache learns that it is up to date. Needs `onProgress`. */
  requestProgress(): void;
}

/** What an API server asks of etcd. Every method is a task whose result is the answer or the error. */
export interface EtcdClient {
  range(request: Fields<'Range'>): Answer<'Range'>;
  put(request: Fields<'Put'>): Answer<'Put'>;
  delete(request: Fields<'DeleteRange'>): Answer<'DeleteRange'>;
  txn(request: Fields<'Txn'>): Answer<'Txn'>;
  /** Drops history before the revision. */
  compact(revision: number): Answer<'Compact'>;
  /** Watches a range from a revision on; 0 means from now. The handlers run until the watch is cancelled or ends. */
  watch(range: KeyRange, fromRevision: number, handlers: WatchHandlers): Watch;
  leaseGrant(ttlSeconds: number, id?: LeaseId): Answer<'LeaseGrant'>;
  leaseRevoke(id: LeaseId): Answer<'LeaseRevoke'>;
  leaseKeepAlive(id: LeaseId): Answer<'LeaseKeepAlive'>;
  leaseTimeToLive(id: LeaseId, keys?: boolean): Answer<'LeaseTimeToLive'>;
  leases(): Answer<'LeaseLeases'>;
  memberList(): Answer<'MemberList'>;
  status(): Answer<'Status'>;
  alarms(): Answer<'Alarm'>;
  /** Takes the NOSPACE alarm back; it rises again with the next write that does not fit. */
  disarm(): Answer<'Alarm'>;
  defragment(): Answer<'Defragment'>;
}

export interface EtcdClientOptions {
  /** `host:port`; by default the member on the own machine, as kubeadm sets it up. */
  readonly endpoint?: string;
  /** When an unanswered request is given up; without it, it waits as long as the connection lives. */
  readonly timeoutMs?: number;
}

/** A client of a member over gRPC, speaking as the process of the host. */
export function etcdClient(host: ProcessHost, options: EtcdClientOptions = {}): EtcdClient {
  const connection: Connection = { ...options, host, endpoint: options.endpoint ?? `127.0.0.1:${clientPort}` };
  let watches = 0;
  const ask = <Rpc extends UnaryRpc>(request: UnaryRpcs[Rpc]['request']): Answer<Rpc> => unary(connection, request);
  return {
    range: (request) => ask<'Range'>({ ...request, rpc: 'Range' }),
    put: (request) => ask<'Put'>({ ...request, rpc: 'Put' }),
    delete: (request) => ask<'DeleteRange'>({ ...request, rpc: 'DeleteRange' }),
    txn: (request) => ask<'Txn'>({ ...request, rpc: 'Txn' }),
    compact: (revision) => ask<'Compact'>({ rpc: 'Compact', revision }),
    watch: (range, fromRevision, handlers) => {
      watches += 1;
      return openWatch(connection, range, fromRevision, handlers, watches);
    },
    leaseGrant: (ttlSeconds, id = 0) => ask<'LeaseGrant'>({ rpc: 'LeaseGrant', ttlSeconds, id }),
    leaseRevoke: (id) => ask<'LeaseRevoke'>({ rpc: 'LeaseRevoke', id }),
    leaseKeepAlive: (id) => keepAlive(ask<'LeaseKeepAlive'>({ rpc: 'LeaseKeepAlive', id })),
    leaseTimeToLive: (id, keys = false) => ask<'LeaseTimeToLive'>({ rpc: 'LeaseTimeToLive', id, keys }),
    leases: () => ask<'LeaseLeases'>({ rpc: 'LeaseLeases' }),
    memberList: () => ask<'MemberList'>({ rpc: 'MemberList' }),
    status: () => ask<'Status'>({ rpc: 'Status' }),
    alarms: () => ask<'Alarm'>({ rpc: 'Alarm', action: 'GET' }),
    disarm: () => ask<'Alarm'>({ rpc: 'Alarm', action: 'DEACTIVATE' }),
    defragment: () => ask<'Defragment'>({ rpc: 'Defragment' }),
  };
}

interface Connection extends EtcdClientOptions {
  readonly host: ProcessHost;
  readonly endpoint: string;
}

function* unary<Rpc extends UnaryRpc>(connection: Connection, request: UnaryRequest): Answer<Rpc> {
  const { host, endpoint, timeoutMs } = connection;
  const result = yield* waitFor<CallResult>((resume) => {
    const call = { to: endpoint, channel: 'grpc', subject: requestSubject(request), payload: request } as const;
    host.call(timeoutMs === undefined ? call : { ...call, timeoutMs }, { onResult: resume });
  });
  if (!result.ok) return refuse(transportError(result.failure, result.address));
  return result.payload as UnaryAnswer<Rpc>;
}

/** clientv3's KeepAliveOnce turns an answer without time to live into an error. */
function* keepAlive(task: Task<EtcdResult<LeaseResponse>>): Task<EtcdResult<LeaseResponse>> {
  const result = yield* task;
  return result.ok && result.response.ttlSeconds <= 0 ? refuse(etcdErrors.leaseNotFound) : result;
}

function openWatch(
  { host, endpoint }: Connection, range: KeyRange, startRevision: number, handlers: WatchHandlers, watchId: number,
): Watch {
  const progressNotify = handlers.onProgress !== undefined;
  const request = { ...range, rpc: 'Watch', watchId, startRevision, progressNotify } as const;
  const call = { to: endpoint, channel: 'grpc', subject: requestSubject(request), payload: request } as const;
  const stream = host.call(call, {
    onEvent: (payload) => {
      const message = payload as WatchMessage;
      if (message.kind === 'events') handlers.onEvents(message.events, message.revision);
      else if (message.kind === 'progress') handlers.onProgress?.(message.revision);
    },
    onResult: (result) => {
      if (!result.ok) {
        const error = transportError(result.failure, result.address);
        return handlers.onEnd({ kind: 'disconnected', error });
      }
      const { compactRevision } = result.payload as WatchCanceled;
      handlers.onEnd({ kind: 'compacted', compactRevision, error: etcdErrors.compacted });
    },
  });
  return {
    cancel: () => stream.cancel(),
    requestProgress: () => {
      const asking = { rpc: 'WatchProgress', watchId } as const;
      const subject = requestSubject(asking);
      host.call({ to: endpoint, channel: 'grpc', subject, payload: asking }, { onResult: () => undefined });
    },
  };
}

/** What gRPC's Go client reports for a call without an answer. */
function transportError(failure: CallFailure, address: string): EtcdError {
  const dialing = `connection error: desc = "transport: Error while dialing: dial tcp ${address}: connect:`;
  const errors: Record<CallFailure, EtcdError> = {
    refused: { code: 'Unavailable', message: `${dialing} connection refused"` },
    unreachable: { code: 'Unavailable', message: `${dialing} no route to host"` },
    reset: { code: 'Unavailable', message: 'error reading from server: EOF' },
    timeout: { code: 'DeadlineExceeded', message: 'context deadline exceeded' },
  };
  return defined(errors[failure], failure);
}
