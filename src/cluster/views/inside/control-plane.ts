/** The insides of API server, etcd, scheduler and controller manager, as far as objects and trace tell them. */
import type { InsideItem, InsideLane, InsideState } from '../../../protocol/inside';
import type { ApiStage, Hop, ProcessId } from '../../../protocol/trace';
import type { Lease } from '../../../api/types';
import { fullName, lane, latest, secondsText } from './source';
import type { InsideSource } from './source';

const stages: readonly ApiStage[] = [
  'authentication', 'authorization', 'mutatingAdmission', 'validation', 'validatingAdmission', 'registry', 'watchCache',
];

/** The stages with the last request that passed them, who is connected, and what is watched. */
export function apiServerLanes(id: ProcessId, { hops }: InsideSource): InsideLane[] {
  const last = new Map<ApiStage, Hop>();
  for (const hop of latest(
    hops,
    (one) => (one.kind === 'stage' && one.from === id ? one.stage : undefined),
    stages.length,
  )) {
    if (hop.kind === 'stage') last.set(hop.stage, hop);
  }
  const stageItems = stages.map((stage): InsideItem => {
    const hop = last.get(stage);
    if (hop?.kind !== 'stage') return { id: stage, title: stage, facts: [], state: 'idle' };
    const { verb, resource = '', subresource } = hop.subject;
    const what = `${verb} ${resource}${subresource ? `/${subresource}` : ''}`.trim();
    return {
      id: stage,
      title: stage,
      facts: [what, hop.plugin ?? ''].filter(Boolean),
      state: hop.allowed ? 'ready' : 'failed',
    };
  });
  const watches = new Map<ProcessId, Set<string>>();
  const clients = new Map<ProcessId, { requests: number; last: Hop }>();
  for (const hop of hops) {
    if (hop.kind !== 'request' || hop.to !== id || hop.channel !== 'https') continue;
    const client = clients.get(hop.from);
    clients.set(hop.from, { requests: (client?.requests ?? 0) + 1, last: hop });
    if (hop.subject.verb !== 'watch') continue;
    watches.set(hop.from, (watches.get(hop.from) ?? new Set()).add(hop.subject.resource ?? ''));
  }
  const clientItems = [...clients]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([process, { requests, last: hop }]): InsideItem => ({
      id: process,
      title: process,
      facts: [`${requests} ×`, `${hop.subject.verb} ${hop.subject.resource ?? ''}`],
      state: 'idle',
    }));
  const watchItems = [...watches].sort(([a], [b]) => (a < b ? -1 : 1)).map(([process, resources]): InsideItem =>
    ({ id: process, title: process, facts: [[...resources].sort().join(', ')], state: 'ready' }));
  return [lane('stages', stageItems), lane('clients', clientItems), lane('watches', watchItems)];
}

/** Keys by prefix, the newest revisions, and the members. */
export function etcdLanes(id: ProcessId, { hops, view }: InsideSource): InsideLane[] {
  const writes = hops.filter((hop) => hop.kind === 'response' && hop.from === id && hop.subject.revision !== undefined
    && (hop.subject.verb === 'Txn' || hop.subject.verb === 'Put'));
  const prefixes = new Map<string, number>();
  for (const { subject } of writes) {
    const prefix = (subject.name ?? '').split('/').slice(0, 3).join('/');
    prefixes.set(prefix, (prefixes.get(prefix) ?? 0) + 1);
  }
  const revisions = writes
    .slice(-12)
    .reverse()
    .map(({ id: hop, subject, atMs }): InsideItem => ({
      id: String(hop),
      title: `rev ${subject.revision}`,
      facts: [subject.name ?? '', secondsText(atMs)],
      state: 'idle',
    }));
  const members = view.nodes.flatMap(({ components }) => components.filter(({ kind }) => kind === 'etcd'));
  return [
    lane('members', members.map((member): InsideItem => ({
      id: member.id, title: member.id.slice(member.id.indexOf('@') + 1),
      facts: [member.running ? `rev ${view.revision}` : ''].filter(Boolean), state: member.running ? 'ready' : 'failed',
    }))),
    lane('revisions', revisions),
    lane('prefixes', [...prefixes].sort(([a], [b]) => (a < b ? -1 : 1)).map(([prefix, count]): InsideItem =>
      ({ id: prefix, title: prefix, facts: [`${count} ×`], state: 'idle' }))),
  ];
}

