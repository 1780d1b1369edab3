import assert from 'node:assert/strict';
import { compareKeys, dumpYaml } from '../../../src/base/yaml/dump';
import { parseYaml } from '../../../src/base/yaml/parse';
import { looksLikeTemplate } from '../../../src/base/yaml/template';

describe('dumpYaml (as kubectl -o yaml prints)', () => {
  it('a Pod', () => {
    const pod = {
      kind: 'Pod',
      apiVersion: 'v1',
      metadata: {
        name: 'web',
        labels: { app: 'web', 'pod-template-hash': '5d59d67564', version: '1.10' },
        annotations: { note: '', on: 'true' },
        creationTimestamp: '2026-01-02T03:04:05Z',
        uid: '12345678',
      },
      spec: {
        containers: [
          {
            name: 'web',
            image: 'nginx:1.27',
            command: ['sh', '-c', 'echo "a: b" # x\nsleep 1\n'],
            args: ['- x', '*', 'a: b', "it's", '{}', 'null', '~', '0755', '1e3', '12:30'],
            ports: [{ containerPort: 80, protocol: 'TCP' }],
            resources: {},
          },
        ],
        tolerations: [],
        nodeSelector: undefined,
        hostNetwork: false,
        priority: null,
        runAsUser: 9007199254740993n,
        ratio: 0.5,
      },
    };
    assert.equal(
      dumpYaml(pod),
      `apiVersion: v1
kind: Pod
metadata:
  annotations:
    note: ""
    "on": "true"
  creationTimestamp: "2026-01-02T03:04:05Z"
  labels:
    app: web
    pod-template-hash: 5d59d67564
    version: "1.10"
  name: web
  uid: "12345678"
spec:
  containers:
  - args:
    - '- x'
    - '*'
    - 'a: b'
    - it's
    - '{}'
    - "null"
    - "~"
    - "0755"
    - "1e3"
    - "12:30"
    command:
    - sh
    - -c
    - |
      echo "a: b" # x
      sleep 1
    image: nginx:1.27
    name: web
    ports:
    - containerPort: 80
      protocol: TCP
    resources: {}
  hostNetwork: false
  priority: null
  ratio: 0.5
  runAsUser: 9007199254740993
  tolerations: []
`,
    );
  });

  const texts: readonly [string, unknown, string][] = [
    ['nested lists', { a: [['x', 'z'], [{ b: 1, c: [2] }]] }, 'a:\n- - x\n  - z\n- - b: 1\n    c:\n    - 2\n'],
    ['no newline at the end', { a: 'x\n\n z' }, 'a: |-\n  x\n\n   z\n'],
    ['several newlines at the end', { a: 'x\n\n' }, 'a: |+\n  x\n\n'],
    ['leading space', { a: ' x\nb' }, 'a: |2-\n   x\n  b\n'],
    ['tab in a block', { a: 'x\ty\nb\n' }, 'a: "x\\ty\\nb\\n"\n'],
    ['space before a break', { a: 'x \nb\n' }, 'a: "x \\nb\\n"\n'],
    ['emoji', { a: '😀 x' }, 'a: "\\U0001F600 x"\n'],
    ['umlaut', { a: 'grün' }, 'a: grün\n'],
    ['edges', { a: ' x', b: 'x ' }, "a: ' x'\nb: 'x '\n"],
    ['quote and colon', { a: "it's: x" }, "a: 'it''s: x'\n"],
    ['control', { a: '\u0001\u007f' }, 'a: "\\x01\\x7F"\n'],
    ['a long key', { [`k${'x'.repeat(130)}`]: { a: 1, b: [2] } }, `? k${'x'.repeat(130)}\n: a: 1\n  b:\n  - 2\n`],
    ['root scalars', 'x', 'x\n'],
    ['root list', [1, { a: 2, b: 3 }], '- 1\n- a: 2\n  b: 3\n'],
    ['empty', {}, '{}\n'],
    [
      'folds behind column 80',
      { message: `0/1 nodes are available: ${'insufficient cpu '.repeat(5)}end` },
      "message: '0/1 nodes are available: insufficient cpu insufficient cpu insufficient\n" +
        "  cpu insufficient cpu insufficient cpu end'\n",
    ],
    [
      'folds plain texts',
      { m: `${'word '.repeat(20)}end` },
      `m: ${'word '.repeat(15)}word\n  word word word word end\n`,
    ],
    ['never folds inside a word', { m: 'x'.repeat(200) }, `m: ${'x'.repeat(200)}\n`],
  ];
  for (const [name, value, text] of texts) {
    it(name, () => {
      assert.equal(dumpYaml(value), text);
      assert.deepEqual(parseYaml(text)[0]?.value, value);
    });
  }

  it('orders keys as goyaml.v2', () => {
    const keys = ['f:b', '.', 'a10', 'a9', 'A', 'a', 'a1b', 'k:{"x":1}', '10', '9', 'a-b', 'ab'];
    assert.deepEqual(keys.sort(compareKeys),
      ['.', '9', '10', 'A', 'a', 'a-b', 'a1b', 'a9', 'a10', 'ab', 'f:b', 'k:{"x":1}']);
  });
});

describe('looksLikeTemplate', () => {
  const cases: readonly [string, boolean][] = [
    ['image: {{ .Values.image }}\n', true],
    ['image: "{{ .Values.image }}"\n', true],
    ['{{- if .Values.x }}\na: 1\n{{- end }}\n', true],
    ['  {{- include "x.labels" . | nindent 4 }}\n', true],
    ['{{/* comment */}}\na: 1\n', true],
    ['{{- range $i := until 3 }}\n', true],
    ['a: {{b: c}: d}\n', false],
    ['summary: "{{ $labels.instance }} is down"\n', false],
    ['script: |\n  echo {{ x }}\nb: 1\n', false],
    ['a: 1 # {{ x }}\n', false],
    ['a: ${{ secrets.X }}\n', false],
    ['a: {b: {c: d}}\n', false],
  ];
  for (const [text, expected] of cases) {
    it(JSON.stringify(text), () => assert.equal(looksLikeTemplate(text), expected));
  }
});
