/** Placeholder until the catalog lands. */
import type { ImageDescription } from '../images';
import { runUntilStopped } from './behavior';
export const commonImages: Readonly<Record<string, ImageDescription>> = {
  'docker.io/library/nginx': { sizeBytes: 70_000_000, base: 'debian', entrypoint: ['nginx'], executables: { nginx: runUntilStopped } },
};
