/**
 * A web server as a program: it listens after its start-up time, answers each request from a service that is written as
 * data and functions, logs as the real one does in short, and ends on SIGTERM in the way of the real one. Connections
 * are calls, so keep-alive, TLS and headers of answers do not exist.
 */
import type { CallResult, IncomingCall, OutgoingCall, ProcessHost, Program } from '../../../sim/process';
import { runTask, type Task, waitFor } from '../../../sim/task';
import { formatLogTime } from '../calendar';
import { type HttpRequest, type HttpResponse, isHttpRequest } from '../../../api/web';
import type { ContainerContext, ProgramFactory } from '../../images';

/** What a service finds out about one request. */
export interface Visit {
  readonly host: ProcessHost;
  readonly context: ContainerContext;
  readonly request: HttpRequest;
  /** The path without the query, and the query without its question mark. */
  readonly path: string;
  readonly query: string;
  readonly port: number;
  /** The caller as an access log names it. */
  readonly client: string;
  /** Milliseconds since the server began to listen. */
  readonly upMs: number;
  /** Waits for a call to somewhere else, or for time to pass. */
  fetch(call: OutgoingCall): Task<CallResult>;
  pause(ms: number): Task;
}

/** `reset`: the connection breaks without an answer. */
export type HttpAnswer = HttpResponse | 'reset';

export interface HttpService {
  readonly ports: readonly number[];
  /** How long it takes until it listens; 0 when absent. */
  readonly startMs?: number;
  /** Lines it logs when it has started, at that wall time. */
  readonly banner?: readonly string[] | ((wallMs: number) => readonly string[]);
  readonly bannerStream?: 'stdout' | 'stderr';
  answer(visit: Visit): HttpAnswer | Task<HttpAnswer>;
  /** The line it logs for an answered request. */
  accessLog?(visit: Visit, response: HttpResponse): string | undefined;
  readonly logStream?: 'stdout' | 'stderr';
  /** The exit code after SIGTERM, once open requests are answered; `ignored` for a process 1 without a handler. */
  readonly onTerminate: number | 'ignored';
  readonly farewell?: readonly string[];
  /** Bytes that the process uses when it runs. */
  readonly memoryBytes?: number;
  /** Processor time that an answer costs, in milliseconds; half of one when absent. */
  readonly cpuMs?: number;
}

/** What a server prints and how it exits instead of serving. */
export interface StartFailure {
  readonly message: string;
  readonly code: number;
}

/** A program that serves what `service` makes of the container, or fails as it says. */
export function httpProgram(service: (context: ContainerContext) => HttpService | StartFailure): ProgramFactory {
  return (context) => new HttpServer(context, service(context));
}

/** A port as a number; undefined when it is none. */
export function portNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,5}$/.test(text) && Number(text) > 0 && Number(text) < 65_536 ? Number(text)
    : undefined;
}

/** Text with status 200 unless another is given. */
export function textAnswer(body: string, code = 200): HttpResponse {
  return { code, body };
}

/** A line of an access log in the combined format, as nginx and Apache write it. */
export function combinedLog(visit: Visit, response: HttpResponse, suffix = ''): string {
  const { host, request, client } = visit;
  const size = typeof response.body === 'string' ? response.body.length : 0;
  const line = `"${request.method} ${request.path} HTTP/1.1" ${response.code} ${size} "-" "${request.userAgent}"`;
  return `${client} - - [${formatLogTime(host.wallMs)}] ${line}${suffix}`;
}

class HttpServer implements Program {
  private host!: ProcessHost;
  private upSinceMs = 0;
  private open = 0;
  private stopping = false;

  constructor(
    private readonly context: ContainerContext,
    private readonly service: HttpService | StartFailure,
  ) {}

  start(host: ProcessHost): void {
    this.host = host;
    const { service, context } = this;
    if ('message' in service) {
      for (const line of service.message.split('\n')) context.print('stderr', line);
      return host.exit(service.code);
    }
    if (service.memoryBytes !== undefined) context.useMemory(service.memoryBytes);
    const begin = (): void => {
      this.upSinceMs = host.nowMs;
      const { banner = [] } = service;
      for (const line of typeof banner === 'function' ? banner(host.wallMs) : banner) {
        context.print(service.bannerStream ?? 'stderr', line);
      }
      for (const port of service.ports) host.listen(port);
    };
    if (service.startMs) host.after(service.startMs, begin);
    else begin();
  }

  serve(call: IncomingCall): void {
    const { service } = this;
    if ('message' in service) return;
    if (!isHttpRequest(call.payload)) return call.reply({ connected: true }, { verb: call.subject.verb });
    const visit = this.visit(call, call.payload);
    const answer = service.answer(visit);
    if (answer === 'reset') return call.reset();
    if (isResponse(answer)) return this.reply(service, call, visit, answer);
    this.open += 1;
    runTask(answer, (late) => {
      if (late === 'reset') call.reset();
      else this.reply(service, call, visit, late);
      this.open -= 1;
      // The last answer must be on its way before the process, and with it its connections, is gone.
      if (this.stopping && this.open === 0) this.host.after(1, () => this.leave(service));
    });
  }

  terminate(): void {
    const { service } = this;
    if ('message' in service || service.onTerminate === 'ignored') return;
    this.stopping = true;
    if (this.open === 0) this.leave(service);
  }

  private leave(service: HttpService): void {
    for (const line of service.farewell ?? []) this.context.print(service.bannerStream ?? 'stderr', line);
    this.host.exit(service.onTerminate as number);
  }

  private reply(service: HttpService, call: IncomingCall, visit: Visit, response: HttpResponse): void {
    call.reply(response, { ...call.subject, code: response.code });
    this.context.spendCpu(service.cpuMs ?? 0.5);
    const line = service.accessLog?.(visit, response);
    if (line !== undefined) this.context.print(service.logStream ?? 'stdout', line);
  }

  private visit(call: IncomingCall, request: HttpRequest): Visit {
    const { host, context } = this;
    const mark = request.path.indexOf('?');
    return {
      host, context, request,
      path: mark < 0 ? request.path : request.path.slice(0, mark),
      query: mark < 0 ? '' : request.path.slice(mark + 1),
      port: Number(call.port),
      client: call.fromMachine,
      upMs: host.nowMs - this.upSinceMs,
      fetch: (outgoing) => waitFor<CallResult>((resume) => host.call(outgoing, { onResult: resume })),
      pause: (ms) => waitFor<void>((resume) => host.after(ms, () => resume())),
    };
  }
}

function isResponse(answer: HttpResponse | Task<HttpAnswer>): answer is HttpResponse {
  return 'code' in answer;
}
