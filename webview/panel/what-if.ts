/**
 * "What if …": a button that opens the list of what can be done to a box. Buttons rather than a drop-down, since the
 * arrow keys change a drop-down's value at once: whoever looked through it by keyboard would do the first thing in it.
 */
import type { Language } from '../../src/protocol/messages';
import type { WhatIf } from '../../src/protocol/what-if';
import { textButton } from '../controls';
import { text } from '../narration/text';
import { html } from '../render/svg';

export class WhatIfList {
  /** The list; it stands on a line of its own. */
  readonly element = html('div', { class: 'what-if', hidden: '' });
  /** The button that opens and closes it; absent when nothing can be done. */
  opener: HTMLElement | undefined;

  constructor(private readonly choose: (action: WhatIf) => void) {
    this.element.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape') return;
      event.preventDefault();
      this.close();
    });
  }

  show(actions: readonly WhatIf[], language: Language): void {
    const words = text(language, 'whatIf');
    this.opener = actions.length === 0 ? undefined : textButton(words, () => this.open(this.element.hidden !== false));
    this.open(false);
    this.element.setAttribute('role', 'group');
    this.element.setAttribute('aria-label', words);
    this.element.replaceChildren(...actions.map((action) => textButton(text(language, `whatIf.${action}`), () => {
      this.close();
      this.choose(action);
    })));
  }

  private open(open: boolean): void {
    this.element.hidden = !open;
    this.opener?.setAttribute('aria-expanded', String(open));
    if (open) (this.element.firstElementChild as HTMLElement | null)?.focus();
  }

  private close(): void {
    this.open(false);
    this.opener?.focus();
  }
}
