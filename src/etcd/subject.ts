/** What the trace says of an etcd message: the RPC, the first key it is about, the revision, and what went wrong. */
import type { Subject } from '../protocol/trace';
import type { EtcdResult } from './errors';
import type { EtcdRequest, Header } from './wire';

/** The subject of a request. */
export function requestSubject(request: EtcdRequest): Subject {
  const name = keyOf(request);
  return name === undefined ? { verb: request.rpc } : { verb: request.rpc, name };
}

/** The subject of its answer. */
export function answerSubject(request: Subject, result: EtcdResult<Header>): Subject {
  if (result.ok) return { ...request, revision: result.response.revision };
  return { ...request, reason: result.error.code, message: result.error.message };
}

/** The key that stands for the request; leases stand as etcdctl prints them, in hexadecimal. */
function keyOf(request: EtcdRequest): string | undefined {
  switch (request.rpc) {
    case 'Range':
    case 'Put':
    case 'DeleteRange':
    case 'Watch':
      return request.key;
    case 'Txn':
      return (request.compare[0] ?? request.success[0] ?? request.failure[0])?.key;
    case 'LeaseGrant':
    case 'LeaseRevoke':
    case 'LeaseKeepAlive':
    case 'LeaseTimeToLive':
      return request.id ? request.id.toString(16) : undefined;
    default:
      return undefined;
  }
}
