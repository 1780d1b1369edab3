/**
 * JSON patch (RFC 6902) as the API server applies it, with the error texts and habits of evanphx/json-patch v4:
 * negative list positions count from the end, the root itself cannot be replaced, and `test` of a missing field against
 * null holds. Every operation copies along its path and shares the rest.
 */
import { assert } from '../../base/assert';
import { equal } from '../../base/freeze';
import { utf8Length } from '../../base/utf8';
import { goJson } from '../go-text';
import { PatchFailure, catchFailure, fieldOf, fieldsOf, isList, isMap, kindOf } from './plain';
import type { PatchError, PlainMap } from './plain';

/** Most operations that the API server takes in one patch. */
export const maxPatchOperations = 10_000;

type Container = PlainMap | readonly unknown[];

/** Applies a JSON patch to a document. Nothing is applied when any operation fails. */
export function applyJsonPatch(document: PlainMap, patch: unknown): PlainMap | PatchError {
  return catchFailure(() => {
    if (!isList(patch)) {
      const found = kindOf(patch) === 'map' ? 'object' : kindOf(patch);
      throw new PatchFailure(`json: cannot unmarshal ${found} into Go value of type jsonpatch.Patch`, 'format');
    }
    if (patch.length > maxPatchOperations) {
      const message = `The allowed maximum operations in a JSON patch is ${maxPatchOperations}, got ${patch.length}`;
      throw new PatchFailure(message, 'size');
    }
    const copies: Copies = { bytes: 0 };
    return patch.reduce<PlainMap>((at, operation) => applyOperation(at, operation, copies), document);
  });
}

/** Copies may add up to this much in one patch: the API server's limit on request bodies. */
const maxCopiedBytes = 3 * 1024 * 1024;

/** How much a patch has copied so far, as JSON. */
interface Copies {
  bytes: number;
}

function copied(value: unknown, copies: Copies): unknown {
  copies.bytes += utf8Length(goJson(value));
  if (copies.bytes <= maxCopiedBytes) return value;
  const message = `Unable to complete the copy, the accumulated size increase of copy is ${copies.bytes}, `
    + `exceeding the limit ${maxCopiedBytes}`;
  throw new PatchFailure(message, 'content');
}

function applyOperation(document: PlainMap, operation: unknown, copies: Copies): PlainMap {
  const op = isMap(operation) ? fieldOf(operation, 'op') : undefined;
  if (!isMap(operation) || typeof op !== 'string') throw new PatchFailure('Unexpected kind: unknown', 'content');
  switch (op) {
    case 'add':
      return add(document, pathOf(operation, op), valueOf(operation));
    case 'remove':
      return remove(document, pathOf(operation, op), op);
    case 'replace':
      return replace(document, pathOf(operation, op), valueOf(operation));
    case 'move': {
      const from = fromOf(operation, op);
      const value = read(document, from, op);
      return add(remove(document, from, op), pathOf(operation, op), value, op);
    }
    case 'copy':
      return add(document, pathOf(operation, op), copied(read(document, fromOf(operation, op), op), copies), op);
    case 'test':
      return test(document, pathOf(operation, op), valueOf(operation));
    default:
      throw new PatchFailure(`Unexpected kind: ${op}`, 'content');
  }
}

function pathOf(operation: PlainMap, op: string): string {
  const path = fieldOf(operation, 'path');
  if (typeof path === 'string') return path;
  throw new PatchFailure(`${op} operation failed to decode path: missing value`, 'content');
}

function fromOf(operation: PlainMap, op: string): string {
  const from = fieldOf(operation, 'from');
  if (typeof from === 'string') return from;
  const message = `${op} operation failed to decode from: operation, missing from field: missing value`;
  throw new PatchFailure(message, 'content');
}

function valueOf(operation: PlainMap): unknown {
  return fieldOf(operation, 'value') ?? null;
}

