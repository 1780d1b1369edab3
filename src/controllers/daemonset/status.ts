/** What a DaemonSet's status says. Models pkg/controller/daemon updateDaemonSetStatus. */
import { equal } from '../../base/freeze';
import type { DaemonSet, DaemonSetStatus } from '../../api/types';
import { isPodAvailable, isPodReady } from '../pods/pod-state';
import { isUpdated, templateGeneration } from './placement';
import { byScheduledAndAge, type DaemonNode } from './update';

/** The status after a sync; the same object when it says what it said before. */
export function daemonSetStatus(
  daemonSet: DaemonSet, nodes: readonly DaemonNode[], hash: string, wallMs: number, observed: boolean,
): DaemonSetStatus {
  const { metadata, spec, status: before } = daemonSet;
  const generation = templateGeneration(daemonSet);
  let [desired, current, misscheduled, ready, available, updated] = [0, 0, 0, 0, 0, 0];
  for (const { placement, pods } of nodes) {
    if (!placement.shouldRun) {
      if (pods.length > 0) misscheduled += 1;
      continue;
    }
    desired += 1;
    const pod = pods.slice().sort(byScheduledAndAge)[0];
    if (!pod) continue;
    current += 1;
    if (isPodReady(pod)) ready += 1;
    if (isPodAvailable(pod, spec.minReadySeconds, wallMs)) available += 1;
    if (isUpdated(pod, hash, generation)) updated += 1;
  }
  const status: DaemonSetStatus = {
    ...(before.collisionCount !== undefined && { collisionCount: before.collisionCount }),
    ...(before.conditions && { conditions: before.conditions }),
    currentNumberScheduled: current,
    desiredNumberScheduled: desired,
    ...(available > 0 && { numberAvailable: available }),
    numberMisscheduled: misscheduled,
    numberReady: ready,
    ...(desired > available && { numberUnavailable: desired - available }),
    observedGeneration: observed ? metadata.generation ?? 0 : before.observedGeneration,
    ...(updated > 0 && { updatedNumberScheduled: updated }),
  };
  return equal(status, before) ? before : status;
}
