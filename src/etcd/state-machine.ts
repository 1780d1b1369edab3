/**
 * What the log of a cluster drives (etcd's apply layer): store, leases and alarms, changed by committed requests only.
 * The same requests at the same times give the same state and the same answers, on every member: this is the part that
 * Raft will replicate.
 */
import { assert, unreachable } from '../base/assert';
import { answer, type EtcdError, etcdErrors, type EtcdResult, refuse } from './errors';
import { Lessor } from './lessor';
import { maxRequestBytes, quotaBytes } from './limits';
import { EtcdStore, type WriteTxn } from './store';
import { type AttachLease, compareHolds, refuseTxn, runDelete, runOps, runPut } from './txn';
import type {
  AlarmRequest, AlarmResponse, AlarmType, DeleteRangeRequest, DeleteRangeResponse, Header, KeyEvent, LeaseGrantRequest,
  LeaseResponse, LeaseRevokeRequest, PutRequest, PutResponse, TxnOp, TxnRequest, TxnResponse, WriteRequest,
} from './wire';

/** What committing a request gave: the answer for its sender and the changes for the watchers. */
export interface Applied {
  readonly result: EtcdResult<Header>;
  readonly events: readonly KeyEvent[];
}

/** What etcd's quota charges for a key's and a lease's own data (storage/quota.go). */
const keyCostBytes = 256;
const leaseCostBytes = 64;

const noEvents: readonly KeyEvent[] = Object.freeze([]);

export class StateMachine {
  readonly store = new EtcdStore();
  readonly lessor = new Lessor();
  private noSpace = false;
  private readonly attach: AttachLease = (key, before, now) => this.lessor.attach(key, before, now);

  /** `quota`: bytes of the database at which writes are refused. */
  constructor(readonly quota: number = quotaBytes) {}

  /** The alarms that are raised. */
  get alarms(): readonly AlarmType[] {
    return this.noSpace ? ['NOSPACE'] : [];
  }

  /** Why a request is refused before it enters the log, if it is. May raise the NOSPACE alarm. */
  refusal(request: WriteRequest): EtcdError | undefined {
    switch (request.rpc) {
      case 'Put':
      case 'DeleteRange':
        return this.refuseCost(putCost([request])) ?? refuseKey(request) ?? refuseSize([request]);
      case 'Txn': {
        const { success, failure } = request;
        const cost = Math.max(putCost(success), putCost(failure));
        return this.refuseCost(cost) ?? refuseTxn(request) ?? refuseSize([...success, ...failure]);
      }
      case 'LeaseGrant':
        return this.refuseCost(leaseCostBytes);
      case 'Compact':
      case 'LeaseRevoke':
      case 'Alarm':
        return undefined;
      default:
        return unreachable(request);
    }
  }

  /** Applies a committed request at a virtual time. */
  apply(request: WriteRequest, nowMs: number): Applied {
    switch (request.rpc) {
      case 'Put':
        return this.put(request);
      case 'DeleteRange':
        return this.deleteRange(request);
      case 'Txn':
        return this.txn(request);
      case 'Compact':
        return { result: this.store.compact(request.revision), events: noEvents };
      case 'LeaseGrant':
        return { result: this.grant(request, nowMs), events: noEvents };
      case 'LeaseRevoke':
        return this.revoke(request);
      case 'Alarm':
        return { result: this.alarm(request), events: noEvents };
      default:
        return unreachable(request);
    }
  }

  /** Compares and runs a transaction, whether it writes or only reads. */
  txn(request: TxnRequest): Applied {
    const { store, attach } = this;
    const succeeded = compareHolds(store, request.compare);
    const ops = succeeded ? request.success : request.failure;
    const refusal = this.refuseOps(ops);
    if (refusal) return refused(refusal);
    const writes = ops.some((op) => op.rpc !== 'Range');
    const txn = store.write();
    const responses = runOps(txn, ops, store.revision + (writes ? 1 : 0), attach);
    const events = txn.end();
    const response: TxnResponse = { revision: store.revision, succeeded, responses };
    return { result: answer(response), events };
  }

