/** `kubectl get`: lists and single objects in all output forms. Models kubectl's pkg/cmd/get. */
import type { KubeObject } from '../../../api/types';
import type { Task } from '../../../sim/task';
import { parseRelaxedPath, valuesAt } from '../jsonpath';
import { type Call, complain, type KubectlCommand, refused } from './call';
import { tableAccept } from './connection';
import { outputForm, type OutputForm, printed } from './output';
import { fileTargets, isTargetProblem, type Target, targetsOf } from './resources';
import { aligned, type Table, tableCells, type TableRow, type TableStyle } from './table';
import { watchTargets } from './watch';

export const get: KubectlCommand = {
  about: 'Display one or many resources',
  completes: 'resources',
  flags: {
    'all-namespaces': { type: 'bool', short: 'A' }, 'allow-missing-template-keys': { type: 'bool' },
    'chunk-size': { type: 'string' }, 'field-selector': { type: 'string' }, 'filename': { type: 'list', short: 'f' },
    'ignore-not-found': { type: 'bool' }, 'kustomize': { type: 'unmodelled', short: 'k' },
    'label-columns': { type: 'list', short: 'L' }, 'no-headers': { type: 'bool' },
      'output': { type: 'string', short: 'o' },
    'output-watch-events': { type: 'bool' }, 'raw': { type: 'string' },
      'recursive': { type: 'unmodelledBool', short: 'R' },
    'selector': { type: 'string', short: 'l' }, 'server-print': { type: 'unmodelledBool' },
      'show-kind': { type: 'bool' },
    'show-labels': { type: 'bool' }, 'show-managed-fields': { type: 'bool' }, 'sort-by': { type: 'string' },
    'subresource': { type: 'unmodelled' }, 'template': { type: 'unmodelled' }, 'watch': { type: 'bool', short: 'w' },
    'watch-only': { type: 'bool' },
  },
  run: runGet,
};

const nothingNamed = 'You must specify the type of resource to get. Use "kubectl api-resources" for a complete list of '
  + 'supported resources.\n\nerror: Required resource not specified.\nUse "kubectl explain <resource>" for a detailed '
  + 'description of that resource (e.g. kubectl explain pods).\nSee \'kubectl get -h\' for help and examples\n';

/** What one target brought. */
export interface Found {
  readonly target: Target;
  readonly table?: Table;
  readonly objects: readonly KubeObject[];
  readonly resourceVersion: string;
}

function* runGet(call: Call): Task<number> {
  const { flags } = call;
  const raw = flags.text('raw');
  if (raw !== undefined && !raw.startsWith('/')) {
    return complain(call, `--raw must be a valid URL path: parse ${JSON.stringify(raw)}: invalid URI for request`);
  }
  if (raw !== undefined) return yield* getRaw(call, raw);
  const form = outputForm(call);
  if (form && 'problem' in form) return complain(call, form.problem);
  const targets = flags.has('filename') ? fileTargets(call) : targetsOf(call.kinds, call.args);
  if (isTargetProblem(targets)) return complain(call, targets.problem);
  if (targets.length === 0) {
    call.write('stderr', nothingNamed);
    return 1;
  }
  const all = flags.is('all-namespaces');
  if (all && !flags.has('filename') && targets.some(({ name }) => name !== undefined)) {
    return complain(call, 'a resource cannot be retrieved by name across all namespaces');
  }
  if (flags.has('selector') && targets.some(({ name }) => name !== undefined)) {
    return complain(call, 'name cannot be provided when a selector is specified');
  }
  if (flags.is('watch') || flags.is('watch-only')) return yield* watchTargets(call, targets, form,
    style(call, form, ''));
  const tables = !form || form.name === 'wide';
  const found: Found[] = [];
  let code = 0;
  for (const target of targets) {
    const answer = yield* fetch(call, target, tables);
    if ('code' in answer) code = answer.code;
    else found.push(answer);
  }
  return Math.max(code, tables ? printTables(call, targets, found, form, code)
    : printObjects(call, targets, found, form as OutputForm));
}

function* getRaw(call: Call, path: string): Task<number> {
  const answer = yield* call.api.ask({ path, accept: 'text/plain', subject: { verb: 'get', name: path } });
  if (!answer.ok) return refused(call, answer.status);
  call.write('stdout', answer.text);
  return 0;
}

