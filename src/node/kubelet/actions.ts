/**
 * What the kubelet does to containers from outside: commands inside them, HTTP requests, connections. Probes and
 * lifecycle hooks are made of these. Models pkg/probe/{exec,http,tcp,grpc}.
 */
import type { Container, ExecAction, HTTPGetAction, TCPSocketAction } from '../../api/types';
import type { Subject } from '../../protocol/trace';
import type { CallResult, ProcessHost } from '../../sim/process';
import { type Task, waitFor } from '../../sim/task';
import { criCall, rpcErrorText } from '../cri';
import { httpRequest, httpResponseOf } from '../../api/web';

/** The container that is meant, and where its pod is reached. */
export interface ActionTarget {
  readonly container: Container;
  readonly containerId: string;
  readonly podIP: string;
  readonly subject: Pick<Subject, 'namespace' | 'name'>;
}

/** `error`: nothing can be said of the container, the action itself did not work. */
export interface Outcome {
  readonly result: 'success' | 'failure' | 'error';
  readonly message: string;
}

const noHeaders = 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)';
const success: Outcome = { result: 'success', message: '' };

/** Runs a command in the container; a timeout of 0 seconds means none. */
export function* execAction(
  host: ProcessHost, target: ActionTarget, { command = [] }: ExecAction, timeoutSeconds: number,
): Task<Outcome> {
  const request = { containerId: target.containerId, cmd: command, timeout: timeoutSeconds };
  const ran = yield* criCall(host, 'ExecSync', request, target.subject);
  if (!ran.ok) {
    if (ran.code !== 'DeadlineExceeded') return { result: 'error', message: rpcErrorText(ran) };
    const message = `command timed out: "${command.join(' ')}" timed out after ${timeoutSeconds}s`;
    return { result: 'failure', message };
  }
  const { exitCode, stdout, stderr } = ran.value;
  return { result: exitCode === 0 ? 'success' : 'failure', message: stdout + stderr };
}

/** GETs a path; any code from 200 to 399 is a success. */
export function* httpAction(
  host: ProcessHost, target: ActionTarget, action: HTTPGetAction, timeoutMs: number, userAgent: string,
): Task<Outcome> {
  const port = portNumber(target.container, action.port);
  if (typeof port === 'string') return { result: 'error', message: port };
  const address = `${action.host || target.podIP}:${port}`;
  const path = action.path || '/';
  const headers = (action.httpHeaders ?? []).map(({ name, value }) => [name.toLowerCase(), value]);
  const request = httpRequest('GET', path, userAgent, Object.fromEntries(headers) as Record<string, string>);
  const result = yield* call(host, address, 'http', request, { verb: 'probe', name: path }, timeoutMs);
  if (!result.ok) {
    const url = `${(action.scheme ?? 'HTTP').toLowerCase()}://${address}${path}`;
    const why = result.failure === 'timeout' ? noHeaders : dialError(address, result.failure);
    return { result: 'failure', message: `Get "${url}": ${why}` };
  }
  const code = httpResponseOf(result.payload)?.code ?? 0;
  if (code >= 200 && code < 400) return success;
  return { result: 'failure', message: `HTTP probe failed with statuscode: ${code}` };
}

/** Opens a connection. */
export function* tcpAction(
  host: ProcessHost, target: ActionTarget, action: TCPSocketAction, timeoutMs: number,
): Task<Outcome> {
  const port = portNumber(target.container, action.port);
  if (typeof port === 'string') return { result: 'error', message: port };
  const address = `${action.host || target.podIP}:${port}`;
  const result = yield* call(host, address, 'tcp', { connect: true }, { verb: 'probe', name: address }, timeoutMs);
  return result.ok ? success : { result: 'failure', message: dialError(address, result.failure) };
}

/** Asks the gRPC health service. */
export function* grpcAction(
  host: ProcessHost, target: ActionTarget, { port }: { readonly port: number }, timeoutMs: number,
): Task<Outcome> {
  const address = `${target.podIP}:${port}`;
  const result = yield* call(host, address, 'tcp', { connect: true }, { verb: 'probe', name: address }, timeoutMs);
  if (result.ok) return success;
  const why = `within ${timeoutMs / 1000}s: context deadline exceeded`;
  return { result: 'failure', message: `timeout: failed to connect service "${address}" ${why}` };
}

function* call(
  host: ProcessHost, to: string, channel: 'http' | 'tcp', payload: unknown, subject: Subject, timeoutMs: number,
): Task<CallResult> {
  return yield* waitFor<CallResult>((resume) => {
    host.call({ to, channel, subject, payload, timeoutMs }, { onResult: resume });
  });
}

/** A named port is one of the container's; the text is Go's complaint about a name that is none. */
function portNumber(container: Container, port: number | string): number | string {
  if (typeof port === 'number') return port;
  const named = container.ports?.find((candidate) => candidate.name === port)?.containerPort;
  if (named !== undefined) return named;
  return /^\d+$/.test(port) ? Number(port) : `strconv.Atoi: parsing "${port}": invalid syntax`;
}

function dialError(address: string, failure: string): string {
  if (failure === 'timeout') return `dial tcp ${address}: i/o timeout`;
  if (failure === 'reset') return 'EOF';
  return `dial tcp ${address}: connect: ${failure === 'refused' ? 'connection refused' : 'no route to host'}`;
}
