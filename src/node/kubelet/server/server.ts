/**
 * The kubelet's own HTTP server on port 10250, and its health check on 10248: logs, exec, attach, port-forward, the pods
 * that it has, metrics and statistics. Models pkg/kubelet/server/server.go. Not modelled: /run, /checkpoint, /logs of
 * the machine, /debug, cAdvisor's metrics.
 */
import type { IncomingCall, ProcessHost } from '../../../sim/process';
import { runTask, type Task } from '../../../sim/task';
import type { FileTree } from '../../filesystem';
import type { KubeletAuth } from './auth';
import { configz } from './configz';
import { serveLogs } from './logs';
import { kubeletRequest, type KubeletRequest, respond, respondJson } from './request';
import { resourceMetrics, statsSummary, type UsageInputs } from './resource-usage';
import type { ServedPod } from './served-pod';
import { serveStream } from './streams';

export interface ServerInputs {
  readonly host: ProcessHost;
  readonly files: FileTree;
  readonly auth: KubeletAuth;
  pods(): readonly ServedPod[];
  /** What the node had before anything ran: for statistics. */
  readonly usage: Omit<UsageInputs, 'host' | 'pods'>;
  readonly clusterDns: string;
  readonly clusterDomain: string;
  readonly manifestFolder: string;
  readonly watchesDisk: boolean;
}

/** Answers one call. */
export function serveKubelet(inputs: ServerInputs, call: IncomingCall): void {
  const request = kubeletRequest(call);
  // A probe of the port only: the connection is there.
  if (!request) return call.reply({ connected: true }, call.subject);
  if (call.port === '10248') {
    if (request.path === '/healthz') respond(request, 200, 'ok');
    else respond(request, 404, '404 page not found\n');
    return;
  }
  runTask(serve(inputs, request));
}

function* serve(inputs: ServerInputs, request: KubeletRequest): Task {
  const refusal = yield* inputs.auth.refusal(request);
  if (refusal) return respond(request, refusal.code, refusal.text);
  yield* route(inputs, request);
}

function* route(inputs: ServerInputs, request: KubeletRequest): Task {
  const { host, files } = inputs;
  const usage = { ...inputs.usage, host, pods: inputs.pods() };
  const [, first = ''] = request.path.split('/');
  switch (first) {
    case 'healthz': return respond(request, 200, 'ok');
    case 'pods': {
      const items = inputs.pods().map(({ current, status }) => ({ ...current, status }));
      return respondJson(request, podList(items));
    }
    case 'runningpods': return respondJson(request, podList(inputs.pods().flatMap(runningPod)));
    case 'configz': return respondJson(request, configz(inputs, host));
    case 'containerLogs': return serveLogs(host, files, inputs.pods(), request);
    case 'exec': case 'attach': case 'portForward': return yield* serveStream(host, inputs.pods(), request);
    case 'metrics':
      if (request.path === '/metrics/resource') {
        return respond(request, 200, yield* resourceMetrics(usage), 'text/plain; version=0.0.4; charset=utf-8');
      }
      break;
    case 'stats':
      if (request.path === '/stats/summary') return respondJson(request, yield* statsSummary(usage));
      break;
  }
  respond(request, 404, '404 page not found\n');
}

function podList(items: readonly unknown[]): unknown {
  return { kind: 'PodList', apiVersion: 'v1', metadata: {}, items };
}

/** What the runtime alone knows of a pod: which containers run, of which image. */
function runningPod({ current: { metadata }, containers }: ServedPod): unknown[] {
  const running = containers.filter(({ state }) => state === 'CONTAINER_RUNNING');
  if (running.length === 0) return [];
  const { name, namespace, uid } = metadata;
  return [{
    metadata: { name, namespace, uid },
    spec: { containers: running.map((run) => ({ name: run.name, image: run.imageRef, resources: {} })) },
    status: {},
  }];
}
