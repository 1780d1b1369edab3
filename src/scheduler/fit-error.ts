/** The text of FailedScheduling. Models framework/types.go FitError and preemption's own use of it. */
import { compareText } from '../base/freeze';
import type { Status } from './framework/status';

/** `0/3 nodes are available: 1 Insufficient cpu, 2 node(s) had untolerated taint(s).` */
export function fitErrorText(nodeCount: number, refused: Iterable<Status>): string {
  const counts = new Map<string, number>();
  for (const status of refused) {
    for (const reason of status.reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  const parts = Array.from(counts, ([reason, count]) => `${count} ${reason}`).sort(compareText);
  const head = `0/${nodeCount} nodes are available:`;
  return parts.length === 0 ? head : `${head} ${parts.join(', ')}.`;
}

/** The same where PreFilter refused the pod on all nodes at once. */
export function preFilterErrorText(nodeCount: number, status: Status): string {
  return `0/${nodeCount} nodes are available: ${status.reasons.join(', ')}.`;
}
