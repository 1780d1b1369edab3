/** `kubectl taint`. Models kubectl's pkg/cmd/taint and pkg/util/taints. */
import { labelValueProblems, qualifiedNameProblems } from '../../../api/names';
import type { Node } from '../../../api/types';
import type { Task } from '../../../sim/task';
import { type Call, changing, complain, type KubectlCommand, misused, refused } from './call';
import { objectsOf, writing } from './objects';
import { printOutcome } from './output';

type Taint = { readonly key: string; readonly value?: string; readonly effect: string };
type Removal = { readonly key: string; readonly effect: string };
const effects = new Set(['NoSchedule', 'PreferNoSchedule', 'NoExecute']);

export const taint: KubectlCommand = {
  about: 'Update the taints on one or more nodes',
  completes: 'resources',
  flags: { ...writing, overwrite: { type: 'bool' }, validate: { type: 'string', bare: 'strict' } },
  run: runTaint,
};

function isTaint(arg: string): boolean {
  return /[=:]/.test(arg) || arg.endsWith('-');
}

function* runTaint(call: Call): Task<number> {
  const [type] = call.args;
  if (type === undefined) return complain(call, 'one or more resources must be specified as <resource> <name>');
  const specs = call.args.filter(isTaint);
  if (specs.length === 0) return complain(call, 'at least one taint update is required');
  if (call.kinds.byName(type.split('/')[0] ?? '')?.kind !== 'Node') {
    return complain(call, `invalid resource type ${type}, only node types are supported`);
  }
  const changes = changesOf(specs);
  if ('problem' in changes) return misused(call, changes.problem);
  const found = yield* objectsOf(call, call.args.filter((arg) => !isTaint(arg)));
  if ('code' in found) return found.code;
  for (const { target: { kind, name = '' }, object } of found) {
    const before = (object as Node).spec.taints ?? [];
    const after = changed(call, name, before, changes);
    if (typeof after === 'string') return complain(call, after);
    const patched = yield* call.api.patch(kind, undefined, name, 'merge', { spec: { taints: after } },
      changing(call, 'kubectl-taint'));
    if (!patched.ok) return refused(call, patched.status);
    printOutcome(call, patched.value, operation(before, changes));
  }
  return 0;
}

interface Changes {
  readonly add: readonly Taint[];
  readonly remove: readonly Removal[];
}

/** What was done, in a word: `modified` where both, or where a value was overwritten. */
function operation(before: readonly Taint[], { add, remove }: Changes): string {
  if (add.length === 0) return 'untainted';
  const overwrites = add.some((one) => before.some(({ key, effect }) => key === one.key && effect === one.effect));
  return remove.length > 0 || overwrites ? 'modified' : 'tainted';
}

function changesOf(specs: readonly string[]): Changes | { readonly problem: string } {
  const add: Taint[] = [];
  const remove: Removal[] = [];
  for (const spec of specs) {
    const isRemoval = spec.endsWith('-');
    const [pair = '', effect = '', ...rest] = (isRemoval ? spec.slice(0, -1) : spec).split(':');
    const [key = '', value = '', ...more] = pair.split('=');
    const problem = rest.length > 0 || more.length > 0 ? '' : specProblem(spec, key, value, effect);
    if (problem !== undefined) {
      return { problem: problem.startsWith('invalid') ? problem : `invalid taint spec: ${spec}${problem}` };
    }
    if (isRemoval) remove.push({ key, effect });
    else add.push({ key, ...(value === '' ? {} : { value }), effect });
  }
  return { add, remove };
}

function specProblem(spec: string, key: string, value: string, effect: string): string | undefined {
  const isRemoval = spec.endsWith('-');
  // Without an effect upstream takes all of it for the key.
  const [wrongKey] = qualifiedNameProblems(spec.includes(':') ? key : spec.replace(/-$/, ''));
  if (wrongKey !== undefined) return `, ${wrongKey}`;
  const [wrongValue] = labelValueProblems(value);
  if (wrongValue !== undefined) return `, ${wrongValue}`;
  if (effect === '' && !spec.includes(':')) return isRemoval ? undefined : '';
  return effects.has(effect) ? undefined : `invalid taint effect: ${effect}, unsupported taint effect`;
}

/** The taints afterwards, or why not. */
function changed(
  call: Call, node: string, before: readonly Taint[], { add, remove }: Changes,
): readonly Taint[] | string {
  let taints = before;
  for (const { key, effect } of remove) {
    const rest = taints.filter((each) => each.key !== key || (effect !== '' && each.effect !== effect));
    if (rest.length === taints.length) return `taint "${key}${effect === '' ? '' : `:${effect}`}" not found`;
    taints = rest;
  }
  for (const each of add) {
    const same = taints.find(({ key, effect }) => key === each.key && effect === each.effect);
    if (same && !call.flags.is('overwrite')) {
      return `node ${node} already has ${each.key} taint(s) with same effect(s) and --overwrite is false`;
    }
    taints = [...taints.filter((other) => other !== same), each];
  }
  return taints;
}
