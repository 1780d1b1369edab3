/**
 * Calls between processes: one request, then one answer or a stream of events. A connection has the life of the call. A
 * message on a cut link waits, as TCP would retransmit it; when the link stays cut too long, the call fails. A message
 * that is lost for good takes its connection with it: nothing after it can be read, until one end gives the call up.
 */
import type { Channel, Subject } from '../protocol/trace';
import type { QueuedEvent } from './event-queue';
import { linkLatencyMs } from './network';
import type { CallFailure, CallHandlers, IncomingCall, OutgoingCall } from './process';
import type { Running } from './running';
import type { Simulation } from './simulation';

/** How long a connection over a cut link lives before both ends give it up (HTTP/2: ping 30 s, timeout 15 s). */
export const connectionLostAfterMs = 45_000;

export class Call {
  readonly id: number;
  readonly channel: Channel;
  /** Where it was dialled, for error messages. */
  readonly address: string;
  callee: Running | undefined;
  /** The machine that the dialled address led to. */
  peer: string | undefined;
  port = '';
  open = true;
  /** A message of it was lost: what comes after it never arrives. */
  private stuck = false;
  /** Messages that wait for a cut link to heal, in order. */
  readonly held: (() => void)[] = [];
  private readonly closeListeners: (() => void)[] = [];
  private readonly messageListeners: ((payload: unknown) => void)[] = [];
  /** Messages of the caller that the server has not begun to listen for. */
  private readonly unheard: unknown[] = [];
  /** What will end the call by the passing of time; none of it outlives the call. */
  private readonly deadlines: QueuedEvent[] = [];
  private connectionLost: QueuedEvent | undefined;

  constructor(
    private readonly sim: Simulation,
    readonly caller: Running,
    private readonly outgoing: OutgoingCall,
    private readonly handlers: CallHandlers,
  ) {
    this.id = sim.nextCallId();
    this.channel = outgoing.channel;
    this.address = outgoing.to;
  }

  /** Dials and sends the request. Runs when the caller's handler has returned. */
  dial(): void {
    const { sim, caller, outgoing } = this;
    if (!this.open) return;
    const route = sim.network.route(caller.machine, caller.address, outgoing.to);
    if (outgoing.timeoutMs !== undefined) this.failAfter(outgoing.timeoutMs, 'timeout');
    if (route.kind === 'unreachable') {
      if (outgoing.timeoutMs === undefined) this.failAfter(connectionLostAfterMs, 'unreachable');
      return;
    }
    this.peer = route.machine;
    const callee = route.kind === 'process' ? sim.running(route.process) : undefined;
    if (route.kind === 'refused' || !callee) {
      sim.transmit(this, caller.machine, route.machine, () => this.fail('refused'));
      return;
    }
    this.callee = callee;
    this.port = route.port;
    callee.calls.add(this);
    this.carry(caller, callee, outgoing.subject, () => this.deliverRequest());
  }

  /** Sends a message from one end to the other, unless it is one that is to be lost. Only networks lose messages. */
  private carry(from: Running, to: Running, subject: Subject, deliver: () => void, lasting = false): void {
    const { sim, channel } = this;
    const isLost = channel !== 'cri' && channel !== 'cni' && sim.network.takesDrop(from.id, to.id);
    if (!this.stuck && !isLost) {
      sim.transmit(this, from.machine, to.machine, deliver, lasting);
      return;
    }
    if (!this.stuck) {
      sim.recordHop({
        kind: 'fault',
        from: from.id,
        to: to.id,
        subject: { ...subject, verb: 'drop', reason: subject.verb },
      });
    }
    this.stuck = true;
    this.linkCut();
  }

  /** One more message from the caller to the server. */
  sendMessage(payload: unknown, subject: Subject): void {
    const { sim, caller, callee, channel } = this;
    if (!this.open || !callee) return;
    this.carry(caller, callee, subject, () => {
      if (!this.open || !callee.alive) return;
      sim.recordHop({ kind: 'event', channel, call: this.id, from: caller.id, to: callee.id, subject });
      if (this.messageListeners.length === 0) this.unheard.push(payload);
      for (const listener of this.messageListeners) listener(payload);
    });
  }

  /** Ends the call with this failure unless it ends before. */
  failAfter(delayMs: number, failure: CallFailure): void {
    this.deadlines.push(this.sim.schedule(delayMs, () => this.fail(failure)));
  }

