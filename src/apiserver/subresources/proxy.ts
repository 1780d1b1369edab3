/**
 * `pods/proxy`, `services/proxy`, `nodes/proxy`: a request is passed on to where a pod, one endpoint of a service, or a
 * kubelet listens, and its answer comes back. Models ResourceLocation of the registries and apimachinery's
 * util/proxy (UpgradeAwareHandler, Transport). Not modelled: upgrades through the proxy, which are refused, and
 * rewriting the links in HTML pages.
 */
import { endpointSlices, nodes, services } from '../../api/resources';
import {
  badRequest,
  failure,
  type FailureStatus,
  isFailure,
  notFoundStatus,
  serviceUnavailable,
} from '../../api/status';
import type { EndpointSlice, Node, Service } from '../../api/types';
import { bodyText, contentType, httpRequest, httpResponseOf } from '../../api/web';
import { bytesOfText, textOfBytes } from '../../base/byte-text';
import type { HttpMessage } from '../../protocol/http';
import type { SubresourceHandler, SubresourceRequest } from '../http/sessions';
import { dialError, kubeletAddress, kubeletRequest } from './node-connection';
import { podOf } from './pod-container';

/** Where a request goes; `kubelet`: with the API server's own certificate. */
interface Location {
  readonly address: string;
  readonly https: boolean;
  readonly kubelet: boolean;
}

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];
/** What belongs to the connection with the client or to its authentication, and does not go further. */
const hopHeaders = new Set([
  'authorization', 'connection', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'te', 'trailer',
  'transfer-encoding', 'upgrade', 'host', 'content-length',
]);
const ownHeaders = new Set(['content-type', 'content-length', 'connection', 'transfer-encoding', 'date']);

/** The three handlers. */
export const proxies: readonly SubresourceHandler[] = Object.freeze(
  ([['pods/proxy', podLocation], ['services/proxy', serviceLocation], ['nodes/proxy', nodeLocation]] as const).map(
    ([name, locate]): SubresourceHandler => ({ name, methods, serve: (request) => serve(request, locate(request)) })));

function serve(request: SubresourceRequest, location: Location | FailureStatus): void {
  const { reply, http } = request;
  if (isFailure(location)) return reply.fail(location);
  if (http.upgrade) return reply.fail(failure(501, 'MethodNotAllowed', 'upgrades through the proxy are not modelled'));
  const { path, query, original } = proxiedPath(request);
  if (path === '' && (http.method === 'GET' || http.method === 'HEAD')) {
    return reply.respond(301, 'text/plain', '', { location: `${original}/${query}` });
  }
  const target = `${path === '' ? '/' : path}${query}`;
  if (location.kubelet) askKubelet(request, location, target);
  else ask(request, location, target);
}

/** What follows `proxy` in the path, still escaped, and the query with its question mark. */
function proxiedPath({ http, info }: SubresourceRequest): { path: string; query: string; original: string } {
  const target = http.target.replace(/^https?:\/\/[^/?]*/i, '');
  const mark = target.indexOf('?');
  const original = mark < 0 ? target : target.slice(0, mark);
  const query = mark < 0 ? '' : target.slice(mark);
  // The name, then `proxy`: there may be more of that word further on.
  const segments = original.split('/');
  const start = segments.length - info.parts.length - (original.endsWith('/') ? 1 : 0);
  const rest = segments.slice(Math.max(0, start) + 3);
  return { path: rest.length === 0 ? '' : `/${rest.join('/')}`, query, original };
}

function ask({ reply, host, http }: SubresourceRequest, location: Location, target: string): void {
  const { address, https } = location;
  const headers = Object.fromEntries(Object.keys(http.headers).filter((name) => !hopHeaders.has(name)).sort()
    .map((name) => [name, http.headers[name] ?? '']));
  const text = http.body.length === 0 ? undefined : textOfBytes(http.body);
  const userAgent = http.headers['user-agent'] ?? '';
  const payload = httpRequest(http.method, target, userAgent, { host: address, ...headers }, text);
  const subject = { verb: http.method.toLowerCase(), name: target };
  const handle = host.call({ to: address, channel: https ? 'https' : 'http', subject, payload }, {
    onResult: (result) => {
      if (!result.ok) return reply.fail(unreachable(dialError(address, result.failure)));
      const response = httpResponseOf(result.payload);
      if (!response) return reply.fail(unreachable('EOF'));
      const own = Object.fromEntries(Object.keys(response.headers ?? {}).filter((name) => !ownHeaders.has(name)).sort()
        .map((name) => [name, response.headers?.[name] ?? '']));
      reply.respond(response.code, contentType(response), bytesOfText(bodyText(response)), own);
    },
  });
  reply.onClose(() => handle.cancel());
}

