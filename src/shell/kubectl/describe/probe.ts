/** A probe on one line: what it asks and how often. Models DescribeProbe of kubectl's pkg/describe. */
import type { HTTPGetAction, Probe } from '../../../api/types';
import { goList } from './writer';

/** `http-get http://:8080/healthz delay=10s timeout=1s period=10s #success=1 #failure=3`. */
export function probeText(probe: Probe): string {
  const { initialDelaySeconds = 0, timeoutSeconds = 0, periodSeconds = 0 } = probe;
  const { successThreshold = 0, failureThreshold = 0 } = probe;
  const pace = `delay=${initialDelaySeconds}s timeout=${timeoutSeconds}s period=${periodSeconds}s `
    + `#success=${successThreshold} #failure=${failureThreshold}`;
  return `${actionText(probe)} ${pace}`;
}

function actionText({ exec, httpGet, tcpSocket, grpc }: Probe): string {
  if (exec) return `exec ${goList(exec.command)}`;
  if (httpGet) return `http-get ${urlText(httpGet)}`;
  if (tcpSocket) return `tcp-socket ${tcpSocket.host ?? ''}:${tcpSocket.port}`;
  if (grpc) return `grpc <pod>:${grpc.port} ${grpc.service ?? ''}`;
  return 'unknown';
}

/** A URL as Go's net/url writes it. */
function urlText({ scheme = '', host = '', port, path = '' }: HTTPGetAction): string {
  const address = joinHostPort(host, String(port));
  const slash = path === '' || path.startsWith('/') ? '' : '/';
  const start = scheme === '' ? '' : `${scheme.toLowerCase()}:`;
  return `${start}//${address}${slash}${escapedPath(path)}`;
}

/** `10.244.1.2:80`, `[fd00::2]:80`: net.JoinHostPort. */
export function joinHostPort(host: string, port: string): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Go leaves other characters of a path alone than encodeURI does. */
function escapedPath(path: string): string {
  return path.replace(/[^A-Za-z0-9\-_.~$&+,/:;=@]/gu, (char) => (
    /[!'()*]/.test(char) ? `%${char.charCodeAt(0).toString(16).toUpperCase()}` : encodeURIComponent(wellFormed(char))));
}

/** Half of a surrogate pair has no encoding; it becomes the replacement character. */
function wellFormed(char: string): string {
  return /\p{Surrogate}/u.test(char) ? '\ufffd' : char;
}
