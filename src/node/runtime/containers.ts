/**
 * Containers: created from an image and a configuration, started as a process of the machine, stopped with a grace. The
 * process is the program that the image catalog has behind the command. Models containerd's CRI container service.
 */
import type { ProcessHost, Program } from '../../sim/process';
import { type Task, waitFor } from '../../sim/task';
import type { ContainerConfig, ContainerEventType, CriResult } from '../cri';
import { ContainerFileSystem } from '../filesystem';
import { parseImageReference } from '../image-reference';
import { type ContainerContext, unknownImage } from '../images';
import type { ContainerdOptions } from './containerd';
import { findExecutable } from './executables';
import { done } from './result';
import { sandboxMounts } from './sandbox-files';
import { ContainerRecord } from './state';

const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
/** What containerd, its shim and runc put before the reason why a process could not be started. */
const startFailure = 'failed to create containerd task: failed to create shim task: OCI runtime create failed: '
  + 'runc create failed: unable to start container process: error during container init';

/** How long runc takes to create and start a container. */
const startMs = 100;
const createMs = 40;

export class ContainerService {
  constructor(
    private readonly host: ProcessHost,
    private readonly options: ContainerdOptions,
    private readonly tell: (type: ContainerEventType, container: ContainerRecord) => void,
  ) {}

  *create(sandboxId: string, config: ContainerConfig): Task<CriResult<'CreateContainer'>> {
    const { host, options } = this;
    const sandbox = options.state.sandbox(sandboxId);
    if (!sandbox?.ready) return sandboxGone(sandboxId);
    const reference = parseImageReference(config.image);
    const name = typeof reference === 'string' ? config.image : reference.repository;
    const image = options.catalog.get(name) ?? unknownImage;
    if (config.command.length + config.args.length === 0 && !image.entrypoint?.length && !image.cmd?.length) {
      const id = host.random('containers').hex(64);
      const message = `failed to generate container "${id}" spec: failed to generate spec: no command specified`;
      return { ok: false, code: 'Unknown', message };
    }
    yield* this.pass(createMs);
    if (!sandbox.ready) return sandboxGone(sandboxId);
    const stored = options.state.images.find(config.image);
    const shown = stored?.repoTags[0] ?? config.image;
    const id = host.random('containers').hex(64);
    const container = new ContainerRecord(id, sandbox, config, image, shown, host.wallMs);
    options.state.addContainer(container);
    this.tell('CONTAINER_CREATED_EVENT', container);
    return done<'CreateContainer'>({ containerId: container.id });
  }

  *startContainer(id: string): Task<CriResult<'StartContainer'>> {
    const { host, options } = this;
    const container = options.state.container(id);
    if (!container) return notFound(id);
    yield* this.pass(startMs);
    // Meanwhile the pod may have been stopped or removed.
    if (!container.sandbox.ready) return sandboxGone(container.sandbox.id);
    const command = commandOf(container);
    const context = this.contextOf(container, command, false);
    const executable = findExecutable(container.image, command[0] ?? '', context);
    if (executable.kind === 'missing') {
      const message = `${startFailure}: ${executable.message}`;
      this.ended(container, 128, 'StartError', message);
      return { ok: false, code: 'Unknown', message };
    }
    container.state = 'CONTAINER_RUNNING';
    container.startedAt = host.wallMs;
    container.processId = this.processId(container);
    if (options.processes.isRunning(container.processId)) options.processes.kill(container.processId);
    options.processes.spawn({
      id: container.processId,
      machine: options.machine,
      program: executable.create(context),
      address: container.sandbox.ip || undefined,
      onExit: (code) => this.exited(container, code),
    });
    this.tell('CONTAINER_STARTED_EVENT', container);
    return done<'StartContainer'>({});
  }

  *stop(id: string, timeoutSeconds: number): Task<CriResult<'StopContainer'>> {
    const { host, options } = this;
    const container = options.state.container(id);
    if (!container) return notFound(id);
    if (container.state !== 'CONTAINER_RUNNING') return done<'StopContainer'>({});
    yield* waitFor<void>((resume) => {
      const kill = host.after(timeoutSeconds * 1000, () => options.processes.kill(container.processId));
      container.exitListeners.push(() => {
        kill.cancel();
        resume();
      });
      if (timeoutSeconds > 0) host.after(0, () => options.processes.terminate(container.processId));
    });
    return done<'StopContainer'>({});
  }

  *remove(id: string): Task<CriResult<'RemoveContainer'>> {
    const container = this.options.state.container(id);
    if (!container) return done<'RemoveContainer'>({});
    if (container.state === 'CONTAINER_RUNNING') yield* this.stop(id, 0);
    this.options.state.removeContainer(container);
    return done<'RemoveContainer'>({});
  }

  status(id: string): CriResult<'ContainerStatus'> {
    const container = this.options.state.container(id);
    return container ? done<'ContainerStatus'>({ status: container.status() }) : notFound(id);
  }

  logs(id: string, tailLines: number | undefined): CriResult<'ContainerLogs'> {
    const container = this.options.state.container(id);
    return container ? done<'ContainerLogs'>({ lines: container.logs.tail(tailLines) }) : notFound(id);
  }

