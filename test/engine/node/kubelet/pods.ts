/** Pods for the tests of the kubelet: made, watched and asked for their status and events in a whole cluster. */
import assert from 'node:assert/strict';
import type { Container, Event, Pod, PodSpec } from '../../../../src/api/types';
import { ApiClient } from '../../../../src/client/api-client';
import { kubernetesAdmin } from '../../../../src/cluster/boot/identities';
import type { Cluster } from '../../../../src/cluster/cluster';
import type { NodeMachine } from '../../../../src/node/machine';
import type { ContainerRecord } from '../../../../src/node/runtime/state';
import type { ProcessHost } from '../../../../src/sim/process';
import type { Simulation } from '../../../../src/sim/simulation';
import { runTask, type Task } from '../../../../src/sim/task';

/** What a program does in these tests, by its container's name. */
export type Behavior = Readonly<Record<string, string>>;

export const image = 'example.com/app:1.0';

/** A pod of one container `app`, unless the spec says otherwise. */
export function podOf(name: string, behavior: Behavior = {}, spec: Partial<PodSpec> = {},
  app: Partial<Container> = {}) {
  const annotations = Object.fromEntries(Object.entries(behavior).map(([container, script]) =>
    [`kindergarten.dev/${container.startsWith('pull.') ? '' : 'behavior.'}${container}`, script]));
  return {
    apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default', annotations },
    spec: { containers: [{ name: 'app', image, ...app }], ...spec },
  };
}

/** Applies objects and waits until kubectl is done with them. */
export function create(cluster: Cluster, ...objects: readonly object[]): void {
  const progress = cluster.execute({ type: 'apply', objects: objects as never });
  assert.ok(cluster.runUntil(() => progress.done, 60_000));
  for (const { text } of progress.outcomes) assert.match(text, / (created|configured|unchanged)$/);
}

/** Deletes a pod and goes on at once. */
export function remove(cluster: Cluster, name: string, namespace = 'default', kind = 'Pod'): void {
  cluster.execute({ type: 'delete', targets: [{ apiVersion: 'v1', kind, namespace, name }] });
}

export function find(cluster: Cluster, name: string, namespace = 'default'): Pod | undefined {
  return cluster.objects.get({ apiVersion: 'v1', kind: 'Pod', namespace, name }) as Pod | undefined;
}

export function pod(cluster: Cluster, name: string, namespace = 'default'): Pod {
  const found = find(cluster, name, namespace);
  assert.ok(found, `no pod ${name}`);
  return found;
}

/** Runs until the pod is as wanted, and says how it is when that does not come. */
export function until(cluster: Cluster, name: string, wanted: (pod: Pod) => boolean, limitMs = 120_000): Pod {
  const done = cluster.runUntil(() => {
    const found = find(cluster, name);
    return found !== undefined && wanted(found);
  }, limitMs);
  const { status } = find(cluster, name) ?? {};
  assert.ok(done, `${name}: ${JSON.stringify(status, undefined, 1)}\n${events(cluster, name).join('\n')}`);
  return pod(cluster, name);
}

/** The state of a container in few words: `running`, `waiting CrashLoopBackOff`, `terminated Error 1`. */
export function stateOf({ status }: Pod, name = 'app'): string {
  const all = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
  const state = all.find((container) => container.name === name)?.state;
  if (state?.running) return 'running';
  if (state?.terminated) return `terminated ${state.terminated.reason} ${state.terminated.exitCode}`;
  return `waiting ${state?.waiting?.reason ?? ''}`;
}

/** A condition in few words: `True`, `False ContainersNotReady`. */
export function condition({ status }: Pod, type: string): string {
  const found = status.conditions?.find((candidate) => candidate.type === type);
  return [found?.status, found?.reason].filter((text) => text).join(' ');
}

export function isReady(pod: Pod): boolean {
  return condition(pod, 'Ready') === 'True';
}

/** The kubelet's events of a pod in the order of their first time: type, reason, count where above 1, message. */
export function events(cluster: Cluster, name: string): string[] {
  const all = cluster.objects.list('v1', 'Event', 0, 'default') as unknown as Event[];
  return all.filter((event) => event.involvedObject.name === name && event.source?.component === 'kubelet')
    .map((event) => {
      const times = (event.count ?? 1) > 1 ? ` x${event.count}` : '';
      return `${event.type} ${event.reason}${times} ${event.message}`;
    });
}

/** Lets kubectl's user make a call of any kind, and waits for the answer. */
export function asAdmin<T>(cluster: Cluster, call: (api: ApiClient) => Task<T>): T {
  const { sim } = cluster as unknown as { sim: Simulation };
  const results: T[] = [];
  const start = (host: ProcessHost): void => {
    const options = { server: 'kind-control-plane:6443', user: kubernetesAdmin, userAgent: 'kubectl/v1.36.1' };
    runTask(call(new ApiClient(host, options)), (result) => {
      results.push(result);
      host.exit(0);
    });
  };
  sim.spawn({ id: 'hand@client', machine: 'client', program: { start } });
  assert.ok(cluster.runUntil(() => results.length > 0, 10_000));
  return results[0] as T;
}

/** The machine of the first control plane: its disk and what runs on it. */
export function machine(cluster: Cluster, name = 'kind-control-plane'): NodeMachine {
  const { machines } = cluster as unknown as { machines: { machine(name: string): NodeMachine | undefined } };
  const found = machines.machine(name);
  assert.ok(found);
  return found;
}

/** The runtime's records of a pod's containers. */
export function containersOf(cluster: Cluster, name: string): readonly ContainerRecord[] {
  return machine(cluster).runtime.containersOf(pod(cluster, name).metadata.uid);
}

/** Steps through the run and collects what the pod goes through, each change once. */
export function history(cluster: Cluster, name: string, of: (pod: Pod) => string, forMs: number): string[] {
  const seen: string[] = [];
  const end = cluster.nowMs + forMs;
  cluster.runUntil(() => {
    const found = find(cluster, name);
    const now = found ? of(found) : 'gone';
    if (seen[seen.length - 1] !== now) seen.push(now);
    return cluster.nowMs >= end;
  }, forMs);
  return seen;
}
