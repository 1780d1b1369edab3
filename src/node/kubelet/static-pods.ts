/**
 * Static pods: manifests in a folder of the node, run by this kubelet alone, with or without an API server, and shown
 * to the API server as mirror pods. Models pkg/kubelet/config/file.go and pkg/kubelet/pod/mirror_client.go.
 */
import { kindRegistry } from '../../api/registry';
import { builtInKinds } from '../../api/kinds';
import { pods } from '../../api/resources';
import { newOwnerRef } from '../../api/object';
import { formatTime } from '../../api/time';
import type { NewObject, Node, Pod } from '../../api/types';
import { fnv1a32 } from '../../base/hash';
import { parseYaml } from '../../base/yaml/parse';
import type { ApiClient } from '../../client/api-client';
import type { Task } from '../../sim/task';
import type { FileTree } from '../filesystem';

const mirrorAnnotation = 'kubernetes.io/config.mirror';
const hashAnnotation = 'kubernetes.io/config.hash';

const podKind = kindRegistry(builtInKinds).byKind('v1', 'Pod');

/** The static pods of a folder, by file name in order; a file that is no pod is left out. */
export function readStaticPods(files: FileTree, folder: string, node: string, wallMs: number): Pod[] {
  const found: Pod[] = [];
  for (const name of files.list(folder) ?? []) {
    const text = files.read(`${folder}/${name}`);
    if (text === undefined || name.startsWith('.')) continue;
    const value = parseYaml(text)[0]?.value as Partial<Pod> | undefined;
    if (value?.kind !== 'Pod' || !value.spec || !value.metadata) continue;
    found.push(staticPod(value as Pod, text, node, wallMs));
  }
  return found;
}

function staticPod(written: Pod, text: string, node: string, wallMs: number): Pod {
  const digits = [text, `${node}/${text}`].map((part) => fnv1a32(part).toString(16).padStart(8, '0')).join('');
  const hash = digits.repeat(2);
  const time = formatTime(wallMs);
  const annotations = {
    ...written.metadata.annotations,
    [hashAnnotation]: hash,
    'kubernetes.io/config.seen': time,
    'kubernetes.io/config.source': 'file',
  };
  const pod: Pod = {
    ...written,
    metadata: {
      ...written.metadata,
      name: `${written.metadata.name}-${node}`,
      namespace: written.metadata.namespace ?? 'default',
      uid: hash,
      creationTimestamp: time,
      resourceVersion: '0',
      annotations,
    },
    // A static pod tolerates everything that would evict it.
    spec: { ...written.spec, nodeName: node, tolerations: [{ effect: 'NoExecute', operator: 'Exists' }] },
    status: { phase: 'Pending' },
  };
  return (podKind?.defaults?.(pod) ?? pod) as Pod;
}

/** Whether a pod of the API server stands for a static pod. */
export function isMirror(pod: Pod): boolean {
  return pod.metadata.annotations?.[mirrorAnnotation] !== undefined;
}

/** Whether a mirror shows this version of the static pod and is to stay. */
export function isMirrorOf(mirror: Pod, pod: Pod): boolean {
  const { deletionTimestamp, annotations } = mirror.metadata;
  return deletionTimestamp === undefined && annotations?.[mirrorAnnotation] === pod.metadata.uid;
}

/** Makes sure that the mirror pod exists and is of this version; false when the API server did not take it. */
export function* ensureMirror(client: ApiClient, pod: Pod, mirror: Pod | undefined, node: Node): Task<boolean> {
  const { namespace, name } = pod.metadata;
  if (mirror) {
    if (isMirrorOf(mirror, pod)) return true;
    yield* deleteMirror(client, mirror);
  }
  const { annotations, labels } = pod.metadata;
  const object: NewObject<Pod> = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      namespace, name, labels,
      annotations: { ...annotations, [mirrorAnnotation]: annotations?.[hashAnnotation] ?? '' },
      ownerReferences: [{ ...newOwnerRef(node), controller: true }],
    },
    spec: pod.spec,
  };
  const created = yield* client.create(pods, object);
  return created.ok || created.status.code === 409;
}

export function* deleteMirror(client: ApiClient, mirror: Pod): Task {
  const { namespace, name, uid } = mirror.metadata;
  yield* client.delete(pods, { namespace, name }, { gracePeriodSeconds: 0, preconditions: { uid } });
}
