/** Says plainly that what is shown is not the present, and offers the two ways out of it. */
import type { Language } from '../../src/protocol/messages';
import type { PastMoment } from '../../src/protocol/time';
import { textButton } from '../controls';
import { clockText, text } from '../narration/text';
import { html, setText } from '../render/svg';

export interface PastBannerHooks {
  returnToNow(): void;
  branch(): void;
}

export class PastBanner {
  readonly element = html('div', { class: 'past-banner', role: 'status', hidden: '' });
  private readonly words = html('strong', {});
  private readonly about = html('span', { class: 'past-about' });
  private readonly actions = html('div', { class: 'past-actions' });
  private language: Language | undefined;

  constructor(private readonly hooks: PastBannerHooks) {
    this.element.append(html('div', { class: 'past-words' }, this.words, this.about), this.actions);
  }

  show(past: PastMoment | undefined, language: Language): void {
    this.element.hidden = past === undefined;
    if (!past) return;
    const { revision, atMs, hops, presentHops } = past;
    setText(this.words, text(language, 'past.asOf', { revision }));
    setText(this.about, text(language, 'past.about', { time: clockText(atMs), hop: hops, last: presentHops }));
    if (language === this.language) return;
    this.language = language;
    this.actions.replaceChildren(
      textButton(text(language, 'past.return'), () => this.hooks.returnToNow()),
      textButton(text(language, 'past.branch'), () => this.hooks.branch()),
    );
  }
}
