/** The lesson player inside VS Code: a lesson from the list to its end, and lessons that a workspace brings. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { KindergartenApi } from '../../src/host/vscode/extension';
import { clearSandbox, hurried, kindergarten, podsIn, workspaceFile, writeFile } from './sandbox';

async function lessons(): Promise<KindergartenApi['lessons']> {
  return (await kindergarten()).lessons;
}

describe('the lesson player', function () {
  this.timeout(120_000);
  before(hurried);
  after(clearSandbox);

  it('lists the lessons', async () => {
    await vscode.commands.executeCommand('kindergarten.openLesson');
    const { lessons: rows = [] } = await (await lessons()).page();
    assert.ok(rows.length >= 15, `${rows.length} lessons`);
    assert.equal(rows[0]?.id, 'first-cluster');
  });

  it('gates a step behind its prediction, does it, and tells what happened', async () => {
    const player = await lessons();
    assert.equal(await vscode.commands.executeCommand('kindergarten.openLesson', 'inside-worker', true), true);
    await player.receive({ type: 'do', action: 'skip' });
    const gated = await player.page();
    assert.ok(gated.prediction && !gated.yaml && !gated.checks, 'the answer is hidden before');
    await player.receive({ type: 'answer', question: gated.prediction.question.id, option: '1' });
    assert.ok((await player.page()).yaml);
    await player.receive({ type: 'do', action: 'showMe' });
    const done = await player.page();
    assert.equal(done.prediction?.question.right, true);
    assert.ok(done.after && done.checks?.rows.every(({ met }) => met));
    await player.receive({ type: 'do', action: 'next' });
    assert.match((await player.page()).subheading ?? '', /3/);
  });

  it('inserts YAML and never overwrites', async () => {
    const player = await lessons();
    const { prediction } = await player.page();
    await player.receive({ type: 'answer', question: prediction?.question.id ?? '', option: '0' });
    await writeFile('pair.yaml', 'mine: true\n');
    await player.receive({ type: 'do', action: 'insertYaml' });
    const read = async (path: string): Promise<string> =>
      new TextDecoder().decode(await vscode.workspace.fs.readFile(workspaceFile(path)));
    assert.equal(await read('pair.yaml'), 'mine: true\n');
    assert.match(await read('pair-2.yaml'), /name: pair/);
    await vscode.workspace.fs.delete(workspaceFile('pair.yaml'));
    await vscode.workspace.fs.delete(workspaceFile('pair-2.yaml'));
  });

  it('types a step\'s command into a sandbox terminal', async () => {
    const player = await lessons();
    await player.receive({ type: 'do', action: 'skip' });
    const { prediction } = await player.page();
    await player.receive({ type: 'answer', question: prediction?.question.id ?? '', option: '1' });
    await player.receive({ type: 'do', action: 'runCommands' });
    assert.equal(vscode.window.terminals.filter(({ name }) => name === 'Kindergarten').length, 1);
  });

  it('skips steps, and remembers in the list where one was', async () => {
    const player = await lessons();
    assert.match((await player.page()).subheading ?? '', /^Step 4 of 4/);
    await player.receive({ type: 'do', action: 'skip' });
    assert.match((await player.page()).subheading ?? '', /^Step 4 of 4/, 'behind the last step there is nothing');
    await player.receive({ type: 'do', action: 'close' });
    const { lessons: rows = [] } = await player.page();
    assert.equal(rows.find(({ id }) => id === 'inside-worker')?.detail, 'step 4 of 4');
  });

  it('catches up: the cluster is as if the steps before had been done', async () => {
    const player = await lessons();
    await clearSandbox();
    assert.equal(await vscode.commands.executeCommand('kindergarten.openLesson', 'inside-worker', false), true);
    assert.match((await player.page()).subheading ?? '', /^Step 4 of 4/, 'one goes on where one was');
    await player.receive({ type: 'do', action: 'catchUp' });
    assert.match((await player.page()).subheading ?? '', /^Step 4 of 4/);
    const pods = podsIn((await kindergarten()).cluster(), 'default').map(({ name, status }) => `${name} ${status}`);
    assert.deepEqual(pods.sort(), ['pair Running', 'web Running']);
  });

  it('begins anew with a cluster of its own when it is reset, predictions and hints forgotten', async () => {
    const player = await lessons();
    await clearSandbox();
    await player.receive({ type: 'do', action: 'reset' });
    assert.match((await player.page()).subheading ?? '', /^Step 1 of 4/);
    const view = (await kindergarten()).cluster();
    assert.equal(view?.nodes.length, 2);
    assert.deepEqual(podsIn(view, 'default'), []);
    await player.receive({ type: 'do', action: 'skip' });
    const { prediction, hints, yaml } = await player.page();
    assert.deepEqual([prediction?.question.chosen, hints, yaml], [undefined, undefined, undefined]);
  });

  it('gives a hint, then a stronger one, and no third', async () => {
    const player = await lessons();
    const { prediction } = await player.page();
    await player.receive({ type: 'answer', question: prediction?.question.id ?? '', option: '1' });
    for (const count of [1, 2, 2]) {
      await player.receive({ type: 'do', action: 'hint' });
      assert.equal((await player.page()).hints?.texts.length, count);
    }
  });

  it('does nothing for a page that says what it does not know', async () => {
    const player = await lessons();
    const before = await player.page();
    await player.receive({ type: 'answer', question: 'no-such-question', option: '0' });
    await player.receive({ type: 'open', lesson: '../../etc/passwd' });
    const { lessons: rows = [] } = await player.page();
    assert.ok(rows.length > 0, 'a lesson that does not exist leads to the list');
    assert.notDeepEqual(await player.page(), before);
  });
});
