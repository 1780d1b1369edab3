/** The ids in the host's source against those in package.json: neither has one that the other lacks. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandIds, contextKeys } from '../../../src/host/vscode/commands/ids';
import { root } from '../../../scripts/paths';

const text = readFileSync(join(root, 'package.json'), 'utf8');
const { contributes } = JSON.parse(text) as { contributes: { commands: readonly { readonly command: string }[] } };

describe('ids', () => {
  it('of commands are those that package.json declares', () => {
    assert.deepEqual(Object.values(commandIds).sort(), contributes.commands.map(({ command }) => command).sort());
  });

  it('of context keys are all used there, and no others', () => {
    const known = new Set<string>([...Object.values(contextKeys), 'kindergarten.cluster', 'kindergarten.diagram',
      'kindergarten.lesson']);
    const used = [...text.matchAll(/"(?:when|enablement)": "((?:[^"\\]|\\.)*)"/g)]
      .flatMap(([, clause]) => [...(clause ?? '').matchAll(/kindergarten\.\w+/g)].map(([key]) => key));
    assert.deepEqual([...known].filter((key) => !used.includes(key)), []);
    assert.deepEqual(used.filter((key) => !known.has(key)), []);
  });
});
