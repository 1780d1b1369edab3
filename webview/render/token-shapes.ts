/** Which shape a message has on its way, by what it is. */
import type { Hop } from '../../src/protocol/trace';
import type { TokenShape } from './symbols';

/** Which shape stands for a hop. */
export function shapeOf(hop: Hop): TokenShape {
  switch (hop.kind) {
    case 'event': return 'event';
    case 'failure': return 'failure';
    case 'request': case 'response': break;
    default: return 'packet';
  }
  if (hop.channel === 'cri' || hop.channel === 'cni') return 'call';
  if (hop.channel === 'http' || hop.channel === 'tcp' || hop.channel === 'dns') return 'packet';
  return hop.kind;
}
