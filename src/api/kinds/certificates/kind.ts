/**
 * CertificateSigningRequest: a wish for a certificate, its approval, and the certificate. Models pkg/apis/certificates
 * and pkg/registry/certificates. Who asks is written into the spec by the API server; approval goes through a
 * subresource of its own.
 */
import { withKey } from '../../../base/freeze';
import { humanDuration } from '../../duration';
import { defineKind } from '../../kind';
import type { StrategyContext } from '../../kind';
import { formatTime } from '../../time';
import type {
  CertificateSigningRequest, CertificateSigningRequestCondition, CertificateSigningRequestStatus,
} from '../../types';
import { ageColumn, nameColumn } from '../columns';
import { requestErrors, requestUpdateErrors } from './validation';

const noStatus: CertificateSigningRequestStatus = Object.freeze({});

function defaults(request: CertificateSigningRequest): CertificateSigningRequest {
  const conditions = request.status?.conditions;
  if (!conditions?.some(({ status }) => !status)) return request;
  const filled = conditions.map((condition) => (condition.status ? condition : { ...condition, status: 'True' }));
  return { ...request, status: { ...request.status, conditions: filled } };
}

/** The spec says who asks: the user who sends the request, whatever was written there. */
function prepareForCreate(request: CertificateSigningRequest, { user }: StrategyContext): CertificateSigningRequest {
  const { username: _name, uid: _uid, groups: _groups, extra: _extra, ...spec } = request.spec;
  if (user === undefined) return { ...request, spec };
  const { name, uid, groups, extra } = user;
  return {
    ...request,
    spec: {
      ...spec, username: name, ...(uid ? { uid } : {}), ...(groups.length > 0 ? { groups } : {}),
      ...(extra !== undefined && Object.keys(extra).length > 0 ? { extra } : {}),
    },
  };
}

function prepareForUpdate(
  request: CertificateSigningRequest, old: CertificateSigningRequest, { nowMs, subresource }: StrategyContext,
): CertificateSigningRequest {
  const kept = withKey(withKey(request, 'spec', old.spec), 'status', request.status ?? noStatus);
  if (subresource !== 'status' && subresource !== 'approval') return withKey(kept, 'status', old.status);
  let { status } = kept;
  if (subresource === 'approval') status = withKey(status, 'certificate', old.status?.certificate);
  else status = withKey(status, 'conditions', withApprovalOf(status.conditions, old.status?.conditions));
  const before = old.status?.conditions;
  const now = formatTime(nowMs);
  status = withKey(status, 'conditions', status.conditions?.map((condition) => timed(condition, before, now)));
  return withKey(kept, 'status', status);
}

/** Who signs cannot approve: conditions of approval stay as they were. */
function withApprovalOf(
  conditions: readonly CertificateSigningRequestCondition[] | undefined,
  old: readonly CertificateSigningRequestCondition[] | undefined,
): readonly CertificateSigningRequestCondition[] | undefined {
  const isApproval = ({ type }: CertificateSigningRequestCondition): boolean =>
    type === 'Approved' || type === 'Denied';
  const missing = (old ?? []).filter((condition) => isApproval(condition)
    && !(conditions ?? []).some(({ type }) => type === condition.type));
  return missing.length === 0 ? conditions : [...missing, ...(conditions ?? [])];
}

function timed(
  condition: CertificateSigningRequestCondition, old: readonly CertificateSigningRequestCondition[] | undefined,
  now: string,
): CertificateSigningRequestCondition {
  const before = old?.find(({ type }) => type === condition.type);
  const lastUpdateTime = condition.lastUpdateTime ?? now;
  const lastTransitionTime = condition.lastTransitionTime
    ?? (before?.status === condition.status ? before.lastTransitionTime : undefined) ?? now;
  return { ...condition, lastUpdateTime, lastTransitionTime };
}

function conditionText({ status }: CertificateSigningRequest): string {
  const has = (wanted: string): boolean => status?.conditions?.some(({ type }) => type === wanted) === true;
  const decision = has('Denied') ? 'Denied' : has('Approved') ? 'Approved' : 'Pending';
  return `${decision}${has('Failed') ? ',Failed' : ''}${status?.certificate ? ',Issued' : ''}`;
}

export const certificateSigningRequestKind = defineKind<CertificateSigningRequest>({
  group: 'certificates.k8s.io',
  version: 'v1',
  kind: 'CertificateSigningRequest',
  listKind: 'CertificateSigningRequestList',
  plural: 'certificatesigningrequests',
  singular: 'certificatesigningrequest',
  shortNames: ['csr'],
  namespaced: false,
  schema: 'CertificateSigningRequest',
  subresources: ['approval', 'status'],
  defaults,
  prepareForCreate,
  prepareForUpdate,
  validate: requestErrors,
  // An update of the main resource cannot touch status, so what approval allows does no harm here.
  validateUpdate: (request, old) => requestUpdateErrors(request, old, true, false),
  validateStatusUpdate: (request, old) => requestUpdateErrors(request, old, false, true),
  nameRule: 'pathSegment',
  hasGeneration: false,
  selectableFields: ({ spec }) => ({ 'spec.signerName': spec.signerName ?? '' }),
  columns: [
    nameColumn,
    ageColumn,
    {
      name: 'SignerName',
      type: 'string',
      description: 'Who is to sign.',
      cell: ({ spec }) => spec.signerName || '<none>',
    },
    { name: 'Requestor', type: 'string', description: 'Who asks.', cell: ({ spec }) => spec.username ?? '' },
    {
      name: 'RequestedDuration',
      type: 'string',
      description: 'For how long the certificate is wanted.',
      cell: ({ spec }) =>
        spec.expirationSeconds === undefined ? '<none>' : humanDuration(spec.expirationSeconds * 1000),
    },
    { name: 'Condition', type: 'string', description: 'What has become of it.', cell: conditionText },
  ],
});
