/**
 * The kubeconfig that kind writes for a cluster: one cluster, user and context, all named `kind-<cluster>`. Models
 * pkg/cluster/internal/kubeconfig of kind.
 */
import { base64Encode } from '../base/base64';
import type { KeyPair } from '../pki/cluster-pki';
import { yamlText } from './kubeadm/yaml-text';

/** The text of a kubeconfig by which its reader reaches `server` (a URL) as the user of that certificate. */
export function kindKubeconfig(clusterName: string, server: string, caPem: string, user: KeyPair): string {
  const name = `kind-${clusterName}`;
  return yamlText({
    apiVersion: 'v1',
    clusters: [{ cluster: { 'certificate-authority-data': base64Encode(caPem), server }, name }],
    contexts: [{ context: { cluster: name, user: name }, name }],
    'current-context': name,
    kind: 'Config',
    users: [{
      name,
      user: {
        'client-certificate-data': base64Encode(user.certificatePem), 'client-key-data': base64Encode(user.keyPem),
      },
    }],
  });
}
