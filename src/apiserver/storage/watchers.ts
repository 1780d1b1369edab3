/**
 * Who watches a resource, and the fan-out of its events. Watchers that select one name, or the pods of one node, lie in
 * an index, so that the write of one pod visits its own node's kubelet and not all of them. An object that enters or
 * leaves what a watcher selects is ADDED or DELETED to it. Models cacheWatcher and the trigger index of cacher.
 */
import type { AnyKind } from '../../api/kind';
import type { WatchEvent } from '../../api/request';
import { type FieldRequirement, matchesFields, matchesLabels, type Selector } from '../../api/selectors';
import type { KubeObject } from '../../api/types';
import type { Subject } from '../../protocol/trace';
import type { IncomingCall } from '../../sim/process';
import type { CacheEvent } from './event-ring';
import { withRevision } from './watch-cache';

/** What a list or watch selects. */
export interface Predicate {
  /** Undefined for all namespaces. */
  readonly namespace: string | undefined;
  /** Undefined for any labels. */
  readonly labels: Selector | undefined;
  readonly fields: readonly FieldRequirement[];
}

/** The values of an object's selectable fields. */
export function fieldValues(kind: AnyKind, object: KubeObject): Readonly<Record<string, string>> {
  const { name, namespace } = object.metadata;
  const own: Readonly<Record<string, string>> | undefined = kind.selectableFields?.(object);
  return { ...own, 'metadata.name': name, 'metadata.namespace': namespace ?? '' };
}

/** Whether an object is selected. */
export function selects(predicate: Predicate, kind: AnyKind, object: KubeObject): boolean {
  const { namespace, labels, fields } = predicate;
  if (namespace !== undefined && object.metadata.namespace !== namespace) return false;
  if (labels !== undefined && !matchesLabels(labels, object.metadata.labels)) return false;
  return fields.length === 0 || matchesFields(fields, fieldValues(kind, object));
}

/** The answer of the index for a watcher that selects nothing but one name or one node. */
function matchesIndexed(fields: readonly FieldRequirement[], object: KubeObject): boolean | undefined {
  const [only] = fields;
  if (fields.length !== 1 || only?.operator !== '=') return undefined;
  if (only.field === 'metadata.name') return object.metadata.name === only.value;
  return only.field === 'spec.nodeName' ? nodeOf(object) === only.value : undefined;
}

/** The value that a predicate demands of a field, when it demands exactly one. */
export function demanded(predicate: Predicate, field: string): string | undefined {
  return predicate.fields.find((requirement) => requirement.field === field && requirement.operator === '=')?.value;
}

export interface Watcher {
  readonly call: IncomingCall;
  readonly predicate: Predicate;
  readonly bookmarks: boolean;
  /** Events up to this revision are known to the watcher. */
  from: number;
}

/** Ends a stream as a server does whose time is up: the response is complete. */
export function endStream({ call }: Watcher): void {
  if (call.open) call.reply({ code: 200, body: '' }, { ...call.subject, code: 200 });
}

type WatcherIndex = Map<string, Set<Watcher>>;

export class Watchers {
  private readonly unindexed = new Set<Watcher>();
  private readonly byName: WatcherIndex = new Map();
  private readonly byNode: WatcherIndex = new Map();
  private readonly everyone = new Set<Watcher>();

  constructor(
    private readonly kind: AnyKind,
    /** The resource as the trace names it. */
    private readonly resource: string,
    /** Whether events count as changes although their cause is background work. */
    private readonly foreground: boolean,
  ) {}

  /** True when nobody watches. */
  get empty(): boolean {
    return this.everyone.size === 0;
  }

  all(): Iterable<Watcher> {
    return this.everyone;
  }

  /** Ends every stream, as when the content has a gap or the resource is gone. */
  endAll(): void {
    for (const watcher of [...this.everyone]) endStream(watcher);
  }

  add(watcher: Watcher): void {
    this.everyone.add(watcher);
    this.place(watcher, (set) => set.add(watcher));
  }

  remove(watcher: Watcher): void {
    this.everyone.delete(watcher);
    this.place(watcher, (set) => set.delete(watcher));
  }

