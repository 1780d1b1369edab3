/**
 * What is wrong with a CertificateSigningRequest, and what an update of it may not do. Models pkg/apis/certificates'
 * validation. A changed condition is refused with the differing fields in place of a diff of Go structs.
 */
import { base64Bytes } from '../../../base/base64';
import { equal } from '../../../base/freeze';
import { utf8Decode } from '../../../base/utf8';
import { parseCertificateRequest } from '../../../pki/certificate-request';
import { derItems, readDer } from '../../../pki/der';
import { pemDecode } from '../../../pki/encoding';
import { child, duplicate, forbidden, invalid, notSupported, required, tooLong } from '../../field-errors';
import type { FieldError } from '../../field-errors';
import { quote } from '../../go-text';
import { byteLength, dnsLabelProblems, dnsSubdomainProblems } from '../../names';
import type { CertificateSigningRequest, CertificateSigningRequestCondition } from '../../types';
import { differenceLines } from '../difference-lines';
import { eachItem } from '../field-checks';
import type { FieldErrors } from '../field-checks';

const usages = [
  'any', 'cert sign', 'client auth', 'code signing', 'content commitment', 'crl sign', 'data encipherment',
  'decipher only', 'digital signature', 'email protection', 'encipher only', 'ipsec end system', 'ipsec tunnel',
  'ipsec user', 'key agreement', 'key encipherment', 'microsoft sgc', 'netscape sgc', 'ocsp signing', 's/mime',
  'server auth', 'signing', 'timestamping',
];
const legacySigner = 'kubernetes.io/legacy-unknown';
const minSeconds = 600;
const maxDomainBytes = 253;
const maxSignerBytes = 571;
/** Conditions that can only ever become true. */
const finalTypes = ['Approved', 'Denied', 'Failed'];

/** Everything wrong with a request, apart from its metadata. */
export function requestErrors({ spec, status }: CertificateSigningRequest): readonly FieldError[] {
  const errors: FieldErrors = [];
  const problem = requestProblem(spec.request ?? '');
  if (problem !== undefined) errors.push(invalid('spec.request', spec.request ?? '', problem));
  const given = spec.usages ?? [];
  if (given.length === 0) errors.push(required('spec.usages'));
  eachItem(given, 'spec.usages', (usage, at) => {
    if (!usages.includes(usage)) errors.push(notSupported(at, usage, usages));
  });
  eachItem(given, 'spec.usages', (usage, at, i) => {
    if (given.indexOf(usage) < i) errors.push(duplicate(at, usage));
  });
  if (spec.signerName === legacySigner) {
    const detail = 'the legacy signerName is not allowed via this API version';
    errors.push(invalid('spec.signerName', spec.signerName, detail));
  } else {
    checkSignerName(spec.signerName ?? '', 'spec.signerName', errors);
  }
  const seconds = spec.expirationSeconds;
  if (seconds !== undefined && seconds < minSeconds) {
    errors.push(invalid('spec.expirationSeconds', seconds,
      'may not specify a duration less than 600 seconds (10 minutes)'));
  }
  checkConditions(status?.conditions ?? [], 'status.conditions', errors);
  const certificate = status?.certificate ?? '';
  const why = certificate === '' ? undefined : certificatesProblem(textOf(certificate));
  if (why !== undefined) errors.push(invalid('status.certificate', '<certificate data>', why));
  return errors;
}

function requestProblem(base64: string): string | undefined {
  const parsed = parseCertificateRequest(textOf(base64));
  if ('error' in parsed) return parsed.error;
  return parsed.signatureValid ? undefined : 'x509: signature verification failed';
}

/** What a certificate field holds is no chain of certificates in PEM. */
function certificatesProblem(pem: string): string | undefined {
  const blocks = pem.match(/-----BEGIN [^-\n]+-----[^-]*-----END [^-\n]+-----/g) ?? [];
  for (const text of blocks) {
    const block = pemDecode(`${text}\n`);
    if (block === undefined) return 'must contain at least one CERTIFICATE PEM block';
    if (block.type !== 'CERTIFICATE') return `only CERTIFICATE PEM blocks are allowed, found ${quote(block.type)}`;
    if (derItems(readDer(block.bytes))?.length !== 3) return 'x509: malformed certificate';
  }
  return blocks.length === 0 ? 'must contain at least one CERTIFICATE PEM block' : undefined;
}

