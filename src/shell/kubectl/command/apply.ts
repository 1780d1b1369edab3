/**
 * `kubectl apply`, `kubectl delete`, `kubectl patch` and `kubectl edit`. Apply is client side, with the annotation that
 * remembers what was applied, unless `--server-side` asks for the other. Models kubectl's pkg/cmd/{apply,delete,patch,edit}.
 */
import type { KubeObject, Status } from '../../../api/types';
import type { PlainMap } from '../../../api/patch/plain';
import { dumpYaml } from '../../../base/yaml/dump';
import { parseYaml } from '../../../base/yaml/parse';
import { sortedKeys } from '../../../base/freeze';
import { threeWayMergePatch } from '../../../api/patch/merge-patch';
import { threeWayStrategicMergePatch } from '../../../api/patch/strategic';
import { isPatchError } from '../../../api/patch/plain';
import type { Task } from '../../../sim/task';
import { lastAppliedAnnotation, patchFor, patchTypeFor, refOf, withLastApplied } from '../apply';
import { serverError } from '../text';
import { awaitObject, timeoutOf } from './await';
import {
  type Call, changing, complain, dryRunProblem, dryRunSuffix, type KubectlCommand, misused, nothingNamed, refused, say,
} from './call';
import { pathOf } from './connection';
import { objectName, printOutcome, withoutManagedFields } from './output';
import { fileTargets, isTargetProblem, scopeOf, shownName, type Target, targetsOf } from './resources';

const writing = {
  'dry-run': { type: 'string', bare: 'unchanged' }, 'field-manager': { type: 'string' },
  'filename': { type: 'list', short: 'f' }, 'kustomize': { type: 'unmodelled', short: 'k' },
  'output': { type: 'string', short: 'o' }, 'recursive': { type: 'unmodelledBool', short: 'R' },
  'show-managed-fields': { type: 'bool' }, 'template': { type: 'unmodelled' },
} as const;

export const apply: KubectlCommand = {
  about: 'Apply a configuration to a resource by file name or stdin',
  flags: {
    ...writing, 'all': { type: 'unmodelledBool' }, 'cascade': { type: 'string' }, 'force': { type: 'bool' },
    'force-conflicts': { type: 'bool' }, 'grace-period': { type: 'string' }, 'overwrite': { type: 'bool' },
    'prune': { type: 'unmodelledBool' }, 'selector': { type: 'unmodelled', short: 'l' },
      'server-side': { type: 'bool' },
    'timeout': { type: 'string' }, 'validate': { type: 'string', bare: 'strict' }, 'wait': { type: 'bool' },
  },
  run: runApply,
};

function* runApply(call: Call): Task<number> {
  if (call.args.length > 0) return misused(call, `Unexpected args: [${call.args.join(' ')}]`);
  if (!call.flags.has('filename')) return complain(call, 'must specify one of -f and -k');
  const problem = dryRunProblem(call);
  if (problem !== undefined) return complain(call, problem);
  const targets = fileTargets(call);
  if (isTargetProblem(targets)) return complain(call, targets.problem);
  if (targets.length === 0) return complain(call, 'no objects passed to apply');
  let code = 0;
  const [file = ''] = call.flags.all('filename');
  for (const target of targets) code = Math.max(code, yield* applyTarget(call, target, file === '-' ? 'STDIN' : file));
  return code;
}

