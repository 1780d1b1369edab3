/**
 * Event of the group events.k8s.io: the same objects as those of the core group, with other names for their fields and
 * stricter rules. They are stored as core events; both directions lose nothing. Models pkg/apis/events/v1/conversion.go
 * and ValidateEventCreate and ValidateEventUpdate of pkg/apis/core/validation.
 */
import { equal } from '../../base/freeze';
import { immutable, invalid, required } from '../field-errors';
import type { FieldError } from '../field-errors';
import { defineKind } from '../kind';
import type { TableColumn } from '../kind';
import type { Event, EventsV1Event } from '../types';
import { eventKind } from './event';
import type { FieldErrors } from './field-checks';

/** Names of the fields that differ: core's on the left. */
const renamed: readonly (readonly [keyof Event, keyof EventsV1Event])[] = [
  ['involvedObject', 'regarding'], ['message', 'note'], ['reportingComponent', 'reportingController'],
  ['source', 'deprecatedSource'], ['firstTimestamp', 'deprecatedFirstTimestamp'],
  ['lastTimestamp', 'deprecatedLastTimestamp'], ['count', 'deprecatedCount'],
];

function toStorage(event: EventsV1Event): Event {
  const core: Record<string, unknown> = { ...event, apiVersion: 'v1' };
  for (const [to, from] of renamed) move(core, from, to);
  core['involvedObject'] ??= {};
  return core as unknown as Event;
}

function fromStorage(core: Event): EventsV1Event {
  const event: Record<string, unknown> = { ...core, apiVersion: 'events.k8s.io/v1' };
  for (const [from, to] of renamed) move(event, from, to);
  return event as unknown as EventsV1Event;
}

function move(record: Record<string, unknown>, from: string, to: string): void {
  const value = record[from];
  delete record[from];
  if (value !== undefined) record[to] = value;
}

function validate(event: EventsV1Event): readonly FieldError[] {
  const errors: FieldErrors = [...(eventKind.validate?.(toStorage(event)) ?? [])];
  const { series, type } = event;
  if (series !== undefined) {
    if ((series.count ?? 0) < 2) errors.push(invalid('series.count', '', 'should be at least 2'));
    if (series.lastObservedTime === undefined) errors.push(required('series.lastObservedTime'));
  }
  if (event.eventTime === undefined) errors.push(required('eventTime'));
  if (type !== 'Normal' && type !== 'Warning') errors.push(invalid('type', '', `has invalid value: ${type ?? ''}`));
  const unset = {
    firstTimestamp: event.deprecatedFirstTimestamp, lastTimestamp: event.deprecatedLastTimestamp,
    count: event.deprecatedCount || undefined,
    source: event.deprecatedSource?.component || event.deprecatedSource?.host || undefined,
  };
  for (const [field, value] of Object.entries(unset)) {
    if (value !== undefined) errors.push(invalid(field, '', 'needs to be unset'));
  }
  return errors;
}

function validateUpdate(event: EventsV1Event, old: EventsV1Event): readonly FieldError[] {
  const errors: FieldErrors = [...(eventKind.validate?.(toStorage(event)) ?? [])];
  const fixed = [
    ['involvedObject', 'regarding'], ['reason', 'reason'], ['reportingController', 'reportingController'],
    ['reportingInstance', 'reportingInstance'], ['action', 'action'], ['type', 'type'], ['eventTime', 'eventTime'],
  ] as const;
  for (const [name, field] of fixed) {
    if (!equal(event[field], old[field])) errors.push(immutable(name, event[field] ?? null));
  }
  return errors;
}

/** Both groups share one table in upstream. */
const columns = eventKind.columns.map((column): TableColumn<EventsV1Event> => (
  { ...column, cell: (event, nowMs) => column.cell(toStorage(event), nowMs) }));

export const eventV1Kind = defineKind<EventsV1Event>({
  group: 'events.k8s.io', version: 'v1', kind: 'Event', listKind: 'EventList',
  plural: 'events', singular: 'event', shortNames: ['ev'], namespaced: true, schema: 'EventsV1Event',
  conversion: { storage: eventKind, toStorage, fromStorage },
  validate,
  validateUpdate,
  nameRule: 'dnsSubdomain',
  hasGeneration: false,
  createOnUpdate: true,
  selectableFields: ({ regarding = {}, ...event }) => ({
    'regarding.kind': regarding.kind ?? '',
    'regarding.namespace': regarding.namespace ?? '',
    'regarding.name': regarding.name ?? '',
    'regarding.uid': regarding.uid ?? '',
    'regarding.apiVersion': regarding.apiVersion ?? '',
    'regarding.resourceVersion': regarding.resourceVersion ?? '',
    'regarding.fieldPath': regarding.fieldPath ?? '',
    reason: event.reason ?? '',
    reportingController: event.reportingController ?? '',
    type: event.type ?? '',
  }),
  columns,
});