/** The text in base64; empty when it is none, which no check accepts. */
function textOf(base64: string): string {
  const bytes = base64Bytes(base64);
  return bytes === undefined ? '' : utf8Decode(bytes);
}

/** `example.com/name`: ValidateSignerName. */
function checkSignerName(name: string, path: string, errors: FieldErrors): void {
  if (name === '') {
    errors.push(required(path));
    return;
  }
  const [domain = '', rest = '', ...more] = name.split('/');
  if (!name.includes('/') || more.length > 0) {
    const detail = "must be a fully qualified domain and path of the form 'example.com/signer-name'";
    errors.push(invalid(path, name, detail));
    return;
  }
  if (byteLength(domain) > maxDomainBytes) errors.push(tooLong(path, maxDomainBytes));
  checkLabels(domain, dnsLabelProblems, path, errors);
  if (!domain.includes('.')) {
    errors.push(invalid(path, domain, 'should be a domain with at least two segments separated by dots'));
  }
  checkLabels(rest, dnsSubdomainProblems, path, errors);
  if (byteLength(name) > maxSignerBytes) errors.push(tooLong(path, maxSignerBytes));
}

/** The problems of the first label that has any. */
function checkLabels(
  text: string, problemsOf: (label: string) => readonly string[], path: string, errors: FieldErrors,
): void {
  const wrong = text.split('.').find((label) => problemsOf(label).length > 0);
  if (wrong === undefined) return;
  for (const problem of problemsOf(wrong)) {
    errors.push(invalid(path, text, `validating label ${quote(wrong)}: ${problem}`));
  }
}

function checkConditions(
  conditions: readonly CertificateSigningRequestCondition[], path: string, errors: FieldErrors,
): void {
  const seen = new Set<string>();
  eachItem(conditions, path, ({ type = '', status }, at) => {
    const typePath = child(at, 'type');
    if (type === '') errors.push(required(typePath));
    const allowed = finalTypes.includes(type) ? ['True'] : ['False', 'True', 'Unknown'];
    if (!status) errors.push(required(child(at, 'status')));
    else if (!allowed.includes(status)) errors.push(notSupported(child(at, 'status'), status, allowed));
    const opposite = type === 'Approved' ? 'Denied' : type === 'Denied' ? 'Approved' : undefined;
    if (opposite !== undefined && seen.has(opposite)) {
      errors.push(invalid(typePath, type, 'Approved and Denied conditions are mutually exclusive'));
    }
    if (seen.has(type)) errors.push(duplicate(typePath, type));
    seen.add(type);
  });
}

/** What no update may do; `mayApprove` is for the subresource that is made for it, `maySign` for status. */
export function requestUpdateErrors(
  request: CertificateSigningRequest, old: CertificateSigningRequest, mayApprove: boolean, maySign: boolean,
): readonly FieldError[] {
  const errors: FieldErrors = [...requestErrors(request)];
  const path = 'status.conditions';
  const ofType = (given: CertificateSigningRequest, wanted: string) => (
    (given.status?.conditions ?? []).filter(({ type }) => type === wanted));
  for (const type of finalTypes) {
    if (ofType(request, type).length >= ofType(old, type).length) continue;
    errors.push(forbidden(path, `updates may not remove a condition of type ${quote(type)}`));
  }
  for (const type of mayApprove ? [] : ['Approved', 'Denied']) {
    const [after, before] = [ofType(request, type), ofType(old, type)];
    if (after.length > before.length) {
      errors.push(forbidden(path, `updates may not add a condition of type ${quote(type)}`));
    } else if (after.length === before.length && !equal(after, before)) {
      const lines = differenceLines(before, after, '').join('\n');
      errors.push(forbidden(path, `updates may not modify a condition of type ${quote(type)}\n${lines}`));
    }
  }
  const [certificate, signed] = [request.status?.certificate ?? '', old.status?.certificate ?? ''];
  if (certificate === signed) return errors;
  if (!maySign) errors.push(forbidden('status.certificate', 'updates may not set certificate content'));
  else if (signed !== '') {
    errors.push(forbidden('status.certificate', 'updates may not modify existing certificate content'));
  }
  return errors;
}
