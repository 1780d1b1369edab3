/**
 * Containers: created from an image and a configuration, started as a process of the machine, stopped with a grace. The
 * process is the program that the image catalog has behind the command. Models containerd's CRI container service.
 */
import type { ProcessHost } from '../../sim/process';
import { type Task, waitFor } from '../../sim/task';
import type { ContainerConfig, ContainerEventType, CriResult } from '../cri';
import { ContainerFileSystem } from '../filesystem';
import { parseImageReference } from '../image-reference';
import { type ContainerContext, unknownImage } from '../images';
import { type ContainerdOptions, done } from './containerd';
import { findExecutable } from './executables';
import { ContainerRecord } from './state';

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
    const sandbox = options.state.sandboxes.get(sandboxId);
    if (!sandbox?.ready) return { ok: false, code: 'NotFound', message: `failed to find sandbox id "${sandboxId}": not found` };
    const reference = parseImageReference(config.image);
    const name = typeof reference === 'string' ? config.image : reference.repository;
    const image = options.catalog.get(name) ?? unknownImage;
    if (config.command.length + config.args.length === 0 && !image.entrypoint?.length && !image.cmd?.length) {
      return { ok: false, code: 'Unknown', message: `failed to generate container "${host.random('containers').hex(64)}" spec: failed to generate spec: no command specified` };
    }
    yield* this.pass(createMs);
    const stored = options.state.images.find(config.image);
    const shown = stored?.repoTags[0] ?? config.image;
    const container = new ContainerRecord(host.random('containers').hex(64), sandbox, config, image, shown, host.wallMs);
    options.state.containers.set(container.id, container);
    this.tell('CONTAINER_CREATED_EVENT', container);
    return done<'CreateContainer'>({ containerId: container.id });
  }

  *startContainer(id: string): Task<CriResult<'StartContainer'>> {
    const { host, options } = this;
    const container = options.state.containers.get(id);
    if (!container) return notFound(id);
    yield* this.pass(startMs);
    const command = commandOf(container);
    const context = this.contextOf(container, command, false);
    const executable = findExecutable(container.image, command[0] ?? '', context);
    if (executable.kind === 'missing') {
      container.startedAt = 0;
      const why = 'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init';
      const message = `${why}: ${executable.message}`;
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
    const container = options.state.containers.get(id);
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
    const container = this.options.state.containers.get(id);
    if (!container) return done<'RemoveContainer'>({});
    if (container.state === 'CONTAINER_RUNNING') yield* this.stop(id, 0);
    this.options.state.containers.delete(id);
    return done<'RemoveContainer'>({});
  }

  status(id: string): CriResult<'ContainerStatus'> {
    const container = this.options.state.containers.get(id);
    return container ? done<'ContainerStatus'>({ status: container.status() }) : notFound(id);
  }

  logs(id: string, tailLines: number | undefined): CriResult<'ContainerLogs'> {
    const container = this.options.state.containers.get(id);
    return container ? done<'ContainerLogs'>({ lines: container.logs.tail(tailLines) }) : notFound(id);
  }

  /** Runs a command beside the container's own process and waits for its end. */
  *execSync(id: string, cmd: readonly string[], timeoutSeconds: number): Task<CriResult<'ExecSync'>> {
    const { host, options } = this;
    const container = options.state.containers.get(id);
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
      const message = `failed to exec in container: failed to start exec: OCI runtime exec failed: exec failed: unable to start container process: ${executable.message}`;
      return { ok: false, code: 'Unknown', message };
    }
    container.executed += 1;
    const processId = `${container.processId}#${container.executed}`;
    const exitCode = yield* waitFor<number>((resume) => {
      options.processes.spawn({
        id: processId, machine: options.machine, program: executable.create(context), address: container.sandbox.ip || undefined,
        onExit: resume,
      });
      if (timeoutSeconds > 0) host.after(timeoutSeconds * 1000, () => options.processes.kill(processId), { background: true });
    });
    return done<'ExecSync'>({ ...output, exitCode });
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
    const env: Record<string, string> = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOSTNAME: sandbox.config.hostname, ...image.env };
    for (const variable of config.env) env[variable.name] = variable.value;
    const mounts = config.mounts.map(({ containerPath, hostPath, readOnly }) =>
      ({ containerPath, tree: options.files, sourcePath: hostPath, readOnly }));
    const files = new ContainerFileSystem(container.files, mounts, config.readOnlyRootFilesystem);
    return {
      command, env, image, files,
      workingDir: config.workingDir ?? image.workingDir ?? '/',
      pod: { namespace, name, uid, annotations: sandbox.config.annotations, hostNetwork: sandbox.config.hostNetwork, ip: sandbox.ip },
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

function notFound(id: string) {
  return { ok: false, code: 'NotFound', message: `an error occurred when try to find container "${id}": not found` } as const;
}

