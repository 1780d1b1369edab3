/**
 * The lesson player's page: draws what the host sends with native elements, keeps the keyboard's place across redraws,
 * and reports what the learner did. It holds no state but which answer is marked and not yet given.
 */
import type {
  LessonAction, LessonButton, LessonPage, LessonQuestion, LessonRow, LessonToHost,
} from '../../src/protocol/lesson';
import { inline, markdown } from './markdown';

type Send = (message: LessonToHost) => void;

export class LessonView {
  private shown = '';
  private spoken = '';
  private step = '';
  /** The id of what had the focus last in this step. */
  private place = '';
  /** Answers that are marked but not given, by question. */
  private readonly marked = new Map<string, string>();
  private readonly content = document.createElement('main');
  private readonly live = document.createElement('p');

  constructor(root: HTMLElement, private readonly send: Send) {
    this.live.className = 'live';
    this.live.setAttribute('role', 'status');
    this.live.setAttribute('aria-live', 'polite');
    root.replaceChildren(this.content, this.live);
    window.addEventListener('focus', () => {
      if (document.activeElement === document.body) this.returnTo();
    });
  }

  /** Draws a page; the same page again changes nothing, so that focus and selection stay. */
  show(page: LessonPage): void {
    const { status, ...rest } = page;
    if (status !== this.spoken) this.live.textContent = status;
    this.spoken = status;
    const shown = JSON.stringify(rest);
    if (shown === this.shown) return;
    this.shown = shown;
    document.documentElement.lang = page.language;
    document.title = page.heading;
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.id : '';
    if (focused !== '') this.place = focused;
    // Another step is read from its top.
    const step = `${page.heading}\n${page.subheading ?? ''}`;
    if (step !== this.step) this.place = '';
    this.step = step;
    this.content.replaceChildren(...this.parts(page));
    // Whoever is at work elsewhere, at a prompt or in a dialog, must not lose the keyboard to a page that changes.
    if (document.hasFocus()) this.returnTo();
  }

  /** Puts the focus where it was, or to the top when that is not there any more. */
  private returnTo(): void {
    const again = document.getElementById(this.place);
    if (again && !again.hasAttribute('disabled')) again.focus();
    else this.content.querySelector<HTMLElement>('h1')?.focus();
  }

  private parts(page: LessonPage): Node[] {
    const { heading, subheading, text, lessons, recall, prediction, yaml, commands, checks, hints, after, buttons } =
      page;
    const title = element('h1', '', heading);
    title.tabIndex = -1;
    return [
      title,
      ...(subheading === undefined ? [] : [element('h2', 'step', subheading)]),
      markdown(text),
      ...this.bar(buttons, 'tools', 'highlight'),
      ...(lessons ? [this.list(lessons)] : []),
      ...(recall
        ? [
            section(
              recall.heading,
              recall.questions.map((each) => this.question(each, page.answerLabel)),
            ),
          ]
        : []),
      ...(prediction
        ? [section(prediction.heading, [this.question(prediction.question, page.answerLabel)], 'prediction')]
        : []),
      ...(yaml
        ? [section(yaml.heading, [code(yaml.text, yaml.heading), ...this.bar(buttons, 'tools', 'insertYaml')])]
        : []),
      ...(commands
        ? [
            section(commands.heading, [
              code(commands.lines.join('\n'), commands.heading, 'wrapped'),
              ...this.bar(buttons, 'tools', 'runCommands'),
            ]),
          ]
        : []),
      ...(checks ? [section(checks.heading, [checkList(checks.rows)])] : []),
      ...(hints
        ? [
            section(
              hints.heading,
              hints.texts.map((hint) => markdown(hint)),
            ),
          ]
        : []),
      ...(after ? [section(after.heading, [markdown(after.text)])] : []),
      ...this.bar(buttons, 'buttons', 'next', 'hint', 'showMe', 'skip'),
      ...this.bar(buttons, 'ways', 'back', 'catchUp', 'reset', 'close'),
    ];
  }

