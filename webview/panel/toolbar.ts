/** The bar above the diagram: which cluster, what time it is there, how it runs, and the controls for both. */
import type { Language } from '../../src/protocol/messages';
import type { ClusterView, RunMode, RunState } from '../../src/protocol/view';
import { iconButton, Select } from '../controls';
import type { Button } from '../controls';
import { clockText, text } from '../narration/text';
import { html, setAttribute, setText } from '../render/svg';

export interface ToolbarHooks {
  run(mode: RunMode, speed: number): void;
  step(): void;
  /** To the beginning of what is kept, one hop back, and to the present. */
  start(): void;
  back(): void;
  now(): void;
  zoomIn(): void;
  zoomOut(): void;
  zoomReset(): void;
  fit(): void;
  toggleTranscript(): void;
  help(): void;
}

type ButtonName = 'start' | 'back' | 'now' | 'play' | 'step' | 'zoomOut' | 'zoomIn' | 'fit' | 'transcript' | 'help';

const hopSpeeds = [0.25, 0.5, 1, 2, 4];
const liveSpeeds = [0.25, 0.5, 1, 2, 10, 60];

export class Toolbar {
  readonly element = html('header', { class: 'toolbar', role: 'toolbar' });
  private readonly name = html('span', { class: 'cluster-name' });
  private readonly version = html('span', { class: 'cluster-version' });
  private readonly clock = html('span', { class: 'clock' });
  private readonly revision = html('span', { class: 'revision' });
  private readonly state = html('span', { class: 'run-state' });
  private readonly scale = html('button', { class: 'scale', type: 'button' });
  private readonly buttons: Readonly<Record<ButtonName, Button>>;
  private readonly select: Select;
  /** What Play continues with; the host's pause does not say how it ran before. */
  private wanted: Pick<RunState, 'mode' | 'speed'> = { mode: 'live', speed: 1 };
  private mode: RunMode = 'paused';

  constructor(private readonly hooks: ToolbarHooks) {
    this.buttons = {
      start: iconButton('start', () => hooks.start()), back: iconButton('back', () => hooks.back()),
      now: iconButton('end', () => hooks.now()),
      play: iconButton('pause', () => this.toggle()), step: iconButton('step', () => hooks.step()),
      zoomOut: iconButton('minus', () => hooks.zoomOut()), zoomIn: iconButton('plus', () => hooks.zoomIn()),
      fit: iconButton('fit', () => hooks.fit()), transcript: iconButton('list', () => hooks.toggleTranscript()),
      help: iconButton('help', () => hooks.help()),
    };
    this.select = new Select((value) => this.choose(value));
    this.scale.addEventListener('click', () => hooks.zoomReset());
    const { start, back, play, step, now, zoomOut, zoomIn, fit, transcript, help } = this.buttons;
    const group = (className: string, ...elements: HTMLElement[]): HTMLElement =>
      html('div', { class: `tools ${className}` }, ...elements);
    this.element.append(
      group('identity', this.name, this.version),
      group('moment', this.clock, this.revision, this.state),
      group('run', start.element, back.element, play.element, step.element, now.element, this.select.element),
      group(
        'view',
        html('div', { class: 'zoom' }, zoomOut.element, this.scale, zoomIn.element, fit.element),
        transcript.element,
        help.element,
      ),
    );
  }

  /** Pauses what runs, and continues what is paused. */
  toggle(): void {
    if (this.mode === 'paused') this.hooks.run(this.wanted.mode, this.wanted.speed);
    else this.hooks.run('paused', this.wanted.speed);
  }

  show(view: ClusterView | undefined, language: Language, transcriptOpen: boolean): void {
    const say = (key: Parameters<typeof text>[1]): string => text(language, key);
    setAttribute(this.element, 'aria-label', say('tool.bar'));
    this.element.classList.toggle('without-cluster', view === undefined);
    const { start, back, play, step, now, zoomOut, zoomIn, fit, transcript, help } = this.buttons;
    start.show(say('tool.start'));
    back.show(say('tool.back'));
    now.show(say('tool.now'));
    zoomOut.show(say('tool.zoomOut'));
    zoomIn.show(say('tool.zoomIn'));
    fit.show(say('tool.fit'));
    transcript.show(say('tool.transcript'));
    transcript.press(transcriptOpen);
    help.show(say('tool.help'));
    step.show(say('tool.step'));
    setAttribute(this.scale, 'title', say('tool.zoomReset'));
    setAttribute(this.clock, 'title', say('tool.clock'));
    setAttribute(this.revision, 'title', say('tool.revision'));
    for (const button of [start, back, play, step, now, zoomOut, zoomIn, fit]) button.disable(view === undefined);
    this.select.element.disabled = view === undefined;
    if (!view) return;
    this.showRun(view.run, language);
    setText(this.name, view.name);
    setText(this.version, view.kubernetesVersion);
    setText(this.clock, clockText(view.nowMs));
    setText(this.revision, text(language, 'revision', { revision: view.revision }));
  }

  showScale(scale: number, language: Language): void {
    const words = `${Math.round(scale * 100)} %`;
    setText(this.scale, words);
    setAttribute(this.scale, 'aria-label', `${words}, ${text(language, 'tool.zoomReset')}`);
  }

  private showRun(run: RunState, language: Language): void {
    this.mode = run.mode;
    if (run.mode === 'live' || run.mode === 'hops') this.wanted = { mode: run.mode, speed: run.speed };
    const isPaused = run.mode === 'paused';
    this.buttons.play.show(text(language, isPaused ? 'tool.play' : 'tool.pause'), isPaused ? 'play' : 'pause');
    const key = isPaused ? 'run.paused' : run.mode === 'fast' ? 'run.fast' : run.quiet ? 'run.quiet' : 'run.running';
    setText(this.state, text(language, key));
    this.state.dataset['state'] = key.slice('run.'.length);
    setAttribute(this.state, 'title', key === 'run.quiet' ? text(language, 'run.quiet.about') : undefined);
    const shown = run.mode === 'fast' ? run : this.wanted;
    const speeds = (mode: 'hops' | 'live', known: readonly number[]): number[] => {
      const isOdd = shown.mode === mode && !known.includes(shown.speed);
      return isOdd ? [...known, shown.speed].sort((a, b) => a - b) : [...known];
    };
    const group = (mode: 'hops' | 'live', known: readonly number[]) => ({
      words: text(language, `speed.${mode}`),
      choices: speeds(mode, known).map((speed) => ({
        value: `${mode}:${speed}`, words: text(language, `speed.${mode}.item`, { factor: factorText(speed) }),
      })),
    });
    this.select.show(text(language, 'tool.speed'), [
      group('hops', hopSpeeds), group('live', liveSpeeds), { value: 'fast:1', words: text(language, 'speed.fast') },
    ], shown.mode === 'fast' ? 'fast:1' : `${shown.mode}:${shown.speed}`);
  }

  /** A new speed does not end a pause, as in any player; only the run to the end begins at once. */
  private choose(value: string): void {
    const [mode, speed] = value.split(':') as [RunMode, string];
    if (mode !== 'fast') this.wanted = { mode, speed: Number(speed) };
    if (mode === 'fast' || this.mode !== 'paused') this.hooks.run(mode, Number(speed));
  }
}

function factorText(speed: number): string {
  return speed === 0.25 ? '¼' : speed === 0.5 ? '½' : String(speed);
}
