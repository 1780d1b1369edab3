/** The pod and container that a streaming subresource is about. Models validateContainer of registry/core/pod. */
import { pods } from '../../api/resources';
import { badRequest, type FailureStatus, notFoundStatus } from '../../api/status';
import type { Pod } from '../../api/types';
import type { SubresourceRequest } from '../http/sessions';

/** The pod of a request. */
export function podOf({ info, execution }: SubresourceRequest, name = info.name): Pod | FailureStatus {
  const pod = execution.objects.get<Pod>(pods, info.namespace, name);
  return pod ?? notFoundStatus({ group: '', resource: 'pods' }, name);
}

/** The container that is meant: the only one, when none is named. */
export function containerOf({ metadata: { name }, spec }: Pod, wanted: string): string | FailureStatus {
  const all = [...(spec.initContainers ?? []), ...spec.containers, ...(spec.ephemeralContainers ?? [])];
  if (wanted !== '') {
    if (all.some((container) => container.name === wanted)) return wanted;
    return badRequest(`container ${wanted} is not valid for pod ${name}`);
  }
  const [only] = spec.containers;
  if (!only) return badRequest(`a container name must be specified for pod ${name}`);
  if (spec.containers.length === 1) return only.name;
  const names = all.map((container) => container.name).join(' ');
  return badRequest(`a container name must be specified for pod ${name}, choose one of: [${names}]`);
}
