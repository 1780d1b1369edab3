/**
 * `etcdctl` against the member of a control-plane node: keys, watches, members, state, alarms, compaction. Values are
 * printed as JSON, where the real tool prints the protobuf bytes that Kubernetes stores. Other commands are refused by
 * name.
 */
import { encodeJson } from '../base/json-write';
import { etcdClient, type EtcdClient } from '../etcd/client';
import type { EtcdError } from '../etcd/errors';
import { prefixRange } from '../etcd/key-range';
import type { KeyRange } from '../etcd/wire';
import { type ToolTerminal, toolTask } from '../node/host-shell/tool-program';
import type { ProgramFactory } from '../node/images';
import { type Task, waitFor } from '../sim/task';

const valued = new Set(['endpoints', 'cacert', 'cert', 'key', 'write-out', 'w', 'rev', 'limit', 'command-timeout']);
const known = new Set([...valued, 'prefix', 'keys-only', 'print-value-only', 'count-only', 'from-key', 'cluster',
  'prev-kv']);

interface Arguments {
  readonly words: readonly string[];
  readonly flags: ReadonlyMap<string, string>;
}

/** Words and flags of a command line, or what is wrong with it. */
export function readArguments(args: readonly string[]): Arguments | string {
  const words: string[] = [];
  const flags = new Map<string, string>();
  for (let at = 0; at < args.length; at += 1) {
    const match = /^--?([a-z][a-z-]*)(?:=([^]*))?$/.exec(args[at] as string);
    if (!match) {
      words.push(args[at] as string);
      continue;
    }
    const [, name = '', value] = match;
    if (!known.has(name)) return `unknown flag: --${name}`;
    if (value !== undefined || !valued.has(name)) flags.set(name, value ?? 'true');
    else {
      at += 1;
      flags.set(name, args[at] ?? '');
    }
  }
  return { words, flags };
}

type EtcdCommand = (terminal: ToolTerminal, etcd: EtcdClient, args: Arguments) => Task<number>;

/** The program behind the name `etcdctl`. */
export const etcdctl: ProgramFactory = toolTask(function* (terminal) {
  const args = readArguments(terminal.args);
  if (typeof args === 'string') {
    terminal.complain(`Error: ${args}\n`);
    return 1;
  }
  const [first = '', second = ''] = args.words;
  const name = Object.hasOwn(commands, `${first} ${second}`) ? `${first} ${second}` : first;
  const run = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!run) {
    terminal.complain(`Error: etcdctl ${args.words.join(' ')} is not modelled in the sandbox\n`);
    return 1;
  }
  const form = args.flags.get('write-out') ?? args.flags.get('w') ?? 'simple';
  if (form !== 'simple' && form !== 'table') {
    terminal.complain(`Error: --write-out=${form} is not modelled in the sandbox\n`);
    return 1;
  }
  const words = args.words.slice(name.split(' ').length);
  return yield* run(terminal, etcdClient(terminal.host, { timeoutMs: 5_000 }), { ...args, words });
});

function failed(terminal: ToolTerminal, error: EtcdError): number {
  terminal.complain(
    `{"level":"warn","msg":"retrying of unary invoker failed","error":"rpc error: code = ${error.code} desc = ${error.message}"}\n` +
      `Error: ${error.message}\n`,
  );
  return 1;
}

function rangeOf({ words: [key = '', end], flags }: Arguments): KeyRange {
  if (flags.has('prefix')) return prefixRange(key);
  if (flags.has('from-key')) return { key, rangeEnd: '\0' };
  return end === undefined ? { key } : { key, rangeEnd: end };
}

function valueText(value: unknown): string {
  return typeof value === 'string' ? value : encodeJson(value);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((cell, index) => Math.max(cell.length, ...rows.map((row) => (row[index] ?? '').length)));
  const rule = `+${widths.map((width) => '-'.repeat(width + 2)).join('+')}+\n`;
  const line = (cells: readonly string[], center: boolean): string => `|${cells.map((cell, index) => {
    const width = widths[index] ?? 0;
    const left = center ? Math.floor((width - cell.length) / 2) : width - cell.length;
    return ` ${' '.repeat(left)}${cell}${' '.repeat(width - cell.length - left)} `;
  }).join('|')}|\n`;
  return rule + line(head, true) + rule + rows.map((row) => line(row, false)).join('') + rule;
}

const endpoint = '127.0.0.1:2379';

