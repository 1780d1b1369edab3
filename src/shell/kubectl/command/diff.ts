/**
 * `kubectl diff`: what applying files would change. The API server is asked for the result with a dry run, and both
 * versions are compared as `diff -u -N` does, whose output is printed. Models kubectl's pkg/cmd/diff; an external
 * program (KUBECTL_EXTERNAL_DIFF) is not modelled.
 */
import type { PlainMap } from '../../../api/patch/plain';
import { formatTime } from '../../../api/time';
import type { KubeObject } from '../../../api/types';
import { sortedKeys } from '../../../base/freeze';
import { dumpYaml } from '../../../base/yaml/dump';
import type { Task } from '../../../sim/task';
import { unifiedDiff } from '../../unified-diff';
import { patchFor, patchTypeFor, refOf } from '../apply';
import { serverError } from '../text';
import { type Call, complain, type KubectlCommand } from './call';
import type { Answer } from './connection';
import { withoutManagedFields } from './output';
import { fileTargets, isTargetProblem, scopeOf, type Target } from './resources';

/** The exit codes: there are differences; something went wrong. */
const different = 1;
const failed = 2;

export const diff: KubectlCommand = {
  about: 'Diff the live version against a would-be applied version',
  flags: {
    'concurrency': { type: 'string' }, 'field-manager': { type: 'string' }, 'filename': { type: 'list', short: 'f' },
    'force-conflicts': { type: 'bool' }, 'kustomize': { type: 'unmodelled', short: 'k' },
    'prune': { type: 'unmodelledBool' }, 'recursive': { type: 'unmodelledBool', short: 'R' },
    'selector': { type: 'unmodelled', short: 'l' },
    'server-side': { type: 'bool' }, 'show-managed-fields': { type: 'bool' },
  },
  run: runDiff,
};

function* runDiff(call: Call): Task<number> {
  if (!call.flags.has('filename')) return complain(call, 'must specify one of -f and -k', failed);
  const targets = fileTargets(call);
  if (isTargetProblem(targets)) return complain(call, targets.problem, failed);
  const random = call.host.random('diff');
  const [live, merged] = [`/tmp/LIVE-${random.next32()}`, `/tmp/MERGED-${random.next32()}`];
  let code = 0;
  for (const target of targets) {
    const found = yield* call.api.get(target.kind, scopeOf(call, target), target.name ?? '');
    if (!found.ok && found.status.code !== 404) return refusedDiff(call, found);
    const wanted = yield* wouldBe(call, target, found.ok ? found.value : undefined);
    if (!wanted.ok) return refusedDiff(call, wanted);
    const [before, after] = texts(call, found.ok ? found.value : undefined, wanted.value);
    const changes = unifiedDiff(before, after);
    if (changes === '') continue;
    code = different;
    const file = fileName(wanted.value);
    const stamp = stampOf(call.host.wallMs);
    call.write('stdout', `diff -u -N ${live}/${file} ${merged}/${file}\n`
      + `--- ${live}/${file}\t${stamp}\n+++ ${merged}/${file}\t${stamp}\n${changes}`);
  }
  return code;
}

/** The object as it would be after an apply. */
function* wouldBe(call: Call, target: Target, live: KubeObject | undefined): Task<Answer<KubeObject>> {
  const { kind, name = '', object } = target;
  const namespace = scopeOf(call, target);
  const wanted = object as PlainMap;
  const manager = call.flags.text('field-manager');
  if (call.flags.is('server-side')) {
    const force = String(call.flags.is('force-conflicts'));
    const query = { dryRun: 'All', fieldManager: manager ?? 'kubectl', force };
    return yield* call.api.patch(kind, namespace, name, 'apply', wanted, query);
  }
  const query = { dryRun: 'All', fieldManager: manager ?? 'kubectl-client-side-apply' };
  if (!live) return yield* call.api.create(kind, namespace, wanted, query);
  // Without the annotation that an apply would leave: it would be a difference by itself.
  const metadata = wanted['metadata'] as PlainMap;
  const modified = { ...wanted, metadata: { ...metadata, annotations: metadata['annotations'] ?? {} } };
  const patch = patchFor(call.kinds, refOf(wanted), modified, live as unknown as PlainMap);
  if (sortedKeys(patch).length === 0) return { ok: true, value: live, text: '' };
  const type = patchTypeFor(call.kinds, refOf(wanted)) === 'strategic' ? 'strategic-merge' : 'merge';
  return yield* call.api.patch(kind, namespace, name, type, patch, query);
}

function refusedDiff(call: Call, { status }: Extract<Answer, { ok: false }>): number {
  call.write('stderr', `${serverError(status)}\n`);
  return failed;
}

/** Both versions as YAML; what does not exist is empty. The values of a Secret are not shown. */
function texts({ flags }: Call, live: KubeObject | undefined, merged: KubeObject): readonly [string, string] {
  const shown = (object: KubeObject): KubeObject =>
    (flags.is('show-managed-fields') ? object : withoutManagedFields(object));
  const [before, after] = merged.kind === 'Secret' ? masked(live, merged) : [live, merged];
  return [before ? dumpYaml(shown(before)) : '', dumpYaml(shown(after))];
}

type Data = Readonly<Record<string, string>>;

function masked(live: KubeObject | undefined, merged: KubeObject): readonly [KubeObject | undefined, KubeObject] {
  const dataOf = (object: KubeObject | undefined): Data => (object as { readonly data?: Data } | undefined)?.data ?? {};
  const [before, after] = [dataOf(live), dataOf(merged)];
  const mask = (object: KubeObject, own: Data, other: Data, word: string): KubeObject => {
    const data = Object.fromEntries(sortedKeys(own).map((key) =>
      [key, key in other && other[key] !== own[key] ? `*** (${word})` : '***']));
    return { ...object, data } as KubeObject;
  };
  return [live && mask(live, before, after, 'before'), mask(merged, after, before, 'after')];
}

/** `apps.v1.Deployment.default.web`. */
function fileName({ apiVersion, kind, metadata: { namespace = '', name } }: KubeObject): string {
  return `${apiVersion.replace('/', '.')}.${kind}.${namespace}.${name}`;
}

/** The time of a file as diff prints it: `2026-05-20 08:00:00.000000000 +0000`. */
function stampOf(wallMs: number): string {
  const [date = '', time = ''] = formatTime(wallMs).replace('Z', '').split('T');
  return `${date} ${time}.${String(wallMs % 1000).padStart(3, '0')}000000 +0000`;
}
