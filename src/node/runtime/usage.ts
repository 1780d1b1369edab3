/**
 * What a container uses of processors and memory. There is no real machine to measure, so this is a model, the same in
 * every run: an idle program takes a few thousandths of a processor and a few MiB (the components of Kubernetes about
 * what they take in a small kind cluster); a shell that calculates and a program that says so take the time they are
 * busy, servers a little for each answer; memory is what the program says it uses. Nothing exceeds its limit: more work
 * than the processor limit allows is cut, as throttling does.
 */
import type { ImageDescription } from '../images';

const mebibyte = 1024 * 1024;

interface Idle {
  readonly cores: number;
  readonly memoryBytes: number;
}

const components: Readonly<Record<string, Idle>> = {
  'kube-apiserver': idle(32, 230), 'kube-controller-manager': idle(12, 52), 'kube-scheduler': idle(4, 24),
  'etcd': idle(16, 44), 'kube-proxy': idle(1, 17), 'kindnetd': idle(1, 13),
};
const others = idle(1, 6);
const shells = idle(0, 0.6);

function idle(millicores: number, mebibytes: number): Idle {
  return { cores: millicores / 1000, memoryBytes: Math.round(mebibytes * mebibyte) };
}

/** What a program takes while nothing is asked of it. */
function idleOf(image: ImageDescription): Idle {
  if (image.component !== undefined) return components[image.component] ?? others;
  return image.base === 'busybox' && !image.executables ? shells : others;
}

/** What kubelet, containerd and the kernel of a machine take beside its containers. */
export function systemUsage(nowMs: number): { readonly cpuMs: number; readonly memoryBytes: number } {
  return { cpuMs: nowMs * 0.045, memoryBytes: 310 * mebibyte };
}

export class ContainerUsage {
  limitCores: number | undefined;
  private readonly idle: Idle;
  private memory: number;
  private used = 0;
  private cores = 0;
  private sinceMs: number;

  constructor(image: ImageDescription, nowMs: number, cpuMillis: number | undefined) {
    this.idle = idleOf(image);
    this.memory = this.idle.memoryBytes;
    this.sinceMs = nowMs;
    this.limitCores = cpuMillis === undefined ? undefined : cpuMillis / 1000;
  }

  /** Processor time, in milliseconds, that was used at once. */
  spend(ms: number): void {
    this.used += ms * Math.min(1, this.limitCores ?? 1);
  }

  /** How many processors are busy from now on. */
  load(cores: number, nowMs: number): void {
    this.settle(nowMs);
    this.cores = cores;
  }

  /** Other limits hold from now on. */
  limit(cpuMillis: number | undefined, nowMs: number): void {
    this.settle(nowMs);
    this.limitCores = cpuMillis === undefined ? undefined : cpuMillis / 1000;
  }

  set memoryBytes(bytes: number) {
    this.memory = Math.max(bytes, this.idle.memoryBytes);
  }

  get memoryBytes(): number {
    return this.memory;
  }

  /** Processor time since the start, in milliseconds. */
  cpuMs(nowMs: number): number {
    this.settle(nowMs);
    return this.used;
  }

  private settle(nowMs: number): void {
    const cores = Math.min(this.idle.cores + this.cores, this.limitCores ?? Infinity);
    this.used += cores * (nowMs - this.sinceMs);
    this.sinceMs = nowMs;
  }
}
