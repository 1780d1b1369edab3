/**
 * Watch: a stream of the changes of a collection from a revision on. Without a revision, or with `0`, it begins with
 * what is there; with sendInitialEvents that beginning ends with an annotated bookmark. The server ends a stream after
 * 30 to 60 minutes. Models cacher.Watch and endpoints/handlers watch.go.
 */
import type { WatchEvent } from '../../api/request';
import { type FailureStatus, tooOldResourceVersion } from '../../api/status';
import type { KubeObject } from '../../api/types';
import type { Subject } from '../../protocol/trace';
import type { IncomingCall, ProcessHost } from '../../sim/process';
import type { Task } from '../../sim/task';
import { limits } from '../options';
import type { ServedResource } from '../storage/served-resource';
import { endStream, type Predicate, selects, type Watcher } from '../storage/watchers';
import { fresh, parseRevision, predicateOf } from './read';
import type { RequestScope } from './scope';

/** Opens the stream on the call, or refuses. */
export function* watch(scope: RequestScope, call: IncomingCall, host: ProcessHost): Task<FailureStatus | undefined> {
  const { resource, request, execution, subject } = scope;
  const { options } = request;
  const predicate = predicateOf(scope);
  if ('code' in predicate) return predicate;
  const asked = options.resourceVersion ?? '';
  const wanted = asked === '' ? 0 : parseRevision(asked);
  if (typeof wanted !== 'number') return wanted;
  const begins = wanted === 0 || options.sendInitialEvents === true;
  if (begins) {
    const problem = yield* fresh(scope);
    if (problem) return problem;
  }
  const past = begins ? undefined : resource.cache.eventsSince(wanted);
  execution.stage('watchCache', true, subject);
  if (!call.open) return undefined;
  if (!begins && !past) {
    sendExpired(resource, call, asked);
    return undefined;
  }
  const watcher: Watcher = { call, predicate, bookmarks: options.allowWatchBookmarks === true, from: wanted };
  if (begins) sendPresent(resource, predicate, call);
  for (const event of past ?? []) resource.watchers.replay(event, watcher);
  if (options.sendInitialEvents && watcher.bookmarks) sendBookmark(resource, watcher, true);
  // A client that has read from a newer server than this one does not get again what it knows.
  watcher.from = Math.max(wanted, resource.cache.revision);
  open(resource, watcher, host, options.timeoutSeconds);
  return undefined;
}

function open(
  resource: ServedResource, watcher: Watcher, host: ProcessHost, timeoutSeconds: number | undefined,
): void {
  const { call } = watcher;
  resource.watchers.add(watcher);
  const lifetimeMs = timeoutSeconds ? timeoutSeconds * 1000
    : host.random('watch-timeout').jitter(limits.minRequestTimeoutMs, 1);
  const timer = host.after(lifetimeMs, () => endStream(watcher), { background: true });
  call.onClose(() => {
    timer.cancel();
    resource.watchers.remove(watcher);
  });
}

function sendPresent(resource: ServedResource, predicate: Predicate, call: IncomingCall): void {
  const { kind, cache } = resource;
  const { namespace } = predicate;
  for (const object of cache.list(namespace === undefined ? '' : `${namespace}/`)) {
    if (!selects(predicate, kind, object)) continue;
    const event: WatchEvent = Object.freeze({ type: 'ADDED', object });
    call.event(event, eventSubject('ADDED', resource, object));
  }
}

/** A watch that begins too far in the past gets the Status as its only event, as upstream sends it. */
function sendExpired(resource: ServedResource, call: IncomingCall, asked: string): void {
  const status = tooOldResourceVersion(asked, String(resource.cache.oldestRevision));
  const { code, reason, message } = status;
  const event = { type: 'ERROR', object: status };
  call.event(event, { verb: 'ERROR', resource: resource.name, code, reason, message });
  call.reply({ code: 200, body: '' }, { ...call.subject, code: 200 });
}

/** Tells a watcher how far the stream has come, so that it can begin from there another time. */
export function sendBookmark(resource: ServedResource, { call }: Watcher, initialEventsEnd = false): void {
  const annotations = initialEventsEnd ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {};
  const metadata = { resourceVersion: String(resource.cache.revision), creationTimestamp: null, ...annotations };
  const object = { apiVersion: resource.apiVersion, kind: resource.kind.kind, metadata };
  const event = Object.freeze({ type: 'BOOKMARK', object: Object.freeze(object) });
  call.event(event, { verb: 'BOOKMARK', resource: resource.name, revision: resource.cache.revision });
}

function eventSubject(verb: string, resource: ServedResource, { metadata }: KubeObject): Subject {
  const { namespace, name, resourceVersion } = metadata;
  return { verb, resource: resource.name, namespace, name, revision: Number(resourceVersion) };
}
