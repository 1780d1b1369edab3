/**
 * kubectl's connection to the API server: HTTP requests and streams in the form in which the real kubectl sends them, as
 * tasks of its process in the run. With `--v=6` and above it writes down what it sends and gets, as client-go's
 * round trippers do. Not modelled: discovery over the wire (the kinds are those of a discovery cache), compression.
 */
import type { AnyKind } from '../../../api/kind';
import type { KubeObject, Status } from '../../../api/types';
import { formatTime } from '../../../api/time';
import { bytesOfText, textOfBytes } from '../../../base/byte-text';
import { sortedKeys } from '../../../base/freeze';
import type { HttpMessage, HttpRequest, SessionMessage, VerifiedIdentity } from '../../../protocol/http';
import type { Subject } from '../../../protocol/trace';
import type { CallFailure, CallHandle, ProcessHost } from '../../../sim/process';
import { type Task, waitFor } from '../../../sim/task';

export const kubectlVersion = 'v1.36.1';

export interface ConnectionOptions {
  /** Where the API server is reached: `kind-control-plane:6443`. */
  readonly server: string;
  readonly user: VerifiedIdentity;
  /** `--as` and `--as-group`. */
  readonly impersonate?: { readonly user: string; readonly groups: readonly string[] };
  /** `--v`. */
  readonly verbosity: number;
  log(text: string): void;
}

export interface Asked {
  readonly method?: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  /** Sent as JSON; a string is sent as it is. */
  readonly body?: unknown;
  readonly contentType?: string;
  readonly accept?: string;
  readonly subject: Subject;
}

/** A whole answer, or the Status of a refusal; code 0 when nobody answered. */
export type Answer<T = unknown> =
  | { readonly ok: true; readonly value: T; readonly text: string }
  | { readonly ok: false; readonly status: Status };

/** Hears a stream. */
export interface StreamHandlers {
  chunk(text: string): void;
  message?(message: SessionMessage): void;
  /** The end; with a Status when the stream never began or broke. */
  end(status?: Status): void;
}

export const tableAccept = 'application/json;as=Table;v=v1;g=meta.k8s.io,'
  + 'application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json';

/** The path of a kind's collection, of an object in it, or of a subresource of that. */
export function pathOf(kind: AnyKind, namespace?: string, name?: string, subresource?: string): string {
  const group = kind.group === '' ? `/api/${kind.version}` : `/apis/${kind.group}/${kind.version}`;
  const scope = kind.namespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  const rest = [kind.plural, name, subresource].filter((part) => part !== undefined).map((part) =>
    encodeURIComponent(part));
  return `${group}${scope}/${rest.join('/')}`;
}

export class Connection {
  constructor(
    readonly host: ProcessHost,
    readonly options: ConnectionOptions,
  ) {}

