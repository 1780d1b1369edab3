/**
 * Table columns that many kinds share, and how ages, selectors and container lists print in cells. Models the helper
 * functions of pkg/printers/internalversion/printers.go; the descriptions are this project's words.
 */
import { humanDuration } from '../duration';
import type { TableColumn } from '../kind';
import { timeMs } from '../time';
import type { Container, KubeObject } from '../types';
import { sortedKeys } from '../../base/freeze';

/** The time since a timestamp in few characters: translateTimestampSince. */
export function ageText(timestamp: string | undefined, nowMs: number): string {
  return timestamp === undefined ? '<unknown>' : humanDuration(nowMs - timeMs(timestamp));
}

/** The column that names the object. */
export const nameColumn: TableColumn = Object.freeze({
  name: 'Name', type: 'string', format: 'name', description: 'The name, unique within the namespace.',
  cell: (object: KubeObject) => object.metadata.name,
} as const);

/** How long ago the object was created. */
export const ageColumn: TableColumn = Object.freeze({
  name: 'Age', type: 'string', description: 'The time since the object was created.',
  cell: (object: KubeObject, nowMs: number) => ageText(object.metadata.creationTimestamp, nowMs),
} as const);

/** What kinds without a printer of their own show besides the name: rest.DefaultTableConvertor. */
export const createdAtColumn: TableColumn = Object.freeze({
  name: 'Created At', type: 'date', description: 'The time at which the object was created.',
  cell: (object: KubeObject) => object.metadata.creationTimestamp,
} as const);

/** The wide columns of a workload: names and images of its containers. */
export function containerColumns<T extends KubeObject>(
  containersOf: (object: T) => readonly Container[] | undefined,
): readonly TableColumn<T>[] {
  return [
    {
      name: 'Containers', type: 'string', priority: 1, description: 'Names of each container in the template.',
      cell: (object) => (containersOf(object) ?? []).map((container) => container.name).join(','),
    },
    {
      name: 'Images', type: 'string', priority: 1, description: 'Images referenced by each container in the template.',
      cell: (object) => (containersOf(object) ?? []).map((container) => container.image ?? '').join(','),
    },
  ];
}

/** Labels as one text, sorted: labels.FormatLabels. */
export function labelsText(labels: Readonly<Record<string, string>> | undefined): string {
  const text = sortedKeys(labels).map((name) => `${name}=${labels?.[name] ?? ''}`).join(',');
  return text === '' ? '<none>' : text;
}

/** The first few of a list and how many follow: listWithMoreString. */
export function firstOf(items: readonly string[], most: number): string {
  const shown = items.slice(0, most).join(',');
  if (items.length > most) return `${shown} + ${items.length - most} more...`;
  return shown === '' ? '<unset>' : shown;
}
