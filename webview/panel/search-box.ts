/** The field in which one types the name of what one looks for, and the list of what was found. */
import type { Language } from '../../src/protocol/messages';
import type { ClusterView } from '../../src/protocol/view';
import { text } from '../narration/text';
import { html, setAttribute } from '../render/svg';
import { find } from '../scene/search';
import type { Found } from '../scene/search';

export class SearchBox {
  readonly element = html('div', { class: 'search' });
  private readonly input = html('input', {
    class: 'search-field',
    type: 'text',
    role: 'combobox',
    'aria-expanded': 'false',
    'aria-controls': 'search-list',
    'aria-autocomplete': 'list',
    autocomplete: 'off',
    spellcheck: 'false',
  });
  private readonly list = html('div', { class: 'search-list', role: 'listbox', id: 'search-list', hidden: '' });
  private view: ClusterView | undefined;
  private found: readonly Found[] = [];
  private chosen = 0;

  constructor(private readonly choose: (box: string) => void) {
    this.element.append(this.input, this.list);
    this.input.addEventListener('input', () => this.look());
    this.input.addEventListener('focus', () => this.look());
    this.input.addEventListener('blur', () => this.close());
    this.input.addEventListener('keydown', (event) => this.onKey(event));
    // Before the field loses the focus, and with it the list.
    this.list.addEventListener('pointerdown', (event) => {
      const row = (event.target as Element).closest<HTMLElement>('[data-index]');
      if (!row) return;
      event.preventDefault();
      this.take(Number(row.dataset['index']));
    });
  }

  show(view: ClusterView, language: Language): void {
    this.view = view;
    setAttribute(this.input, 'aria-label', text(language, 'search.name'));
    setAttribute(this.input, 'placeholder', text(language, 'search.hint'));
    setAttribute(this.list, 'aria-label', text(language, 'search.name'));
  }

  focus(): void {
    this.input.focus();
    this.input.select();
  }

  private look(): void {
    this.found = this.view ? find(this.view, this.input.value) : [];
    this.chosen = 0;
    this.draw();
  }

  private draw(): void {
    const { found, chosen, input, list } = this;
    list.hidden = found.length === 0;
    setAttribute(input, 'aria-expanded', String(found.length > 0));
    setAttribute(input, 'aria-activedescendant', found.length > 0 ? `search-${chosen}` : undefined);
    list.replaceChildren(
      ...found.map(({ title, place }, index) =>
        html(
          'div',
          {
            class: 'search-row',
            role: 'option',
            id: `search-${index}`,
            'data-index': index,
            'aria-selected': String(index === chosen),
          },
          html('span', {}, title),
          html('span', { class: 'search-place' }, place),
        ),
      ),
    );
  }

  private onKey(event: KeyboardEvent): void {
    const { length } = this.found;
    if (event.key === 'ArrowDown' && length > 0) this.chosen = (this.chosen + 1) % length;
    else if (event.key === 'ArrowUp' && length > 0) this.chosen = (this.chosen + length - 1) % length;
    else if (event.key === 'Enter' && length > 0) return this.take(this.chosen);
    else if (event.key === 'Escape') {
      this.input.value = '';
      this.input.blur();
      event.stopPropagation();
      return;
    } else return;
    event.preventDefault();
    this.draw();
  }

  private take(index: number): void {
    const box = this.found[index]?.box;
    this.input.value = '';
    this.input.blur();
    if (box !== undefined) this.choose(box);
  }

  private close(): void {
    this.found = [];
    this.draw();
  }
}
