/** etcd's errors as the API server passes them on. Models storage/etcd3 and responsewriters.ErrorToAPIStatus. */
import { expired, type FailureStatus, timeout } from '../../api/status';
import type { EtcdError } from '../../etcd/errors';

/** The Status of a request that etcd did not serve: a plain 500 with the error's own text in nearly all cases. */
export function etcdFailure({ code, message }: EtcdError): FailureStatus {
  if (code === 'DeadlineExceeded') {
    return timeout(`request did not complete within requested timeout - ${message}`, 0);
  }
  if (message === 'etcdserver: mvcc: required revision has been compacted') {
    return expired('The resourceVersion for the provided list is too old.');
  }
  // clientv3 knows etcd's own errors by their text; any other error is printed with its gRPC code.
  return plainError(message.startsWith('etcdserver: ') ? message : `rpc error: code = ${code} desc = ${message}`);
}

/** A 500 without a reason, as an error becomes that is no Status. */
export function plainError(message: string): FailureStatus {
  return { apiVersion: 'v1', kind: 'Status', metadata: {}, status: 'Failure', message, code: 500 };
}
