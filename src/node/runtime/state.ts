/**
 * What outlives a restart of containerd: sandboxes, containers (their shims keep running), images. containerd works on
 * this and adds nothing of its own that matters. Everything is found by its key: no question costs a scan.
 */
import type {
  ContainerConfig, ContainerState, ContainerStatus, LinuxContainerResources, PodSandboxConfig, PodSandboxStatus,
} from '../cri';
import { FileTree } from '../filesystem';
import type { ImageDescription } from '../images';
import { ContainerIo } from './container-io';
import { ContainerLog } from './container-log';
import { ImageStore, type PresentImage } from './image-store';
import { ContainerUsage } from './usage';

const blockBytes = 4096;
/** Directories of a fresh container's own layer, one block each: /dev, /etc, /proc, /run, /sys and two below them. */
const mountPointBytes = 7 * blockBytes;

export class SandboxRecord {
  ready = true;
  ip = '';
  /** In the order of their creation. */
  readonly containers = new Set<ContainerRecord>();

  constructor(
    readonly id: string,
    readonly config: PodSandboxConfig,
    readonly createdAt: number,
    readonly processId: string,
  ) {}

  status(): PodSandboxStatus {
    const { metadata, hostNetwork, labels } = this.config;
    const state = this.ready ? 'SANDBOX_READY' : 'SANDBOX_NOTREADY';
    const ip = this.ip === '' || hostNetwork ? {} : { ip: this.ip };
    return { id: this.id, metadata, state, createdAt: this.createdAt, hostNetwork, ...ip, labels };
  }
}

export class ContainerRecord {
  state: ContainerState = 'CONTAINER_CREATED';
  startedAt = 0;
  finishedAt = 0;
  exitCode = 0;
  reason = '';
  message = '';
  oomKilled = false;
  processId = '';
  /** How many commands were executed beside the container's own process. */
  executed = 0;
  /** Processes of such commands that still run. */
  readonly executing = new Set<string>();
  readonly log: ContainerLog;
  readonly io: ContainerIo;
  readonly files: FileTree;
  private readonly imageBytes: number;
  /** From its start on. */
  usage: ContainerUsage | undefined;
  resources: LinuxContainerResources;
  readonly installed = new Set<string>();
  readonly exitListeners: (() => void)[] = [];

  constructor(
    readonly id: string,
    readonly sandbox: SandboxRecord,
    readonly config: ContainerConfig,
    readonly image: ImageDescription,
    readonly imageName: string,
    readonly createdAt: number,
    disk: FileTree,
    wallMs: () => number,
  ) {
    this.files = new FileTree(image.files);
    this.imageBytes = this.files.bytes();
    this.resources = config.resources;
    this.log = new ContainerLog(disk, this.logPath);
    this.io = new ContainerIo(config, (stream, text) => this.log.write(wallMs(), stream, text));
  }

  private get logPath(): string {
    return `${this.sandbox.config.logDirectory}/${this.config.logPath}`;
  }

  /** Bytes that it has written beside its image, in whole blocks, with the mount points that containerd makes. */
  get writableLayerBytes(): number {
    const written = Math.max(0, this.files.bytes() - this.imageBytes);
    return mountPointBytes + Math.ceil(written / blockBytes) * blockBytes;
  }

  status(): ContainerStatus {
    const { config, image } = this;
    const uid = config.runAsUser ?? image.user ?? 0;
    return {
      id: this.id,
      podSandboxId: this.sandbox.id,
      name: config.name,
      attempt: config.attempt,
      state: this.state,
      createdAt: this.createdAt,
      startedAt: this.startedAt,
      finishedAt: this.finishedAt,
      exitCode: this.exitCode,
      reason: this.reason,
      message: this.message,
      image: this.imageName,
      imageRef: config.imageRef,
      user: { uid, gid: 0, supplementalGroups: [0] },
      resources: this.resources,
      logPath: this.logPath,
      labels: config.labels,
      annotations: config.annotations,
    };
  }
}

export class RuntimeState {
  readonly images: ImageStore;
  /** Set by the containerd that runs: hears of containers that ended and sandboxes that died. */
  onContainerExit: ((container: ContainerRecord) => void) | undefined;
  onSandboxExit: ((sandbox: SandboxRecord) => void) | undefined;
  /** Processor time of containers that have ended, in milliseconds: the machine's counter never goes back. */
  endedCpuMs = 0;
  private readonly sandboxes = new Map<string, SandboxRecord>();
  private readonly containers = new Map<string, ContainerRecord>();
  /** By pod uid, the newest first. */
  private readonly byPod = new Map<string, SandboxRecord[]>();

  constructor(present: readonly PresentImage[]) {
    this.images = new ImageStore(present);
  }

  sandbox(id: string): SandboxRecord | undefined {
    return this.sandboxes.get(id);
  }

  allSandboxes(): readonly SandboxRecord[] {
    return [...this.sandboxes.values()];
  }

  /** The sandboxes of a pod, the newest first. */
  sandboxesOf(podUid: string): readonly SandboxRecord[] {
    return this.byPod.get(podUid) ?? [];
  }

  /** All containers of a pod, those of the newest sandbox first. */
  containersOf(podUid: string): readonly ContainerRecord[] {
    return this.sandboxesOf(podUid).flatMap((sandbox) => [...sandbox.containers]);
  }

  addSandbox(sandbox: SandboxRecord): void {
    const { uid } = sandbox.config.metadata;
    this.sandboxes.set(sandbox.id, sandbox);
    this.byPod.set(uid, [sandbox, ...this.sandboxesOf(uid)]);
  }

  removeSandbox(sandbox: SandboxRecord): void {
    const { uid } = sandbox.config.metadata;
    this.sandboxes.delete(sandbox.id);
    const rest = this.sandboxesOf(uid).filter((other) => other !== sandbox);
    if (rest.length === 0) this.byPod.delete(uid);
    else this.byPod.set(uid, rest);
  }

  container(id: string): ContainerRecord | undefined {
    return this.containers.get(id);
  }

  allContainers(): readonly ContainerRecord[] {
    return [...this.containers.values()];
  }

  addContainer(container: ContainerRecord): void {
    this.containers.set(container.id, container);
    container.sandbox.containers.add(container);
  }

  removeContainer(container: ContainerRecord): void {
    this.containers.delete(container.id);
    container.sandbox.containers.delete(container);
  }
}
