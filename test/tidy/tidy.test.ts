/** Holds every file of src and webview against the rules of ARCHITECTURE.md, and the rules against known offenders. */
import assert from 'node:assert/strict';
import { layers, violations } from './rules';
import { importsOf, parseSource, readSources } from './source';

const sources = readSources(['src', 'webview']);

describe('tidy rules', () => {
  const groups = [...Object.keys(layers).map((layer) => `src/${layer}`), 'src/host', 'webview'];
  for (const group of groups) {
    it(`hold in ${group}`, () => {
      const found = sources.filter(({ path }) => path.startsWith(`${group}/`)).flatMap(violations);
      if (found.length > 0) assert.fail(`\n${found.join('\n')}`);
    });
  }

  it('know every file', () => {
    const unknown = sources.filter(({ path }) => !groups.some((group) => path.startsWith(`${group}/`)));
    assert.deepEqual(unknown.map(({ path }) => path), []);
  });
});

describe('the tidy rules themselves', () => {
  const caught: readonly (readonly [path: string, text: string, complaint: RegExp])[] = [
    ['src/scheduler/queue.ts', 'import { put } from \'../etcd/store\';', /scheduler must not import etcd/],
    ['src/scheduler/queue.ts', 'import type { Put } from \'../etcd/store\';', /scheduler must not import etcd/],
    ['src/base/heap.ts', 'export { clock } from \'../sim/clock\';', /base must not import sim/],
    ['src/sim/x.ts', 'import { trace } from \'../protocol/trace\';', /sim must not import protocol/],
    ['src/api/x.ts', 'const x = import(\'../sim/x\');', /api must not import sim/],
    ['webview/main.ts', 'import { boot } from \'../src/cluster/boot\';', /webview must not import cluster/],
    ['src/host/vscode/tree.ts', 'import { on } from \'node:events\';', /node:events belongs in src\/host\/node/],
    ['src/host/node/serve.ts', 'import * as vscode from \'vscode\';', /vscode belongs in/],
    ['src/etcd/store.ts', 'import yaml from \'yaml\';', /package yaml is not allowed/],
    ['src/elsewhere/x.ts', '', /no layer is named so/],
    ['src/sim/x.ts', 'const now = Date.now();', /instead of Date\.now: take the virtual time/],
    ['src/sim/x.ts', 'const at = `${new Date().toISOString()}`;', /instead of new Date/],
    ['src/sim/x.ts', 'const f = async () => 1;', /instead of async/],
    ['src/sim/x.ts', 'names.sort((a, b) => a.localeCompare(b));', /instead of localeCompare/],
    ['src/sim/x.ts', 'const copy = JSON.parse(JSON.stringify(pod));', /copy along the changed path/],
    ['src/sim/x.ts', 'if (process.env.DEBUG) x();', /instead of process\.env/],
    ['src/sim/x.ts', 'export default function f() {}', /export it by name/],
    ['src/sim/x.ts', 'export enum Phase { A }', /union of strings/],
    ['src/sim/x.ts', '\n'.repeat(500), /501 lines/],
    ['src/sim/utils.ts', '', /name the file after/],
    ['src/sim/x.ts', '// TO' + 'DO: later', /finish it/],
  ];
  for (const [path, text, complaint] of caught) {
    it(`catch ${text.trim() || 'nothing but the comment'} in ${path}`, () => {
      assert.match(violations(parseSource(path, `// About.\n${text}`)).join('\n'), complaint);
    });
  }

  it('look neither into comments nor into texts', () => {
    const text = [
      '// No Date.now here; async is explained, not used.',
      'const message = \'await the Promise\'; /* console */',
      'const template = `setTimeout ${message.replace(/\'Intl\'/g, "Intl")} Math.random`;',
      'for (const process of processes) process.outbox.push(message);',
    ].join('\n');
    assert.deepEqual(violations(parseSource('src/sim/x.ts', text)), []);
  });

  it('see the code inside a template', () => {
    const text = '// About.\nconst a = `x ${[1].map((n) => { return `${n}`; })} ${Date.now()} y`;';
    assert.equal(violations(parseSource('src/sim/x.ts', text)).length, 1);
  });

  it('let everyone use the types of the protocol', () => {
    const text = '// About.\nimport type {\n  Hop,\n} from \'../protocol/trace\';';
    assert.deepEqual(violations(parseSource('src/sim/x.ts', text)), []);
  });

  it('read every form of import', () => {
    const text = [
      'import \'./a\';', 'import { b } from "./b";', 'export * from \'./c\';', 'const d = import(\'./d\');',
      '// from \'./e\'',
    ].join('\n');
    const modules = importsOf(parseSource('src/sim/x.ts', text)).map(({ module }) => module);
    assert.deepEqual(modules, ['./a', './b', './c', './d']);
  });
});
