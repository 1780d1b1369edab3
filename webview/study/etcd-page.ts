/**
 * etcd's page: how large it is, its revisions on a line with what was compacted, keys by prefix, the versions of a key
 * with what differs between two of them, the newest revisions, and who watches.
 */
import type { Language } from '../../src/protocol/messages';
import type { EtcdStudy, KeyStudy, KeyVersionEntry, StudyRequest } from '../../src/protocol/study';
import { clockText, text } from '../narration/text';
import { html } from '../render/svg';
import { breakable, bytesText, link, numberText, table } from './page-parts';
import type { Row } from './page-parts';
import { patchChildren } from './patch';
import { revisionLine } from './revision-line';

type Request = Extract<StudyRequest, { kind: 'etcd' }>;

export interface EtcdHooks {
  ask(request: Request): void;
  /** Goes to the first moment with a revision. */
  goToRevision(revision: number): void;
}

function columns(...sections: readonly HTMLElement[]): HTMLElement {
  return html('div', { class: 'study-columns' }, ...sections);
}

export class EtcdPage {
  readonly element = html('div', { class: 'study-page etcd' });
  private study: EtcdStudy | undefined;
  private language: Language = 'en';

  constructor(private readonly hooks: EtcdHooks) {}

  show(study: EtcdStudy, language: Language, width: number): void {
    this.study = study;
    this.language = language;
    patchChildren(this.element, [
      this.facts(study), this.line(study, width),
      // What was chosen stands beside the keys; until then what was written last.
      ...(study.key
        ? [columns(this.keys(study), this.history(study.key)), columns(this.recent(study), this.watches(study))]
        : [columns(this.keys(study), this.recent(study)), this.watches(study)]),
    ]);
  }

  private ask(request: Omit<Request, 'kind'>): void {
    this.hooks.ask({ kind: 'etcd', prefix: this.study?.prefix, ...request });
  }

  private facts({ revision, compactRevision, size, members, keys }: EtcdStudy): HTMLElement {
    const { language } = this;
    const fact = (name: string, ...value: readonly (string | HTMLElement)[]): HTMLElement =>
      html('div', {}, html('dt', {}, name), html('dd', {}, ...value));
    const rows = [
      fact(text(language, 'keys.fact.revision'), numberText(revision)),
      fact(
        text(language, 'keys.fact.compacted'),
        compactRevision > 0 ? numberText(compactRevision) : text(language, 'keys.never'),
      ),
      fact(text(language, 'keys.fact.keys'), numberText(keys)),
    ];
    if (size) {
      const values = { file: bytesText(size.file), used: bytesText(size.used), quota: bytesText(size.quota) };
      rows.push(
        fact(
          text(language, 'keys.fact.size'),
          text(language, 'keys.size', values),
          html('meter', { min: 0, max: size.file, value: size.used, 'aria-label': text(language, 'keys.fact.size') }),
        ),
      );
      if (size.alarms.length > 0) rows.push(fact(text(language, 'keys.fact.alarms'), size.alarms.join(', ')));
    }
    if (members) {
      rows.push(fact(text(language, 'keys.fact.members'), members
        .map(({ name, running }) => (running ? name : text(language, 'keys.down', { member: name }))).join(', ')));
    }
    return html('div', { class: 'study-facts' }, html('dl', {}, ...rows),
      ...(size ? [] : [html('p', { class: 'quiet' }, text(language, 'keys.past'))]));
  }

  private line(study: EtcdStudy, width: number): HTMLElement {
    const { language } = this;
    const { compactRevision: compacted, oldest, revision: newest } = study;
    const about = compacted > 0 ? text(language, 'keys.line.about', { oldest, newest, compacted })
      : text(language, 'keys.line.plain', { oldest, newest });
    return html(
      'figure',
      { class: 'revision-line' },
      revisionLine(study, width, about),
      html('figcaption', { class: 'quiet' }, about),
    );
  }

