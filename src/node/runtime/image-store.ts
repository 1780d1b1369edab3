/**
 * The images on one machine: those that came with it and those pulled since, found by any name or digest. Models
 * containerd's image store as CRI shows it.
 */
import { compareText } from '../../base/freeze';
import type { Image } from '../cri';
import { digestOf, fullName, type ImageReference, parseImageReference } from '../image-reference';

/** An image that is on the disk before the first pull. */
export interface PresentImage {
  readonly names: readonly string[];
  readonly sizeBytes: number;
}

/** containerd pins what it makes sandboxes of. */
const sandboxImage = 'registry.k8s.io/pause';

export class ImageStore {
  private readonly byName = new Map<string, Image>();
  private readonly byId = new Map<string, Image>();

  constructor(present: readonly PresentImage[]) {
    for (const { names, sizeBytes } of present) {
      for (const name of names) {
        const reference = parseImageReference(name);
        if (typeof reference !== 'string') this.add(reference, sizeBytes);
      }
    }
  }

  /** The image of that name (`nginx`, `nginx:1.27`, `repo@sha256:...`) or id, if it is here. */
  find(name: string): Image | undefined {
    const known = this.byId.get(name);
    if (known) return known;
    const reference = parseImageReference(name);
    return typeof reference === 'string' ? undefined : this.byName.get(fullName(reference));
  }

  add(reference: ImageReference, sizeBytes: number): Image {
    const name = fullName(reference);
    const { repository, tag, digest = `sha256:${digestOf(name)}` } = reference;
    const id = `sha256:${digestOf(`config/${repository}@${digest}`)}`;
    const tags = this.byId.get(id)?.repoTags ?? [];
    const own = reference.digest === undefined ? [`${repository}:${tag}`] : [];
    const image: Image = {
      id, repoTags: [...new Set([...tags, ...own])], repoDigests: [`${repository}@${digest}`], size: sizeBytes,
      ...(repository === sandboxImage ? { pinned: true } : {}),
    };
    this.byId.set(id, image);
    this.byName.set(name, image);
    this.byName.set(`${repository}@${digest}`, image);
    return image;
  }

  /** Forgets an image under all of its names. */
  remove(image: Image): void {
    this.byId.delete(image.id);
    for (const [name, { id }] of [...this.byName]) if (id === image.id) this.byName.delete(name);
  }

  /** All images, the largest first. */
  list(): readonly Image[] {
    return [...this.byId.values()].sort((a, b) => b.size - a.size || compareText(a.id, b.id));
  }
}
