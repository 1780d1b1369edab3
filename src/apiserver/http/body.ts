/**
 * The body of a request as plain data: JSON, YAML or protobuf, of the kind that the path is about. What is wrong with
 * the text itself is refused here; whether the object fits its schema is the registry's business. Models readBody,
 * NegotiateInputSerializer, transformDecodeError and the serializers of apimachinery.
 */
import { deepFreeze } from '../../base/freeze';
import { isJsonMistake, parseJson } from '../../base/json';
import { utf8Decode } from '../../base/utf8';
import { parseYaml } from '../../base/yaml/parse';
import { quote } from '../../api/go-text';
import { groupOf, versionOf } from '../../api/object';
import { decodeProtobuf } from '../../api/protobuf/decode';
import { badRequest, type FailureStatus, isFailure, tooLarge, unsupportedMediaType } from '../../api/status';
import { mediaTypeOf, serializedTypes } from './negotiation';

/** The server's --max-request-body-bytes. */
export const maxBodyBytes = 3 * 1024 * 1024;

/**
 * Objects and lists, and values altogether, in one body. A server on many threads may chew on millions of empty
 * containers; here everybody would wait for it. The largest CustomResourceDefinitions of the world have half as many.
 */
const maxContainers = 100_000;
const maxValues = 250_000;

/** A body that was read. */
export interface ReadBody {
  /** Frozen plain data. */
  readonly value: unknown;
  /** What only a strict reader minds, in upstream's words. */
  readonly strictProblems: readonly string[];
}

/** The kind that a body must be of. */
export interface ExpectedKind {
  readonly apiVersion: string;
  readonly kind: string;
  /** Whether the server knows another kind, so that the refusal says why it is not this one. */
  readonly isKnown: (apiVersion: string, kind: string) => boolean;
  /** True for the options of a delete, which may be of any group's version. */
  readonly anyVersion?: boolean;
  /** Older versions of the kind that are taken as well although nothing serves them. */
  readonly olderVersions?: readonly string[];
  /** How a decoder's error is told; by default as a 400 that names the kind. */
  readonly refuse?: (why: string) => FailureStatus;
}

interface Bytes {
  readonly body: Uint8Array;
  readonly contentType: string;
}

export type BodyFormat = 'json' | 'yaml' | 'protobuf';

/** The format of a body by its Content-Type; JSON where none is given. */
export function bodyFormat(contentType: string): BodyFormat | FailureStatus {
  if (contentType === '') return 'json';
  switch (mediaTypeOf(contentType)) {
    case 'application/json': return 'json';
    case 'application/yaml': return 'yaml';
    case 'application/vnd.kubernetes.protobuf': return 'protobuf';
    default: return unsupportedMediaType(serializedTypes);
  }
}

/** Refuses a body over the limit. */
export function sizeProblem(body: Uint8Array): FailureStatus | undefined {
  return body.length > maxBodyBytes ? tooLarge(`limit is ${maxBodyBytes}`) : undefined;
}

/** Refuses a body with more in it than any honest one has. */
export function contentProblem(value: unknown): FailureStatus | undefined {
  let containers = 0;
  let values = 0;
  const tooMany = (at: unknown): boolean => {
    values += 1;
    if (typeof at !== 'object' || at === null) return values > maxValues;
    containers += 1;
    if (containers > maxContainers) return true;
    return Array.isArray(at) ? at.some(tooMany) : Object.values(at).some(tooMany);
  };
  if (!tooMany(value)) return undefined;
  return tooLarge(`limit is ${maxContainers} objects and lists, and ${maxValues} values`);
}

/** Reads the object of a create or update. */
export function readObject({ body, contentType }: Bytes, expected: ExpectedKind): ReadBody | FailureStatus {
  const format = bodyFormat(contentType);
  if (typeof format !== 'string') return format;
  const oversize = sizeProblem(body);
  if (oversize) return oversize;
  const read = format === 'protobuf' ? readProtobuf(body, expected) : readText(body, format);
  if (isFailure(read)) return read;
  if ('error' in read) return unrecognized(expected, read.error, body);
  const problem = contentProblem(read.value) ?? kindProblem(read.value, expected, body);
  if (problem) return problem;
  return { value: deepFreeze(read.value ?? {}), strictProblems: read.strictProblems };
}

/** Why a text cannot be read. */
interface Unreadable {
  readonly error: string;
}

function readText(body: Uint8Array, format: 'json' | 'yaml'): ReadBody | Unreadable {
  if (format === 'yaml') return readYaml(body);
  const read = parseJson(body);
  if (isJsonMistake(read)) return { error: `couldn't get version/kind; json parse error: ${read.error}` };
  return { value: read.value, strictProblems: read.duplicates.map((path) => `duplicate field ${quote(path)}`) };
}

