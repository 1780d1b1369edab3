/**
 * The past of one run, to be looked at and not to be simulated again: which moments there were, what ran in each and
 * what etcd held. It hears of every event when it is over, and of every revision; it forgets as the trace forgets.
 */
import { equal } from '../../base/freeze';
import type { Breakpoint, Moment } from '../../protocol/time';
import type { Hop } from '../../protocol/trace';
import type { ComponentView } from '../../protocol/view';
import type { Simulation } from '../../sim/simulation';
import type { NodeMachineInfo } from '../views/cluster-view';
import { breakpointMatches } from './breakpoint';
import { Marks } from './marks';
import { Moments } from './moments';
import { ProcessHistory, Versions } from './presence';
import { Revisions } from './revisions';

/** What of a cluster is neither in the trace nor in etcd. */
export interface MachineReader {
  nodeMachines(): readonly NodeMachineInfo[];
  loadBalancerView(): ComponentView | undefined;
}

interface Machines {
  readonly nodes: readonly NodeMachineInfo[];
  readonly loadBalancer: ComponentView | undefined;
}

export class History {
  readonly revisions = new Revisions();
  readonly processes = new ProcessHistory();
  readonly marks = new Marks();
  private readonly moments = new Moments();
  private readonly machines = new Versions<Machines>();
  /** Machines on which something was seen to start. */
  private readonly knownMachines = new Set<string>();
  private seenHops = 0;
  private seenRevision = 1;
  private wasQuiet = false;

  constructor(
    private readonly sim: Simulation,
    private readonly reader: MachineReader,
    private readonly commands: () => number,
  ) {
    sim.onHandled = () => this.handled();
  }

  /** The number of stops so far: where a step ends. It only grows. */
  get stopCount(): number {
    return this.moments.stopCount;
  }

  /** The oldest moment that can be shown; undefined before anything has happened. */
  get first(): Moment | undefined {
    return this.moments.at(0);
  }

  /** The newest moment, which is the present but for the clock. */
  get last(): Moment | undefined {
    return this.moments.at(this.moments.count - 1);
  }

  /** The moment right after the hop of that id; the oldest one for a hop that is forgotten. */
  ofHop(id: number): Moment | undefined {
    return this.moments.at(this.moments.afterHops(id)) ?? this.last;
  }

  /** The first moment at which etcd had that revision; undefined when it is not yet written, or forgotten. */
  ofRevision(revision: number): Moment | undefined {
    if (revision < this.revisions.oldest) return undefined;
    return this.moments.at(this.moments.ofRevision(revision));
  }

  /** Where a step from a moment leads, by default from the present; undefined at either end. */
  step(direction: 1 | -1, from: Pick<Moment, 'events' | 'commands'> = this.present()): Moment | undefined {
    const at = this.moments.upTo(from);
    return this.moments.at(this.moments.stopNextTo(at, direction));
  }

  /** Whether nothing has happened since that moment. */
  isPresent({ events, commands }: Moment): boolean {
    return this.moments.upTo({ events, commands }) === this.moments.count - 1;
  }

  /** The stops around so many hops, in order, as numbers of hops: at most so many on either side. */
  stopsAround(hops: number, each: number): readonly number[] {
    const { moments } = this;
    const walk = (direction: 1 | -1): number[] => {
      const found: number[] = [];
      let at = moments.afterHops(hops - 1);
      while (found.length < each && (at = moments.stopNextTo(at, direction)) >= 0)
        found.push(moments.at(at)?.hops ?? 0);
      return found;
    };
    return [...walk(-1).reverse(), hops, ...walk(1)];
  }

  /** The moment of the next hop after so many that a breakpoint asks for; undefined when none has happened. */
  find(breakpoint: Breakpoint, hops: number): Moment | undefined {
    const { trace } = this.sim;
    for (let id = Math.max(hops, trace.first); id < trace.length; id += 1) {
      const hop = trace.at(id);
      if (hop && breakpointMatches(hop, breakpoint)) return this.ofHop(id);
    }
    return undefined;
  }

  /** The machines as they were after so many hops. */
  machinesAfter(hops: number): Machines {
    const { nodes = [], loadBalancer } = this.machines.after(hops) ?? {};
    const running = loadBalancer !== undefined && this.processes.after(hops).isRunning(loadBalancer.id);
    return { nodes, loadBalancer: loadBalancer && { ...loadBalancer, running } };
  }

  /** An event or a command has been handled to its end. */
  private handled(): void {
    const { sim, seenHops } = this;
    const { length } = sim.trace;
    const wasQuiet = this.wasQuiet;
    this.wasQuiet = sim.quiet;
    const revision = this.revisions.newest;
    if (length === seenHops && revision === this.seenRevision) return;
    this.seenHops = length;
    this.seenRevision = revision;
    let isStop = wasQuiet && length > seenHops;
    let touchesMachines = false;
    for (let id = seenHops; id < length; id += 1) {
      const hop = sim.trace.at(id);
      if (!hop) continue;
      if (!hop.background) isStop = true;
      if (this.touchesMachines(hop)) touchesMachines = true;
      this.processes.add(hop);
      this.marks.add(hop);
    }
    if (touchesMachines) {
      const { reader } = this;
      const machines = { nodes: reader.nodeMachines(), loadBalancer: reader.loadBalancerView() };
      this.machines.set(length, machines, equal);
    }
    const { nowMs: atMs, eventsProcessed: events } = sim;
    this.moments.add({ hops: length, atMs, revision, events, commands: this.commands() }, isStop);
    if (sim.trace.first > 0 && this.moments.forget(sim.trace.first)) this.forget();
  }

  private present(): Pick<Moment, 'events' | 'commands'> {
    return { events: this.sim.eventsProcessed, commands: this.commands() };
  }

  /** Whether machines may have come, gone or changed: the list of them is long, and not compared without need. */
  private touchesMachines({ kind, from }: Hop): boolean {
    if (kind === 'fault') this.knownMachines.clear();
    if (kind === 'fault' || kind === 'input') return true;
    const machine = from.slice(from.lastIndexOf('@') + 1);
    if (kind !== 'started' || this.knownMachines.has(machine)) return false;
    this.knownMachines.add(machine);
    return true;
  }

  private forget(): void {
    const first = this.moments.at(0);
    if (!first) return;
    this.revisions.forget(first.revision);
    this.processes.forget(first.hops);
    this.machines.forget(first.hops);
    this.marks.forget(first.hops);
  }
}
