/**
 * The static pods of API server, controller manager and scheduler, with the flags of kubeadm 1.36 and what kind's
 * kubeadm configuration adds (--runtime-config, --feature-gates, --enable-hostpath-provisioner, IPv6 addresses). Models
 * cmd/kubeadm/app/phases/controlplane/{manifests,volumes}.go; observed on v1.36.1 nodes, where the FlexVolume mount of
 * earlier releases is gone.
 *
 * Uncertain: whether kind v0.32.0 writes an empty `--runtime-config=` when kind.yaml has no runtimeConfig, as kind did
 * with kubeadm's v1beta3; it is left out here.
 */
import { compareText } from '../../base/freeze';
import { kubernetesImage } from '../images';
import { hostPort, isIPv6 } from './address';
import { certificatesDir, commandOf, pairsText } from './static-pod';
import type { HostPath, StaticPod } from './static-pod';
import { apiServerPort } from './types';
import type { ClusterPlan, PlannedNode } from './types';

const kubernetesDir = '/etc/kubernetes';
const controllerManagerPort = 10257;
const schedulerPort = 10259;
const caFile = `${certificatesDir}/ca.crt`;
const frontProxyCaFile = `${certificatesDir}/front-proxy-ca.crt`;

function optionalPairs(flag: string, pairs: Readonly<Record<string, boolean | string>>): Record<string, string> {
  const text = pairsText(pairs);
  return text === '' ? {} : { [flag]: text };
}

function directory(name: string, path: string): HostPath {
  return { name, path, type: 'DirectoryOrCreate', readOnly: true };
}

function kubeconfig(path: string): HostPath {
  return { name: 'kubeconfig', path, type: 'FileOrCreate', readOnly: true };
}

/** kubeadm mounts those CA directories of the host that exist; in a kind node (Debian) these do. In order of name. */
function certificatesAnd(...more: readonly HostPath[]): readonly HostPath[] {
  const directories = [
    directory('ca-certs', '/etc/ssl/certs'),
    directory('etc-ca-certificates', '/etc/ca-certificates'),
    directory('k8s-certs', certificatesDir),
    directory('usr-local-share-ca-certificates', '/usr/local/share/ca-certificates'),
    directory('usr-share-ca-certificates', '/usr/share/ca-certificates'),
  ];
  return [...directories, ...more].sort((a, b) => compareText(a.name, b.name));
}

function apiServerFlags(plan: ClusterPlan, node: PlannedNode): Readonly<Record<string, string>> {
  return {
    'advertise-address': node.address,
    'allow-privileged': 'true',
    'authorization-mode': 'Node,RBAC',
    'client-ca-file': caFile,
    'enable-admission-plugins': 'NodeRestriction',
    'enable-bootstrap-token-auth': 'true',
    'etcd-cafile': `${certificatesDir}/etcd/ca.crt`,
    'etcd-certfile': `${certificatesDir}/apiserver-etcd-client.crt`,
    'etcd-keyfile': `${certificatesDir}/apiserver-etcd-client.key`,
    'etcd-servers': isIPv6(node.address) ? 'https://[::1]:2379' : 'https://127.0.0.1:2379',
    ...optionalPairs('feature-gates', plan.featureGates),
    'kubelet-client-certificate': `${certificatesDir}/apiserver-kubelet-client.crt`,
    'kubelet-client-key': `${certificatesDir}/apiserver-kubelet-client.key`,
    'kubelet-preferred-address-types': 'InternalIP,ExternalIP,Hostname',
    'proxy-client-cert-file': `${certificatesDir}/front-proxy-client.crt`,
    'proxy-client-key-file': `${certificatesDir}/front-proxy-client.key`,
    'requestheader-allowed-names': 'front-proxy-client',
    'requestheader-client-ca-file': frontProxyCaFile,
    'requestheader-extra-headers-prefix': 'X-Remote-Extra-',
    'requestheader-group-headers': 'X-Remote-Group',
    'requestheader-username-headers': 'X-Remote-User',
    ...optionalPairs('runtime-config', plan.runtimeConfig),
    'secure-port': String(apiServerPort),
    'service-account-issuer': `https://kubernetes.default.svc.${plan.dnsDomain}`,
    'service-account-key-file': `${certificatesDir}/sa.pub`,
    'service-account-signing-key-file': `${certificatesDir}/sa.key`,
    'service-cluster-ip-range': plan.serviceSubnet,
    'tls-cert-file': `${certificatesDir}/apiserver.crt`,
    'tls-private-key-file': `${certificatesDir}/apiserver.key`,
  };
}

