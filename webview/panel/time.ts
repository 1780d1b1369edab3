/** Where in time the picture is: the banner while it is the past, the timeline, and the keys that move through it. */
import type { Language, PanelToHost } from '../../src/protocol/messages';
import type { PastMoment, Timeline } from '../../src/protocol/time';
import type { ClusterView } from '../../src/protocol/view';
import { text } from '../narration/text';
import { PastBanner } from './past-banner';
import { TimelineStrip } from './timeline';

export class Time {
  readonly banner: PastBanner;
  readonly strip: TimelineStrip;
  private past: PastMoment | undefined;
  private timeline: Timeline | undefined;
  private isShown = false;
  private language: Language = 'en';
  /** What the buttons of the toolbar do. */
  readonly moves = {
    start: (): void => this.post({ type: 'goTo', hops: 0 }),
    back: (): void => this.post({ type: 'stepBack' }),
    now: (): void => this.post({ type: 'returnToNow' }),
  };

  constructor(private readonly post: (message: PanelToHost) => void) {
    const { back: stepBack, now: returnToNow } = this.moves;
    this.banner = new PastBanner({ returnToNow, branch: () => post({ type: 'branch' }) });
    this.strip = new TimelineStrip({
      goTo: (hops) => post({ type: 'goTo', hops }),
      goToRevision: (revision) => post({ type: 'goToRevision', revision }),
      stepBack,
      step: () => post({ type: 'step' }),
      returnToNow,
    });
  }

  /** A picture has come, of the present or of this moment. */
  arrived(past: PastMoment | undefined): void {
    this.past = past;
    this.strip.arrived();
  }

  take(timeline: Timeline): void {
    this.timeline = timeline;
    if (this.isShown) this.strip.show(timeline, this.language);
  }

  show(view: ClusterView | undefined, language: Language): void {
    this.isShown = view !== undefined;
    this.language = language;
    this.banner.show(view && this.past, language);
    this.strip.show(view && this.timeline, language);
  }

  /** What a screen reader is told after a jump. */
  words(language: Language): readonly string[] {
    return this.past ? [text(language, 'past.asOf', { revision: this.past.revision })] : [];
  }

  /** Asks for the moment after so many hops. */
  goTo(hops: number): void {
    this.post({ type: 'goTo', hops });
  }

  /** Acts on a key that moves through time; false for any other. */
  press(key: string): boolean {
    const { back, start, now } = this.moves;
    const move = key === ',' ? back : key === 'Home' ? start : key === 'End' ? now : undefined;
    move?.();
    return move !== undefined;
  }
}
