/**
 * What the runtime is told of a pod's sandbox: names, network, host ports and DNS. Models kuberuntime's
 * generatePodSandboxConfig and pkg/kubelet/network/dns.
 */
import type { Pod, PodDNSConfig } from '../../api/types';
import type { DnsConfig, PodSandboxConfig } from '../cri';

export interface SandboxInputs {
  readonly machine: string;
  readonly clusterDns: string;
  readonly clusterDomain: string;
}

/** kind points the /etc/resolv.conf of its nodes to the gateway of the docker network, which forwards. */
const nodeDns: DnsConfig = { servers: ['172.18.0.1'], searches: [], options: ['ndots:0'] };
/** resolv.conf(5) takes no more. */
const maxServers = 3;

/** The name that the pod's containers see as their host's. */
export function hostnameOf({ spec, metadata }: Pod, machine: string): string {
  return spec.hostNetwork ? machine : spec.hostname ?? metadata.name.slice(0, 63);
}

/** The configuration of the pod's sandbox; the attempt counts sandboxes of the pod from 0. */
export function sandboxConfig(pod: Pod, attempt: number, inputs: SandboxInputs): PodSandboxConfig {
  const { metadata, spec } = pod;
  const { name, namespace = '', uid } = metadata;
  const hostNetwork = spec.hostNetwork ?? false;
  const ports = [...spec.containers, ...(spec.initContainers ?? [])].flatMap((container) => container.ports ?? []);
  return {
    metadata: { name, namespace, uid, attempt },
    hostname: hostnameOf(pod, inputs.machine),
    hostNetwork,
    sharedProcesses: spec.shareProcessNamespace ?? false,
    dns: dnsConfig(pod, inputs),
    portMappings: hostNetwork ? [] : ports.flatMap(({ protocol = 'TCP', containerPort, hostPort, hostIP = '' }) =>
      (hostPort ? [{ protocol, containerPort, hostPort, hostIP }] : [])),
    logDirectory: podLogDirectory(pod),
    labels: { 'io.kubernetes.pod.name': name, 'io.kubernetes.pod.namespace': namespace, 'io.kubernetes.pod.uid': uid },
    annotations: metadata.annotations ?? {},
  };
}

/** Where the logs of a pod's containers lie on the node's disk. */
export function podLogDirectory({ metadata: { namespace, name, uid } }: Pod): string {
  return `/var/log/pods/${namespace}_${name}_${uid}`;
}

function dnsConfig({ metadata, spec }: Pod, { clusterDns, clusterDomain }: SandboxInputs): DnsConfig {
  const policy = spec.dnsPolicy ?? 'ClusterFirst';
  const clusterFirst = policy === 'ClusterFirstWithHostNet' || (policy === 'ClusterFirst' && !spec.hostNetwork);
  const cluster: DnsConfig = {
    servers: [clusterDns],
    searches: [`${metadata.namespace}.svc.${clusterDomain}`, `svc.${clusterDomain}`, clusterDomain],
    options: ['ndots:5'],
  };
  const none: DnsConfig = { servers: [], searches: [], options: [] };
  return merged(policy === 'None' ? none : clusterFirst ? cluster : nodeDns, spec.dnsConfig ?? {});
}

function merged(base: DnsConfig, { nameservers = [], searches = [], options = [] }: PodDNSConfig): DnsConfig {
  const named = new Map(base.options.map((option) => [option.split(':')[0] ?? option, option]));
  for (const { name = '', value } of options) named.set(name, value === undefined ? name : `${name}:${value}`);
  return {
    servers: [...new Set([...base.servers, ...nameservers])].slice(0, maxServers),
    searches: [...new Set([...base.searches, ...searches])],
    options: [...named.values()],
  };
}
