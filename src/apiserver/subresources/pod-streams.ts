/**
 * `pods/exec`, `pods/attach` and `pods/portforward`: sessions that the API server passes through between client and
 * kubelet. For WebSocket clients of exec and attach it agrees first and reports errors of the other side on the status
 * channel, as upstream's translating handler does; for SPDY the kubelet's own answer goes back. Models
 * registry/core/pod/rest/subresources.go and apiserver's util/proxy.
 */
import { badRequest, type FailureStatus, isFailure } from '../../api/status';
import { utf8Decode, utf8Encode } from '../../base/utf8';
import type { HttpMessage, SessionMessage } from '../../protocol/http';
import type { SubresourceHandler, SubresourceRequest } from '../http/sessions';
import type { Query } from '../http/target';
import { dialError, encodeQuery, kubeletAddress, kubeletRequest, plainFailure } from './node-connection';
import { containerOf, podOf } from './pod-container';

/** The channel of remotecommand that carries the closing Status. */
const statusChannel = 3;
const methods = ['GET', 'POST'];

/** The three handlers. */
export const podStreams: readonly SubresourceHandler[] = (['exec', 'attach', 'portforward'] as const).map((verb) =>
  ({ name: `pods/${verb}`, methods, serve: (request) => serve(request, verb) }));

function serve(request: SubresourceRequest, verb: 'exec' | 'attach' | 'portforward'): void {
  const { reply, query, http, execution } = request;
  const pod = podOf(request);
  if (isFailure(pod)) return reply.fail(pod);
  const { name, namespace } = pod.metadata;
  const container = verb === 'portforward' ? '' : containerOf(pod, query.get('container') ?? '');
  if (isFailure(container)) return reply.fail(container);
  const { nodeName } = pod.spec;
  if (!nodeName) return reply.fail(badRequest(`pod ${name} does not have a host assigned`));
  const address = kubeletAddress(execution.objects, nodeName);
  if (isFailure(address)) return reply.fail(address);
  if (!http.upgrade) return reply.fail(badRequest('Upgrade request required'));
  if (verb === 'portforward') return pass(request, address, `/portForward/${namespace}/${name}`, false);
  const parameters = encodeQuery(streamParameters(query, verb));
  const target = `/${verb}/${namespace}/${name}/${container}?${parameters}`;
  pass(request, address, target, /websocket/i.test(http.headers['upgrade'] ?? ''));
}

/** The options under the names that kubelets know them by. */
function streamParameters(query: Query, verb: string): (readonly [string, string])[] {
  const names = [['stdin', 'input'], ['stdout', 'output'], ['stderr', 'error'], ['tty', 'tty']] as const;
  const switches = names.flatMap(([name, kubeletName]) => (query.flag(name) ? [[kubeletName, '1'] as const] : []));
  return [...(verb === 'exec' ? query.all('command').map((word) => ['command', word] as const) : []), ...switches];
}

/** Ties the client's session to one with the kubelet. `translated`: the client is in a session before the kubelet is. */
function pass(
  { reply, host, call }: SubresourceRequest, address: string, target: string, translated: boolean,
): void {
  const payload = kubeletRequest('POST', target, { upgrade: true });
  let begun = translated;
  if (translated) reply.switched();
  const handle = host.call({ to: address, channel: 'https', subject: call.subject, payload }, {
    onEvent: (event) => {
      const message = event as HttpMessage;
      if (message.kind === 'switched') {
        if (!begun) reply.switched();
        begun = true;
      } else if (message.kind === 'data' || message.kind === 'close' || message.kind === 'open') {
        reply.message(translated ? retold(message) : message);
      }
    },
    onResult: (result) => {
      const message = result.ok ? result.payload as HttpMessage : undefined;
      if (message?.kind === 'response') {
        if (!translated) return reply.respond(message.status, 'text/plain; charset=utf-8', message.body);
        return end(`unable to upgrade connection: ${textOf(message.body)}`);
      }
      if (result.ok) return reply.end();
      const why = dialError(address, result.failure);
      if (translated) return end(`error sending request: Post "https://${address}${target}": ${why}`);
      if (begun) return reply.end();
      reply.fail(plainFailure(`error dialing backend: ${why}`));
    },
  });
  const end = (message: string): void => {
    reply.message({ kind: 'data', stream: statusChannel, data: utf8Encode(JSON.stringify(errorStatus(message))) });
    reply.end();
  };
  reply.onMessage((message) => handle.send(message, call.subject));
  reply.onClose(() => handle.cancel());
}

/**
 * The closing Status as the translating handler tells it again: it has read it as an error of Go and makes a Status of
 * that, so that codes come through and errors of the runtime carry two prefixes.
 */
function retold(message: SessionMessage): SessionMessage {
  if (message.kind !== 'data' || message.stream !== statusChannel) return message;
  const status = JSON.parse(utf8Decode(message.data)) as Partial<FailureStatus>;
  if (status.status !== 'Failure') return message;
  const code = status.details?.causes?.find(({ reason }) => reason === 'ExitCode')?.message;
  const retoldStatus = code === undefined ? errorStatus(status.message ?? '') : {
    ...status, message: `command terminated with non-zero exit code: command terminated with exit code ${code}`,
  };
  return { ...message, data: utf8Encode(JSON.stringify(retoldStatus)) };
}

/** apierrors.NewInternalError as it is written without kind and version. */
function errorStatus(message: string): unknown {
  return {
    metadata: {}, status: 'Failure', message: `Internal error occurred: ${message}`, reason: 'InternalError',
    details: { causes: [{ message }] }, code: 500,
  };
}

function textOf(body: string | Uint8Array): string {
  return typeof body === 'string' ? body : utf8Decode(body);
}
