/**
 * Lessons that a workspace brings, and what is wrong with some of them: each gets one clear sentence with file and line, and
 * nothing of it is shown or run.
 */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { kindergarten, workspaceFile, writeFile } from './sandbox';

const good = `id: mine
number: X01
minutes: 5
tracks: [all]
title: {de: "Meine Lektion", en: "My lesson"}
goal: {de: "Ein Ziel", en: "A goal"}
recall:
  - question: {de: "Frage?", en: "Question?"}
    answers:
      - {text: {de: "Ja", en: "Yes"}, right: true}
      - {text: {de: "Nein", en: "No"}}
steps:
  - id: one
    title: {de: "Eins", en: "One"}
    text: {de: "Tu etwas.", en: "Do something."}
    yaml: {file: web.yaml, text: "kind: Pod"}
    checks:
      - object: {kind: Pod, name: web}
  - id: two
    title: {de: "Zwei", en: "Two"}
    text: {de: "Noch etwas.", en: "Something more."}
`;

/** What is replaced by what, and the sentence that follows. */
const wrong: Readonly<Record<string, readonly [from: string, to: string, sentence: string]>> = {
  'a step with a wrong field': ['    title: {de: "Zwei"', '    run: "rm -rf /"\n    title: {de: "Zwei"',
    'line 20: steps.1.run: there is no field "run"; there are id, title, text,'],
  'a step without a text': ['    text: {de: "Noch etwas.", en: "Something more."}\n', '', 'line 19: "text" is missing in steps.1.'],
  'a missing language': ['{de: "Zwei", en: "Two"}', '{de: "Zwei"}', 'line 20: "en" is missing in steps.1.title.'],
  'a check on a kind that does not exist': ['kind: Pod, name: web', 'kind: Podd, name: web',
    'line 18: steps.0.checks.0.object.kind: there is no kind "Podd".'],
  'a check that does not exist': ['- object: {kind: Pod, name: web}', '- magic: {kind: Pod}',
    'line 18: steps.0.checks.0.magic: there is no field "magic"; there are nodes, object, trace,'],
  'a path outside the workspace': ['file: web.yaml', 'file: ../../web.yaml',
    'line 16: steps.0.yaml.file: "../../web.yaml" would lie outside the workspace.'],
  'a script tag in its text': ['"Do something."', '"Do <script>alert(1)</script>."',
    'line 15: steps.0.text.en: HTML and scripts are not allowed in texts ("<script").'],
  'YAML that is none': ['steps:', 'steps: [', 'line '],
  'the id of a shipped lesson': ['id: mine', 'id: first-cluster', 'A lesson "first-cluster" exists already; the one of the workspace is not used.'],
};

/** The list of lessons: their ids, and what it says about files that cannot be used. */
async function listed(): Promise<{ readonly ids: readonly string[]; readonly complaints: readonly string[] }> {
  await vscode.commands.executeCommand('kindergarten.openLesson');
  const { lessons = [], text } = await (await kindergarten()).lessons.page();
  const complaints = text.split('\n').filter((line) => line.startsWith('- ')).map((line) => line.slice(2));
  return { ids: lessons.map(({ id }) => id), complaints };
}

describe('lessons of the workspace', function () {
  this.timeout(60_000);
  const file = '.kindergarten/lessons/mine.yaml';
  after(() => vscode.workspace.fs.delete(workspaceFile('.kindergarten'), { recursive: true }));

  it('stand behind those that are shipped', async () => {
    await writeFile(file, good);
    const { ids, complaints } = await listed();
    assert.deepEqual(complaints, []);
    assert.equal(ids.at(-1), 'mine');
    assert.equal(await vscode.commands.executeCommand('kindergarten.openLesson', 'mine', false), true);
    assert.match((await (await kindergarten()).lessons.page()).heading, /^X01 My lesson$/);
  });

  for (const [what, [from, to, sentence]] of Object.entries(wrong)) {
    it(`with ${what} are named in one sentence, and not used`, async () => {
      assert.ok(good.includes(from));
      await writeFile(file, good.replace(from, to));
      const { ids, complaints } = await listed();
      assert.equal(complaints.length, 1, complaints.join('\n'));
      const begin = what.startsWith('the id') ? sentence : `mine.yaml, ${sentence}`;
      assert.ok(complaints[0]?.startsWith(begin), `${complaints[0]}\ninstead of\n${begin}`);
      assert.equal(ids.includes('mine'), false);
    });
  }
});
