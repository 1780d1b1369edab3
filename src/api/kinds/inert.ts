/**
 * Kinds that the sandbox serves and stores like any other and that nothing in it acts on yet, although something in a
 * real kind cluster does. Whoever applies one is told so. A kind leaves this list when its controller moves in.
 */

/** By apiVersion and kind: who would act on it in a real cluster. */
const missingActors: Readonly<Record<string, string>> = {
  'apps/v1 StatefulSet': 'statefulset-controller',
  'autoscaling/v1 HorizontalPodAutoscaler': 'horizontal-pod-autoscaler',
  'autoscaling/v2 HorizontalPodAutoscaler': 'horizontal-pod-autoscaler',
  'batch/v1 CronJob': 'cronjob-controller',
  'batch/v1 Job': 'job-controller',
  'networking.k8s.io/v1 NetworkPolicy': 'kindnet',
  'resource.k8s.io/v1 ResourceClaim': 'resourceclaim-controller',
  'storage.k8s.io/v1 VolumeAttachment': 'attachdetach-controller',
  'v1 PersistentVolume': 'persistentvolume-controller',
  'v1 PersistentVolumeClaim': 'persistentvolume-controller',
};

/** Who would act on objects of that kind in a real cluster and is missing here; undefined when nobody is missing. */
export function missingActor(apiVersion: string, kind: string): string | undefined {
  const key = `${apiVersion} ${kind}`;
  return Object.hasOwn(missingActors, key) ? missingActors[key] : undefined;
}

/** All such kinds, as `apiVersion kind`. */
export const inertKinds: readonly string[] = Object.freeze(Object.keys(missingActors));
