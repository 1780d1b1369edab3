/** Node images and the Kubernetes version in their tag. Models how kind's users name releases: kindest/node:v1.36.1. */
import { DEFAULT_KUBERNETES_VERSION } from './defaults';

/** A node image taken apart. `version` is undefined unless the tag is a release such as v1.36.1. */
export interface NodeImage {
  readonly repository: string;
  readonly tag: string;
  readonly digest: string;
  readonly version: string | undefined;
}

/** Takes an image reference apart; a port in the registry's name is not taken for a tag. */
export function parseNodeImage(image: string): NodeImage {
  const [name = '', digest = ''] = image.split('@');
  const colon = name.lastIndexOf(':');
  const hasTag = colon > name.lastIndexOf('/');
  const tag = hasTag ? name.slice(colon + 1) : '';
  const version = /^v1\.[0-9]+\.[0-9]+(-(alpha|beta|rc)\.[0-9]+)?$/.test(tag) ? tag : undefined;
  return { repository: hasTag ? name.slice(0, colon) : name, tag, digest, version };
}

/** The version that a node of this image reports: that of the tag, else the simulated one. */
export function imageVersion(image: string): string {
  return parseNodeImage(image).version ?? DEFAULT_KUBERNETES_VERSION;
}
