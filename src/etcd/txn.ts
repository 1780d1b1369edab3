/** Transactions: what is refused before anything is written, the compares, and the operations of the branch taken. */
import { unreachable } from '../base/assert';
import { equal } from '../base/freeze';
import { type EtcdError, etcdErrors } from './errors';
import { inRange } from './key-range';
import { maxTxnOps } from './limits';
import type { EtcdStore, WriteTxn } from './store';
import type {
  Compare, DeleteRangeRequest, KeyValue, LeaseId, PutRequest, TxnOp, TxnOpResponse, TxnRequest,
} from './wire';

/** What a write does to the leases of the keys it touches. */
export type AttachLease = (key: string, before: LeaseId, now: LeaseId) => void;

/** Why the request's form is refused, if it is (api/v3rpc/key.go, checkTxnRequest and checkIntervals). */
export function refuseTxn({ compare, success, failure }: TxnRequest): EtcdError | undefined {
  if (Math.max(compare.length, success.length, failure.length) > maxTxnOps) return etcdErrors.tooManyOps;
  if (compare.some(({ key }) => key === '')) return etcdErrors.emptyKey;
  for (const ops of [success, failure]) {
    if (ops.some(({ key }) => key === '')) return etcdErrors.emptyKey;
    if (ops.length > 1 && writesKeyTwice(ops)) return etcdErrors.duplicateKey;
  }
  return undefined;
}

/** Whether the transaction cannot write, whichever branch is taken; such a one need not go through the log. */
export function isReadOnly({ success, failure }: TxnRequest): boolean {
  return success.every((op) => op.rpc === 'Range') && failure.every((op) => op.rpc === 'Range');
}

/** Whether every compare holds now. */
export function compareHolds(store: EtcdStore, compares: readonly Compare[]): boolean {
  return compares.every((compare) => holds(compare, store.get(compare.key)));
}

/** Runs the operations in order within one revision. */
export function runOps(txn: WriteTxn, ops: readonly TxnOp[], revision: number, attach: AttachLease): TxnOpResponse[] {
  return ops.map((op): TxnOpResponse => {
    switch (op.rpc) {
      case 'Range':
        return { rpc: 'Range', response: txn.range(op) };
      case 'Put': {
        const prevKv = runPut(txn, op, attach);
        return { rpc: 'Put', response: op.prevKv && prevKv ? { revision, prevKv } : { revision } };
      }
      case 'DeleteRange': {
        const deleted = runDelete(txn, op, attach);
        const prevKvs = op.prevKv ? deleted : [];
        return { rpc: 'DeleteRange', response: { revision, deleted: deleted.length, prevKvs } };
      }
      default:
        return unreachable(op);
    }
  });
}

/** Writes a key, moves it to its new lease, and returns the version before. */
export function runPut(txn: WriteTxn, put: PutRequest, attach: AttachLease): KeyValue | undefined {
  const lease = put.lease ?? 0;
  const before = txn.put(put.key, put.value, put.bytes, lease);
  attach(put.key, before?.lease ?? 0, lease);
  return before;
}

/** Deletes a range, takes the keys off their leases, and returns them as they were. */
export function runDelete(txn: WriteTxn, request: DeleteRangeRequest, attach: AttachLease): KeyValue[] {
  const deleted = txn.deleteRange(request);
  for (const kv of deleted) attach(kv.key, kv.lease, 0);
  return deleted;
}

function writesKeyTwice(ops: readonly TxnOp[]): boolean {
  const puts = new Set<string>();
  for (const op of ops) {
    if (op.rpc !== 'Put') continue;
    if (puts.has(op.key)) return true;
    puts.add(op.key);
  }
  return ops.some((op) => op.rpc === 'DeleteRange' && [...puts].some((key) => inRange(op, key)));
}

function holds(compare: Compare, kv: KeyValue | undefined): boolean {
  if (compare.target === 'value') {
    return kv !== undefined && equal(kv.value, compare.to) === (compare.result === 'equal');
  }
  const { target, result } = compare;
  const actual = kv ? kv[target] : 0;
  switch (result) {
    case 'equal':
      return actual === compare.to;
    case 'notEqual':
      return actual !== compare.to;
    case 'greater':
      return actual > compare.to;
    case 'less':
      return actual < compare.to;
    default:
      return unreachable(result);
  }
}
