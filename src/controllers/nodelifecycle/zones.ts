/**
 * Zones: when many nodes of a zone vanish at once, the trouble is more likely in the network than in the nodes, and
 * pods are evicted more slowly or not at all. Models the zone states and rate limited queues of
 * pkg/controller/nodelifecycle.
 */
import type { Node, NodeCondition } from '../../api/types';
import { RateLimiter } from '../../client/rate-limiter';

/** --node-eviction-rate and --secondary-node-eviction-rate, in nodes a second. */
const evictionQps = 0.1;
const secondaryQps = 0.01;
/** --unhealthy-zone-threshold and --large-cluster-size-threshold */
const unhealthyFraction = 0.55;
const largeZone = 50;

export type ZoneState = 'Normal' | 'PartialDisruption' | 'FullDisruption';

/** The zone that a node is in, by its topology labels. */
export function zoneOf(node: Node): string {
  const labels = node.metadata.labels ?? {};
  const region = labels['topology.kubernetes.io/region'] ?? '';
  const zone = labels['topology.kubernetes.io/zone'] ?? '';
  return region === '' && zone === '' ? '' : `${region}:\0:${zone}`;
}

/** How a zone is doing, by its nodes' Ready conditions. */
export function zoneState(conditions: readonly (NodeCondition | undefined)[]): ZoneState {
  const ready = conditions.filter((condition) => condition?.status === 'True').length;
  const missing = conditions.length - ready;
  if (ready === 0 && missing > 0) return 'FullDisruption';
  return missing > 2 && missing / conditions.length >= unhealthyFraction ? 'PartialDisruption' : 'Normal';
}

/** How many nodes of a zone may be given up a second. */
export function evictionRate(state: ZoneState, size: number): number {
  if (state !== 'PartialDisruption') return evictionQps;
  return size > largeZone ? secondaryQps : 0;
}

/** The nodes of one zone that are to be given up, one by one at a limited rate. */
export class EvictionQueue {
  private readonly names: string[] = [];
  private rate = evictionQps;
  private limiter: RateLimiter | undefined = new RateLimiter(evictionQps, 1);

  get size(): number {
    return this.names.length;
  }

  add(name: string): void {
    if (!this.names.includes(name)) this.names.push(name);
  }

  remove(name: string): void {
    const at = this.names.indexOf(name);
    if (at >= 0) this.names.splice(at, 1);
  }

  /** Another rate; 0 stops. What the old limiter had used up stays used up. */
  setRate(perSecond: number, nowMs: number): void {
    if (perSecond === this.rate) return;
    this.rate = perSecond;
    const spent = this.limiter !== undefined && !this.limiter.tryTake(nowMs);
    this.limiter = perSecond > 0 ? new RateLimiter(perSecond, 1) : undefined;
    if (spent) this.limiter?.tryTake(nowMs);
  }

  /** The next node when the rate allows one now. */
  take(nowMs: number): string | undefined {
    if (this.names.length === 0 || !this.limiter?.tryTake(nowMs)) return undefined;
    return this.names.shift();
  }
}
