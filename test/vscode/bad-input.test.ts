/** Bad input in a real extension host: one clear sentence at the right characters, and nothing changed in a cluster. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { KindergartenApi } from '../../src/host/vscode/extension';
import { apply, clearSandbox, freshCluster, hurried, problemsOf, waitFor, workspaceFile, writeFile } from './sandbox';

interface Expected {
  readonly code: string;
  /** The characters it points at. */
  readonly at: string;
  readonly says: RegExp;
}

const pod = 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: bad\nspec:\n'
  + '  containers:\n    - name: a\n      image: nginx\n';
const kindHead = 'kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\n';
const deployment = (replicas: string): string => [
  'apiVersion: apps/v1', 'kind: Deployment', 'metadata:', '  name: bad', 'spec:', `  replicas: ${replicas}`,
  '  selector:',
  '    matchLabels:', '      app: bad', '  template:', '    metadata:', '      labels:', '        app: bad',
  '    spec:',
  '      containers:', '        - name: a', '          image: nginx', '',
].join('\n');
const bomb = `${['a: &a [x, x, x, x, x, x, x, x, x, x]', ...'bcdefgh'.split('').map((name, index) => {
  const before = 'abcdefg'.charAt(index);
  return `${name}: &${name} [${Array(10).fill(`*${before}`).join(', ')}]`;
})].join('\n')}\n`;

const cases: Readonly<Record<string, readonly [text: string, ...expected: Expected[]]>> = {
  'an empty file': ['', { code: 'yaml.empty', at: '', says: /empty/ }],
  'only comments': ['# nothing\n', { code: 'yaml.empty', at: '# nothing', says: /empty/ }],
  'tabs': [pod.replace('  containers', '\tcontainers'), { code: 'yaml.tab', at: '\t', says: /spaces/ }],
  'an unknown apiVersion': [
    pod.replace('v1', 'v9'), { code: 'unknownKind', at: 'Pod', says: /no matches for kind "Pod" in version "v9"/ },
  ],
  'an unknown kind': [pod.replace('Pod', 'Pot'), { code: 'unknownKind', at: 'Pot', says: /no matches for kind "Pot"/ }],
  'an unknown field': [
    pod.replace('image:', 'imagee:'),
    { code: 'decode.unknownField', at: 'imagee', says: /unknown field "spec\.containers\[0\]\.imagee"/ },
  ],
  'a wrong type': [
    deployment('three'), { code: 'decode.wrongType', at: 'three', says: /replicas must be a whole number, not a text/ },
  ],
  'two errors in one file': [
    deployment('three').replace('image: nginx', 'ports: 80'),
    { code: 'decode.wrongType', at: 'three', says: /whole number/ },
    { code: 'decode.wrongType', at: '80', says: /a list/ },
  ],
  'one bad document among good ones': [
    `${pod}---\n${pod.replace('name: bad', 'name: good')}---\n${pod.replace('kind: Pod', 'kind: Pot')}`,
    { code: 'unknownKind', at: 'Pot', says: /Pot/ },
  ],
  'an alias bomb': [bomb, { code: 'yaml.tooManyAliases', at: '', says: /400000|400,000/ }],
  'a thousand levels of nesting': [
    `a: ${'['.repeat(1_000)}${']'.repeat(1_000)}\n`, { code: 'yaml.tooDeep', at: '', says: /100 levels/ },
  ],
  'a Pod without containers': [
    'apiVersion: v1\nkind: Pod\nmetadata:\n  name: bad\nspec:\n  containers: []\n',
    { code: 'Invalid', at: '[]', says: /^spec\.containers: Required value/ },
  ],
  'a name with capitals': [
    pod.replace('name: bad', 'name: Bad'),
    { code: 'Invalid', at: 'Bad', says: /^metadata\.name: Invalid value: "Bad": a lowercase RFC 1123/ },
  ],
  'negative replicas': [
    deployment('-1'),
    { code: 'Invalid', at: '-1', says: /^spec\.replicas: Invalid value: -1: must be greater than or equal to 0/ },
  ],
  'a namespace that does not exist': [
    pod.replace('name: bad', 'name: bad\n  namespace: nowhere'),
    { code: 'NotFound', at: 'nowhere', says: /namespaces "nowhere" not found/ },
  ],
  'a Helm template': [
    'apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ .Values.name }}\n',
    { code: 'template', at: '', says: /helm template/ },
  ],
  'a kind.yaml without control plane': [
    `${kindHead}nodes:\n  - role: worker\n`,
    { code: 'kind.noControlPlane', at: 'nodes', says: /must have at least one control-plane node/ },
  ],
  'a kind.yaml with an unknown role': [
    `${kindHead}nodes:\n  - role: control-plane\n  - role: boss\n`,
    { code: 'kind.invalidRole', at: 'boss', says: /"boss" is not a valid node role/ },
  ],
  'a kind.yaml with an overlapping port mapping': [
    `${kindHead}nodes:\n  - role: control-plane\n    extraPortMappings:\n`
      + '      - containerPort: 80\n        hostPort: 8080\n      - containerPort: 81\n        hostPort: 8080\n',
    { code: 'kind.duplicatePortMapping', at: '8080', says: /already configured/ },
  ],
};