/** Gets a target; a refusal is printed. */
export function* fetch(call: Call, target: Target, asTable: boolean): Task<Found | { readonly code: number }> {
  const { flags, api } = call;
  const { kind, name } = target;
  const namespace = flags.is('all-namespaces') ? undefined : kind.namespaced ? target.namespace ?? call.namespace
    : undefined;
  const accept = asTable ? tableAccept : undefined;
  const query = {
    labelSelector: flags.text('selector'), fieldSelector: flags.text('field-selector'),
    ...(asTable && (flags.has('sort-by')) ? { includeObject: 'Object' } : {}),
  };
  const answer = name === undefined
    ? yield* api.list<Table & { readonly items: readonly KubeObject[] }>(kind, namespace, query, accept)
    : yield* api.get<Table & { readonly items: readonly KubeObject[] }>(kind, namespace, name, accept);
  if (!answer.ok) {
    if (answer.status.code === 404 && flags.is('ignore-not-found')) return { target, objects: [], resourceVersion: '' };
    return { code: refused(call, answer.status) };
  }
  const { value } = answer;
  const resourceVersion = value.metadata?.resourceVersion ?? '';
  if (value.kind === 'Table') return { target, table: value, objects: [], resourceVersion };
  const apiVersion = kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
  const objects = name === undefined ? value.items.map((item) => ({ ...item, apiVersion, kind: kind.kind }))
    : [value as unknown as KubeObject];
  return { target, objects, resourceVersion };
}

/** How tables look by the flags of the call. */
export function style(call: Call, form: OutputForm | undefined, prefix: string): TableStyle {
  const { flags } = call;
  return {
    wide: form?.name === 'wide', namespaces: flags.is('all-namespaces'), labels: flags.is('show-labels'),
    labelColumns: flags.list('label-columns'), headers: !flags.is('no-headers'), prefix,
  };
}

function printTables(
  call: Call, targets: readonly Target[], found: readonly Found[], form: OutputForm | undefined, code: number,
): number {
  const kinds = new Set(targets.map(({ kind }) => kind));
  const several = kinds.size > 1 || call.flags.is('show-kind') || call.args.some((arg) => arg === 'all');
  let printedOne = false;
  for (const kind of kinds) {
    const tables = found.filter(({ target, table }) => target.kind === kind && table !== undefined);
    let rows = tables.flatMap(({ table }) => table?.rows ?? []);
    const columns = tables[0]?.table?.columnDefinitions;
    if (!columns || rows.length === 0) continue;
    const sorted = sortRows(call, rows);
    if ('problem' in sorted) return complain(call, sorted.problem);
    rows = [...sorted.rows];
    const group = kind.group === '' ? kind.singular : `${kind.singular}.${kind.group}`;
    const base = style(call, form, several ? `${group}/` : '');
    if (printedOne) call.write('stdout', '\n');
    call.write('stdout',
      aligned(tableCells(columns, rows, { ...base, namespaces: base.namespaces && kind.namespaced })));
    printedOne = true;
  }
  if (!printedOne && code === 0 && !call.flags.is('ignore-not-found')) {
    const namespaced = targets.some(({ kind }) => kind.namespaced) && !call.flags.is('all-namespaces');
    call.write('stderr', namespaced ? `No resources found in ${call.namespace} namespace.\n` : 'No resources found\n');
  }
  return 0;
}

function sortRows(call: Call,
  rows: readonly TableRow[]): { readonly rows: readonly TableRow[] } | { readonly problem: string } {
  const field = call.flags.text('sort-by');
  if (field === undefined) return { rows };
  const path = parseRelaxedPath(field);
  if ('problem' in path) return path;
  if (!rows.some(({ object }) => valuesAt(path, object).length > 0)) {
    return {
      problem: `couldn't find any field with path "${field.startsWith('{') ? field : `{${field}}`}" in the list of objects`,
    };
  }
  const keyed = rows.map((row) => ({ row, value: valuesAt(path, row.object)[0] }));
  return { rows: keyed.sort((a, b) => compareValues(a.value, b.value)).map(({ row }) => row) };
}

/** The order of values in `--sort-by`: numbers by size, texts by their characters, what is missing first. */
export function compareValues(a: unknown, b: unknown): number {
  if (a === b) return 0;
  if (a === undefined || b === undefined) return a === undefined ? -1 : 1;
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a) < String(b) ? -1 : 1;
}

function printObjects(call: Call, targets: readonly Target[], found: readonly Found[], form: OutputForm): number {
  const objects = found.flatMap((each) => each.objects);
  const single = targets.length === 1 && targets[0]?.name !== undefined;
  if (found.length === 0 || (single && objects.length === 0)) return 0;
  const field = call.flags.text('sort-by');
  const path = field === undefined ? undefined : parseRelaxedPath(field);
  if (path && 'problem' in path) return complain(call, path.problem);
  const sorted = path ? objects.map((object) => ({ object, value: valuesAt(path, object)[0] }))
    .sort((a, b) => compareValues(a.value, b.value)).map(({ object }) => object) : objects;
  const text = printed(call.kinds, sorted, single, form, !call.flags.is('no-headers'),
    call.flags.is('show-managed-fields'));
  if (typeof text !== 'string') return complain(call, text.problem);
  call.write('stdout', text);
  return 0;
}
