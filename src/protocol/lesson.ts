/**
 * Messages between the extension host and the lesson player's page. The host keeps lesson, progress and cluster; the page
 * shows what it is told, in the language it is told, and says what the learner did. Both sides check what they receive.
 */

/** A choice that can be made, by the position the host gave it or by a name. */
export interface LessonOption {
  readonly id: string;
  readonly text: string;
}

/** A question with its answers, and what came of it once that may be told. */
export interface LessonQuestion {
  readonly id: string;
  readonly text: string;
  readonly options: readonly LessonOption[];
  /** What was chosen; the question is closed then. */
  readonly chosen?: string;
  /** A sentence on how the answer compares with what happened. */
  readonly verdict?: string;
  readonly right?: boolean;
}

export interface LessonCheckRow {
  readonly met: boolean;
  readonly text: string;
}

export type LessonAction =
  | 'insertYaml'
  | 'runCommands'
  | 'highlight'
  | 'hint'
  | 'showMe'
  | 'skip'
  | 'next'
  | 'back'
  | 'reset'
  | 'catchUp'
  | 'close';

export interface LessonButton {
  readonly action: LessonAction;
  readonly text: string;
  readonly primary?: boolean;
  readonly enabled: boolean;
}

/** One row of the list of lessons. */
export interface LessonRow {
  readonly id: string;
  readonly title: string;
  readonly detail: string;
}

export interface LessonPage {
  readonly language: string;
  readonly heading: string;
  /** `Step 2 of 5`, with the step's title. */
  readonly subheading?: string;
  /** Markdown. */
  readonly text: string;
  /** The list of lessons, when none is open. */
  readonly lessons?: readonly LessonRow[];
  /** Questions about earlier lessons, before the first step. */
  readonly recall?: { readonly heading: string; readonly questions: readonly LessonQuestion[] };
  readonly prediction?: { readonly heading: string; readonly question: LessonQuestion };
  /** What to write and to type; absent until the prediction was made. */
  readonly yaml?: { readonly heading: string; readonly text: string };
  readonly commands?: { readonly heading: string; readonly lines: readonly string[] };
  readonly checks?: { readonly heading: string; readonly rows: readonly LessonCheckRow[] };
  readonly hints?: { readonly heading: string; readonly texts: readonly string[] };
  /** What it meant, once the step is done. */
  readonly after?: { readonly heading: string; readonly text: string };
  readonly buttons: readonly LessonButton[];
  readonly answerLabel: string;
  /** One sentence for the live region, whenever it changes. */
  readonly status: string;
}

export type HostToLesson = { readonly type: 'page'; readonly page: LessonPage };

export type LessonToHost =
  | { readonly type: 'ready' }
  | { readonly type: 'open'; readonly lesson: string }
  | { readonly type: 'answer'; readonly question: string; readonly option: string }
  | { readonly type: 'do'; readonly action: LessonAction };
