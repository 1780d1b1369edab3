/**
 * The hash of a pod template that names ReplicaSets and ControllerRevisions. Upstream (pkg/controller ComputeHash) runs
 * FNV-32a over Go's own dump of the struct, which nothing outside Go can reproduce byte for byte; here the same hash
 * runs over a canonical JSON text (keys sorted, absent fields left out), so the alphabet and the length are upstream's
 * while the letters are our own.
 */
import { sortedKeys } from '../base/freeze';
import { fnv1a32 } from '../base/hash';
import type { PodTemplateSpec } from '../api/types';

/** The alphabet of names in apimachinery's util/rand. */
const alphabet = 'bcdfghjklmnpqrstvwxz2456789';

/** `6d4bcb7f9`: the hash of a template, changed by the number of collisions met so far. */
export function templateHash(template: PodTemplateSpec, collisionCount: number | undefined): string {
  const salt = collisionCount === undefined ? '' : `\n${collisionCount}`;
  return safeEncode(String(fnv1a32(canonicalText(template) + salt)));
}

/** Maps each character to one that a name may hold: rand.SafeEncodeString. */
export function safeEncode(text: string): string {
  let encoded = '';
  for (let i = 0; i < text.length; i += 1) encoded += alphabet[text.charCodeAt(i) % alphabet.length];
  return encoded;
}

/** A text that two values share exactly when they are equal as plain data. */
export function canonicalText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  const record = value as Readonly<Record<string, unknown>>;
  const fields = sortedKeys(record).filter((key) => record[key] !== undefined);
  return `{${fields.map((key) => `${JSON.stringify(key)}:${canonicalText(record[key])}`).join(',')}}`;
}
