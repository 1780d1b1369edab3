/**
 * Network tools over the simulated network: wget, curl, nslookup, dig, nc, ping and those that show addresses. There is
 * no world outside the cluster: its names do not resolve. ICMP is not modelled: ping tells from the network's routes
 * whether an address exists, by the difference between a refused and an unanswered connection.
 */
import type { CallResult, OutgoingCall } from '../../../../sim/process';
import type { Task } from '../../../../sim/task';
import { bodyText, httpRequest, type HttpResponse, httpResponseOf } from '../../../../api/web';
import { addressOf, parseUrl, type Url } from '../../servers/upstream';
import { curl } from './curl';
import { dig, host, nslookup } from './name-tools';
import { readLine } from '../reading';
import { fail, isBusybox, options, print, type ToolCall, type Tools } from './tool';
import { fetchUrl } from './fetch';

function* wget(call: ToolCall): Task<number> {
  const { set, values, rest } = options(call.args,
    ['O', 'T', 't', 'P', 'header', 'post-data', 'timeout', 'o', 'U', 'w']);
  const [address] = rest;
  const { shell } = call;
  if (address === undefined) return yield* fail(call, 'missing URL');
  const url = parseUrl(address);
  if (!url) return yield* fail(call, `bad address '${address}'`);
  const quiet = set.has('q');
  const busybox = isBusybox(call);
  const say = function* (text: string): Task {
    if (!quiet) yield* shell.print(2, text);
  };
  const headers: Record<string, string> = {};
  const header = values.get('header');
  if (header !== undefined) {
    headers[header.slice(0, header.indexOf(':')).toLowerCase()] = header.slice(header.indexOf(':') + 1).trim();
  }
  const timeoutMs = Number(values.get('T') ?? values.get('timeout') ?? 900) * 1000 || 900_000;
  const tries = busybox ? 1 : Math.max(1, Number(values.get('t') ?? 1) || 1);
  let result = yield* fetchUrl(call, url, values.has('post-data') ? 'POST' : set.has('spider') ? 'HEAD' : 'GET',
    busybox ? 'Wget' : 'Wget/1.25.0', headers, timeoutMs, values.get('post-data'));
  for (let again = 1; again < tries && result.kind === 'failed'; again += 1) {
    result = yield* fetchUrl(call, url, 'GET', 'Wget/1.25.0', headers, timeoutMs);
  }
  if (result.kind === 'unresolved') {
    return busybox ? yield* fail(call, `bad address '${withPort(url)}'`)
      : yield* fail(call, `unable to resolve host address '${url.host}'`, 4);
  }
  const at = `${result.address}:${url.port}`;
  yield* say(`Connecting to ${withPort(url)} (${at})\n`);
  if (result.kind === 'failed') return yield* wgetFailure(call, result.address, result.failure);
  return yield* wgetSave(call, url, result.response, values.get('O'), say);
}

function withPort({ host: name, port, scheme }: Url): string {
  return port === (scheme === 'https' ? 443 : 80) ? name : `${name}:${port}`;
}

function* wgetFailure(call: ToolCall, address: string, failure: string): Task<number> {
  if (!isBusybox(call)) {
    const why = failure === 'refused' ? 'Connection refused.' : failure === 'reset' ? 'No data received.'
      : 'Connection timed out.';
    return yield* fail(call, `failed: ${why}`, 4);
  }
  if (failure === 'timeout') return yield* fail(call, 'download timed out');
  if (failure === 'reset') return yield* fail(call, 'error getting response: Connection reset by peer');
  const why = failure === 'refused' ? 'Connection refused' : 'Host is unreachable';
  return yield* fail(call, `can't connect to remote host (${address}): ${why}`);
}

function* wgetSave(
  call: ToolCall, url: Url, response: HttpResponse, target: string | undefined, say: (text: string) => Task,
): Task<number> {
  const { shell } = call;
  const busybox = isBusybox(call);
  if (response.code >= 400) {
    return busybox ? yield* fail(call, `server returned error: HTTP/1.1 ${response.code} ${reason(response.code)}`)
      : yield* fail(call, `ERROR ${response.code}: ${reason(response.code)}.`, 8);
  }
  if (options(call.args).set.has('spider')) {
    yield* say('remote file exists\n');
    return 0;
  }
  const text = bodyText(response);
  const name = target ?? (url.path.replace(/\?.*$/, '').split('/').pop() || 'index.html');
  const progress = `${(name === '-' ? '-' : name).slice(0, 20).padEnd(20)} 100% |********************************| `
    + `${String(text.length).padStart(5)}  0:00:00 ETA\n`;
  if (name === '-') {
    yield* say('writing to stdout\n');
    yield* print(call, text);
    yield* say(`${progress}written to stdout\n`);
    return 0;
  }
  const path = shell.path(name);
  if (path === '/dev/null') {
    yield* say(`saving to '${name}'\n${progress}'${name}' saved\n`);
    return 0;
  }
  if (busybox && target === undefined && shell.world.files.exists(path)) {
    return yield* fail(call, `can't open '${name}': File exists`);
  }
  const problem = shell.world.files.write(path, text);
  if (problem) return yield* fail(call, `can't open '${name}': ${problem}`);
  yield* say(`saving to '${name}'\n${progress}'${name}' saved\n`);
  return 0;
}

