/**
 * Programs that are asked about a moment of the past: they run in a twin of the cluster that was brought to that moment
 * by replay and stands still there, so that they find what was there then, to the log line and the process list. The
 * twin is never seen otherwise, and what a program did in it is forgotten with it.
 */
import type { Cluster } from '../../../cluster/cluster';
import type { PastCluster } from '../../../cluster/history/past-cluster';
import type { Sandbox } from '../../../cluster/sandbox';
import type { TerminalInput, TerminalOutput, TerminalProgram } from '../../../protocol/terminal';
import type { RealTime } from '../../driver';
import { replayOnto } from '../replay';

/** A program that has not ended after so much virtual time waits for something that will not come. */
const patienceMs = 30_000;

export class PastRuns {
  private twin: { readonly past: PastCluster; readonly ready: Promise<Cluster> } | undefined;

  /** `changed` is called when a program may have said something. */
  constructor(private readonly time: RealTime, private readonly changed: () => void) {}

  /** Nobody looks at the past any more. */
  forget(): void {
    this.twin = undefined;
  }

  /** Starts a program in a moment of a cluster; the result takes what the user does. */
  run(
    sandbox: Sandbox, cluster: Cluster, past: PastCluster, program: TerminalProgram,
    onOutput: (output: TerminalOutput) => void,
  ): (input: TerminalInput) => void {
    let open = true;
    const hear = (output: TerminalOutput): void => {
      if (output.kind === 'exit') open = false;
      onOutput(output);
    };
    const early: TerminalInput[] = [];
    let send = (input: TerminalInput): void => void early.push(input);
    void this.twinOf(sandbox, cluster, past).then((twin) => {
      const goOn = (): void => {
        twin.runUntil(() => !open, patienceMs);
        this.changed();
      };
      const deliver = twin.run(program, hear);
      send = (input) => {
        deliver(input);
        goOn();
      };
      for (const input of early) deliver(input);
      goOn();
    });
    return (input) => send(input);
  }

  /** The twin of one moment is kept: whoever looks around there asks more than once. */
  private twinOf(sandbox: Sandbox, cluster: Cluster, past: PastCluster): Promise<Cluster> {
    if (this.twin?.past !== past) this.twin = { past, ready: this.make(sandbox, cluster, past) };
    return this.twin.ready;
  }

  private async make(sandbox: Sandbox, cluster: Cluster, { moment }: PastCluster): Promise<Cluster> {
    const { events, commands, atMs } = moment;
    const twin = sandbox.fork(cluster);
    await replayOnto(twin, { log: cluster.log.slice(0, commands), atEvents: events, atMs }, this.time);
    twin.standStill();
    return twin;
  }
}
