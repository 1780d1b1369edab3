/**
 * The one file system of a node, which images and containers share: how large it is and how much of it is free. Taken
 * by the system itself, by images, and by whatever somebody fills it with to see what follows. Not modelled: inodes,
 * and what logs and files take beside gigabytes of images.
 */
import type { ImageStore } from './runtime/image-store';

const gibibyte = 1024 ** 3;
/** What the node image and its system take before the first image is there. */
const systemBytes = 6 * gibibyte;
/**
 * What a full disk has left: below the share at which the kubelet begins to evict, and yet enough to write a status.
 */
const leftShare = 0.04;
const blockBytes = 4096;

export class NodeDisk {
  private fillerBytes = 0;
  /** Whether the kubelet watches the disk. kind turns that off for all of its nodes. */
  watched = false;

  constructor(readonly capacityBytes: number, private readonly images: ImageStore) {}

  /** In whole blocks. */
  get availableBytes(): number {
    const images = this.images.list().reduce((sum, { size }) => sum + size, 0);
    const free = Math.max(0, this.capacityBytes - systemBytes - images - this.fillerBytes);
    return Math.floor(free / blockBytes) * blockBytes;
  }

  get full(): boolean {
    return this.fillerBytes > 0;
  }

  /** A file takes all but a little of what is free. */
  fill(): void {
    const left = Math.floor(this.capacityBytes * leftShare);
    this.fillerBytes += Math.max(0, this.availableBytes - left);
  }

  /** The file is deleted. */
  free(): void {
    this.fillerBytes = 0;
  }
}
