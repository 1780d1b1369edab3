/** The identities that kubeadm writes into kubeconfigs: who each component is, and nothing more than that. */
import type { Credential } from '../../api/request';

type Certified = Extract<Credential, { kind: 'certificate' }>;

function certificate(commonName: string, ...organizations: string[]): Certified {
  return Object.freeze({ kind: 'certificate', commonName, organizations });
}

/** super-admin.conf: the break-glass identity that kubeadm init itself uses. */
export const superAdmin = certificate('kubernetes-super-admin', 'system:masters');
/** admin.conf, and what kind hands to the user. */
export const kubernetesAdmin = certificate('kubernetes-admin', 'kubeadm:cluster-admins');
export const scheduler = certificate('system:kube-scheduler');
export const controllerManager = certificate('system:kube-controller-manager');

/** kind's well-known bootstrap token. */
export const bootstrapToken: Credential = Object.freeze({ kind: 'token', token: 'abcdef.0123456789abcdef' });

/** A kubelet's certificate. */
export function joiningNode(name: string): Credential {
  return certificate(`system:node:${name}`, 'system:nodes');
}
