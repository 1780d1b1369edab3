/**
 * The engine's face to the extension, and the one file that makes the bundle dist/engine.js. The entry loads it by
 * `import()` on first use, so that a window in which nobody uses the sandbox pays for none of it. The types may be
 * imported from anywhere in the host; they cost nothing.
 */
export { kindErrorText } from '../kind/config/problem';
export { aggregated } from '../cluster/views/fleet';
export { insideView } from '../cluster/views/inside/inside-view';
export { insideHops } from '../cluster/views/inside/source';
export { appliedFrom, lineAt } from '../cluster/views/applied-from';
export { fieldOrigins } from '../cluster/views/study/plugin-fields';
export { studyOf } from '../cluster/views/study/study';
export { whyOf } from '../cluster/views/why';
export { timelineOf } from '../cluster/history/timeline';
export { candidatesOf } from '../check/lesson/answers';
export { perform } from '../check/lesson/perform';
export { readLesson } from '../check/lesson/read-lesson';
export { recallQuestions } from '../check/lesson/recall';
export { isRight, LessonSession } from '../check/lesson/session';
export { Sandbox } from '../cluster/sandbox';
export { missingActor } from '../api/kinds/inert';
export { hasField, placeOfField, readManifests } from '../shell/manifest-set';
export { describeObject } from '../shell/kubectl/describe/describe';
export { yamlText } from '../shell/kubectl/get/yaml';
export { serverError } from '../shell/kubectl/text';
export { complete } from '../shell/line/completion';
export { LineEditor } from '../shell/line/editor';
export { readsOnly } from '../shell/line/reading';
export { ShellSession } from '../shell/line/session';
