/** Every manifest of a collection that nobody here wrote: kinds that are modelled must be accepted as upstream does. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { loadAll } from 'js-yaml';
import { errorText } from '../../../src/api/field-errors';
import { builtInKinds } from '../../../src/api/kinds';
import { inertKinds, missingActor } from '../../../src/api/kinds/inert';
import { kindRegistry } from '../../../src/api/registry';
import { decode } from '../../../src/api/decode/decode';
import type { KubeObject } from '../../../src/api/types';

const folder = '/work/shared/manifests';
const registry = kindRegistry(builtInKinds);

/** What a real v1.36 refuses too: how each error begins, by document. */
const refused: Readonly<Record<string, readonly string[]>> = {
  'Ingress/fanout.yaml #0': exactPaths('0', '0', '0', '1'),
  'Ingress/ingress-class.yaml #0': ['spec.parameters.apiGroup: Invalid value: "k8s.example.com/v1alpha": a lowercase'],
  'Ingress/nohost.yaml #0': exactPaths('0', '0', '1', '0', '2', '0'),
  'Ingress/tls.yaml #1': exactPaths('0', '0'),
  'Ingress/virtualhosting.yaml #0': exactPaths('0', '0', '1', '0'),
  'cloud-providers/gcp/https-ready-alb/https-ready-alb.yaml #2':
    ['spec: Invalid value: null: either `defaultBackend` or `rules` must be specified'],
};

/** A path type in lower case, at rule and path by position. */
function exactPaths(...positions: readonly string[]): readonly string[] {
  return positions.flatMap((rule, i) => (i % 2 === 1 ? [] : [
    `spec.rules[${rule}].http.paths[${positions[i + 1]}].pathType: Unsupported value: "exact": `
      + 'supported values: "Exact", "ImplementationSpecific", "Prefix"',
  ]));
}

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
        const identified = { ...defaulted, metadata: { ...defaulted.metadata, uid: 'u' } };
        const prepared = kind.prepareForCreate?.(identified, { nowMs: 0 }) ?? identified;
        const errors = (kind.validate?.(prepared) ?? []).map(errorText);
        const expected = refused[`${relative} #${i}`] ?? [];
        assert.equal(errors.length, expected.length, errors.join('\n'));
        errors.forEach((error, at) => assert.ok(error.startsWith(expected[at] ?? ''), error));
      });
    });
  }
});

describe('kinds that nothing acts on', () => {
  it('are kinds that are served', () => {
    for (const each of inertKinds) {
      const [apiVersion = '', kind = ''] = each.split(' ');
      assert.ok(registry.byKind(apiVersion, kind), each);
      assert.ok(missingActor(apiVersion, kind));
    }
    assert.equal(missingActor('apps/v1', 'Deployment'), undefined);
    assert.equal(missingActor('__proto__', 'toString'), undefined);
  });
});
