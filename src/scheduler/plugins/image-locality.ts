/** ImageLocality: prefers nodes that have the pod's images, weighed by how spread they are. Models plugins/imagelocality. */
import type { PreScorePlugin, ScorePlugin } from '../framework/interface';
import { maxNodeScore } from '../framework/normalize';

const name = 'ImageLocality';
const mebibyte = 1024 * 1024;
const minThreshold = 23 * mebibyte;
const maxContainerThreshold = 1000 * mebibyte;

interface ImageShare {
  readonly image: string;
  /** The part of all nodes that have the image. */
  readonly spread: number;
}

/** The name under which a node reports an image: with a registry and a tag. */
export function normalizedImage(image: string): string {
  const slash = image.indexOf('/');
  const first = slash < 0 ? '' : image.slice(0, slash);
  const hasRegistry = first.includes('.') || first.includes(':') || first === 'localhost';
  const full = hasRegistry ? image : `docker.io/${slash < 0 ? 'library/' : ''}${image}`;
  return full.includes('@') || full.lastIndexOf(':') > full.lastIndexOf('/') ? full : `${full}:latest`;
}

export const imageLocality: PreScorePlugin & ScorePlugin = {
  name,
  preScore: (state, { pod }, _feasible, nodes) => {
    const containers = [...(pod.spec.initContainers ?? []), ...pod.spec.containers];
    const shares: ImageShare[] = containers.map((container) => {
      const image = normalizedImage(container.image ?? '');
      return { image, spread: nodes.filter((node) => node.images.has(image)).length / Math.max(1, nodes.length) };
    });
    if (shares.every((share) => share.spread === 0)) {
      // No node has any image: all score 0, as without this plugin.
      return 'skip';
    }
    state.write(name, shares);
    return undefined;
  },
  score: (state, _pod, node) => {
    const shares = state.read<readonly ImageShare[]>(name);
    let sum = 0;
    for (const { image, spread } of shares) sum += Math.floor((node.images.get(image) ?? 0) * spread);
    const max = maxContainerThreshold * shares.length;
    const clamped = Math.max(minThreshold, Math.min(max, sum));
    return Math.floor((maxNodeScore * (clamped - minThreshold)) / (max - minThreshold));
  },
};
