/**
 * What the four static pods of a control-plane node have in common: pod shape, probes, host path volumes, flags. Models
 * cmd/kubeadm/app/util/staticpod/utils.go and util/arguments.go of v1.36 (probes name the port `probe-port`).
 */
import { compareText } from '../../base/freeze';
import type { Container, NewObject, Pod, Probe, Volume, VolumeMount } from '../../api/types';

export type StaticPodName = 'etcd' | 'kube-apiserver' | 'kube-controller-manager' | 'kube-scheduler';

/** Where kubeadm keeps keys and certificates. */
export const certificatesDir = '/etc/kubernetes/pki';

const systemNodeCriticalPriority = 2_000_001_000;
const probePortName = 'probe-port';
/** kubeadm's controlPlaneComponentHealthCheck timeout. */
const startupLimitSeconds = 240;

/** A host path that the pod mounts at the same path. */
export interface HostPath {
  readonly name: string;
  readonly path: string;
  readonly type: 'DirectoryOrCreate' | 'FileOrCreate';
  readonly readOnly: boolean;
}

/** Where the probes of a component go. Without a host they go to the pod's address, the node's. */
export interface ProbeTarget {
  readonly host: string | undefined;
  readonly port: number;
  readonly scheme: 'HTTP' | 'HTTPS';
  readonly liveness: string;
  readonly readiness: string | undefined;
  readonly startup: string;
}

/** What distinguishes one static pod from another. */
export interface StaticPod {
  readonly name: StaticPodName;
  readonly image: string;
  readonly command: readonly string[];
  readonly requests: Readonly<Record<string, string>>;
  readonly probes: ProbeTarget;
  readonly hostPaths: readonly HostPath[];
  readonly annotations: Readonly<Record<string, string>>;
}

/** The component's command line: its name, then `--name=value` in order of name. */
export function commandOf(program: string, flags: Readonly<Record<string, string>>): readonly string[] {
  const names = Object.keys(flags).sort();
  return [program, ...names.map((name) => `--${name}=${flags[name] ?? ''}`)];
}

/** `A=true,B=false` in order of name, as the flags --feature-gates and --runtime-config take it. */
export function pairsText(pairs: Readonly<Record<string, boolean | string>>): string {
  return Object.keys(pairs).sort().map((name) => `${name}=${String(pairs[name])}`).join(',');
}

function probe(target: ProbeTarget, path: string, rest: Probe): Probe {
  const host = target.host === undefined ? {} : { host: target.host };
  return { httpGet: { ...host, path, port: probePortName, scheme: target.scheme }, timeoutSeconds: 15, ...rest };
}

function probesOf(target: ProbeTarget): Pick<Container, 'livenessProbe' | 'readinessProbe' | 'startupProbe'> {
  const periodSeconds = 10;
  const readinessProbe = target.readiness === undefined
    ? {}
    : { readinessProbe: probe(target, target.readiness, { periodSeconds: 1, failureThreshold: 3 }) };
  return {
    livenessProbe: probe(target, target.liveness, { initialDelaySeconds: 10, periodSeconds, failureThreshold: 8 }),
    ...readinessProbe,
    startupProbe: probe(target, target.startup, {
      initialDelaySeconds: 10, periodSeconds, failureThreshold: startupLimitSeconds / periodSeconds,
    }),
  };
}

function volume(hostPath: HostPath): Volume {
  return { name: hostPath.name, hostPath: { path: hostPath.path, type: hostPath.type } };
}

function mount(hostPath: HostPath): VolumeMount {
  return { name: hostPath.name, mountPath: hostPath.path, ...(hostPath.readOnly ? { readOnly: true } : {}) };
}

/** The manifest as kubeadm writes it to /etc/kubernetes/manifests; the kubelet adds the node's name to the pod's. */
export function staticPod(pod: StaticPod): NewObject<Pod> {
  const annotations = Object.keys(pod.annotations).length === 0 ? {} : { annotations: pod.annotations };
  const volumes = pod.hostPaths.map(volume).sort((a, b) => compareText(a.name, b.name));
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...annotations,
      labels: { component: pod.name, tier: 'control-plane' },
      name: pod.name,
      namespace: 'kube-system',
    },
    spec: {
      containers: [{
        command: pod.command,
        image: pod.image,
        imagePullPolicy: 'IfNotPresent',
        ...probesOf(pod.probes),
        name: pod.name,
        ports: [{ containerPort: pod.probes.port, name: probePortName, protocol: 'TCP' }],
        resources: { requests: pod.requests },
        volumeMounts: pod.hostPaths.map(mount),
      }],
      hostNetwork: true,
      priority: systemNodeCriticalPriority,
      priorityClassName: 'system-node-critical',
      securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
      volumes,
    },
  };
}
