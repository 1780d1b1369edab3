/** The insides of the kubelet, of kube-proxy, and of components of which only their messages are known. */
import type { EndpointSlice, Service } from '../../../api/types';
import { frontendKey, frontendsOf } from '../../../node/kube-proxy/frontends';
import type { InsideItem, InsideLane, InsideState } from '../../../protocol/inside';
import type { Hop, ProcessId } from '../../../protocol/trace';
import type { PodHealth, PodView } from '../../../protocol/view';
import { fullName, lane, latest, secondsText } from './source';
import type { InsideSource } from './source';

/** One worker for each pod of the node, its probes, what it reported and what it asked of the runtime. */
export function kubeletLanes(id: ProcessId, { view, hops }: InsideSource): InsideLane[] {
  const machine = id.slice(id.indexOf('@') + 1);
  const pods = view.nodes.find(({ name }) => name === machine)?.pods ?? [];
  const own = (hop: Hop, channel: string): boolean =>
    hop.kind === 'request' && hop.from === id && 'channel' in hop && hop.channel === channel;
  const reports = latest(hops, (hop) => (own(hop, 'https') && hop.subject.subresource === 'status'
    ? `${hop.subject.resource} ${fullName(hop.subject)}` : undefined), 12);
  const calls = latest(hops, (hop) => (own(hop, 'cri') && hop.subject.verb !== 'Status'
    ? `${hop.subject.verb} ${fullName(hop.subject)}` : undefined), 12);
  const probes = latest(hops, (hop) => (own(hop, 'http') || (own(hop, 'cri') && hop.subject.verb === 'ExecSync')
    ? `${hop.to} ${hop.subject.name ?? ''}` : undefined), 12);
  return [
    lane('podWorkers', pods.map(podItem)),
    lane('statusManager', reports.map((hop) => hopItem(hop, `${hop.subject.resource} ${hop.subject.name ?? ''}`))),
    lane('runtimeCalls', calls.map((hop) => hopItem(hop, hop.subject.verb))),
    lane('probes', probes.map((hop) => hopItem(hop, `${hop.subject.verb} ${hop.subject.name ?? ''}`))),
  ];
}

/** The rules that a node's kube-proxy keeps for the Services that exist, while it runs. */
export function kubeProxyLanes({ objects }: InsideSource): InsideLane[] {
  const slices = objects.list<EndpointSlice>('discovery.k8s.io/v1', 'EndpointSlice');
  const items = objects.list<Service>('v1', 'Service').flatMap((service) => {
    const own = slices.filter(({ metadata }) => metadata.namespace === service.metadata.namespace
      && metadata.labels?.['kubernetes.io/service-name'] === service.metadata.name);
    return frontendsOf(service).map((frontend): InsideItem => {
      const targets = own.flatMap(({ endpoints = [], ports = [] }) => {
        const port = ports.find(({ name }) => (name ?? '') === (frontend.servicePort.name ?? ''))?.port;
        return endpoints.filter(({ conditions }) => conditions?.ready !== false)
          .flatMap(({ addresses }) => addresses.map((address) => `${address}:${port ?? ''}`));
      });
      const key = frontendKey(frontend.ip, frontend.port);
      return {
        id: `${fullName(service.metadata)} ${frontend.kind} ${key} ${frontend.servicePort.name ?? ''}`,
        title: `${service.metadata.name} ${key}/${frontend.servicePort.protocol ?? 'TCP'}`,
        facts: [targets.length > 0 ? `→ ${targets.join(', ')}` : '→ —'],
        state: targets.length > 0 ? 'ready' : 'failed',
      };
    });
  });
  return [lane('rules', items)];
}

/** The latest messages of a process, in both directions. */
export function messageLanes(id: ProcessId, { hops }: InsideSource): InsideLane[] {
  const own = latest(hops, (hop) => (hop.kind === 'request' && (hop.from === id || hop.to === id)
    ? `${hop.from} ${hop.to} ${hop.subject.verb} ${hop.subject.name ?? ''}` : undefined), 18);
  return [lane('messages', own.map((hop) => hopItem(hop,
    `${hop.from === id ? '→' : '←'} ${hop.subject.verb} ${hop.subject.resource ?? ''}`.trim())))];
}

function hopItem(hop: Hop, title: string): InsideItem {
  const facts = [hop.subject.name ?? '', secondsText(hop.atMs)].filter(
    (fact) => fact !== '' && !title.endsWith(` ${fact}`),
  );
  return { id: String(hop.id), title: title.trim(), facts, state: 'idle' };
}

function podItem(pod: PodView): InsideItem {
  return {
    id: fullName(pod), title: pod.name, facts: [pod.status, pod.ip ?? ''].filter(Boolean), state: stateOf(pod.health),
    box: `pod/${fullName(pod)}`,
  };
}

/** Of the states of a pod the ones that an item can show. */
export function stateOf(health: PodHealth): InsideState {
  return health === 'terminating' || health === 'unknown' ? 'pending' : health;
}
