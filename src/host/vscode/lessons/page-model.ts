/** What the lesson player's page shows at a moment, in the user's language. It reads and decides nothing. */
import { env, l10n } from 'vscode';
import type { Answer, LessonSession } from '../../../check/lesson/session';
import type { ComputedAnswer } from '../../../check/lesson/answers';
import type { RecallQuestion, Step } from '../../../check/lesson/lesson';
import type { Cluster } from '../../../cluster/cluster';
import type { LessonButton, LessonPage, LessonQuestion } from '../../../protocol/lesson';
import type { Library } from './library';
import type { LessonProgress } from './progress';
import { checkText, textIn } from './texts';

/** How a prediction came out; empty as long as that may not be told. */
type Verdict = Pick<LessonQuestion, 'verdict' | 'right'>;

/** One lesson that is being played. */
export interface Play {
  readonly session: LessonSession;
  readonly recall: readonly RecallQuestion[];
  /** Answers to the recall questions, by position. */
  readonly recalled: ReadonlyMap<number, number>;
  /** How many hints of the present step are open. */
  readonly hints: number;
  /** How many commands of the present step were typed into the terminal. */
  readonly typed: number;
  /** An action of the host is under way. */
  readonly busy: boolean;
}

const common = (): Pick<LessonPage, 'language' | 'answerLabel'> =>
  ({ language: env.language.startsWith('de') ? 'de' : 'en', answerLabel: l10n.t('Answer') });

/** The list of all lessons. */
export function libraryPage({ lessons, complaints }: Library, progressOf: (id: string) => LessonProgress): LessonPage {
  return {
    ...common(),
    heading: l10n.t('Lessons'),
    text: [
      l10n.t(
        'Each lesson plays in a cluster of its own in the sandbox. You predict, do, and see what really happens.',
      ),
      ...complaints.map((complaint) => `- ${complaint}`)].join('\n\n'),
    lessons: lessons.map((lesson) => {
      const { done, step } = progressOf(lesson.id);
      const state = done ? l10n.t('done') : step > 0 ? l10n.t('step {0} of {1}', step + 1, lesson.steps.length)
        : l10n.t('{0} minutes', lesson.minutes);
      return { id: lesson.id, title: `${lesson.number} ${textIn(lesson.title)}`, detail: state };
    }),
    buttons: [],
    status: '',
  };
}

/** One step of a lesson; `candidates` are the objects that its prediction may name. */
export function stepPage(
  play: Play, cluster: Cluster | undefined, candidates: readonly string[],
  rightness: (answer: Answer, computed: ComputedAnswer) => boolean,
): LessonPage {
  const { session } = play;
  const { lesson, step } = session;
  const done = session.isDone(cluster);
  const computed = done && cluster ? session.computed(cluster) : undefined;
  const verdict: Verdict = session.answer !== undefined && computed
    ? verdictOf(step, computed, rightness(session.answer, computed)) : {};
  const question = step.predict && predictionQuestion(step, session.answer, candidates, verdict);
  const results = session.results(cluster);
  const open = !session.isGated;
  const rows = results.map(({ check, finding }) => {
    const met = done || finding.met;
    return { met, text: checkText(check, { ...finding, met }) };
  });
  return {
    ...common(),
    heading: `${lesson.number} ${textIn(lesson.title)}`,
    subheading: l10n.t('Step {0} of {1}: {2}', session.stepIndex + 1, lesson.steps.length, textIn(step.title)),
    text: session.stepIndex === 0 ? `*${textIn(lesson.goal)}*\n\n${textIn(step.text)}` : textIn(step.text),
    ...(session.stepIndex === 0 && play.recall.length > 0 ? { recall: recallOf(play) } : {}),
    ...(question ? { prediction: { heading: l10n.t('Predict first'), question } } : {}),
    ...(open && step.yaml
      ? { yaml: { heading: l10n.t('Write this into {0}', step.yaml.file), text: step.yaml.text } } : {}),
    ...(open && step.commands
      ? { commands: { heading: l10n.t('In the sandbox terminal'), lines: step.commands } } : {}),
    ...(open && results.length > 0 ? { checks: { heading: l10n.t('Check'), rows } } : {}),
    ...(play.hints > 0 && step.hints
      ? { hints: { heading: l10n.t('Hint'), texts: step.hints.slice(0, play.hints).map(textIn) } } : {}),
    ...(done && step.after ? { after: { heading: l10n.t('What happened'), text: textIn(step.after) } } : {}),
    buttons: buttonsOf(play, done),
    status: statusOf(play, done, verdict.verdict, results.filter(({ finding }) => finding.met).length, results.length),
  };
}

