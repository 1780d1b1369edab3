/**
 * Event: something that happened to an object. Models legacyValidateEvent of pkg/apis/core/validation and
 * pkg/registry/core/event, for the core group; the stricter rules of events.k8s.io are not applied.
 */
import { equal } from '../../base/freeze';
import { invalid, required } from '../field-errors';
import type { FieldError } from '../field-errors';
import { defineKind } from '../kind';
import { byteLength, dnsSubdomainProblems } from '../names';
import type { Event } from '../types';
import { ageText, nameColumn } from './columns';
import { checkProblems, checkQualifiedName } from './field-checks';
import type { FieldErrors } from './field-checks';

const maxFieldBytes = 128;
const maxMessageBytes = 1024;

function validate(event: Event): readonly FieldError[] {
  const errors: FieldErrors = [];
  const namespace = event.metadata.namespace ?? '';
  const involved = event.involvedObject?.namespace ?? '';
  const isCluster = event.eventTime === undefined ? ['', 'default'] : ['default', 'kube-system'];
  const isWrong = involved === '' ? !isCluster.includes(namespace)
    : event.eventTime === undefined && involved !== namespace;
  if (isWrong) errors.push(invalid('involvedObject.namespace', involved, 'does not match event.namespace'));
  if (event.eventTime !== undefined) checkNewEvent(event, errors);
  checkProblems(dnsSubdomainProblems(namespace), namespace, 'namespace', errors);
  return errors;
}

/** An event with a time of its own says who reports it and what was done. */
function checkNewEvent(event: Event, errors: FieldErrors): void {
  const { reportingComponent = '', reportingInstance = '', action = '', reason = '', message = '' } = event;
  if (reportingComponent === '') errors.push(required('reportingController'));
  checkQualifiedName(reportingComponent, 'reportingController', errors);
  const limited = { reportingInstance, action, reason };
  for (const [field, text] of Object.entries(limited)) {
    if (text === '') errors.push(required(field));
    if (byteLength(text) > maxFieldBytes) {
      errors.push(invalid(field, '', `can have at most ${maxFieldBytes} characters`));
    }
  }
  if (byteLength(message) > maxMessageBytes) {
    errors.push(invalid('message', '', `can have at most ${maxMessageBytes} characters`));
  }
}

function firstSeen(event: Event, nowMs: number): string {
  return ageText(event.firstTimestamp ?? event.eventTime, nowMs);
}

function lastSeen(event: Event, nowMs: number): string {
  if (event.series !== undefined) return ageText(event.series.lastObservedTime, nowMs);
  return event.lastTimestamp === undefined ? firstSeen(event, nowMs) : ageText(event.lastTimestamp, nowMs);
}

function sourceText({ source, reportingComponent, reportingInstance }: Event): string {
  const component = source?.component || reportingComponent || '';
  const instance = source?.host || reportingInstance || '';
  return instance === '' ? component : `${component}, ${instance}`;
}

function objectText({ involvedObject }: Event): string {
  const kind = (involvedObject.kind ?? '').toLowerCase();
  return involvedObject.name ? `${kind}/${involvedObject.name}` : kind;
}

export const eventKind = defineKind<Event>({
  group: '', version: 'v1', kind: 'Event', listKind: 'EventList',
  plural: 'events', singular: 'event', shortNames: ['ev'], namespaced: true, schema: 'Event',
  validate,
  validateUpdate: (event, old) => (equal(event, old) ? [] : validate(event)),
  nameRule: 'dnsSubdomain',
  hasGeneration: false,
  createOnUpdate: true,
  selectableFields: ({ involvedObject: involved, ...event }) => ({
    'involvedObject.kind': involved.kind ?? '',
    'involvedObject.namespace': involved.namespace ?? '',
    'involvedObject.name': involved.name ?? '',
    'involvedObject.uid': involved.uid ?? '',
    'involvedObject.apiVersion': involved.apiVersion ?? '',
    'involvedObject.resourceVersion': involved.resourceVersion ?? '',
    'involvedObject.fieldPath': involved.fieldPath ?? '',
    reason: event.reason ?? '',
    reportingComponent: event.reportingComponent ?? '',
    source: event.source?.component || event.reportingComponent || '',
    type: event.type ?? '',
  }),
  columns: [
    { name: 'Last Seen', type: 'string', description: 'When it happened last.', cell: lastSeen },
    { name: 'Type', type: 'string', description: 'Normal or Warning.', cell: ({ type }) => type ?? '' },
    { name: 'Reason', type: 'string', description: 'Why, in one word.', cell: ({ reason }) => reason ?? '' },
    { name: 'Object', type: 'string', description: 'What it happened to.', cell: objectText },
    {
      name: 'Subobject', type: 'string', priority: 1, description: 'The part of the object.',
      cell: ({ involvedObject }) => involvedObject.fieldPath ?? '',
    },
    { name: 'Source', type: 'string', priority: 1, description: 'Who reports it.', cell: sourceText },
    {
      name: 'Message', type: 'string', description: 'What happened.',
      cell: ({ message }) => (message ?? '').trim(),
    },
    { name: 'First Seen', type: 'string', priority: 1, description: 'When it happened first.', cell: firstSeen },
    {
      name: 'Count', type: 'string', priority: 1, description: 'How often it happened.',
      cell: ({ series, count }) => (series === undefined ? count || 1 : (series.count ?? 0)),
    },
    { ...nameColumn, priority: 1 },
  ],
});
