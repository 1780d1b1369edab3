/**
 * Passes a request for an aggregated group on to the server behind its APIService, after this server has authenticated
 * and authorized it. Models kube-aggregator's proxyHandler. Not modelled: streams and upgrades through the aggregator.
 */
import { bodyText, contentType } from '../../api/web';
import { bytesOfText, textOfBytes } from '../../base/byte-text';
import type { HttpRequest } from '../../protocol/http';
import type { ProcessHost } from '../../sim/process';
import type { UserInfo } from '../authentication/user';
import type { SessionReply } from '../http/sessions';
import type { ObjectReader } from '../objects';
import { isAvailable } from './availability';
import { send } from './exchange';
import { type RemoteApiService, resolveService } from './location';

/** What belongs to the connection with the client, or says who it is. */
const ownRequestHeaders = new RegExp('^(authorization|connection|content-length|host|keep-alive|te|trailer'
  + '|transfer-encoding|upgrade|impersonate-.*|x-remote-.*)$');
const ownAnswerHeaders = new Set(['connection', 'content-length', 'content-type', 'date', 'transfer-encoding']);

/** A request that has been let through. */
export interface Delegated {
  readonly http: HttpRequest;
  readonly user: UserInfo;
  readonly host: ProcessHost;
  readonly objects: ObjectReader;
  readonly reply: SessionReply & { text(status: number, line: string): void };
}

/** Answers with what the server behind the APIService answers. */
export function delegate({ http, user, host, objects, reply }: Delegated, service: RemoteApiService): void {
  const resolved = resolveService(objects, service);
  if (!isAvailable(service) || 'error' in resolved) return reply.text(503, 'service unavailable');
  const { method, target, body } = http;
  const headers = Object.keys(http.headers).filter((name) => !ownRequestHeaders.test(name)).sort()
    .map((name) => [name, http.headers[name] ?? ''] as const);
  const handle = send(host, {
    address: resolved.address, method, target: target.replace(/^https?:\/\/[^/?]*/i, ''), user,
    headers: Object.fromEntries(headers), ...(body.length === 0 ? {} : { body: textOfBytes(body) }),
  }, (exchanged) => {
    if ('error' in exchanged) return reply.text(503, exchanged.error);
    const { response } = exchanged;
    const given = response.headers ?? {};
    const own = Object.keys(given).filter((name) => !ownAnswerHeaders.has(name)).sort()
      .map((name) => [name, given[name] ?? ''] as const);
    reply.respond(response.code, contentType(response), bytesOfText(bodyText(response)), Object.fromEntries(own));
  });
  reply.onClose(() => handle.cancel());
}
