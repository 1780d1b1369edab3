/**
 * Containers: created from an image and a configuration, started as a process of the machine, stopped with a grace. The
 * process is the program that the image catalog has behind the command. Models containerd's CRI container service.
 */
import type { ProcessHost } from '../../sim/process';
import { type Task, waitFor } from '../../sim/task';
import type { ContainerConfig, ContainerEventType, CriResult, LinuxContainerResources } from '../cri';
import { ContainerFileSystem } from '../filesystem';
import { parseImageReference } from '../image-reference';
import { type ContainerContext, unknownImage } from '../images';
import type { ContainerdOptions } from './containerd';
import type { ContainerIo } from './container-io';
import { findExecutable } from './executables';
import { done } from './result';
import { sandboxMounts } from './sandbox-files';
import { ContainerRecord } from './state';
import { ContainerUsage, systemUsage } from './usage';

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
    const { seccompProfile } = config;
    if (seccompProfile !== undefined && options.files.read(seccompProfile) === undefined) {
      const why = `open ${seccompProfile}: no such file or directory`;
      const message = `failed to create containerd container: cannot load seccomp profile "${seccompProfile}": ${why}`;
      return { ok: false, code: 'Unknown', message };
    }
    const stored = options.state.images.find(config.image);
    const shown = stored?.repoTags[0] ?? config.image;
    const id = host.random('containers').hex(64);
    const container = new ContainerRecord(
      id, sandbox, config, image, shown, host.wallMs, options.files, () => host.wallMs);
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
    const context = this.contextOf(container, command);
    const executable = findExecutable(container.image, command[0] ?? '', context);
    if (executable.kind === 'missing') {
      const message = `${startFailure}: ${executable.message}`;
      this.ended(container, 128, 'StartError', message);
      return { ok: false, code: 'Unknown', message };
    }
    container.state = 'CONTAINER_RUNNING';
    container.startedAt = host.wallMs;
    container.usage = new ContainerUsage(container.image, host.nowMs, container.resources.cpuMillis);
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
    container.log.remove();
    this.options.state.removeContainer(container);
    return done<'RemoveContainer'>({});
  }

  status(id: string): CriResult<'ContainerStatus'> {
    const container = this.options.state.container(id);
    return container ? done<'ContainerStatus'>({ status: container.status() }) : notFound(id);
  }

  /** Gives a container other limits while it runs. */
  updateResources(id: string, linux: LinuxContainerResources): CriResult<'UpdateContainerResources'> {
    const container = this.options.state.container(id);
    if (!container) return notFound(id);
    container.resources = linux;
    container.usage?.limit(linux.cpuMillis, this.host.nowMs);
    return done<'UpdateContainerResources'>({});
  }

  stats(): CriResult<'ListContainerStats'> {
    const { host, options } = this;
    const stats = options.state.allContainers().flatMap((container) => {
      const { id, sandbox, config, usage, startedAt, state } = container;
      if (state !== 'CONTAINER_RUNNING' || !usage) return [];
      return [{
        id, podSandboxId: sandbox.id, name: config.name, labels: config.labels, atMs: host.wallMs,
        startedAtMs: startedAt, cpuMs: usage.cpuMs(host.nowMs), memoryBytes: usage.memoryBytes,
        writableLayerBytes: container.writableLayerBytes, logPath: container.status().logPath,
      }];
    });
    const own = systemUsage(host.nowMs);
    const machine = stats.reduce((sum, { cpuMs, memoryBytes }) =>
      ({ cpuMs: sum.cpuMs + cpuMs, memoryBytes: sum.memoryBytes + memoryBytes }),
    { cpuMs: own.cpuMs + options.state.endedCpuMs, memoryBytes: own.memoryBytes });
    return done<'ListContainerStats'>({ stats, machine });
  }

  private processId({ image, sandbox, config }: ContainerRecord): string {
    const { machine } = this.options;
    if (image.component) return `${image.component}@${machine}`;
    const { namespace, name } = sandbox.config.metadata;
    return `${namespace}/${name}/${config.name}@${machine}`;
  }

  /** What a program finds in the container; one that is executed beside the container's own has streams of its own. */
  contextOf(container: ContainerRecord, command: readonly string[], beside?: ContainerIo): ContainerContext {
    const { config, sandbox, image } = container;
    const { options, host } = this;
    const { namespace, name, uid } = sandbox.config.metadata;
    const env: Record<string, string> = { PATH: defaultPath, HOSTNAME: sandbox.config.hostname, ...image.env };
    for (const variable of config.env) env[variable.name] = variable.value;
    const mounts = [...sandboxMounts(sandbox.id), ...config.mounts].map(({ containerPath, hostPath, readOnly }) =>
      ({ containerPath, tree: options.files, sourcePath: hostPath, readOnly }));
    const io = beside ?? container.io;
    return {
      command, env, image,
      files: new ContainerFileSystem(container.files, mounts, config.readOnlyRootFilesystem),
      workingDir: config.workingDir ?? image.workingDir ?? '/',
      pod: {
        namespace, name, uid, ip: sandbox.ip,
        annotations: sandbox.config.annotations, hostNetwork: sandbox.config.hostNetwork,
      },
      name: config.name,
      attempt: config.attempt,
      startupWork: config.startupWork,
      tty: beside ? beside.tty : config.tty,
      machine: options.machine,
      network: options.network,
      ...(beside ? {
        main: {
          name: commandOf(container).join(' '),
          alive: () => container.state === 'CONTAINER_RUNNING',
          terminate: () => options.processes.terminate(container.processId),
        },
      } : {}),
      ...(io.stdin ? { stdin: io.stdin } : {}),
      installed: container.installed,
      print: (stream, text) => io.write(stream, `${text}\n`),
      write: (stream, text) => io.write(stream, text),
      useMemory: (bytes) => {
        if (container.usage) container.usage.memoryBytes = bytes;
        const { memoryLimit } = container.resources;
        if (memoryLimit === undefined || bytes <= memoryLimit) return;
        container.oomKilled = true;
        options.processes.kill(container.processId);
      },
      spendCpu: (ms) => container.usage?.spend(ms),
      loadCpu: (cores) => container.usage?.load(cores, host.nowMs),
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
    this.options.state.endedCpuMs += container.usage?.cpuMs(this.host.nowMs) ?? 0;
    container.log.close(this.host.wallMs);
    container.io.close();
    // What was executed beside it shares its namespaces and dies with it.
    for (const id of [...container.executing]) this.options.processes.kill(id);
    this.options.state.onContainerExit?.(container);
    for (const listener of container.exitListeners.splice(0)) listener();
  }

  private *pass(ms: number): Task {
    yield* waitFor<void>((resume) => this.host.after(ms, () => resume()));
  }
}

/** The command line of a container, as pod and image give it. */
export function commandOf({ config, image }: ContainerRecord): string[] {
  const { command, args } = config;
  if (command.length > 0) return [...command, ...args];
  return [...(image.entrypoint ?? []), ...(args.length > 0 ? args : image.cmd ?? [])];
}

function sandboxGone(id: string) {
  return { ok: false, code: 'NotFound', message: `failed to find sandbox id "${id}": not found` } as const;
}

/** CRI's answer to the id of a container that it does not have. */
export function notFound(id: string) {
  const message = `an error occurred when try to find container "${id}": not found`;
  return { ok: false, code: 'NotFound', message } as const;
}

