/** A pod as the kubelet's server sees it. */
import type { Pod, PodStatus } from '../../../api/types';
import type { ContainerStatus as RuntimeContainer, PodSandboxStatus } from '../../cri';

export interface ServedPod {
  readonly current: Pod;
  /** As the kubelet would report it now. */
  readonly status: PodStatus;
  readonly sandbox: PodSandboxStatus | undefined;
  readonly containers: readonly RuntimeContainer[];
}

/** The pod of that name that this kubelet has. */
export function findPod(pods: readonly ServedPod[], namespace: string, name: string): ServedPod | undefined {
  return pods.find(({ current: { metadata } }) => metadata.namespace === namespace && metadata.name === name);
}
