/**
 * What the generators of `kubectl create` have in common: a name, flags, an object made of them that is sent or only
 * printed. Models kubectl's pkg/cmd/create.
 */
import type { KindDescription } from '../../../api/kind';
import type { KubeObject, Service, Status } from '../../../api/types';
import type { Task } from '../../../sim/task';
import {
  type Call,
  changing,
  complain,
  dryRunProblem,
  dryRunSuffix,
  type KubectlCommand,
  misused,
  refused,
} from './call';
import type { FlagSpecs } from './flags';
import { printOutcome } from './output';

export const creating: FlagSpecs = {
  'dry-run': { type: 'string', bare: 'unchanged' }, 'field-manager': { type: 'string' },
  'output': { type: 'string', short: 'o' }, 'save-config': { type: 'unmodelledBool' },
  'show-managed-fields': { type: 'bool' }, 'template': { type: 'unmodelled' },
  'validate': { type: 'string', bare: 'strict' },
};

/** The object that flags ask for, or what is wrong with them. */
export type Made = { readonly object: Readonly<Record<string, unknown>> } | { readonly problem: string };

/** A generator whose object follows from its flags alone. */
export function generator(
  about: string, flags: FlagSpecs, make: (call: Call, name: string) => Made, aliases: readonly string[] = [],
): KubectlCommand {
  return askingGenerator(about, flags, function* (call, name) {
    return make(call, name);
  }, aliases);
}

/** A generator that has to ask the server; a refusal that it has printed is an exit code. */
export function askingGenerator(
  about: string, flags: FlagSpecs, make: (call: Call, name: string) => Task<Made | { readonly code: number }>,
  aliases: readonly string[] = [],
): KubectlCommand {
  return {
    about, flags: { ...creating, ...flags }, aliases,
    run: function* (call) {
      const name = nameOf(call);
      if (typeof name === 'number') return name;
      const made = yield* make(call, name);
      if ('code' in made) return made.code;
      if ('problem' in made) return complain(call, made.problem);
      return yield* createObject(call, made.object as unknown as KubeObject, 'kubectl-create', 'created');
    },
  };
}

/** The one NAME before `--`, or the exit code of a complaint. */
export function nameOf(call: Call): string | number {
  const names = call.flags.dash === undefined ? call.args : call.args.slice(0, call.flags.dash);
  const [name] = names;
  // A job's command may follow without `--`.
  const takesCommand = ['create job', 'create cronjob'].includes(call.path);
  if (name !== undefined && (names.length === 1 || takesCommand)) return name;
  return misused(call, `exactly one NAME is required, got ${names.length}`);
}

/** Sends a new object, or only prints it with `--dry-run=client`. */
export function* createObject(
  call: Call, body: KubeObject, manager: string, word: string, onRefusal?: (status: Status) => number,
): Task<number> {
  const problem = dryRunProblem(call);
  if (problem !== undefined) return complain(call, problem);
  const kind = call.kinds.byKind(body.apiVersion, body.kind);
  if (!kind) return complain(call, `no matches for kind "${body.kind}" in version "${body.apiVersion}"`);
  const object = kind.namespaced && call.flags.has('namespace')
    ? { ...body, metadata: { ...body.metadata, namespace: call.namespace } } : body;
  if (call.flags.text('dry-run') === 'client') return printOutcome(call, object, `${word}${dryRunSuffix(call)}`);
  const created = yield* call.api.create(kind, kind.namespaced ? call.namespace : undefined, object,
    { ...changing(call, manager), fieldValidation: 'Strict' });
  if (created.ok) return printOutcome(call, created.value, `${word}${dryRunSuffix(call)}`);
  const { status } = created;
  if (onRefusal) return onRefusal(status);
  const head = status.code === 0 || word !== 'created' ? undefined : failureHead(kind, body);
  if (head === undefined) return refused(call, status);
  return complain(call, `failed to create ${head}${status.message ?? ''}`);
}

/** How kubectl begins what it says of a refusal; undefined for the kinds of which it passes on what the server said. */
function failureHead({ singular }: KindDescription, body: KubeObject): string | undefined {
  switch (singular) {
    case 'namespace': case 'role': case 'clusterrole': return undefined;
    case 'secret': return 'secret ';
    case 'service': return `${(body as Service).spec.type ?? 'ClusterIP'} service: `;
    case 'resourcequota': return 'quota: ';
    default: return `${singular}: `;
  }
}

export function meta(name: string, labels?: Readonly<Record<string, string>>) {
  return { ...(labels ? { labels } : {}), name };
}
