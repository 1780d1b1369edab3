/** What stands out in a run, for the timeline: commands, failures, faults and compactions of etcd. */
import type { Hop } from '../../protocol/trace';
import type { MarkKind, TimelineMark } from '../../protocol/time';

export class Marks {
  private marks: TimelineMark[] = [];

  add(hop: Hop): void {
    const kind = markOf(hop);
    if (kind) this.marks.push({ hop: hop.id, kind });
  }

  /** At most about so many marks of a run from one number of hops to another: of neighbours of a kind only the first. */
  thinned(fromHops: number, toHops: number, limit: number): readonly TimelineMark[] {
    const { marks } = this;
    if (marks.length <= limit) return marks;
    const width = Math.max(1, (toHops - fromHops) / (limit / 4));
    const taken = new Set<string>();
    return marks.filter(({ hop, kind }) => {
      const place = `${kind} ${Math.floor((hop - fromHops) / width)}`;
      return !taken.has(place) && taken.add(place) !== undefined;
    });
  }

  /** Forgets what happened before that hop. */
  forget(firstHop: number): void {
    this.marks = this.marks.filter(({ hop }) => hop >= firstHop);
  }
}

/** Whether a hop did not do what it was meant to. */
export function isFailed(hop: Hop): boolean {
  return hop.kind === 'failure' || (hop.subject.code ?? 0) >= 400 || (hop.kind === 'stage' && !hop.allowed)
    || (hop.kind === 'decision' && hop.node === undefined);
}

function markOf(hop: Hop): MarkKind | undefined {
  if (hop.kind === 'input') return 'input';
  if (hop.kind === 'fault') return 'fault';
  if (hop.kind === 'request' && hop.channel === 'grpc' && hop.subject.verb === 'Compact') return 'compaction';
  // What a stage refuses is answered with a code: one mark is enough.
  return hop.kind !== 'stage' && isFailed(hop) ? 'failure' : undefined;
}