/** A pointer's steps; undefined for the root and for texts without a leading slash. */
function stepsOf(pointer: string): readonly string[] | undefined {
  const parts = pointer.split('/');
  if (parts.length < 2) return undefined;
  return parts.slice(1).map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function isContainer(value: unknown): value is Container {
  return isMap(value) || isList(value);
}

/** The container that holds the last step, or undefined when the way there is broken. */
function parentOf(document: PlainMap, steps: readonly string[]): Container | undefined {
  let at: unknown = document;
  for (const step of steps.slice(0, -1)) {
    if (!isContainer(at)) return undefined;
    at = isMap(at) ? fieldOf(at, step) : at[positionOf(step) ?? -1];
  }
  return isContainer(at) ? at : undefined;
}

/** A list position as strconv.Atoi reads it. */
function positionOf(step: string): number | undefined {
  return /^[+-]?\d{1,15}$/.test(step) ? Number(step) : undefined;
}

/** A container and the steps to the place in it that an operation is about. */
interface Located {
  readonly parent: Container;
  readonly steps: readonly string[];
}

function located(document: PlainMap, pointer: string, missing: string): Located {
  const steps = stepsOf(pointer);
  const parent = steps === undefined ? undefined : parentOf(document, steps);
  if (steps === undefined || parent === undefined) throw new PatchFailure(`${missing}: missing value`, 'content');
  return { parent, steps };
}

function add(document: PlainMap, pointer: string, value: unknown, op = 'add'): PlainMap {
  const missing = op === 'add'
    ? `add operation does not apply: doc is missing path: "${pointer}"`
    : `${op} operation does not apply: doc is missing destination path: ${pointer}`;
  const { parent, steps } = located(document, pointer, missing);
  const key = steps.at(-1) ?? '';
  const fail = (why: string): never => {
    throw new PatchFailure(`error in ${op} for path: '${pointer}': ${why}`, 'content');
  };
  if (isMap(parent)) return write(document, steps, withField(parent, key, value));
  if (key === '-') return write(document, steps, [...parent, value]);
  const position = positionOf(key) ?? fail(`value was not a proper array index: '${key}': ${atoiError(key)}`);
  const at = position < 0 ? position + parent.length + 1 : position;
  if (at < 0 || at > parent.length) fail(invalidIndex(position));
  return write(document, steps, [...parent.slice(0, at), value, ...parent.slice(at)]);
}

function remove(document: PlainMap, pointer: string, op: string): PlainMap {
  const missing = op === 'remove'
    ? `remove operation does not apply: doc is missing path: "${pointer}"`
    : `${op} operation does not apply: doc is missing from path: ${pointer}`;
  const { parent, steps } = located(document, pointer, missing);
  const key = steps.at(-1) ?? '';
  const fail = (why: string): never => {
    throw new PatchFailure(`error in ${op} for path: '${pointer}': ${why}`, 'content');
  };
  if (isMap(parent)) {
    if (!Object.hasOwn(parent, key)) fail(`unable to remove nonexistent key: ${key}: missing value`);
    const fields = fieldsOf(parent);
    fields.delete(key);
    return write(document, steps, Object.fromEntries(fields));
  }
  const position = positionOf(key) ?? fail(atoiError(key));
  const at = position < 0 ? position + parent.length : position;
  if (at < 0 || at >= parent.length) fail(invalidIndex(position));
  return write(document, steps, [...parent.slice(0, at), ...parent.slice(at + 1)]);
}

function replace(document: PlainMap, pointer: string, value: unknown): PlainMap {
  const missing = `replace operation does not apply: doc is missing path: ${pointer}`;
  const { parent, steps } = located(document, pointer, missing);
  const key = steps.at(-1) ?? '';
  const noKey = `replace operation does not apply: doc is missing key: ${pointer}: missing value`;
  if (isMap(parent)) {
    if (!Object.hasOwn(parent, key)) throw new PatchFailure(noKey, 'content');
    return write(document, steps, withField(parent, key, value));
  }
  const position = positionOf(key);
  const at = position !== undefined && position < 0 ? position + parent.length : position;
  if (at === undefined || at < 0 || at >= parent.length) throw new PatchFailure(noKey, 'content');
  return write(document, steps, parent.map((item, i) => (i === at ? value : item)));
}

function read(document: PlainMap, pointer: string, op: string): unknown {
  const missing = `${op} operation does not apply: doc is missing from path: ${pointer}`;
  const { parent, steps } = located(document, pointer, missing);
  const key = steps.at(-1) ?? '';
  const fail = (why: string): never => {
    throw new PatchFailure(`error in ${op} for path: '${pointer}': ${why}`, 'content');
  };
  if (isMap(parent)) {
    if (!Object.hasOwn(parent, key)) fail(`unable to get nonexistent key: ${key}: missing value`);
    return parent[key];
  }
  const position = positionOf(key) ?? fail(atoiError(key));
  const at = position < 0 ? position + parent.length : position;
  return at >= 0 && at < parent.length ? parent[at] : fail(invalidIndex(position));
}

function test(document: PlainMap, pointer: string, expected: unknown): PlainMap {
  const { parent, steps } = located(document, pointer, `test operation does not apply: is missing path: ${pointer}`);
  const key = steps.at(-1) ?? '';
  let actual: unknown;
  if (isMap(parent)) {
    actual = fieldOf(parent, key);
  } else {
    const position = positionOf(key);
    const problem = position === undefined ? atoiError(key) : position >= parent.length ? invalidIndex(position) : '';
    if (problem !== '') throw new PatchFailure(`error in test for path: '${pointer}': ${problem}`, 'content');
    actual = parent.at(position ?? 0);
  }
  if (equal(actual ?? null, expected)) return document;
  throw new PatchFailure(`testing value ${pointer} failed: test failed`, 'content');
}

/** Writes a changed container back along the way to it. */
function write(document: PlainMap, steps: readonly string[], parent: Container): PlainMap {
  const changed = writeInto(document, steps.slice(0, -1), parent);
  assert(isMap(changed), 'a patch keeps the root an object');
  return changed;
}

function writeInto(at: unknown, way: readonly string[], value: Container): unknown {
  const step = way[0];
  if (step === undefined) return value;
  if (isMap(at)) return withField(at, step, writeInto(fieldOf(at, step), way.slice(1), value));
  assert(isList(at), 'the way to a container leads through containers');
  const position = positionOf(step);
  return at.map((item, i) => (i === position ? writeInto(item, way.slice(1), value) : item));
}

function withField(object: PlainMap, name: string, value: unknown): PlainMap {
  const fields = fieldsOf(object);
  fields.set(name, value);
  return Object.fromEntries(fields);
}

function atoiError(text: string): string {
  return `strconv.Atoi: parsing "${text}": invalid syntax`;
}

function invalidIndex(position: number): string {
  return `Unable to access invalid index: ${position}: invalid index referenced`;
}
