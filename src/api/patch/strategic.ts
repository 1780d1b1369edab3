/**
 * Strategic merge patch: applying one to an object as the API server does, and making one as kubectl does, from two
 * documents or, for `kubectl apply`, from three. The rules of each field come from the schema table. Models
 * StrategicMergeMapPatch, CreateTwoWayMergePatch and CreateThreeWayMergePatch of apimachinery's strategicpatch.
 */
import type { FieldType } from '../schema/schema';
import { PatchFailure, catchFailure, isMap } from './plain';
import type { PatchError, PlainMap } from './plain';
import { diffMaps } from './strategic-diff';
import { mergeMap } from './strategic-merge';

/** Applies a strategic merge patch to an object of a schema type. Unchanged parts are shared with the original. */
export function applyStrategicMergePatch(
  original: PlainMap, patch: unknown, typeName: string,
): PlainMap | PatchError {
  return catchFailure(() => {
    if (!isMap(patch)) throw new PatchFailure('invalid JSON document', 'format');
    return mergeMap(original, patch, rootOf(typeName), 'object');
  });
}

/** The patch that turns `original` into `modified`; an empty object when they are the same. */
export function twoWayStrategicMergePatch(
  original: PlainMap, modified: PlainMap, typeName: string,
): PlainMap | PatchError {
  const options = { additions: true, deletions: true, retainKeys: false };
  return catchFailure(() => diffMaps(original, modified, rootOf(typeName), options));
}

/**
 * The patch of `kubectl apply` with overwrite: the difference from `current` to `modified` without deletions, plus the
 * deletions from `lastApplied` to `modified`. An empty object when nothing is to be changed.
 */
export function threeWayStrategicMergePatch(
  lastApplied: PlainMap, modified: PlainMap, current: PlainMap, typeName: string,
): PlainMap | PatchError {
  const type = rootOf(typeName);
  return catchFailure(() => {
    const delta = diffMaps(current, modified, type, { additions: true, deletions: false, retainKeys: false });
    const gone = diffMaps(lastApplied, modified, type, { additions: false, deletions: true, retainKeys: false });
    return mergeMap(gone, delta, type, 'patch');
  });
}

function rootOf(typeName: string): FieldType {
  return { form: 'ref', name: typeName };
}
