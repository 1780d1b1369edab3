/**
 * The objects that a changing command is about, as they are now: by arguments, files or selectors. Models what kubectl's
 * commands ask of cli-runtime's builder, with its complaints.
 */
import type { KubeObject } from '../../../api/types';
import type { Task } from '../../../sim/task';
import { type Call, complain, neitherNamed, refused } from './call';
import type { FlagSpecs } from './flags';
import { fileTargets, isTargetProblem, scopeOf, type Target, targetsOf } from './resources';

/** Flags of commands that change objects. */
export const writing: FlagSpecs = {
  'dry-run': { type: 'string', bare: 'unchanged' }, 'field-manager': { type: 'string' },
  'filename': { type: 'list', short: 'f' }, 'output': { type: 'string', short: 'o' }, 'all': { type: 'bool' },
  'all-namespaces': { type: 'bool', short: 'A' }, 'selector': { type: 'string', short: 'l' },
  'field-selector': { type: 'string' }, 'recursive': { type: 'unmodelledBool', short: 'R' },
  'show-managed-fields': { type: 'bool' }, 'template': { type: 'unmodelled' }, 'local': { type: 'unmodelledBool' },
  'kustomize': { type: 'unmodelled', short: 'k' }, 'resource-version': { type: 'string' },
};

export interface Found {
  readonly target: Target;
  readonly object: KubeObject;
}

/** Fetches the objects, all or none; a complaint is printed. `unnamed` is what is said when nothing was named. */
export function* objectsOf(
  call: Call, words: readonly string[], unnamed = neitherNamed,
): Task<readonly Found[] | { readonly code: number }> {
  const { found, code } = yield* thoseThere(call, words, unnamed);
  return code === 0 ? found : { code };
}

/** The same for commands that go on with what is there. */
export function* thoseThere(
  call: Call, words: readonly string[], unnamed: string,
): Task<{ readonly found: readonly Found[]; readonly code: number }> {
  const { flags } = call;
  const targets = flags.has('filename') ? fileTargets(call) : targetsOf(call.kinds, words);
  if (isTargetProblem(targets)) return { found: [], code: complain(call, targets.problem) };
  if (targets.length === 0) return { found: [], code: complain(call, unnamed) };
  if (flags.has('selector') && targets.some(({ name }) => name !== undefined) && !flags.has('filename')) {
    return { found: [], code: complain(call, 'name cannot be provided when a selector is specified') };
  }
  const found: Found[] = [];
  let code = 0;
  for (const target of targets) {
    const each = yield* objectsOfTarget(call, target);
    if ('code' in each) code = each.code;
    else found.push(...each);
  }
  return { found, code };
}

function* objectsOfTarget(call: Call, target: Target): Task<readonly Found[] | { readonly code: number }> {
  const { kind, name } = target;
  const { flags } = call;
  if (name !== undefined) {
    const one = yield* call.api.get(kind, scopeOf(call, target), name);
    return one.ok ? [{ target, object: one.value }] : { code: refused(call, one.status) };
  }
  if (!flags.is('all') && !flags.has('selector')) {
    return { code: complain(call, 'resource(s) were provided, but no name was specified') };
  }
  const namespace = flags.is('all-namespaces') ? undefined : scopeOf(call, target);
  const list = yield* call.api.list<{ readonly items: readonly KubeObject[] }>(kind, namespace,
    { labelSelector: flags.text('selector') });
  if (!list.ok) return { code: refused(call, list.status) };
  const apiVersion = kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
  return list.value.items.map((object) => ({
    target: { kind, name: object.metadata.name, namespace: object.metadata.namespace },
    object: { ...object, apiVersion, kind: kind.kind },
  }));
}
