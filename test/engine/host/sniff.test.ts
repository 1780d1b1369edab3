/** Which files the menus show on, judged from their text and nothing else. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { foldersAround, sniffManifest } from '../../../src/host/vscode/manifests/sniff';
import { root } from '../../../scripts/paths';

const cases: readonly (readonly [what: string, text: string, kind: 'kubernetes' | 'kind' | undefined])[] = [
  ['a manifest', 'apiVersion: v1\nkind: Pod\n', 'kubernetes'],
  ['the other order, quotes and a comment', '# web\n"kind": "Pod"\n"apiVersion": "v1"\n', 'kubernetes'],
  ['the second document', 'a: 1\n---\napiVersion: apps/v1\nkind: Deployment\n', 'kubernetes'],
  ['items of a list', '- apiVersion: v1\n  kind: Pod\n', 'kubernetes'],
  ['CR LF', 'apiVersion: v1\r\nkind: Pod\r\n', 'kubernetes'],
  ['a broken manifest', 'apiVersion: v1\nkind: Pod\n\tmetadata: [', 'kubernetes'],
  ['a kind config', 'kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\n', 'kind'],
  ['a future kind config', 'apiVersion: kind.x-k8s.io/v9\n', 'kind'],
  ['nothing', '', undefined],
  ['other YAML', 'version: 3\nservices: {}\n', undefined],
  ['no kind', 'apiVersion: v1\n', undefined],
  ['a Helm template', 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ .Values.name }}\n', undefined],
  ['a kustomization', 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n', undefined],
  ['words in a text', 'note: |\n  say apiVersion\n  and kind\n', undefined],
];

describe('guessing what a file holds', () => {
  for (const [what, text, kind] of cases) it(`${what}: ${kind ?? 'none of our business'}`, () => {
    assert.equal(sniffManifest(text), kind);
  });

  it('finds something in every example', () => {
    const folder = join(root, 'examples');
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.yaml'));
    assert.ok(files.length > 5);
    for (const file of files) {
      const kind = sniffManifest(readFileSync(join(folder, file), 'utf8'));
      assert.equal(kind, /(^|\/)kind[^/]*\.yaml$/.test(file) ? 'kind' : 'kubernetes', file);
    }
  });

  it('looks at the beginning of a large file only', () => {
    assert.equal(sniffManifest(`${'# filler\n'.repeat(10_000)}apiVersion: v1\nkind: Pod\n`), undefined);
  });

  it('names the folders around a file inside its workspace folder', () => {
    assert.deepEqual(foldersAround('/w/a/b/c.yaml', '/w'), ['/w/a/b', '/w/a']);
    assert.deepEqual(foldersAround('/w/c.yaml', '/w/'), []);
    assert.deepEqual(foldersAround('/a/c.yaml', '/'), ['/a']);
  });
});
