/**
 * The options of a request, from its query or from the body of a delete, checked as upstream checks them. Models the
 * parameter codec of apimachinery's pkg/apis/meta and the validation of its internalversion and v1 packages.
 */
import {
  type FieldError, forbidden, invalid, notSupported, required, tooLong,
} from '../../api/field-errors';
import { quote } from '../../api/go-text';
import type { PatchType, PropagationPolicy, RequestOptions } from '../../api/request';
import { badRequest, type FailureStatus, invalidStatus } from '../../api/status';
import { utf8Length } from '../../base/utf8';
import type { Query } from './target';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const metaGroup = 'meta.k8s.io';
const maxFieldManagerBytes = 128;

/** ListOptions of a list, a watch or the deletion of a collection. */
export function listOptions(query: Query, watch: boolean): RequestOptions | FailureStatus {
  const options: Mutable<RequestOptions> = { ...textOptions(query) };
  for (const name of ['limit', 'timeoutSeconds'] as const) {
    const number = integer(query, name);
    if (typeof number === 'object') return number;
    if (number !== undefined) options[name] = Math.max(0, number);
  }
  const match = query.get('resourceVersionMatch') ?? '';
  if (match === 'Exact' || match === 'NotOlderThan') options.resourceVersionMatch = match;
  if (query.flag('allowWatchBookmarks')) options.allowWatchBookmarks = true;
  if (query.has('sendInitialEvents')) options.sendInitialEvents = query.flag('sendInitialEvents');
  const errors = watch ? watchErrors(options, match) : listErrors(options, match);
  return errors.length === 0 ? options : refused('ListOptions', errors);
}

function textOptions(query: Query): RequestOptions {
  const options: Mutable<RequestOptions> = {};
  for (const name of ['labelSelector', 'fieldSelector', 'resourceVersion', 'continue'] as const) {
    const value = query.get(name);
    if (value) options[name] = value;
  }
  return options;
}

