/**
 * What the schema says about patching a field: whether its list merges, by which key, and whether the fields that a
 * patch does not name are cleared. Models strategicpatch's PatchMetaFromStruct.
 */
import { referenced } from '../schema/schema';
import type { FieldType } from '../schema/schema';
import { PatchFailure, goValue } from './plain';
import type { PlainMap } from './plain';
import { quote } from '../go-text';

/** Marks a map or list item as to be deleted, replaced or merged. */
export const directive = '$patch';
/** Names the fields that stay; all others are cleared. */
export const retainKeysDirective = '$retainKeys';
/** Prefix of the list of scalars to remove from a merged list: `$deleteFromPrimitiveList/finalizers`. */
export const deleteListPrefix = '$deleteFromPrimitiveList';
/** Prefix of the order that a merged list shall have: `$setElementOrder/containers`. */
export const orderPrefix = '$setElementOrder';

/** How a field takes a patch. */
export interface PatchMeta {
  readonly type: FieldType;
  /** `merge` merges lists by key or as sets; `replace` replaces maps; empty is the default of the value's kind. */
  readonly strategy: 'merge' | 'replace' | '';
  readonly retainKeys: boolean;
  /** The field that identifies a list's items; empty for lists of scalars. */
  readonly mergeKey: string;
}

/** The patch rules of a field of a type. A field that the type does not have fails, as upstream's lookup does. */
export function patchMeta(owner: FieldType, name: string): PatchMeta {
  if (owner.form === 'map') return { type: owner.value, strategy: '', retainKeys: false, mergeKey: '' };
  const type = referenced(owner);
  if (type === undefined) {
    const found = owner.form !== 'scalar' ? 'slice' : owner.scalar === 'any' ? 'interface' : owner.scalar;
    throw new PatchFailure(`merging an object in json but data type is not struct, instead is: ${found}`);
  }
  const field = type.fields.get(name);
  if (field === undefined) {
    const message = `unable to find api field in struct ${type.plainName} for the json field ${quote(name)}`;
    throw new PatchFailure(message);
  }
  const strategies = field.patchStrategy ?? [];
  const strategy = strategies.find((s): s is 'merge' | 'replace' => s !== 'retainKeys') ?? '';
  return {
    type: field.type, strategy, retainKeys: strategies.includes('retainKeys'), mergeKey: field.patchMergeKey ?? '',
  };
}

/** The type of a list field's items; free-form where the schema has no list. */
export function itemType(type: FieldType): FieldType {
  return type.form === 'list' ? type.item : { form: 'scalar', scalar: 'any' };
}

/** The name behind a directive's prefix: `containers` of `$setElementOrder/containers`. */
export function directiveTarget(key: string, prefix: string): string | undefined {
  return key.startsWith(`${prefix}/`) ? key.slice(prefix.length + 1) : undefined;
}

/** Upstream's complaint about a list item without its merge key. */
export function noMergeKey(item: PlainMap, mergeKey: string): PatchFailure {
  return new PatchFailure(`map: ${goValue(item)} does not contain declared merge key: ${mergeKey}`, 'content');
}

/** Upstream's complaint about a value of another kind. */
export function badKind(expected: string, actual: string): PatchFailure {
  return new PatchFailure(`expected a ${expected}, but received a ${actual}`);
}

/** Upstream's complaint about a `$patch` of an unknown value. */
export function badDirective(value: unknown, map: PlainMap): PatchFailure {
  return new PatchFailure(`unknown patch type: ${goValue(value)} in map: ${goValue(map)}`);
}
