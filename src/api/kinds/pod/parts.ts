/**
 * The parts of a pod that are written through subresources of their own: ephemeral containers, which can only be added,
 * and the resources of containers that run. All else in such a request is dropped. Models the ephemeral containers and
 * resize strategies of pkg/registry/core/pod with ValidatePodResize of pkg/apis/core/validation. Resizing resources of
 * the pod as a whole is taken as it is: the kubelet modelled here has nothing to do for it.
 */
import { equal, withKey } from '../../../base/freeze';
import { child, forbidden, index, invalid } from '../../field-errors';
import type { FieldError } from '../../field-errors';
import type { PartialUpdate } from '../../kind';
import type { Container, Pod, PodSpec, ResourceRequirements } from '../../types';
import type { FieldErrors } from '../field-checks';
import { podQosClass } from './qos';
import { isSidecar } from './resource-defaults';
import { ephemeralContainersErrors } from './update';
import { mirrorAnnotation } from './validation/annotations';
import { checkPod } from './validation/pod';

/** Adding ephemeral containers. */
export const ephemeralContainersPart: PartialUpdate<Pod> = {
  merge: (pod, old) => ({
    ...old, metadata: pod.metadata,
    spec: withKey(old.spec, 'ephemeralContainers', pod.spec.ephemeralContainers),
  }),
  validate: ephemeralContainersErrors,
};

/** Changing the resources of containers. */
export const resizePart: PartialUpdate<Pod> = { merge: mergeResize, validate: resizeErrors };

/** Takes the resources and resize policies; where the containers are others than before, validation says so. */
function mergeResize(pod: Pod, old: Pod): Pod {
  const { containers, initContainers = [] } = pod.spec;
  const before = [old.spec.containers, old.spec.initContainers ?? []] as const;
  if (containers.length !== before[0].length || initContainers.length !== before[1].length) return pod;
  const spec: PodSpec = {
    ...withKey(old.spec, 'resources', pod.spec.resources),
    containers: withResourcesOf(containers, before[0]),
  };
  const init = old.spec.initContainers && withResourcesOf(initContainers, before[1]);
  return { ...old, metadata: pod.metadata, spec: withKey(spec, 'initContainers', init) };
}

function withResourcesOf(containers: readonly Container[], old: readonly Container[]): readonly Container[] {
  if (containers.some(({ name }, i) => name !== old[i]?.name)) return containers;
  return old.map((before, i) => {
    const { resources, resizePolicy } = containers[i] as Container;
    return withKey(withKey(before, 'resources', resources), 'resizePolicy', resizePolicy);
  });
}

function resizeErrors(pod: Pod, old: Pod): readonly FieldError[] {
  if (old.metadata.annotations?.[mirrorAnnotation] !== undefined) {
    return [forbidden('', 'static pods cannot be resized')];
  }
  if (old.spec.os?.name === 'windows') return [forbidden('', 'windows pods cannot be resized')];
  const errors: FieldErrors = [];
  checkPod(pod, errors);
  if (pod.spec.containers.length !== old.spec.containers.length) return [...errors, immutableSpec()];
  if (podQosClass(pod.spec) !== (old.status?.qosClass ?? podQosClass(old.spec))) {
    const why = 'Pod QOS Class may not change as a result of resizing';
    errors.push(invalid('spec', pod.status?.qosClass ?? '', why));
  }
  const running = old.status?.containerStatuses?.find(({ state }) => state?.running !== undefined);
  if (running !== undefined && running.resources === undefined) {
    errors.push(forbidden('spec', 'Pod running on node without support for resize'));
  }
  checkRemoved(pod.spec.initContainers?.filter(isSidecar), old.spec.initContainers, 'spec.initContainers', errors);
  checkRemoved(pod.spec.containers, old.spec.containers, 'spec.containers', errors);
  const munged = checkMutable(pod.spec, old.spec, errors);
  if (errors.length === 0 && !equal(munged, old.spec)) errors.push(immutableSpec());
  return errors;
}

function immutableSpec(): FieldError {
  return forbidden('spec', 'only cpu and memory resources are mutable');
}

/** What a container asks for can change, but not cease. */
function checkRemoved(
  containers: readonly Container[] | undefined, old: readonly Container[] | undefined, path: string,
  errors: FieldErrors,
): void {
  (old ?? []).forEach((before, i) => {
    const after = containers?.find(({ name }) => name === before.name);
    if (after === undefined) return;
    const at = child(index(path, i), 'resources');
    for (const [kind, what] of [['requests', 'resource requests'], ['limits', 'resource limits']] as const) {
      const asked = before.resources?.[kind] ?? {};
      const asks = after.resources?.[kind] ?? {};
      if (Object.keys(asked).every((name) => Object.hasOwn(asks, name))) continue;
      errors.push(forbidden(child(at, kind), `${what} cannot be removed`));
    }
  });
}

/** The spec with cpu and memory as they were, so that what still differs is what may not change. */
function checkMutable(spec: PodSpec, old: PodSpec, errors: FieldErrors): PodSpec {
  const containers = spec.containers.map((container, i) => {
    const munged = withOldAmounts(container, old.containers[i] as Container);
    if (!equal(munged, old.containers[i])) errors.push(immutableSpec());
    return munged;
  });
  const initContainers = spec.initContainers?.map((container, i) => {
    const before = old.initContainers?.[i] as Container;
    const munged = isSidecar(container) ? withOldAmounts(container, before) : container;
    if (equal(munged, before)) return munged;
    errors.push(forbidden('spec', isSidecar(container)
      ? 'only cpu and memory resources for sidecar containers are mutable'
      : 'resources for non-sidecar init containers are immutable'));
    return munged;
  });
  const munged = withKey({ ...spec, containers }, 'initContainers', initContainers);
  return withKey(munged, 'resources', old.resources);
}

function withOldAmounts(container: Container, old: Container): Container {
  const resources: ResourceRequirements = {
    ...amounts('limits', container, old), ...amounts('requests', container, old),
  };
  const claims = old.resources?.claims;
  return withKey(container, 'resources', claims ? { ...resources, claims } : resources);
}

function amounts(
  kind: 'limits' | 'requests', container: Container, old: Container,
): { readonly [kind: string]: Readonly<Record<string, string>> } {
  const before = old.resources?.[kind];
  if (before === undefined) return {};
  const { cpu: _, memory: _memory, ...others } = container.resources?.[kind] ?? {};
  const kept = Object.entries(before).filter(([name]) => name === 'cpu' || name === 'memory');
  return { [kind]: { ...others, ...Object.fromEntries(kept) } };
}
