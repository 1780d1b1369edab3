/** The sandbox terminal's kubectl prints what the real one prints. The commands are in the tables of test/clients/terminal. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/paths';
import type { World } from '../engine/shell/line/world';
import { Served } from './served';
import { inTerminal, kindYaml, terminalWith, withRealClient } from './side-by-side';

const folder = join(root, 'test', 'clients', 'terminal');
const tables = readdirSync(folder).sort().map((file) => (
  { name: file.replace(/\.txt$/, ''), table: readFileSync(join(folder, file), 'utf8') }));

describe('the sandbox terminal prints what the real kubectl prints', () => {
  let served: Served;
  let world: World;
  before(async () => {
    served = await Served.start({ kindYaml });
    world = terminalWith(tables.map(({ table }) => table));
  });
  after(() => served.stop());
  for (const { name, table } of tables) {
    it(name.replaceAll('-', ' '), async () => {
      const real = await withRealClient(served, name, table);
      const ours = inTerminal(world, name, table);
      const differing = real.flatMap(({ text }, index) => (text === ours[index]?.text ? [] : [index]));
      const shown = (printed: typeof real): string => differing.map((index) =>
        `$ ${printed[index]?.line}\n${printed[index]?.text}\n`).join('\n');
      assert.equal(shown(ours), shown(real));
    });
  }
});
