/**
 * The lesson player: a view beside the editor that shows one step at a time. The lesson's state lives here and in the
 * user's global state; the page only draws. The sandbox is never locked: whatever the learner does is looked at.
 */
import {
  commands, type Disposable, env, l10n, Uri, type Webview, type WebviewView, type WebviewViewProvider, window,
} from 'vscode';
import type { Lesson } from '../../../check/lesson/lesson';
import type { HostToLesson, LessonAction, LessonPage, LessonToHost } from '../../../protocol/lesson';
import type { Clusters } from '../clusters';
import { contextKeys } from '../commands/ids';
import type { Kindergarten } from '../context';
import { Coalesced } from '../coalesce';
import { RateLimit } from '../diagram/inbound';
import { diagramPage, newNonce } from '../diagram/page';
import { realTime } from '../../real-time';
import { sayBriefly } from '../say';
import { createUp, insertYaml, perform, showStep } from './doing';
import { readLessonMessage } from './inbound';
import { type Library, readLibrary } from './library';
import { libraryPage, type Play, stepPage } from './page-model';
import type { Progress } from './progress';

export const lessonView = 'kindergarten.lesson';
const drawMs = 250;
/** A page that says nothing for so long was not loaded. */
const loadLimitMs = 5_000;
const messagesPerSecond = 30;
/** Ctrl+E and Ctrl+U: to the end of the line, and everything before it away. */
const eraseLine = '\x05\x15';

export class LessonPlayer implements WebviewViewProvider {
  private view: WebviewView | undefined;
  private library: Library = { lessons: [], complaints: [] };
  private play: Play | undefined;
  private readonly draw: Coalesced;
  private readonly subscriptions: Disposable[];

  constructor(
    private readonly clusters: Clusters,
    private readonly whole: () => Kindergarten,
    private readonly extension: Uri,
    private readonly progress: Progress,
  ) {
    this.draw = new Coalesced(realTime, () => drawMs, () => void this.post());
    void this.offerView();
    this.subscriptions = [
      clusters.onDidChange(() => this.play && this.draw.request()),
      clusters.onDidSwitch(() => {
        this.play?.session.clusterReplaced();
        this.draw.request();
      }),
    ];
  }

  resolveWebviewView(view: WebviewView): void {
    this.view = view;
    const { webview } = view;
    webview.options = { enableScripts: true, localResourceRoots: [Uri.joinPath(this.extension, 'dist', 'webview')] };
    const limit = new RateLimit(messagesPerSecond);
    let isLoaded = false;
    webview.onDidReceiveMessage((value: unknown) => {
      isLoaded = true;
      const message = limit.allows(realTime.nowMs()) ? readLessonMessage(value) : undefined;
      if (message) void this.receive(message);
    });
    view.onDidChangeVisibility(() => this.draw.request());
    view.onDidDispose(() => {
      // After a reload VS Code may already have made another one.
      if (this.view === view) this.view = undefined;
    });
    const load = (): void => void (webview.html = this.html(webview));
    load();
    // While a window reloads, VS Code may drop the page of a view; then it stays empty unless it is given again.
    const cancel = realTime.after(loadLimitMs, () => !isLoaded && this.view === view && load());
    view.onDidDispose(cancel);
  }

  private html(webview: Webview): string {
    const file = (...path: string[]): Uri => Uri.joinPath(this.extension, ...path);
    return diagramPage({
      cspSource: webview.cspSource, nonce: newNonce(), title: l10n.t('Lessons'), language: env.language,
      script: webview.asWebviewUri(file('dist', 'webview', 'lesson.js')).toString(),
      style: webview.asWebviewUri(file('dist', 'webview', 'lesson.css')).toString(),
    });
  }

  /** The page as it would be shown now; for other extensions and tests. */
  async page(): Promise<LessonPage> {
    const { engine } = await this.clusters.use();
    const { play } = this;
    if (!play) return libraryPage(this.library, (id) => this.progress.of(id));
    const { active } = this.clusters;
    const { predict } = play.session.step;
    const candidates = predict?.object && active ? engine.candidatesOf(predict.object, play.session.asked(active)) : [];
    return stepPage(play, active, candidates, engine.isRight);
  }

