/**
 * How a program inside a container reaches another by name: hosts file, resolver with search domains, then an HTTP
 * request. Models glibc's resolver with the resolv.conf that the kubelet writes; where none was written, the cluster's
 * own defaults hold. Not modelled: caches, IPv6.
 */
import type { CallResult, OutgoingCall, ProcessHost } from '../../../sim/process';
import { type Task, waitFor } from '../../../sim/task';
import { type DnsAnswer, dnsPort, type DnsQuery } from '../../coredns/message';
import type { HttpRequest, HttpResponse } from '../../../api/web';
import { httpResponseOf } from '../../../api/web';
import type { ContainerContext } from '../../images';

/** Who dials: a program through its host, or one of the processes within a shell. */
export interface Dialer {
  readonly nowMs: number;
  call(outgoing: OutgoingCall): Task<CallResult>;
  sleep(ms: number): Task;
}

/** A program that dials for itself. */
export function dialerOf(host: ProcessHost): Dialer {
  return {
    get nowMs() {
      return host.nowMs;
    },
    call: (outgoing) => waitFor<CallResult>((resume) => host.call(outgoing, { onResult: resume })),
    sleep: (ms) => waitFor<void>((resume) => host.after(ms, () => resume())),
  };
}

export interface ResolverConfig {
  readonly servers: readonly string[];
  readonly searches: readonly string[];
  readonly ndots: number;
}

/** How long a resolver waits for one server, and how often it tries. */
const queryTimeoutMs = 5_000;
const attempts = 2;

/** What the kubelet puts into /etc/resolv.conf for dnsPolicy ClusterFirst. */
export function defaultResolvConf(namespace: string): string {
  const zone = 'cluster.local';
  return `search ${namespace}.svc.${zone} svc.${zone} ${zone}\nnameserver 10.96.0.10\noptions ndots:5\n`;
}

/** Reads resolv.conf; what a container without one would have been given stands in for it. */
export function resolverConfig(context: Pick<ContainerContext, 'files' | 'pod'>): ResolverConfig {
  const text = context.files.read('/etc/resolv.conf') ?? defaultResolvConf(context.pod.namespace);
  const servers: string[] = [];
  let searches: string[] = [];
  let ndots = 1;
  for (const line of text.split('\n')) {
    const [key, ...values] = line.trim().split(/\s+/);
    if (key === 'nameserver' && values[0]) servers.push(values[0]);
    else if (key === 'search') searches = values;
    else if (key === 'options') ndots = Number(/\bndots:(\d+)/.exec(line)?.[1] ?? ndots);
  }
  return { servers, searches, ndots };
}

/** The names that a resolver asks for in turn: with few dots the search domains come first. */
export function candidates(name: string, config: ResolverConfig): string[] {
  if (name.endsWith('.')) return [name.slice(0, -1)];
  const dots = name.split('.').length - 1;
  const searched = config.searches.map((domain) => `${name}.${domain}`);
  return dots >= config.ndots ? [name, ...searched] : [...searched, name];
}

export type Lookup =
  | { readonly kind: 'found'; readonly name: string; readonly addresses: readonly string[]; readonly cname?: string }
  | { readonly kind: 'absent'; readonly tried: readonly string[] }
  /** The server says that it cannot tell, or does not answer at all. */
  | { readonly kind: 'failed' }
  | { readonly kind: 'timeout' };

/** Asks one server for one name. */
export function* query(dialer: Dialer, server: string, question: DnsQuery): Task<DnsAnswer | 'timeout'> {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const began = dialer.nowMs;
    const result = yield* dialer.call({
      to: `${server}:${dnsPort}`, channel: 'dns', subject: { verb: question.type, name: question.name },
      payload: question, timeoutMs: queryTimeoutMs,
    });
    if (result.ok) return result.payload as DnsAnswer;
    // UDP hears nothing of a refusal: the rest of the time passes as it would.
    const left = queryTimeoutMs - (dialer.nowMs - began);
    if (left > 0) yield* dialer.sleep(left);
  }
  return 'timeout';
}

/** Finds a name's addresses with the search domains of resolv.conf. */
export function* lookUpName(dialer: Dialer, config: ResolverConfig, name: string): Task<Lookup> {
  const server = config.servers[0];
  if (server === undefined) return { kind: 'timeout' };
  const tried = candidates(name, config);
  for (const candidate of tried) {
    const answer = yield* query(dialer, server, { name: candidate, type: 'A' });
    if (answer === 'timeout') return { kind: 'timeout' };
    if ('error' in answer) {
      if (answer.error === 'SERVFAIL') return { kind: 'failed' };
      continue;
    }
    if (answer.addresses.length === 0) continue;
    return { kind: 'found', name: candidate, ...answer };
  }
  return { kind: 'absent', tried };
}

const addressForm = /^\d{1,3}(\.\d{1,3}){3}$/;

/** The address of a host as getaddrinfo finds it: an address as it is, the hosts file, then DNS. */
export function* addressOf(
  dialer: Dialer, context: ContainerContext, name: string,
): Task<string | Exclude<Lookup, { kind: 'found' }>> {
  if (addressForm.test(name)) return name;
  const known = hostsOf(context).get(name);
  if (known !== undefined) return known;
  const found = yield* lookUpName(dialer, resolverConfig(context), name);
  return found.kind === 'found' ? found.addresses[0] as string : found;
}

/** The hosts file, or what the kubelet would have written into it. */
export function hostsText(context: Pick<ContainerContext, 'files' | 'pod' | 'env'>): string {
  const own = context.env['HOSTNAME'] ?? context.pod.name;
  return context.files.read('/etc/hosts')
    ?? `# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n`
      + `${context.pod.ip}\t${own}\n`;
}

function hostsOf(context: ContainerContext): ReadonlyMap<string, string> {
  const hosts = new Map<string, string>();
  for (const line of hostsText(context).split('\n')) {
    const [address = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    if (addressForm.test(address)) for (const name of names) if (!hosts.has(name)) hosts.set(name, address);
  }
  return hosts;
}

export interface Url {
  readonly scheme: string;
  readonly host: string;
  readonly port: number;
  /** With the query, at least `/`. */
  readonly path: string;
}

/** Splits a URL; http is assumed where no scheme stands. */
export function parseUrl(text: string): Url | undefined {
  const parts = /^(?:([a-z]+):\/\/)?(?:[^@/]*@)?(\[[^\]]*\]|[^/:?#]+)(?::(\d+))?([/?][^#]*)?/i.exec(text);
  if (!parts?.[2]) return undefined;
  const scheme = (parts[1] ?? 'http').toLowerCase();
  const rest = parts[4] ?? '/';
  return {
    scheme, host: parts[2], port: parts[3] === undefined ? (scheme === 'https' ? 443 : 80) : Number(parts[3]),
    path: rest.startsWith('/') ? rest : `/${rest}`,
  };
}

/** Passes a request on to another server and gives its answer back: 502 or 504 when there is none. */
export function* passOn(
  dialer: Dialer, context: ContainerContext, upstream: Url, request: HttpRequest,
): Task<HttpResponse> {
  const address = yield* addressOf(dialer, context, upstream.host);
  if (typeof address !== 'string') return { code: 502, body: '' };
  const result = yield* dialer.call({
    to: `${address}:${upstream.port}`, channel: 'http', subject: { verb: request.method, name: request.path },
    payload: request, timeoutMs: 60_000,
  });
  if (!result.ok) {
    return { code: result.failure === 'timeout' || result.failure === 'unreachable' ? 504 : 502, body: '' };
  }
  return httpResponseOf(result.payload) ?? { code: 502, body: '' };
}
