/**
 * What travels between an etcd client and a member: requests, responses and watch messages as closed unions that keep
 * the names of etcd's gRPC API (etcdserverpb). A response carries the header's revision directly; cluster id, raft term
 * and index are left out because members share one log until Raft exists. Values are opaque frozen data.
 *
 * Refused by the types, since Kubernetes uses none of it: sort orders, minimum and maximum revisions of a range, nested
 * transactions, compares over a range, ordering compares of values, ignore_value and ignore_lease, authentication.
 */
import type { EtcdResult } from './errors';

/** A lease's number; 0 stands for no lease. etcd prints it in hexadecimal. */
export type LeaseId = number;

/**
 * How many bytes a value takes: a number where the caller knows it, else a function of the value that is called only
 * when someone asks for the size of the database. One shared function for all puts costs nothing on the hot path.
 */
export type ValueSize = number | ((value: unknown) => number);

/** The key alone, or all keys from `key` up to but without `rangeEnd`; a `rangeEnd` of '\0' has no upper bound. */
export interface KeyRange {
  readonly key: string;
  readonly rangeEnd?: string;
}

/** One version of a key (mvccpb.KeyValue). `bytes` is how its value is measured, not part of etcd's message. */
export interface KeyValue {
  readonly key: string;
  readonly value: unknown;
  readonly createRevision: number;
  readonly modRevision: number;
  /** 1 for the first version of a generation; a deletion starts a new generation. */
  readonly version: number;
  readonly lease: LeaseId;
  readonly bytes: ValueSize;
}

/** What a deletion leaves behind: the key and the revision at which it went. */
export interface Tombstone {
  readonly key: string;
  readonly modRevision: number;
}

/**
 * One change as watchers see it. `prevKv` is always filled in, as for a watcher that asked for it, unless the key is
 * new or the version before is compacted.
 */
export type KeyEvent =
  | { readonly type: 'PUT'; readonly kv: KeyValue; readonly prevKv?: KeyValue }
  | { readonly type: 'DELETE'; readonly kv: Tombstone; readonly prevKv?: KeyValue };

export interface RangeRequest extends KeyRange {
  readonly rpc: 'Range';
  /** At most so many keys; 0 or absent means all. */
  readonly limit?: number;
  /** Reads as of that revision; 0 or absent means the newest. */
  readonly revision?: number;
  /** Leaves the values out. */
  readonly keysOnly?: boolean;
  readonly countOnly?: boolean;
}

export interface PutRequest {
  readonly rpc: 'Put';
  readonly key: string;
  /** Frozen by the caller. */
  readonly value: unknown;
  readonly bytes: ValueSize;
  readonly lease?: LeaseId;
  readonly prevKv?: boolean;
}

export interface DeleteRangeRequest extends KeyRange {
  readonly rpc: 'DeleteRange';
  readonly prevKv?: boolean;
}

/** A missing key has version, revisions and lease 0; comparing its value is always false. */
export type Compare =
  | {
      readonly target: 'version' | 'createRevision' | 'modRevision' | 'lease';
      readonly key: string;
      readonly result: 'equal' | 'notEqual' | 'greater' | 'less';
      readonly to: number;
    }
  | { readonly target: 'value'; readonly key: string; readonly result: 'equal' | 'notEqual'; readonly to: unknown };

export type TxnOp = RangeRequest | PutRequest | DeleteRangeRequest;

export interface TxnRequest {
  readonly rpc: 'Txn';
  readonly compare: readonly Compare[];
  /** Runs when every compare holds. */
  readonly success: readonly TxnOp[];
  readonly failure: readonly TxnOp[];
}

export interface CompactRequest {
  readonly rpc: 'Compact';
  readonly revision: number;
}

export interface WatchRequest extends KeyRange {
  readonly rpc: 'Watch';
  /** Chosen by the client, unique among its watches. */
  readonly watchId: number;
  /** The first revision to see; 0 or absent means from now on. */
  readonly startRevision?: number;
  /** Asks for a message with the revision every few seconds when nothing else was sent. */
  readonly progressNotify?: boolean;
}

/** Asks for a progress message on a watch now (WatchProgressRequest; there a message of the watch's own stream). */
export interface WatchProgressRequest {
  readonly rpc: 'WatchProgress';
  readonly watchId: number;
}

export interface LeaseGrantRequest {
  readonly rpc: 'LeaseGrant';
  readonly ttlSeconds: number;
  /** 0 or absent lets the member choose. */
  readonly id?: LeaseId;
}

export interface LeaseRevokeRequest {
  readonly rpc: 'LeaseRevoke';
  readonly id: LeaseId;
}

export interface LeaseKeepAliveRequest {
  readonly rpc: 'LeaseKeepAlive';
  readonly id: LeaseId;
}

export interface LeaseTimeToLiveRequest {
  readonly rpc: 'LeaseTimeToLive';
  readonly id: LeaseId;
  readonly keys?: boolean;
}

/** Lists the alarms, or takes one back. */
export interface AlarmRequest {
  readonly rpc: 'Alarm';
  readonly action: 'GET' | 'DEACTIVATE';
}

export interface EmptyRequest<Rpc extends 'LeaseLeases' | 'MemberList' | 'Status' | 'Defragment'> {
  readonly rpc: Rpc;
}

