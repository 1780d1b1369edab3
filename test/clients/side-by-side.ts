/**
 * The same kubectl commands at two places: the real kubectl against `kindergarten serve`, and the sandbox terminal's own
 * kubectl in a cluster of the same kind.yaml. What they print and their exit codes are compared after everything is made
 * alike that no two runs have in common: ages, addresses, names that are drawn, uids, revisions.
 *
 * A table is a file of lines such as a session has them (session.ts), without output. `k` is kubectl in the namespace of
 * the table, which bears the name of the file. Reading commands in a row run side by side at the real place, and so do all
 * commands of a table with the remark `# side by side`. Tables run side by side too, but for those with `# alone`.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { World } from '../engine/shell/line/world';
import type { Served } from './served';
import { parseSession, type Step, wordsOf } from './session';

export const kindYaml = 'kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\n'
  + 'nodes:\n- role: control-plane\n- role: worker\n';

/** A file of commands. */
export interface Table {
  readonly name: string;
  readonly text: string;
}

/** What a command printed. */
export interface Printed {
  readonly line: string;
  readonly text: string;
}

const readers = new Set(['api-resources', 'api-versions', 'auth', 'cluster-info', 'config', 'describe', 'explain', 'get',
  'top', 'version']);
/** How many real clients run at once. */
const width = 4;

/** Carries out the tables with the real kubectl, in their order. */
export async function allWithRealClient(
  served: Served, tables: readonly Table[],
): Promise<ReadonlyMap<string, readonly Printed[]>> {
  const printed = new Map<string, readonly Printed[]>();
  const open: Promise<void>[] = [];
  for (const { name, text } of tables) {
    const alone = has(text, 'alone');
    if (alone) await Promise.all(open.splice(0));
    const run = withRealClient(served, name, text).then((each) => void printed.set(name, each));
    if (alone) await run;
    else open.push(run);
  }
  await Promise.all(open);
  return printed;
}

function has(table: string, remark: string): boolean {
  return table.split('\n').includes(`# ${remark}`);
}

/** Carries out a table with the real kubectl. */
export async function withRealClient(served: Served, namespace: string, table: string): Promise<readonly Printed[]> {
  const printed: Promise<Printed>[] = [];
  let open: Promise<Printed>[] = [];
  const steps = parseSession(table);
  for (const step of steps) if (step.kind === 'file') writeFileSync(join(served.folder, step.name), step.content);
  for (const step of steps) {
    const alone = step.kind === 'command' && !isReading(step.line) && !has(table, 'side by side');
    if (alone || open.length === width) {
      await Promise.all(open);
      open = [];
    }
    if (step.kind !== 'command') continue;
    const next = runReal(served, namespace, step.line);
    printed.push(next);
    open.push(next);
    if (alone) await next;
  }
  return Promise.all(printed);
}

/** Go's collector has nothing to do for a program that ends at once. */
const brief = { GOGC: 'off' };

async function runReal(served: Served, namespace: string, line: string): Promise<Printed> {
  const [program = '', ...args] = wordsOf(inNamespace(line, namespace));
  const { stdout, stderr, code } = await served.client(
    program === 'kubectl' ? served.program() : program, args, { env: brief });
  return { line, text: alike(stdout, stderr, code) };
}

/** Carries out a table in the sandbox terminal. */
export function inTerminal(world: World, namespace: string, table: string): readonly Printed[] {
  return parseSession(table).filter(isCommand).map(({ line }) => {
    world.type(inNamespace(line, namespace));
    return { line, text: alike(world.stdout, world.stderr, world.session.code) };
  });
}

/** A terminal in a cluster that is up, with the files of the tables. */
export function terminalWith(tables: readonly string[]): World {
  const files = tables.flatMap((table) => parseSession(table)).flatMap((step) => (
    step.kind === 'file' ? [[step.name, step.content]] : []));
  const world = new World({ 'kind.yaml': kindYaml, ...Object.fromEntries(files) as Readonly<Record<string, string>> });
  world.boot();
  return world;
}

function isCommand(step: Step): step is Step & { readonly kind: 'command' } {
  return step.kind === 'command';
}

function isReading(line: string): boolean {
  return readers.has(line.split(' ')[1] ?? '') && !/ (-w|--watch)\b/.test(line);
}

function inNamespace(line: string, namespace: string): string {
  return line.replace(/^k /, `kubectl -n ${namespace} `).replace(/^k$/, 'kubectl');
}

const letters = '[bcdfghjklmnpqrstvwxz2456789]';

/** What may differ between two runs, each with the one word that stands for it. */
const differences: readonly (readonly [RegExp, string])[] = [
  [/https:\/\/(127\.0\.0\.1|kind-control-plane):\d+/g, 'https://SERVER'],
  [/\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d \w{3} \d{4} [\d:]+ \+0000/g, 'DATE'],
  [/\d{4}-\d\d-\d\d(T| )[\d:.]+( ?[+-]\d{4} UTC|Z)/g, 'TIME'],
  [/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UID'],
  [/\b([0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{32})\b/gi, 'HEX'],
  [/eyJ[\w-]+\.[\w-]+\.[\w-]+/g, 'TOKEN'],
  [new RegExp(`-${letters}{8,10}-${letters}{5}\\b`, 'g'), '-HASH-DRAWN'],
  [new RegExp(`-${letters}{8,10}\\b`, 'g'), '-HASH'],
  [new RegExp(`-${letters}{5}\\b`, 'g'), '-DRAWN'],
  [/10\.(96|244)\.\d+\.\d+\b(?!\/)/g, 'IP'],
  [/(?<=[\s(])(<invalid>|(\d+(d|h|m|s|ms|µs))+)(?=[\s)]|$)/gm, 'AGE'],
  [/\b3[0-2]\d{3}(?=\/TCP)/g, 'PORT'],
  [/(Resource Version: +|resourceVersion: |"resourceVersion": )"?\d+"?/g, '$1RV'],
  [/v1\.36\.3/g, 'v1.36.1'],
  // How wide a column is depends on what stands in it.
  [/ {2,}/g, '  '], [/-{4,}/g, '----'], [/ +$/gm, ''],
];

function alike(stdout: string, stderr: string, code: number): string {
  const text = `${stdout}${stderr === '' ? '' : `\n! ${stderr}`}${code === 0 ? '' : `\n[${code}]`}`;
  const same = differences.reduce((now, [pattern, word]) => now.replace(pattern, word), text);
  // Go walks through maps in any order.
  return same.replace(/^(! Warning: )(.+; .+)$/gm,
    (_, head: string, rest: string) => head + rest.split('; ').sort().join('; '));
}
