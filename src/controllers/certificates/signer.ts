/**
 * certificatesigningrequest-signing-controller: signs approved requests to the four built-in signers with the cluster's
 * CA, or marks them as failed when they ask for what their signer does not give. Models
 * pkg/controller/certificates/signer and authority/policies.go; upstream runs one such controller for each signer.
 */
import { formatTime } from '../../api/time';
import type { CertificateSigningRequest } from '../../api/types';
import { base64Encode } from '../../base/base64';
import { Controller, done, failed, type ReconcileResult } from '../../client/controller';
import { isKeyUsage } from '../../pki/certificate';
import type { CertificateRequest } from '../../pki/certificate-request';
import type { CertificateAuthority } from '../../pki/cluster-pki';
import type { Task } from '../../sim/task';
import type { ControllerContext, ControllerLoop } from '../context';
import {
  certificateSigningRequests, clientUsagesProblem, kubeletClientProblem, kubeletServingProblem, requestOf, signers,
  trueCondition, withCondition,
} from './requests';

/** --cluster-signing-duration. */
const longestSeconds = 365 * 24 * 3_600;
const shortestSeconds = 600;
const backdateMs = 5 * 60_000;
/** Certificates of less than this live their whole time from now on, not from the backdated beginning. */
const shortSeconds = 8 * 3_600;

type Check = (request: CertificateRequest, usages: readonly string[]) => string | undefined;

const checks: Readonly<Record<string, Check>> = {
  [signers.client]: (_, usages) => clientUsagesProblem(usages),
  [signers.kubeletClient]: kubeletClientProblem,
  [signers.kubeletServing]: kubeletServingProblem,
  [signers.legacyUnknown]: () => undefined,
};

/** The controller, ready to start. `ca` signs. */
export function certificateSigner(
  { host, informers, client }: ControllerContext, ca: CertificateAuthority,
): ControllerLoop {
  const own = client('certificate-controller');
  const requests = informers.of(certificateSigningRequests);

  function* sync(name: string): Task<ReconcileResult> {
    const csr = requests.byKey(name);
    if (!csr || csr.status?.certificate || !trueCondition(csr, 'Approved')) return done;
    if (trueCondition(csr, 'Denied') || trueCondition(csr, 'Failed')) return done;
    const check = Object.hasOwn(checks, csr.spec.signerName) ? checks[csr.spec.signerName] : undefined;
    if (!check) return done;
    const parsed = requestOf(csr);
    if ('error' in parsed) return failed(`unable to parse csr "${name}": ${parsed.error}`);
    const usages = csr.spec.usages ?? [];
    const unknown = usages.find((usage) => !isKeyUsage(usage));
    if (unknown !== undefined) return failed(`error auto signing csr: unrecognized usage values: ["${unknown}"]`);
    const problem = check(parsed, usages);
    const next = problem === undefined ? signed(csr, parsed)
      : withCondition(csr, 'Failed', 'SignerValidationFailure', problem, formatTime(host.wallMs));
    const answer = yield* own.updateStatus(certificateSigningRequests, next);
    return answer.ok ? done : failed(answer.status.message);
  }

  function signed(csr: CertificateSigningRequest, request: CertificateRequest): CertificateSigningRequest {
    const asked = csr.spec.expirationSeconds ?? longestSeconds;
    const seconds = Math.min(longestSeconds, Math.max(shortestSeconds, asked));
    const notBeforeMs = host.wallMs - backdateMs;
    const fromMs = seconds < shortSeconds ? host.wallMs : notBeforeMs;
    const { pem } = ca.sign({
      subject: request.subjectDer, publicKeyInfo: request.publicKeyInfo, alternativeNames: request.alternativeNames,
      usages: csr.spec.usages ?? [], notBeforeMs, notAfterMs: Math.min(fromMs + seconds * 1000, ca.notAfterMs),
    });
    return { ...csr, status: { ...csr.status, certificate: base64Encode(pem) } };
  }

  const loop = new Controller(host, { name: 'certificatesigningrequest-signing-controller', reconcile: sync });
  requests.addHandlers({
    added: ({ metadata }) => loop.add(metadata.name), updated: ({ metadata }) => loop.add(metadata.name),
  });
  return loop;
}
