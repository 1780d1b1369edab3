/** JSONPath of printer columns, and what becomes of the values. */
import assert from 'node:assert/strict';
import { customColumns } from '../../../src/api/custom/columns';
import { parseJsonPath, valuesAt } from '../../../src/api/custom/json-path';
import { compareVersions } from '../../../src/api/custom/definition';
import type { KubeObject } from '../../../src/api/types';

const object = {
  apiVersion: 'example.com/v1', kind: 'Widget',
  metadata: { name: 'web', creationTimestamp: '2026-01-01T00:00:00Z', labels: { 'a.b/c': 'x' } },
  spec: { size: 3, ratio: 1.5, on: true, list: [{ n: 'a', v: 1 }, { n: 'b', v: 2 }], nested: { deep: [1, [2]] }, 'odd.name': 'y' },
  status: { conditions: [{ type: 'Ready', status: 'True' }, { type: 'Other', status: 'False' }], nothing: null },
};

describe('JSONPath', () => {
  const cases: readonly (readonly [string, readonly unknown[] | undefined])[] = [
    ['.spec.size', [3]], ['.spec.missing.more', []], ['.spec.list[0].n', ['a']], ['.spec.list[-1].n', ['b']],
    ['.spec.list[*].n', ['a', 'b']], ['.spec.list[0:1].n', ['a']], ['.spec.list[0,1].v', [1, 2]], ["['spec']['odd.name']", ['y']],
    ['.spec.odd\\.name', ['y']], ["['spec'].size", [3]], ['.metadata.labels.a\\.b/c', ['x']],
    ['.status.conditions[?(@.type=="Ready")].status', ['True']], ["$.status.conditions[?(@.type!='Ready')].status", ['False']],
    ['.spec.list[?(@.v>1)].n', ['b']], ['.spec.list[?(@.w)].n', []], ['..n', ['a', 'b']], ['.spec.size[', undefined], ['spec', undefined],
    ['.spec.list[?(@.v>]', undefined], ['.spec.list[9].n', []],
  ];
  for (const [path, wanted] of cases) {
    it(path, () => {
      const parsed = parseJsonPath(path);
      assert.deepEqual(parsed && valuesAt(object, parsed), wanted);
    });
  }
});

describe('printer columns', () => {
  const now = Date.parse('2026-01-01T00:05:00Z');
  const cell = (type: string, jsonPath: string): unknown =>
    customColumns([{ name: 'X', type, jsonPath }])[1]?.cell(object as unknown as KubeObject, now);
  const cases: readonly (readonly [string, string, unknown])[] = [
    ['string', '.spec.size', '3'], ['string', '.spec.on', 'true'], ['string', '.spec.nested', '{"deep":[1,[2]]}'],
    ['string', '.spec.missing', null], ['integer', '.spec.size', 3], ['integer', '.spec.ratio', 1], ['number', '.spec.ratio', 1.5],
    ['integer', '.metadata.name', null], ['boolean', '.spec.on', true], ['boolean', '.spec.size', null],
    ['date', '.metadata.creationTimestamp', '5m'], ['date', '.metadata.name', '<invalid>'], ['string', '.status.nothing', '<nil>'],
  ];
  for (const [type, path, wanted] of cases) it(`${type} ${path}`, () => assert.deepEqual(cell(type, path), wanted));

  it('show the name, and the age when the definition names none', () => {
    const columns = customColumns(undefined);
    assert.deepEqual(columns.map(({ name, type }) => [name, type]), [['Name', 'string'], ['Age', 'date']]);
    assert.deepEqual(columns.map(({ cell: show }) => show(object as unknown as KubeObject, now)), ['web', '5m']);
  });
});

describe('versions', () => {
  it('are ordered as Kubernetes does', () => {
    const names = ['v1', 'foo1', 'v10beta3', 'v2', 'v3beta1', 'v11alpha2', 'v10', 'foo10', 'v12alpha1', 'v11beta2'];
    assert.deepEqual(names.sort(compareVersions),
      ['v10', 'v2', 'v1', 'v11beta2', 'v10beta3', 'v3beta1', 'v12alpha1', 'v11alpha2', 'foo1', 'foo10']);
  });
});
