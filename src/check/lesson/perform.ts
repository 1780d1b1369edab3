/**
 * Does what "show me" promises, as commands of the user: the one part of this layer that acts. Each action enters the
 * run and says when it is done; time is let pass by whoever holds the clock.
 */
import type { Cluster } from '../../cluster/cluster';
import { utf8Encode } from '../../base/utf8';
import type { HttpRequest } from '../../protocol/http';
import { readManifests } from '../../shell/manifest-set';
import { type Asked, chosenObjects, findingOf } from '../predicates';
import type { Action, ObjectChoice, RequestAction } from './lesson';
import { apiVersionOf } from './read-lesson';

/** An action that is under way. */
export interface Performed {
  done(): boolean;
  /** Virtual milliseconds after which waiting for it makes no sense any more. */
  readonly limitMs: number;
}

const limitMs = 600_000;
const now: Performed = { done: () => true, limitMs: 0 };

/** Begins an action. A kind config changes the cluster; creating another cluster is the host's business. */
export function perform(action: Action, asked: Asked): Performed {
  const { cluster } = asked;
  if (action.apply !== undefined) return apply(cluster, action.apply);
  if (action.delete) {
    const { kind, name, namespace } = action.delete;
    return remove(cluster, apiVersionOf(action.delete, cluster.kinds), kind, namespace, name);
  }
  if (action.deleteOneOf) {
    const [object] = chosenObjects(action.deleteOneOf, cluster);
    if (!object) return now;
    const { namespace, name = '' } = object.metadata;
    return remove(cluster, apiVersionOf(action.deleteOneOf, cluster.kinds), action.deleteOneOf.kind, namespace, name);
  }
  if (action.evictOneOf) return evict(cluster, action.evictOneOf);
  if (action.relabelOneOf) return relabel(cluster, action.relabelOneOf);
  if (action.request) return request(cluster, action.request);
  if (action.kill !== undefined) return kill(cluster, action.kill);
  if (action.cut) cluster.execute({ type: 'cutLink', a: action.cut[0], b: action.cut[1] });
  if (action.heal) cluster.execute({ type: 'healLink', a: action.heal[0], b: action.heal[1] });
  if (action.powerOff !== undefined) cluster.execute({ type: 'powerOff', machine: action.powerOff });
  if (action.wait !== undefined) {
    const end = cluster.nowMs + action.wait * 1000;
    return { done: () => cluster.nowMs >= end, limitMs: action.wait * 1000 };
  }
  const { until } = action;
  if (until) return { done: () => findingOf(until, asked).met, limitMs };
  return now;
}

function apply(cluster: Cluster, text: string): Performed {
  if (/^kind:\s*Cluster\s*$/m.test(text)) {
    const progress = cluster.execute({ type: 'reconfigure', kindYaml: text });
    return { done: () => progress.done, limitMs };
  }
  const set = readManifests([{ name: 'lesson.yaml', text }], cluster.kinds);
  const progress = cluster.execute({ type: 'apply', objects: set.objects.map(({ object }) => object) });
  return { done: () => progress.done, limitMs };
}

function remove(
  cluster: Cluster, apiVersion: string, kind: string, namespace: string | undefined, name: string,
): Performed {
  const namespaced = cluster.kinds.byKind(apiVersion, kind)?.namespaced ?? false;
  const target = { apiVersion, kind, name, ...(namespaced ? { namespace: namespace ?? 'default' } : {}) };
  const progress = cluster.execute({ type: 'delete', targets: [target] });
  return { done: () => progress.done, limitMs };
}

function evict(cluster: Cluster, choice: ObjectChoice): Performed {
  // A pod that is on its way out already would be evicted whatever the budget says.
  const pod = chosenObjects(choice, cluster).find(({ metadata }) => metadata.deletionTimestamp === undefined);
  if (!pod) return now;
  const { namespace = 'default', name = '' } = pod.metadata;
  const body = JSON.stringify({ apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace } });
  const path = `/api/v1/namespaces/${namespace}/pods/${name}/eviction`;
  return request(cluster, { method: 'POST', path, body, contentType: 'application/json' });
}

function relabel(cluster: Cluster, choice: NonNullable<Action['relabelOneOf']>): Performed {
  const [object] = chosenObjects(choice, cluster);
  const kind = cluster.kinds.byKind(apiVersionOf(choice, cluster.kinds), choice.kind);
  if (!object || !kind) return now;
  const { namespace, name = '' } = object.metadata;
  const root = kind.group === '' ? `/api/${kind.version}` : `/apis/${kind.group}/${kind.version}`;
  const path = `${root}${kind.namespaced ? `/namespaces/${namespace ?? 'default'}` : ''}/${kind.plural}/${name}`;
  return request(cluster, { method: 'PATCH', path, body: JSON.stringify({ metadata: { labels: choice.set } }) });
}

/** Ends the processes that run under that name, or whose names begin so. */
function kill(cluster: Cluster, name: string): Performed {
  const running = new Set<string>();
  for (const hop of cluster.trace.slice(cluster.trace.first)) {
    if (hop.kind === 'started' && hop.from.startsWith(name)) running.add(hop.from);
    if (hop.kind === 'stopped') running.delete(hop.from);
  }
  for (const process of running) cluster.execute({ type: 'kill', process });
  return now;
}

/** Who asks unless the lesson names somebody: kubeadm's administrator. */
const administrator = { name: 'kubernetes-admin', groups: ['kubeadm:cluster-admins', 'system:authenticated'] };

function request(cluster: Cluster, { method, path, body, contentType, as, token }: RequestAction): Performed {
  let answered = false;
  const headers: Record<string, string> = { 'user-agent': 'kubectl/v1.36.1', 'accept': 'application/json' };
  const usual = method === 'PATCH' ? 'application/merge-patch+json' : 'application/yaml';
  if (body !== undefined) headers['content-type'] = contentType ?? usual;
  if (token !== undefined) headers['authorization'] = `Bearer ${token}`;
  const identity = as === undefined ? administrator : { name: as, groups: ['system:authenticated'] };
  const message: HttpRequest = {
    method, target: path, headers, body: utf8Encode(body ?? ''), ...(token === undefined ? { identity } : {}),
  };
  cluster.open(message, ({ kind }) => {
    if (kind === 'response' || kind === 'end' || kind === 'failed') answered = true;
  });
  return { done: () => answered, limitMs };
}
