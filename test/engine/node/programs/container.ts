/** One container without a runtime: a program of the catalog, run in a real simulation with its own files. */
import { ContainerFileSystem, FileTree, type Mount } from '../../../../src/node/filesystem';
import { MachineNetwork } from '../../../../src/node/host-network';
import { type ContainerContext, type ImageDescription, type StandardInput, unknownImage } from '../../../../src/node/images';
import { commonImages } from '../../../../src/node/programs/catalog';
import { findExecutable } from '../../../../src/node/runtime/executables';
import type { Program } from '../../../../src/sim/process';
import { Simulation } from '../../../../src/sim/simulation';

export interface Setup {
  /** Repository without its registry and `library/`: `busybox`. */
  readonly image?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
  readonly mounts?: readonly Mount[];
  readonly readOnly?: boolean;
  readonly init?: boolean;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly memoryLimit?: number;
  readonly name?: string;
  readonly ip?: string;
  /** Beside a main process, as `kubectl exec` runs it. */
  readonly beside?: ContainerContext['main'];
  readonly tree?: FileTree;
  readonly tty?: boolean;
  /** What feeds standard input. */
  readonly stdin?: StandardInput;
}

/** A simulation with one node; the wall clock begins at 2026-01-01T00:00:00Z. */
export function newSimulation(): Simulation {
  const sim = new Simulation(1, 1_767_225_600_000);
  sim.network.addMachine('node', '172.18.0.2');
  return sim;
}

/** An image of the catalog, or one of which nothing is known. */
export function imageNamed(name: string): ImageDescription {
  return commonImages[`docker.io/library/${name}`] ?? commonImages[`docker.io/${name}`] ?? commonImages[
    name] ?? unknownImage;
}

/** A container that has been started. */
export class TestContainer {
  readonly out: string[] = [];
  readonly err: string[] = [];
  /** Both streams in order. */
  readonly log: string[] = [];
  readonly context: ContainerContext;
  readonly tree: FileTree;
  exitCode: number | undefined;
  endedAtMs = -1;
  oomKilled = false;
  memory = 0;
  cpuMs = 0;
  cores = 0;
  /** Everything that was written, as it came. */
  text = '';
  readonly id: string;
  private readonly startedAtMs: number;

  constructor(readonly sim: Simulation, command: readonly string[], setup: Setup = {}) {
    const image = imageNamed(setup.image ?? 'busybox');
    const name = setup.name ?? 'pod';
    this.id = `default/${name}/main@node`;
    this.startedAtMs = sim.nowMs;
    this.tree = setup.tree ?? new FileTree({ ...image.files, ...setup.files });
    const ip = setup.ip ?? '10.244.1.5';
    sim.network.addAddress(ip, 'node');
    const full = command.length > 0 ? command : [...image.entrypoint ?? [], ...image.cmd ?? []];
    this.context = {
      command: full, image, workingDir: image.workingDir ?? '/', name: 'main', attempt: 0, machine: 'node',
      env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOSTNAME: name, ...image.env,
        ...setup.env },
      pod: { namespace: 'default', name, uid: 'u', annotations: setup.annotations ?? {}, hostNetwork: false, ip },
      startupWork: setup.init ?? false, tty: setup.tty ?? false,
      network: new MachineNetwork(sim.network, 'node', '172.18.0.2'),
      files: new ContainerFileSystem(this.tree, setup.mounts ?? [], setup.readOnly ?? false),
      installed: new Set(),
      ...(setup.beside ? { main: setup.beside } : {}),
      ...(setup.stdin || setup.tty ? { stdin: setup.stdin ?? { listen: () => undefined } } : {}),
      print: (stream, text) => this.write(stream, `${text}\n`),
      write: (stream, text) => this.write(stream, text),
      spendCpu: (ms) => {
        this.cpuMs += ms;
      },
      loadCpu: (cores) => {
        this.cores = cores;
      },
      useMemory: (bytes) => {
        this.memory = Math.max(this.memory, bytes);
        if (setup.memoryLimit === undefined || bytes <= setup.memoryLimit || this.oomKilled) return;
        this.oomKilled = true;
        sim.kill(this.id);
      },
    };
    const executable = findExecutable(image, full[0] ?? '', this.context);
    if (executable.kind === 'missing') throw new Error(executable.message);
    const program: Program = executable.create(this.context);
    sim.spawn({
      id: this.id, machine: 'node', address: ip, program,
      onExit: (code) => {
        for (const stream of ['stdout', 'stderr'] as const) if (this.rest[stream] !== '') this.write(stream, '\n');
        this.exitCode = code;
        this.endedAtMs = sim.nowMs;
      },
    });
  }

  private readonly rest = { stdout: '', stderr: '' };

  private write(stream: 'stdout' | 'stderr', text: string): void {
    this.text += text;
    const lines = (this.rest[stream] + text).split('\n');
    this.rest[stream] = lines.pop() ?? '';
    this[stream === 'stdout' ? 'out' : 'err'].push(...lines);
    this.log.push(...lines);
  }

  get running(): boolean {
    return this.exitCode === undefined;
  }

  /** Virtual time from start to end. */
  get tookMs(): number {
    return this.endedAtMs - this.startedAtMs;
  }

  /** Lets time pass until it has ended, at most so long. */
  finish(limitMs = 3_600_000): this {
    this.sim.runUntilTrue(() => !this.running, limitMs);
    return this;
  }
}

/** Runs a script in an image's `sh` until it ends. */
export function sh(
  script: string, setup: Setup & { readonly shell?: string; readonly limitMs?: number } = {},
): TestContainer {
  return new TestContainer(newSimulation(), [setup.shell ?? 'sh', '-c', script], setup).finish(setup.limitMs);
}
