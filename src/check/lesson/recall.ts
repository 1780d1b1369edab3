/** Which questions about earlier lessons a lesson begins with: always the same three, spread over what came before. */
import type { Lesson, RecallQuestion } from './lesson';

export const recallCount = 3;

/** Questions of the lessons before this one, the most recent first and no lesson twice before all had their turn. */
export function recallQuestions(lesson: Lesson, lessons: readonly Lesson[]): readonly RecallQuestion[] {
  const before = lessons.filter(({ number }) => number < lesson.number)
    .sort((a, b) => (a.number < b.number ? 1 : -1));
  const turn = Number(lesson.number.slice(1));
  const chosen: RecallQuestion[] = [];
  const rounds = Math.max(0, ...before.map(({ recall }) => recall.length));
  for (let round = 0; round < rounds && chosen.length < recallCount; round += 1) {
    for (const { recall } of before) {
      const question = recall[(round + turn) % recall.length];
      if (question && !chosen.includes(question) && chosen.length < recallCount) chosen.push(question);
    }
  }
  return chosen;
}
