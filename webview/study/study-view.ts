/** The place of the tables in the panel: shows the scheduler's or etcd's page, and asks the host for what they show. */
import type { Language } from '../../src/protocol/messages';
import type { Study, StudyRequest } from '../../src/protocol/study';
import { text } from '../narration/text';
import { html } from '../render/svg';
import { EtcdPage } from './etcd-page';
import type { EtcdHooks } from './etcd-page';
import { SchedulingPage } from './scheduling-page';
import type { SchedulingHooks } from './scheduling-page';

export type StudyKind = StudyRequest['kind'];

/** What can be shown in place of the picture. */
export const studies: readonly StudyKind[] = ['scheduling', 'etcd'];

/** Room on either side of a page, and a scroll bar. */
const margins = 48;

export class StudyView {
  readonly element = html('div', { class: 'study', hidden: '' });
  private readonly scheduling: SchedulingPage;
  private readonly etcd: EtcdPage;
  private study: Study | undefined;
  private drawn = '';

  constructor(hooks: SchedulingHooks & EtcdHooks) {
    this.scheduling = new SchedulingPage(hooks);
    this.etcd = new EtcdPage(hooks);
  }

  /** What the host knows of it has arrived. */
  take(study: Study | undefined): void {
    this.study = study;
  }

  /** Shows one of the pages, or none. */
  show(kind: StudyKind | undefined, language: Language): void {
    this.element.hidden = kind === undefined;
    if (kind === undefined) {
      this.drawn = '';
      return;
    }
    const { study } = this;
    const width = Math.max(280, this.element.clientWidth - margins);
    const look = JSON.stringify([kind, study, language, width]);
    if (look === this.drawn) return;
    this.drawn = look;
    this.element.setAttribute('data-study', kind);
    if (study?.kind !== kind) {
      this.element.replaceChildren(html('p', { class: 'study-empty' }, text(language, 'study.waiting')));
      return;
    }
    const page = study.kind === 'etcd' ? this.etcd : this.scheduling;
    if (this.element.firstChild !== page.element || this.element.childElementCount !== 1)
      this.element.replaceChildren(page.element);
    if (study.kind === 'etcd') this.etcd.show(study, language, width);
    else this.scheduling.show(study, language, width);
  }
}
