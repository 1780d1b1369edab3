/**
 * Tables as the API server made them (meta.k8s.io/v1 Table), printed with kubectl's spacing, with the columns that flags
 * add. Models cli-runtime's tableprinter. In a watch, widths are remembered from line to line.
 */
import type { KubeObject } from '../../../api/types';
import { alignColumns } from '../describe/tab-columns';
import { escapeTerminal } from '../describe/writer';

export interface Table {
  readonly kind: 'Table';
  readonly columnDefinitions: readonly { readonly name: string; readonly type: string; readonly priority?: number }[];
  readonly rows: readonly TableRow[];
  readonly metadata?: { readonly resourceVersion?: string };
}

export interface TableRow {
  readonly cells: readonly unknown[];
  readonly object: KubeObject;
}

export interface TableStyle {
  readonly wide: boolean;
  readonly namespaces: boolean;
  readonly labels: boolean;
  /** `-L`. */
  readonly labelColumns: readonly string[];
  readonly headers: boolean;
  /** Put before names: `deployment.apps/`. */
  readonly prefix: string;
  /** `--output-watch-events`: the type of the event in front. */
  readonly event?: string;
}

/** The cells of a table's head and of its rows. */
export function tableCells(columns: Table['columnDefinitions'], rows: readonly TableRow[],
  style: TableStyle): string[][] {
  const shown = columns.map((column, index) => ({ ...column, index })).filter(({ priority = 0 }) => style.wide
    || priority === 0);
  const head = [
    ...(style.event === undefined ? [] : ['EVENT']), ...(style.namespaces ? ['NAMESPACE'] : []),
    ...shown.map(({ name }) => name.toUpperCase()),
    ...style.labelColumns.map((key) => (key.split('/').pop() ?? key).toUpperCase()),
      ...(style.labels ? ['LABELS'] : []),
  ];
  const body = rows.map(({ cells, object }) => {
    const { namespace = '', labels = {} } = object.metadata;
    return [
      ...(style.event === undefined ? [] : [style.event]), ...(style.namespaces ? [namespace] : []),
      ...shown.map(({ name, index }) =>
        `${name.toLowerCase() === 'name' ? style.prefix : ''}${cellText(cells[index])}`),
      ...style.labelColumns.map((key) => labels[key] ?? ''), ...(style.labels ? [labelsText(labels)] : []),
    ];
  });
  return style.headers ? [head, ...body] : body;
}

/** Cells below each other, three spaces apart. */
export function aligned(lines: readonly (readonly string[])[]): string {
  return alignColumns(lines.map((cells) => `${cells.join('\t')}\n`).join(''), { minWidth: 6, padding: 3 });
}

/** Aligns line after line; a column never becomes narrower. */
export class GrowingColumns {
  private readonly widths: number[] = [];

  lines(rows: readonly (readonly string[])[]): string {
    for (const row of rows) {
      row.forEach((cell, index) => {
        if (index < row.length - 1) this.widths[index] = Math.max(this.widths[index] ?? 6, [...cell].length + 3);
      });
    }
    return rows
      .map(
        (row) =>
          `${row
            .map((cell, index) =>
              index < row.length - 1 ? cell + ' '.repeat((this.widths[index] ?? 0) - [...cell].length) : cell,
            )
            .join('')}\n`,
      )
      .join('');
  }
}

export function labelsText(labels: Readonly<Record<string, string>> | undefined): string {
  const keys = Object.keys(labels ?? {}).sort();
  return keys.length === 0 ? '<none>' : keys.map((key) => `${key}=${labels?.[key] ?? ''}`).join(',');
}

function cellText(cell: unknown): string {
  if (cell === null || cell === undefined) return '';
  const [first = '', ...others] = String(cell).split(/[\f\n\r]/);
  return escapeTerminal(others.length > 0 ? `${first}...` : first);
}