function statusOf(play: Play, done: boolean, verdict: string | undefined, met: number, all: number): string {
  if (play.busy) return l10n.t('One moment …');
  if (done) return [l10n.t('This step is done.'), verdict ?? ''].join(' ').trim();
  if (play.session.isGated) return l10n.t('Make your prediction first.');
  return l10n.t('{0} of {1} checks hold.', met, all);
}

function verdictOf(step: Step, computed: ComputedAnswer, right: boolean): Verdict {
  const textOf = (i: number): string => {
    const choice = step.predict?.choices?.[i];
    return choice ? textIn(choice.text) : '';
  };
  const happened = (computed.kind === 'objects' ? computed.right : computed.right.map(textOf)).join(', ');
  const verdict = right ? l10n.t('Your prediction came true: {0}.', happened)
    : l10n.t('Not what you predicted. What happened: {0}.', happened || l10n.t('none of these'));
  return { verdict, right };
}

function predictionQuestion(
  { predict }: Step, answer: Answer | undefined, candidates: readonly string[],
  verdict: Verdict,
): LessonQuestion | undefined {
  if (!predict) return undefined;
  const options = predict.choices?.map(({ text }, i) => ({ id: String(i), text: textIn(text) }))
    ?? candidates.map((name) => ({ id: name, text: name }));
  const chosen = answer === undefined ? {} : { chosen: String(answer) };
  return { id: predict.id, text: textIn(predict.question), options, ...chosen, ...verdict };
}

function recallOf({ recall, recalled }: Play): NonNullable<LessonPage['recall']> {
  const questions = recall.map(({ question, answers }, i): LessonQuestion => {
    const chosen = recalled.get(i);
    const right = answers.find((answer) => answer.right);
    const options = answers.map(({ text }, j) => ({ id: String(j), text: textIn(text) }));
    const base = { id: `recall-${i}`, text: textIn(question), options };
    if (chosen === undefined) return base;
    const isRight = answers[chosen]?.right === true;
    const verdict = isRight ? l10n.t('Right.') : l10n.t('No: {0}.', right ? textIn(right.text) : '');
    return { ...base, chosen: String(chosen), verdict, right: isRight };
  });
  return { heading: l10n.t('Do you remember?'), questions };
}

function buttonsOf({ session, hints, busy }: Play, done: boolean): readonly LessonButton[] {
  const { step, isLastStep, isGated } = session;
  const open = !busy && !isGated;
  const button = (action: LessonButton['action'], text: string, enabled = !busy, primary = false): LessonButton =>
    ({ action, text, enabled, primary });
  return [
    button('next', isLastStep ? l10n.t('Finish') : l10n.t('Next'), !busy && done, true),
    ...(step.yaml ? [button('insertYaml', l10n.t('Insert YAML'), open)] : []),
    ...(step.commands ? [button('runCommands', l10n.t('Type into Terminal'), open)] : []),
    ...(step.highlight ? [button('highlight', l10n.t('Show in Diagram'), open)] : []),
    ...(step.hints ? [button('hint', hints === 0 ? l10n.t('Hint') : l10n.t('Stronger Hint'), open && hints < 2)] : []),
    ...(step.show ? [button('showMe', l10n.t('Show Me'), open && !done)] : []),
    button('skip', l10n.t('Skip'), !busy && !done && !isLastStep),
    button('back', l10n.t('Back'), !busy && session.stepIndex > 0),
    button('catchUp', l10n.t('Catch Up')),
    button('reset', l10n.t('Reset This Lesson')),
    button('close', l10n.t('All Lessons')),
  ];
}
