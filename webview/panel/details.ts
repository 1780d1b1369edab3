/** The strip below the diagram with what is selected: its facts, and what can be opened for it. */
import type { Language, ManifestLine, PanelToHost } from '../../src/protocol/messages';
import type { StudyRequest } from '../../src/protocol/study';
import type { Hop } from '../../src/protocol/trace';
import type { ClusterView } from '../../src/protocol/view';
import { type WhatIf, whatIfsFor } from '../../src/protocol/what-if';
import { iconButton, textButton } from '../controls';
import { sentence } from '../narration/sentence';
import { clockText, text } from '../narration/text';
import { html, setAttribute } from '../render/svg';
import type { Box } from '../scene/model';
import { stateGlyphs } from '../scene/model';
import { canEnter } from '../scene/viewpoint';
import { about, facts, pageAbout } from './facts';
import { WhatIfList } from './what-if';

export interface DetailsHooks {
  open(what: Extract<PanelToHost, { type: 'open' }>['what']): void;
  /** Asks for the chain of causes that led here. */
  why(box: string): void;
  /** Opens the line of the manifest that the box goes back to. */
  openManifest(box: string): void;
  whatIf(action: WhatIf, box: string): void;
  /** Goes into the box. */
  enter(box: Box): void;
  /** Shows the tables that belong to the box. */
  study(request: StudyRequest): void;
  close(): void;
}

export class Details {
  readonly element = html('section', { class: 'details', hidden: '' });
  private readonly title = html('div', { class: 'details-title' });
  private readonly about = html('p', { class: 'details-about' });
  private readonly list = html('dl', { class: 'details-facts' });
  private readonly actions = html('div', { class: 'details-actions' });
  private readonly reasons = html('div', { class: 'details-why', hidden: '' });
  private readonly whatIf;
  private readonly closing;
  private drawn = '';
  private acted = '';
  private box: Box | undefined;
  private view: ClusterView | undefined;
  private language: Language = 'en';

  constructor(private readonly hooks: DetailsHooks) {
    this.closing = iconButton('close', () => hooks.close());
    this.whatIf = new WhatIfList((action) => {
      if (this.box) hooks.whatIf(action, this.box.target ?? this.box.id);
    });
    this.element.append(
      this.title,
      this.about,
      this.list,
      this.actions,
      this.whatIf.element,
      this.reasons,
      html('div', { class: 'details-close' }, this.closing.element),
    );
  }

  show(box: Box | undefined, view: ClusterView, language: Language): void {
    if (box?.id !== this.box?.id) this.reasons.hidden = true;
    this.box = box;
    this.view = view;
    this.language = language;
    this.element.hidden = box === undefined;
    if (!box) return;
    this.showActions(box, view, language);
    const rows = facts(box, view, language);
    const status = [stateGlyphs[box.state], box.status].filter((part) => part !== '').join(' ');
    const role = about(box, view, language);
    const look = JSON.stringify([box.title, status, rows, role]);
    if (look === this.drawn) return;
    this.drawn = look;
    this.title.replaceChildren(html('strong', {}, box.title), html('span', { class: 'details-status' }, status));
    const page = pageAbout(box, view);
    this.about.replaceChildren(role, ...(page === undefined ? []
      : [' ', html('a', { href: page }, text(language, 'details.documentation'))]));
    this.list.replaceChildren(...rows
      .map(({ name, value }) => html('div', {}, html('dt', {}, name), html('dd', {}, value))));
  }

  /** The chain of causes has arrived. */
  explain(box: string, hops: readonly Hop[], manifest?: ManifestLine): void {
    const { view, language } = this;
    if (!view || !this.box || (this.box.target ?? this.box.id) !== box) return;
    const rows = hops.map((hop) =>
      html('li', {}, html('span', { class: 'time' }, clockText(hop.atMs)), ` ${sentence(hop, view, language)}`),
    );
    const { file = '', line = 0 } = manifest ?? {};
    const written = manifest
      ? [
          html(
            'p',
            { class: 'manifest-line' },
            textButton(text(language, 'details.manifest', { file, line }), () => this.hooks.openManifest(box)),
            ' ',
            html('code', {}, manifest.text),
          ),
        ]
      : [];
    this.reasons.replaceChildren(
      html('div', { class: 'causes-title' }, text(language, 'details.why.title')),
      ...written,
      rows.length > 0 ? html('ol', {}, ...rows) : html('p', {}, text(language, 'transcript.older')),
    );
    this.reasons.hidden = false;
  }

  private showActions(box: Box, view: ClusterView, language: Language): void {
    const actions = whatIfsFor(box.target ?? box.id, view);
    const look = JSON.stringify([box.id, box.target, actions, canEnter(box), language]);
    if (look === this.acted) return;
    this.acted = look;
    setAttribute(this.element, 'aria-label', text(language, 'details.label'));
    this.closing.show(text(language, 'details.close'));
    const target = box.target ?? box.id;
    // Only what exists in the API can be described; a client, a registry or a group cannot.
    const canOpen = box.kind === 'node' || box.kind === 'pod' || box.target?.startsWith('pod/') === true
      || (box.kind === 'component' && box.party !== 'load-balancer');
    const openings = canOpen ? (['describe', 'yaml', 'tree'] as const).map((what) =>
      textButton(text(language, `details.${what}`), () => this.hooks.open(what))) : [];
    const reason = box.kind === 'podGroup' || (box.kind === 'item' && box.target === undefined) ? []
      : [textButton(text(language, 'details.why'), () => this.hooks.why(target))];
    const study = studyOf(box);
    const tables =
      study === undefined
        ? []
        : [
            textButton(text(language, box.kind === 'component' ? 'study.group' : 'study.schedule'), () =>
              this.hooks.study(study),
            ),
          ];
    this.whatIf.show(actions, language);
    this.actions.replaceChildren(
      ...(canEnter(box) ? [textButton(text(language, 'crumb.enter'), () => this.hooks.enter(box))] : []),
      ...openings, ...reason, ...tables, ...(this.whatIf.opener ? [this.whatIf.opener] : []),
    );
  }
}

/** The tables in which there is more about a box: how a pod was placed, what the scheduler decided, what etcd holds. */
function studyOf({ id, target = id, party, kind }: Box): StudyRequest | undefined {
  if (kind === 'component' && party === 'etcd') return { kind: 'etcd' };
  if (kind === 'component' && party === 'kube-scheduler') return { kind: 'scheduling' };
  return target.startsWith('pod/') ? { kind: 'scheduling', pod: target.slice('pod/'.length) } : undefined;
}
