/**
 * What the sandbox terminal runs inside the run: each command line is a process of its own, kubectl on the user's machine
 * or a program in a node container. Ctrl+C ends the process and with it everything it has open.
 */
import type { KindRegistry } from '../api/registry';
import type { MachineView, UnitEvent } from '../node/host-shell/machine-view';
import { nodeProgram } from '../node/host-shell/node-shell';
import type { NodeMachine } from '../node/machine';
import type { ContainerIo } from '../node/runtime/container-io';
import type { VerifiedIdentity } from '../protocol/http';
import type { TerminalInput, TerminalOutput, TerminalProgram } from '../protocol/terminal';
import { KubectlProgram } from '../shell/kubectl/command/program';
import type { Simulation } from '../sim/simulation';
import { etcdctl } from './etcdctl';

/** Exit codes of a program that Ctrl+C ended, of docker's own errors, and of a command that it cannot find. */
const interrupted = 130;
const dockerError = 1;
const notFound = 127;

export interface TerminalsOptions {
  readonly sim: Simulation;
  readonly kinds: KindRegistry;
  readonly clientMachine: string;
  readonly cluster: string;
  /** Who the user of the terminal is, made when first asked for. */
  readonly user: () => VerifiedIdentity;
  readonly pidWidth: number;
  server(): string;
  podSubnet(): string;
  machine(name: string): NodeMachine | undefined;
}

interface Session {
  readonly processId: string;
  input(input: TerminalInput): void;
}

type Output = (output: TerminalOutput) => void;

export class Terminals {
  private readonly sessions = new Map<number, Session>();
  private readonly journal = new Map<string, UnitEvent[]>();

  constructor(private readonly options: TerminalsOptions) {
    options.sim.trace.onHop((hop) => {
      if (hop.kind !== 'started' && hop.kind !== 'stopped') return;
      const unit = /^(kubelet|containerd)@(.+)$/.exec(hop.from);
      if (unit) this.note(unit[1] as string, unit[2] as string, hop.kind, hop.kind === 'stopped' ? hop.exitCode ?? 0
        : 0);
    });
  }

  /** Starts a program; `output` hears what it does, ending with `exit`. */
  start(run: number, program: TerminalProgram, output: Output): void {
    if (program.kind === 'kubectl') this.kubectl(run, program, output);
    else this.node(run, program, output);
  }

  input(run: number, input: TerminalInput): void {
    const session = this.sessions.get(run);
    if (!session) return;
    if (input.kind === 'interrupt') this.options.sim.kill(session.processId);
    else session.input(input);
  }

  private kubectl(run: number, { args, files, stdin }: Extract<TerminalProgram, { kind: 'kubectl' }>,
    output: Output): void {
    const { sim, kinds, cluster, user, clientMachine, server } = this.options;
    const program = new KubectlProgram({
      args, files, ...(stdin === undefined ? {} : { stdin }), kinds, cluster, user: user(), server: server(), output,
    });
    const processId = `kubectl#${run}@${clientMachine}`;
    this.sessions.set(run, { processId, input: (input) => program.input(input) });
    sim.spawn({ id: processId, machine: clientMachine, program, onExit: (code) => this.ended(run, code, output) });
  }

  private node(run: number, { node, args, tty, stdin }: Extract<TerminalProgram, { kind: 'node' }>,
    output: Output): void {
    const { sim } = this.options;
    const machine = this.options.machine(node);
    const fail = (message: string, code: number): void => {
      output({ kind: 'text', stream: 'stderr', text: `${message}\n` });
      output({ kind: 'exit', code });
    };
    if (!machine || !sim.network.machine(node)) return fail(`Error response from daemon: No such container: ${node}`,
      dockerError);
    if (!sim.network.machine(node)?.up) return fail(`Error response from daemon: container ${node} is not running`,
      dockerError);
    const found = nodeProgram(this.viewOf(machine), {
      command: args, tty, stdin: tty || stdin !== undefined,
      write: (stream, text) => output({ kind: 'text', stream, text }),
    }, { etcdctl });
    if (!found.ok) return fail(found.message, notFound);
    const { io, program } = found;
    const processId = `${(args[0] ?? 'sh').split('/').pop()}#${run}@${node}`;
    this.sessions.set(run, { processId, input: (input) => feed(io, input) });
    if (tty) output({ kind: 'raw' });
    sim.spawn({ id: processId, machine: node, program, onExit: (code) => this.ended(run, code, output) });
    if (stdin !== undefined) {
      io.feed(stdin);
      io.endFeed();
    }
  }

  private ended(run: number, code: number, output: Output): void {
    this.sessions.delete(run);
    output({ kind: 'exit', code: code === 137 ? interrupted : code });
  }

  private viewOf(machine: NodeMachine): MachineView {
    const { sim, podSubnet, pidWidth } = this.options;
    return {
      machine, pidWidth, clusterPodCidr: podSubnet(),
      processes: () => sim.runningIds().flatMap((id) => {
        const process = sim.running(id);
        return process?.machine === machine.name ? [{ id, pid: process.pid }] : [];
      }),
      signal: (id, signal) => (signal === 'KILL' ? sim.kill(id) : sim.terminate(id)),
      journal: () => this.journal.get(machine.name) ?? [],
    };
  }

  private note(unit: string, machine: string, kind: 'started' | 'stopped', exitCode: number): void {
    const { sim } = this.options;
    const events = this.journal.get(machine) ?? [];
    const last = events.filter((event) => event.unit === unit).at(-1);
    const pid = sim.running(`${unit}@${machine}`)?.pid ?? last?.pid ?? 0;
    events.push({ wallMs: sim.epochMs + sim.nowMs, unit, kind, pid, exitCode });
    this.journal.set(machine, events);
  }
}

function feed(io: ContainerIo, input: TerminalInput): void {
  switch (input.kind) {
    case 'text': return io.feed(input.text);
    case 'end': return io.endFeed();
    case 'resize': return io.resize(JSON.stringify({ Width: input.columns, Height: input.rows }));
    default: return undefined;
  }
}
