/**
 * containerd: serves the Container Runtime Interface on its socket, keeps sandboxes and containers as processes of its
 * machine, pulls images, and tells the kubelet of every change (evented PLEG). Models containerd 2.3's CRI plug-in.
 * Containers live on when containerd ends, as their shims do: everything lasting is in RuntimeState.
 */
import { unreachable } from '../../base/assert';
import type { IncomingCall, ProcessHost, ProcessTable, Program } from '../../sim/process';
import { runTask, type Task } from '../../sim/task';
import { cniConfigDirectory, readNetworkConfig } from '../cni';
import {
  type ContainerEventType, type CriError, type CriMethod, type CriRequest, type CriResult, criSocket,
} from '../cri';
import type { FileTree } from '../filesystem';
import type { MachineNetwork } from '../host-network';
import { parseImageReference } from '../image-reference';
import type { ImageCatalog } from '../images';
import { pullFromRegistry } from '../registry';
import { ContainerService } from './containers';
import { SandboxService } from './sandboxes';
import type { ContainerRecord, RuntimeState, SandboxRecord } from './state';

export interface ContainerdOptions {
  readonly machine: string;
  /** `2.3.1`. */
  readonly version: string;
  readonly state: RuntimeState;
  readonly files: FileTree;
  readonly network: MachineNetwork;
  readonly processes: ProcessTable;
  readonly catalog: ImageCatalog;
  /** Where all registries are reached: `registry:443`. */
  readonly registry: string;
}

type Reply = { readonly ok: true; readonly value: unknown } | CriError;

export class Containerd implements Program {
  private readonly streams = new Set<IncomingCall>();

  constructor(private readonly options: ContainerdOptions) {}

  start(host: ProcessHost): void {
    const { state } = this.options;
    const containers = new ContainerService(host, this.options, (type, container) => this.tell(type, container));
    const sandboxes = new SandboxService(host, this.options, containers, (sandbox) => this.tellOfSandbox(sandbox));
    state.onContainerExit = (container) => {
      if (host.alive) this.tell('CONTAINER_STOPPED_EVENT', container);
    };
    state.onSandboxExit = (sandbox) => {
      if (host.alive) this.tellOfSandbox(sandbox);
    };
    this.handle = (request) => this.dispatch(host, containers, sandboxes, request);
    host.listen(criSocket);
  }

  serve(call: IncomingCall): void {
    const request = call.payload as CriRequest;
    if (request.method === 'GetContainerEvents') {
      this.streams.add(call);
      call.onClose(() => this.streams.delete(call));
      return;
    }
    runTask(this.handle(request), (reply) => {
      const message = reply.ok ? {} : { reason: reply.code, message: reply.message };
      call.reply(reply, { ...call.subject, ...message });
    });
  }

  private handle: (request: Exclude<CriRequest, { method: 'GetContainerEvents' }>) => Task<Reply> = () => {
    throw new Error('containerd has not started');
  };

