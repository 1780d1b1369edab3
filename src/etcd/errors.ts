/** etcd's errors as values: gRPC code and text, letter by letter those of api/v3rpc/rpctypes. */

export type GrpcCode =
  | 'InvalidArgument' | 'OutOfRange' | 'ResourceExhausted' | 'NotFound' | 'FailedPrecondition' | 'Unavailable'
  | 'DeadlineExceeded';

export interface EtcdError {
  readonly code: GrpcCode;
  readonly message: string;
}

export type EtcdResult<T> =
  | { readonly ok: true; readonly response: T }
  | { readonly ok: false; readonly error: EtcdError };

/** The errors a member can answer with. */
export const etcdErrors = {
  emptyKey: { code: 'InvalidArgument', message: 'etcdserver: key is not provided' },
  tooManyOps: { code: 'InvalidArgument', message: 'etcdserver: too many operations in txn request' },
  duplicateKey: { code: 'InvalidArgument', message: 'etcdserver: duplicate key given in txn request' },
  requestTooLarge: { code: 'InvalidArgument', message: 'etcdserver: request is too large' },
  compacted: { code: 'OutOfRange', message: 'etcdserver: mvcc: required revision has been compacted' },
  futureRevision: { code: 'OutOfRange', message: 'etcdserver: mvcc: required revision is a future revision' },
  noSpace: { code: 'ResourceExhausted', message: 'etcdserver: mvcc: database space exceeded' },
  leaseNotFound: { code: 'NotFound', message: 'etcdserver: requested lease not found' },
  leaseExists: { code: 'FailedPrecondition', message: 'etcdserver: lease already exists' },
  leaseTtlTooLarge: { code: 'OutOfRange', message: 'etcdserver: too large lease TTL' },
} as const satisfies Record<string, EtcdError>;

/** A result that failed. */
export function refuse(error: EtcdError): { readonly ok: false; readonly error: EtcdError } {
  return { ok: false, error };
}

/** A result that succeeded. */
export function answer<T>(response: T): EtcdResult<T> {
  return { ok: true, response };
}
