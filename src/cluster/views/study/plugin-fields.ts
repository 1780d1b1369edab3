/**
 * Where in a pod stands what a plugin of the scheduler decides on, so that a cell of a table can lead to the line of the
 * manifest; and which objects a pod's fields were copied from, up to the one that somebody wrote.
 */
import { controllerOf } from '../../../api/object';
import type { Container, OwnerReference, Pod } from '../../../api/types';
import type { ObjectRef } from '../../../protocol/commands';
import type { ObjectReader } from '../inside/source';

/** By plugin the field of the pod, `spec.nodeSelector`; only fields that this pod has. */
export function pluginFields({ spec }: Pod): Readonly<Record<string, string>> {
  const { affinity, containers } = spec;
  const requests = containerWith(
    containers,
    ({ resources }) => resources?.requests !== undefined,
    'resources.requests',
  );
  const podAffinity = affinity?.podAffinity
    ? 'spec.affinity.podAffinity'
    : affinity?.podAntiAffinity
      ? 'spec.affinity.podAntiAffinity'
      : undefined;
  const found: Readonly<Record<string, string | undefined>> = {
    NodeName: spec.nodeName === undefined ? undefined : 'spec.nodeName',
    NodeUnschedulable: spec.tolerations && 'spec.tolerations',
    TaintToleration: spec.tolerations && 'spec.tolerations',
    NodeAffinity: spec.nodeSelector ? 'spec.nodeSelector' : affinity?.nodeAffinity && 'spec.affinity.nodeAffinity',
    NodePorts: containerWith(containers, ({ ports }) => ports?.some(({ hostPort }) => hostPort) === true, 'ports'),
    NodeResourcesFit: requests, NodeResourcesBalancedAllocation: requests,
    PodTopologySpread: spec.topologySpreadConstraints && 'spec.topologySpreadConstraints',
    InterPodAffinity: podAffinity,
    VolumeBinding: spec.volumes && 'spec.volumes',
    ImageLocality: containerWith(containers, ({ image }) => image !== undefined, 'image'),
  };
  return Object.fromEntries(Object.entries(found).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

function containerWith(
  containers: readonly Container[],
  has: (container: Container) => boolean,
  field: string,
): string | undefined {
  const at = containers.findIndex(has);
  return at < 0 ? undefined : `spec.containers[${at}].${field}`;
}

/** A field of an object. */
export interface ObjectField {
  readonly ref: ObjectRef;
  readonly field: string;
}

/**
 * The field of a pod, `namespace/name`, and those that it was copied from: in its ReplicaSet, in the Deployment of that, as
 * far as they exist. Nothing for a pod that does not exist.
 */
export function fieldOrigins(pod: string, field: string, objects: ObjectReader): readonly ObjectField[] {
  const [namespace, podName = ''] = pod.split('/');
  const origins: ObjectField[] = [{ ref: { apiVersion: 'v1', kind: 'Pod', namespace, name: podName }, field }];
  let object = objects.get({ apiVersion: 'v1', kind: 'Pod', namespace, name: podName });
  if (!object) return [];
  while (object && origins.length < 4) {
    const owner: OwnerReference | undefined = controllerOf(object);
    if (!owner) break;
    const { apiVersion, kind, name } = owner;
    const ref: ObjectRef = { apiVersion, kind, namespace, name };
    origins.push({ ref, field: `${kind === 'CronJob' ? 'spec.jobTemplate.spec' : 'spec'}.template.${field}` });
    object = objects.get(ref);
  }
  return origins;
}
