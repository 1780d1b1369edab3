/**
 * The static pod of an etcd member. Models cmd/kubeadm/app/phases/etcd/local.go, v1.36 with etcd 3.6. The members that
 * --initial-cluster names are those that had joined by then; etcd would list them in order of member ID, here they are
 * in order of joining.
 */
import { etcdImage } from '../images';
import { hostPort, isIPv6 } from './address';
import { certificatesDir, commandOf } from './static-pod';
import type { StaticPod } from './static-pod';
import type { ClusterPlan, PlannedNode } from './types';

const clientPort = 2379;
const peerPort = 2380;
const metricsPort = 2381;
const dataDir = '/var/lib/etcd';
const etcdCertificatesDir = `${certificatesDir}/etcd`;

function url(scheme: 'http' | 'https', host: string, port: number): string {
  return `${scheme}://${hostPort(host, port)}`;
}

function membershipFlags(plan: ClusterPlan, node: PlannedNode): Readonly<Record<string, string>> {
  const members = plan.nodes.filter((other) => other.role === 'control-plane');
  const joined = node.isFirstControlPlane ? [node] : members.slice(0, members.indexOf(node) + 1);
  const initialCluster = joined.map((member) => `${member.name}=${url('https', member.address, peerPort)}`).join(',');
  return {
    'initial-cluster': initialCluster,
    ...(node.isFirstControlPlane ? {} : { 'initial-cluster-state': 'existing' }),
  };
}

/** The etcd member of a control-plane node. */
export function etcdPod(plan: ClusterPlan, node: PlannedNode): StaticPod {
  const localhost = isIPv6(node.address) ? '::1' : '127.0.0.1';
  const clientUrl = url('https', node.address, clientPort);
  const peerUrl = url('https', node.address, peerPort);
  return {
    name: 'etcd',
    image: etcdImage,
    command: commandOf('etcd', {
      'advertise-client-urls': clientUrl,
      'cert-file': `${etcdCertificatesDir}/server.crt`,
      'client-cert-auth': 'true',
      'data-dir': dataDir,
      'feature-gates': 'InitialCorruptCheck=true',
      'initial-advertise-peer-urls': peerUrl,
      ...membershipFlags(plan, node),
      'key-file': `${etcdCertificatesDir}/server.key`,
      'listen-client-urls': `${url('https', localhost, clientPort)},${clientUrl}`,
      'listen-metrics-urls': url('http', localhost, metricsPort),
      'listen-peer-urls': peerUrl,
      name: node.name,
      'peer-cert-file': `${etcdCertificatesDir}/peer.crt`,
      'peer-client-cert-auth': 'true',
      'peer-key-file': `${etcdCertificatesDir}/peer.key`,
      'peer-trusted-ca-file': `${etcdCertificatesDir}/ca.crt`,
      'snapshot-count': '10000',
      'trusted-ca-file': `${etcdCertificatesDir}/ca.crt`,
      'watch-progress-notify-interval': '5s',
    }),
    requests: { cpu: '100m', memory: '100Mi' },
    probes: {
      host: localhost, port: metricsPort, scheme: 'HTTP', liveness: '/livez', readiness: '/readyz', startup: '/readyz',
    },
    hostPaths: [
      { name: 'etcd-data', path: dataDir, type: 'DirectoryOrCreate', readOnly: false },
      { name: 'etcd-certs', path: etcdCertificatesDir, type: 'DirectoryOrCreate', readOnly: false },
    ],
    annotations: { 'kubeadm.kubernetes.io/etcd.advertise-client-urls': clientUrl },
  };
}
