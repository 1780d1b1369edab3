/** What the lesson page may say to the host; nothing it sends is trusted. */
import type { LessonAction, LessonToHost } from '../../../protocol/lesson';

const longest = 200;
const actions: readonly LessonAction[] = [
  'insertYaml', 'runCommands', 'highlight', 'hint', 'showMe', 'skip', 'next', 'back', 'reset', 'catchUp', 'close',
];

/** The message as a value of its own, or undefined for anything else. */
export function readLessonMessage(value: unknown): LessonToHost | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { type, lesson, question, option, action } = value as Readonly<Record<string, unknown>>;
  switch (type) {
    case 'ready': return { type };
    case 'open': return isName(lesson) ? { type, lesson } : undefined;
    case 'answer': return isName(question) && isName(option) ? { type, question, option } : undefined;
    case 'do': {
      const known = actions.find((each) => each === action);
      return known ? { type, action: known } : undefined;
    }
    default: return undefined;
  }
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= longest;
}
