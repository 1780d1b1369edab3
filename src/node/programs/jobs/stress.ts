/**
 * stress and stress-ng (polinux/stress, progrium/stress) and vish/stress: programs that use as much memory or processor
 * time as they are told. Memory counts against the container's limit, processor time in its usage.
 */
import type { ProcessHost, Program } from '../../../sim/process';
import type { ContainerContext } from '../../images';
import { quantityValue } from '../../../api/quantity';

const bytesPerMs = 500_000;
const suffixes: Readonly<Record<string, number>> = { '': 1, B: 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3 };
const seconds: Readonly<Record<string, number>> = { '': 1, S: 1, M: 60, H: 3600, D: 86_400 };

interface Load {
  readonly cpu: number;
  readonly io: number;
  readonly vm: number;
  readonly hdd: number;
  readonly bytes: number;
  readonly timeoutMs?: number;
}

/** The program behind `stress`. */
export function stressProgram(context: ContainerContext): Program {
  const load = readLoad(context.command.slice(1));
  return {
    start: (host) => (typeof load === 'string' ? refuse(host, context, load) : run(host, context, load)),
  };
}

function refuse(host: ProcessHost, context: ContainerContext, message: string): void {
  context.print('stderr', message);
  host.exit(1);
}

function run(host: ProcessHost, context: ContainerContext, load: Load): void {
  const { cpu, io, vm, hdd, bytes, timeoutMs } = load;
  if (cpu + io + vm + hdd === 0) {
    context.print('stdout', "`stress' imposes certain types of compute stress on your system");
    return host.exit(0);
  }
  context.print('stdout', `stress: info: [1] dispatching hogs: ${cpu} cpu, ${io} io, ${vm} vm, ${hdd} hdd`);
  context.loadCpu(cpu + io + vm);
  const total = vm * bytes;
  if (total > 0) host.after(Math.min(5_000, 20 + total / bytesPerMs), () => context.useMemory(total));
  if (timeoutMs === undefined) return;
  host.after(timeoutMs, () => {
    context.loadCpu(0);
    context.print('stdout', `stress: info: [1] successful run completed in ${Math.round(timeoutMs / 1000)}s`);
    host.exit(0);
  }, context.startupWork ? {} : { background: true });
}

const counts = new Map([
  ['-c', 'cpu'], ['--cpu', 'cpu'], ['-i', 'io'], ['--io', 'io'], ['-m', 'vm'], ['--vm', 'vm'], ['-d', 'hdd'],
  ['--hdd', 'hdd'],
] as const) as ReadonlyMap<string, 'cpu' | 'io' | 'vm' | 'hdd'>;
const ignored = new Set(['--vm-hang', '--vm-stride', '--hdd-bytes', '--backoff', '--cpu-load', '--cpu-method',
  '--vm-method', '-b', '-l']);

function readLoad(args: readonly string[]): Load | string {
  const load = { cpu: 0, io: 0, vm: 0, hdd: 0, bytes: 256 * 1024 ** 2 };
  let timeoutMs: number | undefined;
  for (let at = 0; at < args.length; at += 1) {
    const [name = '', assigned] = (args[at] as string).split('=');
    const value = (): string => {
      if (assigned !== undefined) return assigned;
      at += 1;
      return args[at] ?? '';
    };
    const kind = counts.get(name);
    if (kind) load[kind] = Number(value()) || 0;
    else if (name === '--vm-bytes') {
      const bytes = withSuffix(value(), suffixes);
      if (bytes === undefined) return `stress: FAIL: [1] invalid number: ${args[at] ?? ''}`;
      load.bytes = bytes;
    } else if (name === '-t' || name === '--timeout') timeoutMs = (withSuffix(value(), seconds) ?? 0) * 1000;
    else if (ignored.has(name)) value();
    else if (!/^(-v|-q|--verbose|--quiet|--vm-keep|--vm-noclean|--metrics.*|--verify|-n|--dry-run)$/.test(name)) {
      return `stress: FAIL: [1] unrecognized option: ${name}`;
    }
  }
  return { ...load, ...(timeoutMs === undefined ? {} : { timeoutMs }) };
}

function withSuffix(text: string, units: Readonly<Record<string, number>>): number | undefined {
  const parts = /^(\d+)([a-z]?)/i.exec(text);
  const unit = units[(parts?.[2] ?? '').toUpperCase()];
  return parts && unit !== undefined ? Number(parts[1]) * unit : undefined;
}

/** The program of vish/stress: `-cpus 2 -mem-total 150Mi`; it grows step by step and stays. */
export function vishStressProgram(context: ContainerContext): Program {
  const value = (name: string): string | undefined => {
    const at = context.command.findIndex((word) => word === `-${name}` || word === `--${name}`);
    return at < 0 ? undefined : context.command[at + 1];
  };
  return {
    start: (host) => {
      const total = quantityOf(value('mem-total'));
      const step = quantityOf(value('mem-alloc-size')) || total;
      const cpus = value('cpus');
      context.print('stderr', `Allocating "${value('mem-total') ?? '0'}" memory, in "`
        + `${value('mem-alloc-size') ?? '4Ki'}" chunks, with a ${value('mem-alloc-sleep') ?? '1ms'} sleep between `
        + `allocations`);
      const threads = Math.min(64, Number(cpus ?? 0) || 0);
      for (let cpu = 0; cpu < threads; cpu += 1) context.print('stderr', 'Spawning a thread to consume CPU');
      context.loadCpu(threads);
      if (total > 0) {
        host.after(Math.min(60_000, 10 * Math.ceil(total / Math.max(1, step))), () => context.useMemory(total));
      }
    },
  };
}

function quantityOf(text: string | undefined): number {
  return text !== undefined && /^[\d.]+[A-Za-z]*$/.test(text) ? quantityValue(text) : 0;
}
