/**
 * The events of an object and their table at the end of a description. Models searchEvents and DescribeEvents of
 * kubectl's pkg/describe, with its order by last occurrence.
 */
import { ageText } from '../../../api/kinds/columns';
import { timeMs } from '../../../api/time';
import type { Event, KubeObject } from '../../../api/types';
import type { DescribeContext, DescribeWriter } from './writer';

/** Which events to look for; what is undefined is not asked for. */
interface EventQuery {
  readonly name: string;
  readonly namespace?: string;
  readonly kind?: string;
  readonly uid?: string;
}

/** Events about an object, in the order of their keys. */
export function eventsOf({ reader }: DescribeContext, query: EventQuery): readonly Event[] {
  const all = reader.list<Event>('v1', 'Event', 0, query.namespace);
  return all.filter(({ involvedObject: { name, namespace, kind, uid } }) => (
    name === query.name && (namespace ?? '') === (query.namespace ?? '')
    && (query.kind === undefined || kind === query.kind) && (query.uid === undefined || uid === query.uid)
  ));
}

/** The events table of an object, found by its kind, name and uid. */
export function writeEventsOf(w: DescribeWriter, object: KubeObject, context: DescribeContext): void {
  const { kind, metadata: { name, namespace, uid } } = object;
  if (context.withoutEvents) return;
  writeEvents(w, eventsOf(context, { name, namespace, kind, uid }), context);
}

/** The table of events, the most recent last. */
export function writeEvents(w: DescribeWriter, events: readonly Event[], context: DescribeContext): void {
  const { nowMs, withoutEvents } = context;
  if (withoutEvents) return;
  if (events.length === 0) {
    w.line(0, 'Events:\t<none>');
    return;
  }
  w.line(0, 'Events:\n  Type\tReason\tAge\tFrom\tMessage');
  w.line(1, '----\t------\t----\t----\t-------');
  for (const event of events.slice().sort((a, b) => lastMs(a) - lastMs(b))) {
    const { type = '', reason = '', source, reportingComponent, involvedObject } = event;
    const message = (event.message ?? '').trim();
    const about = involvedObject.fieldPath ? `${involvedObject.fieldPath}: ` : '';
    const from = source?.component || (reportingComponent ?? '');
    w.line(1, `${type}\t${reason}\t${whenText(event, nowMs)}\t${from}\t${about}${message}`);
  }
}

/** Events of the newer API have no last timestamp and come first, as upstream's zero time does. */
function lastMs({ lastTimestamp }: Event): number {
  return lastTimestamp ? timeMs(lastTimestamp) : Number.MIN_SAFE_INTEGER;
}

function whenText({ eventTime, firstTimestamp, lastTimestamp, series, count }: Event, nowMs: number): string {
  const first = ageText(eventTime || firstTimestamp || undefined, nowMs);
  if (series) return `${ageText(series.lastObservedTime || undefined, nowMs)} (x${series.count ?? 0} over ${first})`;
  if ((count ?? 0) > 1) return `${ageText(lastTimestamp || undefined, nowMs)} (x${count} over ${first})`;
  return first;
}
