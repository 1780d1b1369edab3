/** Tools that tell about time, the machine and processes, or run other commands. */
import type { Task } from '../../../../sim/task';
import { formatDate, strftime } from '../../calendar';
import { stressProgram } from '../../jobs/stress';
import { runGuest } from '../guest';
import { readAll } from '../reading';
import { signalName } from '../process';
import { fail, isBusybox, options, print, type ToolCall, type Tools } from './tool';

const unitMs: Readonly<Record<string, number>> = { '': 1000, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
/** A container's processes see a node's memory and processors; this one has as much as kind's default machine. */
const memoryKib = 8_025_456;

/** `1.5`, `2m`, `infinity` in milliseconds; undefined when it is no time. */
function durationMs(text: string): number | undefined {
  if (text === 'infinity' || text === 'inf') return Infinity;
  const parts = /^(\d+\.?\d*|\.\d+)([smhd]?)$/.exec(text);
  return parts ? Number(parts[1]) * (unitMs[parts[2] ?? ''] as number) : undefined;
}

function* sleep(call: ToolCall): Task<number> {
  const { shell, args } = call;
  if (args.length === 0) return yield* fail(call, 'missing operand');
  let total = 0;
  for (const arg of args) {
    const ms = durationMs(arg);
    if (ms === undefined) {
      return yield* fail(call, isBusybox(call) ? `invalid number '${arg}'`
        : `invalid time interval '${arg}'\nTry 'sleep --help' for more information.`);
    }
    total += ms;
  }
  if (total === Infinity) return yield* shell.process.never();
  yield* shell.world.pause(shell.process, total);
  return 0;
}

function* date(call: ToolCall): Task<number> {
  const { values, rest } = options(call.args, ['d', 'date']);
  const format = rest.find((arg) => arg.startsWith('+'));
  const given = values.get('d') ?? values.get('date');
  const { wallMs } = call.shell.world.host;
  const at = given?.startsWith('@') ? Number(given.slice(1)) * 1000 : wallMs;
  if (given !== undefined && !/^(@\d+|now)$/.test(given)) return yield* fail(call, `invalid date '${given}'`);
  const iso = call.args.some((arg) => arg.startsWith('-I'));
  yield* print(call, `${format ? strftime(format.slice(1), at) : iso ? strftime('%F', at) : formatDate(at)}\n`);
  return 0;
}

function* hostname(call: ToolCall): Task<number> {
  const { context } = call.shell.world;
  const { set } = options(call.args);
  const name = call.shell.variable('HOSTNAME') ?? context.pod.name;
  yield* print(call, set.has('i') || set.has('I') ? `${context.pod.ip}\n` : `${name}\n`);
  return 0;
}

function* environment(call: ToolCall): Task<number> {
  const { shell, args } = call;
  let at = 0;
  const cleared = args[0] === '-i' || args[0] === '-';
  if (cleared) at = 1;
  const given: [string, string][] = [];
  for (; at < args.length; at += 1) {
    const assignment = /^([^=]+)=([^]*)$/.exec(args[at] as string);
    if (!assignment) break;
    given.push([assignment[1] as string, assignment[2] as string]);
  }
  const inner = shell.fork(shell.process, shell.io);
  if (cleared) for (const name of inner.names(true)) inner.unsetVariable(name);
  for (const [name, value] of given) {
    inner.assign(name, value);
    inner.mark(name, { exported: true });
  }
  if (at < args.length) return yield* inner.dispatch(args.slice(at));
  for (const name of inner.names(true)) yield* print(call, `${name}=${inner.variable(name) ?? ''}\n`);
  return 0;
}

function* printEnvironment(call: ToolCall): Task<number> {
  if (call.args.length === 0) return yield* environment(call);
  let status = 0;
  for (const name of call.args) {
    const value = call.shell.names(true).includes(name) ? call.shell.variable(name) : undefined;
    if (value === undefined) status = 1;
    else yield* print(call, `${value}\n`);
  }
  return status;
}

function* identity(call: ToolCall): Task<number> {
  const { set } = options(call.args);
  const uid = call.shell.world.context.image.user ?? 0;
  const name = uid === 0 ? 'root' : String(uid);
  if (set.has('u')) yield* print(call, `${set.has('n') ? name : uid}\n`);
  else if (set.has('g') || set.has('G')) yield* print(call, `${set.has('n') ? 'root' : 0}\n`);
  else yield* print(call, uid === 0 ? 'uid=0(root) gid=0(root) groups=0(root)\n'
    : `uid=${uid} gid=0(root) groups=0(root)\n`);
  return 0;
}

/** Processes of the container as far as this program knows them: the first one, and its own. */
function processLines({ shell }: ToolCall): { pid: number; command: string }[] {
  const { world } = shell;
  const own = [...world.processes.values()].map(({ pid, command }) => ({ pid, command }));
  return world.context.main ? [{ pid: 1, command: world.context.main.name }, ...own] : own;
}

function* processes(call: ToolCall): Task<number> {
  const lines = processLines(call);
  const next = Math.max(...lines.map(({ pid }) => pid)) + 1;
  const all = [...lines, { pid: next, command: [call.name, ...call.args].join(' ') }];
  if (isBusybox(call)) {
    yield* print(call, 'PID   USER     TIME  COMMAND\n');
    for (const { pid, command } of all) yield* print(call, `${String(pid).padStart(5)} root      0:00 ${command}\n`);
  } else if (call.args.some((arg) => /^-?(aux|ef)/.test(arg))) {
    yield* print(call, 'UID          PID    PPID  C STIME TTY          TIME CMD\n');
    for (const { pid, command } of all) {
      yield* print(call, `root     ${String(pid).padStart(7)}       ${pid === 1 ? 0 : 1}  0 `
        + `${strftime('%H:%M', call.shell.world.host.wallMs)} ?        00:00:00 ${command}\n`);
    }
  } else {
    yield* print(call, '    PID TTY          TIME CMD\n');
    for (const { pid, command } of all) {
      yield* print(call, `${String(pid).padStart(7)} ?        00:00:00 ${command.split(' ')[0] ?? ''}\n`);
    }
  }
  return 0;
}

function* top(call: ToolCall): Task<number> {
  yield* print(call, `Mem: ${memoryKib / 2}K used, ${memoryKib / 2}K free, 0K shrd, 0K buff, 0K cached\nCPU:   1% usr `
    + `  1% sys   0% nic  98% idle   0% io   0% irq   0% sirq\n`);
  yield* print(call, '  PID  PPID USER     STAT   VSZ %VSZ CPU %CPU COMMAND\n');
  for (const { pid, command } of processLines(call)) {
    yield* print(call, `${String(pid).padStart(5)}     ${pid === 1 ? 0 : 1} root     S     4400   0%   0   0% `
      + `${command}\n`);
  }
  const once = options(call.args, ['n', 'd']).values.get('n') === '1' || !call.shell.world.context.tty;
  return once ? 0 : yield* call.shell.process.never();
}

function* findProcesses(call: ToolCall): Task<number> {
  const { set, rest } = options(call.args);
  const name = rest[rest.length - 1] ?? '';
  const found = processLines(call).filter(({ command, pid }) =>
    pid !== call.shell.process.pid && (set.has('f') ? command : command.split(' ')[0] ?? '').includes(name));
  if (call.name === 'pgrep') for (const { pid, command } of found) yield* print(call, set.has('a') || set.has('l')
    ? `${pid} ${command}\n` : `${pid}\n`);
  else {
    const signal = set.has('0') ? '0'
      : [...set].map((option) => signalName(option)).find((each) => each !== undefined) ?? 'TERM';
    for (const { pid } of found) yield* call.shell.dispatch(['kill', `-${signal}`, String(pid)]);
  }
  if (found.length > 0) return 0;
  return call.name === 'killall' ? yield* fail(call, isBusybox(call) ? `${name}: no process killed`
    : `${name}: no process found`) : 1;
}

function* unameText(call: ToolCall): Task<number> {
  const { set } = options(call.args);
  const host = call.shell.variable('HOSTNAME') ?? call.shell.world.context.pod.name;
  const parts: [string, string][] = [['s', 'Linux'], ['n', host], ['r', '6.8.0'], ['v', '#1 SMP (simulated)'],
    ['m', 'x86_64'], ['o', isBusybox(call) ? 'Linux' : 'GNU/Linux']];
  const wanted = set.has('a') ? parts : parts.filter(([letter]) => (set.size === 0 ? letter === 's' : set.has(letter)));
  yield* print(call, `${wanted.map(([, text]) => text).join(' ')}\n`);
  return 0;
}

function* free(call: ToolCall): Task<number> {
  const { set } = options(call.args);
  const divide = set.has('m') ? 1024 : set.has('g') ? 1024 * 1024 : 1;
  const cell = (kib: number): string => String(Math.floor(kib / divide)).padStart(12);
  yield* print(call, '              total        used        free      shared  buff/cache   available\n');
  yield* print(call, `Mem:   ${cell(memoryKib)}${cell(memoryKib / 4)}${cell(memoryKib / 2)}${cell(0)}`
    + `${cell(memoryKib / 4)}${cell(memoryKib * 3 / 4)}\n`);
  yield* print(call, `Swap:  ${cell(0)}${cell(0)}${cell(0)}\n`);
  return 0;
}

/** Runs a command in a process of its own and ends it when its time is over. */
function* timeout(call: ToolCall): Task<number> {
  const { shell } = call;
  let at = 0;
  let signal = 'TERM';
  for (; at < call.args.length && /^-./.test(call.args[at] as string); at += 1) {
    const arg = call.args[at] as string;
    if (arg === '-s' || arg === '-k' || arg === '-t') {
      at += arg === '-t' ? 0 : 1;
      if (arg === '-s') signal = signalName(call.args[at] ?? '') ?? signal;
      if (arg === '-t') continue;
    }
  }
  const ms = durationMs(call.args[at] ?? '');
  const words = call.args.slice(at + 1);
  if (ms === undefined || words.length === 0) {
    return yield* fail(call, `invalid time interval '${call.args[at] ?? ''}'`, 125);
  }
  const process = yield* shell.newProcess(words.join(' '));
  if (!process) return 125;
  let over = false;
  const timer = shell.world.host.after(ms, () => {
    over = true;
    process.signal(signal);
    process.signal('KILL');
  }, { background: !shell.world.context.startupWork && !shell.world.context.main });
  process.run(shell.fork(process, shell.io).dispatch(words, true));
  const status = yield* shell.process.join(process);
  timer.cancel();
  return over ? (isBusybox(call) ? 143 : 124) : status;
}

function* withArguments(call: ToolCall): Task<number> {
  const { shell } = call;
  let at = 0;
  let perCall = Infinity;
  let replace: string | undefined;
  let byLine = false;
  let nulls = false;
  let skipEmpty = false;
  for (; at < call.args.length && /^-./.test(call.args[at] as string); at += 1) {
    const arg = call.args[at] as string;
    const value = (): string => {
      if (arg.length > 2) return arg.slice(2);
      at += 1;
      return call.args[at] ?? '';
    };
    if (arg.startsWith('-n') || arg.startsWith('-L')) perCall = Math.max(1, Number(value()) || 1);
    else if (arg.startsWith('-I')) replace = value();
    else if (arg.startsWith('-P')) value();
    else if (arg === '-0') nulls = true;
    else if (arg === '-r') skipEmpty = true;
    else if (arg === '-d') byLine = value() === '\\n';
  }
  const words = call.args.slice(at);
  const command = words.length === 0 ? ['echo'] : words;
  const text = yield* readAll(shell);
  const items = nulls ? text.split('\0').filter((item) => item !== '')
    : replace !== undefined || byLine ? text.split('\n').filter((item) => item.trim() !== '').map((item) =>
      item.trimStart())
      : text.split(/\s+/).filter((item) => item !== '').map((item) => item.replace(/^(["'])(.*)\1$/, '$2'));
  if (items.length === 0 && (skipEmpty || replace !== undefined)) return 0;
  let status = 0;
  const size = replace !== undefined ? 1 : perCall === Infinity ? Math.max(1, items.length) : perCall;
  for (let from = 0; from < Math.max(1, items.length); from += size) {
    const group = items.slice(from, from + size);
    const mark = replace;
    const run = mark === undefined ? [...command, ...group]
      : command.map((word) => word.split(mark).join(group[0] ?? ''));
    yield* shell.world.work(shell.process, 10);
    if ((yield* shell.fork(shell.process, shell.io).dispatch(run)) !== 0) status = 123;
  }
  return status;
}

function* watch(call: ToolCall): Task<number> {
  const { shell } = call;
  const { values, rest } = options(call.args, ['n']);
  const seconds = Number(values.get('n') ?? 2) || 2;
  for (;;) {
    yield* print(call, `Every ${seconds.toFixed(1)}s: ${rest.join(' ')}\n\n`);
    yield* shell.fork(shell.process, shell.io).evaluate(rest.join(' '));
    yield* shell.world.pause(shell.process, seconds * 1000);
  }
}

function* runRest(call: ToolCall): Task<number> {
  let at = 0;
  while (at < call.args.length && /^-/.test(call.args[at] as string)) at += call.args[at] === '-n' ? 2 : 1;
  return at < call.args.length ? yield* call.shell.dispatch(call.args.slice(at)) : 0;
}

function line(text: (call: ToolCall) => string): (call: ToolCall) => Task<number> {
  return function* (call) {
    yield* print(call, `${text(call)}\n`);
    return 0;
  };
}

function* stress(call: ToolCall): Task<number> {
  return yield* runGuest(call.shell, stressProgram, [call.name, ...call.args], false);
}

export const systemTools: Tools = {
  stress, 'stress-ng': stress,
  sleep, date, hostname, env: environment, printenv: printEnvironment, id: identity, ps: processes, top,
  pgrep: findProcesses, pkill: findProcesses,
  killall: findProcesses, uname: unameText, free, timeout, xargs: withArguments, watch, nice: runRest, nohup: runRest,
  *usleep(call) {
    yield* call.shell.world.pause(call.shell.process, Number(call.args[0] ?? 0) / 1000 || 0);
    return 0;
  },
  whoami: line(({ shell }) => (shell.world.context.image.user ? String(shell.world.context.image.user) : 'root')),
  nproc: line(() => '2'),
  arch: line(() => 'x86_64'),
  clear: line(() => ''),
  uptime: line(({ shell }) => ` ${strftime('%H:%M:%S', shell.world.host.wallMs)} up `
    + `${Math.floor(shell.world.host.nowMs / 60_000)} min,  0 users,  load average: 0.10, 0.10, 0.10`),
  *tty(call) {
    yield* print(call, call.shell.world.context.tty ? '/dev/pts/0\n' : 'not a tty\n');
    return call.shell.world.context.tty ? 0 : 1;
  },
  *df(call) {
    yield* print(call, 'Filesystem           1K-blocks      Used Available Use% Mounted on\n');
    yield* print(call, 'overlay               61255492  18376648  39738848  32% /\ntmpfs                    65536     '
      + '    0     65536   0% /dev\n');
    return 0;
  },
  *which(call) {
    let status = 0;
    for (const name of call.args) if ((yield* call.shell.dispatch(['command', '-v', name])) !== 0) status = 1;
    return status;
  },
};
