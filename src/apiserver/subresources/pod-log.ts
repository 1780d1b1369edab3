/**
 * `pods/log`: checks what is asked for and passes on what the kubelet of the pod's node answers, as plain text, for as
 * long as it comes. Models registry/core/pod/rest/log.go with the generic LocationStreamer. `stream` belongs to a
 * feature that is off (PodLogsQuerySplitStreams) and is refused.
 */
import { type FieldError, forbidden, invalid } from '../../api/field-errors';
import { badRequest, failure, type FailureStatus, internalError, invalidStatus, isFailure } from '../../api/status';
import { utf8Decode, utf8Encode } from '../../base/utf8';
import type { HttpMessage } from '../../protocol/http';
import type { SubresourceHandler, SubresourceRequest } from '../http/sessions';
import type { Query } from '../http/target';
import { dialError, encodeQuery, kubeletAddress, kubeletRequest, plainFailure } from './node-connection';
import { containerOf, podOf } from './pod-container';

/** How much of an error's text is read (genericrest's maxReadLength). */
const errorLimit = 50_000;

export const podLog: SubresourceHandler = Object.freeze({ name: 'pods/log', methods: ['GET'], serve });

function serve(request: SubresourceRequest): void {
  const { reply, query, info, execution } = request;
  const options = logOptions(query, info.name);
  if (isFailure(options)) return reply.fail(options);
  const pod = podOf(request);
  if (isFailure(pod)) return reply.fail(pod);
  const container = containerOf(pod, query.get('container') ?? '');
  if (isFailure(container)) return reply.fail(container);
  const { nodeName } = pod.spec;
  // A pod without a node has no log; upstream answers with nothing at all.
  if (!nodeName) return reply.respond(204, 'text/plain', '');
  const address = kubeletAddress(execution.objects, nodeName);
  if (isFailure(address)) return reply.fail(address);
  const { namespace, name } = pod.metadata;
  stream(request, address, `/containerLogs/${namespace}/${name}/${container}`, encodeQuery(options));
}

type Parameters = readonly (readonly [name: string, value: string])[];

/** What the kubelet is asked, or why nothing is. */
function logOptions(query: Query, pod: string): Parameters | FailureStatus {
  const asked: [string, string][] = [];
  const errors: FieldError[] = [];
  for (const name of ['follow', 'previous', 'timestamps']) if (query.flag(name)) asked.push([name, 'true']);
  const number = (name: string, least: number, detail: string): void => {
    const value = Number(query.get(name));
    if (value < least) errors.push(invalid(name, value, detail));
    else asked.push([name, String(value)]);
  };
  for (const name of ['tailLines', 'limitBytes', 'sinceSeconds']) {
    const text = query.get(name);
    if (text === undefined || /^[-+]?\d{1,15}$/.test(text)) continue;
    return badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  }
  const sinceTime = query.get('sinceTime');
  if (sinceTime !== undefined && !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[-+]\d\d:\d\d)$/.test(sinceTime)) {
    return badRequest(`parsing time ${JSON.stringify(sinceTime)} as "2006-01-02T15:04:05Z07:00": cannot parse `
      + `${JSON.stringify(sinceTime)} as "2006"`);
  }
  if (query.has('tailLines')) number('tailLines', 0, 'must be greater than or equal to 0');
  if (query.has('limitBytes')) number('limitBytes', 1, 'must be greater than 0');
  if (query.has('sinceSeconds') && sinceTime !== undefined) {
    errors.push(forbidden('', 'at most one of `sinceTime` or `sinceSeconds` may be specified'));
  } else if (query.has('sinceSeconds')) number('sinceSeconds', 1, 'must be greater than 0');
  else if (sinceTime !== undefined) asked.push(['sinceTime', sinceTime]);
  if (query.has('stream')) errors.push(forbidden('stream', 'may not be specified'));
  return errors.length === 0 ? asked : invalidStatus({ group: '', kind: 'PodLogOptions' }, pod, errors);
}

function stream({ reply, host, call, info }: SubresourceRequest, address: string, path: string, query: string): void {
  const target = query === '' ? path : `${path}?${query}`;
  const payload = kubeletRequest('GET', target);
  const handle = host.call({ to: address, channel: 'https', subject: call.subject, payload }, {
    onEvent: (payload) => {
      const message = payload as HttpMessage;
      if (message.kind === 'head') reply.head(200, 'text/plain');
      else if (message.kind === 'chunk') reply.chunk(message.data);
    },
    onResult: (result) => {
      if (!result.ok) {
        const why = dialError(address, result.failure);
        return reply.fail(plainFailure(`Get "https://${address}${target}": ${why}`));
      }
      const message = result.payload as HttpMessage;
      if (message.kind !== 'response') return reply.end();
      if (message.status === 200) return reply.respond(200, 'text/plain', message.body);
      reply.fail(kubeletFailure(message.status, textOf(message.body), info.name));
    },
  });
  reply.onClose(() => handle.cancel());
}

/** A kubelet's error as the API reports it: genericrest.GenericHttpResponseChecker. */
function kubeletFailure(status: number, text: string, name: string): FailureStatus {
  if (status === 500) return internalError(text);
  if (status === 400) return badRequest(text);
  const details = { name, kind: 'pods/log', causes: [{ reason: 'UnexpectedServerResponse', message: text }] };
  switch (status) {
    case 404:
      return failure(404, 'NotFound', 'the server could not find the requested resource', details);
    case 401:
      return failure(401, 'Unauthorized', 'the server has asked for the client to provide credentials', details);
    case 403:
      return failure(403, 'Forbidden', text, details);
    default:
      return {
        ...plainFailure(`the server responded with the status code ${status} but did not return more ` + 'information'),
        code: status,
        details,
      };
  }
}

function textOf(body: string | Uint8Array): string {
  const bytes = typeof body === 'string' ? utf8Encode(body) : body;
  return utf8Decode(bytes.subarray(0, errorLimit));
}
