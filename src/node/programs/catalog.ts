/** The images that everybody uses, by repository. Everything else is `unknownImage`. */
import type { ImageDescription } from '../images';
import { addonImages } from './images/addons';
import { baseImages } from './images/bases';
import { daemonImages } from './images/daemons';
import { jobImages } from './images/jobs';
import { webImages } from './images/web';

export const commonImages: Readonly<Record<string, ImageDescription>> = Object.freeze({
  ...baseImages, ...jobImages, ...daemonImages, ...webImages, ...addonImages,
});
