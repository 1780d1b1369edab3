/**
 * `kubectl describe`: the describers of ../describe over the API. They are functions of a reader that answers at once;
 * what they ask for and is not there yet is fetched, and they are run again, until nothing is missing.
 */
import { objectKey } from '../../../api/object';
import type { KubeObject } from '../../../api/types';
import type { ObjectRef } from '../../../protocol/commands';
import type { Task } from '../../../sim/task';
import { describeObject, type ObjectReader } from '../describe/describe';
import { type Call, complain, type KubectlCommand, refused } from './call';
import { fileTargets, isTargetProblem, scopeOf, type Target, targetsOf } from './resources';

export const describe: KubectlCommand = {
  about: 'Show details of a specific resource or group of resources',
  completes: 'resources',
  flags: {
    'all-namespaces': { type: 'bool', short: 'A' }, 'chunk-size': { type: 'string' },
      'filename': { type: 'list', short: 'f' },
    'kustomize': { type: 'unmodelled', short: 'k' }, 'recursive': { type: 'unmodelledBool', short: 'R' },
    'selector': { type: 'string', short: 'l' }, 'show-events': { type: 'bool' },
  },
  run: runDescribe,
};

function* runDescribe(call: Call): Task<number> {
  const targets = call.flags.has('filename') ? fileTargets(call) : targetsOf(call.kinds, call.args);
  if (isTargetProblem(targets)) return complain(call, targets.problem);
  if (targets.length === 0) {
    call.write('stderr',
      'error: You must specify the type of resource to describe. Use "kubectl api-resources" for a complete '
      + 'list of supported resources.\n');
    return 1;
  }
  const refs: ObjectRef[] = [];
  const reader = new FetchingReader();
  let code = 0;
  let byPrefix = false;
  for (const target of targets) {
    const found = yield* refsOf(call, target, targets.length === 1);
    if ('code' in found) {
      code = found.code;
      continue;
    }
    refs.push(...found.refs);
    found.objects.forEach((object, index) => reader.know(found.refs[index] as ObjectRef, object));
    byPrefix ||= found.byPrefix;
  }
  const showEvents = call.flags.is('show-events', refs.length === 1 && code === 0 && !byPrefix);
  const texts: string[] = [];
  for (const ref of refs) {
    const text = yield* reader.complete(call,
      () => describeObject(reader, call.kinds, ref, call.host.wallMs, !showEvents));
    if (text !== undefined) texts.push(text);
  }
  if (texts.length > 0) {
    call.write('stdout', byPrefix ? texts.map((text) => `${text}\n`).join('') : texts.join('\n\n'));
  } else if (code === 0) {
    const where = call.flags.is('all-namespaces') ? '' : ` in ${call.namespace} namespace.`;
    call.write('stderr', `No resources found${where}\n`);
  }
  return code;
}

interface Refs {
  readonly refs: readonly ObjectRef[];
  /** What was fetched of them already. */
  readonly objects: readonly KubeObject[];
  /** Found by the beginning of their names. */
  readonly byPrefix: boolean;
}

/** The objects that a target names; a lone name that no object has is taken for the beginning of names. */
function* refsOf(call: Call, target: Target, isAlone: boolean): Task<Refs | { readonly code: number }> {
  const { kind, name } = target;
  const namespace = call.flags.is('all-namespaces') ? undefined : scopeOf(call, target);
  const apiVersion = kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
  const ref = ({ metadata }: KubeObject): ObjectRef => (
    { apiVersion, kind: kind.kind, namespace: metadata.namespace, name: metadata.name });
  if (name !== undefined) {
    const found = yield* call.api.get(kind, namespace, name);
    if (found.ok) return { refs: [ref(found.value)], objects: [found.value], byPrefix: false };
    if (found.status.code !== 404 || !isAlone) return { code: refused(call, found.status) };
    const others = yield* call.api.list<{ readonly items: readonly KubeObject[] }>(kind, namespace);
    const alike = others.ok ? others.value.items.filter(({ metadata }) => metadata.name.startsWith(name)) : [];
    return alike.length > 0
      ? { refs: alike.map(ref), objects: [], byPrefix: true }
      : { code: refused(call, found.status) };
  }
  const list = yield* call.api.list<{ readonly items: readonly KubeObject[] }>(
    kind, namespace, { labelSelector: call.flags.text('selector') });
  return list.ok
    ? { refs: list.value.items.map(ref), objects: list.value.items, byPrefix: false }
    : { code: refused(call, list.status) };
}

type Wanted =
  { readonly ref: ObjectRef } | { readonly apiVersion: string; readonly kind: string; readonly namespace?: string };

class FetchingReader implements ObjectReader {
  private readonly objects = new Map<string, KubeObject | undefined>();
  private readonly lists = new Map<string, readonly KubeObject[]>();
  private missing: Wanted[] = [];

  /** Takes an object that is there already; in lists it does not say of what kind it is. */
  know(ref: ObjectRef, object: KubeObject): void {
    this.objects.set(refKey(ref), { ...object, apiVersion: ref.apiVersion, kind: ref.kind });
  }

  get(ref: ObjectRef): KubeObject | undefined {
    const key = refKey(ref);
    if (!this.objects.has(key)) this.missing.push({ ref });
    return this.objects.get(key);
  }

  list<T extends KubeObject>(apiVersion: string, kind: string, _revision?: number, namespace?: string): readonly T[] {
    const found = this.lists.get(`${apiVersion} ${kind} ${namespace ?? ''}`);
    if (!found) this.missing.push({ apiVersion, kind, namespace });
    return (found ?? []) as readonly T[];
  }

  /** Runs a function of this reader until it has all that it asks for. */
  *complete<T>(call: Call, run: () => T): Task<T> {
    for (;;) {
      this.missing = [];
      const result = run();
      if (this.missing.length === 0) return result;
      for (const wanted of this.missing) yield* this.fetch(call, wanted);
    }
  }

  private *fetch(call: Call, wanted: Wanted): Task {
    const { apiVersion, kind: name, namespace } = 'ref' in wanted ? wanted.ref : wanted;
    const kind = call.kinds.byKind(apiVersion, name);
    if ('ref' in wanted) {
      if (this.objects.has(refKey(wanted.ref))) return;
      const found = kind ? yield* call.api.get(kind, namespace, wanted.ref.name) : undefined;
      this.objects.set(refKey(wanted.ref), found?.ok ? found.value : undefined);
      return;
    }
    const key = `${apiVersion} ${name} ${namespace ?? ''}`;
    if (this.lists.has(key)) return;
    const found = kind ? yield* call.api.list<{ readonly items: readonly KubeObject[] }>(kind, namespace) : undefined;
    const items = found?.ok ? found.value.items.map((item) => ({ ...item, apiVersion, kind: name })) : [];
    this.lists.set(key, [...items].sort((a, b) => (objectKey(a) < objectKey(b) ? -1 : 1)));
  }
}

function refKey({ apiVersion, kind, namespace, name }: ObjectRef): string {
  return `${apiVersion} ${kind} ${namespace ?? ''}/${name}`;
}
