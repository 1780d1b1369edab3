/**
 * The rules of ARCHITECTURE.md as data: who may import whom, and what the engine must not use, with the replacement.
 * A rule gets one source and returns its violations, each `path:line: what is wrong and what to do instead`.
 */
import { posix } from 'node:path';
import { importsOf, lineAt } from './source';
import type { Source } from './source';

/** The engine's layers, each with the layers that it may import besides itself. */
export const layers: Readonly<Record<string, readonly string[]>> = {
  base: [],
  sim: ['base'],
  protocol: ['base'],
  api: ['base', 'pki'],
  raft: ['base'],
  pki: ['base'],
  etcd: ['base', 'sim', 'raft'],
  apiserver: ['base', 'sim', 'api', 'etcd', 'pki'],
  client: ['base', 'sim', 'api'],
  scheduler: ['base', 'sim', 'api', 'client'],
  controllers: ['base', 'sim', 'api', 'client', 'pki'],
  node: ['base', 'sim', 'api', 'client', 'pki'],
  kind: ['base', 'api', 'pki'],
  shell: ['base', 'api', 'pki', 'client', 'protocol', 'sim'],
  cluster: [
    'base', 'sim', 'protocol', 'api', 'raft', 'pki', 'etcd', 'apiserver', 'client', 'scheduler', 'controllers', 'node',
    'kind', 'shell', 'check',
  ],
  check: [
    'base', 'sim', 'protocol', 'api', 'raft', 'etcd', 'apiserver', 'client', 'scheduler', 'controllers', 'node', 'kind',
    'shell', 'cluster',
  ],
};

const engine = Object.keys(layers);

/** The same outside the engine. `host` is the files directly in src/host: the entry points, which tie all together. */
export const outerLayers: Readonly<Record<string, readonly string[]>> = {
  'host': [...engine, 'host/vscode', 'host/node', 'host/worker'],
  'host/vscode': ['base', 'protocol', 'cluster', 'shell', 'kind', 'check', 'host'],
  'host/node': ['base', 'protocol', 'cluster', 'shell', 'host'],
  'host/worker': ['base', 'protocol', 'cluster', 'shell', 'kind', 'check', 'host'],
  'webview': ['protocol'],
};

/** The packages that each part may import; Node's own modules and `vscode` have rules of their own. */
const packages: Readonly<Record<string, readonly string[]>> = {
  engine: ['js-yaml', 'sorted-btree', '@noble/curves', '@noble/hashes', 're2js', '@marcbachmann/cel-js'],
  webview: ['@vscode/webview-ui-toolkit'],
  host: ['ws', 'js-yaml'],
};

/** The entry files that hand VS Code's own objects to src/host/vscode. */
const vscodeEntries = ['src/host/desktop.ts', 'src/host/web.ts'];
const nodeEntries = ['src/host/cli.ts', 'src/host/desktop.ts'];

interface Ban {
  readonly pattern: RegExp;
  readonly instead: string;
}

