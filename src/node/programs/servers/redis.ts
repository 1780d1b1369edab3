/**
 * Redis with the handful of commands by which one sees that it works, and redis-cli to send them. Keys live in memory
 * and are gone with the process. Not modelled: replication, persistence, expiry, other data types.
 */
import type { ImageDescription } from '../../images';
import type { ContainerContext } from '../../images';
import type { CallResult, IncomingCall, ProcessHost, Program } from '../../../sim/process';
import { runTask, type Task, waitFor } from '../../../sim/task';
import { compareText } from '../../../base/freeze';
import { entryPoint } from '../shell/entry-point';
import { portNumber } from './http-server';
import { addressOf, dialerOf } from './upstream';
import { flag } from './web-servers';

const defaultPort = 6379;
const keyLimit = 100_000;

interface RedisRequest {
  readonly redis: readonly string[];
}

/** Images of redis and its kin. */
export function redisImage(megabytes: number, tags?: RegExp): ImageDescription {
  const server = (context: ContainerContext): Program => new RedisServer(context);
  return {
    sizeBytes: megabytes * 1_000_000,
    base: 'debian',
    entrypoint: ['docker-entrypoint.sh'],
    cmd: ['redis-server'],
    workingDir: '/data',
    executables: {
      'docker-entrypoint.sh': entryPoint('redis-server'), 'redis-server': server, 'valkey-server': server,
      '/run.sh': server, 'redis-cli': (context) => redisClient(context),
    },
    ...(tags ? { tags } : {}),
  };
}

class RedisServer implements Program {
  private host!: ProcessHost;
  private readonly keys = new Map<string, string>();

  constructor(private readonly context: ContainerContext) {}

  start(host: ProcessHost): void {
    this.host = host;
    host.listen(this.port);
    this.context.useMemory(8 * 1024 * 1024);
    this.context.print('stdout', `1:M * Running mode=standalone, port=${this.port}.`);
    this.context.print('stdout', '1:M * Ready to accept connections tcp');
  }

  serve(call: IncomingCall): void {
    const words = (call.payload as Partial<RedisRequest>).redis;
    if (words) call.reply({ lines: this.run(words) }, call.subject);
    else if ((call.payload as { connect?: boolean }).connect) call.reply({ connected: true }, call.subject);
    // Redis takes an HTTP request for a cross-protocol attack and drops the connection.
    else call.reset();
  }

  terminate(): void {
    this.context.print('stdout', '1:signal-handler Received SIGTERM scheduling shutdown...');
    this.context.print('stdout', '1:M # Redis is now ready to exit, bye bye...');
    this.host.exit(0);
  }

  private get port(): number {
    const { command, files } = this.context;
    const config = command.find((word) => word.endsWith('.conf'));
    const configured = /^\s*port\s+(\d+)/m.exec((config && files.read(config)) ?? '')?.[1];
    return portNumber(flag(command, 'port') ?? configured) ?? defaultPort;
  }

  private run([verb = '', ...args]: readonly string[]): string[] {
    const { keys } = this;
    const [key = '', value = ''] = args;
    const arity = (count: number): string[] | undefined => (args.length < count
      ? [`(error) ERR wrong number of arguments for '${verb.toLowerCase()}' command`] : undefined);
    switch (verb.toUpperCase()) {
      case 'PING': return [key === '' ? 'PONG' : quoted(key)];
      case 'ECHO': return arity(1) ?? [quoted(key)];
      case 'SET': return arity(2) ?? this.set(key, value);
      case 'GET': return arity(1) ?? [keys.has(key) ? quoted(keys.get(key) as string) : '(nil)'];
      case 'DEL': return arity(1) ?? [`(integer) ${args.filter((each) => keys.delete(each)).length}`];
      case 'EXISTS': return arity(1) ?? [`(integer) ${args.filter((each) => keys.has(each)).length}`];
      case 'INCR': return arity(1) ?? this.add(key, 1);
      case 'DECR': return arity(1) ?? this.add(key, -1);
      case 'KEYS': return this.list();
      case 'DBSIZE': return [`(integer) ${keys.size}`];
      case 'FLUSHALL': case 'FLUSHDB': keys.clear(); return ['OK'];
      case 'INFO': return ['# Server', 'redis_mode:standalone', `tcp_port:${this.port}`, '# Replication',
        'role:master', 'connected_slaves:0'];
      case 'CONFIG': return this.config(args);
      default: return [`(error) ERR unknown command '${verb}', with args beginning with: `
        + `${args.map((each) => `'${each}' `).join('')}`];
    }
  }

