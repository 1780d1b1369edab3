/** `kubectl label` and `kubectl annotate`. Models the packages of the same names under kubectl's pkg/cmd. */
import { labelValueProblems } from '../../../api/names';
import type { Task } from '../../../sim/task';
import { type Call, changing, complain, dryRunSuffix, type KubectlCommand, neitherNamed, refused, say } from './call';
import type { FlagSpecs } from './flags';
import { type Found, objectsOf, writing } from './objects';
import { printOutcome } from './output';
import { scopeOf } from './resources';

type Field = 'labels' | 'annotations';

const flags: FlagSpecs = { ...writing, list: { type: 'bool' }, overwrite: { type: 'bool' } };

function metadataCommand(field: Field, about: string): KubectlCommand {
  return { about, completes: 'resources', flags, run: (call) => changeMetadata(call, field) };
}

export const label = metadataCommand('labels', 'Update the labels on a resource');
export const annotate = metadataCommand('annotations', 'Update the annotations on a resource');

/** What is to become of a key: its value, or null for none. */
type Changes = Readonly<Record<string, string | null>>;

function isChange(arg: string): boolean {
  return /^[^=]+=/.test(arg) || (/-$/.test(arg) && arg.length > 1);
}

function* changeMetadata(call: Call, field: Field): Task<number> {
  const one = field === 'labels' ? 'label' : 'annotation';
  const words = call.args.filter((arg) => !isChange(arg));
  if (words.length === 0 && !call.flags.has('filename')) return complain(call, neitherNamed);
  const changes = changesOf(call.args.filter(isChange), field);
  if (typeof changes === 'string') return complain(call, changes);
  if (Object.keys(changes).length === 0 && !call.flags.is('list')) {
    return complain(call, `at least one ${one} update is required`);
  }
  const found = yield* objectsOf(call, words);
  if ('code' in found) return found.code;
  let code = 0;
  for (const each of found) {
    if (call.flags.is('list')) list(call, each, field, found.length > 1);
    if (Object.keys(changes).length === 0) continue;
    const result = yield* changeOne(call, each, field, changes);
    code = Math.max(code, result);
  }
  return code;
}

function changesOf(args: readonly string[], field: Field): Changes | string {
  const one = field === 'labels' ? 'label' : 'annotation';
  const changes: Record<string, string | null> = {};
  for (const arg of args) {
    const equals = arg.indexOf('=');
    const key = equals < 0 ? arg.slice(0, -1) : arg.slice(0, equals);
    const value = equals < 0 ? null : arg.slice(equals + 1);
    if (Object.hasOwn(changes, key) && (changes[key] === null) !== (value === null)) {
      return `can not both modify and remove ${one === 'label' ? 'a label' : 'an annotation'} in the same command`;
    }
    const [problem] = field === 'labels' && value !== null ? labelValueProblems(value) : [];
    if (problem !== undefined) return `invalid label value: "${arg}": ${problem}`;
    changes[key] = value;
  }
  return changes;
}

function list(call: Call, { target: { kind, name = '' }, object }: Found, field: Field, titled: boolean): void {
  const own = object.metadata[field] ?? {};
  if (titled) say(call, `Listing ${field} for ${kind.kind}.${kind.group}/${name}:`);
  for (const key of Object.keys(own).sort()) say(call, `${key}=${own[key]}`);
}

function* changeOne(call: Call, { target, object }: Found, field: Field, changes: Changes): Task<number> {
  const own = object.metadata[field] ?? {};
  const taken = Object.keys(changes).find((key) => (
    own[key] !== undefined && changes[key] !== null && own[key] !== changes[key]));
  if (taken !== undefined && !call.flags.is('overwrite')) {
    const sentence = `'${taken}' already has a value (${own[taken]})`;
    return complain(call, field === 'labels' ? `${sentence}, and --overwrite is false`
      : `--overwrite is false but found the following declared annotation(s): ${sentence}`);
  }
  const removed = Object.keys(changes).filter((key) => changes[key] === null);
  if (field === 'labels') {
    for (const key of removed) if (own[key] === undefined) say(call, `label "${key}" not found.`);
  }
  const changed = yield* call.api.patch(target.kind, scopeOf(call, target), target.name ?? '', 'merge',
    { metadata: { [field]: changes } }, changing(call, `kubectl-${field === 'labels' ? 'label' : 'annotate'}`));
  if (!changed.ok) return refused(call, changed.status);
  const after = changed.value;
  const same = after.metadata.resourceVersion === object.metadata.resourceVersion && !call.flags.has('dry-run');
  const onlyRemoves = removed.length === Object.keys(changes).length;
  const word = field === 'annotations' ? 'annotated' : same ? 'not labeled' : onlyRemoves ? 'unlabeled' : 'labeled';
  return printOutcome(call, after, `${word}${dryRunSuffix(call)}`);
}
