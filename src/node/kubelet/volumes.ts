/**
 * Volumes of a pod on the node's disk: each is a directory below /var/lib/kubelet/pods/<uid>/volumes, filled from its
 * source before the first container starts. Models pkg/volume's emptyDir, hostPath, configMap, secret, downwardAPI and
 * projected plug-ins. Claims, CSI and network volumes are not modelled, and say so.
 */
import type { Volume } from '../../api/types';
import { sortedKeys } from '../../base/freeze';
import type { Task } from '../../sim/task';
import type { FileTree } from '../filesystem';
import { type ContentInputs, volumeContent, type VolumeFiles } from './volume-content';

/** The directory of each volume by its name, or why one cannot be set up. */
export type MountedVolumes =
  | { readonly ok: true; readonly paths: ReadonlyMap<string, string> }
  | { readonly ok: false; readonly volume: string; readonly message: string };

export interface VolumeInputs extends ContentInputs {
  readonly files: FileTree;
}

/** Sets all volumes up; doing it again refreshes what comes from the API. */
export function* mountVolumes(inputs: VolumeInputs): Task<MountedVolumes> {
  const paths = new Map<string, string>();
  for (const volume of inputs.pod.spec.volumes ?? []) {
    if (volume.hostPath) {
      const problem = prepareHostPath(inputs.files, volume.hostPath.path, volume.hostPath.type ?? '');
      if (problem) return { ok: false, volume: volume.name, message: problem };
      paths.set(volume.name, volume.hostPath.path);
      continue;
    }
    const directory = volumeDirectory(inputs.pod.metadata.uid, volume);
    const content = yield* volumeContent(inputs, volume);
    if ('error' in content) return { ok: false, volume: volume.name, message: content.error };
    fill(inputs.files, directory, content.files);
    paths.set(volume.name, directory);
  }
  return { ok: true, paths };
}

/** Whether the volumes follow objects that may change while the pod runs. */
export function followsObjects(volumes: readonly Volume[]): boolean {
  return volumes.some(({ name, configMap, secret, projected }) =>
    (configMap || secret || projected) && !name.startsWith('kube-api-access-'));
}

/** Writes the files, and removes those of an earlier time that are no longer there; an emptyDir keeps what it has. */
function fill(files: FileTree, directory: string, content: VolumeFiles | undefined): void {
  files.makeDirectory(directory);
  if (!content) return;
  const kept = new Set(sortedKeys(content).map((path) => path.split('/')[0]));
  for (const name of files.list(directory) ?? []) if (!kept.has(name)) files.remove(`${directory}/${name}`);
  for (const path of sortedKeys(content)) {
    const file = content[path] ?? '';
    if (typeof file === 'string') files.write(`${directory}/${path}`, file);
    else files.place(`${directory}/${path}`, file);
  }
}

/** Removes what the pod's volumes left on the disk. */
export function removeVolumes(files: FileTree, uid: string): void {
  files.remove(`/var/lib/kubelet/pods/${uid}`);
}

function volumeDirectory(uid: string, volume: Volume): string {
  const plugin = volume.configMap ? 'configmap' : volume.secret ? 'secret' : volume.projected ? 'projected'
    : volume.downwardAPI ? 'downward-api' : 'empty-dir';
  return `/var/lib/kubelet/pods/${uid}/volumes/kubernetes.io~${plugin}/${volume.name}`;
}

function prepareHostPath(files: FileTree, path: string, type: string): string | undefined {
  const exists = files.exists(path);
  switch (type) {
    // The runtime makes what it is told to mount.
    case '': if (!exists) files.makeDirectory(path); return undefined;
    case 'DirectoryOrCreate': if (!exists) files.makeDirectory(path); return undefined;
    case 'FileOrCreate': if (!exists) files.write(path, ''); return undefined;
    case 'Directory': return files.isDirectory(path) ? undefined : mismatch(path, 'directory');
    case 'File': return exists && !files.isDirectory(path) ? undefined : mismatch(path, 'file');
    case 'Socket': return exists ? undefined : mismatch(path, 'socket file');
    case 'CharDevice': return exists ? undefined : mismatch(path, 'character device');
    default: return exists ? undefined : mismatch(path, 'block device');
  }
}

function mismatch(path: string, what: string): string {
  return `hostPath type check failed: ${path} is not a ${what}`;
}
