/** The lesson player inside VS Code: a lesson from the list to its end, and lessons that a workspace brings. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { KindergartenApi } from '../../src/host/vscode/extension';
import { clearSandbox, hurried, kindergarten, workspaceFile, writeFile } from './sandbox';

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

  it('takes lessons of the workspace and says what is wrong with one', async () => {
    await writeFile('.kindergarten/lessons/bad.yaml', 'id: bad\nnumber: X01\n');
    await vscode.commands.executeCommand('kindergarten.openLesson');
    const { text } = await (await lessons()).page();
    assert.match(text, /bad\.yaml/);
    await vscode.workspace.fs.delete(workspaceFile('.kindergarten'), { recursive: true });
  });
});
