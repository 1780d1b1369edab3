/**
 * Validation errors that name a field, with the texts of apimachinery's util/validation/field of v1.36: complex values
 * are shown as JSON. A validation function returns a list of these; status.ts turns the list into a 422 Status.
 * A value is `undefined` where upstream has a nil, and is printed as null.
 */
import { goJson, quote } from './go-text';

/** The cause types of upstream; also the `reason` of a Status cause. */
export type FieldErrorType =
  | 'FieldValueNotFound'
  | 'FieldValueRequired'
  | 'FieldValueDuplicate'
  | 'FieldValueInvalid'
  | 'FieldValueNotSupported'
  | 'FieldValueForbidden'
  | 'FieldValueTooLong'
  | 'FieldValueTooShort'
  | 'FieldValueTooMany'
  | 'FieldValueTooFew'
  | 'FieldValueTypeInvalid'
  | 'InternalError';

/** One error at one field. `field` is a path such as `spec.containers[0].name` or `metadata.labels[app]`. */
export interface FieldError {
  readonly type: FieldErrorType;
  readonly field: string;
  /** The text after the field: `Invalid value: -1: must be greater than or equal to 0`. */
  readonly body: string;
}

/** Appends a child name to a field path; an empty path starts one. */
export function child(path: string, ...names: readonly string[]): string {
  return names.reduce((at, name) => (at === '' ? name : `${at}.${name}`), path);
}

/** Appends a list position to a field path: `spec.containers[0]`. */
export function index(path: string, position: number): string {
  return `${path}[${position}]`;
}

/** Appends a map key to a field path: `metadata.labels[app]`. */
export function key(path: string, name: string): string {
  return `${path}[${name}]`;
}

/** The whole text of an error: `spec.replicas: Invalid value: -1: must be greater than or equal to 0`. */
export function errorText(error: FieldError): string {
  return `${error.field}: ${error.body}`;
}

/** A value that must be there is missing or empty. */
export function required(field: string, detail = ''): FieldError {
  return make('FieldValueRequired', field, 'Required value', detail);
}

/** A value that is malformed: wrong characters, out of bounds, not matching something else. */
export function invalid(field: string, value: unknown, detail: string): FieldError {
  return make('FieldValueInvalid', field, withValue('Invalid value', value), detail);
}

/** A malformed value that is not shown: field.OmitValueType. */
export function invalidUnshown(field: string, detail: string): FieldError {
  return make('FieldValueInvalid', field, 'Invalid value', detail);
}

/** A value of the wrong type for its field, found by validation rather than by decoding. */
export function typeInvalid(field: string, value: unknown, detail: string): FieldError {
  return make('FieldValueTypeInvalid', field, withValue('Invalid value', value), detail);
}

/** A value outside an enumeration. Upstream prints most value sets sorted; pass them in the order to be printed. */
export function notSupported(field: string, value: unknown, supported: readonly string[]): FieldError {
  const detail = supported.length === 0 ? '' : `supported values: ${supported.map(quote).join(', ')}`;
  return make('FieldValueNotSupported', field, withValue('Unsupported value', value), detail);
}

/** A value that must be unique in its list appears again. */
export function duplicate(field: string, value: unknown): FieldError {
  return make('FieldValueDuplicate', field, withValue('Duplicate value', value), '');
}

/** A value that is well formed but not allowed under the present conditions. */
export function forbidden(field: string, detail: string): FieldError {
  return make('FieldValueForbidden', field, 'Forbidden', detail);
}

/** A reference to something that is not there. */
export function notFound(field: string, value: unknown): FieldError {
  return make('FieldValueNotFound', field, withValue('Not found', value), '');
}

/** A text of more than `maxBytes` bytes; the text itself is not shown. */
export function tooLong(field: string, maxBytes: number): FieldError {
  return make('FieldValueTooLong', field, 'Too long', `may not be more than ${maxBytes} ${plural(maxBytes, 'byte')}`);
}

/** A list of more than `max` items. */
export function tooMany(field: string, actual: number, max: number): FieldError {
  const detail = `must have at most ${max} ${plural(max, 'item')}`;
  return make('FieldValueTooMany', field, withValue('Too many', actual), detail);
}

/** A field that an update tries to change although it cannot change: ValidateImmutableField. */
export function immutable(field: string, value: unknown): FieldError {
  return invalid(field, value, 'field is immutable');
}

function make(type: FieldErrorType, field: string, what: string, detail: string): FieldError {
  // field.Path of nil prints as <nil>; errors about the object as a whole have it.
  return { type, field: field === '' ? '<nil>' : field, body: detail === '' ? what : `${what}: ${detail}` };
}

function withValue(what: string, value: unknown): string {
  return `${what}: ${typeof value === 'string' ? quote(value) : goJson(value)}`;
}

function plural(count: number, noun: string): string {
  return count === 1 ? noun : `${noun}s`;
}
