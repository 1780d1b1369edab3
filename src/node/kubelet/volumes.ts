/**
 * Volumes of a pod on the node's disk: each is a directory below /var/lib/kubelet/pods/<uid>/volumes, filled from its
 * source before the first container starts. Models pkg/volume's emptyDir, hostPath, configMap, secret, downwardAPI and
 * projected plug-ins. Claims and CSI volumes are not modelled yet and say so.
 */
import { configMaps, secrets } from '../../api/resources';
import type { ConfigMap, KeyToPath, Pod, Secret, Volume } from '../../api/types';
import type { FileTree } from '../filesystem';
import type { Task } from '../../sim/task';
import type { ObjectCache } from './object-cache';
import { fieldValue } from './downward';
import { base64Text } from './base64';

/** The directory of each volume by its name, or why one cannot be set up. */
export type MountedVolumes =
  | { readonly ok: true; readonly paths: ReadonlyMap<string, string> }
  | { readonly ok: false; readonly volume: string; readonly message: string };

export interface VolumeContext {
  readonly pod: Pod;
  readonly uid: string;
  readonly files: FileTree;
  readonly objects: ObjectCache;
  readonly hostIP: string;
}

type Content = { readonly files: Readonly<Record<string, string>> } | { readonly error: string };

/** Sets all volumes up; doing it again refreshes what comes from the API. */
export function* mountVolumes(context: VolumeContext): Task<MountedVolumes> {
  const paths = new Map<string, string>();
  for (const volume of context.pod.spec.volumes ?? []) {
    if (volume.hostPath) {
      const problem = prepareHostPath(context.files, volume.hostPath.path, volume.hostPath.type ?? '');
      if (problem) return { ok: false, volume: volume.name, message: problem };
      paths.set(volume.name, volume.hostPath.path);
      continue;
    }
    const directory = volumeDirectory(context.uid, volume);
    const content = yield* contentOf(context, volume);
    if ('error' in content) return { ok: false, volume: volume.name, message: content.error };
    context.files.makeDirectory(directory);
    for (const [name, text] of Object.entries(content.files)) context.files.write(`${directory}/${name}`, text);
    paths.set(volume.name, directory);
  }
  return { ok: true, paths };
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
    case '': return undefined;
    case 'DirectoryOrCreate': if (!exists) files.makeDirectory(path); return undefined;
    case 'FileOrCreate': if (!exists) files.write(path, ''); return undefined;
    case 'Directory': return files.isDirectory(path) ? undefined : `hostPath type check failed: ${path} is not a directory`;
    case 'File': return exists && !files.isDirectory(path) ? undefined : `hostPath type check failed: ${path} is not a file`;
    case 'Socket': return exists ? undefined : `hostPath type check failed: ${path} is not a socket file`;
    default: return exists ? undefined : `hostPath type check failed: ${path} is not a ${type.toLowerCase()}`;
  }
}

function* contentOf(context: VolumeContext, volume: Volume): Task<Content> {
  const { pod } = context;
  const namespace = pod.metadata.namespace ?? '';
  if (volume.configMap) {
    return yield* configMapContent(context, namespace, volume.configMap.name ?? '', volume.configMap.items, volume.configMap.optional);
  }
  if (volume.secret) {
    return yield* secretContent(context, namespace, volume.secret.secretName ?? '', volume.secret.items, volume.secret.optional);
  }
  if (volume.downwardAPI) return { files: downwardFiles(context, volume.downwardAPI.items ?? []) };
  if (volume.projected) return yield* projectedContent(context, volume);
  if (volume.emptyDir) return { files: {} };
  const kind = Object.keys(volume).find((key) => key !== 'name') ?? 'unknown';
  return { error: `volumes of type ${kind} are not modelled by the sandbox yet` };
}

function* projectedContent(context: VolumeContext, volume: Volume): Task<Content> {
  const namespace = context.pod.metadata.namespace ?? '';
  const files: Record<string, string> = {};
  for (const source of volume.projected?.sources ?? []) {
    let content: Content = { files: {} };
    if (source.configMap) {
      content = yield* configMapContent(context, namespace, source.configMap.name ?? '', source.configMap.items, source.configMap.optional);
    } else if (source.secret) {
      content = yield* secretContent(context, namespace, source.secret.name ?? '', source.secret.items, source.secret.optional);
    } else if (source.downwardAPI) {
      content = { files: downwardFiles(context, source.downwardAPI.items ?? []) };
    } else if (source.serviceAccountToken) {
      const account = context.pod.spec.serviceAccountName ?? 'default';
      content = { files: { [source.serviceAccountToken.path]: `system:serviceaccount:${namespace}:${account}` } };
    }
    if ('error' in content) return content;
    Object.assign(files, content.files);
  }
  return { files };
}

function* configMapContent(
  context: VolumeContext, namespace: string, name: string, items: readonly KeyToPath[] | undefined, optional = false,
): Task<Content> {
  const found = yield* context.objects.get<ConfigMap>(configMaps, namespace, name);
  if (!found) return optional ? { files: {} } : { error: `configmap "${name}" not found` };
  return pick({ ...found.data }, items, optional, `configmap references non-existent config key`);
}

function* secretContent(
  context: VolumeContext, namespace: string, name: string, items: readonly KeyToPath[] | undefined, optional = false,
): Task<Content> {
  const found = yield* context.objects.get<Secret>(secrets, namespace, name);
  if (!found) return optional ? { files: {} } : { error: `secret "${name}" not found` };
  const data: Record<string, string> = {};
  for (const [key, value] of Object.entries(found.data ?? {})) data[key] = base64Text(value);
  return pick(data, items, optional, 'references non-existent secret key');
}

function pick(
  data: Readonly<Record<string, string>>, items: readonly KeyToPath[] | undefined, optional: boolean, why: string,
): Content {
  if (!items) return { files: data };
  const files: Record<string, string> = {};
  for (const { key, path } of items) {
    const value = data[key];
    if (value === undefined) {
      if (optional) continue;
      return { error: `${why}: ${key}` };
    }
    files[path] = value;
  }
  return { files };
}

function downwardFiles(
  context: VolumeContext, items: readonly { readonly path: string; readonly fieldRef?: { readonly fieldPath: string } }[],
): Record<string, string> {
  const files: Record<string, string> = {};
  for (const { path, fieldRef } of items) if (fieldRef) files[path] = fieldValue(context.pod, fieldRef.fieldPath, context.hostIP);
  return files;
}
