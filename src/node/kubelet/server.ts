/**
 * The kubelet's own HTTP endpoints on port 10250: `/healthz`, `/pods` and the logs of containers. Models the parts of
 * pkg/kubelet/server that read. Not modelled: exec, attach and port-forward, metrics, stats, and who may ask.
 */
import type { Pod } from '../../api/types';
import type { IncomingCall, ProcessHost } from '../../sim/process';
import { runTask, type Task } from '../../sim/task';
import { criCall, type ContainerStatus } from '../cri';
import { isHttpRequest } from '../http';
import { runsOf } from './container-status';

export interface ServedPod {
  readonly current: Pod;
  readonly containers: readonly ContainerStatus[];
}

interface Answer {
  readonly code: number;
  readonly body: string;
}

/** Answers one request. */
export function serveKubelet(host: ProcessHost, call: IncomingCall, pods: () => readonly ServedPod[]): void {
  const path = isHttpRequest(call.payload) ? call.payload.path : '/healthz';
  runTask(answer(host, path, pods), (result) => {
    call.reply(result, { verb: call.subject.verb, name: path, code: result.code });
  });
}

function* answer(host: ProcessHost, path: string, pods: () => readonly ServedPod[]): Task<Answer> {
  const [route = '', query = ''] = path.split('?');
  if (route === '/healthz') return { code: 200, body: 'ok' };
  if (route === '/pods') {
    const items = pods().map((pod) => pod.current);
    return { code: 200, body: JSON.stringify({ kind: 'PodList', apiVersion: 'v1', metadata: {}, items }) };
  }
  const [, what, namespace = '', pod = '', container = ''] = route.split('/');
  if (what === 'containerLogs') return yield* containerLogs(host, pods(), [namespace, pod, container], query);
  return { code: 404, body: '404 page not found\n' };
}

function* containerLogs(
  host: ProcessHost, pods: readonly ServedPod[], wanted: readonly [string, string, string], query: string,
): Task<Answer> {
  const [namespace, pod, container] = wanted;
  const found = pods.find(({ current: { metadata } }) => metadata.namespace === namespace && metadata.name === pod);
  if (!found) return { code: 404, body: `pod "${pod}" does not exist\n` };
  const { spec } = found.current;
  const named = [...spec.containers, ...(spec.initContainers ?? [])].some(({ name }) => name === container);
  if (!named) return { code: 404, body: `container "${container}" not found in pod "${pod}"\n` };
  const previous = /(^|&)previous=true(&|$)/.test(query);
  const run = runsOf(found.containers, container)[previous ? 1 : 0];
  if (!run) {
    const which = previous ? 'previous terminated container' : 'container';
    const why = previous ? 'not found' : 'is waiting to start';
    return { code: 400, body: `${which} "${container}" in pod "${pod}" ${why}\n` };
  }
  const tail = /(?:^|&)tailLines=(\d+)/.exec(query)?.[1];
  const request = { containerId: run.id, ...(tail === undefined ? {} : { tailLines: Number(tail) }) };
  const logs = yield* criCall(host, 'ContainerLogs', request, { namespace, name: `${pod}/${container}` });
  if (!logs.ok) return { code: 500, body: `${logs.message}\n` };
  return { code: 200, body: logs.value.lines.map((line) => `${line.text}\n`).join('') };
}