describe('bad input', () => {
  let api: KindergartenApi;
  let ids: readonly string[];
  before(async () => {
    await hurried();
    api = await freshCluster();
    ids = api.outline().map(({ id }) => id);
  });
  after(clearSandbox);

  Object.entries(cases).forEach(([what, [text, ...expected]], index) => {
    it(`${what}: is refused where it stands`, async () => {
      const uri = await writeFile(`bad/${index}.yaml`, text);
      assert.deepEqual(await apply(uri), { status: 'refused', outcomes: [] });
      await assertProblems(uri, text, expected);
      assert.deepEqual(api.outline().map(({ id }) => id), ids);
    });
  });

  it('a 10 MB file: is refused without being read', async () => {
    const uri = await writeFile('bad/large.yaml', `${pod}${'# filler\n'.repeat(1_200_000)}`);
    assert.equal((await apply(uri)).status, 'refused');
    assert.deepEqual(problemsOf(uri).map(({ code, message }) => [code, message]),
      [['yaml.tooLarge', 'The text has 10.3 MiB; at most 3 MiB of YAML can be read at once.']]);
    await vscode.workspace.fs.delete(uri);
  });

  it('one bad file among good ones: nothing is applied, also from the good ones', async () => {
    const good = await writeFile('bad/good.yaml', pod.replace('name: bad', 'name: good'));
    const bad = await writeFile('bad/bad.yaml', pod.replace('kind: Pod', 'kind: Pot'));
    assert.equal((await apply(good, bad)).status, 'refused');
    assert.deepEqual([problemsOf(good).length, problemsOf(bad).length], [0, 1]);
    assert.deepEqual(api.outline().map(({ id }) => id), ids);
  });

  it('a file that is not there is refused', async () => {
    assert.equal((await apply(workspaceFile('bad/missing.yaml'))).status, 'refused');
  });

  it('problems go away when the mistake does, and come back with it', async () => {
    const uri = await writeFile('bad/edited.yaml', deployment('-1'));
    await apply(uri);
    assert.equal(problemsOf(uri).length, 1);
    const document = await vscode.workspace.openTextDocument(uri);
    const editor = await vscode.window.showTextDocument(document);
    const replace = async (from: string, to: string): Promise<void> => {
      const start = document.getText().indexOf(from);
      const range = new vscode.Range(document.positionAt(start), document.positionAt(start + from.length));
      await editor.edit((edit) => edit.replace(range, to));
    };
    await replace('replicas: -1', 'replicas: 2');
    await waitFor('the problem is gone', () => problemsOf(uri).length === 0);
    await replace('replicas: 2', 'replicas: two');
    const [problem] = await waitFor('there is another problem', () => problemsOf(uri).length === 1 && problemsOf(uri));
    assert.equal(problem?.code, 'decode.wrongType');
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  it('notes on a kind.yaml are information, not errors', async () => {
    const text = `${kindHead}name: noted\nfeatureGates:\n  Foo: true\n`;
    const uri = await writeFile('bad/noted.yaml', text);
    assert.equal((await apply(uri)).status, 'done');
    assert.deepEqual(problemsOf(uri).map(({ code, severity }) => [code, severity]),
      [['kind.featureGate', vscode.DiagnosticSeverity.Information]]);
    await vscode.commands.executeCommand('kindergarten.deleteCluster', { confirmed: true });
  });
});

async function assertProblems(uri: vscode.Uri, text: string, expected: readonly Expected[]): Promise<void> {
  const document = await vscode.workspace.openTextDocument(uri);
  assert.equal(document.getText(), text);
  const found = problemsOf(uri);
  const seen = found.map(({ code, message, range }) =>
    `${String(code)} [${document.getText(range).slice(0, 40)}] ${message}`);
  assert.equal(found.length, expected.length, seen.join('\n'));
  expected.forEach(({ code, at, says }, index) => {
    const problem = found[index];
    assert.ok(problem);
    assert.equal(problem.code, code, seen[index]);
    if (at !== '') assert.equal(document.getText(problem.range), at, seen[index]);
    assert.match(problem.message, says);
    assert.equal(problem.severity, vscode.DiagnosticSeverity.Error);
  });
}
