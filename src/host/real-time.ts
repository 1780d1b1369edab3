/** The host's clock and timer: globals that Node and a browser's worker both have. */
import type { RealTime } from './driver';

export const realTime: RealTime = {
  nowMs: () => performance.now(),
  after: (ms, call) => {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
};