/** What would make two runs differ, or let the engine know that there is a world outside. */
const engineBans: readonly Ban[] = [
  { pattern: /\bDate\s*\.\s*now\b/g, instead: 'take the virtual time as a parameter (sim)' },
  { pattern: /\bnew\s+Date\b/g, instead: 'take the virtual time as a parameter and write it with src/api/time' },
  { pattern: /\bperformance\s*\.\s*now\b/g, instead: 'take the virtual time as a parameter (sim)' },
  { pattern: /\bMath\s*\.\s*random\b/g, instead: 'use a named stream of the seeded generator (src/base/random)' },
  { pattern: /\basync\b|\bawait\b|\bPromise\b/g, instead: 'append a message to the outbox; the answer is one too' },
  { pattern: /\b(?:setTimeout|setInterval|queueMicrotask)\b/g, instead: 'set a timer on the virtual clock (sim)' },
  { pattern: /\blocaleCompare\b|\btoLocale\w+/g, instead: 'compare code units with < and >, which no locale changes' },
  { pattern: /\bIntl\b/g, instead: 'hand codes and arguments to the host, which knows the language' },
  { pattern: /\bconsole\b/g, instead: 'emit a trace record (src/sim/trace)' },
  {
    // Only Node's own: a process of the simulation may well be named so.
    pattern: /(?<![\w.$])process\s*\.\s*(?:env|argv|exit|cwd|stdout|stderr|nextTick|hrtime|platform|memoryUsage)\b/g,
    instead: 'take what is needed as a parameter from the host',
  },
  { pattern: /\bJSON\.parse\s*\(\s*JSON\.stringify\s*\(/g, instead: 'copy along the changed path (src/base/freeze)' },
  { pattern: /\bstructuredClone\b/g, instead: 'copy along the changed path (src/base/freeze)' },
];

const everywhereBans: readonly Ban[] = [
  { pattern: /\bexport\s+default\b/g, instead: 'export it by name' },
  { pattern: /(?<![.\w$])enum\s+[A-Z]\w*\s*\{/g, instead: 'use a union of strings' },
];

const lineLimit = 500;
/** Generated tables are as long as their facts, and quote Kubernetes' own texts. */
const generated = /^src\/api\/(?:types\/|protobuf\/table\.ts$|schema\/(?:table|descriptions)\.ts$)/;
const vagueNames = /(?:^|\/|-)(?:utils?|helpers?|misc|common|manager2)(?:-|\.|\/)/;

/** All violations of all rules in one source. */
export function violations(source: Source): string[] {
  return [...importViolations(source), ...banViolations(source), ...shapeViolations(source)];
}

function importViolations(source: Source): string[] {
  const own = layerOf(source.path);
  if (own === undefined) return [`${source.path}:1: no layer is named so; there are ${engine.join(', ')}`];
  return importsOf(source).flatMap(({ module, line, typeOnly }) => {
    const complaint = module.startsWith('.') ? relativeImport(source.path, own, module, typeOnly)
      : packageImport(source.path, own, module);
    return complaint === undefined ? [] : [`${source.path}:${line}: ${complaint}`];
  });
}

function relativeImport(path: string, own: string, module: string, typeOnly: boolean): string | undefined {
  const target = posix.join(posix.dirname(path), module);
  const layer = layerOf(target);
  if (layer === undefined) return /\.(?:css|json)$/.test(module) ? undefined : `${module} lies in no layer`;
  if (layer === own) return undefined;
  // The protocol is the shape of what crosses the engine's edge: everyone may speak it, as types.
  if (layer === 'protocol' && typeOnly) return undefined;
  const allowed = layers[own] ?? outerLayers[own] ?? [];
  return allowed.includes(layer) ? undefined
    : `${own} must not import ${layer} (${module}); it may import ${allowed.join(', ') || 'nothing'}`;
}

function packageImport(path: string, own: string, module: string): string | undefined {
  if (module === 'vscode') {
    return own === 'host/vscode' || vscodeEntries.includes(path) ? undefined : 'vscode belongs in src/host/vscode only';
  }
  if (module.startsWith('node:')) {
    return own === 'host/node' || nodeEntries.includes(path) ? undefined : `${module} belongs in src/host/node only`;
  }
  const allowed = packages[own in layers ? 'engine' : own.split('/')[0] ?? ''] ?? [];
  return allowed.some((name) => module === name || module.startsWith(`${name}/`)) ? undefined
    : `the package ${module} is not allowed here; allowed are ${allowed.join(', ') || 'none'}`;
}

/** `src/etcd/store.ts` is of layer `etcd`, `src/host/web.ts` of `host`, `webview/main.ts` of `webview`. */
function layerOf(path: string): string | undefined {
  const [top, first, second, ...rest] = path.replace(/\.ts$/, '').split('/');
  if (top === 'webview') return 'webview';
  if (top !== 'src' || first === undefined) return undefined;
  if (first === 'host') {
    const folder = `host/${second}`;
    return folder in outerLayers && (rest.length > 0 || second === 'vscode') ? folder : 'host';
  }
  return first in layers ? first : undefined;
}

function banViolations(source: Source): string[] {
  const own = layerOf(source.path);
  const bans = own !== undefined && own in layers ? [...engineBans, ...everywhereBans] : everywhereBans;
  return bans.flatMap(({ pattern, instead }) => [...source.code.matchAll(pattern)].map((match) =>
    `${source.path}:${lineAt(source, match.index)}: instead of ${match[0].replace(/\s+/g, ' ')}: ${instead}`));
}

function shapeViolations(source: Source): string[] {
  const complaints: string[] = [];
  const lines = source.text.split('\n').length - 1;
  if (lines > lineLimit && !generated.test(source.path)) complaints.push(`1: ${lines} lines are too many: cut it`);
  if (!/^\s*(?:\/\/|\/\*)/.test(source.text)) complaints.push('1: open with a few sentences on what the file is for');
  if (vagueNames.test(source.path)) complaints.push('1: name the file after what it holds');
  const unfinished = generated.test(source.path) ? null : /\b(?:TODO|FIXME|XXX)\b/.exec(source.text);
  if (unfinished) complaints.push(`${lineAt(source, unfinished.index)}: finish it or leave it out (${unfinished[0]})`);
  return complaints.map((complaint) => `${source.path}:${complaint}`);
}
