/** The secrets and config maps that a pod refers to: VisitPodSecretNames, VisitPodConfigmapNames of pkg/api/v1/pod. */
import type { Container, Pod } from '../api/types';

function containersOf(pod: Pod): readonly Pick<Container, 'env' | 'envFrom'>[] {
  const { containers, initContainers, ephemeralContainers } = pod.spec;
  return [...(initContainers ?? []), ...(containers ?? []), ...(ephemeralContainers ?? [])];
}

/** Names of the secrets a pod needs, all of them in its own namespace. */
export function podSecretNames(pod: Pod): ReadonlySet<string> {
  const names = new Set<string>();
  const add = (name: string | undefined): void => {
    if (name) names.add(name);
  };
  for (const secret of pod.spec.imagePullSecrets ?? []) add(secret.name);
  for (const container of containersOf(pod)) {
    for (const source of container.envFrom ?? []) add(source.secretRef?.name);
    for (const variable of container.env ?? []) add(variable.valueFrom?.secretKeyRef?.name);
  }
  for (const volume of pod.spec.volumes ?? []) {
    add(volume.secret?.secretName);
    add(volume.csi?.nodePublishSecretRef?.name);
    for (const source of volume.projected?.sources ?? []) add(source.secret?.name);
  }
  return names;
}

/** Names of the config maps a pod needs, all of them in its own namespace. */
export function podConfigMapNames(pod: Pod): ReadonlySet<string> {
  const names = new Set<string>();
  const add = (name: string | undefined): void => {
    if (name) names.add(name);
  };
  for (const container of containersOf(pod)) {
    for (const source of container.envFrom ?? []) add(source.configMapRef?.name);
    for (const variable of container.env ?? []) add(variable.valueFrom?.configMapKeyRef?.name);
  }
  for (const volume of pod.spec.volumes ?? []) {
    add(volume.configMap?.name);
    for (const source of volume.projected?.sources ?? []) add(source.configMap?.name);
  }
  return names;
}