  private keys({ prefix, entries, moreEntries }: EtcdStudy): HTMLElement {
    const { language } = this;
    const rows = entries.map(({ name, isKey, count, modRevision }): Row => ({
      cells: [
        link(
          name.slice(prefix.length) || name,
          `entry ${name}`,
          () => this.ask(isKey ? { key: name } : { prefix: name }),
          name,
        ),
        isKey ? '' : numberText(count),
        numberText(modRevision),
      ],
      className: name === this.study?.key?.key ? 'chosen' : undefined,
    }));
    const hint = this.study?.key ? [] : [html('p', { class: 'quiet' }, text(language, 'keys.pick'))];
    return html(
      'section',
      {},
      html('h2', {}, text(language, 'keys.keys')),
      ...hint,
      this.way(prefix),
      rows.length === 0
        ? html('p', { class: 'quiet' }, text(language, 'keys.noKeys'))
        : table(
            prefix || text(language, 'keys.all'),
            [
              { title: text(language, 'keys.key') },
              { title: text(language, 'keys.count'), isNumber: true },
              { title: text(language, 'keys.modified'), isNumber: true },
            ],
            rows,
            'keys',
          ),
      ...(moreEntries > 0
        ? [html('p', { class: 'quiet' }, text(language, 'keys.moreKeys', { count: moreEntries }))]
        : []),
    );
  }

  /** The parts of the prefix, each leading back to it. */
  private way(prefix: string): HTMLElement {
    const { language } = this;
    const parts = prefix.split('/').filter((part) => part !== '');
    const up = (to: string, words: string): HTMLElement =>
      html(
        'li',
        {},
        to === prefix
          ? html('span', { 'aria-current': 'location' }, words)
          : link(words, `way ${to}`, () => this.ask({ prefix: to, key: this.study?.key?.key })),
      );
    return html(
      'ol',
      { class: 'crumbs', 'aria-label': text(language, 'keys.way') },
      up('', text(language, 'keys.all')),
      ...parts.map((part, at) => up(`/${parts.slice(0, at + 1).join('/')}/`, part)),
    );
  }

  private history(key: KeyStudy): HTMLElement {
    const { language } = this;
    const titles = ['revision', 'version', 'time', 'verb', 'by', 'bytes'] as const;
    return html(
      'section',
      {},
      html('h2', {}, text(language, 'keys.history', { key: key.key })),
      table(
        text(language, 'keys.history', { key: key.key }),
        titles.map((title) => ({
          title: text(language, `keys.${title}`),
          isNumber: title !== 'verb' && title !== 'by',
        })),
        key.versions.map((version) => this.version(version, key)),
        'versions',
      ),
      ...(key.moreVersions > 0
        ? [html('p', { class: 'quiet' }, text(language, 'keys.moreVersions', { count: key.moreVersions }))]
        : []),
      ...this.changes(key),
    );
  }

  private version({ revision, version, atMs, verb, by, bytes, compacted }: KeyVersionEntry, key: KeyStudy): Row {
    const { language } = this;
    const change = html('span', {}, text(language, `keys.${verb}`));
    if (compacted)
      change.append(
        ' ',
        html('span', { class: 'tag', title: text(language, 'keys.compacted.about') }, text(language, 'keys.compacted')),
      );
    const writer = by
      ? html(
          'span',
          { title: `${by.verb} ${by.resource}` },
          by.process,
          html('span', { class: 'quiet' }, ` ${by.verb} ${by.resource}`),
        )
      : '';
    return {
      cells: [
        link(String(revision), `version ${revision}`, () => this.ask({ key: key.key, revision })),
        version > 0 ? String(version) : '',
        atMs === undefined ? '' : clockText(atMs),
        change,
        writer,
        bytes > 0 ? numberText(bytes) : '',
      ],
      className: revision === key.revision ? 'chosen' : undefined,
    };
  }

