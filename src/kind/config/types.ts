/**
 * A kind cluster's configuration, `kind.x-k8s.io/v1alpha4`, after defaulting and validation: every field has a value.
 * Models pkg/internal/apis/config/types.go of kind v0.32.0.
 */

export type NodeRole = 'control-plane' | 'worker';
export type IpFamily = 'ipv4' | 'ipv6' | 'dual';
export type KubeProxyMode = 'iptables' | 'ipvs' | 'nftables' | 'none';
export type MountPropagation = 'None' | 'HostToContainer' | 'Bidirectional';
export type PortProtocol = 'TCP' | 'UDP' | 'SCTP';

export interface KindMount {
  readonly containerPath: string;
  readonly hostPath: string;
  readonly readOnly: boolean;
  readonly selinuxRelabel: boolean;
  readonly propagation: MountPropagation;
}

/** `hostPort` 0 lets kind pick a free port, -1 lets the container backend pick. */
export interface KindPortMapping {
  readonly containerPort: number;
  readonly hostPort: number;
  readonly listenAddress: string;
  readonly protocol: PortProtocol;
}

export interface PatchJSON6902 {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly patch: string;
}

export interface KindNode {
  readonly role: NodeRole;
  readonly image: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly extraMounts: readonly KindMount[];
  readonly extraPortMappings: readonly KindPortMapping[];
  readonly kubeadmConfigPatches: readonly string[];
  readonly kubeadmConfigPatchesJSON6902: readonly PatchJSON6902[];
}

/** `apiServerPort` 0 is a random free port; `dnsSearch` undefined is the host's, which differs from an empty list. */
export interface KindNetworking {
  readonly ipFamily: IpFamily;
  readonly apiServerAddress: string;
  readonly apiServerPort: number;
  readonly podSubnet: string;
  readonly serviceSubnet: string;
  readonly disableDefaultCNI: boolean;
  readonly kubeProxyMode: KubeProxyMode;
  readonly dnsSearch: readonly string[] | undefined;
}

export interface KindConfig {
  readonly name: string;
  readonly nodes: readonly KindNode[];
  readonly networking: KindNetworking;
  readonly featureGates: Readonly<Record<string, boolean>>;
  readonly runtimeConfig: Readonly<Record<string, string>>;
  readonly kubeadmConfigPatches: readonly string[];
  readonly kubeadmConfigPatchesJSON6902: readonly PatchJSON6902[];
  readonly containerdConfigPatches: readonly string[];
  readonly containerdConfigPatchesJSON6902: readonly string[];
}

/** The same shape before validation: texts instead of the closed sets, '' and 0 where the file says nothing. */
export type Unchecked<T> = T extends string
  ? string
  : T extends readonly (infer Item)[]
    ? readonly Unchecked<Item>[]
    : T extends object
      ? { readonly [Key in keyof T]: Unchecked<T[Key]> }
      : T;

export type UncheckedConfig = Unchecked<KindConfig>;
export type UncheckedNode = Unchecked<KindNode>;