  /** Sends an event to everyone who selects the object before or after the change. */
  dispatch(event: CacheEvent): void {
    if (this.everyone.size === 0) return;
    const delivery = new Delivery(this.kind, this.resource, this.foreground, event);
    if (this.byNode.size > 0) {
      const node = nodeOf(event.object);
      const nodeBefore = event.before === undefined ? node : nodeOf(event.before);
      delivery.offer(this.byNode.get(node));
      if (nodeBefore !== node) delivery.offer(this.byNode.get(nodeBefore));
    }
    if (this.byName.size > 0) delivery.offer(this.byName.get(event.object.metadata.name));
    delivery.offer(this.unindexed);
  }

  /** Sends one event of the past to one watcher. */
  replay(event: CacheEvent, watcher: Watcher): void {
    new Delivery(this.kind, this.resource, this.foreground, event).offer([watcher]);
  }

  private place(watcher: Watcher, change: (set: Set<Watcher>) => void): void {
    const name = demanded(watcher.predicate, 'metadata.name');
    const node = this.kind.plural === 'pods' ? demanded(watcher.predicate, 'spec.nodeName') : undefined;
    if (name === undefined && node === undefined) {
      change(this.unindexed);
      return;
    }
    const [index, value] = node === undefined ? [this.byName, name ?? ''] : [this.byNode, node];
    const set = index.get(value) ?? new Set<Watcher>();
    change(set);
    if (set.size === 0) index.delete(value);
    else index.set(value, set);
  }
}

function nodeOf(object: KubeObject): string {
  return (object as KubeObject & { spec?: { nodeName?: string } }).spec?.nodeName ?? '';
}

/** One event on its way: what is sent is made once and shared by all who get it. */
class Delivery {
  private readonly made = new Map<string, WatchEvent>();
  private readonly subjects = new Map<string, Subject>();
  private fieldsAfter: Readonly<Record<string, string>> | undefined;
  private fieldsBefore: Readonly<Record<string, string>> | undefined;
  private readonly options: { readonly foreground: boolean };

  constructor(
    private readonly kind: AnyKind,
    private readonly resource: string,
    foreground: boolean,
    private readonly event: CacheEvent,
  ) {
    this.options = { foreground };
  }

  offer(watchers: Iterable<Watcher> | undefined): void {
    if (watchers === undefined) return;
    const { event } = this;
    for (const watcher of watchers) {
      if (event.revision <= watcher.from) continue;
      const after = event.type !== 'DELETED' && this.selected(watcher.predicate, event.object, true);
      const before = event.before !== undefined && this.selected(watcher.predicate, event.before, false);
      if (!after && !before) continue;
      const type = !before ? 'ADDED' : after ? 'MODIFIED' : 'DELETED';
      watcher.call.event(this.message(type), this.subject(type), this.options);
    }
  }

  private selected(predicate: Predicate, object: KubeObject, after: boolean): boolean {
    const { namespace, labels, fields } = predicate;
    if (namespace !== undefined && object.metadata.namespace !== namespace) return false;
    if (labels !== undefined && !matchesLabels(labels, object.metadata.labels)) return false;
    if (fields.length === 0) return true;
    const indexed = matchesIndexed(fields, object);
    if (indexed !== undefined) return indexed;
    if (after) return matchesFields(fields, this.fieldsAfter ??= fieldValues(this.kind, object));
    return matchesFields(fields, this.fieldsBefore ??= fieldValues(this.kind, object));
  }

  private message(type: 'ADDED' | 'MODIFIED' | 'DELETED'): WatchEvent {
    let message = this.made.get(type);
    if (!message) {
      const { event } = this;
      // What leaves the selection is shown as it last was inside, with the revision at which it left.
      const left = type === 'DELETED' && event.type !== 'DELETED';
      const object = left ? withRevision(event.before as KubeObject, event.revision) : event.object;
      message = Object.freeze({ type, object });
      this.made.set(type, message);
    }
    return message;
  }

  private subject(type: string): Subject {
    let subject = this.subjects.get(type);
    if (!subject) {
      const { namespace, name } = this.event.object.metadata;
      subject = Object.freeze({ verb: type, resource: this.resource, namespace, name, revision: this.event.revision });
      this.subjects.set(type, subject);
    }
    return subject;
  }
}
