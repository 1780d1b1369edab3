/**
 * What outlives a restart of containerd: sandboxes, containers (their shims keep running), images. containerd works on
 * this and adds nothing of its own that matters.
 */
import type { ContainerConfig, ContainerState, ContainerStatus, PodSandboxConfig, PodSandboxStatus } from '../cri';
import { FileTree } from '../filesystem';
import type { ImageDescription } from '../images';
import { ImageStore, type PresentImage } from './image-store';
import { LogBuffer } from './log-buffer';

export class SandboxRecord {
  ready = true;
  ip = '';

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
  executed = 0;
  readonly logs = new LogBuffer();
  readonly files: FileTree;
  readonly installed = new Set<string>();
  readonly exitListeners: (() => void)[] = [];

  constructor(
    readonly id: string,
    readonly sandbox: SandboxRecord,
    readonly config: ContainerConfig,
    readonly image: ImageDescription,
    readonly imageName: string,
    readonly createdAt: number,
  ) {
    this.files = new FileTree(image.files);
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
      labels: config.labels,
      annotations: config.annotations,
    };
  }
}

export class RuntimeState {
  readonly sandboxes = new Map<string, SandboxRecord>();
  readonly containers = new Map<string, ContainerRecord>();
  readonly images: ImageStore;
  /** Set by the containerd that runs: hears of containers that ended and sandboxes that died. */
  onContainerExit: ((container: ContainerRecord) => void) | undefined;
  onSandboxExit: ((sandbox: SandboxRecord) => void) | undefined;

  constructor(present: readonly PresentImage[]) {
    this.images = new ImageStore(present);
  }

  containersOf(sandboxId: string): ContainerRecord[] {
    const found: ContainerRecord[] = [];
    for (const container of this.containers.values()) if (container.sandbox.id === sandboxId) found.push(container);
    return found;
  }

  /** The sandboxes of a pod, the newest first. */
  sandboxesOf(podUid: string): SandboxRecord[] {
    const found: SandboxRecord[] = [];
    for (const sandbox of this.sandboxes.values()) if (sandbox.config.metadata.uid === podUid) found.unshift(sandbox);
    return found;
  }
}