const reasons: Readonly<Record<number, string>> = {
  400: 'Bad Request', 401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found', 405: 'Not Allowed',
  412: 'Precondition Failed',
  500: 'Internal Server Error', 502: 'Bad Gateway', 503: 'Service Unavailable', 504: 'Gateway Timeout',
};

function reason(code: number): string {
  return reasons[code] ?? '';
}

/** nc: checks ports, sends its input, or listens for one connection. */
function* netcat(call: ToolCall): Task<number> {
  const { set, values, rest } = options(call.args, ['w', 'p', 'e', 's', 'q', 'i']);
  const { shell } = call;
  if (set.has('l')) return yield* netcatListen(call, Number(values.get('p') ?? rest[rest.length - 1]), set.has('k'));
  const [name, port] = rest;
  if (name === undefined || port === undefined) return yield* fail(call, 'missing host or port');
  const address = yield* addressFor(call, name);
  if (address === undefined) {
    return yield* fail(call, isBusybox(call) ? `bad address '${name}'`
      : `getaddrinfo for host "${name}" port ${port}: Name or service not known`);
  }
  const verbose = set.has('v');
  const timeoutMs = Number(values.get('w') ?? 0) * 1000 || 130_000;
  const result = yield* dial(call, `${address}:${port}`, timeoutMs);
  if (!result.ok) {
    const why = result.failure === 'refused' ? 'Connection refused' : 'Connection timed out';
    if (isBusybox(call)) {
      return verbose || !set.has('z') ? yield* fail(call, `${name} (${address}:${port}): ${why}`) : 1;
    }
    if (verbose) yield* shell.print(2, `nc: connect to ${name} (${address}) port ${port} (tcp) failed: ${why}\n`);
    return 1;
  }
  if (verbose) {
    yield* shell.print(2, isBusybox(call) ? `${name} (${address}:${port}) open\n`
      : `Connection to ${name} (${address}) ${port} port [tcp/*] succeeded!\n`);
  }
  return set.has('z') ? 0 : yield* netcatTalk(call, address, port);
}

/** A request line on the input makes it an HTTP request. */
function* netcatTalk(call: ToolCall, address: string, port: string): Task<number> {
  const { shell } = call;
  const line = yield* readLine(shell);
  const request = /^([A-Z]+) (\S+)/.exec(line.text);
  if (!request) return 0;
  const result = yield* shell.process.call({
    to: `${address}:${port}`, channel: 'http', subject: { verb: request[1] as string, name: request[2] as string },
    payload: httpRequest(request[1] as string, request[2] as string, ''), timeoutMs: 60_000,
  });
  const response = result.ok ? httpResponseOf(result.payload) : undefined;
  if (response) {
    yield* print(call, `HTTP/1.1 ${response.code} ${reasons[response.code] ?? 'OK'}\r\n\r\n${bodyText(response)}`);
  }
  return 0;
}

function* netcatListen(call: ToolCall, port: number, keeps: boolean): Task<number> {
  const { shell } = call;
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return yield* fail(call, `invalid port number`);
  const text = shell.io.get(0) ? yield* readInput(call) : '';
  for (;;) {
    yield* shell.process.wait<void>((resume) => {
      const listening = shell.world.listen(port, (incoming) => {
        // A probe only connects and hangs up: a server of one connection is over then, as nc is.
        const response = /^HTTP\/1\.[01] (\d{3})[^\n]*\n(?:[^\n]+\n)*\r?\n([^]*)$/.exec(text);
        if ((incoming.payload as { connect?: boolean }).connect) incoming.reply({ connected: true }, incoming.subject);
        else if (response) incoming.reply({ code: Number(response[1]), body: response[2] },
          { ...incoming.subject, code: Number(response[1]) });
        else incoming.reset();
        listening.cancel();
        resume();
      });
      return listening;
    });
    if (!keeps) return 0;
  }
}

function* readInput({ shell }: ToolCall): Task<string> {
  let text = '';
  for (;;) {
    const line = yield* readLine(shell);
    text += line.ended ? line.text : `${line.text}\n`;
    if (line.ended) return text;
  }
}

function* dial(call: ToolCall, to: string, timeoutMs: number): Task<CallResult> {
  const outgoing: OutgoingCall = { to, channel: 'tcp', subject: { verb: 'connect', name: to },
    payload: { connect: true }, timeoutMs };
  return yield* call.shell.process.call(outgoing);
}

function* addressFor({ shell }: ToolCall, name: string): Task<string | undefined> {
  const found = yield* addressOf(shell.process, shell.world.context, name);
  return typeof found === 'string' ? found : undefined;
}