/** The API server of a control-plane node; its probes go to the address it advertises. */
export function apiServerPod(plan: ClusterPlan, node: PlannedNode): StaticPod {
  return {
    name: 'kube-apiserver',
    image: kubernetesImage('kube-apiserver', plan.kubernetesVersion),
    command: commandOf('kube-apiserver', apiServerFlags(plan, node)),
    requests: { cpu: '250m' },
    probes: {
      host: node.address, port: apiServerPort, scheme: 'HTTPS',
      liveness: '/livez', readiness: '/readyz', startup: '/livez',
    },
    hostPaths: certificatesAnd(),
    annotations: {
      'kubeadm.kubernetes.io/kube-apiserver.advertise-address.endpoint': hostPort(node.address, apiServerPort),
    },
  };
}

/** The controller manager. In an IPv6 cluster kind binds it to `::`, and kubeadm then leaves the probe's host out. */
export function controllerManagerPod(plan: ClusterPlan): StaticPod {
  const kubeconfigFile = `${kubernetesDir}/controller-manager.conf`;
  const ipv6 = isIPv6(plan.podSubnet);
  return {
    name: 'kube-controller-manager',
    image: kubernetesImage('kube-controller-manager', plan.kubernetesVersion),
    command: commandOf('kube-controller-manager', {
      'allocate-node-cidrs': 'true',
      'authentication-kubeconfig': kubeconfigFile,
      'authorization-kubeconfig': kubeconfigFile,
      'bind-address': ipv6 ? '::' : '127.0.0.1',
      'client-ca-file': caFile,
      'cluster-cidr': plan.podSubnet,
      'cluster-name': plan.name,
      'cluster-signing-cert-file': caFile,
      'cluster-signing-key-file': `${certificatesDir}/ca.key`,
      controllers: '*,bootstrapsigner,tokencleaner',
      'enable-hostpath-provisioner': 'true',
      ...optionalPairs('feature-gates', plan.featureGates),
      kubeconfig: kubeconfigFile,
      'leader-elect': 'true',
      'requestheader-client-ca-file': frontProxyCaFile,
      'root-ca-file': caFile,
      'service-account-private-key-file': `${certificatesDir}/sa.key`,
      'service-cluster-ip-range': plan.serviceSubnet,
      'use-service-account-credentials': 'true',
    }),
    requests: { cpu: '200m' },
    probes: {
      host: ipv6 ? undefined : '127.0.0.1', port: controllerManagerPort, scheme: 'HTTPS',
      liveness: '/healthz', readiness: undefined, startup: '/healthz',
    },
    hostPaths: certificatesAnd(kubeconfig(kubeconfigFile)),
    annotations: {},
  };
}

/** The scheduler. */
export function schedulerPod(plan: ClusterPlan): StaticPod {
  const kubeconfigFile = `${kubernetesDir}/scheduler.conf`;
  const address = isIPv6(plan.podSubnet) ? '::1' : '127.0.0.1';
  return {
    name: 'kube-scheduler',
    image: kubernetesImage('kube-scheduler', plan.kubernetesVersion),
    command: commandOf('kube-scheduler', {
      'authentication-kubeconfig': kubeconfigFile,
      'authorization-kubeconfig': kubeconfigFile,
      'bind-address': address,
      ...optionalPairs('feature-gates', plan.featureGates),
      kubeconfig: kubeconfigFile,
      'leader-elect': 'true',
    }),
    requests: { cpu: '100m' },
    probes: {
      host: address, port: schedulerPort, scheme: 'HTTPS', liveness: '/livez', readiness: '/readyz', startup: '/livez',
    },
    hostPaths: [kubeconfig(kubeconfigFile)],
    annotations: {},
  };
}