function* applyTarget(call: Call, target: Target, file: string): Task<number> {
  const { kind, name = '' } = target;
  const object = target.object as PlainMap;
  const namespace = scopeOf(call, target);
  const validation = call.flags.text('validate') === 'false' ? 'Ignore' : 'Strict';
  if (call.flags.is('server-side')) {
    const query = {
      ...changing(call, 'kubectl'), fieldValidation: validation, force: call.flags.is('force-conflicts') ? 'true'
        : 'false',
    };
    const applied = yield* call.api.patch(kind, namespace, name, 'apply', object, query);
    if (applied.ok) return printOutcome(call, applied.value, `serverside-applied${dryRunSuffix(call)}`);
    if (applied.status.reason !== 'Conflict') return refused(call, applied.status);
    return complain(call, `${applied.status.message ?? ''}${conflictAdvice}`);
  }
  const found = yield* call.api.get(kind, namespace, name);
  if (!found.ok && found.status.code !== 404) return whileDoing(call,
    `retrieving current configuration of:\nName: "${name}"`, file, found.status);
  const query = { ...changing(call, 'kubectl-client-side-apply'), fieldValidation: validation };
  const modified = withLastApplied(object);
  const isDry = call.flags.text('dry-run') === 'client';
  if (isDry && !found.ok) return printOutcome(call, modified as unknown as KubeObject, 'created (dry run)');
  if (!found.ok) {
    const created = yield* call.api.create(kind, namespace, modified, query);
    return created.ok ? printOutcome(call, created.value, `created${dryRunSuffix(call)}`)
      : whileDoing(call, 'creating', file, created.status);
  }
  const current = found.value as unknown as PlainMap;
  if (found.value.metadata.annotations?.[lastAppliedAnnotation] === undefined) {
    call.write(
      'stderr',
      `Warning: resource ${kind.plural}/${name} is missing the ` +
        `${lastAppliedAnnotation} annotation which is required by kubectl apply. kubectl apply should only be used on resources ` +
        'created declaratively by either kubectl create --save-config or kubectl apply. The missing annotation will be patched ' +
        'automatically.\n',
    );
  }
  const patch = patchFor(call.kinds, refOf(object), modified, current);
  if (sortedKeys(patch).length === 0) return printOutcome(call, found.value, `unchanged${dryRunSuffix(call)}`);
  if (isDry) return printOutcome(call, modified as unknown as KubeObject, 'configured (dry run)');
  const type = patchTypeFor(call.kinds, refOf(object)) === 'strategic' ? 'strategic-merge' : 'merge';
  const patched = yield* call.api.patch(kind, namespace, name, type, patch, query);
  if (!patched.ok) return whileDoing(call, 'applying patch:\n', file, patched.status);
  // A patch may change nothing, as where a list is replaced whole; kubectl says the same of it.
  return printOutcome(call, patched.value, `configured${dryRunSuffix(call)}`);
}

/** What kubectl says below the fields that others manage. */
const conflictAdvice = `
Please review the fields above--they currently have other managers. Here
are the ways you can resolve this warning:
* If you intend to manage all of these fields, please re-run the apply
  command with the \`--force-conflicts\` flag.
* If you do not intend to manage all of the fields, please edit your
  manifest to remove references to the fields that should keep their
  current managers.
* You may co-own fields by updating your manifest to match the existing
  value; in this case, you'll become the manager if the other manager(s)
  stop managing the field (remove it from their configuration).
See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts`;

/** A refusal with what was being done to which file; field errors stand alone, as kubectl has it. */
export function whileDoing(call: Call, what: string, file: string, status: Status): number {
  if (status.reason === 'Invalid' || status.code === 0) return refused(call, status);
  call.write('stderr',
    `${serverError({ ...status, message: `error when ${what} "${file}": ${status.message ?? ''}` })}\n`);
  return 1;
}

export const deleteCommand: KubectlCommand = {
  about: 'Delete resources by file names, stdin, resources and names, or by resources and label selector',
  completes: 'resources',
  flags: {
    ...writing, 'all': { type: 'bool' }, 'all-namespaces': { type: 'bool', short: 'A' },
    'cascade': { type: 'string', bare: 'background' }, 'field-selector': { type: 'string' }, 'force': { type: 'bool' },
    'grace-period': { type: 'int' }, 'ignore-not-found': { type: 'bool' },
      'interactive': { type: 'unmodelledBool', short: 'i' },
    'now': { type: 'bool' }, 'raw': { type: 'unmodelled' }, 'selector': { type: 'string', short: 'l' },
    'timeout': { type: 'string' }, 'wait': { type: 'bool' },
  },
  run: runDelete,
};

const cascades = ['background', 'foreground', 'orphan', 'true', 'false'];

function* runDelete(call: Call): Task<number> {
  const { flags } = call;
  const cascade = flags.text('cascade') ?? 'background';
  if (!cascades.includes(cascade)) {
    return complain(call, `invalid cascade value (${cascade}). Must be "background", "foreground", or "orphan"`);
  }
  const problem = dryRunProblem(call);
  if (problem !== undefined) return complain(call, problem);
  const targets = flags.has('filename') ? fileTargets(call) : targetsOf(call.kinds, call.args);
  if (isTargetProblem(targets)) return complain(call, targets.problem);
  if (targets.length === 0) {
    return complain(call, nothingNamed);
  }
  const selects = flags.has('selector') || flags.has('field-selector') || flags.is('all');
  if (!selects && targets.some(({ name }) => name === undefined)) {
    return complain(call, 'resource(s) were provided, but no name was specified');
  }
  if (flags.is('all') && targets.some(({ name }) => name !== undefined)) {
    return complain(call, 'name cannot be provided when a selector is specified');
  }
  if (flags.has('selector') && flags.is('all')) return complain(call,
    'setting \'all\' parameter but found a non empty selector. ');
  if (flags.is('force')) {
    call.write('stderr',
      'Warning: Immediate deletion does not wait for confirmation that the running resource has been '
      + 'terminated. The resource may continue to run on the cluster indefinitely.\n');
  }
  const deleted: Deleted[] = [];
  let code = 0;
  for (const target of targets) {
    const each = yield* namesOf(call, target);
    if ('code' in each) code = each.code;
    else for (const { name, namespace } of each) code = Math.max(code,
      yield* deleteOne(call, { ...target, name, namespace }, deleted));
  }
  if (selects && deleted.length === 0 && code === 0) call.write('stdout', 'No resources found\n');
  if (!flags.is('wait', true) || flags.is('force') || flags.has('dry-run')) return code;
  return Math.max(code, yield* awaitGone(call, deleted));
}

