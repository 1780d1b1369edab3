/**
 * One HTTP request by URL, for wget and curl. A path of the API on the address of the Service `kubernetes` becomes a
 * request for a resource, as the API server itself would read it; everything else is a request for a path.
 */
import type { ApiRequest, ResourceVerb } from '../../../../api/request';
import type { CallFailure, OutgoingCall } from '../../../../sim/process';
import type { Task } from '../../../../sim/task';
import { httpRequest, type HttpResponse, httpResponseOf } from '../../../http';
import { addressOf, type Url } from '../../servers/upstream';
import type { ToolCall } from './tool';

export type Fetched =
  | { readonly kind: 'unresolved' }
  | { readonly kind: 'failed'; readonly address: string; readonly failure: CallFailure }
  | { readonly kind: 'answered'; readonly address: string; readonly response: HttpResponse };

/** Fetches a URL; what answers no HTTP counts as a connection that was reset. */
export function* fetchUrl(
  call: ToolCall, url: Url, method: string, userAgent: string, headers: Readonly<Record<string, string>>,
  timeoutMs: number, text?: string,
): Task<Fetched> {
  const { shell } = call;
  const { context, host } = shell.world;
  const began = host.nowMs;
  const address = yield* addressOf(shell.process, context, url.host);
  if (typeof address !== 'string') return { kind: 'unresolved' };
  const request = httpRequest(method, url.path, userAgent,
    { host: url.port === 80 || url.port === 443 ? url.host : `${url.host}:${url.port}`, ...headers }, text);
  const api = address === context.env['KUBERNETES_SERVICE_HOST'] || /^kubernetes(\.default(\.svc.*)?)?$/.test(url.host)
    ? apiRequest(url.path, method, request.user, userAgent, text) : undefined;
  const outgoing: OutgoingCall = {
    to: `${address}:${url.port}`, channel: url.scheme === 'https' ? 'https' : 'http',
    subject: { verb: method, name: url.path },
    payload: api ?? request, timeoutMs: Math.max(1, timeoutMs - (host.nowMs - began)),
  };
  const result = yield* shell.process.call(outgoing);
  if (!result.ok) return { kind: 'failed', address, failure: result.failure };
  const response = httpResponseOf(result.payload);
  return response ? { kind: 'answered', address, response } : { kind: 'failed', address, failure: 'reset' };
}

const verbs: Readonly<Record<string, ResourceVerb>> = { GET: 'get', POST: 'create', PUT: 'update', DELETE: 'delete' };

/** `/api/v1/namespaces/x/pods/y` as a request; undefined for a path that names no resource. */
function apiRequest(
  path: string, method: string, user: ApiRequest['user'], userAgent: string, text: string | undefined,
): ApiRequest | undefined {
  const [route = '', query = ''] = path.split('?');
  const core = /^\/api\/(v\d\w*)\/(.+?)\/?$/.exec(route);
  const grouped = /^\/apis\/([^/]+)\/(v\d\w*)\/(.+?)\/?$/.exec(route);
  const [group, version, rest] = core ? ['', core[1], core[2]] : grouped ? [grouped[1], grouped[2], grouped[3]] : [];
  if (group === undefined || version === undefined || rest === undefined) return undefined;
  let parts = rest.split('/');
  let namespace: string | undefined;
  if (parts[0] === 'namespaces' && parts.length > 2) {
    namespace = parts[1];
    parts = parts.slice(2);
  }
  const [resource = '', name, subresource] = parts;
  const verb = verbs[method];
  if (!verb) return undefined;
  const value = (key: string): string | undefined => {
    const found = query.split('&').find((part) => part.startsWith(`${key}=`));
    return found?.slice(key.length + 1).replace(/%3D/gi, '=').replace(/%2C/gi, ',');
  };
  const labelSelector = value('labelSelector');
  const fieldSelector = value('fieldSelector');
  const limit = value('limit');
  return {
    verb: verb === 'get' && name === undefined ? 'list' : verb, group, version, resource,
    ...(namespace === undefined ? {} : { namespace }), ...(name === undefined ? {} : { name }),
    ...(subresource === undefined ? {} : { subresource }),
    ...(text === undefined ? {} : { body: parsedBody(text) }),
    options: { ...(labelSelector ? { labelSelector } : {}), ...(fieldSelector ? { fieldSelector } : {}),
      ...(limit ? { limit: Number(limit) } : {}) },
    user, userAgent,
  };
}

/** A body that is no JSON reaches the server as text, which refuses it. */
function parsedBody(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