function listErrors({ resourceVersion = '', continue: token = '', sendInitialEvents }: RequestOptions,
  match: string): readonly FieldError[] {
  const path = 'resourceVersionMatch';
  const errors: FieldError[] = [];
  if (match !== '') {
    if (resourceVersion === '') {
      errors.push(forbidden(path, 'resourceVersionMatch is forbidden unless resourceVersion is provided'));
    }
    if (token !== '') errors.push(forbidden(path, 'resourceVersionMatch is forbidden when continue is provided'));
    if (match !== 'Exact' && match !== 'NotOlderThan') {
      errors.push(notSupported(path, match, ['Exact', 'NotOlderThan', '']));
    }
    if (match === 'Exact' && resourceVersion === '0') {
      errors.push(forbidden(path, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'));
    }
  }
  if (sendInitialEvents !== undefined) {
    errors.push(forbidden('sendInitialEvents', 'sendInitialEvents is forbidden for list'));
  }
  return errors;
}

function watchErrors(
  { continue: token = '', sendInitialEvents }: RequestOptions, match: string,
): readonly FieldError[] {
  const path = 'resourceVersionMatch';
  const errors: FieldError[] = [];
  if (sendInitialEvents !== undefined && match !== 'NotOlderThan') {
    errors.push(forbidden(path, 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'));
  }
  if (match !== '') {
    if (sendInitialEvents === undefined) {
      errors.push(forbidden(path, 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided'));
    }
    if (match !== 'NotOlderThan') errors.push(notSupported(path, match, ['NotOlderThan']));
    if (token !== '') errors.push(forbidden(path, 'resourceVersionMatch is forbidden when continue is provided'));
  }
  return errors;
}

/** GetOptions. */
export function getOptions(query: Query): RequestOptions {
  const resourceVersion = query.get('resourceVersion');
  return resourceVersion ? { resourceVersion } : {};
}

/** CreateOptions or UpdateOptions. */
export function writeOptions(query: Query, kind: 'CreateOptions' | 'UpdateOptions'): RequestOptions | FailureStatus {
  const errors = writeErrors(query);
  return errors.length === 0 ? commonWriteOptions(query) : refused(kind, errors);
}

/** PatchOptions; what may be set depends on the type of the patch. */
export function patchOptions(query: Query, patchType: PatchType): RequestOptions | FailureStatus {
  const errors: FieldError[] = [];
  if (patchType === 'apply') {
    if (!query.get('fieldManager')) errors.push(required('fieldManager', 'is required for apply patch'));
  } else if (query.has('force')) {
    errors.push(forbidden('force', 'may not be specified for non-apply patch'));
  }
  errors.push(...writeErrors(query));
  if (errors.length > 0) return refused('PatchOptions', errors);
  return { ...commonWriteOptions(query), ...(query.flag('force') ? { force: true } : {}) };
}

function commonWriteOptions(query: Query): RequestOptions {
  const fieldManager = query.get('fieldManager');
  const validation = query.get('fieldValidation');
  return {
    ...(query.all('dryRun').length > 0 ? { dryRun: true } : {}),
    ...(fieldManager ? { fieldManager } : {}),
    fieldValidation: validation === 'Ignore' || validation === 'Strict' ? validation : 'Warn',
  };
}

function writeErrors(query: Query): readonly FieldError[] {
  const validation = query.get('fieldValidation') ?? '';
  const known = ['', 'Ignore', 'Strict', 'Warn'];
  return [
    ...fieldManagerErrors(query.get('fieldManager') ?? ''),
    ...dryRunErrors(query.all('dryRun')),
    ...(known.includes(validation) ? [] : [notSupported('fieldValidation', validation, known)]),
  ];
}

function fieldManagerErrors(manager: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (utf8Length(manager) > maxFieldManagerBytes) errors.push(tooLong('fieldManager', maxFieldManagerBytes));
  let position = 0;
  for (const char of manager) {
    if (!isPrintable(char)) {
      errors.push(invalid('fieldManager', manager, `invalid character ${unicodeName(char)} (at position ${position})`));
    }
    position += utf8Length(char);
  }
  return errors;
}

/** unicode.IsPrint: letters, marks, numbers, punctuation, symbols, and the ASCII space. */
function isPrintable(char: string): boolean {
  return char === ' ' || /[\p{L}\p{M}\p{N}\p{P}\p{S}]/u.test(char);
}

/** A character as Go's %#U prints one that cannot be printed. */
function unicodeName(char: string): string {
  return `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

function dryRunErrors(dryRun: readonly unknown[]): readonly FieldError[] {
  return dryRun.every((value) => value === 'All') ? [] : [notSupported('dryRun', dryRun, ['All'])];
}

/** DeleteOptions of the query, which count only where there is no body. */
export function deleteOptionsOfQuery(query: Query): RequestOptions | FailureStatus {
  const grace = integer(query, 'gracePeriodSeconds');
  if (typeof grace === 'object') return grace;
  return deleteOptions({
    ...(grace === undefined ? {} : { gracePeriodSeconds: grace }),
    ...(query.has('orphanDependents') ? { orphanDependents: query.flag('orphanDependents') } : {}),
    ...(query.get('propagationPolicy') === undefined ? {} : { propagationPolicy: query.get('propagationPolicy') }),
    ...(query.has('dryRun') ? { dryRun: query.all('dryRun') } : {}),
  });
}

/** DeleteOptions as they are sent in a body; fields of the wrong type were refused before. */
export function deleteOptions(sent: Readonly<Record<string, unknown>>): RequestOptions | FailureStatus {
  const { gracePeriodSeconds, orphanDependents, propagationPolicy, preconditions } = sent;
  const dryRun = Array.isArray(sent['dryRun']) ? sent['dryRun'] as readonly unknown[] : [];
  const errors = [...propagationErrors(orphanDependents, propagationPolicy), ...dryRunErrors(dryRun)];
  if (errors.length > 0) return refused('DeleteOptions', errors);
  const policy = propagationPolicy ?? (orphanDependents === undefined ? undefined
    : orphanDependents === true ? 'Orphan' : 'Background');
  return {
    ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds: Number(gracePeriodSeconds) }),
    ...(policy === undefined ? {} : { propagationPolicy: policy as PropagationPolicy }),
    ...(dryRun.length > 0 ? { dryRun: true } : {}),
    ...(preconditions === undefined ? {} : { preconditions: preconditions as RequestOptions['preconditions'] & {} }),
  };
}

function propagationErrors(orphan: unknown, policy: unknown): readonly FieldError[] {
  const path = 'propagationPolicy';
  const errors: FieldError[] = [];
  if (orphan !== undefined && policy !== undefined) {
    errors.push(invalid(path, policy, 'orphanDependents and deletionPropagation cannot be both set'));
  }
  if (policy !== undefined && policy !== 'Foreground' && policy !== 'Background' && policy !== 'Orphan') {
    errors.push(notSupported(path, policy, ['Foreground', 'Background', 'Orphan', 'nil']));
  }
  return errors;
}

/** includeObject of TableOptions. */
export function includeObject(query: Query): 'None' | 'Metadata' | 'Object' | FailureStatus {
  const value = query.get('includeObject') ?? '';
  if (value === '') return 'Metadata';
  if (value === 'None' || value === 'Metadata' || value === 'Object') return value;
  const { field, body } = invalid('includeObject', value, "must be 'Metadata', 'Object', 'None', or empty");
  return badRequest(`Unable to convert to Table as requested: ${field}: ${body}`);
}

/** What is wrong with the `timeout` of a query: WithRequestDeadline. */
export function timeoutProblem(query: Query): FailureStatus | undefined {
  const text = (query.get('timeout') ?? '').trim();
  if (text === '' || /^[-+]?(0|(\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h))+$/.test(text)) return undefined;
  const number = /^[-+]?(\d+(\.\d*)?|\.\d+)([^\d.]*)/.exec(text);
  const why = !number ? `invalid duration ${quote(text)}`
    : number[3] === '' ? `missing unit in duration ${quote(text)}`
      : `unknown unit ${quote(number[3] ?? '')} in duration ${quote(text)}`;
  return badRequest(`invalid timeout specified in the request URL - time: ${why}`);
}

/** A number of the query as strconv.ParseInt reads it. */
function integer(query: Query, name: string): number | undefined | FailureStatus {
  const text = query.get(name);
  if (text === undefined) return undefined;
  if (!/^[-+]?\d+$/.test(text)) return badRequest(`strconv.ParseInt: parsing ${quote(text)}: invalid syntax`);
  const value = BigInt(text.replace('+', ''));
  if (value < -(2n ** 63n) || value >= 2n ** 63n) {
    return badRequest(`strconv.ParseInt: parsing ${quote(text)}: value out of range`);
  }
  return Number(value);
}

function refused(kind: string, errors: readonly FieldError[]): FailureStatus {
  return invalidStatus({ group: metaGroup, kind }, '', errors);
}
