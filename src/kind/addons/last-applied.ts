/**
 * The annotation that `kubectl apply` leaves on an object. kind applies its storage manifest that way (and creates the
 * network plug-in with `kubectl create`, which leaves none).
 */
import { sortedKeys } from '../../base/freeze';
import type { KubeObject, NewObject } from '../../api/types';

const annotation = 'kubectl.kubernetes.io/last-applied-configuration';

/** JSON without blanks and with sorted keys, as Go writes maps. */
function sortedJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(sortedJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const object = value as Readonly<Record<string, unknown>>;
  return `{${sortedKeys(object).map((key) => `${JSON.stringify(key)}:${sortedJson(object[key])}`).join(',')}}`;
}

/** The object with its own JSON, ending in a newline, in kubectl's annotation. */
export function asApplied<T extends NewObject<KubeObject>>(object: T): T {
  const annotations = object.metadata.annotations ?? {};
  const applied = { ...object, metadata: { ...object.metadata, annotations } };
  const text = `${sortedJson(applied)}\n`;
  return { ...object, metadata: { ...object.metadata, annotations: { ...annotations, [annotation]: text } } };
}
