/**
 * Server-side tables: columns and rows of objects, as kubectl prints them. Models metav1.Table, the table generator of
 * pkg/printers, and asTable of endpoints/handlers response.go.
 */
import { ageColumn, createdAtColumn, nameColumn } from '../../api/kinds/columns';
import type { Cell, TableColumn } from '../../api/kind';
import type { KubeObject, Pod, Scale } from '../../api/types';
import type { ServedResource } from '../storage/served-resource';

type Columns = readonly TableColumn<any>[];

const scaleColumns: Columns = [
  nameColumn,
  {
    name: 'Desired', type: 'integer', description: 'The number of replicas that is asked for.',
    cell: (scale: Scale & KubeObject) => scale.spec?.replicas ?? 0,
  },
  {
    name: 'Available', type: 'integer', description: 'The number of replicas that there are.',
    cell: (scale: Scale & KubeObject) => scale.status?.replicas ?? 0,
  },
  ageColumn,
];

const defaultColumns: Columns = [nameColumn, createdAtColumn];

/** The columns of what a request for this resource is answered with, which a subresource may make another kind. */
export function columnsFor(resource: ServedResource, answeredKind: string): Columns {
  const { kind, listKind, columns } = resource.kind;
  if (answeredKind === kind || answeredKind === listKind) return columns;
  return answeredKind === 'Scale' ? scaleColumns : defaultColumns;
}

/** One column as it is told to clients. */
interface ColumnDefinition {
  readonly name: string;
  readonly type: string;
  readonly format: string;
  readonly description: string;
  readonly priority: number;
}

const definitions = new WeakMap<Columns, readonly ColumnDefinition[]>();

/** metav1.TableColumnDefinition of each column. */
export function columnDefinitions(columns: Columns): readonly ColumnDefinition[] {
  let known = definitions.get(columns);
  if (!known) {
    known = columns.map(({ name, type, format = '', description, priority = 0 }) =>
      ({ name, type, format, description, priority }));
    definitions.set(columns, known);
  }
  return known;
}

/** The cells of an object; `nowMs` is the wall time of the server. */
export function cellsOf(columns: Columns, object: KubeObject, nowMs: number): readonly Cell[] {
  return columns.map(({ cell }) => (cell(object, nowMs) as Cell | undefined) ?? null);
}

/** The cells of a bookmark, which is an object with nothing in it. */
export function emptyCells(columns: Columns): readonly Cell[] {
  return columns.map(({ type }) => (type === 'integer' || type === 'number' ? 0 : type === 'boolean' ? false : ''));
}

const completed: Readonly<Record<string, readonly object[]>> = {
  Succeeded: [{
    type: 'Completed', status: 'True', reason: 'Succeeded', message: 'The pod has completed successfully.',
  }],
  Failed: [{ type: 'Completed', status: 'True', reason: 'Failed', message: 'The pod failed.' }],
};

/** Conditions of a row: a pod that is over can be left out by clients. */
export function rowConditions(object: KubeObject): readonly object[] | undefined {
  if (object.kind !== 'Pod' || object.apiVersion !== 'v1') return undefined;
  const phase = (object as KubeObject & Partial<Pod>).status?.phase ?? '';
  return Object.hasOwn(completed, phase) ? completed[phase] : undefined;
}
