/**
 * The watches that a member serves (etcd's api/v3rpc/watch.go): each first catches up from history, then hears every
 * change of its range. A start in compacted history ends the watch. One call is one watch here, where etcd carries
 * several in one stream.
 */
import type { Cancel, IncomingCall, ProcessHost } from '../sim/process';
import { catchUpRevisionsPerMessage, progressNotifyMs } from './limits';
import type { EtcdStore } from './store';
import { type Watcher, WatchHub } from './watch';
import type { KeyEvent, KeyRange, WatchCanceled, WatchMessage, WatchRequest } from './wire';

/** A watch that is open on a member. */
export interface AttachedWatch {
  /** The process that opened it. */
  readonly from: string;
  readonly range: KeyRange;
  /** Its events begin with this revision. */
  readonly fromRevision: number;
}

class Stream implements Watcher {
  /** Something was sent since the last tick, so that no progress message is due. */
  active = false;

  constructor(
    readonly call: IncomingCall,
    readonly range: WatchRequest,
    readonly fromRevision: number,
  ) {}

  send(message: WatchMessage, subjectKey: string): void {
    this.active = true;
    this.call.event(message, { verb: 'Watch', name: subjectKey, revision: message.revision });
  }
}

export class WatchServer {
  private readonly hub = new WatchHub();
  /** By caller and the caller's number for it. */
  private readonly streams = new Map<string, Stream>();
  private ticker: Cancel | undefined;

  constructor(
    private readonly host: ProcessHost,
    private readonly store: EtcdStore,
  ) {}

  /** Opens a watch: says so, sends what has happened since its start, and lists it for what will happen. */
  open(call: IncomingCall, request: WatchRequest): void {
    const { store } = this;
    const { key, startRevision = 0, watchId } = request;
    const { revision, compactRevision } = store;
    if (startRevision > 0 && startRevision < compactRevision) {
      const canceled: WatchCanceled = { kind: 'canceled', compactRevision };
      call.reply(canceled, { verb: 'Watch', name: key, revision, reason: 'compacted' });
      return;
    }
    const stream = new Stream(call, request, Math.max(startRevision, revision + 1));
    stream.send({ kind: 'created', revision }, key);
    if (startRevision > 0) this.catchUp(stream, startRevision);
    const id = streamId(call.from, watchId);
    this.streams.set(id, stream);
    this.hub.add(stream);
    call.onClose(() => this.close(id, stream));
    if (request.progressNotify) this.startTicking();
  }

  /** Sends the revision on one watch now. */
  progress(from: string, watchId: number): void {
    const stream = this.streams.get(streamId(from, watchId));
    stream?.send({ kind: 'progress', revision: this.store.revision }, stream.range.key);
  }

  /** The watches that are open, in the order in which they were opened. */
  attached(): AttachedWatch[] {
    return [...this.streams.values()].map(({ call, range: { key, rangeEnd }, fromRevision }) =>
      ({ from: call.from, range: { key, rangeEnd }, fromRevision }));
  }

  dispatch(events: readonly KeyEvent[], revision: number): void {
    this.hub.dispatch(events, revision);
  }

  private catchUp(stream: Stream, startRevision: number): void {
    const { store } = this;
    for (let from = startRevision; from <= store.revision; ) {
      const { events, nextRevision } = store.history(stream.range, from, catchUpRevisionsPerMessage);
      const [first] = events;
      if (first) stream.send({ kind: 'events', events, revision: store.revision }, first.kv.key);
      from = nextRevision;
    }
  }

  private close(id: string, stream: Stream): void {
    this.hub.remove(stream);
    if (this.streams.get(id) === stream) this.streams.delete(id);
  }

  /** One ticker for all watches; what it sends is background work. */
  private startTicking(): void {
    this.ticker ??= this.host.after(progressNotifyMs, () => this.tick(), { background: true });
  }

  private tick(): void {
    this.ticker = undefined;
    let asked = false;
    for (const stream of this.streams.values()) {
      if (!stream.range.progressNotify) continue;
      asked = true;
      if (!stream.active) stream.send({ kind: 'progress', revision: this.store.revision }, stream.range.key);
      stream.active = false;
    }
    if (asked) this.startTicking();
  }
}

function streamId(from: string, watchId: number): string {
  return `${from}#${watchId}`;
}