  /** Opens a lesson by its id, or the list. `fresh` answers beforehand whether to make its cluster anew. */
  async open(id?: string, fresh?: boolean): Promise<boolean> {
    await this.progress.open();
    await this.offerView();
    await commands.executeCommand(`${lessonView}.focus`);
    await this.reload();
    const lesson = this.library.lessons.find((each) => each.id === id);
    this.play = undefined;
    if (lesson) await this.begin(lesson, fresh);
    this.draw.request();
    return this.play !== undefined;
  }

  /** What the learner does, as the page reports it. */
  async receive(message: LessonToHost): Promise<void> {
    switch (message.type) {
      case 'ready':
        if (!this.play) await this.reload();
        break;
      case 'open': return void await this.open(message.lesson);
      case 'answer':
        await this.answer(message.question, message.option);
        break;
      case 'do': await this.act(message.action);
    }
    await this.post();
  }

  /** A box of the diagram was selected: the answer, when the prediction asks for an object. */
  selected(box: string): void {
    const { play } = this;
    if (!play?.session.isGated || !play.session.step.predict?.object) return;
    const name = box.startsWith('node/') ? box.slice('node/'.length) : box.split('@')[0] ?? box;
    void this.page().then(({ prediction }) => {
      const known = prediction?.question.options.some(({ id }) => id === name);
      if (known && prediction) void this.receive({ type: 'answer', question: prediction.question.id, option: name });
    });
  }

  dispose(): void {
    this.draw.dispose();
    for (const each of this.subscriptions) each.dispose();
  }

  /** The view has its place in the side bar from the first time that lessons were asked for. */
  private async offerView(): Promise<void> {
    await commands.executeCommand('setContext', contextKeys.hasLessons, this.progress.opened);
  }

  private async reload(): Promise<void> {
    this.library = await readLibrary(this.clusters, this.extension);
  }

  private async begin(lesson: Lesson, fresh: boolean | undefined): Promise<void> {
    const { engine } = await this.clusters.use();
    const session = new engine.LessonSession(lesson);
    const recall = engine.recallQuestions(lesson, this.library.lessons);
    this.play = { session, recall, recalled: new Map(), hints: 0, typed: 0, busy: true };
    const { step, done } = this.progress.of(lesson.id);
    const anew = fresh ?? await this.wantsFresh();
    if (anew === undefined) this.play = undefined;
    else if (anew) await this.reset();
    else session.enter(done ? 0 : step, this.clusters.active);
    if (this.play) this.play = { ...this.play, busy: false };
  }

  /** Whether the lesson's cluster is to be made anew; undefined when the learner would rather not begin. */
  private async wantsFresh(): Promise<boolean | undefined> {
    if (!this.clusters.active) return true;
    const anew = l10n.t('Create It Anew');
    const question = l10n.t('The lesson plays in a cluster of its own. Create the cluster "kind" anew for it, '
      + 'or go on in the one that is there?');
    const answer = await window.showInformationMessage(question, { modal: true }, anew, l10n.t('Go On in This One'));
    return answer === undefined ? undefined : answer === anew;
  }

  /** The lesson's cluster as it is at the beginning. */
  private async reset(): Promise<void> {
    const { play } = this;
    if (!play) return;
    await this.whileBusy(async () => {
      const k = this.whole();
      const { session } = play;
      const { cluster, prepare = [] } = session.lesson;
      // Now and not in the end: what is predicted while the cluster comes up counts.
      session.reset(undefined);
      if (cluster === undefined) {
        if (k.clusters.names.includes('kind')) k.clusters.delete('kind');
      } else if (await createUp(k, cluster)) await perform(k, session, prepare);
      session.enter(0, k.clusters.active);
    });
    await this.progress.change(play.session.lesson.id, { step: 0 });
  }

  private async answer(question: string, option: string): Promise<void> {
    const { play } = this;
    if (!play) return;
    const recall = /^recall-(\d+)$/.exec(question);
    if (recall) {
      const at = Number(recall[1]);
      if (!play.recalled.has(at)) this.play = { ...play, recalled: new Map([...play.recalled, [at, Number(option)]]) };
      return;
    }
    const { session } = play;
    const { predict } = session.step;
    if (predict?.id !== question || !session.isGated) return;
    session.predict(predict.object ? option : Number(option));
  }

