/** How far the user has come in each lesson, whatever the workspace; kept by VS Code, never sent anywhere. */
import type { Memento } from 'vscode';

const key = 'kindergarten.lessons';
const openedKey = 'kindergarten.lessonsOpened';

export interface LessonProgress {
  readonly step: number;
  readonly done: boolean;
  /** Predictions: how many came true of how many. */
  readonly right: number;
  readonly predicted: number;
}

const none: LessonProgress = { step: 0, done: false, right: 0, predicted: 0 };

export class Progress {
  constructor(private readonly memory: Memento) {}

  of(lesson: string): LessonProgress {
    return this.all()[lesson] ?? none;
  }

  async change(lesson: string, change: Partial<LessonProgress>): Promise<void> {
    await this.memory.update(key, { ...this.all(), [lesson]: { ...this.of(lesson), ...change } });
  }

  /** Whether lessons were ever asked for. */
  get opened(): boolean {
    return this.memory.get<boolean>(openedKey, false);
  }

  async open(): Promise<void> {
    if (!this.opened) await this.memory.update(openedKey, true);
  }

  private all(): Readonly<Record<string, LessonProgress>> {
    return this.memory.get<Readonly<Record<string, LessonProgress>>>(key, {});
  }
}
