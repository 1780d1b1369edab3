/**
 * Reads a lesson file: YAML into a `Lesson`, or everything that is wrong with it, each with its place. Besides the
 * schema it refuses what a lesson of somebody else could do harm with: script in texts, files outside the workspace.
 */
import type { KindRegistry } from '../../api/registry';
import { deepFreeze } from '../../base/freeze';
import { parseYaml, type YamlDocument } from '../../base/yaml/parse';
import type { Check, Lesson, ObjectChoice } from './lesson';
import { lessonSchema } from './lesson-schema';
import { type MismatchCode, mismatches } from './schema-check';

export type LessonProblemCode =
  | MismatchCode
  /** YAML itself; the sentence is the argument. */
  | 'yaml'
  | 'markup' | 'outsideWorkspace' | 'unknownKind' | 'noAnswer' | 'duplicateStep' | 'noRightAnswer';

/** One thing that is wrong; `start` and `end` are offsets into the text. */
export interface LessonProblem {
  readonly code: LessonProblemCode;
  readonly args: readonly string[];
  /** `steps.2.text.de`; empty for the file as a whole. */
  readonly path: string;
  readonly start: number;
  readonly end: number;
}

export type ReadLesson =
  | { readonly lesson: Lesson; readonly problems: readonly LessonProblem[] }
  | { readonly lesson: undefined; readonly problems: readonly LessonProblem[] };

type Path = readonly (string | number)[];
type Report = (path: Path, code: LessonProblemCode, ...args: string[]) => void;

/** Reads one lesson file; `kinds` are those that its checks may ask for. */
export function readLesson(text: string, kinds: KindRegistry): ReadLesson {
  const [document] = parseYaml(text);
  if (!document) return { lesson: undefined, problems: [] };
  const problems: LessonProblem[] = document.problems.map(({ message, start, end }) =>
    ({ code: 'yaml', args: [message], path: '', start, end }));
  if (problems.length > 0) return { lesson: undefined, problems };
  const value: unknown = document.value;
  const report: Report = (path, code, ...args) => {
    problems.push({ code, args, path: path.join('.'), ...place(document, path) });
  };
  for (const { path, code, args } of mismatches(value, lessonSchema, lessonSchema)) report(path, code, ...args);
  reportTexts(value, [], report);
  if (problems.length > 0) return { lesson: undefined, problems };
  const lesson = value as Lesson;
  reportMeaning(lesson, kinds, report);
  return problems.length > 0 ? { lesson: undefined, problems } : { lesson: deepFreeze(lesson), problems };
}

function place(document: YamlDocument, path: Path): { readonly start: number; readonly end: number } {
  const { start, end } = document.positionOf(path);
  return { start, end };
}

/** Markdown may quote HTML in code; as markup it is refused, in particular what would run. */
const markup =
  /<\s*\/?\s*(?:script|iframe|object|embed|style|link|img|svg|form|meta|base)\b|javascript:|\bon\w+\s*=\s*["']/i;

function reportTexts(value: unknown, path: Path, report: Report): void {
  if (typeof value === 'string') {
    const last = path[path.length - 1];
    const found = last === 'de' || last === 'en' ? markup.exec(value) : null;
    if (found) report(path, 'markup', found[0]);
  } else if (Array.isArray(value)) {
    value.forEach((item, i) => reportTexts(item, [...path, i], report));
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) reportTexts(item, [...path, key], report);
  }
}

/** Whether a file's path stays inside the workspace on every system. */
export function staysInside(path: string): boolean {
  if (!/^[\w .\-/]+$/.test(path) || path.startsWith('/')) return false;
  return path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

function reportMeaning(lesson: Lesson, kinds: KindRegistry, report: Report): void {
  lesson.recall.forEach(({ answers }, i) => {
    if (answers.filter(({ right }) => right).length !== 1) report(['recall', i, 'answers'], 'noRightAnswer');
  });
  const seen = new Set<string>();
  lesson.steps.forEach((step, i) => {
    const at = ['steps', i];
    if (seen.has(step.id)) report([...at, 'id'], 'duplicateStep', step.id);
    seen.add(step.id);
    if (step.yaml && !staysInside(step.yaml.file)) report([...at, 'yaml', 'file'], 'outsideWorkspace', step.yaml.file);
    const { predict } = step;
    if (predict && (predict.choices === undefined) === (predict.object === undefined)) {
      report([...at, 'predict'], 'noAnswer', predict.id);
    }
    predict?.choices?.forEach(({ when }, j) =>
      reportCheck(when, [...at, 'predict', 'choices', j, 'when'], kinds, report));
    step.checks?.forEach((check, j) => reportCheck(check, [...at, 'checks', j], kinds, report));
    step.show?.forEach(({ until }, j) => until && reportCheck(until, [...at, 'show', j, 'until'], kinds, report));
  });
}

function reportCheck(check: Check, path: Path, kinds: KindRegistry, report: Report): void {
  if (check.object && !kinds.byKind(apiVersionOf(check.object, kinds), check.object.kind)) {
    report([...path, 'object', 'kind'], 'unknownKind', check.object.kind);
  }
  check.all?.forEach((inner, i) => reportCheck(inner, [...path, 'all', i], kinds, report));
  check.any?.forEach((inner, i) => reportCheck(inner, [...path, 'any', i], kinds, report));
  if (check.not) reportCheck(check.not, [...path, 'not'], kinds, report);
}

/** The groups in which a kind is looked for when a lesson names no apiVersion, in this order. */
const usualVersions = [
  'v1', 'apps/v1', 'batch/v1', 'policy/v1', 'discovery.k8s.io/v1', 'rbac.authorization.k8s.io/v1',
  'coordination.k8s.io/v1', 'networking.k8s.io/v1', 'admissionregistration.k8s.io/v1', 'storage.k8s.io/v1',
];

/** The apiVersion that a choice means. */
export function apiVersionOf(
  { apiVersion, kind }: Pick<ObjectChoice, 'apiVersion' | 'kind'>, kinds: KindRegistry,
): string {
  return apiVersion ?? usualVersions.find((version) => kinds.byKind(version, kind) !== undefined) ?? 'v1';
}
