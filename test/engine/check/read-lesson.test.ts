/** Lesson files that are wrong: each is refused with a code, its arguments and the place. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readLesson, staysInside } from '../../../src/check/lesson/read-lesson';
import { root } from '../../support/cluster';
import { builtIn, lessonFolder, Playing } from './playing';

const good = readFileSync(join(lessonFolder, 'l01-first-cluster.yaml'), 'utf8');

/** The problems of the first lesson with one text replaced. */
function problemsAfter(from: string | RegExp, to: string): readonly string[] {
  assert.notEqual(good.replace(from, to), good);
  return readLesson(good.replace(from, to), builtIn).problems
    .map(({ code, path, args }) => [path, code, ...args].join(' '));
}

describe('a lesson file', () => {
  it('is read when nothing is wrong with it', () => {
    const { lesson, problems } = readLesson(good, builtIn);
    assert.deepEqual(problems, []);
    assert.equal(lesson?.id, 'first-cluster');
    assert.ok(Object.isFrozen(lesson.steps));
  });

  it('is what CONTRIBUTING shows as an example, and plays', () => {
    const [, example = ''] = /```yaml\n([^]*?)```/.exec(readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8')) ?? [];
    const { lesson, problems } = readLesson(example, builtIn);
    assert.deepEqual(problems, []);
    assert.ok(lesson);
    const playing = new Playing(lesson);
    playing.session.predict('kind-worker');
    assert.equal(playing.showMe(), true);
    assert.deepEqual(playing.session.computed(playing.cluster!), { kind: 'objects', right: ['kind-worker'] });
  });

  it('may not lack a language', () => {
    assert.deepEqual(problemsAfter(/title: \{de: "Die Nodes auflisten", en: "List the nodes"\}/, 'title: {de: "Nur deutsch"}'),
      ['steps.1.title missing en']);
  });

  it('may not have a step with an unknown field, and is told which there are', () => {
    const [problem] = problemsAfter('    title: {de: "Die Nodes auflisten"', '    run: "rm -rf /"\n    title: {de: "Die Nodes auflisten"');
    assert.match(problem ?? '', /^steps\.1\.run unknownField run id, title, text/);
  });

  it('may not check a kind that does not exist', () => {
    assert.deepEqual(problemsAfter('- nodes: {role: control-plane, ready: true, count: 1}', '- object: {kind: Podd, name: web}'),
      ['steps.0.checks.0.object.kind unknownKind Podd']);
  });

  it('may not write outside the workspace', () => {
    for (const file of ['../kind.yaml', '/etc/passwd', 'a/../../b.yaml', 'C:\\x.yaml', 'file:///x.yaml', 'a//b.yaml']) {
      assert.equal(staysInside(file), false, file);
    }
    for (const file of ['kind.yaml', 'lessons/l01/kind.yaml', 'my file.yaml']) assert.equal(staysInside(file), true, file);
    assert.deepEqual(problemsAfter('file: kind.yaml', 'file: ../kind.yaml'), ['steps.0.yaml.file outsideWorkspace ../kind.yaml']);
  });

  it('may not hold script', () => {
    const [problem] = problemsAfter('"Describe two nodes"', '"<script>alert(1)</script>"');
    assert.equal(problem, 'steps.0.title.en markup <script');
    assert.equal(problemsAfter('"Describe two nodes"', '"[x](javascript:alert(1))"').length, 1);
    assert.equal(problemsAfter('"Describe two nodes"', '"<b onclick=\'x\'>"').length, 1);
  });

  it('has exactly one right answer to every question', () => {
    assert.deepEqual(problemsAfter(', right: true}', '}'), ['recall.0.answers noRightAnswer']);
  });

  it('is refused as a whole when it is no YAML, empty, or something else', () => {
    for (const text of ['', 'steps: [', '- a\n- b\n', 'just words']) {
      const { lesson, problems } = readLesson(text, builtIn);
      assert.equal(lesson, undefined);
      assert.ok(problems.length > 0, text);
    }
  });

  it('gives the place of what is wrong', () => {
    const text = good.replace('Podd', '').replace('count: 1}', 'count: many}');
    const [problem] = readLesson(text, builtIn).problems;
    assert.equal(text.slice(problem?.start, problem?.end), 'many');
  });
});
