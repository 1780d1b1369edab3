/** Manifests read from files: what becomes of them, and where a mistake is shown. */
import assert from 'node:assert/strict';
import { builtInKinds } from '../../../src/api/kinds';
import { kindRegistry } from '../../../src/api/registry';
import { fieldPath, placeOfField, readManifests } from '../../../src/shell/manifest-set';

const kinds = kindRegistry(builtInKinds);
const configMap = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\n';

function read(text: string, defaultNamespace?: string) {
  return readManifests([{ name: 'a.yaml', text }], kinds, defaultNamespace);
}

describe('manifests', () => {
  it('are read in the order of files and documents, with the namespace of the context', () => {
    const files = [
      { name: 'a.yaml', text: `${configMap}---\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: web}\n` },
      { name: 'b.yaml', text: configMap.replace('name: settings', 'name: other\n  namespace: web') },
    ];
    const { objects, problems, kindConfigs } = readManifests(files, kinds, 'team');
    assert.deepEqual([problems, kindConfigs], [[], []]);
    assert.deepEqual(objects.map(({ file, ref }) => [file, ref.kind, ref.namespace, ref.name]), [
      ['a.yaml', 'ConfigMap', 'team', 'settings'],
      ['a.yaml', 'Namespace', undefined, 'web'],
      ['b.yaml', 'ConfigMap', 'web', 'other'],
    ]);
    assert.deepEqual(objects[0]?.object['metadata'], { name: 'settings', namespace: 'team' });
    assert.deepEqual(objects[1]?.object['metadata'], { name: 'web' });
  });

  it('may be items of a List, each with its place', () => {
    const text = 'apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: a}\n'
      + '  spec:\n    containers:\n    - {name: c, image: i}\n';
    const [placed] = read(text).objects;
    assert.deepEqual([placed?.path, placed?.ref.name], [['items', 0], 'a']);
    const { start, end } = placeOfField(placed ?? assert.fail(), 'spec.containers[0].image');
    assert.equal(text.slice(start, end), 'i');
  });

  it('set kind.yaml apart', () => {
    const file = { name: 'kind.yaml', text: 'kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\n' };
    const set = readManifests([file], kinds);
    assert.deepEqual([set.kindConfigs, set.objects, set.problems], [[file], [], []]);
  });

  it('of an empty file are none, which is said', () => {
    for (const text of ['', '\n', '# nothing\n']) {
      const { objects, problems } = read(text);
      assert.deepEqual([objects.length, problems.map(({ code }) => code)], [0, ['yaml.empty']], JSON.stringify(text));
    }
  });

  it('are applied all or not at all', () => {
    const { objects, problems } = read(`${configMap}---\napiVersion: v1\nkind: Unheard\nmetadata: {name: x}\n`);
    assert.equal(objects.length, 0);
    assert.equal(problems.length, 1);
  });

  type Found = readonly [code: string, at: string, message: RegExp];
  const mistakes: readonly (readonly [about: string, text: string, ...found: readonly Found[]])[] = [
    ['a scalar', 'hello\n', ['notAnObject', 'hello', /must be a mapping/]],
    ['no apiVersion', 'kind: Pod\n', ['noApiVersion', 'kind: Pod', /apiVersion not set/]],
    ['no kind', 'apiVersion: v1\n', ['noKind', 'apiVersion: v1', /kind not set/]],
    [
      'an unknown kind', 'apiVersion: v1\nkind: Unheard\nmetadata: {name: a}\n',
      ['unknownKind', 'Unheard', /^no matches for kind "Unheard" in version "v1"$/],
    ],
    [
      'an unknown version', 'apiVersion: apps/v7\nkind: Deployment\nmetadata: {name: a}\n',
      ['unknownKind', 'Deployment', /^no matches for kind "Deployment" in version "apps\/v7"$/],
    ],
    [
      'no name', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {labels: {a: b}}\n',
      ['noName', '{labels: {a: b}}', /name is required/],
    ],
    [
      'generateName', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {generateName: a-}\n',
      ['generateName', 'generateName', /cannot use generate name with apply/],
    ],
    [
      'two mistakes', `${configMap}dota: {}\nimmutable: maybe\n`,
      ['decode.unknownField', 'dota', /unknown field "dota"/], ['decode.wrongType', 'maybe', /immutable/],
    ],
    ['a template', 'apiVersion: v1\nkind: {{ .Values.kind }}\n', ['template', 'apiVersion: v1', /render it first/]],
  ];
  for (const [about, text, ...expected] of mistakes) {
    it(`with ${about} are refused in one sentence each, at its place`, () => {
      const { objects, problems } = read(text);
      assert.equal(objects.length, 0);
      const found = problems.slice().sort((a, b) => a.start - b.start);
      const places = found.map(({ code, start, end }) => [code, text.slice(start, end)]);
      assert.deepEqual(places, expected.map(([code, at]) => [code, at]));
      found.forEach(({ message, file }, i) => {
        assert.match(message, expected[i]?.[2] ?? assert.fail());
        assert.ok(!message.includes('\n') && file === 'a.yaml');
      });
    });
  }

  it('with a tab are refused by the YAML reader', () => {
    const { objects, problems } = read('apiVersion: v1\nkind: ConfigMap\nmetadata:\n\tname: a\n');
    assert.equal(objects.length, 0);
    assert.deepEqual(problems.map(({ code }) => code.startsWith('yaml.')), [true]);
  });

  it('know the steps of a field as the API server names it', () => {
    const cases: readonly (readonly [string, readonly (string | number)[]])[] = [
      ['spec.containers[0].image', ['spec', 'containers', 0, 'image']],
      ['metadata.labels[app.kubernetes.io/name]', ['metadata', 'labels', 'app.kubernetes.io/name']],
      ['', []],
    ];
    for (const [field, steps] of cases) assert.deepEqual(fieldPath(field), steps);
  });
});