/** Reads the first document of a YAML text; only a strict reader minds keys that appear twice. */
export function readYaml(body: Uint8Array): ReadBody | Unreadable {
  const [document] = parseYaml(utf8Decode(body));
  const problems = document?.problems ?? [];
  if (problems.length === 0 || problems[0]?.code === 'empty') return { value: document?.value, strictProblems: [] };
  const fatal = problems.find(({ code }) => code !== 'duplicateKey');
  if (fatal) return { error: `yaml: ${fatal.message}` };
  const lines = problems.map(({ args: { line, key } }) =>
    `  line ${line}: key ${quote(String(key))} already set in map`);
  return { value: document?.root?.value, strictProblems: [`yaml: unmarshal errors:\n${lines.join('\n')}`] };
}

function readProtobuf(body: Uint8Array, expected: ExpectedKind): ReadBody | Unreadable | FailureStatus {
  const read = decodeProtobuf(body, expected);
  if (!('error' in read)) return { value: read.object, strictProblems: [] };
  const { apiVersion = '', kind = '', error } = read;
  return kind === '' ? { error } : cannotBeHandled(apiVersion, kind, expected, error);
}

/** What is wrong with apiVersion and kind of a body; both may be left out. */
function kindProblem(value: unknown, expected: ExpectedKind, body: Uint8Array): FailureStatus | undefined {
  if (value === null || value === undefined) return undefined;
  const mistyped = typeMistake(value);
  if (mistyped !== undefined) {
    return unrecognized(expected, `couldn't get version/kind; json parse error: ${mistyped}`, body);
  }
  const given = value as { readonly apiVersion?: string | null; readonly kind?: string | null };
  if ((given.apiVersion ?? '').split('/').length > 2) {
    return unrecognized(expected, `unexpected GroupVersion string: ${given.apiVersion}`, body);
  }
  const kind = given.kind || expected.kind;
  const apiVersion = given.apiVersion || expected.apiVersion;
  const isAccepted = expected.anyVersion || apiVersion === expected.apiVersion
    || expected.olderVersions?.includes(apiVersion) === true;
  if (kind === expected.kind && isAccepted) return undefined;
  if (!expected.isKnown(apiVersion, kind)) {
    const scheme = 'pkg/api/legacyscheme/scheme.go:30';
    return cannotBeHandled(apiVersion, kind, expected,
      `no kind ${quote(kind)} is registered for version ${quote(apiVersion)} in scheme ${quote(scheme)}`);
  }
  if (kind === expected.kind && groupOf(apiVersion) === groupOf(expected.apiVersion)) {
    return badRequest(`the API version in the data (${apiVersion}) does not match the expected API version `
      + `(${expected.apiVersion})`);
  }
  const [internal = ''] = groupOf(expected.apiVersion).split('.');
  return cannotBeHandled(apiVersion, kind, expected, `converting (${versionOf(apiVersion)}.${kind}) to `
    + `(${internal || 'core'}.${expected.kind}): unknown conversion`);
}

/** Go's complaint about a document that has no apiVersion and kind to be read. */
function typeMistake(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return `json: cannot unmarshal ${goKind(value)} into Go value of type struct { APIVersion string `
      + '"json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';
  }
  for (const name of ['apiVersion', 'kind']) {
    const field = Object.hasOwn(value, name) ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
    if (field === undefined || field === null || typeof field === 'string') continue;
    return `json: cannot unmarshal ${goKind(field)} into Go struct field .${name} of type string`;
  }
  return undefined;
}

/** What encoding/json calls a value. */
export function goKind(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'bigint') return 'number';
  return value === null ? 'null' : typeof value;
}

function cannotBeHandled(apiVersion: string, kind: string, expected: ExpectedKind, why: string): FailureStatus {
  return expected.refuse?.(why)
    ?? badRequest(`${kind} in version ${quote(versionOf(apiVersion))} cannot be handled as a ${expected.kind}: ${why}`);
}

function unrecognized(expected: ExpectedKind, why: string, body: Uint8Array): FailureStatus {
  return expected.refuse?.(why)
    ?? badRequest(`the object provided is unrecognized (must be of type ${expected.kind}): ${why} (${summary(body)})`);
}

const summaryBytes = 30;

/** The beginning of a body, for an error text: as it is when it looks like JSON, in hexadecimal otherwise. */
function summary(body: Uint8Array): string {
  if (body.length === 0) return '<empty>';
  const head = body.subarray(0, summaryBytes);
  const more = body.length > summaryBytes ? ' ...' : '';
  if (body[0] === 0x7b) return utf8Decode(head) + more;
  return Array.from(head, (byte) => byte.toString(16).padStart(2, '0')).join('') + more;
}
