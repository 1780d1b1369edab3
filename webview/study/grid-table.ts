/** Draws a grid of the scheduler as a table with one stop of the Tab key: arrows go from cell to cell, Enter tells more. */
import { html } from '../render/svg';
import { breakable, scrollable } from './page-parts';
import type { Cell, Grid, Heading } from './grid';
import { activate, onActivate } from './patch';

export interface GridHooks {
  /** A cell was chosen. */
  choose(cell: Cell): void;
}

export interface GridChoice {
  readonly node?: string;
  readonly plugin?: string;
}

/** The table; `name` tells it apart from others on the page, `caption` stands above it. */
export function gridTable(
  name: string,
  caption: string,
  grid: Grid,
  chosen: GridChoice,
  hooks: GridHooks,
): HTMLElement {
  const head = (heading: Heading, scope: 'col' | 'row'): HTMLElement =>
    html(
      'th',
      {
        scope,
        class: heading.node !== undefined && heading.node === chosen.node ? 'chosen' : undefined,
      },
      html('span', { class: 'grid-title' }, ...breakable(heading.title, /(?<=[a-z])(?=[A-Z])/)),
      ...(heading.more === undefined ? [] : [html('span', { class: 'grid-more' }, heading.more)]),
    );
  const all: HTMLElement[] = [];
  const rows = grid.rows.map((row, y) =>
    html(
      'tr',
      {},
      head(row, 'row'),
      ...row.cells.map((cell, x) => {
        const isChosen = cell.node === chosen.node && cell.plugin === chosen.plugin;
        const element = html(
          'td',
          {
            class: `look-${cell.look}${isChosen ? ' chosen' : ''}`,
            tabindex: -1,
            'data-key': `${name} ${y} ${x}`,
            // A score reads well with its heads; a sign does not.
            'aria-label': cell.look === 'score' ? undefined : cell.sentence,
            'aria-selected': String(isChosen),
          },
          html('span', { class: 'grid-words' }, cell.words),
          ...(cell.more === undefined ? [] : [html('span', { class: 'grid-more' }, cell.more)]),
        );
        onActivate(element, () => hooks.choose(cell));
        all.push(element);
        return element;
      }),
    ),
  );
  (all.find((element) => element.getAttribute('aria-selected') === 'true') ?? all[0])?.setAttribute('tabindex', '0');
  const table = html(
    'table',
    {
      class: grid.columns.every(({ node }) => node !== undefined) ? 'sheet grid even' : 'sheet grid tall',
      role: 'grid',
    },
    html('caption', {}, caption),
    html(
      'thead',
      {},
      html('tr', {}, html('th', { scope: 'col' }, grid.corner), ...grid.columns.map((column) => head(column, 'col'))),
    ),
    html('tbody', {}, ...rows),
  );
  table.addEventListener('keydown', (event) => onKey(event, table));
  const frame = scrollable(table, caption, name);
  // The cells take the focus, and the frame follows them.
  frame.removeAttribute('tabindex');
  return frame;
}

function onKey(event: KeyboardEvent, table: HTMLTableElement): void {
  const cell = (event.target as Element).closest('td');
  if (!cell) return;
  const row = cell.parentElement as HTMLTableRowElement;
  const at = cell.cellIndex;
  const next =
    event.key === 'ArrowRight'
      ? row.cells[at + 1]
      : event.key === 'ArrowLeft'
        ? row.cells[at - 1]
        : event.key === 'ArrowDown'
          ? table.rows[row.rowIndex + 1]?.cells[at]
          : event.key === 'ArrowUp'
            ? table.rows[row.rowIndex - 1]?.cells[at]
            : event.key === 'Home'
              ? row.cells[1]
              : event.key === 'End'
                ? row.cells[row.cells.length - 1]
                : undefined;
  if (event.key === 'Enter' || event.key === ' ') activate(cell);
  else if (next?.tagName !== 'TD') {
    if (!event.key.startsWith('Arrow')) return;
  } else {
    cell.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  }
  event.preventDefault();
  event.stopPropagation();
}