  private list(lessons: readonly LessonRow[]): HTMLElement {
    const list = element('ul', 'lessons');
    for (const { id, title, detail } of lessons) {
      const button = element('button', 'lesson');
      button.id = `open-${id}`;
      const name = element('span', 'name');
      name.append(inline(title));
      button.append(name, element('span', 'detail', detail));
      button.addEventListener('click', () => this.send({ type: 'open', lesson: id }));
      const item = element('li');
      item.append(button);
      list.append(item);
    }
    return list;
  }

  private question({ id, text, options, chosen, verdict, right }: LessonQuestion, answerLabel: string): HTMLElement {
    const form = element('form', 'question');
    const set = element('fieldset');
    const legend = element('legend');
    legend.append(inline(text));
    set.append(legend);
    const submit = element('button', 'answer', answerLabel);
    submit.id = `answer-${id}`;
    submit.disabled = !this.marked.has(id);
    for (const option of options) {
      const label = element('label');
      const radio = element('input');
      Object.assign(radio, { type: 'radio', name: `question-${id}`, value: option.id, id: `${id}-${option.id}` });
      radio.checked = (chosen ?? this.marked.get(id)) === option.id;
      radio.disabled = chosen !== undefined;
      radio.addEventListener('change', () => {
        this.marked.set(id, option.id);
        submit.disabled = false;
      });
      const words = element('span');
      words.append(inline(option.text));
      if (chosen === option.id) label.className = 'chosen';
      label.append(radio, words);
      set.append(label);
    }
    form.append(set);
    if (chosen === undefined) form.append(submit);
    if (verdict !== undefined) form.append(verdictLine(verdict, right === true));
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      const option = this.marked.get(id);
      if (option !== undefined) this.send({ type: 'answer', question: id, option });
      this.marked.delete(id);
    });
    return form;
  }

  /** Those of the buttons that stand together, unless there is none of them. */
  private bar(buttons: readonly LessonButton[], className: string, ...actions: readonly LessonAction[]): HTMLElement[] {
    const bar = element('div', className);
    for (const { action, text, primary, enabled } of buttons.filter((each) => actions.includes(each.action))) {
      const button = element('button', primary ? 'primary' : '', text);
      button.id = `do-${action}`;
      button.type = 'button';
      button.disabled = !enabled;
      button.addEventListener('click', () => this.act(action));
      bar.append(button);
    }
    return bar.childElementCount > 0 ? [bar] : [];
  }

  private act(action: LessonAction): void {
    this.send({ type: 'do', action });
  }
}

function element<K extends keyof HTMLElementTagNameMap>(tag: K, className = '', text = ''): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  if (className !== '') made.className = className;
  if (text !== '') made.append(inline(text));
  return made;
}

function section(heading: string, content: readonly Node[], className = ''): HTMLElement {
  const made = element('section', className);
  made.append(element('h3', '', heading), ...content);
  return made;
}

function code(text: string, label: string, className = ''): HTMLElement {
  const pre = element('pre', className);
  const inner = element('code');
  inner.textContent = text;
  pre.tabIndex = 0;
  pre.setAttribute('role', 'region');
  pre.setAttribute('aria-label', label);
  pre.append(inner);
  return pre;
}

function verdictLine(verdict: string, right: boolean): HTMLElement {
  const line = element('p', right ? 'verdict right' : 'verdict wrong');
  line.append(sign(right ? '✓' : '✕'), element('span', '', verdict));
  return line;
}

/** A mark that only repeats what the words say. */
function sign(glyph: string): HTMLElement {
  const mark = element('span', 'mark', glyph);
  mark.setAttribute('aria-hidden', 'true');
  return mark;
}

function checkList(rows: readonly { readonly met: boolean; readonly text: string }[]): HTMLElement {
  const list = element('ul', 'checks');
  for (const { met, text } of rows) {
    const item = element('li', met ? 'met' : 'unmet');
    const words = element('span');
    words.textContent = text;
    item.append(sign(met ? '✓' : '–'), words);
    list.append(item);
  }
  return list;
}
