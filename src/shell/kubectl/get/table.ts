/**
 * `kubectl get` as a table: the kind's columns with kubectl's spacing. Rows come in the order given. Models printTable
 * and decorateTable of cli-runtime's tableprinter and the words of kubectl's pkg/cmd/get.
 */
import type { AnyKind, Cell } from '../../../api/kind';
import type { KubeObject } from '../../../api/types';
import { alignColumns, type ColumnLayout } from '../describe/tab-columns';
import { escapeTerminal } from '../describe/writer';

/** How the table is asked for. */
export interface TableOptions {
  /** The wall clock in milliseconds since 1970, for ages. */
  readonly nowMs: number;
  /** `-o wide`. */
  readonly wide?: boolean;
  /** `--all-namespaces`: where each object is, as the first column; kinds without namespaces have none. */
  readonly namespaceColumn?: boolean;
  /** The namespace that was asked for, for the sentence about an empty one; `default` unless said otherwise. */
  readonly namespace?: string;
}

const layout: ColumnLayout = { minWidth: 6, padding: 3 };

/** The table of objects of one kind, with a line break at its end. */
export function tableText(kind: AnyKind, objects: readonly KubeObject[], options: TableOptions): string {
  const { nowMs, wide = false, namespaceColumn = false, namespace = 'default' } = options;
  if (objects.length === 0) {
    return kind.namespaced && !namespaceColumn
      ? `No resources found in ${namespace} namespace.\n` : 'No resources found\n';
  }
  const columns = kind.columns.filter(({ priority = 0 }) => wide || priority === 0);
  const withNamespace = kind.namespaced && namespaceColumn;
  const header = [...(withNamespace ? ['Namespace'] : []), ...columns.map(({ name }) => name)];
  const rows = objects.map((object) => {
    const cells = columns.map(({ cell }) => cellText(cell(object, nowMs)));
    return withNamespace ? [object.metadata.namespace ?? '', ...cells] : cells;
  });
  const lines = [header.map((name) => name.toUpperCase()), ...rows];
  return alignColumns(lines.map((cells) => `${cells.join('\t')}\n`).join(''), layout);
}

/** A cell of several lines shows only its first. */
function cellText(cell: Cell): string {
  if (cell === null) return '';
  const [first = '', ...others] = String(cell).split(/[\f\n\r]/);
  return escapeTerminal(others.length > 0 ? `${first}...` : first);
}