  private changes({ revision, before, changes, moreChanges }: KeyStudy): HTMLElement[] {
    const { language } = this;
    if (revision === undefined) return [];
    const caption =
      before === undefined
        ? text(language, 'keys.first', { revision })
        : text(language, 'keys.diff', { revision, before });
    const head = html('div', { class: 'study-head' }, html('h3', {}, caption),
      link(text(language, 'attempt.goTo'), 'goTo', () => this.hooks.goToRevision(revision)));
    if (changes.length === 0) return [head, html('p', { class: 'quiet' }, text(language, 'keys.same'))];
    const side = (value: string | undefined, sign: string): HTMLElement =>
      value === undefined
        ? html('span', { class: 'quiet' }, text(language, 'keys.absent'))
        : html('span', {}, html('span', { class: 'sign', 'aria-hidden': 'true' }, sign), value);
    const field = (path: string): HTMLElement => html('span', {}, ...breakable(path, /(?=[.[])/));
    const titles = ['field', 'before', 'after'] as const;
    // The first version differs from nothing at all: one column says it.
    const isFirst = before === undefined;
    const rows = changes.map(({ path, before: was, after }): Row => ({
      cells: isFirst ? [field(path), side(after, '+')] : [field(path), side(was, '−'), side(after, '+')],
      className: was === undefined ? 'added' : after === undefined ? 'removed' : 'changed',
    }));
    return [
      head,
      table(
        caption,
        titles
          .filter((title) => !isFirst || title !== 'before')
          .map((title) => ({ title: text(language, `keys.${title}`) })),
        rows,
        'changes',
      ),
      ...(moreChanges > 0
        ? [html('p', { class: 'quiet' }, text(language, 'keys.moreFields', { count: moreChanges }))]
        : []),
    ];
  }

  private recent({ recent }: EtcdStudy): HTMLElement {
    const { language } = this;
    const rows = recent.map(({ revision, atMs, verb, key }): Row => ({
      cells: [
        link(
          String(revision),
          `recent ${revision}`,
          () => this.ask({ key, revision, prefix: key.slice(0, key.lastIndexOf('/') + 1) }),
          `${revision} ${key}`,
        ),
        atMs === undefined ? '' : clockText(atMs),
        text(language, `keys.${verb}`),
        key,
      ],
    }));
    return html(
      'section',
      {},
      html('h2', {}, text(language, 'keys.recent')),
      table(
        text(language, 'keys.recent'),
        [
          { title: text(language, 'keys.revision'), isNumber: true },
          { title: text(language, 'keys.time'), isNumber: true },
          { title: text(language, 'keys.verb') },
          { title: text(language, 'keys.key') },
        ],
        rows,
        'recent',
      ),
    );
  }

  private watches({ watches, moreWatches }: EtcdStudy): HTMLElement {
    const { language } = this;
    if (!watches)
      return html(
        'section',
        {},
        html('h2', {}, text(language, 'keys.watches')),
        html('p', { class: 'quiet' }, text(language, 'keys.past')),
      );
    const rows = watches.map(({ key, rangeEnd, from, fromRevision, member }): Row => ({
      cells: [
        rangeEnd === undefined ? key : text(language, 'keys.range', { key }),
        from,
        numberText(fromRevision),
        member,
      ],
    }));
    return html(
      'section',
      {},
      html('h2', {}, text(language, 'keys.watches')),
      rows.length === 0
        ? html('p', { class: 'quiet' }, text(language, 'keys.noWatches'))
        : table(
            text(language, 'keys.watches'),
            [
              { title: text(language, 'keys.watched') },
              { title: text(language, 'keys.watcher') },
              { title: text(language, 'keys.from'), isNumber: true },
              { title: text(language, 'keys.member') },
            ],
            rows,
            'watches',
          ),
      ...(moreWatches > 0
        ? [html('p', { class: 'quiet' }, text(language, 'keys.moreWatches', { count: moreWatches }))]
        : []),
    );
  }
}