interface Deleted {
  readonly target: Target;
  readonly uid: string | undefined;
}

type Named = { readonly name: string; readonly namespace: string | undefined };

function* namesOf(call: Call, target: Target): Task<readonly Named[] | { readonly code: number }> {
  const { kind, name } = target;
  if (name !== undefined) return [{ name, namespace: scopeOf(call, target) }];
  const namespace = call.flags.is('all-namespaces') ? undefined : scopeOf(call, target);
  const list = yield* call.api.list<{ readonly items: readonly KubeObject[] }>(kind, namespace, {
    labelSelector: call.flags.text('selector'), fieldSelector: call.flags.text('field-selector'),
  });
  return list.ok ? list.value.items.map(({ metadata }) => ({ name: metadata.name, namespace: metadata.namespace }))
    : { code: refused(call, list.status) };
}

function* deleteOne(
  call: Call, target: Target, deleted: Deleted[],
): Task<number> {
  const { kind, name = '', namespace } = target;
  const { flags } = call;
  const word = flags.is('force') ? 'force deleted' : 'deleted';
  const where = kind.namespaced ? ` from ${namespace} namespace` : '';
  const group = kind.group === '' ? kind.singular : `${kind.singular}.${kind.group}`;
  const done = (): void => {
    if (flags.text('output') === 'name') say(call, `${shownName(kind, name)}`);
    else say(call, `${group} "${name}" ${word}${where}${dryRunSuffix(call)}`);
  };
  if (flags.text('dry-run') === 'client') {
    done();
    return 0;
  }
  const grace = flags.is('now') ? '1' : flags.is('force') && !flags.has('grace-period') ? '0'
    : flags.text('grace-period');
  const cascade = flags.text('cascade') ?? 'background';
  const policies: Readonly<Record<string, string>> = { background: 'Background', foreground: 'Foreground',
    orphan: 'Orphan', true: 'Background', false: 'Orphan' };
  const answer = yield* call.api.ask<Partial<KubeObject> & Partial<Status>>({
    method: 'DELETE', path: pathOf(kind, namespace, name),
    query: { dryRun: flags.text('dry-run') === 'server' ? 'All' : undefined },
    body: {
      apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: policies[cascade] ?? 'Background',
      ...(grace !== undefined && grace !== '-1' ? { gracePeriodSeconds: Number(grace) } : {}),
    },
    subject: { verb: 'delete', resource: group, namespace, name },
  });
  if (!answer.ok) {
    return answer.status.code === 404 && flags.is('ignore-not-found') ? 0 : refused(call, answer.status);
  }
  done();
  deleted.push({ target, uid: answer.value.details?.uid ?? answer.value.metadata?.uid });
  return 0;
}

function* awaitGone(call: Call,
  deleted: readonly Deleted[]): Task<number> {
  const timeout = timeoutOf(call, '0s');
  if (typeof timeout !== 'number') return complain(call, timeout.problem);
  for (const { target: { kind, name = '', namespace }, uid } of deleted) {
    const gone = yield* awaitObject(call, kind, namespace, name, timeout, (now) => now?.metadata.uid !== uid);
    if (gone.kind === 'failed') return refused(call, gone.status);
    if (gone.kind === 'timeout' && timeout > 0) return complain(call,
      `timed out waiting for the condition on ${kind.plural}/${name}`);
  }
  return 0;
}

export const patch: KubectlCommand = {
  about: 'Update fields of a resource',
  completes: 'resources',
  flags: {
    ...writing, 'patch': { type: 'string', short: 'p' }, 'patch-file': { type: 'string' },
      'subresource': { type: 'string' },
    'type': { type: 'string' }, 'local': { type: 'unmodelledBool' },
  },
  run: runPatch,
};