function askKubelet({ reply, host, call, http }: SubresourceRequest, { address }: Location, target: string): void {
  const payload = kubeletRequest(http.method, target, { body: http.body });
  const handle = host.call({ to: address, channel: 'https', subject: call.subject, payload }, {
    onEvent: (event) => {
      const message = event as HttpMessage;
      if (message.kind === 'head') reply.head(message.status, message.headers['content-type'] ?? 'text/plain');
      else if (message.kind === 'chunk') reply.chunk(message.data);
    },
    onResult: (result) => {
      if (!result.ok) return reply.fail(unreachable(dialError(address, result.failure)));
      const message = result.payload as HttpMessage;
      if (message.kind !== 'response') return reply.end();
      reply.respond(message.status, message.headers['content-type'] ?? 'text/plain; charset=utf-8', message.body);
    },
  });
  reply.onClose(() => handle.cancel());
}

function unreachable(why: string): FailureStatus {
  return serviceUnavailable(`error trying to reach service: ${why}`);
}

// --- locations --------------------------------------------------------------------------------------------------------

interface Named {
  readonly scheme: string;
  readonly name: string;
  readonly port: string;
}

/** `name`, `name:port`, `scheme:name:port`: utilnet.SplitSchemeNamePort. */
export function splitSchemeNamePort(id: string): Named | undefined {
  const parts = id.split(':');
  const [scheme, name, port] =
    parts.length === 1 ? ['', id, ''] : parts.length === 2 ? ['', parts[0], parts[1]] : parts;
  const known = scheme === '' || scheme === 'http' || scheme === 'https';
  return parts.length > 3 || !name || !known ? undefined : { scheme: scheme ?? '', name, port: port ?? '' };
}

function located(scheme: string, host: string, port: string): Location {
  const https = scheme === 'https';
  return { address: `${host}:${port === '' ? (https ? 443 : 80) : port}`, https, kubelet: false };
}

function podLocation(request: SubresourceRequest): Location | FailureStatus {
  const named = splitSchemeNamePort(request.info.name);
  if (!named) return badRequest(`invalid pod request ${JSON.stringify(request.info.name)}`);
  const pod = podOf(request, named.name);
  if (isFailure(pod)) return pod;
  const first = pod.spec.containers.find(({ ports = [] }) => ports.length > 0)?.ports?.[0]?.containerPort;
  const ip = pod.status.podIPs?.[0]?.ip ?? pod.status.podIP;
  if (!ip) return badRequest('address not allowed');
  return located(named.scheme, ip, named.port === '' ? String(first ?? '') : named.port);
}

function serviceLocation({ info, execution }: SubresourceRequest): Location | FailureStatus {
  const named = splitSchemeNamePort(info.name);
  if (!named) return badRequest(`invalid service request ${JSON.stringify(info.name)}`);
  const { name, scheme } = named;
  const service = execution.objects.get<Service>(services, info.namespace, name);
  if (!service) return notFoundStatus({ group: '', resource: 'services' }, name);
  let portName = named.port;
  if (/^\d+$/.test(portName)) {
    const found = service.spec.ports?.find(({ port }) => port === Number(portName));
    if (!found) return serviceUnavailable(`no service port ${portName} found for service ${JSON.stringify(name)}`);
    portName = found.name ?? '';
  }
  const slices = execution.objects.list<EndpointSlice>(endpointSlices, info.namespace)
    .filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === name);
  const choices = slices.flatMap(({ endpoints = [], ports = [] }) => ports
    .filter((port) => (port.name ?? '') === portName && port.port !== undefined)
    .flatMap(({ port }) => endpoints.filter(({ conditions }) => conditions?.ready !== false)
      .map(({ addresses }) => ({ ip: addresses[0] ?? '', port: port ?? 0 }))));
  const choice = choices[choices.length === 0 ? 0 : execution.random('proxy').below(choices.length)];
  if (!choice) return serviceUnavailable(`no endpoints available for service ${JSON.stringify(name)}`);
  return located(scheme, choice.ip, String(choice.port));
}

function nodeLocation({ info, execution }: SubresourceRequest): Location | FailureStatus {
  const named = splitSchemeNamePort(info.name);
  if (!named) return badRequest(`invalid node request ${JSON.stringify(info.name)}`);
  const node = execution.objects.get<Node>(nodes, undefined, named.name);
  if (!node) return notFoundStatus({ group: '', resource: 'nodes' }, named.name);
  const address = kubeletAddress(execution.objects, named.name);
  if (isFailure(address)) return address;
  const colon = address.lastIndexOf(':');
  if (named.port === '' || named.port === address.slice(colon + 1)) return { address, https: true, kubelet: true };
  return located(named.scheme, address.slice(0, colon), named.port);
}
