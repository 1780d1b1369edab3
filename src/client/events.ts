/**
 * The event recorder: tells users what a component did, as Event objects. The same event again raises a count instead
 * of adding an object; many similar ones are combined; a component that floods is held back. Models client-go's
 * tools/record (EventAggregator, eventLogger, EventSourceObjectSpamFilter) and, with `eventsV1`, tools/events as the
 * scheduler uses it. Recording is fire and forget: who records never waits and never fails.
 */
import { events } from '../api/resources';
import { formatMicroTime, formatTime } from '../api/time';
import type { Event, KubeObject, NewObject, ObjectReference } from '../api/types';
import type { ProcessHost } from '../sim/process';
import { runTask, type Task } from '../sim/task';
import type { ApiClient } from './api-client';
import { RateLimiter } from './rate-limiter';

const similarLimit = 10;
const similarWindowMs = 600_000;
const spamBurst = 25;
const spamQps = 1 / 300;
const maxNoteLength = 1024;
/** Events remembered for counting, as client-go's LRU cache of this size does. */
const rememberedEvents = 4096;

export interface EventRecorderOptions {
  /** `kubelet`, `deployment-controller`, `default-scheduler`. */
  readonly component: string;
  /** The node's name, where the component belongs to one. */
  readonly host?: string;
  /** reportingInstance; with `eventsV1` `default-scheduler-<machine>`. */
  readonly instance?: string;
  /** Writes the newer shape: eventTime and series instead of counts and timestamps. */
  readonly eventsV1?: boolean;
}

export interface EventDetails {
  /** What was done, in events.k8s.io's terms: `Binding`. */
  readonly action?: string;
  readonly related?: KubeObject;
  /** The part that is meant: `spec.containers{nginx}`. */
  readonly fieldPath?: string;
}

interface Known {
  readonly name: string;
  readonly namespace: string;
  count: number;
}

interface Similar {
  readonly messages: Set<string>;
  lastMs: number;
}

export class EventRecorder {
  private readonly known = new Map<string, Known>();
  private readonly similar = new Map<string, Similar>();
  private readonly spam = new Map<string, RateLimiter>();
  private sequence = 0;

  constructor(
    private readonly host: ProcessHost,
    private readonly client: ApiClient,
    private readonly options: EventRecorderOptions,
  ) {}

  /** Records an event about an object. */
  event(
    object: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string, details: EventDetails = {},
  ): void {
    this.eventFor(referenceTo(object, details.fieldPath), type, reason, message, details);
  }

  /** Records an event about something that only a reference is known of. */
  eventFor(
    about: ObjectReference, type: 'Normal' | 'Warning', reason: string, message: string, details: EventDetails = {},
  ): void {
    const source = [about.kind, about.namespace, about.name, about.uid, about.apiVersion].join('/');
    if (!this.options.eventsV1 && this.isSpam(source)) return;
    const group = `${source}/${about.fieldPath ?? ''}/${type}/${reason}`;
    const note = this.options.eventsV1 ? message : this.combine(group, message);
    // Combined events share one object whatever their messages say.
    const key = note === message ? `${group}/${message}` : group;
    const known = this.known.get(key);
    if (known) {
      known.count += 1;
      runTask(this.raise(known, note));
      return;
    }
    const event = this.newEvent(about, type, reason, note.slice(0, maxNoteLength), details);
    const { name = '', namespace = '' } = event.metadata;
    this.remember(key, { name, namespace, count: 1 });
    runTask(this.client.create(events, event));
  }

  private newEvent(
    about: ObjectReference, type: string, reason: string, message: string, details: EventDetails,
  ): NewObject<Event> {
    const { component, host, instance, eventsV1 } = this.options;
    this.sequence += 1;
    const nanos = BigInt(Math.round(this.host.wallMs)) * 1_000_000n + BigInt(this.sequence % 1_000_000);
    const namespace = about.namespace ?? 'default';
    const time = formatTime(this.host.wallMs);
    const when = eventsV1
      ? { eventTime: formatMicroTime(this.host.wallMs), source: {} }
      : { firstTimestamp: time, lastTimestamp: time, count: 1, source: host ? { component, host } : { component } };
    return {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `${about.name}.${nanos.toString(16)}`, namespace },
      involvedObject: about,
      reason,
      message,
      type,
      ...when,
      ...(details.action ? { action: details.action } : {}),
      ...(details.related ? { related: referenceTo(details.related) } : {}),
      reportingComponent: component,
      reportingInstance: instance ?? host ?? '',
    };
  }

  /** Says that a known event has happened once more. When it has expired meanwhile, nothing is lost but the count. */
  private *raise(known: Known, message: string): Task {
    const { name, namespace, count } = known;
    const patch = this.options.eventsV1
      ? { series: { count, lastObservedTime: formatMicroTime(this.host.wallMs) } }
      : { count, message, lastTimestamp: formatTime(this.host.wallMs) };
    const patched = yield* this.client.patch(events, { namespace, name }, 'strategic', patch);
    if (!patched.ok && patched.status.code === 404) this.forget(known);
  }

  private remember(key: string, event: Known): void {
    this.known.set(key, event);
    if (this.known.size <= rememberedEvents) return;
    for (const oldest of this.known.keys()) {
      this.known.delete(oldest);
      break;
    }
  }

  private forget(gone: Known): void {
    for (const [key, known] of this.known) if (known === gone) this.known.delete(key);
  }

  /** After ten different messages of one kind within ten minutes, further ones are told as one. */
  private combine(group: string, message: string): string {
    const now = this.host.nowMs;
    let similar = this.similar.get(group);
    if (!similar || now - similar.lastMs > similarWindowMs) {
      similar = { messages: new Set(), lastMs: now };
      this.similar.set(group, similar);
    }
    similar.lastMs = now;
    similar.messages.add(message);
    return similar.messages.size > similarLimit ? `(combined from similar events): ${message}` : message;
  }

  private isSpam(source: string): boolean {
    let limiter = this.spam.get(source);
    if (!limiter) {
      limiter = new RateLimiter(spamQps, spamBurst);
      this.spam.set(source, limiter);
    }
    return !limiter.tryTake(this.host.nowMs);
  }
}

/** The reference that an event carries to its object. */
export function referenceTo(object: KubeObject, fieldPath?: string): ObjectReference {
  const { apiVersion, kind, metadata } = object;
  const { namespace, name, uid, resourceVersion } = metadata;
  return { apiVersion, kind, namespace, name, uid, resourceVersion, ...(fieldPath ? { fieldPath } : {}) };
}
