/**
 * `kubectl describe` of any other kind: every field of the object, its name made readable. Models genericDescriber,
 * printUnstructuredContent and smartLabelFor of kubectl's pkg/describe, with the splitting of fatih/camelcase.
 */
import type { KubeObject } from '../../../api/types';
import { sortedKeys } from '../../../base/freeze';
import { writeEventsOf } from './events';
import { writeHead } from './metadata';
import type { DescribeContext, DescribeWriter } from './writer';

/** What the head of the description has printed already, or what no one wants to read. */
const skipped = new Set([
  '.metadata.managedFields', '.metadata.name', '.metadata.namespace', '.metadata.labels', '.metadata.annotations',
]);

export function describeGeneric(w: DescribeWriter, object: KubeObject, context: DescribeContext): void {
  writeHead(w, object);
  writeFields(w, 0, object as unknown as Fields, '');
  writeEventsOf(w, object, context);
}

type Fields = Readonly<Record<string, unknown>>;

function writeFields(w: DescribeWriter, level: number, fields: Fields, path: string): void {
  for (const name of sortedKeys(fields)) {
    const value = fields[name];
    const here = `${path}.${name}`;
    if (value === undefined || skipped.has(here)) continue;
    const title = readableName(name);
    if (Array.isArray(value)) {
      w.line(level, `${title}:`);
      for (const item of value as readonly unknown[]) {
        if (isFields(item)) writeFields(w, level + 1, item, here);
        else w.line(level + 1, plainText(item));
      }
    } else if (isFields(value)) {
      w.line(level, `${title}:`);
      writeFields(w, level + 1, value, here);
    } else w.line(level, `${title}:\t${plainText(value)}`);
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value as Go's %v prints it. */
function plainText(value: unknown): string {
  if (value === null) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(plainText).join(' ')}]`;
  if (isFields(value)) return `map[${sortedKeys(value).map((key) => `${key}:${plainText(value[key])}`).join(' ')}]`;
  return String(value);
}

const acronyms = ['API', 'URL', 'UID', 'GUID'];

/** `leaseDurationSeconds` as `Lease Duration Seconds`; a name with anything but letters and hyphens stays as it is. */
function readableName(field: string): string {
  if (/[^\p{L}-]/u.test(field)) return field;
  const words: string[] = [];
  const parts = camelCaseParts(field);
  for (let i = 0; i < parts.length; i += 1) {
    const part = parts[i] ?? '';
    const next = parts[i + 1] ?? '';
    // `CIDRs` is split into `CID` and `Rs`.
    if (part.length >= 2 && !/[^\p{Lu}\P{L}]/u.test(part) && /^\p{Lu}/u.test(next)) {
      words.push(part + next);
      i += 1;
    } else words.push(part);
  }
  return words.map(readableWord).join(' ');
}

function readableWord(word: string): string {
  const upper = word.toUpperCase();
  if (acronyms.includes(upper)) return upper;
  return word === word.toLowerCase() ? word.charAt(0).toUpperCase() + word.slice(1) : word;
}

/** Splits between lower and upper case, and before the last capital of several: `podCIDR`, `HTTPRoute`. */
function camelCaseParts(field: string): string[] {
  return field.match(/\p{Lu}+(?!\p{Ll})|\p{Lu}?\p{Ll}+|\p{Lu}|[^\p{Lu}\p{Ll}]+/gu) ?? [];
}
