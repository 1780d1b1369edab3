/** Where things lie: the repository, and the per-user cache that all clones of it share. */
import { cpSync, mkdirSync, mkdtempSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** The repository's top folder. */
export const root = resolve(__dirname, '..');

/**
 * The folder for what is fetched once per user (VS Code, browser): `KINDERGARTEN_CACHE`, else the XDG cache folder,
 * else `~/.cache`; the system's temporary folder when the home folder cannot be written.
 */
export function cacheFolder(): string {
  const chosen = process.env['KINDERGARTEN_CACHE']
    ?? join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'kindergarten');
  try {
    mkdirSync(chosen, { recursive: true });
    return chosen;
  } catch {
    const fallback = join(tmpdir(), 'kindergarten-cache');
    mkdirSync(fallback, { recursive: true });
    return fallback;
  }
}

/** A copy of the example workspace that tests may write into; who asks for it removes the folder around it. */
export function copyOfExamples(): string {
  const copy = join(mkdtempSync(join(tmpdir(), 'kindergarten-examples-')), 'examples');
  cpSync(join(root, 'examples'), copy, { recursive: true });
  return copy;
}
