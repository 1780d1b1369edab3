/**
 * VolumeBinding, as far as a cluster without a volume controller can ask it: a claim that a pod names must exist and be
 * bound. Claims whose class waits for the first consumer are treated as the others, because nothing provisions for them
 * yet. Models plugins/volumebinding's PreFilter and its queueing hints.
 */
import type { PersistentVolumeClaim } from '../../api/types';
import type { EnqueueExtensions, PreFilterPlugin } from '../framework/interface';
import type { PodInfo } from '../framework/pod-info';
import { refusal } from '../framework/status';

const name = 'VolumeBinding';

/** Finds a claim by namespace and name. */
export type ClaimLookup = (namespace: string, name: string) => PersistentVolumeClaim | undefined;

function claimNames({ pod }: PodInfo): readonly string[] {
  return (pod.spec.volumes ?? []).flatMap(({ persistentVolumeClaim: claim }) => (claim ? [claim.claimName] : []));
}

/** The plugin over the claims that the scheduler knows. */
export function volumeBinding(claimOf: ClaimLookup): PreFilterPlugin & EnqueueExtensions {
  return {
    name,
    preFilter: (_state, pod) => {
      const names = claimNames(pod);
      if (names.length === 0) return 'skip';
      const found = names.map((claim) => claimOf(pod.pod.metadata.namespace ?? '', claim));
      const missing = found.indexOf(undefined);
      if (missing >= 0) {
        return { status: refusal(name, 'unresolvable', `persistentvolumeclaim "${names[missing]}" not found`) };
      }
      if (found.every((claim) => claim?.status?.phase === 'Bound' && claim.spec.volumeName)) return 'skip';
      return { status: refusal(name, 'unresolvable', 'pod has unbound immediate PersistentVolumeClaims') };
    },
    wakes: (event, pod) => event.resource === 'claim' && event.namespace === pod.pod.metadata.namespace
      && claimNames(pod).includes(event.name),
  };
}
