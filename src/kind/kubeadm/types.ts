/**
 * What kubeadm and kind need to know of a cluster before they can write its manifests and objects. The plan is made
 * from kind.yaml by the topology; everything in this folder and in src/kind/addons is a pure function of it.
 */
import type { KubeObject, NewObject, Time } from '../../api/types';

export type NodeRole = 'control-plane' | 'worker';
export type KubeProxyMode = 'iptables' | 'ipvs' | 'nftables' | 'none';

/** A node container: its name, role and address on the kind network. */
export interface PlannedNode {
  readonly name: string;
  readonly role: NodeRole;
  /** InternalIP, IPv4 or IPv6 without brackets; the first one of a dual-stack node. */
  readonly address: string;
  /** Labels of the node in kind.yaml; kubeadm hands them to the kubelet, no object here holds them. */
  readonly labels: Readonly<Record<string, string>>;
  /** The node on which `kubeadm init` runs; the other control-plane nodes join, in the order of `nodes`. */
  readonly isFirstControlPlane: boolean;
}

/** A cluster as kind hands it to kubeadm. */
export interface ClusterPlan {
  readonly name: string;
  /** With the leading v: `v1.36.1`. */
  readonly kubernetesVersion: string;
  /** One CIDR, or two separated by a comma for dual stack; the first decides the family of the components. */
  readonly podSubnet: string;
  readonly serviceSubnet: string;
  readonly dnsDomain: string;
  /** `<load balancer or first control-plane node>:6443`. */
  readonly controlPlaneEndpoint: string;
  /** networking.apiServerAddress: where the host reaches the API server; becomes a name in its certificate. */
  readonly apiServerAddress: string;
  readonly kubeProxyMode: KubeProxyMode;
  readonly disableDefaultCNI: boolean;
  readonly featureGates: Readonly<Record<string, boolean>>;
  readonly runtimeConfig: Readonly<Record<string, string>>;
  /** PEM text of the cluster's CA; kube-public/cluster-info publishes it. */
  readonly caCertificate: string;
  /** When the bootstrap token ends: kubeadm takes 24 h after init. */
  readonly bootstrapTokenExpiration: Time;
  /** All nodes, control-plane nodes in the order in which they join. */
  readonly nodes: readonly PlannedNode[];
}

/** An object to create through the API. */
export type Manifest = NewObject<KubeObject>;

/** The port on which every API server, and the load balancer, listens. */
export const apiServerPort = 6443;
