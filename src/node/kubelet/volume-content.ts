/**
 * What volumes contain: the keys of ConfigMaps and Secrets, fields of the pod, and projections of several of those.
 * Binary data is left out: files hold text.
 */
import { configMaps, secrets } from '../../api/resources';
import type { ConfigMap, DownwardAPIVolumeFile, KeyToPath, Node, Pod, Secret, Volume } from '../../api/types';
import { base64Decode } from '../../base/base64';
import { sortedKeys } from '../../base/freeze';
import type { Task } from '../../sim/task';
import type { FileContent } from '../filesystem';
import { fieldValue, type PodAddresses, resourceValue } from './downward';
import type { ObjectCache } from './object-cache';

export interface ContentInputs extends PodAddresses {
  readonly pod: Pod;
  readonly objects: ObjectCache;
  readonly node: Node | undefined;
}

/** Texts of files by path; some are made when they are read. */
export type VolumeFiles = Readonly<Record<string, string | FileContent>>;

/** Files by path; undefined when the volume's content belongs to the pod. */
export type Content =
  | { readonly files: VolumeFiles | undefined }
  | { readonly error: string };

/** The files of a volume when it is set up. */
export function* volumeContent(context: ContentInputs, volume: Volume): Task<Content> {
  const { pod } = context;
  const namespace = pod.metadata.namespace ?? '';
  if (volume.configMap) {
    const { name = '', items, optional } = volume.configMap;
    return yield* configMapContent(context, namespace, name, items, optional);
  }
  if (volume.secret) {
    const { secretName = '', items, optional } = volume.secret;
    return yield* secretContent(context, namespace, secretName, items, optional);
  }
  if (volume.downwardAPI) return { files: downwardFiles(context, volume.downwardAPI.items ?? []) };
  if (volume.projected) return yield* projectedContent(context, volume);
  if (volume.emptyDir) return { files: undefined };
  const kind = Object.keys(volume).find((key) => key !== 'name') ?? 'unknown';
  return { error: `volumes of type ${kind} are not modelled by this simulation` };
}

function* projectedContent(context: ContentInputs, volume: Volume): Task<Content> {
  const namespace = context.pod.metadata.namespace ?? '';
  const files: Record<string, string | FileContent> = {};
  for (const source of volume.projected?.sources ?? []) {
    let content: Content = { files: {} };
    if (source.configMap) {
      const { name = '', items, optional } = source.configMap;
      content = yield* configMapContent(context, namespace, name, items, optional);
    } else if (source.secret) {
      const { name = '', items, optional } = source.secret;
      content = yield* secretContent(context, namespace, name, items, optional);
    } else if (source.downwardAPI) {
      content = { files: downwardFiles(context, source.downwardAPI.items ?? []) };
    } else if (source.serviceAccountToken) {
      const token = yield* context.objects.tokens.token(context.pod, source.serviceAccountToken);
      content = 'error' in token ? token : { files: { [source.serviceAccountToken.path]: token } };
    }
    if ('error' in content) return content;
    Object.assign(files, content.files ?? {});
  }
  return { files };
}

function* configMapContent(
  context: ContentInputs, namespace: string, name: string, items: readonly KeyToPath[] | undefined, optional = false,
): Task<Content> {
  const found = yield* context.objects.get<ConfigMap>(configMaps, namespace, name);
  if (!found) return optional ? { files: {} } : { error: `configmap "${name}" not found` };
  return pick(found.data ?? {}, items, optional, 'configmap references non-existent config key');
}

function* secretContent(
  context: ContentInputs, namespace: string, name: string, items: readonly KeyToPath[] | undefined, optional = false,
): Task<Content> {
  const found = yield* context.objects.get<Secret>(secrets, namespace, name);
  if (!found) return optional ? { files: {} } : { error: `secret "${name}" not found` };
  const data: Record<string, string> = {};
  for (const key of sortedKeys(found.data)) data[key] = base64Decode(found.data?.[key] ?? '') ?? '';
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

function downwardFiles(inputs: ContentInputs, items: readonly DownwardAPIVolumeFile[]): Record<string, string> {
  const { pod, node } = inputs;
  const files: Record<string, string> = {};
  for (const { path, fieldRef, resourceFieldRef } of items) {
    if (fieldRef) files[path] = fieldValue(pod, fieldRef.fieldPath, inputs);
    if (!resourceFieldRef) continue;
    const container = pod.spec.containers.find(({ name }) => name === resourceFieldRef.containerName);
    if (container) files[path] = resourceValue(container, resourceFieldRef.resource, resourceFieldRef.divisor, node);
  }
  return files;
}
