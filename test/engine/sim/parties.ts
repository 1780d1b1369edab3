/** Small programs for the tests of the simulation, and readable lines of its trace. */
import type { Hop } from '../../../src/protocol/trace';
import type { CallResult, IncomingCall, ProcessHost, Program } from '../../../src/sim/process';
import { Simulation } from '../../../src/sim/simulation';

/** A simulation of two machines and the client's. */
export function twoMachines(seed = 1): Simulation {
  const sim = new Simulation(seed);
  sim.network.addMachine('a', '10.0.0.1');
  sim.network.addMachine('b', '10.0.0.2');
  return sim;
}

/** A program of functions. */
export function program(start: (host: ProcessHost) => void, serve?: (call: IncomingCall) => void): Program {
  return serve ? { start, serve } : { start };
}

/** Listens on port 80 and answers every call with its own payload. */
export function echo(): Program {
  return program((host) => void host.listen(80), (call) => call.reply(call.payload, { ...call.subject, code: 200 }));
}

/** Starts a program on a machine as `<name>@<machine>` and returns its host. */
export function spawn(sim: Simulation, name: string, machine: string, of: Program): ProcessHost {
  let host: ProcessHost | undefined;
  const start = (given: ProcessHost): void => {
    host = given;
    of.start(given);
  };
  const wrapped: Program = { start };
  if (of.serve) wrapped.serve = (call) => of.serve?.(call);
  if (of.terminate) wrapped.terminate = () => of.terminate?.();
  sim.spawn({ id: `${name}@${machine}`, machine, program: wrapped });
  return host as unknown as ProcessHost;
}

/** Calls and appends what comes of it to the list. */
export function ask(host: ProcessHost, to: string, verb: string, heard: string[], timeoutMs?: number): void {
  const call = { to, channel: 'http', subject: { verb }, payload: verb } as const;
  host.call(timeoutMs === undefined ? call : { ...call, timeoutMs }, {
    onResult: (result) => heard.push(`${host.nowMs} ${outcome(result)}`),
    onEvent: (payload) => heard.push(`${host.nowMs} event ${String(payload)}`),
  });
}

function outcome(result: CallResult): string {
  return result.ok ? `answer ${String(result.payload)}` : result.failure;
}

/** `3<1 5ms request a -> b get`: id, cause, time, kind, ends, verb; background hops end in `~`. */
export function line(hop: Hop): string {
  const ends = hop.from === hop.to ? hop.from : `${hop.from} -> ${hop.to}`;
  return `${hop.id}<${hop.cause} ${hop.atMs}ms ${hop.kind} ${ends} ${hop.subject.verb}${hop.background ? '~' : ''}`;
}
