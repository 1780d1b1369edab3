/**
 * DNS between simulated processes: one question, one answer, over channel `dns` to port 53. Search paths are the
 * client's part, as in resolv.conf. Not modelled: SRV, PTR and other types, TTLs and caches, UDP against TCP.
 */

export const dnsPort = 53;

export interface DnsQuery {
  /** Fully qualified, with or without the final dot; letters of any case. */
  readonly name: string;
  readonly type: 'A' | 'AAAA';
}

/** `NXDOMAIN`: there is no such name. `SERVFAIL`: the server cannot tell now. */
export type DnsError = 'NXDOMAIN' | 'SERVFAIL';

export type DnsAnswer =
  /** No address: the name exists, but has none of that type. `cname` is what the name is an alias of. */
  | { readonly addresses: readonly string[]; readonly cname?: string }
  | { readonly error: DnsError };

/** Whether a payload is a question of this kind. */
export function isDnsQuery(payload: unknown): payload is DnsQuery {
  if (typeof payload !== 'object' || payload === null) return false;
  const { name, type } = payload as Partial<DnsQuery>;
  return typeof name === 'string' && (type === 'A' || type === 'AAAA');
}
