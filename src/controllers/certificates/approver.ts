/**
 * certificatesigningrequest-approving-controller: approves requests of kubelets for their own client certificate, if
 * the requestor may create `certificatesigningrequests/nodeclient` or `selfnodeclient`, as asked of the API server.
 * Models pkg/controller/certificates/approver.
 */
import type { ResourceType } from '../../api/request';
import { formatTime } from '../../api/time';
import type { CertificateSigningRequest, SubjectAccessReview } from '../../api/types';
import { Controller, done, failed, type ReconcileResult } from '../../client/controller';
import type { Task } from '../../sim/task';
import type { ControllerContext, ControllerLoop } from '../context';
import {
  certificateSigningRequests, kubeletClientProblem, requestOf, signers, trueCondition, withCondition,
} from './requests';

const subjectAccessReviews: ResourceType<SubjectAccessReview> = Object.freeze({
  group: 'authorization.k8s.io', version: 'v1', resource: 'subjectaccessreviews', kind: 'SubjectAccessReview',
  namespaced: false,
});

/** What a request is recognized as, by the subresource whose creation stands for the right. */
const recognized = [
  {
    subresource: 'selfnodeclient', own: true,
    message: 'Auto approving self kubelet client certificate after SubjectAccessReview.',
  },
  {
    subresource: 'nodeclient', own: false,
    message: 'Auto approving kubelet client certificate after SubjectAccessReview.',
  },
] as const;

/** The controller, ready to start. */
export function certificateApprover({ host, informers, client }: ControllerContext): ControllerLoop {
  const own = client('certificate-controller');
  const requests = informers.of(certificateSigningRequests);

  function* sync(name: string): Task<ReconcileResult> {
    const csr = requests.byKey(name);
    if (!csr || csr.status?.certificate || trueCondition(csr, 'Approved') || trueCondition(csr, 'Denied')) return done;
    const parsed = requestOf(csr);
    if ('error' in parsed) return failed(`unable to parse csr "${name}": ${parsed.error}`);
    if (csr.spec.signerName !== signers.kubeletClient) return done;
    if (kubeletClientProblem(parsed, csr.spec.usages ?? []) !== undefined) return done;
    for (const { subresource, own: isOwn, message } of recognized) {
      if (isOwn && csr.spec.username !== parsed.subject.commonName) continue;
      const allowed = yield* mayCreate(csr, subresource);
      if (allowed === undefined) return failed('subject access review failed');
      if (!allowed) continue;
      const approved = withCondition(csr, 'Approved', 'AutoApproved', message, formatTime(host.wallMs));
      const { group, version, resource } = certificateSigningRequests;
      const answer = yield* own.send({
        verb: 'update', group, version, resource, subresource: 'approval', name, body: approved, options: {},
        user: own.options.user, userAgent: own.options.userAgent,
      });
      return answer.ok ? done : failed(answer.status.message);
    }
    return done;
  }

  function* mayCreate({ spec }: CertificateSigningRequest, subresource: string): Task<boolean | undefined> {
    const { username: user, uid, groups, extra } = spec;
    const { group, resource } = certificateSigningRequests;
    const answer = yield* own.post<SubjectAccessReview>(subjectAccessReviews, {}, {
      apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', metadata: {},
      spec: { user, uid, groups, extra, resourceAttributes: { group, resource, verb: 'create', subresource } },
    });
    return answer.ok ? answer.value.status.allowed : undefined;
  }

  const loop = new Controller(host, { name: 'certificatesigningrequest-approving-controller', reconcile: sync });
  requests.addHandlers({
    added: ({ metadata }) => loop.add(metadata.name), updated: ({ metadata }) => loop.add(metadata.name),
  });
  return loop;
}