function* runPatch(call: Call): Task<number> {
  const { flags } = call;
  const file = flags.text('patch-file');
  const text = file === undefined ? flags.text('patch') : call.files[file];
  if (text === undefined) {
    return complain(call, file === undefined
      ? 'must specify --patch or --patch-file containing the contents of the patch'
      : `unable to read patch file: open ${file}: no such file or directory`);
  }
  const type = flags.text('type') ?? 'strategic';
  if (!['json', 'merge', 'strategic'].includes(type)) {
    return complain(call, `--type must be one of [json merge strategic], not "${type}"`);
  }
  const [document] = parseYaml(text);
  // What is no YAML goes to the server as it is, which says what is wrong with it.
  const body = document && document.problems.length === 0 && typeof document.value === 'object' ? document.value : text;
  const targets = flags.has('filename') ? fileTargets(call) : targetsOf(call.kinds, call.args);
  if (isTargetProblem(targets)) return complain(call, targets.problem);
  let code = 0;
  for (const target of targets) {
    const { kind, name } = target;
    if (name === undefined) return complain(call, 'resource(s) were provided, but no name was specified');
    const namespace = scopeOf(call, target);
    const before = yield* call.api.get(kind, namespace, name);
    if (!before.ok) return refused(call, before.status);
    const after = yield* call.api.patch(kind, namespace, name, type === 'strategic' ? 'strategic-merge'
      : type as 'json' | 'merge',
      body, changing(call, 'kubectl-patch'), flags.text('subresource'));
    if (!after.ok) {
      code = refused(call, after.status);
      continue;
    }
    const same = before.value.metadata.resourceVersion === after.value.metadata.resourceVersion;
    code = Math.max(code, printOutcome(call, after.value, same ? 'patched (no change)'
      : `patched${dryRunSuffix(call)}`));
  }
  return code;
}

export const edit: KubectlCommand = {
  about: 'Edit a resource on the server',
  completes: 'resources',
  flags: { ...writing, 'subresource': { type: 'unmodelled' }, 'save-config': { type: 'unmodelledBool' },
    'validate': { type: 'string', bare: 'strict' } },
  run: runEdit,
};

const editHead =
  "# Please edit the object below. Lines beginning with a '#' will be ignored,\n# and an empty file will abort " +
  'the edit. If an error occurs while saving this file will be\n# reopened with the relevant failures.\n#\n';

function* runEdit(call: Call): Task<number> {
  const targets = targetsOf(call.kinds, call.args);
  if (isTargetProblem(targets)) return complain(call, targets.problem);
  const [target] = targets;
  if (!target) return complain(call, nothingNamed);
  if (!target.name || targets.length > 1) return complain(call,
    'edit of exactly one object by name is what the sandbox models');
  const { kind, name } = target;
  const namespace = scopeOf(call, target);
  const found = yield* call.api.get(kind, namespace, name);
  if (!found.ok) return refused(call, found.status);
  const before = withoutManagedFields(found.value);
  const body = dumpYaml(before);
  for (let text = `${editHead}${body}`; ;) {
    const edited = yield* call.edit(`${kind.singular}-${name}.yaml`, text);
    const [document] = edited === undefined ? [] : parseYaml(edited);
    if (edited === undefined || edited === text || !document || document.empty) {
      say(call, 'Edit cancelled, no changes made.');
      return 0;
    }
    const failed = document.problems[0]?.message ?? (yield* saveEdit(call, target, before, document.value as PlainMap));
    if (failed === undefined) return 0;
    call.write('stderr', `error: ${failed.replace(/^error: /, '')}\n`);
    const reason = failed.split('\n').map((line) => `# ${line}\n`).join('');
    text = `${editHead}${reason}#\n${edited.split('\n').filter((line) => !line.startsWith('#')).join('\n')}`;
  }
}

/** Sends what was edited as a patch; undefined when it was taken, else why not. */
function* saveEdit(call: Call, target: Target, before: KubeObject, edited: PlainMap): Task<string | undefined> {
  const { kind, name = '' } = target;
  const original = before as unknown as PlainMap;
  const diff = typeof kind.schema === 'string' ? threeWayStrategicMergePatch(original, edited, original, kind.schema)
    : threeWayMergePatch(original, edited, original);
  if (isPatchError(diff)) return 'the edited object cannot be compared with the one on the server';
  if (sortedKeys(diff).length === 0) {
    say(call, 'Edit cancelled, no changes made.');
    return undefined;
  }
  const type = typeof kind.schema === 'string' ? 'strategic-merge' : 'merge';
  const saved = yield* call.api.patch(kind, scopeOf(call, target), name, type, diff,
    { ...changing(call, 'kubectl-edit'), fieldValidation: 'Strict' });
  if (!saved.ok) return serverError(saved.status);
  say(call, `${objectName(call.kinds, saved.value)} edited`);
  return undefined;
}
