/**
 * Pod sandboxes: a pause process, a network namespace from CNI unless the pod is on the host's, and the files that all
 * containers of the pod share (/etc/resolv.conf, /etc/hostname). Models containerd's CRI sandbox service.
 */
import type { ProcessHost, Program } from '../../sim/process';
import type { Task } from '../../sim/task';
import { executeCni } from '../cni';
import type { CriResult, PodSandboxConfig } from '../cri';
import type { ContainerdOptions } from './containerd';
import type { ContainerService } from './containers';
import { done } from './result';
import { removeSandboxFiles, writeSandboxFiles } from './sandbox-files';
import { SandboxRecord } from './state';

const pause: Program = { start: () => undefined };
/** The process that holds a sandbox, named as no container can be: a container may well be called `pause`. */
const sandboxProcess = 'POD';

export class SandboxService {
  constructor(
    private readonly host: ProcessHost,
    private readonly options: ContainerdOptions,
    private readonly containers: ContainerService,
    private readonly tell: (sandbox: SandboxRecord) => void,
  ) {}

  *run(config: PodSandboxConfig): Task<CriResult<'RunPodSandbox'>> {
    const { host, options } = this;
    const id = host.random('sandboxes').hex(64);
    const { namespace, name } = config.metadata;
    const sandbox = new SandboxRecord(
      id,
      config,
      host.wallMs,
      `${namespace}/${name}/${sandboxProcess}@${options.machine}`,
    );
    if (config.hostNetwork) sandbox.ip = options.network.address;
    else {
      const request = { command: 'ADD', containerId: id, portMappings: config.portMappings } as const;
      const result = yield* executeCni(host, request, namespace, name);
      if (!result.ok) {
        const message = `failed to setup network for sandbox "${id}": ${result.message}`;
        return { ok: false, code: 'Unknown', message };
      }
      sandbox.ip = result.ip;
    }
    options.state.addSandbox(sandbox);
    writeSandboxFiles(options.files, id, config);
    this.startPause(sandbox);
    this.tell(sandbox);
    return done<'RunPodSandbox'>({ podSandboxId: id });
  }

  *stop(id: string): Task<CriResult<'StopPodSandbox'>> {
    const { host, options } = this;
    const sandbox = options.state.sandbox(id);
    if (!sandbox) return done<'StopPodSandbox'>({});
    for (const container of [...sandbox.containers]) {
      if (container.state === 'CONTAINER_RUNNING') yield* this.containers.stop(container.id, 0);
    }
    if (sandbox.ready) {
      sandbox.ready = false;
      options.processes.kill(sandbox.processId);
    }
    if (!sandbox.config.hostNetwork && sandbox.ip !== '') {
      const { namespace, name } = sandbox.config.metadata;
      yield* executeCni(host, { command: 'DEL', containerId: id, portMappings: [] }, namespace, name);
      sandbox.ip = '';
    }
    this.tell(sandbox);
    return done<'StopPodSandbox'>({});
  }

  *remove(id: string): Task<CriResult<'RemovePodSandbox'>> {
    const { state, files } = this.options;
    const sandbox = state.sandbox(id);
    if (!sandbox) return done<'RemovePodSandbox'>({});
    if (sandbox.ready || sandbox.ip !== '') yield* this.stop(id);
    for (const container of [...sandbox.containers]) yield* this.containers.remove(container.id);
    state.removeSandbox(sandbox);
    removeSandboxFiles(files, id);
    return done<'RemovePodSandbox'>({});
  }

  status(id: string): CriResult<'PodSandboxStatus'> {
    const { state } = this.options;
    const sandbox = state.sandbox(id);
    if (!sandbox) {
      return { ok: false, code: 'NotFound', message: `an error occurred when try to find sandbox "${id}": not found` };
    }
    const containers = state.containersOf(sandbox.config.metadata.uid).map((container) => container.status());
    return done<'PodSandboxStatus'>({ status: sandbox.status(), containers });
  }

  /** The namespaces of the pod live as long as its pause process: when that dies, so do the containers. */
  private startPause(sandbox: SandboxRecord): void {
    const { processes, machine, state } = this.options;
    if (processes.isRunning(sandbox.processId)) processes.kill(sandbox.processId);
    processes.spawn({
      id: sandbox.processId, machine, program: pause, address: sandbox.ip,
      onExit: () => {
        if (!sandbox.ready) return;
        sandbox.ready = false;
        for (const container of sandbox.containers) {
          if (container.state === 'CONTAINER_RUNNING') processes.kill(container.processId);
        }
        state.onSandboxExit?.(sandbox);
      },
    });
  }
}
