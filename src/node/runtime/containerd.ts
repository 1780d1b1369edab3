/**
 * containerd: serves the Container Runtime Interface on its socket, keeps sandboxes and containers as processes of its
 * machine, pulls images, and tells the kubelet of every change (evented PLEG). Models containerd 2.3's CRI plug-in.
 * Containers live on when containerd ends, as their shims do: everything lasting is in RuntimeState.
 */
import { defined, unreachable } from '../../base/assert';
import type { IncomingCall, ProcessHost, ProcessTable, Program } from '../../sim/process';
import { runTask, type Task, waitFor } from '../../sim/task';
import { cniConfigDirectory, readNetworkConfig } from '../cni';
import {
  type ContainerEventType, type CriError, type CriRequest, type CriResult, criSocket, type Image, type StreamRequest,
} from '../cri';
import type { FileTree } from '../filesystem';
import type { MachineNetwork } from '../host-network';
import { fullName, parseImageReference } from '../image-reference';
import type { ImageCatalog } from '../images';
import { pullFromRegistry, type PullFailure, type RegistryAnswer, type RegistryRequest } from '../registry';
import { ContainerService, notFound } from './containers';
import { ExecutionService } from './executions';
import { PortForwardSession } from './port-forward';
import { errorStatus, exitStatus, RemoteSession } from './remote-session';
import { done } from './result';
import { SandboxService } from './sandboxes';
import type { ContainerRecord, RuntimeState, SandboxRecord } from './state';
import { StreamingServer } from './streaming';

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

type PullAnswer = PullFailure | Extract<RegistryAnswer, { kind: 'found' }>;
/** The parts of a containerd that runs. */
interface Services {
  readonly host: ProcessHost;
  readonly containers: ContainerService;
  readonly sandboxes: SandboxService;
  readonly executions: ExecutionService;
  readonly streaming: StreamingServer;
}

type Reply = { readonly ok: true; readonly value: unknown } | CriError;

