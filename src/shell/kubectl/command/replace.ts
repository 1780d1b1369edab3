/**
 * `kubectl replace`: puts files in the place of what is there, as a whole; with `--force` by deleting it first. Models
 * kubectl's pkg/cmd/replace.
 */
import type { KubeObject } from '../../../api/types';
import type { Task } from '../../../sim/task';
import { awaitObject } from './await';
import { whileDoing } from './apply';
import { type Call, changing, complain, dryRunProblem, dryRunSuffix, type KubectlCommand, refused, say } from './call';
import { type Answer, pathOf, subjectOf } from './connection';
import { printOutcome } from './output';
import { fileTargets, isTargetProblem, scopeOf, type Target } from './resources';

export const replace: KubectlCommand = {
  about: 'Replace a resource by file name or stdin',
  flags: {
    'cascade': { type: 'string', bare: 'background' }, 'dry-run': { type: 'string', bare: 'unchanged' },
    'field-manager': { type: 'string' }, 'filename': { type: 'list', short: 'f' }, 'force': { type: 'bool' },
    'grace-period': { type: 'string' }, 'kustomize': { type: 'unmodelled', short: 'k' },
    'output': { type: 'string', short: 'o' }, 'raw': { type: 'unmodelled' },
    'recursive': { type: 'unmodelledBool', short: 'R' }, 'save-config': { type: 'unmodelledBool' },
    'show-managed-fields': { type: 'bool' }, 'subresource': { type: 'unmodelled' }, 'template': { type: 'unmodelled' },
    'timeout': { type: 'string' }, 'validate': { type: 'string', bare: 'strict' }, 'wait': { type: 'bool' },
  },
  run: runReplace,
};

function* runReplace(call: Call): Task<number> {
  const { flags } = call;
  if (!flags.has('filename')) return complain(call, 'Must specify --filename to replace');
  const problem = dryRunProblem(call);
  if (problem !== undefined) return complain(call, problem);
  for (const name of ['grace-period', 'timeout']) {
    if (flags.has(name) && !flags.is('force')) return complain(call, `--${name} must have --force specified`);
  }
  if (flags.is('force') && flags.has('dry-run') && flags.text('dry-run') !== 'none') {
    return complain(call, '--dry-run can not be used when --force is set');
  }
  const targets = fileTargets(call);
  if (isTargetProblem(targets)) return complain(call, targets.problem);
  const [file = ''] = flags.all('filename');
  if (flags.is('force')) return yield* forceReplace(call, targets);
  let code = 0;
  for (const target of targets) code = Math.max(code, yield* replaceOne(call, target, file === '-' ? 'STDIN' : file));
  return code;
}

function* replaceOne(call: Call, target: Target, file: string): Task<number> {
  const object = target.object as unknown as KubeObject;
  if (call.flags.text('dry-run') === 'client') return printOutcome(call, object, 'replaced (dry run)');
  const replaced = yield* put(call, target, object);
  if (!replaced.ok) return whileDoing(call, 'replacing', file, replaced.status);
  return printOutcome(call, replaced.value, `replaced${dryRunSuffix(call)}`);
}

/** Over whatever version is there, unless the file names one. */
function* put(call: Call, target: Target, object: KubeObject): Task<Answer<KubeObject>> {
  const { kind, name = '' } = target;
  const namespace = scopeOf(call, target);
  let body = object;
  if (!object.metadata.resourceVersion) {
    const found = yield* call.api.get(kind, namespace, name);
    if (found.ok) {
      const { resourceVersion } = found.value.metadata;
      body = { ...object, metadata: { ...object.metadata, resourceVersion } };
    } else if (found.status.code !== 404) return found;
  }
  const fieldValidation = call.flags.text('validate') === 'false' ? 'Ignore' : 'Strict';
  return yield* call.api.ask<KubeObject>({
    method: 'PUT', path: pathOf(kind, namespace, name), body,
    query: { ...changing(call, 'kubectl-replace'), fieldValidation },
    subject: subjectOf('update', kind, namespace, name),
  });
}

/** All go before the first comes back. */
function* forceReplace(call: Call, targets: readonly Target[]): Task<number> {
  for (const target of targets) {
    const { kind, name = '' } = target;
    const namespace = scopeOf(call, target);
    const gone = yield* call.api.ask({
      method: 'DELETE', path: pathOf(kind, namespace, name),
      body: {
        apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: 'Background',
        ...(call.flags.has('grace-period') ? { gracePeriodSeconds: Number(call.flags.text('grace-period')) } : {}),
      },
      subject: subjectOf('delete', kind, namespace, name),
    });
    if (!gone.ok && gone.status.code !== 404) return refused(call, gone.status);
    if (gone.ok) say(call, `${kind.group === '' ? kind.singular : `${kind.singular}.${kind.group}`} "${name}" deleted`
      + `${kind.namespaced ? ` from ${namespace} namespace` : ''}`);
    const awaited = yield* awaitObject(call, kind, namespace, name, 300_000, (object) => object === undefined);
    if (awaited.kind === 'failed') return refused(call, awaited.status);
    if (awaited.kind === 'timeout') return complain(call, 'timed out waiting for the condition');
  }
  for (const target of targets) {
    const { kind, object } = target;
    const created = yield* call.api.create(kind, scopeOf(call, target), object, changing(call, 'kubectl-replace'));
    if (!created.ok) return refused(call, created.status);
    printOutcome(call, created.value, 'replaced');
  }
  return 0;
}
