/** Pod sandboxes: a pause process, and a network namespace from CNI unless the pod is on the host's. */
import type { ProcessHost, Program } from '../../sim/process';
import type { Task } from '../../sim/task';
import { executeCni } from '../cni';
import type { CriResult, PodSandboxConfig } from '../cri';
import type { ContainerdOptions } from './containerd';
import type { ContainerService } from './containers';
import { done } from './containerd';
import { SandboxRecord } from './state';

const pause: Program = { start: () => undefined };

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
    const sandbox = new SandboxRecord(id, config, host.wallMs, `${namespace}/${name}/pause@${options.machine}`);
    if (config.hostNetwork) sandbox.ip = options.network.address;
    else {
      const result = yield* executeCni(host, { command: 'ADD', containerId: id, portMappings: config.portMappings }, namespace, name);
      if (!result.ok) {
        const message = `failed to setup network for sandbox "${id}": ${result.message}`;
        return { ok: false, code: 'Unknown', message };
      }
      sandbox.ip = result.ip;
    }
    options.state.sandboxes.set(id, sandbox);
    if (options.processes.isRunning(sandbox.processId)) options.processes.kill(sandbox.processId);
    options.processes.spawn({
      id: sandbox.processId, machine: options.machine, program: pause, address: sandbox.ip,
      onExit: () => {
        if (!sandbox.ready) return;
        sandbox.ready = false;
        for (const container of options.state.containersOf(id)) if (container.processId) options.processes.kill(container.processId);
        options.state.onSandboxExit?.(sandbox);
      },
    });
    this.tell(sandbox);
    return done<'RunPodSandbox'>({ podSandboxId: id });
  }

  *stop(id: string): Task<CriResult<'StopPodSandbox'>> {
    const { host, options } = this;
    const sandbox = options.state.sandboxes.get(id);
    if (!sandbox?.ready) return done<'StopPodSandbox'>({});
    for (const container of options.state.containersOf(id)) {
      if (container.state === 'CONTAINER_RUNNING') yield* this.containers.stop(container.id, 0);
    }
    sandbox.ready = false;
    options.processes.kill(sandbox.processId);
    if (!sandbox.config.hostNetwork) {
      const { namespace, name } = sandbox.config.metadata;
      yield* executeCni(host, { command: 'DEL', containerId: id, portMappings: [] }, namespace, name);
      sandbox.ip = '';
    }
    this.tell(sandbox);
    return done<'StopPodSandbox'>({});
  }

  *remove(id: string): Task<CriResult<'RemovePodSandbox'>> {
    yield* this.stop(id);
    for (const container of this.options.state.containersOf(id)) yield* this.containers.remove(container.id);
    this.options.state.sandboxes.delete(id);
    return done<'RemovePodSandbox'>({});
  }

  status(id: string): CriResult<'PodSandboxStatus'> {
    const { state } = this.options;
    const sandbox = state.sandboxes.get(id);
    if (!sandbox) return { ok: false, code: 'NotFound', message: `an error occurred when try to find sandbox: not found` };
    const mine = state.sandboxesOf(sandbox.config.metadata.uid).flatMap((each) => state.containersOf(each.id));
    return done<'PodSandboxStatus'>({ status: sandbox.status(), containers: mine.map((container) => container.status()) });
  }
}
