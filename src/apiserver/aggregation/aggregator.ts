/**
 * Keeps track of the servers behind APIServices: asks them again and again whether they answer, says so in the
 * conditions of their APIServices, and remembers what they offer. Every API server does this for itself. Models the
 * RemoteAvailabilityController and the loops around kube-aggregator's discoveryManager.
 */
import { equal } from '../../base/freeze';
import { apiServices, endpointSlices, services } from '../../api/resources';
import { formatTime } from '../../api/time';
import type { APIService, KubeObject } from '../../api/types';
import type { ProcessHost } from '../../sim/process';
import { runTask, type Task } from '../../sim/task';
import { type Loopback, loopbackUpdate } from '../controllers/loopback';
import type { ServedResources } from '../storage/served-resources';
import { type Availability, checkAvailability } from './availability';
import { type AggregatedVersion, fetchDiscovery, type Offered } from './discovery';
import { asRemote, type RemoteApiService, remoteApiService, resolveService } from './location';

/** How often every server is asked again though nothing has changed. */
export const resyncMs = 30_000;
/** The rate limit of what fails: doubled each time, up to the limit. */
const firstRetryMs = 5;
const maxRetryMs = 30_000;

/** What the aggregator needs of its server. */
export interface AggregatorParts {
  readonly host: ProcessHost;
  readonly loopback: Loopback;
  readonly resources: ServedResources;
  readonly wallMs: () => number;
}

export class Aggregator {
  private readonly known = new Map<string, AggregatedVersion>();
  private readonly waiting = new Set<string>();
  private readonly failures = new Map<string, number>();
  private readonly changeListeners: (() => void)[] = [];
  private parts: AggregatorParts | undefined;
  private working = false;

  constructor(private readonly resources: ServedResources) {
    const cacheOf = ({ group, version, resource }: typeof apiServices | typeof services | typeof endpointSlices) =>
      resources.find(group, version, resource)?.cache;
    cacheOf(apiServices)?.onEvent(({ type, object, before }) => {
      // Its own report is no reason to look again.
      const isReport = type === 'MODIFIED' && equal((before as APIService).spec, (object as APIService).spec);
      if (!isReport) this.queue(object.metadata.name);
    });
    cacheOf(services)?.onEvent(({ object }) => this.queueBehind(object, object.metadata.name));
    cacheOf(endpointSlices)?.onEvent(({ object }) =>
      this.queueBehind(object, object.metadata.labels?.['kubernetes.io/service-name']));
  }

  /** The versions that other servers serve. */
  get versions(): readonly AggregatedVersion[] {
    return [...this.known.keys()].sort().flatMap((name) => this.known.get(name) ?? []);
  }

  /** Calls the listener whenever `versions` has changed. */
  onChange(listener: () => void): void {
    this.changeListeners.push(listener);
  }

  /** The APIService that a path belongs to: below its discovery document, or its OpenAPI document. */
  forPath(path: string): RemoteApiService | undefined {
    const [, group, version] = /^(?:\/openapi\/v3)?\/apis\/([^/]+)\/([^/]+)\/?$/.exec(path) ?? [];
    return group === undefined || version === undefined ? undefined : this.find(group, version);
  }

  /** The APIService behind which a version of a group is served. */
  find(group: string, version: string): RemoteApiService | undefined {
    return this.known.size === 0 ? undefined : remoteApiService(this.resources, group, version);
  }

  /** Begins to ask, once the server can be written through. */
  start(parts: AggregatorParts): void {
    this.parts = parts;
    this.resync();
  }

  /** Looks at all of them again. */
  resync(): void {
    for (const { metadata } of this.resources.list(apiServices)) this.queue(metadata.name);
  }

  private queue(name: string): void {
    // Most are served by this very server, and need no looking after.
    if (!asRemote(this.resources.get(apiServices, undefined, name)) && !this.known.has(name)) return;
    this.waiting.add(name);
    this.work();
  }