export interface Header {
  /** The store's revision when the request was answered. */
  readonly revision: number;
}

export interface RangeResponse extends Header {
  readonly kvs: readonly KeyValue[];
  /** True when the limit left keys out. */
  readonly more: boolean;
  /** Keys in the range, the limit set aside. */
  readonly count: number;
}

export interface PutResponse extends Header {
  readonly prevKv?: KeyValue;
}

export interface DeleteRangeResponse extends Header {
  readonly deleted: number;
  readonly prevKvs: readonly KeyValue[];
}

export type TxnOpResponse =
  | { readonly rpc: 'Range'; readonly response: RangeResponse }
  | { readonly rpc: 'Put'; readonly response: PutResponse }
  | { readonly rpc: 'DeleteRange'; readonly response: DeleteRangeResponse };

export interface TxnResponse extends Header {
  /** Whether every compare held. */
  readonly succeeded: boolean;
  readonly responses: readonly TxnOpResponse[];
}

export interface LeaseResponse extends Header {
  readonly id: LeaseId;
  /** Seconds granted; 0 from LeaseKeepAlive and -1 from LeaseTimeToLive when there is no such lease. */
  readonly ttlSeconds: number;
}

export interface LeaseTimeToLiveResponse extends LeaseResponse {
  readonly grantedTtlSeconds: number;
  /** In order; empty unless asked for. */
  readonly keys: readonly string[];
}

export interface LeaseLeasesResponse extends Header {
  readonly leases: readonly LeaseId[];
}

export interface Member {
  /** Hexadecimal, as etcdctl prints it. */
  readonly id: string;
  readonly name: string;
  readonly peerUrls: readonly string[];
  readonly clientUrls: readonly string[];
}

export interface MemberListResponse extends Header {
  readonly members: readonly Member[];
}

/** What is true of a member while all share one log: no term, no index, and a leader in name only. */
export interface StatusResponse extends Header {
  readonly version: string;
  readonly memberId: string;
  /** The first running member. */
  readonly leaderId: string;
  readonly sharedLog: true;
  /** Bytes of the database file; it shrinks by Defragment only. */
  readonly dbSize: number;
  /** Bytes of it that hold data. */
  readonly dbSizeInUse: number;
  readonly dbSizeQuota: number;
  readonly alarms: readonly AlarmType[];
}

export type AlarmType = 'NOSPACE';

export interface AlarmResponse extends Header {
  readonly alarms: readonly AlarmType[];
}

/** Request and response of every RPC that is answered once. */
export interface UnaryRpcs {
  readonly Range: { readonly request: RangeRequest; readonly response: RangeResponse };
  readonly Put: { readonly request: PutRequest; readonly response: PutResponse };
  readonly DeleteRange: { readonly request: DeleteRangeRequest; readonly response: DeleteRangeResponse };
  readonly Txn: { readonly request: TxnRequest; readonly response: TxnResponse };
  readonly Compact: { readonly request: CompactRequest; readonly response: Header };
  readonly WatchProgress: { readonly request: WatchProgressRequest; readonly response: Header };
  readonly LeaseGrant: { readonly request: LeaseGrantRequest; readonly response: LeaseResponse };
  readonly LeaseRevoke: { readonly request: LeaseRevokeRequest; readonly response: Header };
  readonly LeaseKeepAlive: { readonly request: LeaseKeepAliveRequest; readonly response: LeaseResponse };
  readonly LeaseTimeToLive: { readonly request: LeaseTimeToLiveRequest; readonly response: LeaseTimeToLiveResponse };
  readonly LeaseLeases: { readonly request: EmptyRequest<'LeaseLeases'>; readonly response: LeaseLeasesResponse };
  readonly MemberList: { readonly request: EmptyRequest<'MemberList'>; readonly response: MemberListResponse };
  readonly Status: { readonly request: EmptyRequest<'Status'>; readonly response: StatusResponse };
  readonly Alarm: { readonly request: AlarmRequest; readonly response: AlarmResponse };
  readonly Defragment: { readonly request: EmptyRequest<'Defragment'>; readonly response: Header };
}

export type UnaryRpc = keyof UnaryRpcs;
export type UnaryRequest = UnaryRpcs[UnaryRpc]['request'];
export type EtcdRequest = UnaryRequest | WatchRequest;

/** The requests that go through the log: they are committed to disk before they are answered. */
export type WriteRequest =
  | PutRequest
  | DeleteRangeRequest
  | TxnRequest
  | CompactRequest
  | LeaseGrantRequest
  | LeaseRevokeRequest
  | AlarmRequest;

/** The payload of a unary answer. */
export type UnaryAnswer<Rpc extends UnaryRpc = UnaryRpc> = EtcdResult<UnaryRpcs[Rpc]['response']>;

/** One message of a watch. */
export type WatchMessage =
  | { readonly kind: 'created'; readonly revision: number }
  | { readonly kind: 'events'; readonly events: readonly KeyEvent[]; readonly revision: number }
  | { readonly kind: 'progress'; readonly revision: number };

/** The last message of a watch that the member ends because its start lies in compacted history. */
export interface WatchCanceled {
  readonly kind: 'canceled';
  /** Reading from here on is possible. */
  readonly compactRevision: number;
}
