/** PrioritySort: higher priority first, then who has waited longer. Models plugins/queuesort. */
import type { QueueSortPlugin } from '../framework/interface';

export const prioritySort: QueueSortPlugin = {
  name: 'PrioritySort',
  less: (a, b) => {
    if (a.pod.priority !== b.pod.priority) return a.pod.priority > b.pod.priority;
    return a.queuedAtMs !== b.queuedAtMs ? a.queuedAtMs < b.queuedAtMs : a.order < b.order;
  },
};
