/** Every manifest of a collection that nobody here wrote: kinds that are modelled must be accepted as upstream does. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { loadAll } from 'js-yaml';
import { errorText } from '../../../src/api/field-errors';
import { builtInKinds } from '../../../src/api/kinds';
import { unmodelledKind, unmodelledKinds } from '../../../src/api/kinds/refused';
import { kindRegistry } from '../../../src/api/registry';
import { decode } from '../../../src/api/decode/decode';
import type { KubeObject } from '../../../src/api/types';

const folder = '/work/shared/manifests';
const registry = kindRegistry(builtInKinds);

function yamlFiles(at: string): string[] {
  if (!existsSync(at)) return [];
  return readdirSync(at, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1)).flatMap((entry) => {
    if (entry.name.startsWith('.')) return [];
    const full = path.join(at, entry.name);
    if (entry.isDirectory()) return yamlFiles(full);
    return /\.ya?ml$/.test(entry.name) ? [full] : [];
  });
}

describe('a collection of manifests', () => {
  for (const file of yamlFiles(folder)) {
    const relative = path.relative(folder, file);
    const documents = loadAll(readFileSync(file, 'utf8')) as unknown[];
    documents.forEach((document, i) => {
      const given = document as KubeObject | null;
      const kind = given === null ? undefined : registry.byKind(given.apiVersion, given.kind);
      if (kind === undefined) return;
      it(`${relative} #${i}: ${kind.kind}`, () => {
        const { object } = decode(document, kind.schema);
        const filled = kind.defaults?.(object) ?? object;
        assert.equal(kind.defaults?.(filled) ?? filled, filled, 'defaults of defaults change nothing');
        // What admission does to every pod before validation.
        const defaulted = kind.kind !== 'Pod' || filled.spec.serviceAccountName ? filled
          : { ...filled, spec: { ...filled.spec, serviceAccountName: 'default' } };
        const prepared = kind.prepareForCreate?.(defaulted, { nowMs: 0 }) ?? defaulted;
        const errors = (kind.validate?.(prepared) ?? []).map(errorText);
        assert.deepEqual(errors, []);
      });
    });
  }
});

describe('kinds that are not modelled', () => {
  it('are not modelled', () => {
    for (const { apiVersion, kind } of unmodelledKinds) {
      assert.equal(registry.byKind(apiVersion, kind), undefined, `${apiVersion} ${kind}`);
    }
    assert.ok(unmodelledKind('apps/v1', 'StatefulSet'));
    assert.ok(!unmodelledKind('apps/v1', 'Deployment'));
    assert.ok(!unmodelledKind('v1', 'Foo'));
    assert.ok(!unmodelledKind('__proto__', 'toString'));
  });
});
