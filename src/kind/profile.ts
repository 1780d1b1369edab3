/**
 * What a node image of an old Kubernetes prints differently, chosen by the version in its tag. The cluster behaves like the
 * newest version all the same: a profile is a costume for those who read a text of that time. There is one, v1.18, when
 * kubeadm called the control plane `master` (KEP-2067 renamed it) and the node image had procps 3.
 */

export interface NodeProfile {
  /** kubeadm's label of control-plane nodes, which is the key of their taint as well. */
  readonly controlPlaneRole: string;
  /** How wide `ps` prints process numbers. */
  readonly pidWidth: number;
}

const current: NodeProfile = Object.freeze({ controlPlaneRole: 'node-role.kubernetes.io/control-plane', pidWidth: 7 });
const v118: NodeProfile = Object.freeze({ controlPlaneRole: 'node-role.kubernetes.io/master', pidWidth: 5 });

/** The profile of a Kubernetes version such as `v1.18.2`. */
export function nodeProfile(version: string): NodeProfile {
  return version.startsWith('v1.18.') ? v118 : current;
}
