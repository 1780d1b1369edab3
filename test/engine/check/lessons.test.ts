/** Every shipped lesson as data: complete in both languages, and played through on a fresh cluster by "show me". */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lessonSchema } from '../../../src/check/lesson/lesson-schema';
import { recallQuestions } from '../../../src/check/lesson/recall';
import { candidatesOf } from '../../../src/check/lesson/answers';
import { boxesOf } from './boxes';
import { lessonFiles, lessonFolder, Playing, shippedLesson } from './playing';

const lessons = lessonFiles.map((file) => shippedLesson(file));
const catalogue = ['L01', 'L02', 'L03', 'L04', 'L05', 'L06', 'L07', 'L08', 'L09', 'L10', 'L12', 'L13', 'L16', 'L17', 'L18'];

describe('the lessons', () => {
  it('are those of the catalogue that this cluster can carry', () => {
    assert.deepEqual(lessons.map(({ number }) => number), catalogue);
  });

  it('have the published schema', () => {
    const published: unknown = JSON.parse(readFileSync(join(lessonFolder, 'lesson.schema.json'), 'utf8'));
    assert.deepEqual(published, JSON.parse(JSON.stringify(lessonSchema)));
  });

  it('begin with three questions about earlier ones, from the second on', () => {
    for (const lesson of lessons.slice(1)) assert.equal(recallQuestions(lesson, lessons).length, 3, lesson.number);
  });

  for (const lesson of lessons) {
    describe(`${lesson.number} ${lesson.id}`, () => {
      it('has predictions, a break-it exercise and hints in two strengths', () => {
        const { steps } = lesson;
        assert.ok(steps.filter(({ predict }) => predict).length >= 1, 'a prediction');
        assert.ok(steps.some(({ breakIt }) => breakIt), 'a break-it exercise');
        const bare = steps.filter(({ checks, hints, show }) => checks && !(hints && show)).map(({ id }) => id);
        assert.deepEqual(bare, [], 'steps with checks but without hints or "show me"');
      });

      it('can be played through by "show me"', function () {
        this.timeout(120_000);
        const playing = new Playing(lesson);
        lesson.steps.forEach((step, i) => {
          const { session } = playing;
          session.enter(i, playing.cluster);
          const name = `${lesson.number} ${step.id}`;
          if (step.predict) {
            assert.equal(session.isDone(playing.cluster), false, `${name} is gated`);
            session.predict(0);
          }
          for (const { check, finding } of session.results(playing.cluster)) {
            if (check.prediction === undefined) assert.equal(finding.met, false, `${name} holds before: ${JSON.stringify(check)}`);
          }
          const before = playing.cluster ? boxesOf(playing.cluster) : new Set<string>();
          const done = playing.showMe();
          const unmet = session.results(playing.cluster).filter(({ finding }) => !finding.met);
          assert.ok(done, `${name}: ${JSON.stringify(unmet)}`);
          const { cluster } = playing;
          assert.ok(cluster);
          if (step.predict) {
            const computed = session.computed(cluster);
            assert.ok(computed);
            if (computed.kind === 'choices') assert.equal(computed.right.length, 1, `${name}: ${JSON.stringify(computed)}`);
            else {
              assert.ok(computed.right.length > 0, name);
              const candidates = candidatesOf(step.predict.object!, session.asked(cluster));
              assert.deepEqual(computed.right.filter((each) => !candidates.includes(each)), [], name);
            }
          }
          const boxes = boxesOf(cluster);
          const missing = (step.highlight ?? []).filter((box) => !boxes.has(box) && !before.has(box));
          assert.deepEqual(missing, [], `${name} highlights`);
        });
      });
    });
  }
});
