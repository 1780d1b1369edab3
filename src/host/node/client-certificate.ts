/**
 * What the client certificate of a connection says of its owner. It must come from the cluster's authority and be good
 * by OpenSSL's judgement; but time in a cluster is not that of the host, and a certificate that the cluster has issued
 * may not have begun yet out here. Such a one is taken with its dates, which the API server holds against its clock.
 */
import type { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import type { HttpRequest, VerifiedIdentity } from '../../protocol/http';

/** What goes into each request of a connection. */
export type Certified = Pick<HttpRequest, 'identity' | 'identityPeriod'>;

const timeProblems = ['CERT_NOT_YET_VALID', 'CERT_HAS_EXPIRED'];
/** id-kp-clientAuth. */
const clientUsage = '1.3.6.1.5.5.7.3.2';

const judged = new WeakMap<TLSSocket, Certified | 'refused'>();

/** Judges the certificate of a new connection; those that show none are nobody yet. */
export function judge(socket: TLSSocket, authority: X509Certificate): void {
  const certificate = socket.getPeerX509Certificate();
  if (!certificate) judged.set(socket, {});
  else if (socket.authorized) judged.set(socket, { identity: ownerOf(socket) });
  else if (isGoodButForTime(socket, certificate, authority)) {
    const { validFrom, validTo } = certificate;
    judged.set(socket, {
      identity: ownerOf(socket), identityPeriod: { fromMs: Date.parse(validFrom), untilMs: Date.parse(validTo) },
    });
  } else judged.set(socket, 'refused');
}

/** Who sends the requests of a connection, or that its certificate is none of ours. */
export function certifiedBy(socket: TLSSocket): Certified | 'refused' {
  return judged.get(socket) ?? 'refused';
}

/** OpenSSL tells only the last of its complaints, so that everything else is looked at once more. */
function isGoodButForTime(socket: TLSSocket, certificate: X509Certificate, authority: X509Certificate): boolean {
  const problem = socket.authorizationError as unknown as string | { readonly code?: string };
  const code = typeof problem === 'string' ? problem : problem.code ?? '';
  return timeProblems.includes(code) && !certificate.ca && certificate.checkIssued(authority)
    && certificate.verify(authority.publicKey) && (certificate.keyUsage ?? []).includes(clientUsage);
}

/** CommonName is the user, Organizations its groups. */
function ownerOf(socket: TLSSocket): VerifiedIdentity | undefined {
  const { subject, fingerprint256 } = socket.getPeerCertificate();
  const { CN, O } = subject as unknown as { CN?: string; O?: string | string[] };
  const groups = O === undefined ? [] : typeof O === 'string' ? [O] : O;
  const credential = `X509SHA256=${fingerprint256.replaceAll(':', '').toLowerCase()}`;
  const extra = { 'authentication.kubernetes.io/credential-id': [credential] };
  return CN ? Object.freeze({ name: CN, groups: Object.freeze(groups), extra }) : undefined;
}
