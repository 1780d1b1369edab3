/**
 * The static pods of a node: follows the folder of their manifests and keeps a mirror of each at the API server. What a
 * mirror is and how it is made is in static-pods.ts. Models pkg/kubelet/config/file.go (with inotify) and the parts of
 * pod_workers.go that let a changed static pod begin only when its forerunner has ended.
 */
import type { Node, Pod } from '../../api/types';
import type { ApiClient } from '../../client/api-client';
import type { ProcessHost } from '../../sim/process';
import { runTask, type Task, waitFor } from '../../sim/task';
import type { FileTree } from '../filesystem';
import { deleteMirror, ensureMirror, isMirror, isMirrorOf, readStaticPods } from './static-pods';

const retryMs = 2_000;

export interface ManifestHandlers {
  /** True when a worker of that pod name is still on the node, the pod itself aside. */
  occupied(pod: Pod): boolean;
  start(pod: Pod): void;
  end(pod: Pod): void;
  /** The mirror whose status the pod's worker is to write; undefined while there is none. */
  mirrored(pod: Pod, mirror: Pod | undefined): void;
  /** What the API server has on this node. */
  apiPods(): readonly Pod[];
  apiPod(pod: Pod): Pod | undefined;
}

export class Manifests {
  private pods: readonly Pod[] = [];
  private readonly started = new Set<string>();
  private node: Node | undefined;
  private busy = false;
  private dirty = false;

  constructor(
    private readonly host: ProcessHost,
    private readonly client: ApiClient,
    private readonly files: FileTree,
    private readonly folder: string,
    private readonly handlers: ManifestHandlers,
  ) {}

  start(): void {
    this.read();
    this.files.watch(this.folder, () => this.host.after(0, () => this.read()));
  }

  /** The node is registered: mirrors can be made. */
  mirrorOn(node: Node): void {
    this.node = node;
    this.syncMirrors();
  }

  /** A mirror was added, changed or deleted. */
  mirrorChanged(mirror: Pod): void {
    const pod = this.pods.find((candidate) => sameName(candidate, mirror));
    const current = pod && this.handlers.apiPod(pod);
    if (pod && current && isMirrorOf(current, pod)) this.handlers.mirrored(pod, current);
    else this.syncMirrors();
  }

  /** A static pod has left the node: one of the same name may have waited for that. */
  podGone(uid: string): void {
    this.started.delete(uid);
    this.startWaiting();
  }

  private read(): void {
    const before = this.pods;
    const now = readStaticPods(this.files, this.folder, this.host.machine, this.host.wallMs);
    // A manifest that did not change keeps its pod, seen time included.
    this.pods = now.map((pod) => before.find((old) => old.metadata.uid === pod.metadata.uid) ?? pod);
    for (const old of before) if (!this.pods.includes(old)) this.handlers.end(old);
    this.startWaiting();
    this.syncMirrors();
  }

  private startWaiting(): void {
    for (const pod of this.pods) {
      const { uid } = pod.metadata;
      if (this.started.has(uid) || this.handlers.occupied(pod)) continue;
      this.started.add(uid);
      this.handlers.start(pod);
      const mirror = this.handlers.apiPod(pod);
      if (mirror && isMirrorOf(mirror, pod)) this.handlers.mirrored(pod, mirror);
    }
  }

  private syncMirrors(): void {
    this.dirty = true;
    if (this.busy || !this.node) return;
    this.busy = true;
    runTask(this.makeMirrors(this.node), () => {
      this.busy = false;
    });
  }

  private *makeMirrors(node: Node): Task {
    while (this.dirty) {
      this.dirty = false;
      for (const pod of this.pods) {
        if (!(yield* ensureMirror(this.client, pod, this.handlers.apiPod(pod), node))) this.dirty = true;
      }
      for (const mirror of this.handlers.apiPods()) {
        if (!isMirror(mirror) || this.pods.some((pod) => sameName(pod, mirror))) continue;
        yield* deleteMirror(this.client, mirror);
      }
      if (this.dirty) yield* waitFor<void>((resume) => this.host.after(retryMs, () => resume()));
    }
  }
}

function sameName(a: Pod, b: Pod): boolean {
  return a.metadata.name === b.metadata.name && a.metadata.namespace === b.metadata.namespace;
}
