/**
 * `npm test`: every suite, then the sum as the last line, `N passed, N failed`.
 * `npm test -- engine --grep watch`: one suite, the rest of the line goes to mocha.
 *
 * Exits non-zero when a test failed, when a suite ran no test, or when a suite's tool is missing.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildAll, buildHostTests } from '../esbuild.mjs';
import { findBrowser } from './browser';
import { fetchClients, fetchDebianKubectl } from './clients';
import { copyOfExamples, root } from './paths';
import { fetchWorkbench } from './workbench';

interface Outcome {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

interface Suite {
  readonly name: string;
  readonly about: string;
  /** What must be there before the suite runs; a rejection is the suite's failure. */
  readonly needs: readonly (() => Promise<unknown>)[];
  run(extra: readonly string[]): Promise<Outcome>;
}

const projects = ['src', 'src/host', 'webview', 'test'];
const nothing: Outcome = { passed: 0, failed: 0, skipped: 0 };

const build = once(() => buildAll({ production: true }));
const workbench = once(fetchWorkbench);
const browser = once(findBrowser);
const clients = once(() => Promise.all([fetchClients('v1.36'), fetchClients('v1.34'), fetchDebianKubectl()]));

const suites: readonly Suite[] = [
  { name: 'types', about: 'type check', needs: [], run: checkTypes },
  {
    name: 'engine', about: 'the simulation on its virtual clock', needs: [],
    run: (extra) => mocha(['test/engine'], extra),
  },
  {
    name: 'rules', about: 'tidy rules and the manifest contract', needs: [build],
    run: (extra) => mocha(['test/tidy', 'test/contract'], extra),
  },
  {
    name: 'clients', about: 'real kubectl and helm against `kindergarten serve`', needs: [build, clients],
    run: (extra) => mocha(['test/clients'], ['--timeout', '120000', ...extra]),
  },
  {
    name: 'webview', about: 'the page in a browser', needs: [build, browser],
    run: (extra) => mocha(['test/webview'], extra),
  },
  {
    name: 'vscode', about: 'inside the extension host of a real VS Code', needs: [build, workbench, browser, clients],
    run: insideVsCode,
  },
  {
    name: 'ui', about: 'a real VS Code, driven from outside', needs: [build, workbench, browser],
    run: (extra) => mocha(['test/ui'], ['--timeout', '120000', ...extra]),
  },
];

async function main(): Promise<void> {
  const [wanted, ...extra] = process.argv.slice(2);
  const chosen = wanted === undefined ? suites : suites.filter((suite) => suite.name === wanted);
  const names = suites.map(({ name }) => name).join(', ');
  if (chosen.length === 0) throw new Error(`There is no suite ${wanted}; there are ${names}.`);
  // Fetching and unpacking wait for network and disk, so they go on while the first suites compute.
  for (const need of new Set(chosen.flatMap((suite) => suite.needs))) {
    if (need !== build) void need().catch(() => undefined);
  }

  const lines: string[] = [];
  let total = nothing;
  for (const suite of chosen) {
    console.log(`\n──── ${suite.name}: ${suite.about} ────`);
    const startMs = Date.now();
    const outcome = await runSuite(suite, extra);
    const seconds = ((Date.now() - startMs) / 1000).toFixed(1);
    total = sum(total, outcome);
    lines.push(`${suite.name.padEnd(8)} ${pad(outcome.passed)} passed ${pad(outcome.failed)} failed `
      + `${pad(outcome.skipped)} skipped ${seconds.padStart(7)} s`);
  }
  console.log(`\n${lines.join('\n')}\n`);
  console.log(`${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`);
  process.exit(total.failed > 0 || total.passed === 0 ? 1 : 0);
}

async function runSuite(suite: Suite, extra: readonly string[]): Promise<Outcome> {
  try {
    for (const need of suite.needs) await need();
    const outcome = await suite.run(extra);
    if (outcome.passed + outcome.failed > 0) return outcome;
    throw new Error('No test ran.');
  } catch (error) {
    console.error(`The suite ${suite.name} could not run: ${error instanceof Error ? error.message : String(error)}`);
    return { ...nothing, failed: 1 };
  }
}

/** Each TypeScript project counts as one test. */
async function checkTypes(): Promise<Outcome> {
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  let outcome = nothing;
  for (const project of projects) {
    const code = await runNode([compiler, '--project', project, '--pretty', 'false']);
    console.log(`${code === 0 ? '✔' : '✘'} ${project}`);
    outcome = sum(outcome, code === 0 ? { ...nothing, passed: 1 } : { ...nothing, failed: 1 });
  }
  return outcome;
}

async function mocha(folders: readonly string[], extra: readonly string[]): Promise<Outcome> {
  const files = folders.flatMap(testFiles);
  if (files.length === 0) throw new Error(`There is no test file in ${folders.join(' and ')}.`);
  const program = join(root, 'node_modules', 'mocha', 'bin', 'mocha.js');
  const reporter = join(root, 'scripts', 'count-reporter.cjs');
  const strict = process.env['CI'] ? ['--forbid-only'] : [];
  return counted([program, '--reporter', reporter, ...strict, ...extra, ...files]);
}

function testFiles(folder: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  const files = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  return files.filter((file) => file.endsWith('.test.ts')).sort().map((file) => join(folder, file));
}

async function insideVsCode(extra: readonly string[]): Promise<Outcome> {
  if (await buildHostTests() === 0) throw new Error('There is no test file in test/vscode.');
  const program = join(root, 'node_modules', '@vscode', 'test-cli', 'out', 'bin.mjs');
  const workspace = copyOfExamples();
  try {
    const [{ kubectl }] = await clients();
    const env = { KINDERGARTEN_TEST_WORKSPACE: workspace, KINDERGARTEN_KUBECTL: kubectl };
    return await counted([program, '--label', 'workbench', ...extra], env);
  } finally {
    rmSync(dirname(workspace), { recursive: true, force: true });
  }
}

/** Runs a mocha somewhere below and reads the numbers that its reporter has left. */
async function counted(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'kindergarten-test-'));
  const counts = join(folder, 'counts.json');
  try {
    const code = await runNode(args, { ...env, KINDERGARTEN_COUNTS: counts });
    if (!existsSync(counts)) throw new Error(`The test runner ended with code ${code} before it had run all tests.`);
    const outcome = JSON.parse(readFileSync(counts, 'utf8')) as Outcome;
    // A failure outside any test, such as an uncaught error after the last one, must not pass.
    return code !== 0 && outcome.failed === 0 ? { ...outcome, failed: 1 } : outcome;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function runNode(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: root, env: { ...process.env, ...env }, stdio: ['ignore', 'inherit', 'inherit'],
    });
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => made ??= make();
}

function sum(a: Outcome, b: Outcome): Outcome {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}

function pad(count: number): string {
  return String(count).padStart(5);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
