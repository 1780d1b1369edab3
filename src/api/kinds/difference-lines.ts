/**
 * What differs between two versions of a part of an object, one line with a minus and one with a plus for each field.
 * Upstream ends some messages with a diff of Go structs as go-cmp prints it; these lines stand for it.
 */
import { equal, sortedKeys } from '../../base/freeze';
import { child } from '../field-errors';
import { goJson } from '../go-text';

/** The differing fields below a path: `- image: "a"`, `+ image: "b"`. */
export function differenceLines(before: unknown, after: unknown, path: string): readonly string[] {
  if (equal(before, after)) return [];
  const areObjects = typeof before === 'object' && typeof after === 'object' && before !== null && after !== null;
  if (!areObjects || Array.isArray(before) !== Array.isArray(after)) {
    const lines: string[] = [];
    if (before !== undefined) lines.push(`- ${path}: ${goJson(before)}`);
    if (after !== undefined) lines.push(`+ ${path}: ${goJson(after)}`);
    return lines;
  }
  const left = before as Readonly<Record<string, unknown>>;
  const right = after as Readonly<Record<string, unknown>>;
  const names = Array.isArray(before)
    ? Array.from({ length: Math.max(before.length, (after as readonly unknown[]).length) }, (_, i) => String(i))
    : sortedKeys({ ...left, ...right });
  return names.flatMap((name) => {
    const at = Array.isArray(before) ? `${path}[${name}]` : child(path, name);
    return differenceLines(left[name], right[name], at);
  });
}
