/**
 * What the server changes in a new pod because of feature gates and of names that became fields: projections whose
 * gates are off in v1.36 (ClusterTrustBundleProjection, PodCertificateRequest) are dropped, and AppArmor's annotations
 * become fields. Models dropDisabledFields of pkg/api/pod and applyAppArmorVersionSkew of pkg/registry/core/pod.
 * Templates keep such projections here; the pods made from them lose them.
 */
import { equal, withKey } from '../../../base/freeze';
import { child, key } from '../../field-errors';
import type { AppArmorProfile, Container, Pod, PodSpec, Volume, VolumeProjection } from '../../types';
import { mapList } from './container-defaults';

/** AppArmor's annotation of a container is this and the container's name. */
export const appArmorPrefix = 'container.apparmor.security.beta.kubernetes.io/';
const lists = ['initContainers', 'containers'] as const;

/** The pod without projections that v1.36 does not know by default. */
export function withoutSwitchedOff(pod: Pod): Pod {
  const volumes = mapList(pod.spec.volumes, (volume: Volume): Volume => {
    const { projected } = volume;
    if (projected?.sources === undefined) return volume;
    const sources = mapList(projected.sources, (source: VolumeProjection) => (
      withKey(withKey(source, 'clusterTrustBundle', undefined), 'podCertificate', undefined)));
    return withKey(volume, 'projected', withKey(projected, 'sources', sources));
  });
  return withKey(pod, 'spec', withKey(pod.spec, 'volumes', volumes));
}

/** The pod with AppArmor profiles in the fields of containers that have them only as annotations. */
export function withAppArmorFields(pod: Pod): Pod {
  if (pod.metadata.annotations === undefined || pod.spec.os?.name === 'windows') return pod;
  const ofPod = pod.spec.securityContext?.appArmorProfile;
  let spec: PodSpec = pod.spec;
  for (const list of lists) {
    const containers = mapList(spec[list], (container: Container): Container => {
      const profile = annotatedProfile(pod.metadata.annotations, container);
      if (typeof profile !== 'object' || equal(profile, ofPod)) return container;
      return { ...container, securityContext: { ...container.securityContext, appArmorProfile: profile } };
    });
    if (containers !== undefined) spec = withKey(spec, list, containers);
  }
  return withKey(pod, 'spec', spec);
}

/** Warnings about such annotations; of a template at its path, of a pod at the empty one. */
export function appArmorWarnings(
  annotations: Readonly<Record<string, string>> | undefined, spec: PodSpec, path: string,
): readonly string[] {
  const ofPod = spec.securityContext?.appArmorProfile;
  return lists.flatMap((list) => spec[list] ?? []).flatMap((container) => {
    const profile = annotatedProfile(annotations, container);
    if (profile === undefined || (profile !== 'invalid' && equal(profile, ofPod))) return [];
    const at = key(child(path, 'metadata', 'annotations'), appArmorPrefix + container.name);
    return [`${at}: deprecated since v1.30; use the "appArmorProfile" field instead`];
  });
}

/** What the annotation asks for; undefined without one, or with a field that says it already. */
function annotatedProfile(
  annotations: Readonly<Record<string, string>> | undefined, container: Container,
): AppArmorProfile | 'invalid' | undefined {
  const text = annotations?.[appArmorPrefix + container.name];
  if (text === undefined || container.securityContext?.appArmorProfile !== undefined) return undefined;
  if (text === 'runtime/default') return { type: 'RuntimeDefault' };
  if (text === 'unconfined') return { type: 'Unconfined' };
  const local = text.startsWith('localhost/') ? text.slice('localhost/'.length) : '';
  return local === '' ? 'invalid' : { type: 'Localhost', localhostProfile: local };
}