  /** The link was cut under the call, or the call is stuck: it is lost after a while unless the link heals. */
  linkCut(): void {
    this.connectionLost ??= this.sim.schedule(connectionLostAfterMs, () => this.fail('timeout'));
  }

  /** The link is back: what waited is delivered in order. */
  linkHealed(): void {
    if (this.stuck) return;
    if (this.connectionLost) this.sim.cancel(this.connectionLost);
    this.connectionLost = undefined;
    for (const deliver of this.held.splice(0)) this.sim.schedule(linkLatencyMs, deliver);
  }

  /** Ends the call without an answer; both ends learn of it. */
  fail(failure: CallFailure): void {
    if (!this.open) return;
    this.close();
    if (!this.caller.alive) return;
    const { sim, caller, channel } = this;
    const from = this.callee?.id ?? this.address;
    const subject = { ...this.outgoing.subject, reason: failure };
    sim.recordHop({ kind: 'failure', channel, call: this.id, from, to: caller.id, subject });
    this.handlers.onResult({ ok: false, failure, address: this.address });
  }

  /** The caller hangs up: it hears nothing more; the server learns of it. */
  hangUp(): void {
    if (this.open) this.close();
  }

  private close(): void {
    this.open = false;
    this.caller.calls.delete(this);
    this.callee?.calls.delete(this);
    this.held.length = 0;
    for (const deadline of this.deadlines) this.sim.cancel(deadline);
    if (this.connectionLost) this.sim.cancel(this.connectionLost);
    this.tellServer();
  }

  /** The server learns of the end in an event of its own: no process ever runs inside another one's handler. */
  private tellServer(): void {
    const { sim, caller, callee, closeListeners } = this;
    if (closeListeners.length === 0 || !callee) return;
    sim.schedule(caller.machine === callee.machine ? 0 : linkLatencyMs, () => {
      for (const listener of closeListeners) if (callee.alive) listener();
    });
  }

  private deliverRequest(): void {
    const callee = this.callee as Running;
    if (!this.open) return;
    const { sim, caller, channel, outgoing, port } = this;
    // A machine that went off while the request was under way sends no reset.
    if (!callee.alive && !sim.network.machine(callee.machine)?.up) return;
    if (!callee.alive || !callee.program.serve) return this.fail('reset');
    sim.recordHop({
      kind: 'request', channel, call: this.id, from: caller.id, to: callee.id, subject: outgoing.subject,
    });
    const call = this;
    const incoming: IncomingCall = {
      from: caller.id,
      fromMachine: caller.machine,
      port,
      channel,
      subject: outgoing.subject,
      payload: outgoing.payload,
      get open() {
        return call.open;
      },
      reply: (payload, subject) => sim.send(() => this.sendReply(payload, subject)),
      event: (payload, subject, options) => {
        if (options?.foreground) sim.inForeground(() => sim.send(() => this.sendEvent(payload, subject)));
        else sim.send(() => this.sendEvent(payload, subject));
      },
      reset: () => sim.send(() => {
        if (this.open) sim.transmit(this, callee.machine, caller.machine, () => this.fail('reset'));
      }),
      onMessage: (listener) => {
        this.messageListeners.push(listener);
        for (const payload of this.unheard.splice(0)) listener(payload);
      },
      onClose: (listener) => this.closeListeners.push(listener),
    };
    callee.program.serve(incoming);
  }

  private sendReply(payload: unknown, subject: Subject): void {
    const { sim, caller, channel } = this;
    const callee = this.callee as Running;
    if (!this.open) return;
    this.carry(callee, caller, subject, () => {
      if (!this.open || !caller.alive) return;
      this.close();
      sim.recordHop({ kind: 'response', channel, call: this.id, from: callee.id, to: caller.id, subject });
      this.handlers.onResult({ ok: true, payload, subject });
    });
  }

  private sendEvent(payload: unknown, subject: Subject): void {
    const { sim, caller, channel } = this;
    const callee = this.callee as Running;
    if (!this.open) return;
    this.carry(callee, caller, subject, () => {
      if (!this.open || !caller.alive) return;
      sim.recordHop({ kind: 'event', channel, call: this.id, from: callee.id, to: caller.id, subject });
      this.handlers.onEvent?.(payload, subject);
    }, channel === 'grpc');
  }
}
