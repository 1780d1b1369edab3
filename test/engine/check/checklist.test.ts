/** Every row of the source texts' checklist is taught, tested, shown, or says why it waits. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../support/cluster';
import { checklist } from './checklist';
import { lessonFiles, shippedLesson } from './playing';

/** The last row of each part. */
const parts: Readonly<Record<string, number>> = { A1: 23, A2: 25, A3: 9, A4: 12, A5: 11 };
const steps = new Set(lessonFiles.map((file) => shippedLesson(file))
  .flatMap((lesson) => lesson.steps.map(({ id }) => `${lesson.id}/${id}`)));

function textOf(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

describe('the checklist of the source texts', () => {
  for (const [part, last] of Object.entries(parts)) {
    for (let row = 1; row <= last; row += 1) {
      const id = `${part}-${String(row).padStart(2, '0')}`;
      it(id, () => {
        const evidence = checklist[id];
        assert.ok(evidence, `${id} is not in the table`);
        switch (evidence.kind) {
          case 'lesson': return assert.deepEqual(evidence.steps.filter((step) => !steps.has(step)), []);
          case 'waits': return assert.ok(evidence.reason.length > 10);
          case 'test': return assert.ok(textOf(evidence.path).includes(`it('${evidence.title}'`), `${evidence.path}: ${evidence.title}`);
          case 'view': return assert.match(textOf(evidence.path), new RegExp(`^export (async )?(function|const|class) ${evidence.exports}\\b`, 'm'));
        }
      });
    }
  }

  it('has no other rows', () => {
    const known = Object.entries(parts).reduce((sum, [, last]) => sum + last, 0);
    assert.equal(Object.keys(checklist).length, known);
  });
});