  private async act(action: LessonAction): Promise<void> {
    const { play } = this;
    if (!play || play.busy) return;
    const { session } = play;
    const { active } = this.clusters;
    switch (action) {
      case 'next': return session.isDone(active) ? this.next() : undefined;
      case 'skip': return this.enter(session.stepIndex + 1);
      case 'back': return this.enter(session.stepIndex - 1);
      case 'hint':
        this.play = { ...play, hints: Math.min(2, play.hints + 1) };
        return;
      case 'showMe': return session.isGated ? undefined : this.whileBusy(() => showStep(this.whole(), session));
      case 'reset': return await this.isSure() ? this.reset() : undefined;
      case 'catchUp': return await this.isSure() ? this.catchUp() : undefined;
      case 'insertYaml': return void (session.step.yaml && !session.isGated && await insertYaml(session.step.yaml));
      case 'runCommands': return session.isGated ? undefined : this.typeCommand(play);
      case 'highlight': return this.highlight(session.step.highlight ?? []);
      case 'close':
        this.play = undefined;
        await this.reload();
    }
  }

  private async next(): Promise<void> {
    const { play } = this;
    if (!play) return;
    const { session } = play;
    await this.count();
    if (!session.isLastStep) return this.enter(session.stepIndex + 1);
    await this.progress.change(session.lesson.id, { step: 0, done: true });
    sayBriefly(l10n.t('Lesson {0} is done.', session.lesson.number));
    this.play = undefined;
  }

  /** Keeps how the prediction of the step that ends came out. */
  private async count(): Promise<void> {
    const { active } = this.clusters;
    const session = this.play?.session;
    const computed = active && session?.computed(active);
    if (!session || !computed || session.answer === undefined) return;
    const { engine } = await this.clusters.use();
    const { right, predicted } = this.progress.of(session.lesson.id);
    const isRight = engine.isRight(session.answer, computed);
    await this.progress.change(session.lesson.id, { right: right + (isRight ? 1 : 0), predicted: predicted + 1 });
  }

  private async enter(step: number): Promise<void> {
    const { play } = this;
    if (!play) return;
    play.session.enter(step, this.clusters.active);
    this.play = { ...play, hints: 0, typed: 0 };
    await this.progress.change(play.session.lesson.id, { step: play.session.stepIndex });
  }

  /** The cluster as it is at the present step when all steps before were done. */
  private async catchUp(): Promise<void> {
    const { play } = this;
    if (!play) return;
    const wanted = play.session.stepIndex;
    await this.reset();
    await this.whileBusy(async () => {
      for (let step = 0; step < wanted; step += 1) {
        play.session.enter(step, this.clusters.active);
        await showStep(this.whole(), play.session);
      }
    });
    await this.enter(wanted);
  }

  private async isSure(): Promise<boolean> {
    if (!this.clusters.active) return true;
    const yes = l10n.t('Create It Anew');
    const warning = l10n.t('The cluster "kind" is created anew; what you did in it is lost.');
    return await window.showWarningMessage(warning, { modal: true }, yes) === yes;
  }

  /** The commands are typed one after the other, one at a time; the learner presses Enter. */
  private typeCommand(play: Play): void {
    const { commands: lines = [] } = play.session.step;
    const line = lines[play.typed % lines.length];
    if (line === undefined) return;
    this.play = { ...play, typed: play.typed + 1 };
    const { terminals } = this.whole();
    const terminal = window.terminals.find(({ name }) => name === 'Kindergarten') ?? terminals.open();
    terminal.show();
    // What stands at the prompt goes, so that a line is not typed into another.
    terminal.sendText(`${eraseLine}${line}`, false);
  }

  private highlight(boxes: readonly string[]): void {
    this.whole().diagram.open(true);
    const [first] = boxes;
    if (first !== undefined) this.whole().diagram.reveal(first);
  }

  private async whileBusy(work: () => Promise<void>): Promise<void> {
    if (!this.play) return;
    this.play = { ...this.play, busy: true };
    await this.post();
    try {
      await work();
    } finally {
      if (this.play) this.play = { ...this.play, busy: false };
    }
  }

  private async post(): Promise<void> {
    if (!this.view?.visible) return;
    const message: HostToLesson = { type: 'page', page: await this.page() };
    void this.view.webview.postMessage(message);
  }
}