  private set(key: string, value: string): string[] {
    if (this.keys.size >= keyLimit) return ["(error) OOM command not allowed when used memory > 'maxmemory'."];
    this.keys.set(key, value);
    return ['OK'];
  }

  private add(key: string, step: number): string[] {
    const before = this.keys.get(key) ?? '0';
    if (!/^-?\d{1,15}$/.test(before)) return ['(error) ERR value is not an integer or out of range'];
    const after = Number(before) + step;
    return this.set(key, String(after))[0] === 'OK' ? [`(integer) ${after}`] : [];
  }

  private list(): string[] {
    const names = [...this.keys.keys()].sort(compareText);
    return names.length === 0 ? ['(empty array)'] : names.map((name, index) => `${index + 1}) ${quoted(name)}`);
  }

  private config([verb = '', name = '']: readonly string[]): string[] {
    const config = this.context.command.find((word) => word.endsWith('.conf'));
    const text = (config && this.context.files.read(config)) ?? '';
    const line = text.split('\n').find((each) => each.trim().startsWith(`${name} `));
    const set: Readonly<Record<string, string>> = { 'maxmemory': '0', 'maxmemory-policy': 'noeviction' };
    const value = line?.trim().slice(name.length + 1).trim() ?? (Object.hasOwn(set, name) ? set[name] as string
      : undefined);
    if (verb.toUpperCase() !== 'GET' || value === undefined) return ['(empty array)'];
    return [`1) ${quoted(name)}`, `2) ${quoted(bytesOf(value))}`];
  }
}

/** Redis answers sizes in bytes: `2mb` becomes 2097152. */
function bytesOf(text: string): string {
  const parts = /^(\d+)(k|m|g)b$/i.exec(text);
  if (!parts) return text;
  return String(Number(parts[1]) * 1024 ** ('kmg'.indexOf((parts[2] as string).toLowerCase()) + 1));
}

function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&')}"`;
}

/** `redis-cli [-h HOST] [-p PORT] COMMAND`: without a terminal answers come without quotes and types. */
function redisClient(context: ContainerContext): Program {
  return { start: (host) => runTask(runClient(host, context)) };
}

function* runClient(host: ProcessHost, context: ContainerContext): Task {
  const { command } = context;
  const name = flag(command, 'h') ?? '127.0.0.1';
  const port = flag(command, 'p') ?? String(defaultPort);
  const words: string[] = [];
  for (let at = 1; at < command.length; at += 1) {
    const word = command[at] as string;
    if (words.length === 0 && ['-h', '-p', '-a', '-n', '--user', '--pass'].includes(word)) at += 1;
    else if (words.length > 0 || !word.startsWith('-')) words.push(word);
  }
  const fail = (why: string): void => {
    context.print('stderr', `Could not connect to Redis at ${name}:${port}: ${why}`);
    host.exit(1);
  };
  const address = yield* addressOf(dialerOf(host), context, name);
  if (typeof address !== 'string') return fail('Name or service not known');
  if (words.length === 0) return host.exit(0);
  const payload: RedisRequest = { redis: words };
  const result = yield* waitFor<CallResult>((resume) => host.call({
    to: `${address}:${port}`, channel: 'tcp', subject: { verb: words[0] as string, name }, payload, timeoutMs: 60_000,
  }, { onResult: resume }));
  if (!result.ok) return fail(result.failure === 'refused' ? 'Connection refused' : 'Connection timed out');
  const { lines } = result.payload as { lines?: readonly string[] };
  if (!lines) {
    context.print('stderr', 'Error: Protocol error, got "H" as reply type byte');
    return host.exit(1);
  }
  for (const line of lines) {
    const plain = context.tty ? line : line.replace(/^(\(integer\) |\(error\) |\d+\) )/, '').replace(/^"(.*)"$/,
      '$1').replace(/^\(nil\)$|^\(empty array\)$/, '');
    context.print('stdout', plain);
  }
  host.exit(0);
}