function* ping(call: ToolCall): Task<number> {
  const { values, rest } = options(call.args, ['c', 'W', 'w', 'i', 's', 'I', 't']);
  const [name = ''] = rest;
  const { shell } = call;
  const address = yield* addressFor(call, name);
  if (address === undefined) {
    return yield* fail(call, isBusybox(call) ? `bad address '${name}'` : `${name}: Name or service not known`,
      isBusybox(call) ? 1 : 2);
  }
  const limit = values.has('c') ? Number(values.get('c')) : Infinity;
  yield* print(call, `PING ${name} (${address})${isBusybox(call) ? ': 56 data bytes' : ' 56(84) bytes of data.'}\n`);
  let received = 0;
  let sent = 0;
  for (; sent < limit; sent += 1) {
    // A port on which nobody listens: the machine that has the address refuses; where there is none nothing comes.
    const result = yield* dial(call, `${address}:9`, 1_000);
    const alive = result.ok || result.failure === 'refused' || result.failure === 'reset';
    if (alive) {
      received += 1;
      const sequence = isBusybox(call) ? `seq=${sent}` : `icmp_seq=${sent + 1}`;
      yield* print(call, `64 bytes from ${address}: ${sequence} ttl=64 time=0.100 ms\n`);
    }
    if (sent + 1 < limit && alive) yield* shell.world.pause(shell.process, 1_000);
  }
  const loss = Math.round(100 * (1 - received / Math.max(1, sent)));
  yield* print(call, `\n--- ${name} ping statistics ---\n${sent} packets transmitted, `
    + `${isBusybox(call) ? `${received} packets received` : `${received} received`}, ${loss}% packet loss\n`);
  return received > 0 ? 0 : 1;
}

function* interfaces(call: ToolCall): Task<number> {
  const { ip } = call.shell.world.context.pod;
  if (call.name === 'ip') {
    const [what = ''] = call.args.filter((arg) => !arg.startsWith('-'));
    if (/^r/.test(what)) yield* print(call,
      `default via ${ip.replace(/\d+$/, '1')} dev eth0\n${ip.replace(/\d+$/, '0')}/24 dev eth0 scope link src ${ip}\n`);
    else yield* print(call, `1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536\n    inet 127.0.0.1/8 scope host lo\n2: `
      + `eth0@if2: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500\n    inet ${ip}/24 brd ${ip.replace(/\d+$/, '255')} `
      + `scope global eth0\n`);
    return 0;
  }
  yield* print(call, `eth0      Link encap:Ethernet\n          inet addr:${ip}  Bcast:${ip.replace(/\d+$/, '255')}  `
    + `Mask:255.255.255.0\n          UP BROADCAST RUNNING MULTICAST  MTU:1500  Metric:1\n\nlo        Link encap:Local `
    + `Loopback\n          inet addr:127.0.0.1  Mask:255.0.0.0\n`);
  return 0;
}

function* telnet(call: ToolCall): Task<number> {
  const [name = '', port = '23'] = call.args;
  const address = yield* addressFor(call, name);
  if (address === undefined) return yield* fail(call, `bad address '${name}'`);
  const result = yield* dial(call, `${address}:${port}`, 130_000);
  if (result.ok) yield* print(call, `Connected to ${name}\n`);
  return result.ok ? 0 : yield* fail(call,
    `can't connect to remote host (${address}): `
    + `${result.failure === 'refused' ? 'Connection refused' : 'Connection timed out'}`);
}

/** busybox httpd: serves a directory; in the foreground with -f. */
function* httpd(call: ToolCall): Task<number> {
  const { set, values } = options(call.args, ['p', 'h', 'u', 'c']);
  const { shell } = call;
  const port = Number((values.get('p') ?? '80').split(':').pop());
  const root = shell.path(values.get('h') ?? '.').replace(/\/$/, '');
  const listening = shell.world.listen(port, (incoming) => {
    const path = (incoming.payload as Partial<{ path: string }>).path;
    if (path === undefined) return incoming.reply({ connected: true }, incoming.subject);
    const name = path.replace(/\?.*$/, '').replace(/\/$/, '/index.html');
    const text = name.includes('..') ? undefined : shell.world.files.read(`${root}${name}`);
    const response = text === undefined ? { code: 404,
      body: '<HTML><HEAD><TITLE>404 Not Found</TITLE></HEAD>\n<BODY><H1>404 Not Found</H1>\nThe requested URL was not '
      + 'found\n</BODY></HTML>\n' } : { code: 200, body: text };
    incoming.reply(response, { ...incoming.subject, code: response.code });
  });
  if (!set.has('f')) return 0;
  yield* shell.process.wait<void>(() => listening);
  return 0;
}

export const networkTools: Tools = { wget, curl, nslookup, dig, host, nc: netcat, ncat: netcat, ping, ip: interfaces,
  ifconfig: interfaces, telnet, httpd };
