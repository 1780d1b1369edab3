/**
 * Commands that are executed in a running container beside its own process: until they end (ExecSync, for probes and
 * hooks) or with streams to a client (Exec). Each is a process of the machine in the container's namespaces. Models
 * containerd's container_execsync.go and container_exec.go.
 */
import type { ProcessHost, Program } from '../../sim/process';
import { type Task, waitFor } from '../../sim/task';
import type { CriResult } from '../cri';
import { baseName } from '../filesystem';
import type { ContainerdOptions } from './containerd';
import { ContainerIo, type IoOptions, type OutputStream } from './container-io';
import { type ContainerService, notFound } from './containers';
import { findExecutable, notThere } from './executables';
import { done } from './result';
import type { ContainerRecord } from './state';

/** What ExecSync keeps of an output, in characters (containerd: 16 MiB in all). */
const outputLimit = 4_000_000;

/** A command that runs, or why it does not. */
export type Execution =
  | { readonly ok: true; readonly io: ContainerIo; readonly processId: string; readonly exit: Task<number> }
  | { readonly ok: false; readonly message: string };

export class ExecutionService {
  constructor(
    private readonly host: ProcessHost,
    private readonly options: ContainerdOptions,
    private readonly containers: ContainerService,
  ) {}

  /** Runs a command and waits for its end; a timeout of 0 seconds means none. */
  *execSync(id: string, cmd: readonly string[], timeoutSeconds: number): Task<CriResult<'ExecSync'>> {
    const { host, options } = this;
    const container = options.state.container(id);
    if (container?.state !== 'CONTAINER_RUNNING') return notFound(id);
    const output = { stdout: '', stderr: '' };
    const started = this.start(container, cmd, { stdin: false, stdinOnce: false, tty: false }, (stream, text) => {
      if (output[stream].length < outputLimit) output[stream] += text;
    });
    if (!started.ok) return { ok: false, code: 'Unknown', message: started.message };
    let timedOut = false;
    const timer = timeoutSeconds > 0
      ? host.after(timeoutSeconds * 1000, () => {
        timedOut = true;
        options.processes.kill(started.processId);
      }, { background: true })
      : undefined;
    const exitCode = yield* started.exit;
    timer?.cancel();
    if (!timedOut) return done<'ExecSync'>({ ...output, exitCode });
    const message = `failed to exec in container: timeout ${timeoutSeconds}s exceeded: context deadline exceeded`;
    return { ok: false, code: 'DeadlineExceeded', message };
  }

  /**
   * Starts a command; `sink` takes its output. It begins to run when somebody waits for its exit. `watched`: a person
   * or a program at the other end of the streams waits for what it says.
   */
  start(
    container: ContainerRecord, cmd: readonly string[], streams: IoOptions,
    sink: (stream: OutputStream, text: string) => void, watched = false,
  ): Execution {
    const io = new ContainerIo(streams, sink);
    const context = this.containers.contextOf(container, cmd, io);
    const [command = ''] = cmd;
    const executable = findExecutable(container.image, command, context);
    // Whoever looks on would wait for ever for a program of which nothing but its name is known.
    const guess = watched && executable.kind === 'found' && executable.assumed;
    if (executable.kind === 'missing' || guess) {
      const id = this.host.random('execs').hex(64);
      const message =
        `failed to exec in container: failed to start exec "${id}": OCI runtime exec failed: exec failed: ` +
        `unable to start container process: ${notThere(command)}`;
      return { ok: false, message };
    }
    container.executed += 1;
    // A tool that is executed beside a component is called like one of its node.
    const { component } = container.image;
    const processId = component === undefined || baseName(command) === component
      ? `${container.processId}#${container.executed}`
      : `${baseName(command)}.${component}#${container.executed}@${this.options.machine}`;
    return { ok: true, io, processId, exit: this.run(container, processId, executable.create(context)) };
  }

  private *run(container: ContainerRecord, id: string, program: Program): Task<number> {
    const { options } = this;
    container.executing.add(id);
    return yield* waitFor<number>((resume) => {
      options.processes.spawn({
        id, machine: options.machine, program, address: container.sandbox.ip || undefined,
        onExit: (code) => {
          container.executing.delete(id);
          resume(code);
        },
      });
    });
  }
}