  /** Runs a command beside the container's own process and waits for its end. */
  *execSync(id: string, cmd: readonly string[], timeoutSeconds: number): Task<CriResult<'ExecSync'>> {
    const { options } = this;
    const container = options.state.container(id);
    if (container?.state !== 'CONTAINER_RUNNING') return notFound(id);
    const output = { stdout: '', stderr: '' };
    const context: ContainerContext = {
      ...this.contextOf(container, cmd, true),
      print: (stream, text) => {
        output[stream] += `${text}\n`;
      },
    };
    const executable = findExecutable(container.image, cmd[0] ?? '', context);
    if (executable.kind === 'missing') {
      const message = 'failed to exec in container: failed to start exec: OCI runtime exec failed: exec failed: '
        + `unable to start container process: ${executable.message}`;
      return { ok: false, code: 'Unknown', message };
    }
    const exitCode = yield* this.runBeside(container, executable.create(context), timeoutSeconds);
    if (exitCode === undefined) {
      const message = `failed to exec in container: timeout ${timeoutSeconds}s exceeded: context deadline exceeded`;
      return { ok: false, code: 'DeadlineExceeded', message };
    }
    return done<'ExecSync'>({ ...output, exitCode });
  }

  /** The exit code, or undefined when the time was over first. */
  private *runBeside(container: ContainerRecord, program: Program, timeoutSeconds: number): Task<number | undefined> {
    const { host, options } = this;
    container.executed += 1;
    const id = `${container.processId}#${container.executed}`;
    container.executing.add(id);
    let timedOut = false;
    const exitCode = yield* waitFor<number>((resume) => {
      const timer = timeoutSeconds > 0
        ? host.after(timeoutSeconds * 1000, () => {
          timedOut = true;
          options.processes.kill(id);
        }, { background: true })
        : undefined;
      options.processes.spawn({
        id, machine: options.machine, program, address: container.sandbox.ip || undefined,
        onExit: (code) => {
          timer?.cancel();
          container.executing.delete(id);
          resume(code);
        },
      });
    });
    return timedOut ? undefined : exitCode;
  }

  private processId({ image, sandbox, config }: ContainerRecord): string {
    const { machine } = this.options;
    if (image.component) return `${image.component}@${machine}`;
    const { namespace, name } = sandbox.config.metadata;
    return `${namespace}/${name}/${config.name}@${machine}`;
  }

  private contextOf(container: ContainerRecord, command: readonly string[], beside: boolean): ContainerContext {
    const { config, sandbox, image } = container;
    const { host, options } = this;
    const { namespace, name, uid } = sandbox.config.metadata;
    const env: Record<string, string> = { PATH: defaultPath, HOSTNAME: sandbox.config.hostname, ...image.env };
    for (const variable of config.env) env[variable.name] = variable.value;
    const mounts = [...sandboxMounts(sandbox.id), ...config.mounts].map(({ containerPath, hostPath, readOnly }) =>
      ({ containerPath, tree: options.files, sourcePath: hostPath, readOnly }));
    const files = new ContainerFileSystem(container.files, mounts, config.readOnlyRootFilesystem);
    return {
      command, env, image, files,
      workingDir: config.workingDir ?? image.workingDir ?? '/',
      pod: {
        namespace, name, uid, ip: sandbox.ip,
        annotations: sandbox.config.annotations, hostNetwork: sandbox.config.hostNetwork,
      },
      name: config.name,
      attempt: config.attempt,
      startupWork: config.startupWork,
      tty: config.tty,
      machine: options.machine,
      network: options.network,
      ...(beside ? {
        main: {
          name: config.name,
          alive: () => container.state === 'CONTAINER_RUNNING',
          terminate: () => options.processes.terminate(container.processId),
        },
      } : {}),
      installed: container.installed,
      print: (stream, text) => container.logs.append(host.wallMs, stream, text),
      useMemory: (bytes) => {
        if (config.memoryLimit === undefined || bytes <= config.memoryLimit) return;
        container.oomKilled = true;
        options.processes.kill(container.processId);
      },
    };
  }

  private exited(container: ContainerRecord, code: number): void {
    if (container.state !== 'CONTAINER_RUNNING') return;
    const reason = container.oomKilled ? 'OOMKilled' : code === 0 ? 'Completed' : 'Error';
    this.ended(container, code, reason, '');
  }

  private ended(container: ContainerRecord, code: number, reason: string, message: string): void {
    container.state = 'CONTAINER_EXITED';
    container.exitCode = code;
    container.finishedAt = this.host.wallMs;
    container.reason = reason;
    container.message = message;
    // What was executed beside it shares its namespaces and dies with it.
    for (const id of [...container.executing]) this.options.processes.kill(id);
    this.options.state.onContainerExit?.(container);
    for (const listener of container.exitListeners.splice(0)) listener();
  }

  private *pass(ms: number): Task {
    yield* waitFor<void>((resume) => this.host.after(ms, () => resume()));
  }
}

function commandOf({ config, image }: ContainerRecord): string[] {
  const { command, args } = config;
  if (command.length > 0) return [...command, ...args];
  return [...(image.entrypoint ?? []), ...(args.length > 0 ? args : image.cmd ?? [])];
}

function sandboxGone(id: string) {
  return { ok: false, code: 'NotFound', message: `failed to find sandbox id "${id}": not found` } as const;
}

function notFound(id: string) {
  const message = `an error occurred when try to find container "${id}": not found`;
  return { ok: false, code: 'NotFound', message } as const;
}

