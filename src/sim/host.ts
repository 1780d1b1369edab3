/** The face that a running process sees: every door out of a program leads through here. */
import { Call } from './calls';
import type { CallHandle, CallHandlers, Cancel, OutgoingCall, ProcessHost, TimerOptions } from './process';
import type { NewHop } from './trace';
import type { Running } from './running';
import type { Simulation } from './simulation';

/** Makes the host face of a process. */
export function hostOf(sim: Simulation, process: Running): ProcessHost {
  return {
    id: process.id,
    machine: process.machine,
    address: process.address,
    get alive() {
      return process.alive;
    },
    get nowMs() {
      return sim.nowMs;
    },
    get wallMs() {
      return sim.epochMs + sim.nowMs;
    },
    random: (stream) => sim.random.stream(`${process.id}/${stream}`),
    listen: (port) => {
      const close = sim.network.listen(process.machine, process.address, port, process.id);
      process.sockets.add(close);
      return {
        cancel: () => {
          process.sockets.delete(close);
          close();
        },
      };
    },
    call: (outgoing: OutgoingCall, handlers: CallHandlers): CallHandle => {
      const call = new Call(sim, process, outgoing, handlers);
      process.calls.add(call);
      sim.send(() => call.dial());
      return {
        cancel: () => call.hangUp(),
        send: (payload, subject) => sim.send(() => call.sendMessage(payload, subject)),
      };
    },
    after: (delayMs: number, run: () => void, options?: TimerOptions): Cancel => {
      const event = sim.schedule(
        delayMs,
        () => {
          process.timers.delete(event);
          if (process.alive) run();
        },
        options?.background,
      );
      process.timers.add(event);
      return {
        cancel: () => {
          process.timers.delete(event);
          sim.cancel(event);
        },
      };
    },
    record: (hop) => {
      const own = hop as typeof hop & { from: string; to: string };
      own.from = process.id;
      own.to = process.id;
      return sim.recordHop(own as unknown as NewHop);
    },
    foreground: (run) => sim.inForeground(run),
    exit: (code) => sim.end(process, code),
  };
}
