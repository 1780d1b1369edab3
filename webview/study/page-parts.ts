/** What the pages of tables are made of: tables with heads, buttons that are links, numbers as people write them. */
import { html } from '../render/svg';
import { onActivate } from './patch';

/** Words that lead somewhere. */
export function link(words: string, key: string, onClick: () => void, name?: string): HTMLButtonElement {
  const button = html('button', { 'class': 'link', 'type': 'button', 'data-key': key, 'aria-label': name }, words);
  onActivate(button, onClick);
  return button;
}

export interface Column {
  readonly title: string;
  readonly isNumber?: boolean;
}

/** One cell of a row: words, or an element. The first of a row is its head. */
export type CellContent = string | HTMLElement;

export interface Row {
  readonly cells: readonly CellContent[];
  readonly className?: string;
}

/** A table to be read: a caption, heads with their scope, and rows. It scrolls by itself where it is too wide or too long. */
export function table(caption: string, columns: readonly Column[], rows: readonly Row[], scroll: string): HTMLElement {
  const numeric = (at: number): string | undefined => (columns[at]?.isNumber ? 'number' : undefined);
  const head = html(
    'tr',
    {},
    ...columns.map(({ title }, at) => html('th', { scope: 'col', class: numeric(at) }, title)),
  );
  const body = rows.map(({ cells, className }) => html('tr', { class: className }, ...cells.map((cell, at) =>
    (at === 0 ? html('th', { scope: 'row', class: numeric(at) }, cell) : html('td', { class: numeric(at) }, cell)))));
  return scrollable(
    html(
      'table',
      { class: 'sheet' },
      html('caption', {}, caption),
      html('thead', {}, head),
      html('tbody', {}, ...body),
    ),
    caption,
    scroll,
  );
}

/** A frame that scrolls, also by keyboard. */
export function scrollable(content: HTMLElement, name: string, key: string): HTMLElement {
  return html(
    'div',
    {
      class: 'sheet-frame',
      role: 'region',
      'aria-label': name,
      tabindex: 0,
      'data-scroll': key,
      'data-key': `frame ${key}`,
    },
    content,
  );
}

/** Words that may break at certain places: `NodeResourcesFit` where a word begins, a path at its dots. */
export function breakable(words: string, places: RegExp): (string | Node)[] {
  return words.split(places).flatMap((part, at) => (at === 0 ? [part] : [html('wbr'), part]));
}

/** A number with thin gaps between thousands. */
export function numberText(value: number): string {
  return String(value).replace(/\B(?=(?:\d{3})+$)/g, '\u202f');
}

/** Bytes as people say them: `812 B`, `3.4 kB`, `2.1 MB`, `2 GB`; units of 1024 as etcd has them. */
export function bytesText(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 || Number.isInteger(value) ? 0 : 1;
  return `${value.toFixed(digits)}\u00a0${units[unit] ?? ''}`;
}