export class Containerd implements Program {
  private readonly streams = new Set<IncomingCall>();
  /** Transfers under way, with those that wait for them. */
  private readonly transfers = new Map<string, ((answer: PullAnswer) => void)[]>();
  private services: Services | undefined;

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
    const streaming = new StreamingServer(host);
    this.services = {
      host, containers, sandboxes, streaming, executions: new ExecutionService(host, this.options, containers),
    };
    host.listen(criSocket);
  }

  serve(call: IncomingCall): void {
    const services = defined(this.services, 'the services of a containerd that has started');
    if (services.streaming.takes(call)) return services.streaming.serve(call);
    const request = call.payload as CriRequest;
    if (request.method === 'GetContainerEvents') {
      this.streams.add(call);
      call.onClose(() => this.streams.delete(call));
      return;
    }
    runTask(this.dispatch(services, request), (reply) => {
      const message = reply.ok ? {} : { reason: reply.code, message: reply.message };
      call.reply(reply, { ...call.subject, ...message });
    });
  }

  private *dispatch(
    services: Services, request: Exclude<CriRequest, { method: 'GetContainerEvents' }>,
  ): Task<Reply> {
    const { host, containers, sandboxes, executions } = services;
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
        return done<'ListPodSandbox'>({ items: state.allSandboxes().map((sandbox) => sandbox.status()) });
      case 'CreateContainer':
        return yield* containers.create(request.podSandboxId, request.config);
      case 'StartContainer':
        return yield* containers.startContainer(request.containerId);
      case 'StopContainer':
        return yield* containers.stop(request.containerId, request.timeout);
      case 'RemoveContainer':
        return yield* containers.remove(request.containerId);
      case 'ListContainers':
        return done<'ListContainers'>({ containers: state.allContainers().map((container) => container.status()) });
      case 'ContainerStatus':
        return containers.status(request.containerId);
      case 'ExecSync':
        return yield* executions.execSync(request.containerId, request.cmd, request.timeout);
      case 'Exec':
        return this.prepareExec(services, request, request.cmd);
      case 'Attach':
        return this.prepareAttach(services, request);
      case 'PortForward':
        return this.preparePortForward(services, request.podSandboxId);
      case 'UpdateContainerResources':
        return containers.updateResources(request.containerId, request.linux);
      case 'ListContainerStats':
        return containers.stats();
      case 'ListImages':
        return done<'ListImages'>({ images: state.images.list() });
      case 'ImageStatus':
        return done<'ImageStatus'>({ image: this.image(request.image) });
      case 'PullImage':
        return yield* this.pull(host, request.image, request.annotations['kindergarten.dev/pull'] ?? '');
      case 'RemoveImage':
        return this.removeImage(request.image);
      default:
        return unreachable(request);
    }
  }

  private prepareExec(
    { host, streaming, executions }: Services, request: StreamRequest, cmd: readonly string[],
  ): CriResult<'Exec'> {
    const container = this.running(request);
    if ('ok' in container) return container;
    const url = streaming.prepare('exec', (call) => {
      const session = new RemoteSession(host, call, request);
      const streams = { stdin: request.stdin, stdinOnce: true, tty: request.tty };
      const started = executions.start(container, cmd, streams, (stream, text) => session.write(stream, text), true);
      if (!started.ok) return session.finish(errorStatus(`error executing command in container: ${started.message}`));
      session.connect(started.io, () => started.io.hangUp());
      runTask(started.exit, (code) => session.finish(exitStatus(cmd, code)));
    });
    return done<'Exec'>({ url });
  }

  private prepareAttach({ host, streaming }: Services, request: StreamRequest): CriResult<'Attach'> {
    const container = this.running(request);
    if ('ok' in container) return container;
    const url = streaming.prepare('attach', (call) => {
      const session = new RemoteSession(host, call, request);
      if (container.state !== 'CONTAINER_RUNNING') return session.finish();
      const leave = container.io.watch({
        write: (stream, text) => session.write(stream, text),
        end: () => session.finish(),
      });
      session.connect(container.io, leave);
    });
    return done<'Attach'>({ url });
  }

  private preparePortForward({ host, streaming }: Services, podSandboxId: string): CriResult<'PortForward'> {
    const sandbox = this.options.state.sandbox(podSandboxId);
    if (!sandbox) {
      return { ok: false, code: 'Unknown', message: `failed to find sandbox "${podSandboxId}": not found` };
    }
    if (!sandbox.ready) return { ok: false, code: 'Unknown', message: 'sandbox container is not running' };
    const url = streaming.prepare('portforward', (call) => void new PortForwardSession(host, call, sandbox));
    return done<'PortForward'>({ url });
  }

  /** The container of a stream, or why it can have none. */
  private running({ containerId }: StreamRequest): ContainerRecord | CriError {
    const container = this.options.state.container(containerId);
    if (!container) return notFound(containerId);
    if (container.state === 'CONTAINER_RUNNING') return container;
    return { ok: false, code: 'Unknown', message: `container is in ${container.state} state` };
  }

  private image(name: string): Image | undefined {
    const image = this.options.state.images.find(name);
    const reference = image && parseImageReference(image.repoTags[0] ?? name);
    if (!reference || typeof reference === 'string') return image;
    const described = this.options.catalog.get(reference.repository);
    return described ? { ...image, uid: described.user ?? 0 } : image;
  }

  /** Removing what is not there succeeds. */
  private removeImage(name: string): CriResult<'RemoveImage'> {
    const { images } = this.options.state;
    const image = images.find(name);
    if (image) images.remove(image);
    return done<'RemoveImage'>({});
  }

  private *pull(host: ProcessHost, image: string, behavior: string): Task<CriResult<'PullImage'>> {
    const { state } = this.options;
    const reference = parseImageReference(image);
    if (typeof reference === 'string') {
      const message = `failed to parse image reference "${image}": ${reference}`;
      return { ok: false, code: 'InvalidArgument', message };
    }
    const answer = yield* this.transfer(host, { reference, behavior });
    if (answer.kind === 'failed') return { ok: false, code: answer.code, message: answer.message };
    const pulled = state.images.add(reference, answer.sizeBytes);
    return done<'PullImage'>({ imageRef: pulled.repoDigests[0] ?? pulled.id, size: pulled.size });
  }

  /** Asks the registry; whoever wants the same image at the same time shares one transfer. */
  private *transfer(host: ProcessHost, request: RegistryRequest): Task<PullAnswer> {
    const key = `${fullName(request.reference)} ${request.behavior}`;
    const waiting = this.transfers.get(key);
    if (waiting) return yield* waitFor<PullAnswer>((resume) => void waiting.push(resume));
    const others: ((answer: PullAnswer) => void)[] = [];
    this.transfers.set(key, others);
    const answer = yield* pullFromRegistry(host, this.options.registry, request);
    this.transfers.delete(key);
    for (const resume of others) resume(answer);
    return answer;
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
    const containers = state.containersOf(podUid).map((container) => container.status());
    const event = { type, containerId, podUid, sandbox: state.sandboxesOf(podUid)[0]?.status(), containers };
    // A process that ends is news even when only time has passed.
    for (const stream of this.streams) stream.event(event, subject, { foreground });
  }
}
