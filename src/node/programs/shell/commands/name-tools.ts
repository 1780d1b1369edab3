/**
 * nslookup, dig and host. busybox' nslookup prints its own form; BIND's that of other images. Search domains are
 * applied as resolv.conf says, in busybox too (real versions after 1.28 apply them to names without dots only; the
 * image's version is not known here). Types other than A and AAAA are not modelled.
 */
import type { Task } from '../../../../sim/task';
import type { DnsAnswer } from '../../../coredns/message';
import { candidates, query, resolverConfig } from '../../servers/upstream';
import { isBusybox, options, print, type ToolCall } from './tool';

/** Whether nslookup is busybox' own; where dig is, it is BIND's. */
function isPlain(call: ToolCall): boolean {
  const { image, installed } = call.shell.world.context;
  return isBusybox(call) && !image.tools?.includes('dig') && !installed.has('dig');
}

interface Found {
  readonly name: string;
  readonly answer: DnsAnswer | 'timeout';
}

/** Asks for a name with the search domains; the last answer counts when none has addresses. */
function* resolve(call: ToolCall, server: string, name: string, type: 'A' | 'AAAA'): Task<Found> {
  const { process, world: { context } } = call.shell;
  const names = candidates(name, resolverConfig(context));
  let last: Found = { name, answer: { error: 'NXDOMAIN' } };
  for (const each of names) {
    const answer = yield* query(process, server, { name: each, type });
    if (answer === 'timeout') return { name: each, answer };
    if (!('error' in answer)) return { name: each, answer };
    last = { name: answer.error === 'SERVFAIL' ? each : name, answer };
    if (answer.error === 'SERVFAIL') break;
  }
  return last;
}

export function* nslookup(call: ToolCall): Task<number> {
  const [name, given] = options(call.args.filter((arg) => !/^-(type|query|q|debug|timeout|retry)/.test(arg))).rest;
  const server = given ?? resolverConfig(call.shell.world.context).servers[0] ?? '127.0.0.1';
  if (name === undefined) return 1;
  const found = yield* resolve(call, server, name, 'A');
  if (found.answer === 'timeout') {
    yield* print(call, ';; connection timed out; no servers could be reached\n\n');
    return 1;
  }
  const plain = isPlain(call);
  yield* print(call, plain ? `Server:\t\t${server}\nAddress:\t${server}:53\n\n`
    : `Server:\t\t${server}\nAddress:\t${server}#53\n\n`);
  if ('error' in found.answer) {
    yield* print(call, `** server can't find ${found.name}: ${found.answer.error}\n\n`);
    return 1;
  }
  const { addresses, cname } = found.answer;
  if (cname !== undefined) yield* print(call, `${found.name}\tcanonical name = ${cname}${plain ? '' : '.'}\n`);
  if (addresses.length === 0) yield* print(call, plain ? '' : `*** Can't find ${found.name}: No answer\n`);
  for (const address of addresses) yield* print(call, `Name:\t${cname ?? found.name}\nAddress: ${address}\n`);
  yield* print(call, '\n');
  return addresses.length > 0 || plain ? 0 : 1;
}

export function* dig(call: ToolCall): Task<number> {
  const words = call.args.filter((arg) => !/^[-+@]/.test(arg));
  const type = words.find((word) => /^(A|AAAA)$/i.test(word))?.toUpperCase() === 'AAAA' ? 'AAAA' : 'A';
  const name = words.find((word) => !/^(A|AAAA|ANY|IN|SRV|TXT|MX|NS|PTR|CNAME|SOA)$/i.test(word)) ?? '.';
  const config = resolverConfig(call.shell.world.context);
  const server = call.args.find((arg) => arg.startsWith('@'))?.slice(1) ?? config.servers[0] ?? '127.0.0.1';
  const found = call.args.includes('+search') ? yield* resolve(call, server, name, type)
    : { name, answer: yield* query(call.shell.process, server, { name, type }) };
  const short = call.args.includes('+short');
  if (found.answer === 'timeout') {
    yield* print(call, `\n; <<>> DiG 9.20.11 <<>> ${call.args.join(' ')}\n;; global options: +cmd\n;; no servers `
      + `could be reached\n`);
    return 9;
  }
  const absolute = `${found.name.replace(/\.$/, '')}.`;
  const addresses = 'error' in found.answer ? [] : found.answer.addresses;
  if (short) {
    for (const address of addresses) yield* print(call, `${address}\n`);
    return 0;
  }
  const status = 'error' in found.answer ? found.answer.error : 'NOERROR';
  const answers = addresses.map((address) => `${absolute}\t30\tIN\t${type}\t${address}\n`).join('');
  yield* print(call, [
    '', `; <<>> DiG 9.20.11 <<>> ${call.args.join(' ')}`, ';; global options: +cmd', ';; Got answer:',
    `;; ->>HEADER<<- opcode: QUERY, status: ${status}, id: 1`,
    `;; flags: qr aa rd; QUERY: 1, ANSWER: ${addresses.length}, AUTHORITY: 0, ADDITIONAL: 1`, '',
    ';; QUESTION SECTION:', `;${absolute}\t\tIN\t${type}`, '',
    ...(addresses.length > 0 ? [`;; ANSWER SECTION:\n${answers}`] : []), ';; Query time: 0 msec',
    `;; SERVER: ${server}#53(${server}) (UDP)`, '', '',
  ].join('\n'));
  return 0;
}

export function* host(call: ToolCall): Task<number> {
  const [name = '', given] = options(call.args, ['t']).rest;
  const server = given ?? resolverConfig(call.shell.world.context).servers[0] ?? '127.0.0.1';
  const found = yield* resolve(call, server, name, 'A');
  if (found.answer === 'timeout') {
    yield* print(call, ';; connection timed out; no servers could be reached\n');
    return 1;
  }
  if ('error' in found.answer) {
    yield* print(call, `Host ${found.name} not found: `
      + `${found.answer.error === 'NXDOMAIN' ? '3(NXDOMAIN)' : '2(SERVFAIL)'}\n`);
    return 1;
  }
  for (const address of found.answer.addresses) yield* print(call, `${found.name} has address ${address}\n`);
  return 0;
}
