/**
 * What activation does, seen by a VS Code that only takes notes: it registers things and does nothing else. The engine
 * is not loaded, no message appears, no channel is opened, no file is read before `activate` has returned.
 */
import assert from 'node:assert/strict';
import Module from 'node:module';
import { commandIds } from '../../../src/host/vscode/commands/ids';

type Load = (request: string, ...rest: unknown[]) => unknown;

/** Stands for any namespace, class, function and value of `vscode`, and notes what is called under which name. */
function recorder(calls: string[], path: string): unknown {
  return new Proxy(class {}, {
    get: (_, name) => {
      if (name === 'prototype') return {};
      if (name === Symbol.iterator) return () => [][Symbol.iterator]();
      if (name === Symbol.toPrimitive) return () => path;
      // Not a promise: whoever awaits it gets it.
      if (name === 'then') return undefined;
      return recorder(calls, path === '' ? String(name) : `${path}.${String(name)}`);
    },
    set: () => true,
    apply: (_, __, args: readonly unknown[]) => {
      calls.push(typeof args[0] === 'string' ? `${path} ${args[0]}` : path);
      return recorder(calls, `${path}()`);
    },
    construct: () => recorder(calls, `${path}#`) as object,
  });
}

describe('activation', () => {
  const calls: string[] = [];
  const modules = Module as unknown as { _load: Load };
  const load = modules._load;
  let engineLoads = 0;
  let tookMs = 0;

  before(async () => {
    const vscode = recorder(calls, '');
    modules._load = function (request, ...rest) {
      return request === 'vscode' ? vscode : load.call(this, request, ...rest);
    };
    const { activateExtension } = await import('../../../src/host/vscode/extension');
    const context = { subscriptions: [], extensionUri: {}, workspaceState: { get: () => undefined } };
    const start = performance.now();
    activateExtension(context as never, () => {
      engineLoads += 1;
      return Promise.reject(new Error('nobody has used the sandbox'));
    });
    tookMs = performance.now() - start;
  });
  after(() => {
    modules._load = load;
  });

  it('registers every command', () => {
    const registered = calls.flatMap((call) => /^commands\.registerCommand (.+)$/.exec(call)?.[1] ?? []);
    assert.deepEqual(registered.sort(), Object.values(commandIds).sort());
  });

  it('shows nothing', () => {
    const shown = calls.filter((call) =>
      /^window\.(?:show\w+|createOutputChannel|createWebviewPanel|createStatusBarItem|withProgress)/.test(call));
    assert.deepEqual(shown, []);
  });

  it('neither loads the engine nor reads a file', () => {
    assert.equal(engineLoads, 0);
    assert.deepEqual(calls.filter((call) => /\bfs\.|openTextDocument/.test(call)), []);
  });

  it('is quick', () => assert.ok(tookMs < 40, `${tookMs} ms`));
});
