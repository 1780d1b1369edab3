/**
 * persistentvolumeclaim-protection-controller and persistentvolume-protection-controller: they let claims and volumes
 * go that are to be deleted, once no pod uses the claim and no claim the volume. Models
 * pkg/controller/volume/pvcprotection and pvprotection.
 */
import { isDeleting, objectKey } from '../api/object';
import type { ResourceType } from '../api/request';
import * as resources from '../api/resources';
import type { KubeObject, PersistentVolume, PersistentVolumeClaim, Pod } from '../api/types';
import type { ApiClient } from '../client/api-client';
import { Controller, done, failed, type ReconcileResult } from '../client/controller';
import type { Task } from '../sim/task';
import type { ControllerContext, ControllerLoop } from './context';
import { isPodTerminal } from './pods/pod-state';

const claimFinalizer = 'kubernetes.io/pvc-protection';
const volumeFinalizer = 'kubernetes.io/pv-protection';

/** The controller of claims, ready to start. */
export function claimProtection({ host, informers, client }: ControllerContext): ControllerLoop {
  const own = client('pvc-protection-controller');
  const claims = informers.of(resources.persistentVolumeClaims);
  const pods = informers.of(resources.pods);

  function* sync(key: string): Task<ReconcileResult> {
    const claim = claims.byKey(key);
    if (!claim) return done;
    if (!isDeleting(claim)) return yield* protect(own, resources.persistentVolumeClaims, claim, claimFinalizer);
    if (!hasFinalizer(claim, claimFinalizer) || pods.list().some((pod) => uses(pod, claim))) return done;
    const live = yield* own.list(resources.pods, {}, claim.metadata.namespace);
    if (!live.ok) return failed(live.status.message);
    if (live.value.items.some((pod) => uses(pod, claim))) return done;
    return yield* release(own, resources.persistentVolumeClaims, claim, claimFinalizer);
  }

  const name = 'persistentvolumeclaim-protection-controller';
  const loop = new Controller(host, { name, workers: 1, reconcile: sync });
  const changed = (claim: PersistentVolumeClaim): void => {
    if (isDeleting(claim) === hasFinalizer(claim, claimFinalizer)) loop.add(objectKey(claim));
  };
  claims.addHandlers({ added: changed, updated: changed });
  const podChanged = (pod: Pod, gone: boolean): void => {
    if (!gone && pod.spec.nodeName && !isPodTerminal(pod)) return;
    for (const name of claimNames(pod)) loop.add(`${pod.metadata.namespace}/${name}`);
  };
  pods.addHandlers({
    added: (pod) => podChanged(pod, false),
    updated: (pod) => podChanged(pod, false),
    deleted: (pod) => podChanged(pod, true),
  });
  return loop;
}

/** The controller of volumes, ready to start. */
export function volumeProtection({ host, informers, client }: ControllerContext): ControllerLoop {
  const own = client('pv-protection-controller');
  const volumes = informers.of(resources.persistentVolumes);

  function* sync(name: string): Task<ReconcileResult> {
    const volume = volumes.byKey(name);
    if (!volume) return done;
    if (!isDeleting(volume)) return yield* protect(own, resources.persistentVolumes, volume, volumeFinalizer);
    if (!hasFinalizer(volume, volumeFinalizer) || volume.status?.phase === 'Bound') return done;
    return yield* release(own, resources.persistentVolumes, volume, volumeFinalizer);
  }

  const loop = new Controller(host, { name: 'persistentvolume-protection-controller', workers: 1, reconcile: sync });
  const changed = (volume: PersistentVolume): void => {
    if (isDeleting(volume) === hasFinalizer(volume, volumeFinalizer)) loop.add(objectKey(volume));
  };
  volumes.addHandlers({ added: changed, updated: changed });
  return loop;
}

function hasFinalizer({ metadata }: KubeObject, finalizer: string): boolean {
  return metadata.finalizers?.includes(finalizer) === true;
}

/** Only a pod that has a node uses anything: no kubelet starts one whose claim is about to go. */
function uses(pod: Pod, { metadata }: PersistentVolumeClaim): boolean {
  return Boolean(pod.spec.nodeName) && pod.metadata.namespace === metadata.namespace
    && claimNames(pod).includes(metadata.name);
}

function claimNames({ metadata, spec }: Pod): readonly string[] {
  return (spec.volumes ?? []).flatMap(({ name, persistentVolumeClaim, ephemeral }) => {
    if (persistentVolumeClaim) return [persistentVolumeClaim.claimName];
    return ephemeral ? [`${metadata.name}-${name}`] : [];
  });
}

function* protect<T extends KubeObject>(
  client: ApiClient, type: ResourceType<T>, object: T, finalizer: string,
): Task<ReconcileResult> {
  if (hasFinalizer(object, finalizer)) return done;
  return yield* write(client, type, object, [...object.metadata.finalizers ?? [], finalizer]);
}

function* release<T extends KubeObject>(
  client: ApiClient, type: ResourceType<T>, object: T, finalizer: string,
): Task<ReconcileResult> {
  return yield* write(client, type, object, (object.metadata.finalizers ?? []).filter((other) => other !== finalizer));
}

function* write<T extends KubeObject>(
  client: ApiClient, type: ResourceType<T>, object: T, finalizers: readonly string[],
): Task<ReconcileResult> {
  const answer = yield* client.update(type, { ...object, metadata: { ...object.metadata, finalizers } });
  return answer.ok || answer.status.code === 404 ? done : failed(answer.status.message);
}