  private queueBehind({ metadata }: KubeObject, name: string | undefined): void {
    for (const each of this.known.keys()) {
      const reference = this.resources.get(apiServices, undefined, each)?.spec.service;
      if (reference?.name === name && reference?.namespace === metadata.namespace) this.queue(each);
    }
  }

  private work(): void {
    const { parts } = this;
    if (!parts || this.working || this.waiting.size === 0) return;
    this.working = true;
    runTask(this.drain(parts), () => {
      this.working = false;
    });
  }

  private *drain(parts: AggregatorParts): Task {
    for (;;) {
      const [name] = this.waiting;
      if (name === undefined) return;
      this.waiting.delete(name);
      yield* this.sync(parts, name);
    }
  }

  private *sync(parts: AggregatorParts, name: string): Task {
    const { host, resources } = parts;
    const service = asRemote(resources.get(apiServices, undefined, name));
    if (!service) return this.forget(name);
    // It is listed before anyone has asked it, and stays listed while nobody can.
    if (!this.known.has(name)) this.remember(name, service, undefined);
    const found = yield* checkAvailability(host, resources, service);
    const written = yield* this.report(parts, name, service, found);
    const resolved = resolveService(resources, service);
    const offered = found.status === 'True' && 'address' in resolved
      ? yield* fetchDiscovery(host, resolved.address, service) : undefined;
    this.remember(name, service, offered);
    if (found.reason === 'FailedDiscoveryCheck' || !written) this.retry(host, name);
    else this.failures.delete(name);
  }

  /** Writes a condition that is new; false when that has to be tried again. */
  private *report(
    { loopback, resources, wallMs }: AggregatorParts, name: string, { metadata }: RemoteApiService, found: Availability,
  ): Task<boolean> {
    const current = resources.get(apiServices, undefined, name);
    if (!current || current.metadata.uid !== metadata.uid) return true;
    const all = current.status?.conditions ?? [];
    const before = all.find(({ type }) => type === 'Available');
    const unchanged = before?.status === found.status;
    if (unchanged && before.reason === found.reason && before.message === found.message) return true;
    const lastTransitionTime = (unchanged ? before.lastTransitionTime : undefined) ?? formatTime(wallMs());
    const condition = { type: 'Available', ...found, lastTransitionTime };
    const conditions = before ? all.map((each) => (each === before ? condition : each)) : [...all, condition];
    const { code } = yield* loopbackUpdate(
      loopback, apiServices, { ...current, status: { ...current.status, conditions } }, 'status');
    return code < 400 || code === 404;
  }

  private retry(host: ProcessHost, name: string): void {
    const failures = this.failures.get(name) ?? 0;
    this.failures.set(name, failures + 1);
    const delayMs = Math.min(maxRetryMs, firstRetryMs * 2 ** Math.min(failures, 20));
    host.after(delayMs, () => this.queue(name), { background: true });
  }

  private remember(
    name: string, { spec }: RemoteApiService, offered: Offered | undefined,
  ): void {
    const before = this.known.get(name);
    const next: AggregatedVersion = {
      group: spec.group ?? '', groupPriority: spec.groupPriorityMinimum, versionPriority: spec.versionPriority,
      discovered: {
        version: spec.version, resources: offered?.resources ?? before?.discovered.resources ?? [],
        freshness: offered ? 'Current' : 'Stale',
      },
      openApi: offered?.openApi ?? before?.openApi ?? new Map<string, string>(),
    };
    if (before && isSame(before, next)) return;
    this.known.set(name, next);
    for (const listener of this.changeListeners) listener();
  }

  private forget(name: string): void {
    this.failures.delete(name);
    if (!this.known.delete(name)) return;
    for (const listener of this.changeListeners) listener();
  }
}

function isSame(a: AggregatedVersion, b: AggregatedVersion): boolean {
  return equal({ ...a, openApi: [...a.openApi] }, { ...b, openApi: [...b.openApi] });
}
