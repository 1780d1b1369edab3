/**
 * `/configz`: the configuration that the kubelet runs with, as far as this simulation has it: what kubeadm writes into
 * /var/lib/kubelet/config.yaml on a kind node, and defaults that can be seen in its behaviour.
 */
import type { ProcessHost } from '../../../sim/process';
import { evictionHard } from '../eviction';
import { highThresholdPercent } from '../image-gc';
import { logFileBytes, logFilesKept } from '../../runtime/container-log';

interface ConfigInputs {
  readonly clusterDns: string;
  readonly clusterDomain: string;
  readonly manifestFolder: string;
  /** Whether images are removed and pods evicted when the disk is full. */
  readonly watchesDisk: boolean;
}

/** The answer: the KubeletConfiguration under the component's name. */
export function configz(
  { clusterDns, clusterDomain, manifestFolder, watchesDisk }: ConfigInputs,
  host: ProcessHost,
): unknown {
  return {
    kubeletconfig: {
      staticPodPath: manifestFolder,
      syncFrequency: '1m0s',
      fileCheckFrequency: '20s',
      httpCheckFrequency: '20s',
      address: '0.0.0.0',
      port: 10250,
      healthzPort: 10248,
      healthzBindAddress: '127.0.0.1',
      authentication: {
        x509: { clientCAFile: '/etc/kubernetes/pki/ca.crt' },
        webhook: { enabled: true, cacheTTL: '2m0s' },
        anonymous: { enabled: false },
      },
      authorization: { mode: 'Webhook', webhook: { cacheAuthorizedTTL: '5m0s', cacheUnauthorizedTTL: '30s' } },
      clusterDomain,
      clusterDNS: [clusterDns],
      hostnameOverride: host.machine,
      nodeStatusUpdateFrequency: '10s',
      nodeStatusReportFrequency: '5m0s',
      nodeLeaseDurationSeconds: 40,
      maxPods: 110,
      cgroupDriver: 'systemd',
      imageMaximumGCAge: '0s',
      imageGCHighThresholdPercent: watchesDisk ? highThresholdPercent : 100,
      containerLogMaxSize: `${logFileBytes / 1024 / 1024}Mi`,
      containerLogMaxFiles: logFilesKept,
      failSwapOn: false,
      rotateCertificates: true,
      evictionHard: watchesDisk
        ? evictionHard
        : { 'imagefs.available': '0%', 'nodefs.available': '0%', 'nodefs.inodesFree': '0%' },
      containerRuntimeEndpoint: 'unix:///run/containerd/containerd.sock',
      kind: 'KubeletConfiguration',
      apiVersion: 'kubelet.config.k8s.io/v1beta1',
    },
  };
}
