/** The sandbox terminal's kubectl prints what the real one prints; the commands are in the tables of test/clients/terminal. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/paths';
import type { World } from '../engine/shell/line/world';
import { Served } from './served';
import { allWithRealClient, inTerminal, kindYaml, type Printed, type Table, terminalWith } from './side-by-side';

const folder = join(root, 'test', 'clients', 'terminal');
const tables: readonly Table[] = readdirSync(folder).sort().map((file) => (
  { name: file.replace(/\.txt$/, ''), text: readFileSync(join(folder, file), 'utf8') }));

describe('the sandbox terminal prints what the real kubectl prints', () => {
  let real: ReadonlyMap<string, readonly Printed[]>;
  let world: World;

  before(async () => {
    const served = await Served.start({ kindYaml });
    try {
      real = await allWithRealClient(served, tables);
    } finally {
      await served.stop();
    }
    world = terminalWith(tables.map(({ text }) => text));
  });

  for (const { name, text } of tables) {
    it(name.replaceAll('-', ' '), () => {
      const theirs = real.get(name) ?? [];
      const ours = inTerminal(world, name, text);
      const differing = theirs.flatMap((each, index) => (each.text === ours[index]?.text ? [] : [index]));
      const shown = (printed: readonly Printed[]): string => differing.map((index) =>
        `$ ${printed[index]?.line}\n${printed[index]?.text}\n`).join('\n');
      assert.equal(shown(ours), shown(theirs));
    });
  }
});
