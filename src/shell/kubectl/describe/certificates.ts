/**
 * `kubectl describe csr`: who asks for which certificate. Models describeCertificateSigningRequest of kubectl's
 * pkg/describe; of a subject only the parts are printed that the requests of a cluster have.
 */
import { humanDuration } from '../../../api/duration';
import { labelsText } from '../../../api/kinds/columns';
import type { CertificateSigningRequest } from '../../../api/types';
import { base64Decode } from '../../../base/base64';
import { parseCertificateRequest } from '../../../pki/certificate-request';
import { writeEventsOf } from './events';
import { dateText } from './time-text';
import type { DescribeContext, DescribeWriter } from './writer';

export function describeSigningRequest(
  w: DescribeWriter, csr: CertificateSigningRequest, context: DescribeContext,
): void {
  const { metadata, spec } = csr;
  const request = parseCertificateRequest(base64Decode(spec.request) ?? '');
  if ('error' in request) {
    w.line(0, `Error parsing CSR: ${request.error}`);
    return;
  }
  w.line(0, `Name:\t${metadata.name}`);
  w.line(0, `Labels:\t${labelsText(metadata.labels)}`);
  w.line(0, `Annotations:\t${labelsText(metadata.annotations)}`);
  w.line(0, `CreationTimestamp:\t${dateText(metadata.creationTimestamp)}`);
  w.line(0, `Requesting User:\t${spec.username ?? ''}`);
  w.line(0, `Signer:\t${spec.signerName}`);
  if (spec.expirationSeconds !== undefined) {
    w.line(0, `Requested Duration:\t${humanDuration(spec.expirationSeconds * 1000)}`);
  }
  w.line(0, `Status:\t${statusText(csr)}`);
  w.line(0, 'Subject:');
  w.line(0, `\tCommon Name:\t${request.subject.commonName}`);
  w.line(0, '\tSerial Number:\t');
  writeList(w, 'Organization', request.subject.organizations);
  const { dnsNames, emailAddresses, ipAddresses, uris } = request.alternativeNames;
  if (dnsNames.length + emailAddresses.length + ipAddresses.length + uris.length > 0) {
    w.line(0, 'Subject Alternative Names:');
    writeList(w, 'DNS Names', dnsNames);
    writeList(w, 'Email Addresses', emailAddresses);
    writeList(w, 'URIs', uris);
    writeList(w, 'IP Addresses', ipAddresses.map((address) => [...address].join('.')));
  }
  writeEventsOf(w, csr, context);
}

function writeList(w: DescribeWriter, title: string, values: readonly string[]): void {
  if (values.length > 0) w.line(0, `\t${title}:\t${values.join('\n\t\t')}`);
}

/** `Approved,Issued`: extractCSRStatus. */
function statusText({ status }: CertificateSigningRequest): string {
  const types = (status?.conditions ?? []).map(({ type }) => type);
  const decided = types.includes('Denied') ? 'Denied' : types.includes('Approved') ? 'Approved' : 'Pending';
  return `${decided}${types.includes('Failed') ? ',Failed' : ''}${status?.certificate ? ',Issued' : ''}`;
}
