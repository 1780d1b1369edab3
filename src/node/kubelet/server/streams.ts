/**
 * `/exec`, `/attach` and `/portForward`: the kubelet has the runtime prepare a stream and then passes it through, as the
 * reverse proxy that it is here. Models getExec, getAttach and getPortForward of pkg/kubelet/server.
 */
import type { HttpRequest } from '../../../protocol/http';
import type { ProcessHost } from '../../../sim/process';
import { relay } from '../../../sim/relay';
import type { Task } from '../../../sim/task';
import { criCall, type CriError, rpcErrorText, type StreamRequest } from '../../cri';
import { type KubeletRequest, queryValue, respond } from './request';
import { findPod, type ServedPod } from './served-pod';

/** Answers a request for a stream. */
export function* serveStream(host: ProcessHost, pods: readonly ServedPod[], request: KubeletRequest): Task {
  const [namespace = '', name = '', ...rest] = request.parts;
  const pod = findPod(pods, namespace, name);
  if (!pod) return respond(request, 404, 'pod does not exist');
  if (!request.upgrade) return respond(request, 400, 'Upgrade request required');
  if (request.path.startsWith('/portForward/')) return yield* portForward(host, pod, request);
  const container = rest[rest.length - 1] ?? '';
  const found = pod.containers.find((run) => run.name === container && run.state === 'CONTAINER_RUNNING');
  const executes = request.path.startsWith('/exec/');
  if (!found) {
    return respond(request, 500, executes ? `container not found ("${container}")`
      : `container ${container} not found in pod ${name}_${namespace}`);
  }
  const streams = streamRequest(request, found.id);
  if (!streams.stdin && !streams.stdout && !streams.stderr) {
    return respond(request, 400, 'you must specify at least 1 of stdin, stdout, stderr');
  }
  const subject = { namespace, name: `${name}/${container}` };
  const prepared = executes
    ? yield* criCall(host, 'Exec', { ...streams, cmd: request.query.get('command') ?? [] }, subject)
    : yield* criCall(host, 'Attach', streams, subject);
  if (prepared.ok) pass(host, request, prepared.value.url);
  else refuse(request, prepared);
}

function* portForward(host: ProcessHost, { current, sandbox }: ServedPod, request: KubeletRequest): Task {
  const { name, namespace } = current.metadata;
  if (!sandbox) return respond(request, 500, `failed to find sandbox for pod "${name}_${namespace}"`);
  const prepared = yield* criCall(host, 'PortForward', { podSandboxId: sandbox.id }, { namespace, name });
  if (prepared.ok) pass(host, request, prepared.value.url);
  else refuse(request, prepared);
}

/** With a terminal there is one output. */
function streamRequest(request: KubeletRequest, containerId: string): StreamRequest {
  const on = (name: string): boolean => queryValue(request, name) === '1';
  const tty = on('tty');
  return { containerId, stdin: on('input'), stdout: on('output'), stderr: on('error') && !tty, tty };
}

function pass(host: ProcessHost, { call }: KubeletRequest, url: string): void {
  const [, to = '', target = ''] = /^http:\/\/([^/]+)(\/.*)$/.exec(url) ?? [];
  const payload: HttpRequest = { method: 'POST', target, headers: {}, body: new Uint8Array(0), upgrade: true };
  relay(host, call, { to, channel: 'exec', subject: call.subject, payload }, {});
}

function refuse(request: KubeletRequest, error: CriError): void {
  respond(request, error.code === 'NotFound' ? 404 : 500, rpcErrorText(error));
}
