/**
 * JSON merge patch (RFC 7386): objects merge field by field, null removes, everything else replaces. Also the two diffs
 * that make such patches: between two documents, and the three-way one that `kubectl apply` uses for kinds without a
 * schema (apimachinery's pkg/util/jsonmergepatch). Unchanged subtrees are shared.
 */
import { equal } from '../../base/freeze';
import { fieldOf, fieldsOf, isMap, objectOf } from './plain';
import type { PlainMap } from './plain';

/** Applies a merge patch. A patch that is no object replaces the document. */
export function applyMergePatch(document: unknown, patch: unknown): unknown {
  if (!isMap(patch)) return patch;
  const before = isMap(document) ? document : undefined;
  const fields = before === undefined ? new Map<string, unknown>() : fieldsOf(before);
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) fields.delete(name);
    else if (value !== undefined) fields.set(name, applyMergePatch(fields.get(name), value));
  }
  return before === undefined ? Object.fromEntries(fields) : shared(objectOf(fields, before), before);
}

/** Keeps the old reference for a value that came out equal, such as a list that a patch repeats. */
function shared(after: PlainMap, before: PlainMap): PlainMap {
  return equal(after, before) && Object.keys(after).length === Object.keys(before).length ? before : after;
}

/** The merge patch that turns `before` into `after`; an empty object when nothing changed. */
export function createMergePatch(before: PlainMap, after: PlainMap): PlainMap {
  const patch = new Map<string, unknown>();
  for (const name of Object.keys(before)) {
    if (fieldOf(after, name) === undefined) patch.set(name, null);
  }
  for (const [name, value] of fieldsOf(after)) {
    const old = fieldOf(before, name);
    if (isMap(old) && isMap(value)) {
      const inner = createMergePatch(old, value);
      if (Object.keys(inner).length > 0) patch.set(name, inner);
    } else if (old === undefined || !equal(old, value)) {
      patch.set(name, value);
    }
  }
  return Object.fromEntries(patch);
}

/**
 * What changes the live object into the user's new configuration, and removes what the last applied configuration had
 * and the new one has not: CreateThreeWayJSONMergePatch.
 */
export function threeWayMergePatch(lastApplied: PlainMap, modified: PlainMap, current: PlainMap): PlainMap {
  const additions = onlyNulls(createMergePatch(current, modified), false);
  const deletions = onlyNulls(createMergePatch(lastApplied, modified), true);
  return overlay(deletions, additions);
}

/** Keeps the removals of a patch, or everything else. */
function onlyNulls(patch: PlainMap, keepNulls: boolean): PlainMap {
  const kept = new Map<string, unknown>();
  for (const [name, value] of fieldsOf(patch)) {
    if (isMap(value)) {
      const inner = onlyNulls(value, keepNulls);
      if (Object.keys(inner).length > 0 || (!keepNulls && Object.keys(value).length === 0)) kept.set(name, inner);
    } else if ((value === null) === keepNulls) {
      kept.set(name, value);
    }
  }
  return Object.fromEntries(kept);
}

function overlay(base: PlainMap, top: PlainMap): PlainMap {
  const fields = fieldsOf(base);
  for (const [name, value] of fieldsOf(top)) {
    const below = fields.get(name);
    fields.set(name, isMap(below) && isMap(value) ? overlay(below, value) : value);
  }
  return Object.fromEntries(fields);
}
