/**
 * A call that is passed on: a server that asks another one on behalf of its caller and hands through whatever comes
 * back, in both directions, until either side ends it. Reverse proxies are made of this.
 */
import type { CallResult, IncomingCall, OutgoingCall, ProcessHost } from './process';

export interface RelayHandlers {
  /** What to pass on of an event; undefined for nothing. Without it events go on as they are. */
  event?(payload: unknown): unknown;
  /** What becomes of the end; without it an answer goes on as it is, and a failure breaks the caller's connection. */
  result?(result: CallResult): void;
}

/** Opens the outgoing call and ties it to the incoming one. */
export function relay(
  host: ProcessHost,
  incoming: IncomingCall,
  outgoing: OutgoingCall,
  handlers: RelayHandlers,
): void {
  const handle = host.call(outgoing, {
    onEvent: (payload, subject) => {
      const passed = handlers.event ? handlers.event(payload) : payload;
      if (passed !== undefined && incoming.open) incoming.event(passed, subject);
    },
    onResult: (result) => {
      if (!incoming.open) return;
      if (handlers.result) handlers.result(result);
      else if (result.ok) incoming.reply(result.payload, result.subject);
      else incoming.reset();
    },
  });
  incoming.onMessage((payload) => handle.send(payload, outgoing.subject));
  incoming.onClose(() => handle.cancel());
}
