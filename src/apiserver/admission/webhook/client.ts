/**
 * Calls a webhook: a Service of the cluster by its cluster IP, or an address that a URL names, over the simulated
 * network and nowhere else. Models apiserver's pkg/util/webhook/client.go and kube-aggregator's ClusterIP resolver. No
 * TLS handshake takes place: of `caBundle` only its form is checked, and that there is one, because no authority that
 * everybody trusts signs certificates in here. Names in URLs cannot be resolved, as a node's DNS server knows none of
 * the cluster's.
 */
import { quote } from '../../../api/go-text';
import { services } from '../../../api/resources';
import type { Service, ServiceReference, WebhookClientConfig } from '../../../api/types';
import { bodyText, httpRequest, type HttpResponse, httpResponseOf } from '../../../api/web';
import { base64Decode } from '../../../base/base64';
import { isJsonMistake, parseJson } from '../../../base/json';
import { encodeJson } from '../../../base/json-write';
import type { CallResult } from '../../../sim/process';
import type { Task } from '../../../sim/task';
import type { Execution } from '../../execution';
import { dialError } from '../../subresources/node-connection';

const userAgent = 'kube-apiserver-admission';
const defaultPort = 443;
/** Whom a node of kind asks for names. */
const nameServer = '172.18.0.1:53';

/** What came back, or why nothing did. */
export type WebhookAnswer = { readonly body: unknown } | { readonly error: string };

/** Posts a review to a webhook and waits for its answer. */
export function* callWebhook(
  { url, service, caBundle }: WebhookClientConfig, review: object, timeoutSeconds: number, execution: Execution,
): Task<WebhookAnswer> {
  const bundle = caBundle ? base64Decode(caBundle) : undefined;
  if (caBundle && !bundle?.includes('-----BEGIN CERTIFICATE-----')) {
    return { error: 'could not get REST client: unable to load root certificates: unable to parse bytes as PEM block' };
  }
  const place = service ? servicePlace(service) : urlPlace(url ?? '');
  const target = `${place.path}${place.path.includes('?') ? '&' : '?'}timeout=${timeoutSeconds}s`;
  const shown = `https://${place.authority}${target}`;
  const failed = (why: string): WebhookAnswer => ({ error: `failed to call webhook: Post ${quote(shown)}: ${why}` });
  const address = service ? serviceAddress(service, execution) : urlAddress(place);
  if ('error' in address) return failed(address.error);
  if (!execution.call) return failed('context canceled');
  const headers = { 'content-type': 'application/json', accept: 'application/json, */*', host: place.authority };
  const payload = httpRequest('POST', target, userAgent, headers, encodeJson(review));
  const subject = { verb: 'post', name: target };
  const result: CallResult = yield* execution.call({
    to: address.to, channel: 'https', subject, payload, timeoutMs: timeoutSeconds * 1000,
  });
  if (!result.ok) {
    return failed(result.failure === 'timeout' ? 'context deadline exceeded' : dialError(address.to, result.failure));
  }
  if (!bundle) return failed('tls: failed to verify certificate: x509: certificate signed by unknown authority');
  return answerOf(httpResponseOf(result.payload), failed);
}

interface Place {
  readonly host: string;
  readonly port: number;
  /** Host and port as the URL shows them. */
  readonly authority: string;
  readonly path: string;
}

function servicePlace({ name, namespace, path = '', port = defaultPort }: ServiceReference): Place {
  const host = `${name}.${namespace}.svc`;
  return { host, port, authority: `${host}:${port}`, path: path === '' ? '/' : path };
}

function urlPlace(url: string): Place {
  const [, host = '', port, path = ''] = /^https:\/\/([^/:?#]+|\[[^\]]*\])(?::(\d+))?([^#]*)/.exec(url) ?? [];
  const authority = port === undefined ? host : `${host}:${port}`;
  return { host, port: Number(port ?? defaultPort), authority, path: path === '' ? '/' : path };
}

type Address = { readonly to: string } | { readonly error: string };

/** The address of a Service's port: what leads on from there is the business of the node's rules. */
function serviceAddress({ name, namespace, port = defaultPort }: ServiceReference, { objects }: Execution): Address {
  const service: Service | undefined = objects.get(services, namespace, name);
  if (!service) return { error: `service ${quote(name)} not found` };
  const { type, clusterIP = '', externalName = '', ports = [] } = service.spec;
  if (type === 'ExternalName') return { error: `dial tcp: lookup ${externalName} on ${nameServer}: no such host` };
  if (clusterIP === '' || clusterIP === 'None') {
    return { error: `cannot route to service with ClusterIP ${quote(clusterIP)}` };
  }
  if (!ports.some((known) => known.port === port)) {
    return { error: `no service port ${port} found for service ${quote(name)}` };
  }
  return { to: `${clusterIP.includes(':') ? `[${clusterIP}]` : clusterIP}:${port}` };
}

function urlAddress({ host, port }: Place): Address {
  const isAddress = /^\d+(\.\d+){3}$/.test(host) || host.startsWith('[');
  return isAddress ? { to: `${host}:${port}` } : { error: `dial tcp: lookup ${host} on ${nameServer}: no such host` };
}

function answerOf(response: HttpResponse | undefined, failed: (why: string) => WebhookAnswer): WebhookAnswer {
  if (!response) return failed('EOF');
  const text = bodyText(response);
  const { code } = response;
  if (code < 200 || code > 206) return { error: `failed to call webhook: ${statusText(code, text)}` };
  const parsed = parseJson(text);
  if (isJsonMistake(parsed)) {
    return { error: `failed to call webhook: couldn't get version/kind; json parse error: ${parsed.error}` };
  }
  return { body: parsed.value };
}

const reasons: Readonly<Record<number, string>> = {
  400: 'the server rejected our request for an unknown reason',
  401: 'the server has asked for the client to provide credentials',
  404: 'the server could not find the requested resource',
  405: 'the server does not allow this method on the requested resource',
  429: 'the server has received too many requests and has asked us to try again later',
  503: 'the server is currently unable to handle the request',
  504: 'the server was unable to return a response in the time allotted, but may still be processing the request',
};

/** An answer that is no success, in the words of client-go: NewGenericServerResponse. */
function statusText(code: number, body: string): string {
  const text = body.trim() || 'unknown';
  if (code === 403) return text;
  if (reasons[code] !== undefined) return reasons[code];
  return code >= 500 ? `an error on the server (${quote(text)}) has prevented the request from succeeding`
    : `the server responded with the status code ${code} but did not return more information`;
}