/** Pods that wait, what was decided, and what was bound. */
export function schedulerLanes(id: ProcessId, { hops, view }: InsideSource): InsideLane[] {
  const decisions = latest(
    hops,
    (hop) => (hop.kind === 'decision' && hop.from === id ? fullName(hop.subject) : undefined),
    12,
  );
  const bindings = latest(
    hops,
    (hop) =>
      hop.kind === 'request' && hop.from === id && hop.subject.subresource === 'binding'
        ? fullName(hop.subject)
        : undefined,
    12,
  );
  return [
    lane(
      'queue',
      view.unboundPods.map((pod): InsideItem => ({
        id: fullName(pod),
        title: pod.name,
        facts: [pod.message ?? pod.status],
        state: 'pending',
        box: `pod/${fullName(pod)}`,
      })),
    ),
    lane(
      'decisions',
      decisions.map((hop): InsideItem => ({
        id: String(hop.id),
        title: hop.subject.name ?? '',
        box: podBox(hop, view),
        facts:
          hop.kind === 'decision'
            ? [hop.node === undefined ? (hop.subject.message ?? '—') : `→ ${hop.node}`, secondsText(hop.atMs)]
            : [],
        state: hop.kind === 'decision' && hop.node === undefined ? 'failed' : 'ready',
      })),
    ),
    lane(
      'bindings',
      bindings.map((hop): InsideItem => ({
        id: String(hop.id),
        title: hop.subject.name ?? '',
        facts: ['pods/binding', secondsText(hop.atMs)],
        state: 'idle',
      })),
    ),
  ];
}

/** The box of the pod that a hop is about, as long as there is one. */
function podBox({ subject }: Hop, { nodes, unboundPods }: InsideSource['view']): string | undefined {
  const is = (pod: { readonly namespace: string; readonly name: string }): boolean =>
    pod.namespace === subject.namespace && pod.name === subject.name;
  return nodes.some(({ pods }) => pods.some(is)) || unboundPods.some(is) ? `pod/${fullName(subject)}` : undefined;
}

/**
 * Controllers of the controller manager with what they write; kube-controller-manager's own names. A request does not say
 * which controller sent it, so it is told by what is written: the first that matches.
 */
const controllers: readonly { readonly name: string; readonly watches: string; readonly writes: readonly string[] }[] =
  [
    {
      name: 'deployment-controller',
      watches: 'deployments, replicasets',
      writes: ['* replicasets.apps', '* deployments.apps/status'],
    },
    {
      name: 'replicaset-controller',
      watches: 'replicasets, pods',
      writes: ['* replicasets.apps/status', 'create pods', 'delete pods'],
    },
    {
      name: 'daemonset-controller',
      watches: 'daemonsets, nodes, pods',
      writes: ['* daemonsets.apps/status', '* controllerrevisions.apps'],
    },
    {
      name: 'endpointslice-controller',
      watches: 'services, pods, nodes',
      writes: ['* endpointslices.discovery.k8s.io'],
    },
    { name: 'endpoints-controller', watches: 'services, pods', writes: ['* endpoints'] },
    {
      name: 'node-lifecycle-controller',
      watches: 'nodes, leases, pods',
      writes: ['* nodes/status', '* nodes', 'patch pods/status'],
    },
    { name: 'namespace-controller', watches: 'namespaces', writes: ['* namespaces/finalize', '* namespaces'] },
    { name: 'serviceaccount-controller', watches: 'serviceaccounts, namespaces', writes: ['create serviceaccounts'] },
    { name: 'root-ca-certificate-publisher-controller', watches: 'configmaps, namespaces', writes: ['* configmaps'] },
    { name: 'garbage-collector-controller', watches: '*', writes: ['delete *'] },
  ];

/** Each controller with the last thing it wrote; the lamp is lit for the one that worked last. */
export function controllerManagerLanes(id: ProcessId, { hops, objects }: InsideSource): InsideLane[] {
  const last = new Map<string, Hop>();
  for (const hop of latest(
    hops,
    (one) => (one.kind === 'request' && one.from === id ? writer(one) : undefined),
    controllers.length,
  )) {
    last.set(writer(hop) ?? '', hop);
  }
  const newest = [...last.values()].reduce((most, { id: hop }) => Math.max(most, hop), -1);
  const items = controllers.map(({ name, watches }): InsideItem => {
    const hop = last.get(name);
    const { verb = '', resource = '', name: target = '' } = hop?.subject ?? {};
    const state: InsideState = hop?.id === newest ? 'ready' : 'idle';
    return { id: name, title: name, facts: [hop ? `${verb} ${resource} ${target}`.trim() : watches], state };
  });
  const lease = objects.list<Lease>('coordination.k8s.io/v1', 'Lease')
    .find(({ metadata }) => metadata.namespace === 'kube-system' && metadata.name === 'kube-controller-manager');
  const leader = lease?.spec.holderIdentity;
  return [
    lane('controllers', items),
    lane('members', leader === undefined ? [] : [{ id: 'leader', title: 'leader', facts: [leader], state: 'ready' }]),
  ];
}

function writer({ subject: { verb, resource, subresource } }: Hop): string | undefined {
  if (verb === 'get' || verb === 'list' || verb === 'watch' || resource === undefined) return undefined;
  const what = `${resource}${subresource ? `/${subresource}` : ''}`;
  const matches = (rule: string): boolean =>
    rule === `* ${what}` || rule === `${verb} ${what}` || rule === `${verb} *`;
  return controllers.find(({ writes }) => writes.some(matches))?.name;
}
