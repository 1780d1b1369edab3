/** The line below the diagram: what happened last, in a sentence. */
import type { Language } from '../../src/protocol/messages';
import type { Hop } from '../../src/protocol/trace';
import type { ClusterView } from '../../src/protocol/view';
import { sentence } from '../narration/sentence';
import { clockText, text } from '../narration/text';
import { html } from '../render/svg';

export class Caption {
  readonly element = html('p', { class: 'caption' });

  /** Tells the last of these hops; without one it keeps what it says, if `isTold` (something has been told before). */
  show(hops: readonly Hop[], view: ClusterView | undefined, language: Language, isTold: boolean): void {
    const last = hops.filter((hop) => !hop.background).at(-1);
    if (last && view) {
      this.element.replaceChildren(
        html('span', { class: 'time' }, clockText(last.atMs)),
        html('span', {}, sentence(last, view, language)),
      );
    } else if (this.element.childElementCount === 0 || (hops.length === 0 && !isTold)) {
      const key = view && view.hops > 0 ? 'caption.quiet' : 'caption.idle';
      this.element.replaceChildren(html('span', {}, text(language, key)));
    }
  }
}