const commands: Readonly<Record<string, EtcdCommand>> = {
  *get(terminal, etcd, args) {
    if (args.words.length === 0) {
      terminal.complain('Error: get command needs one argument as key and an optional argument as range_end\n');
      return 128;
    }
    const { flags } = args;
    const answer = yield* etcd.range({
      ...rangeOf(args), revision: Number(flags.get('rev') ?? 0), limit: Number(flags.get('limit') ?? 0),
      keysOnly: flags.has('keys-only'), countOnly: flags.has('count-only'),
    });
    if (!answer.ok) return failed(terminal, answer.error);
    for (const { key, value } of answer.response.kvs) {
      if (!flags.has('print-value-only')) terminal.print(`${key}\n`);
      terminal.print(flags.has('keys-only') ? '\n' : `${valueText(value)}\n`);
    }
    return 0;
  },
  *watch(terminal, etcd, args) {
    if (args.words.length === 0) {
      terminal.complain('Error: bad number of arguments\n');
      return 128;
    }
    return yield* waitFor<number>((resume) => {
      etcd.watch(rangeOf(args), Number(args.flags.get('rev') ?? 0), {
        onEvents: (events) => {
          for (const event of events) {
            terminal.print(
              `${event.type}\n${event.kv.key}\n${event.type === 'PUT' ? valueText(event.kv.value) : ''}\n`,
            );
          }
        },
        onEnd: (end) => {
          terminal.complain(end.kind === 'compacted'
            ? `watch was canceled (etcdserver: mvcc: required revision has been compacted)\n`
            : `Error: ${end.error.message}\n`);
          resume(1);
        },
      });
    });
  },
  *'member list'(terminal, etcd, { flags }) {
    const answer = yield* etcd.memberList();
    if (!answer.ok) return failed(terminal, answer.error);
    const rows = answer.response.members.map((member) => {
      const { id, name, peerUrls, clientUrls } = member;
      return [id, 'started', name, peerUrls.join(','), clientUrls.join(','), 'false'];
    });
    const isTable = (flags.get('write-out') ?? flags.get('w')) === 'table';
    terminal.print(isTable ? table(['ID', 'STATUS', 'NAME', 'PEER ADDRS', 'CLIENT ADDRS', 'IS LEARNER'], rows)
      : rows.map((row) => `${row.join(', ')}\n`).join(''));
    return 0;
  },
  *'endpoint status'(terminal, etcd, { flags }) {
    const answer = yield* etcd.status();
    if (!answer.ok) return failed(terminal, answer.error);
    const { version, dbSize, leaderId, memberId } = answer.response;
    const row = [
      flags.get('endpoints') ?? endpoint,
      memberId,
      version,
      sizeText(dbSize),
      String(leaderId === memberId),
      'false',
    ];
    const isTable = (flags.get('write-out') ?? flags.get('w')) === 'table';
    terminal.print(isTable ? table(['ENDPOINT', 'ID', 'VERSION', 'DB SIZE', 'IS LEADER', 'IS LEARNER'], [row])
      : `${row.join(', ')}\n`);
    return 0;
  },
  *'endpoint health'(terminal, etcd, { flags }) {
    const asked = flags.get('endpoints') ?? endpoint;
    const startedMs = terminal.host.nowMs;
    const answer = yield* etcd.range({ key: 'health' });
    const took = `${terminal.host.nowMs - startedMs}ms`;
    if (!answer.ok) {
      terminal.complain(
        `${asked} is unhealthy: failed to commit proposal: ${answer.error.message}\nError: unhealthy cluster\n`,
      );
      return 1;
    }
    terminal.print(`${asked} is healthy: successfully committed proposal: took = ${took}\n`);
    return 0;
  },
  *'alarm list'(terminal, etcd) {
    return yield* printAlarms(terminal, etcd, etcd.alarms());
  },
  *'alarm disarm'(terminal, etcd) {
    return yield* printAlarms(terminal, etcd, etcd.disarm());
  },
  *compact(terminal, etcd, { words: [revision = ''] }) {
    if (!/^\d+$/.test(revision)) {
      terminal.complain('Error: compaction command needs 1 argument\n');
      return 128;
    }
    const answer = yield* etcd.compact(Number(revision));
    if (!answer.ok) return failed(terminal, answer.error);
    terminal.print(`compacted revision ${revision}\n`);
    return 0;
  },
  *defrag(terminal, etcd) {
    const startedMs = terminal.host.nowMs;
    const answer = yield* etcd.defragment();
    if (!answer.ok) return failed(terminal, answer.error);
    terminal.print(`Finished defragmenting etcd member[${endpoint}]. took ${terminal.host.nowMs - startedMs}ms\n`);
    return 0;
  },
  *version(terminal) {
    terminal.print('etcdctl version: 3.6.8\nAPI version: 3.6\n');
    return 0;
  },
};

/** Alarms are a member's; ids are printed in decimal here, and in hexadecimal everywhere else. */
function* printAlarms(terminal: ToolTerminal, etcd: EtcdClient, asked: ReturnType<EtcdClient['alarms']>): Task<number> {
  const answer = yield* asked;
  if (!answer.ok) return failed(terminal, answer.error);
  if (answer.response.alarms.length === 0) return 0;
  const status = yield* etcd.status();
  if (!status.ok) return failed(terminal, status.error);
  const member = BigInt(`0x${status.response.memberId}`).toString();
  for (const alarm of answer.response.alarms) terminal.print(`memberID:${member} alarm:${alarm} \n`);
  return 0;
}

/** As go-humanize prints it, in powers of a thousand. */
function sizeText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < 3) {
    value /= 1000;
    unit += 1;
  }
  const rounded = Math.floor(value * 10 + 0.5) / 10;
  return `${unit > 0 && rounded < 10 ? rounded.toFixed(1) : rounded.toFixed(0)} ${['B', 'kB', 'MB', 'GB'][unit]}`;
}
