/**
 * What the controllers of certificate requests have in common: conditions, and the rules for requests of kubelets.
 * Models pkg/apis/certificates/helpers.go and pkg/controller/certificates/certificate_controller_utils.go.
 */
import type { ResourceType } from '../../api/request';
import type { CertificateSigningRequest, CertificateSigningRequestCondition } from '../../api/types';
import { base64Decode } from '../../base/base64';
import { type CertificateRequest, type ParsedRequest, parseCertificateRequest } from '../../pki/certificate-request';

export const certificateSigningRequests: ResourceType<CertificateSigningRequest> = Object.freeze({
  group: 'certificates.k8s.io', version: 'v1', resource: 'certificatesigningrequests',
  kind: 'CertificateSigningRequest', namespaced: false,
});

/** The signers that kube-controller-manager is. */
export const signers = Object.freeze({
  client: 'kubernetes.io/kube-apiserver-client',
  kubeletClient: 'kubernetes.io/kube-apiserver-client-kubelet',
  kubeletServing: 'kubernetes.io/kubelet-serving',
  legacyUnknown: 'kubernetes.io/legacy-unknown',
});

/** The request inside the object, parsed. */
export function requestOf({ spec }: CertificateSigningRequest): ParsedRequest {
  return parseCertificateRequest(base64Decode(spec.request) ?? '');
}

/** The condition of that type that holds, or undefined. */
export function trueCondition(
  { status }: CertificateSigningRequest, type: string,
): CertificateSigningRequestCondition | undefined {
  return status?.conditions?.find((condition) => condition.type === type && condition.status === 'True');
}

/** The object with one more condition. */
export function withCondition(
  csr: CertificateSigningRequest, type: string, reason: string, message: string, now: string,
): CertificateSigningRequest {
  const condition = { type, status: 'True', reason, message, lastUpdateTime: now, lastTransitionTime: now };
  return { ...csr, status: { ...csr.status, conditions: [...csr.status?.conditions ?? [], condition] } };
}

const nodePrefix = 'system:node:';

/** What is wrong with a request for a kubelet's client certificate: ValidateKubeletClientCSR. */
export function kubeletClientProblem(request: CertificateRequest, usages: readonly string[]): string | undefined {
  const { subject, alternativeNames: names } = request;
  return organizationProblem(request)
    ?? (names.dnsNames.length > 0 ? 'DNS subjectAltNames are not allowed' : undefined)
    ?? (names.emailAddresses.length > 0 ? 'Email subjectAltNames are not allowed' : undefined)
    ?? (names.ipAddresses.length > 0 ? 'IP subjectAltNames are not allowed' : undefined)
    ?? (names.uris.length > 0 ? 'URI subjectAltNames are not allowed' : undefined)
    ?? commonNameProblem(subject.commonName)
    ?? usagesProblem(usages, 'client auth');
}

/** What is wrong with a request for a kubelet's serving certificate: ValidateKubeletServingCSR. */
export function kubeletServingProblem(request: CertificateRequest, usages: readonly string[]): string | undefined {
  const { subject, alternativeNames: names } = request;
  return organizationProblem(request)
    ?? (names.dnsNames.length + names.ipAddresses.length === 0 ? 'DNS or IP subjectAltName is required' : undefined)
    ?? (names.emailAddresses.length > 0 ? 'Email subjectAltNames are not allowed' : undefined)
    ?? (names.uris.length > 0 ? 'URI subjectAltNames are not allowed' : undefined)
    ?? usagesProblem(usages, 'server auth')
    ?? commonNameProblem(subject.commonName);
}

function organizationProblem({ subject }: CertificateRequest): string | undefined {
  const [only, ...others] = subject.organizations;
  return only === 'system:nodes' && others.length === 0 ? undefined : 'subject organization is not system:nodes';
}

function commonNameProblem(name: string): string | undefined {
  return name.startsWith(nodePrefix) ? undefined : `subject common name does not begin with ${nodePrefix}`;
}

function usagesProblem(usages: readonly string[], needed: string): string | undefined {
  const required = ['digital signature', needed];
  const allowed = ['key encipherment', ...required];
  const given = new Set(usages);
  const fits = required.every((usage) => given.has(usage)) && [...given].every((usage) => allowed.includes(usage));
  return fits ? undefined : `usages did not match [${allowed.slice().sort().join(' ')}]`;
}

/** What is wrong with the usages of a client certificate that anybody may ask for: validAPIServerClientUsages. */
export function clientUsagesProblem(usages: readonly string[]): string | undefined {
  const allowed = ['digital signature', 'key encipherment', 'client auth'];
  const wrong = usages.find((usage) => !allowed.includes(usage));
  if (wrong !== undefined) return `invalid usage for client certificate: ${wrong}`;
  return usages.includes('client auth') ? undefined : 'missing required usage for client certificate: client auth';
}
