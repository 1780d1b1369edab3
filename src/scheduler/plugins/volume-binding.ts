/**
 * VolumeBinding, as far as a cluster without PersistentVolumeClaims can ask it: a claim that a pod names does not exist.
 * It takes on the rest of its work when claims and volumes are modelled. Models plugins/volumebinding's PreFilter.
 */
import type { EnqueueExtensions, PreFilterPlugin } from '../framework/interface';
import { refusal } from '../framework/status';

const name = 'VolumeBinding';

export const volumeBinding: PreFilterPlugin & EnqueueExtensions = {
  name,
  preFilter: (_state, { pod }) => {
    const claim = pod.spec.volumes?.find((volume) => volume.persistentVolumeClaim)?.persistentVolumeClaim?.claimName;
    if (claim === undefined) return 'skip';
    return { status: refusal(name, 'unresolvable', `persistentvolumeclaim "${claim}" not found`) };
  },
  wakes: () => false,
};
