/**
 * Watches the traces of all clusters that any test runs, and holds every message against the edge table that the diagram
 * draws from: what is not in the table must not travel, and nothing but API servers and an etcdctl started by hand calls etcd.
 * mocha loads this for every suite (.mocharc.json); after the last test it fails with the edges that the table lacks.
 */
import assert from 'node:assert/strict';
import type { ClusterView } from '../../src/protocol/view';
import { Trace } from '../../src/sim/trace';
import type { NewHop } from '../../src/sim/trace';
import { edgeTable } from '../../webview/scene/edges';
import { placeOf } from '../../webview/scene/party';

/** Traces of clusters; those of unit tests have processes of any name. */
const clusters = new WeakSet<Trace>();
/** One example for each kind of message between two sorts of process. */
const seen = new Map<string, NewHop>();
/** Clients that tests put beside kubectl to call parts which no real client calls. */
const handmade = /^(?:session-\d+|hand)@client$/;
const record = Trace.prototype.record;

Trace.prototype.record = function watched(hop) {
  if (hop.kind === 'input' && hop.subject.verb === 'kind create cluster') clusters.add(this);
  if ('channel' in hop && hop.kind !== 'failure' && clusters.has(this) && !handmade.test(hop.from) && !handmade.test(hop.to)) {
    const key = `${hop.kind} ${hop.channel} ${nameOf(hop.from)} ${nameOf(hop.to)}`;
    if (!seen.has(key)) seen.set(key, { ...hop });
  }
  return record.call(this, hop);
};

/** Without the machine and, for what runs in a pod, without its name: few enough to look at each once. */
function nameOf(process: string): string {
  const name = process.slice(0, process.lastIndexOf('@'));
  if (/#\d+$/.test(name)) return name.replace(/#\d+$/, '#');
  return name.startsWith('kube-system/coredns-') ? 'coredns' : name.includes('/') ? 'pod' : name;
}

/** Only what names need to be told apart by. */
const view = {
  nodes: [], unboundPods: [],
  loadBalancer: { id: 'envoy@kind-external-load-balancer', kind: 'load-balancer', name: 'envoy', running: true },
} as unknown as ClusterView;

/** The messages seen so far that travel on no edge of the table, in words. */
export function strayMessages(): string[] {
  return [...seen.values()].flatMap((hop) => {
    if (!('channel' in hop)) return [];
    const from = placeOf(hop.from, view)?.party;
    const to = placeOf(hop.to, view)?.party;
    // A request opens a connection; answers and events come back on it, messages of a session go both ways.
    const isKnown = edgeTable.some((edge) => edge.channel === hop.channel
      && ((edge.from === from && edge.to === to) || (hop.kind !== 'request' && edge.from === to && edge.to === from)));
    return isKnown ? [] : [`${hop.kind} ${hop.channel}: ${hop.from} (${from}) > ${hop.to} (${to}), ${hop.subject.verb} ${hop.subject.resource ?? hop.subject.name ?? ''}`];
  });
}

/** Who opened a connection to etcd so far, other than to ask whether it lives. */
export function callersOfEtcd(): string[] {
  const callers = [...seen.values()].flatMap((hop) =>
    (hop.kind === 'request' && hop.channel === 'grpc' && nameOf(hop.to) === 'etcd' ? [nameOf(hop.from)] : []));
  return [...new Set(callers)];
}

export const mochaHooks = {
  afterAll(): void {
    assert.deepEqual(strayMessages(), [], 'messages that travel on no edge of webview/scene/edges.ts');
    const allowed = ['kube-apiserver', 'etcd', 'etcdctl#', 'etcdctl.etcd#'];
    assert.deepEqual(callersOfEtcd().filter((caller) => !allowed.includes(caller)), [], 'callers of etcd');
  },
};
