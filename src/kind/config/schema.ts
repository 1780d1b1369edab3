/**
 * The fields of `kind.x-k8s.io/v1alpha4` as a table of Go types, because kind's error texts name those types. The
 * list is v0.32.0's: it has neither `gpus` nor `containerLabels`, which are refused like any unknown field.
 * Models pkg/apis/config/v1alpha4/{types,yaml}.go.
 */

/** A Go type as the decoder needs it: what it accepts and what it is called in errors. */
export type GoType =
  | { readonly kind: 'string' | 'int32' | 'bool'; readonly go: string }
  | { readonly kind: 'slice'; readonly go: string; readonly item: GoType; readonly optional?: true }
  | { readonly kind: 'map'; readonly go: string; readonly item: GoType }
  | StructType;

/** `closed` names a field whose value kind checks while decoding, with the text it fails with. */
export interface StructType {
  readonly kind: 'struct';
  readonly go: string;
  readonly fields: Readonly<Record<string, GoType>>;
  readonly closed?: ClosedField;
}

export interface ClosedField {
  readonly field: string;
  readonly values: readonly string[];
  readonly anyCase: boolean;
  readonly error: 'Unknown MountPropagation' | 'Unknown PortMappingProtocol';
}

const string: GoType = { kind: 'string', go: 'string' };
const int32: GoType = { kind: 'int32', go: 'int32' };
const bool: GoType = { kind: 'bool', go: 'bool' };
const named = (name: string): GoType => ({ kind: 'string', go: `v1alpha4.${name}` });
const slice = (item: GoType): GoType => ({ kind: 'slice', go: `[]${item.go}`, item });
const map = (item: GoType): GoType => ({ kind: 'map', go: `map[string]${item.go}`, item });

/** A list whose Go type differs from the one its items are decoded into: kind decodes those through an alias. */
const sliceOf = (name: string, item: GoType): GoType => ({ kind: 'slice', go: `[]v1alpha4.${name}`, item });

const patch: GoType = {
  kind: 'struct',
  go: 'v1alpha4.PatchJSON6902',
  fields: { group: string, version: string, kind: string, patch: string },
};

const mount: GoType = {
  kind: 'struct',
  go: 'v1alpha4.MountAlias',
  fields: {
    containerPath: string,
    hostPath: string,
    readOnly: bool,
    selinuxRelabel: bool,
    propagation: named('MountPropagation'),
  },
  closed: {
    field: 'propagation',
    values: ['None', 'HostToContainer', 'Bidirectional'],
    anyCase: false,
    error: 'Unknown MountPropagation',
  },
};

const portMapping: GoType = {
  kind: 'struct',
  go: 'v1alpha4.PortMappingAlias',
  fields: {
    containerPort: int32,
    hostPort: int32,
    listenAddress: string,
    protocol: named('PortMappingProtocol'),
  },
  closed: { field: 'protocol', values: ['TCP', 'UDP', 'SCTP'], anyCase: true, error: 'Unknown PortMappingProtocol' },
};

const node: GoType = {
  kind: 'struct',
  go: 'v1alpha4.Node',
  fields: {
    role: named('NodeRole'),
    image: string,
    labels: map(string),
    extraMounts: sliceOf('Mount', mount),
    extraPortMappings: sliceOf('PortMapping', portMapping),
    kubeadmConfigPatches: slice(string),
    kubeadmConfigPatchesJSON6902: slice(patch),
  },
};

const networking: GoType = {
  kind: 'struct',
  go: 'v1alpha4.Networking',
  fields: {
    ipFamily: named('ClusterIPFamily'),
    apiServerPort: int32,
    apiServerAddress: string,
    podSubnet: string,
    serviceSubnet: string,
    disableDefaultCNI: bool,
    kubeProxyMode: named('ProxyMode'),
    dnsSearch: { kind: 'slice', go: '[]string', item: string, optional: true },
  },
};

/** The two fields that kind reads first to find out what the file is. */
export const typeMetaType: StructType = {
  kind: 'struct',
  go: 'encoding.typeMeta',
  fields: { kind: string, apiVersion: string },
};

/** A whole config file. */
export const clusterType: StructType = {
  kind: 'struct',
  go: 'v1alpha4.Cluster',
  fields: {
    kind: string,
    apiVersion: string,
    name: string,
    nodes: slice(node),
    networking,
    featureGates: map(bool),
    runtimeConfig: map(string),
    kubeadmConfigPatches: slice(string),
    kubeadmConfigPatchesJSON6902: slice(patch),
    containerdConfigPatches: slice(string),
    containerdConfigPatchesJSON6902: slice(string),
  },
};