  private *dispatch(
    host: ProcessHost, containers: ContainerService, sandboxes: SandboxService,
    request: Exclude<CriRequest, { method: 'GetContainerEvents' }>,
  ): Task<Reply> {
    const { state, version } = this.options;
    switch (request.method) {
      case 'Version':
        return done<'Version'>({ runtimeName: 'containerd', runtimeVersion: `v${version}` });
      case 'Status':
        return done<'Status'>({ conditions: this.conditions() });
      case 'UpdateRuntimeConfig':
        return done<'UpdateRuntimeConfig'>({});
      case 'RunPodSandbox':
        return yield* sandboxes.run(request.config);
      case 'StopPodSandbox':
        return yield* sandboxes.stop(request.podSandboxId);
      case 'RemovePodSandbox':
        return yield* sandboxes.remove(request.podSandboxId);
      case 'PodSandboxStatus':
        return sandboxes.status(request.podSandboxId);
      case 'ListPodSandbox':
        return done<'ListPodSandbox'>({ items: Array.from(state.sandboxes.values(), (sandbox) => sandbox.status()) });
      case 'CreateContainer':
        return yield* containers.create(request.podSandboxId, request.config);
      case 'StartContainer':
        return yield* containers.startContainer(request.containerId);
      case 'StopContainer':
        return yield* containers.stop(request.containerId, request.timeout);
      case 'RemoveContainer':
        return yield* containers.remove(request.containerId);
      case 'ListContainers':
        return done<'ListContainers'>({ containers: Array.from(state.containers.values(), (c) => c.status()) });
      case 'ContainerStatus':
        return containers.status(request.containerId);
      case 'ExecSync':
        return yield* containers.execSync(request.containerId, request.cmd, request.timeout);
      case 'ContainerLogs':
        return containers.logs(request.containerId, request.tailLines);
      case 'ListImages':
        return done<'ListImages'>({ images: state.images.list() });
      case 'ImageStatus':
        return done<'ImageStatus'>({ image: state.images.find(request.image) });
      case 'PullImage':
        return yield* this.pull(host, request.image, request.annotations['kindergarten.dev/pull'] ?? '');
      default:
        return unreachable(request);
    }
  }

  private *pull(host: ProcessHost, image: string, behavior: string): Task<CriResult<'PullImage'>> {
    const { state, registry } = this.options;
    const reference = parseImageReference(image);
    if (typeof reference === 'string') {
      return { ok: false, code: 'InvalidArgument', message: `failed to parse image reference "${image}": ${reference}` };
    }
    const answer = yield* pullFromRegistry(host, registry, { reference, behavior });
    if (answer.kind === 'failed') return { ok: false, code: answer.code, message: answer.message };
    const pulled = state.images.add(reference, answer.sizeBytes);
    return done<'PullImage'>({ imageRef: pulled.id, size: pulled.size });
  }

  private conditions(): { type: 'RuntimeReady' | 'NetworkReady'; status: boolean; reason: string; message: string }[] {
    const configured = readNetworkConfig(this.options.files) !== undefined
      || (this.options.files.list(cniConfigDirectory) ?? []).some((name) => name.endsWith('.conflist'));
    const network = configured
      ? { status: true, reason: '', message: '' }
      : {
        status: false, reason: 'NetworkPluginNotReady',
        message: 'Network plugin returns error: cni plugin not initialized',
      };
    return [
      { type: 'RuntimeReady', status: true, reason: '', message: '' },
      { type: 'NetworkReady', ...network },
    ];
  }

  private tell(type: ContainerEventType, container: ContainerRecord): void {
    const { uid, namespace, name } = container.sandbox.config.metadata;
    this.send(type, uid, container.id, { verb: type, namespace, name: `${name}/${container.config.name}` },
      type === 'CONTAINER_STOPPED_EVENT');
  }

  private tellOfSandbox(sandbox: SandboxRecord): void {
    const { uid, namespace, name } = sandbox.config.metadata;
    const type = sandbox.ready ? 'CONTAINER_STARTED_EVENT' : 'CONTAINER_STOPPED_EVENT';
    this.send(type, uid, sandbox.id, { verb: type, namespace, name }, !sandbox.ready);
  }

  private send(
    type: ContainerEventType, podUid: string, containerId: string,
    subject: { verb: string; namespace: string; name: string }, foreground: boolean,
  ): void {
    if (this.streams.size === 0) return;
    const { state } = this.options;
    const sandboxes = state.sandboxesOf(podUid);
    const containers = sandboxes.flatMap((sandbox) => state.containersOf(sandbox.id)).map((c) => c.status());
    const event = { type, containerId, podUid, sandbox: sandboxes[0]?.status(), containers };
    // A process that ends is news even when only time has passed.
    for (const stream of this.streams) stream.event(event, subject, { foreground });
  }
}

/** The success of a method. */
export function done<M extends CriMethod>(value: Extract<CriResult<M>, { ok: true }>['value']): CriResult<M> {
  return { ok: true, value } as CriResult<M>;
}
