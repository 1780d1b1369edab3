/**
 * Puts something into the per-user cache once, safely when several processes try at the same time:
 * each builds under a name of its own and renames; the first one wins, the others throw their copy away.
 */
import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from './paths';

/**
 * Returns the cache entry `name`, made by `build` when it is not there yet.
 *
 * @param name the folder's name in the cache; it must carry the version, because entries are never refreshed
 * @param build fills the empty folder that it is given; when it throws, nothing stays behind
 */
export async function fetchOnce(name: string, build: (folder: string) => Promise<void>): Promise<string> {
  const target = join(cacheFolder(), name);
  if (existsSync(target)) return target;
  const partial = mkdtempSync(join(cacheFolder(), `${name}.partial-`));
  try {
    await build(partial);
    renameSync(partial, target);
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    // The rename fails when another process has put its copy there meanwhile; that copy is as good as ours.
    if (!existsSync(target)) throw error;
  }
  return target;
}
