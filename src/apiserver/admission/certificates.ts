/**
 * Admission of certificate requests: who may approve and sign for which signer, and that nobody asks for a certificate
 * of system:masters. Models plugin/pkg/admission/certificates.
 */
import { quote } from '../../api/go-text';
import type { FailureStatus } from '../../api/status';
import type { CertificateSigningRequest } from '../../api/types';
import { base64Decode } from '../../base/base64';
import { equal } from '../../base/freeze';
import { parseCertificateRequest } from '../../pki/certificate-request';
import type { Authorizer } from '../authorization/authorizer';
import { type AdmissionAttributes, admissionForbidden, type AdmissionPlugin } from './plugin';

const group = 'certificates.k8s.io';
const resources = [`certificatesigningrequests.${group}`];
const clientSigner = 'kubernetes.io/kube-apiserver-client';

/** The plugins that ask for a right on the signer. */
export function signerRights(authorizer: Authorizer): readonly AdmissionPlugin[] {
  const refuse = (attributes: AdmissionAttributes, verb: 'approve' | 'sign'): FailureStatus | undefined => {
    const { signerName } = (attributes.oldObject as CertificateSigningRequest).spec;
    const domain = signerName.split('/', 1)[0] ?? '';
    const allowed = [signerName, `${domain}/*`].some((name) => authorizer.authorize({
      user: attributes.user, verb, group, resource: 'signers', subresource: '', namespace: '', name,
    }).allowed);
    if (allowed) return undefined;
    return admissionForbidden(
      attributes,
      `user not permitted to ${verb} requests with signerName ${quote(signerName)}`,
    );
  };
  return [
    {
      name: 'CertificateApproval',
      resources,
      validate(attributes) {
        const concerns = attributes.operation === 'UPDATE' && attributes.subresource === 'approval';
        return concerns ? refuse(attributes, 'approve') : undefined;
      },
    },
    {
      name: 'CertificateSigning',
      resources,
      validate(attributes) {
        const { operation, subresource, object, oldObject } = attributes;
        if (operation !== 'UPDATE' || subresource !== 'status') return undefined;
        const next = (object as CertificateSigningRequest).status;
        const old = (oldObject as CertificateSigningRequest).status;
        const same = next?.certificate === old?.certificate && equal(next?.conditions, old?.conditions);
        return same ? undefined : refuse(attributes, 'sign');
      },
    },
  ];
}

/** No client certificate makes its holder almighty. */
export const certificateSubjectRestriction: AdmissionPlugin = {
  name: 'CertificateSubjectRestriction',
  resources,
  validate(attributes) {
    const { operation, subresource, object } = attributes;
    const { spec } = (object ?? {}) as CertificateSigningRequest;
    if (operation !== 'CREATE' || subresource !== '' || spec?.signerName !== clientSigner) return undefined;
    const parsed = parseCertificateRequest(base64Decode(spec.request) ?? '');
    if ('error' in parsed) return admissionForbidden(attributes, `failed to parse CSR: ${parsed.error}`);
    if (!parsed.subject.organizations.includes('system:masters')) return undefined;
    return admissionForbidden(attributes, `use of ${clientSigner} signer with system:masters group is not allowed`);
  },
};