  /** Sends a request and waits for the whole answer. */
  *ask<T = unknown>(asked: Asked): Task<Answer<T>> {
    let text = '';
    const status = yield* waitFor<Status | undefined>((resume) => {
      this.open(asked, { chunk: (piece) => void (text += piece), end: resume });
    });
    if (status) return { ok: false, status };
    return {
      ok: true,
      value: (asked.accept === 'text/plain' || !/^[[{]/.test(text) ? text : JSON.parse(text)) as T,
      text,
    };
  }

  *get<T = KubeObject>(kind: AnyKind, namespace: string | undefined, name: string, accept?: string): Task<Answer<T>> {
    return yield* this.ask<T>({ path: pathOf(kind, namespace, name), accept,
      subject: subjectOf('get', kind, namespace, name) });
  }

  *list<T>(kind: AnyKind, namespace: string | undefined, query: Asked['query'] = {}, accept?: string): Task<Answer<T>> {
    const answer = yield* this.ask<T>({
      path: pathOf(kind, namespace), query: { ...query, limit: '500' }, accept,
        subject: subjectOf('list', kind, namespace),
    });
    return answer.ok ? answer : { ok: false, status: withSelectors(kind, query, answer.status) };
  }

  *create<T = KubeObject>(
    kind: AnyKind, namespace: string | undefined, body: unknown, query: Asked['query'] = {},
      subresource?: readonly [string, string],
  ): Task<Answer<T>> {
    const [name, sub] = subresource ?? [];
    return yield* this.ask<T>({
      method: 'POST', path: pathOf(kind, namespace, name, sub), query, body,
      subject: { ...subjectOf('create', kind, namespace, name ?? nameOf(body)), ...(sub ? { subresource: sub } : {}) },
    });
  }

  *patch<T = KubeObject>(
    kind: AnyKind, namespace: string | undefined, name: string, type: 'merge' | 'strategic-merge' | 'json' | 'apply',
    body: unknown, query: Asked['query'] = {}, subresource?: string,
  ): Task<Answer<T>> {
    const contentType = type === 'apply' ? 'application/apply-patch+yaml' : `application/${type}-patch+json`;
    return yield* this.ask<T>({
      method: 'PATCH', path: pathOf(kind, namespace, name, subresource), query, body, contentType,
      subject: { ...subjectOf('patch', kind, namespace, name), ...(subresource ? { subresource } : {}) },
    });
  }

  /** Opens a stream: a watch, a log, or with `upgrade` a session in both directions. */
  open(asked: Asked, handlers: StreamHandlers, upgrade = false): CallHandle {
    const { host, options } = this;
    const request = this.requestOf(asked, upgrade);
    const startedMs = host.nowMs;
    let failed: number | undefined;
    let body = '';
    this.logRequest(request);
    const take = (text: string): void => {
      if (failed === undefined) handlers.chunk(text);
      else body += text;
    };
    const begin = (code: number, headers: Readonly<Record<string, string>>): void => {
      this.logResponse(request, code, headers, host.nowMs - startedMs);
      if (code >= 400) failed = code;
    };
    const hear = (message: HttpMessage): void => {
      switch (message.kind) {
        case 'response': {
          begin(message.status, message.headers);
          const text = textOf(message.body);
          if (options.verbosity >= 8) this.log(
            `"Response Body" body=${
              text.length > 1024 && options.verbosity < 9
                ? `${JSON.stringify(text.slice(0, 1024)).slice(0, -1)} [truncated ${text.length - 1024} chars]"`
                : JSON.stringify(text)
            }`,
          );
          take(text);
          this.warn(message.headers);
          return handlers.end(failed === undefined ? undefined : statusOf(failed, body));
        }
        case 'head': return begin(message.status, message.headers);
        case 'chunk': return take(textOf(message.data));
        case 'switched': return begin(101, {});
        case 'end': return handlers.end(failed === undefined ? undefined : statusOf(failed, body));
        case 'failed': return handlers.end(failureStatus(message.failure, options.server));
        default: return handlers.message?.(message);
      }
    };
    return host.call({ to: options.server, channel: 'https', subject: asked.subject, payload: request }, {
      onEvent: (payload) => hear(payload as HttpMessage),
      onResult: (result) => hear(result.ok ? result.payload as HttpMessage
        : { kind: 'failed', failure: result.failure }),
    });
  }

  private requestOf({ method = 'GET', path, query = {}, body, contentType, accept }: Asked,
    upgrade: boolean): HttpRequest {
    const { impersonate, user } = this.options;
    const pairs = sortedKeys(query).filter((key) => query[key] !== undefined)
      .map((key) => `${encodeURIComponent(key)}=${encodeURIComponent(query[key] ?? '')}`);
    const target = pairs.length === 0 ? path : `${path}${path.includes('?') ? '&' : '?'}${pairs.join('&')}`;
    const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
    return {
      method, target, body: bytesOfText(text), identity: user, ...(upgrade ? { upgrade: true } : {}),
      headers: {
        accept: accept ?? 'application/json',
        'user-agent': `kubectl/${kubectlVersion} (linux/amd64) kubernetes/$Format`,
        ...(text === '' ? {} : { 'content-type': contentType ?? 'application/json' }),
        ...(impersonate ? { 'impersonate-user': impersonate.user } : {}),
        ...(impersonate && impersonate.groups.length > 0 ? { 'impersonate-group': impersonate.groups.join(', ') } : {}),
        ...(upgrade ? { 'x-stream-protocol-version': 'v5.channel.k8s.io' } : {}),
      },
    };
  }

  private warn(headers: Readonly<Record<string, string>>): void {
    const key = Object.keys(headers).find((name) => name.toLowerCase() === 'warning');
    for (const match of (key ? headers[key] ?? '' : '').matchAll(/299 - "((?:[^"\\]|\\.)*)"/g)) {
      this.options.log(`Warning: ${(match[1] ?? '').replace(/\\(.)/g, '$1')}\n`);
    }
  }

  private logRequest({ method, target, headers }: HttpRequest): void {
    if (this.options.verbosity < 7) return;
    const lines = sortedKeys(headers).map((name) => `\t${canonical(name)}: ${headers[name] ?? ''}\n`).join('');
    this.log(`"Request" verb="${method}" url="https://${this.options.server}${target}" headers=<\n${lines} >`);
  }

  private logResponse(
    { method, target }: HttpRequest, code: number, headers: Readonly<Record<string, string>>, tookMs: number,
  ): void {
    const { verbosity, server } = this.options;
    if (verbosity < 6) return;
    const lines = sortedKeys(headers).map((name) => `\t${canonical(name)}: ${headers[name] ?? ''}\n`).join('');
    const status = `status="${code} ${reasons[code] ?? ''}"`;
    this.log(verbosity < 8
      ? `"Response" verb="${method}" url="https://${server}${target}" ${status} milliseconds=${tookMs}`
      : `"Response" ${status} headers=<\n${lines} > milliseconds=${tookMs}`);
  }

  /** klog's line: severity, date, time, thread, place. */
  private log(text: string): void {
    const at = formatTime(this.host.wallMs);
    const date = `${at.slice(5, 7)}${at.slice(8, 10)}`;
    const fraction = String(this.host.wallMs % 1000).padStart(3, '0');
    const place = text.startsWith('"Request"') ? 'round_trippers.go:527' : text.startsWith('"Response Body"')
      ? 'type.go:165'
      : 'round_trippers.go:632';
    this.options.log(`I${date} ${at.slice(11, 19)}.${fraction}000       1 ${place}] ${text}\n`);
  }
}

const reasons: Readonly<Record<number, string>> = {
  101: 'Switching Protocols', 200: 'OK', 201: 'Created', 202: 'Accepted', 400: 'Bad Request', 401: 'Unauthorized',
  403: 'Forbidden', 404: 'Not Found', 405: 'Method Not Allowed', 409: 'Conflict', 410: 'Gone',
    422: 'Unprocessable Entity',
  429: 'Too Many Requests', 500: 'Internal Server Error', 503: 'Service Unavailable',
};

/** What the trace says of a request. */
export function subjectOf(verb: string, { group, plural }: AnyKind, namespace?: string, name?: string): Subject {
  return {
    verb, resource: group === '' ? plural : `${plural}.${group}`,
    ...(namespace === undefined ? {} : { namespace }), ...(name === undefined ? {} : { name }),
  };
}

/** A refusal of a list says by what was selected: EnhanceListError of cli-runtime. */
function withSelectors({ group, version, plural }: AnyKind, query: Asked['query'] = {}, status: Status): Status {
  const { labelSelector = '', fieldSelector = '' } = query;
  if (status.reason !== 'BadRequest' || (labelSelector === '' && fieldSelector === '')) return status;
  const resource = `${group === '' ? '' : group}/${version}, Resource=${plural}`;
  return { ...status, message: `Unable to find ${JSON.stringify(resource)} that match label selector `
    + `${JSON.stringify(labelSelector)}, field selector ${JSON.stringify(fieldSelector)}: ${status.message ?? ''}` };
}

/** The Status in an error's body, or one made of a body that is none. */
function statusOf(code: number, body: string): Status {
  if (body.startsWith('{')) {
    const parsed = JSON.parse(body) as Status;
    if (parsed.kind === 'Status') return parsed;
  }
  const reason = code === 404 ? 'NotFound' : code === 401 ? 'Unauthorized' : code === 403 ? 'Forbidden'
    : code >= 500 ? 'InternalError' : 'BadRequest';
  const message = code === 404 ? 'the server could not find the requested resource' : body.trim();
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code };
}

function failureStatus(failure: CallFailure, server: string): Status {
  const message: Record<CallFailure, string> = {
    refused: `dial tcp ${server}: connect: connection refused`,
    unreachable: `dial tcp ${server}: connect: no route to host`,
    timeout: `dial tcp ${server}: i/o timeout`,
    reset: 'EOF',
  };
  return {
    kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message: message[failure], code: 0,
  };
}

function canonical(name: string): string {
  return name.replace(/(^|-)([a-z])/g, (_, dash: string, letter: string) => `${dash}${letter.toUpperCase()}`);
}

function nameOf(body: unknown): string | undefined {
  return (body as Partial<KubeObject> | undefined)?.metadata?.name;
}

function textOf(data: string | Uint8Array): string {
  return typeof data === 'string' ? data : textOfBytes(data);
}
