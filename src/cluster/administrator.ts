/** kind's administrator, as the API server knows them by the certificate in their kubeconfig. */
import { certificateFingerprint } from '../pki/certificate';
import type { ClusterPki } from '../pki/cluster-pki';
import type { VerifiedIdentity } from '../protocol/http';
import { kubernetesAdmin } from './boot/identities';

const credentialKey = 'authentication.kubernetes.io/credential-id';

/** Name and groups of the certificate, and its fingerprint as authentication notes it. */
export function administratorOf(pki: ClusterPki): VerifiedIdentity {
  const { commonName, organizations } = kubernetesAdmin;
  const { certificatePem } = pki.client(commonName, organizations);
  const extra = { [credentialKey]: [`X509SHA256=${certificateFingerprint(certificatePem)}`] };
  return Object.freeze({ name: commonName, groups: organizations, extra });
}
