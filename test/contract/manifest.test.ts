/** package.json against itself: what is referred to is declared, what is declared exists, and nothing costs a start. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/paths';
import { manifest, readTexts, sourceText, stringsIn } from './manifest';

const contributes = manifest.contributes ?? {};
const commands = new Set((contributes.commands ?? []).map(({ command }) => command));
const views = new Set(Object.values(contributes.views ?? {}).flat().map(({ id }) => id));
const everyString = stringsIn(contributes, ['contributes']);
const english = readTexts('package.nls.json');

/** Commands of VS Code itself and those that it makes for every view. */
const foreign = /^(?:workbench|vscode|editor|list|setContext|_)\b|\.(?:focus|open|removeView|toggleVisibility)$/;

describe('commands', () => {
  it('have a title, a category and the extension\'s prefix', () => {
    for (const { command, title, category } of contributes.commands ?? []) {
      assert.ok(command.startsWith('kindergarten.'), command);
      assert.ok(title && category, `${command} needs a title and a category`);
    }
  });

  it('are declared once', () => {
    assert.equal(commands.size, contributes.commands?.length ?? 0);
  });

  it('are declared when a menu, a key or a welcome text uses them', () => {
    const used = [
      ...Object.values(contributes.menus ?? {}).flat().flatMap(({ command }) => command ?? []),
      ...(contributes.keybindings ?? []).map(({ command }) => command),
      ...[...everyString.map(({ text }) => text), ...Object.values(english)].flatMap((text) =>
        [...text.matchAll(/\(command:([\w.]+)/g)].map((match) => match[1] ?? '')),
    ];
    assert.deepEqual(used.filter((command) => !commands.has(command) && !foreign.test(command)), []);
  });

  it('are known to the host\'s source', () => {
    const source = sourceText('src/host');
    assert.deepEqual([...commands].filter((command) => !source.includes(command)), []);
  });
});

describe('views and menus', () => {
  it('refer to views that are declared', () => {
    const inWhen = everyString.filter(({ path }) => path.at(-1) === 'when')
      .flatMap(({ text }) => [...text.matchAll(/\bview == '?([\w.]+)/g)].map((match) => match[1] ?? ''));
    const welcome = (contributes.viewsWelcome ?? []).map(({ view }) => view);
    assert.deepEqual([...inWhen, ...welcome].filter((view) => !views.has(view)), []);
  });

  it('refer to containers and submenus that are declared', () => {
    const containers = new Set(Object.values(contributes.viewsContainers ?? {}).flat().map(({ id }) => id));
    const builtIn = new Set(['explorer', 'scm', 'debug', 'test']);
    assert.deepEqual(Object.keys(contributes.views ?? {}).filter((id) => !containers.has(id) && !builtIn.has(id)), []);
    const submenus = new Set((contributes.submenus ?? []).map(({ id }) => id));
    const used = Object.values(contributes.menus ?? {}).flat().flatMap(({ submenu }) => submenu ?? []);
    assert.deepEqual(used.filter((id) => !submenus.has(id)), []);
  });
});

describe('files', () => {
  it('exist wherever package.json names one', () => {
    const path = /^(?:\.\/|media\/|syntaxes\/|dist\/)/;
    const contributed = everyString.map(({ text }) => text).filter((text) => path.test(text));
    const named = [...contributed, manifest.icon, manifest.main, ...(manifest.browser ? [manifest.browser] : [])];
    assert.deepEqual(named.filter((path) => !existsSync(join(root, path))), []);
  });
});

describe('platform', () => {
  it('is compiled against the oldest VS Code that may run it', () => {
    assert.equal(manifest.devDependencies['@types/vscode']?.replace('~', ''), manifest.engines.vscode.replace('^', ''));
  });

  it('is not loaded before it is used', () => {
    const eager = (manifest.activationEvents ?? []).filter((event) => event === '*' || event === 'onStartupFinished');
    assert.deepEqual(eager, []);
  });

  it('runs in untrusted and in virtual workspaces', () => {
    assert.equal(manifest.capabilities.untrustedWorkspaces.supported, true);
    assert.equal(manifest.capabilities.virtualWorkspaces, true);
  });

  it('keeps its settings under its own name', () => {
    const settings = [contributes.configuration ?? []].flat()
      .flatMap((section) => Object.keys((section as { properties?: object }).properties ?? {}));
    assert.deepEqual(settings.filter((name) => !name.startsWith('kindergarten.')), []);
  });
});
