/**
 * Defaults of a kind config: what kind sets before it validates, and what its container backend sets afterwards.
 * Models SetDefaultsCluster in pkg/internal/apis/config/default.go and generatePortMappings in
 * pkg/cluster/internal/providers/docker/provision.go of kind v0.32.0.
 */
import type { KindConfig, KindNode, UncheckedConfig, UncheckedNode } from './types';

/** The Kubernetes that kind v0.32.0's default image holds, and the one that is simulated. */
export const DEFAULT_KUBERNETES_VERSION = 'v1.36.1';

/** kind v0.32.0's node image; the digest that a release adds is left out. */
export const DEFAULT_NODE_IMAGE = `kindest/node:${DEFAULT_KUBERNETES_VERSION}`;

export const DEFAULT_CLUSTER_NAME = 'kind';

const podSubnets: Readonly<Record<string, string>> = {
  ipv6: 'fd00:10:244::/56',
  dual: '10.244.0.0/16,fd00:10:244::/56',
};

const serviceSubnets: Readonly<Record<string, string>> = {
  ipv6: 'fd00:10:96::/112',
  dual: '10.96.0.0/16,fd00:10:96::/112',
};

const emptyNode: UncheckedNode = Object.freeze({
  role: '',
  image: '',
  labels: Object.freeze({}),
  extraMounts: Object.freeze([]),
  extraPortMappings: Object.freeze([]),
  kubeadmConfigPatches: Object.freeze([]),
  kubeadmConfigPatchesJSON6902: Object.freeze([]),
});

function defaultNode(node: UncheckedNode): UncheckedNode {
  return Object.freeze({ ...node, image: node.image || DEFAULT_NODE_IMAGE, role: node.role || 'control-plane' });
}

/** Sets what the file leaves open, before validation. An empty list of nodes becomes one control-plane node. */
export function applyDefaults(config: UncheckedConfig): UncheckedConfig {
  const { networking } = config;
  const ipFamily = networking.ipFamily || 'ipv4';
  const nodes = config.nodes.length > 0 ? config.nodes : [emptyNode];
  return Object.freeze({
    ...config,
    name: config.name || DEFAULT_CLUSTER_NAME,
    nodes: Object.freeze(nodes.map(defaultNode)),
    networking: Object.freeze({
      ...networking,
      ipFamily,
      apiServerAddress: networking.apiServerAddress || (ipFamily === 'ipv6' ? '::1' : '127.0.0.1'),
      podSubnet: networking.podSubnet || (podSubnets[ipFamily] ?? '10.244.0.0/16'),
      serviceSubnet: networking.serviceSubnet || (serviceSubnets[ipFamily] ?? '10.96.0.0/16'),
      kubeProxyMode: networking.kubeProxyMode || 'iptables',
    }),
  });
}

function completeNode(node: UncheckedNode, listenAddress: string): KindNode {
  return Object.freeze({
    ...(node as KindNode),
    extraMounts: Object.freeze(
      (node as KindNode).extraMounts.map((mount) =>
        Object.freeze({ ...mount, propagation: mount.propagation || ('None' as const) }),
      ),
    ),
    extraPortMappings: Object.freeze(
      (node as KindNode).extraPortMappings.map((mapping) =>
        Object.freeze({
          ...mapping,
          listenAddress: mapping.listenAddress || listenAddress,
          protocol: mapping.protocol || ('TCP' as const),
        }),
      ),
    ),
  });
}

/** Fills in what the container backend defaults, turning a validated config into a complete one. */
export function completeConfig(config: UncheckedConfig): KindConfig {
  const listenAddress = config.networking.ipFamily === 'ipv6' ? '::' : '0.0.0.0';
  const nodes = Object.freeze(config.nodes.map((node) => completeNode(node, listenAddress)));
  return Object.freeze({ ...(config as KindConfig), nodes });
}

/** The cluster that `kind create cluster` makes without a config file. */
export function defaultKindConfig(): KindConfig {
  const networking = {
    ipFamily: '',
    apiServerAddress: '',
    apiServerPort: 0,
    podSubnet: '',
    serviceSubnet: '',
    disableDefaultCNI: false,
    kubeProxyMode: '',
    dnsSearch: undefined,
  };
  const config: UncheckedConfig = {
    name: '',
    nodes: [],
    networking,
    featureGates: Object.freeze({}),
    runtimeConfig: Object.freeze({}),
    kubeadmConfigPatches: Object.freeze([]),
    kubeadmConfigPatchesJSON6902: Object.freeze([]),
    containerdConfigPatches: Object.freeze([]),
    containerdConfigPatchesJSON6902: Object.freeze([]),
  };
  return completeConfig(applyDefaults(config));
}