  private put(request: PutRequest): Applied {
    const refusal = this.refuseOps([request]);
    if (refusal) return refused(refusal);
    let prevKv: PutResponse['prevKv'];
    const events = this.write((txn) => (prevKv = runPut(txn, request, this.attach)));
    const { revision } = this.store;
    const response: PutResponse = request.prevKv && prevKv ? { revision, prevKv } : { revision };
    return { result: answer(response), events };
  }

  private deleteRange(request: DeleteRangeRequest): Applied {
    let prevKvs: DeleteRangeResponse['prevKvs'] = [];
    const events = this.write((txn) => (prevKvs = runDelete(txn, request, this.attach)));
    const response: DeleteRangeResponse = {
      revision: this.store.revision, deleted: prevKvs.length, prevKvs: request.prevKv ? prevKvs : [],
    };
    return { result: answer(response), events };
  }

  private grant({ id, ttlSeconds }: LeaseGrantRequest, nowMs: number): EtcdResult<LeaseResponse> {
    assert(id !== undefined, 'the member has chosen an id');
    const granted = this.lessor.grant(id, ttlSeconds, nowMs);
    if (!granted.ok) return granted;
    return answer({ revision: this.store.revision, id, ttlSeconds: granted.response.ttlSeconds });
  }

  /** The keys of a lease go in one revision, in key order. */
  private revoke({ id }: LeaseRevokeRequest): Applied {
    const lease = this.lessor.revoke(id);
    if (!lease) return refused(etcdErrors.leaseNotFound);
    const events = this.write((txn) => {
      for (const key of lease.keys) txn.deleteRange({ key });
    });
    return { result: answer({ revision: this.store.revision }), events };
  }

  private alarm({ action }: AlarmRequest): EtcdResult<AlarmResponse> {
    const { alarms } = this;
    if (action === 'DEACTIVATE') this.noSpace = false;
    return answer({ revision: this.store.revision, alarms });
  }

  private write(run: (txn: WriteTxn) => void): readonly KeyEvent[] {
    const txn = this.store.write();
    run(txn);
    return txn.end();
  }

  /** A put needs its lease, a range its revision. */
  private refuseOps(ops: readonly TxnOp[]): EtcdError | undefined {
    for (const op of ops) {
      if (op.rpc === 'Put' && op.lease && !this.lessor.has(op.lease)) return etcdErrors.leaseNotFound;
      const refusal = op.rpc === 'Range' ? this.store.refusalAt(op.revision ?? 0) : undefined;
      if (refusal) return refusal;
    }
    return undefined;
  }

  /** What costs nothing is never refused: deletions and compactions are the way out of a full database. */
  private refuseCost(costBytes: number): EtcdError | undefined {
    if (costBytes === 0) return undefined;
    if (!this.noSpace) this.noSpace = !this.store.size.fits(costBytes, this.quota);
    return this.noSpace ? etcdErrors.noSpace : undefined;
  }
}

function putCost(ops: readonly TxnOp[]): number {
  let cost = 0;
  for (const op of ops) if (op.rpc === 'Put') cost += keyCostBytes + op.key.length + knownBytes(op);
  return cost;
}

function refuseKey({ key }: TxnOp): EtcdError | undefined {
  return key === '' ? etcdErrors.emptyKey : undefined;
}

function refuseSize(ops: readonly TxnOp[]): EtcdError | undefined {
  let bytes = 0;
  for (const op of ops) bytes += op.key.length + (op.rpc === 'Put' ? knownBytes(op) : 0);
  return bytes > maxRequestBytes ? etcdErrors.requestTooLarge : undefined;
}

/** Sizes that are not numbers are not measured for a check. */
function knownBytes({ bytes }: PutRequest): number {
  return typeof bytes === 'number' ? bytes : 0;
}

function refused(error: EtcdError): Applied {
  return { result: refuse(error), events: noEvents };
}
