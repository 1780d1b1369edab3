/** SchedulingGates: a pod with gates does not enter the queue. Models plugins/schedulinggates. */
import type { EnqueueExtensions, PreEnqueuePlugin } from '../framework/interface';
import { refusal } from '../framework/status';

const name = 'SchedulingGates';

export const schedulingGates: PreEnqueuePlugin & EnqueueExtensions = {
  name,
  preEnqueue: ({ pod }) => {
    const gates = pod.spec.schedulingGates ?? [];
    if (gates.length === 0) return undefined;
    return refusal(name, 'unresolvable', `waiting for scheduling gates: [${gates.map((gate) => gate.name).join(' ')}]`);
  },
  wakes: () => false,
};
