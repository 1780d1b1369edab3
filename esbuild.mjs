// @ts-check
/**
 * Bundles everything that runs inside VS Code; `npm run build` and its relatives call it.
 *
 * - dist/desktop.js        the entry for desktop and remote extension hosts; small, because every start loads it
 * - dist/engine.js         the simulation; loaded by the entry's `import('.../host/engine')` on first use
 * - dist/endpoint.js       the loopback HTTPS endpoint; loaded by `import('.../host/endpoint')` when it is started
 * - dist/cli.js            `kindergarten serve`, which loads both in the same way
 * - dist/web/extension.js  the same in one file for a browser's extension host, which cannot load a second one
 * - dist/webview/diagram.* the diagram's page
 * - dist/webview/lesson.*  the lesson player's page
 *
 * An entry whose source does not exist is left out.
 */
import { build, context } from 'esbuild';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(fileURLToPath(import.meta.url));
/** What is loaded on first use only, each from a bundle of its own. */
const lazyParts = ['engine', 'endpoint'];

/**
 * Keeps the lazy parts out of the entry: their dynamic imports become a `require` of the file beside the entry.
 * A static import is refused, since it would quietly cost every start what laziness saves.
 * @type {import('esbuild').Plugin}
 */
const lazy = {
  name: 'lazy-parts',
  setup(builder) {
    builder.onResolve({ filter: /(^|\/)(engine|endpoint)$/ }, ({ path, resolveDir, kind, importer }) => {
      const part = lazyParts.find((name) => resolve(resolveDir, path) === join(root, 'src', 'host', name));
      if (part === undefined) return undefined;
      if (kind === 'dynamic-import') return { path: `./${part}.js`, external: true };
      const text = `${relative(root, importer)}: load the ${part} by import(), or import only its types`;
      return { errors: [{ text }] };
    });
  },
};

/**
 * @param {boolean} production
 * @returns {import('esbuild').BuildOptions[]}
 */
function bundles(production) {
  /** @type {import('esbuild').BuildOptions} */
  const common = {
    absWorkingDir: root, bundle: true, minify: production, sourcemap: production ? 'external' : 'linked',
    sourcesContent: false, target: 'es2022', metafile: true, logLevel: 'warning', legalComments: 'none',
    charset: 'utf8', define: { 'process.env.NODE_ENV': production ? '"production"' : '"development"' },
  };
  /** @type {import('esbuild').BuildOptions} */
  const node = { ...common, platform: 'node', target: 'node20', format: 'cjs', external: ['vscode'] };
  /** @type {[string, import('esbuild').BuildOptions][]} */
  const entries = [
    ['src/host/desktop.ts', { ...node, outfile: 'dist/desktop.js', plugins: [lazy] }],
    ['src/host/engine.ts', { ...node, outfile: 'dist/engine.js' }],
    ['src/host/endpoint.ts', { ...node, outfile: 'dist/endpoint.js' }],
    ['src/host/cli.ts', {
      ...node, outfile: 'dist/cli.js', plugins: [lazy], banner: { js: '#!/usr/bin/env node' },
    }],
    ['src/host/web.ts', {
      ...common, platform: 'browser', format: 'cjs', external: ['vscode'], outfile: 'dist/web/extension.js',
    }],
    ['webview/lesson/main.ts', { ...common, platform: 'browser', format: 'iife', outfile: 'dist/webview/lesson.js' }],
    ['webview/lesson/lesson.css', { ...common, outfile: 'dist/webview/lesson.css' }],
    // The page's style sheets are linked by the page itself, so an import of one adds nothing to the script.
    ['webview/main.ts', {
      ...common, platform: 'browser', format: 'iife', outfile: 'dist/webview/diagram.js', loader: { '.css': 'empty' },
    }],
  ];
  const found = entries.filter(([source]) => existsSync(join(root, source)))
    .map(([source, options]) => ({ ...options, entryPoints: [source] }));
  return [...found, ...styles(common)];
}

/**
 * All of webview/*.css, in the order of their names, as one file.
 * @param {import('esbuild').BuildOptions} common
 * @returns {import('esbuild').BuildOptions[]}
 */
function styles(common) {
  const folder = join(root, 'webview');
  const sheets = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.css')).sort() : [];
  if (sheets.length === 0) return [];
  const contents = sheets.map((name) => `@import "./${name}";`).join('\n');
  return [{
    ...common, outfile: 'dist/webview/diagram.css', external: ['*.svg', '*.ttf'],
    stdin: { contents, resolveDir: folder, loader: 'css', sourcefile: 'styles.css' },
  }];
}

/**
 * Builds once into dist/, removes what earlier builds left there, and returns the size in bytes of every file by path.
 * @param {{ production: boolean }} options
 * @returns {Promise<Record<string, number>>}
 */
export async function buildAll({ production }) {
  const results = await Promise.all(bundles(production).map((options) => build(options)));
  const outputs = results.flatMap((result) => Object.entries(result.metafile?.outputs ?? {}));
  const sizes = Object.fromEntries(outputs.map(([file, { bytes }]) => [file, bytes]));
  for (const entry of readdirSync(join(root, 'dist'), { recursive: true, withFileTypes: true })) {
    const file = relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/');
    if (entry.isFile() && sizes[file] === undefined) rmSync(join(root, file), { force: true });
  }
  return sizes;
}

/**
 * Bundles the tests that run inside VS Code, one file each, into out/test/vscode.
 * @returns {Promise<number>} how many test files there are
 */
export async function buildHostTests() {
  const outdir = join(root, 'out', 'test', 'vscode');
  const folder = join(root, 'test', 'vscode');
  rmSync(outdir, { recursive: true, force: true });
  const files = existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }) : [];
  const tests = files.filter((file) => file.endsWith('.test.ts'));
  await build({
    absWorkingDir: root, entryPoints: tests.map((file) => join(folder, file)), outdir, outbase: folder, bundle: true,
    platform: 'node', target: 'node20', format: 'cjs', external: ['vscode'], sourcemap: 'inline', logLevel: 'warning',
  });
  return tests.length;
}

/** Builds for development and again after every change, until the process ends. */
export async function watchAll() {
  for (const options of bundles(false)) await (await context({ ...options, logLevel: 'info' })).watch();
}
