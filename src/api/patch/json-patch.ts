/**
 * JSON patch (RFC 6902) as the API server applies it, with the error texts and habits of evanphx/json-patch v4:
 * negative list positions count from the end, the root itself cannot be replaced, and `test` of a missing field against
 * null holds. What an operation changes is copied once and from then on changed in place; the rest is shared.
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
    const draft = new Draft(document);
    for (const operation of patch) applyOperation(draft, operation);
    return draft.document;
  });
}

/** Copies may add up to this much in one patch: the API server's limit on request bodies. */
const maxCopiedBytes = 3 * 1024 * 1024;

/** The document as the patch has made it so far. */
class Draft {
  document: PlainMap;
  /** Containers that this patch has made, which nobody else holds. */
  private readonly own = new Set<unknown>();
  /** How much the patch has copied so far, as JSON. */
  private copiedBytes = 0;

  constructor(document: PlainMap) {
    this.document = document;
  }

  /** The container at the end of a way that exists, to be changed in place. */
  open(way: readonly string[]): Record<string, unknown> | unknown[] {
    let at = this.owned(this.document);
    assert(!Array.isArray(at), 'a patch keeps the root an object');
    this.document = at;
    for (const step of way) {
      const inner: Record<string, unknown> | unknown[] =
        this.owned(Array.isArray(at) ? at[positionOf(step) ?? -1] : fieldOf(at, step));
      if (Array.isArray(at)) at[positionOf(step) ?? -1] = inner;
      else setField(at, step, inner);
      at = inner;
    }
    return at;
  }

  /** A copy of a value of the document; copies may add up to so much in one patch. */
  copied(value: unknown): unknown {
    this.copiedBytes += utf8Length(goJson(value));
    if (this.copiedBytes > maxCopiedBytes) {
      const message = `Unable to complete the copy, the accumulated size increase of copy is ${this.copiedBytes}, `
        + `exceeding the limit ${maxCopiedBytes}`;
      throw new PatchFailure(message, 'content');
    }
    return this.separate(value);
  }

  /** The value with copies in place of what later operations would change in place. */
  private separate(value: unknown): unknown {
    if (!this.own.has(value)) return value;
    if (isList(value)) return value.map((item) => this.separate(item));
    return Object.fromEntries(Object.entries(value as PlainMap).map(([key, inner]) => [key, this.separate(inner)]));
  }

  private owned(value: unknown): Record<string, unknown> | unknown[] {
    assert(isContainer(value), 'the way to a container leads through containers');
    if (this.own.has(value)) return value as Record<string, unknown> | unknown[];
    const copy = isList(value) ? value.slice() : Object.fromEntries(fieldsOf(value));
    this.own.add(copy);
    return copy;
  }
}

function applyOperation(draft: Draft, operation: unknown): void {
  const op = isMap(operation) ? fieldOf(operation, 'op') : undefined;
  if (!isMap(operation) || typeof op !== 'string') throw new PatchFailure('Unexpected kind: unknown', 'content');
  switch (op) {
    case 'add':
      return add(draft, pathOf(operation, op), valueOf(operation));
    case 'remove':
      return remove(draft, pathOf(operation, op), op);
    case 'replace':
      return replace(draft, pathOf(operation, op), valueOf(operation));
    case 'move': {
      const from = fromOf(operation, op);
      const value = read(draft.document, from, op);
      remove(draft, from, op);
      return add(draft, pathOf(operation, op), value, op);
    }
    case 'copy': {
      const value = draft.copied(read(draft.document, fromOf(operation, op), op));
      return add(draft, pathOf(operation, op), value, op);
    }
    case 'test':
      return test(draft.document, pathOf(operation, op), valueOf(operation));
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

function add(draft: Draft, pointer: string, value: unknown, op = 'add'): void {
  const missing = op === 'add'
    ? `add operation does not apply: doc is missing path: "${pointer}"`
    : `${op} operation does not apply: doc is missing destination path: ${pointer}`;
  const { steps } = located(draft.document, pointer, missing);
  const key = steps.at(-1) ?? '';
  const fail = (why: string): never => {
    throw new PatchFailure(`error in ${op} for path: '${pointer}': ${why}`, 'content');
  };
  const parent = draft.open(steps.slice(0, -1));
  if (!Array.isArray(parent)) return setField(parent, key, value);
  if (key === '-') return void parent.push(value);
  const position = positionOf(key) ?? fail(`value was not a proper array index: '${key}': ${atoiError(key)}`);
  const at = position < 0 ? position + parent.length + 1 : position;
  if (at < 0 || at > parent.length) fail(invalidIndex(position));
  parent.splice(at, 0, value);
}

function remove(draft: Draft, pointer: string, op: string): void {
  const missing = op === 'remove'
    ? `remove operation does not apply: doc is missing path: "${pointer}"`
    : `${op} operation does not apply: doc is missing from path: ${pointer}`;
  const { steps } = located(draft.document, pointer, missing);
  const key = steps.at(-1) ?? '';
  const fail = (why: string): never => {
    throw new PatchFailure(`error in ${op} for path: '${pointer}': ${why}`, 'content');
  };
  const parent = draft.open(steps.slice(0, -1));
  if (!Array.isArray(parent)) {
    if (!Object.hasOwn(parent, key)) fail(`unable to remove nonexistent key: ${key}: missing value`);
    delete parent[key];
    return;
  }
  const position = positionOf(key) ?? fail(atoiError(key));
  const at = position < 0 ? position + parent.length : position;
  if (at < 0 || at >= parent.length) fail(invalidIndex(position));
  parent.splice(at, 1);
}

function replace(draft: Draft, pointer: string, value: unknown): void {
  const missing = `replace operation does not apply: doc is missing path: ${pointer}`;
  const { steps } = located(draft.document, pointer, missing);
  const key = steps.at(-1) ?? '';
  const noKey = `replace operation does not apply: doc is missing key: ${pointer}: missing value`;
  const parent = draft.open(steps.slice(0, -1));
  if (!Array.isArray(parent)) {
    if (!Object.hasOwn(parent, key)) throw new PatchFailure(noKey, 'content');
    return setField(parent, key, value);
  }
  const position = positionOf(key);
  const at = position !== undefined && position < 0 ? position + parent.length : position;
  if (at === undefined || at < 0 || at >= parent.length) throw new PatchFailure(noKey, 'content');
  parent[at] = value;
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

function test(document: PlainMap, pointer: string, expected: unknown): void {
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
  if (equal(actual ?? null, expected)) return;
  throw new PatchFailure(`testing value ${pointer} failed: test failed`, 'content');
}

/** Sets a field of an object, also one that is named like something that objects inherit. */
function setField(object: Record<string, unknown>, name: string, value: unknown): void {
  if (name !== '__proto__') object[name] = value;
  else Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
}

function atoiError(text: string): string {
  return `strconv.Atoi: parsing "${text}": invalid syntax`;
}

function invalidIndex(position: number): string {
  return `Unable to access invalid index: ${position}: invalid index referenced`;
}
