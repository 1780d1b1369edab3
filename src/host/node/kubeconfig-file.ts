/**
 * The kubeconfig of a served cluster on disk: written for its owner only, in one step, and taken away again when the
 * server stops. A user's own kubeconfig is touched only by `mergeKubeconfig`, which keeps a copy of it first.
 */
import { chmod, copyFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { dump, load } from 'js-yaml';

const mark = '# Written by Kindergarten for a cluster of its sandbox; removed when the server stops.\n';

/** The file is somebody else's and stays as it is. */
export class ForeignFile extends Error {}

/** Writes the kubeconfig with mode 0600. Throws ForeignFile when another file is in the way. */
export async function writeKubeconfig(path: string, text: string): Promise<void> {
  const present = await readFile(path, 'utf8').catch(() => undefined);
  if (present !== undefined && present.trim() !== '' && !present.startsWith(mark)) {
    throw new ForeignFile(`${path} exists and was not written by Kindergarten; name another file`);
  }
  await writePrivately(path, mark + text);
}

/** Removes a kubeconfig that `writeKubeconfig` has written; leaves any other file alone. */
export async function removeKubeconfig(path: string): Promise<void> {
  const present = await readFile(path, 'utf8').catch(() => undefined);
  if (present?.startsWith(mark)) await rm(path, { force: true });
}

/** Where kubectl looks when nothing else is said. */
export function defaultKubeconfigPath(): string {
  return join(homedir(), '.kube', 'config');
}

interface Named {
  readonly name: string;
}

interface Kubeconfig {
  readonly clusters?: readonly Named[] | null;
  readonly users?: readonly Named[] | null;
  readonly contexts?: readonly Named[] | null;
  readonly [field: string]: unknown;
}

/**
 * Adds the clusters, users and contexts of a kubeconfig to a file and makes its context the current one, as `kind export
 * kubeconfig` does. Entries of the same names are replaced, everything else stays. Returns the path of the copy of what
 * was there before, or undefined when there was nothing. Throws when the file is no kubeconfig; it stays as it was.
 */
export async function mergeKubeconfig(path: string, text: string, stamp: string): Promise<string | undefined> {
  const added = load(text) as Kubeconfig;
  const present = await readFile(path, 'utf8').catch(() => undefined);
  if (present === undefined || present.trim() === '') {
    await writePrivately(path, text);
    return undefined;
  }
  const own = load(present) as Kubeconfig | undefined;
  if (typeof own !== 'object' || own === null || own['kind'] !== 'Config') {
    throw new Error(`${path} is no kubeconfig; it was left as it is`);
  }
  const copy = `${path}.before-kindergarten-${stamp}`;
  await copyFile(path, copy);
  await chmod(copy, 0o600);
  const merged = {
    ...own,
    clusters: joined(own.clusters, added.clusters),
    users: joined(own.users, added.users),
    contexts: joined(own.contexts, added.contexts),
    'current-context': added['current-context'],
  };
  await writePrivately(path, dump(merged, { lineWidth: -1 }));
  return copy;
}

function joined(
  own: readonly Named[] | null | undefined,
  added: readonly Named[] | null | undefined,
): readonly Named[] {
  const fresh = added ?? [];
  const names = new Set(fresh.map(({ name }) => name));
  return [...(own ?? []).filter(({ name }) => !names.has(name)), ...fresh];
}

/** Never half-written, and never readable by others, not even for a moment. */
async function writePrivately(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const partial = `${path}.${process.pid}.partial`;
  try {
    await writeFile(partial, text, { mode: 0o600 });
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}
