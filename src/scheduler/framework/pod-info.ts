/** A pod as the scheduler looks at it: its requests and ports computed once per version. Models framework PodInfo. */
import type { Pod, PodSpec } from '../../api/types';
import { nonZeroRequests, plainRequests, podRequests, type Resources } from './resources';

export interface HostPort {
  readonly ip: string;
  readonly protocol: string;
  readonly port: number;
}

export interface PodInfo {
  readonly pod: Pod;
  readonly key: string;
  readonly uid: string;
  readonly priority: number;
  readonly requests: Resources;
  /** Requests with the defaults that scores use. */
  readonly scoreRequests: Resources;
  readonly hostPorts: readonly HostPort[];
}

type SpecInfo = Pick<PodInfo, 'priority' | 'requests' | 'scoreRequests' | 'hostPorts'>;

// A status write makes a new Pod but keeps its spec object, and the spec is where the work lies.
const specs = new WeakMap<PodSpec, SpecInfo>();
const known = new WeakMap<Pod, PodInfo>();

/** The info of a pod version; computed at the first call for that object. */
export function podInfo(pod: Pod): PodInfo {
  let info = known.get(pod);
  if (!info) {
    const { namespace = '', name, uid } = pod.metadata;
    info = { pod, key: `${namespace}/${name}`, uid, ...specInfo(pod.spec) };
    known.set(pod, info);
  }
  return info;
}

function specInfo(spec: PodSpec): SpecInfo {
  let info = specs.get(spec);
  if (!info) {
    info = {
      priority: spec.priority ?? 0,
      requests: podRequests(spec, plainRequests),
      scoreRequests: podRequests(spec, nonZeroRequests),
      hostPorts: hostPortsOf(spec),
    };
    specs.set(spec, info);
  }
  return info;
}

function hostPortsOf(spec: PodSpec): HostPort[] {
  const ports: HostPort[] = [];
  const sidecars = (spec.initContainers ?? []).filter((container) => container.restartPolicy === 'Always');
  for (const container of [...sidecars, ...spec.containers]) {
    for (const port of container.ports ?? []) {
      if (port.hostPort)
        ports.push({ ip: port.hostIP ?? '0.0.0.0', protocol: port.protocol ?? 'TCP', port: port.hostPort });
    }
  }
  return ports;
}
