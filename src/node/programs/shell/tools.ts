/** Placeholder until the shell lands. */
import type { ImageDescription } from '../../images';
export function toolsOf(_image: ImageDescription): ReadonlySet<string> {
  return new Set();
}
