/**
 * The configuration documents that `kubeadm init` uploads, as kind's kubeadm configuration fills them: cluster
 * (kubeadm.k8s.io/v1beta4), kubelet and kube-proxy. Models kind's pkg/cluster/internal/kubeadm/config.go and the
 * defaults and zero values that kubeadm's marshalling writes out, as seen on clusters of 1.32 and later; a zero value
 * that only 1.36 writes may be missing.
 */
import { dnsServiceAddress, isIPv6 } from './address';
import { certificatesDir, pairsText } from './static-pod';
import type { ClusterPlan } from './types';
import type { YamlData } from './yaml-text';

type Document = { readonly [key: string]: YamlData };

function extraArgs(...args: readonly (readonly [name: string, value: string])[]): Document {
  const given = args.filter(([, value]) => value !== '');
  return given.length === 0 ? {} : { extraArgs: given.map(([name, value]) => ({ name, value })) };
}

function featureGates(plan: ClusterPlan): Document {
  return Object.keys(plan.featureGates).length === 0 ? {} : { featureGates: plan.featureGates };
}

/** What kube-system/kubeadm-config holds under `ClusterConfiguration`. */
export function clusterConfiguration(plan: ClusterPlan): Document {
  const gates = pairsText(plan.featureGates);
  const ipv6 = isIPv6(plan.podSubnet);
  return {
    apiServer: {
      certSANs: ['localhost', plan.apiServerAddress],
      ...extraArgs(['runtime-config', pairsText(plan.runtimeConfig)], ['feature-gates', gates]),
    },
    apiVersion: 'kubeadm.k8s.io/v1beta4',
    caCertificateValidityPeriod: '87600h0m0s',
    certificateValidityPeriod: '8760h0m0s',
    certificatesDir,
    clusterName: plan.name,
    controlPlaneEndpoint: plan.controlPlaneEndpoint,
    controllerManager: extraArgs(
      ['feature-gates', gates], ['enable-hostpath-provisioner', 'true'], ['bind-address', ipv6 ? '::' : ''],
    ),
    dns: {},
    encryptionAlgorithm: 'RSA-2048',
    etcd: { local: { dataDir: '/var/lib/etcd' } },
    imageRepository: 'registry.k8s.io',
    kind: 'ClusterConfiguration',
    kubernetesVersion: plan.kubernetesVersion,
    networking: { dnsDomain: plan.dnsDomain, podSubnet: plan.podSubnet, serviceSubnet: plan.serviceSubnet },
    proxy: {},
    scheduler: extraArgs(['feature-gates', gates], ['bind-address', ipv6 ? '::1' : '']),
  };
}

/** Fields that have no default in kubeadm and are written with their zero value; the kubelet then defaults them. */
const unsetDurations = [
  'cpuManagerReconcilePeriod', 'evictionPressureTransitionPeriod', 'fileCheckFrequency', 'httpCheckFrequency',
  'imageMaximumGCAge', 'imageMinimumGCAge', 'nodeStatusReportFrequency', 'nodeStatusUpdateFrequency',
  'runtimeRequestTimeout', 'shutdownGracePeriod', 'shutdownGracePeriodCriticalPods', 'streamingConnectionIdleTimeout',
  'syncFrequency', 'volumeStatsAggPeriod',
] as const;

const unsetLogging: Document = {
  flushFrequency: 0,
  options: { json: { infoBufferSize: '0' }, text: { infoBufferSize: '0' } },
  verbosity: 0,
};

/** What kube-system/kubelet-config holds under `kubelet`. kind turns disk eviction and image GC off. */
export function kubeletConfiguration(plan: ClusterPlan): Document {
  const ipv6 = isIPv6(plan.podSubnet);
  return {
    ...(ipv6 ? { address: '::' } : {}),
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    authentication: {
      anonymous: { enabled: false },
      webhook: { cacheTTL: '0s', enabled: true },
      x509: { clientCAFile: `${certificatesDir}/ca.crt` },
    },
    authorization: { mode: 'Webhook', webhook: { cacheAuthorizedTTL: '0s', cacheUnauthorizedTTL: '0s' } },
    cgroupDriver: 'systemd',
    cgroupRoot: '/kubelet',
    clusterDNS: [dnsServiceAddress(plan.serviceSubnet)],
    clusterDomain: plan.dnsDomain,
    containerRuntimeEndpoint: '',
    crashLoopBackOff: {},
    evictionHard: { 'imagefs.available': '0%', 'nodefs.available': '0%', 'nodefs.inodesFree': '0%' },
    failSwapOn: false,
    ...featureGates(plan),
    healthzBindAddress: ipv6 ? '::' : '127.0.0.1',
    healthzPort: 10248,
    imageGCHighThresholdPercent: 100,
    kind: 'KubeletConfiguration',
    logging: unsetLogging,
    memorySwap: {},
    rotateCertificates: true,
    staticPodPath: '/etc/kubernetes/manifests',
    ...Object.fromEntries(unsetDurations.map((field) => [field, '0s'])),
  };
}

/** What kube-system/kube-proxy holds under `config.conf`. */
export function kubeProxyConfiguration(plan: ClusterPlan): Document {
  return {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    bindAddress: isIPv6(plan.podSubnet) ? '::' : '0.0.0.0',
    bindAddressHardFail: false,
    clientConnection: {
      acceptContentTypes: '', burst: 0, contentType: '', kubeconfig: '/var/lib/kube-proxy/kubeconfig.conf', qps: 0,
    },
    clusterCIDR: plan.podSubnet,
    configSyncPeriod: '0s',
    conntrack: {
      maxPerCore: 0, min: null, tcpBeLiberal: false, tcpCloseWaitTimeout: null, tcpEstablishedTimeout: null,
      udpStreamTimeout: '0s', udpTimeout: '0s',
    },
    detectLocal: { bridgeInterface: '', interfaceNamePrefix: '' },
    detectLocalMode: '',
    enableProfiling: false,
    ...featureGates(plan),
    healthzBindAddress: '',
    hostnameOverride: '',
    iptables: {
      localhostNodePorts: null, masqueradeAll: false, masqueradeBit: null, minSyncPeriod: '1s', syncPeriod: '0s',
    },
    ipvs: {
      excludeCIDRs: null, minSyncPeriod: '0s', scheduler: '', strictARP: false, syncPeriod: '0s', tcpFinTimeout: '0s',
      tcpTimeout: '0s', udpTimeout: '0s',
    },
    kind: 'KubeProxyConfiguration',
    logging: unsetLogging,
    metricsBindAddress: '',
    mode: plan.kubeProxyMode,
    nftables: { masqueradeAll: false, masqueradeBit: null, minSyncPeriod: '0s', syncPeriod: '0s' },
    nodePortAddresses: null,
    oomScoreAdj: null,
    portRange: '',
    showHiddenMetricsForVersion: '',
    winkernel: {
      enableDSR: false, forwardHealthCheckVip: false, networkName: '', rootHnsEndpointName: '', sourceVip: '',
    },
  };
}
