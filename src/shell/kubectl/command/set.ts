/**
 * `kubectl set image|env|resources|serviceaccount`. Models kubectl's pkg/cmd/set: each changes the pod templates of
 * what is named, and but for the service account says nothing where nothing changes. Environments from config maps and
 * files are not modelled.
 */
import { parseQuantity, isQuantityError, canonicalQuantity } from '../../../api/quantity';
import type { Container, KubeObject, PodSpec, Status } from '../../../api/types';
import type { Task } from '../../../sim/task';
import { serverError } from '../text';
import {
  type Call, changing, complain, dryRunSuffix, type KubectlCommand, neitherNamed, nothingNamed, say,
} from './call';
import { type Found, objectsOf, writing } from './objects';
import { printOutcome } from './output';
import { scopeOf } from './resources';

type Template = { readonly spec?: PodSpec };
type Templated = KubeObject & {
  readonly spec: PodSpec & {
    readonly template?: Template;
    readonly jobTemplate?: { readonly spec?: { readonly template?: Template } };
  };
};

function podSpecOf(object: KubeObject): PodSpec {
  const { spec } = object as Templated;
  return spec.template?.spec ?? spec.jobTemplate?.spec?.template?.spec ?? spec;
}

/** A change of the pod spec where an object has it. */
function patchOf(object: KubeObject, change: unknown): unknown {
  const { spec } = object as Templated;
  if (spec.template) return { spec: { template: { spec: change } } };
  return { spec: spec.jobTemplate ? { jobTemplate: { spec: { template: { spec: change } } } } : change };
}

/** Sends a change of a pod spec; `what` is in the sentence about it. */
function* change(call: Call, { target, object }: Found, body: unknown, what: string): Task<number> {
  const changed = yield* call.api.patch(target.kind, scopeOf(call, target), target.name ?? '', 'strategic-merge',
    patchOf(object, body), changing(call, 'kubectl-set'));
  if (!changed.ok) return failed(call, changed.status, what);
  const same = changed.value.metadata.resourceVersion === object.metadata.resourceVersion;
  if (same && !call.flags.has('dry-run') && what !== 'serviceaccount') return 0;
  return printOutcome(call, changed.value, `${what} updated${dryRunSuffix(call)}`);
}

function failed(call: Call, status: Status, what: string): number {
  if (status.code === 0) {
    call.write('stderr', `${serverError(status)}\n`);
    return 1;
  }
  return complain(call, `failed to patch ${what} update to pod template: ${status.message ?? ''}`);
}

/** The containers that a name or a pattern with `*` means. */
function matching(containers: readonly Container[], pattern: string): readonly Container[] {
  const expression = new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`);
  return containers.filter(({ name }) => expression.test(name));
}

const image: KubectlCommand = {
  about: 'Update the image of a pod template',
  completes: 'workloads',
  flags: writing,
  run: function* (call) {
    const images = call.args.filter((arg) => /^[^/]+=/.test(arg));
    const found = yield* objectsOf(call, call.args.filter((arg) => !images.includes(arg)), nothingNamed);
    if ('code' in found) return found.code;
    if (images.length === 0) return complain(call, 'at least one image update is required');
    let code = 0;
    for (const each of found) {
      const { containers, initContainers = [] } = podSpecOf(each.object);
      const changes = new Map<string, string>();
      for (const word of images) {
        const equals = word.indexOf('=');
        const name = word.slice(0, equals);
        const meant = [...containers, ...initContainers].filter((one) => name === '*' || one.name === name);
        if (meant.length === 0) return complain(call, `unable to find container named "${name}"`);
        for (const one of meant) changes.set(one.name, word.slice(equals + 1));
      }
      const changed = (list: readonly Container[]): readonly unknown[] => list.filter(({ name }) => changes.has(name))
        .map(({ name }) => ({ name, image: changes.get(name) }));
      const inits = changed(initContainers);
      code = Math.max(code, yield* change(call, each,
        { containers: changed(containers), ...(inits.length > 0 ? { initContainers: inits } : {}) }, 'image'));
    }
    return code;
  },
};

const env: KubectlCommand = {
  about: 'Update environment variables on a pod template',
  completes: 'workloads',
  flags: {
    ...writing, 'containers': { type: 'string', short: 'c' }, 'env': { type: 'array', short: 'e' },
    'from': { type: 'unmodelled' }, 'keys': { type: 'unmodelled' }, 'list': { type: 'bool' },
    'overwrite': { type: 'bool' }, 'prefix': { type: 'unmodelled' }, 'resolve': { type: 'unmodelledBool' },
  },
  run: runSetEnv,
};

function* runSetEnv(call: Call): Task<number> {
  const { flags } = call;
  const isVariable = (arg: string): boolean => /^[^/=]+=/.test(arg) || /^[^/]+-$/.test(arg);
  const words = call.args.filter((arg) => !isVariable(arg));
  const variables = [...call.args.filter(isVariable), ...flags.all('env')];
  const found = yield* objectsOf(call, words, neitherNamed);
  if ('code' in found) return found.code;
  if (variables.length === 0 && !flags.is('list')) return 0;
  const set = new Map(variables.filter((word) => word.includes('=')).map((word) => (
    [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)] as const)));
  const removed = variables.filter((word) => !word.includes('=')).map((word) => word.slice(0, -1));
  let code = 0;
  for (const each of found) {
    const { kind, name = '' } = each.target;
    const pattern = flags.text('containers') ?? '*';
    const containers = matching(podSpecOf(each.object).containers, pattern);
    if (containers.length === 0) {
      call.write('stderr', `Warning: ${kind.kind}/${name} does not have any containers matching "${pattern}"\n`);
      continue;
    }
    if (flags.is('list')) {
      for (const container of containers) {
        say(call, `# ${kind.kind} ${name}, container ${container.name}`);
        for (const { name: variable, value, valueFrom } of container.env ?? []) {
          say(call, valueFrom ? `# ${variable} from ${Object.keys(valueFrom)[0] ?? ''}` : `${variable}=${value ?? ''}`);
        }
      }
      continue;
    }
    const changes = containers.map((container) => ({ name: container.name, env: [
      ...[...set].map(([variable, value]) => ({ name: variable, value })),
      ...removed.map((variable) => ({ $patch: 'delete', name: variable })),
    ] }));
    code = Math.max(code, yield* change(call, each, { containers: changes }, 'env'));
  }
  return code;
}

const resources: KubectlCommand = {
  about: 'Update resource requests/limits on objects with pod templates',
  completes: 'workloads',
  flags: {
    ...writing, 'containers': { type: 'string', short: 'c' }, 'limits': { type: 'string' },
    'requests': { type: 'string' },
  },
  run: runSetResources,
};

function* runSetResources(call: Call): Task<number> {
  const { flags } = call;
  const found = yield* objectsOf(call, call.args, nothingNamed);
  if ('code' in found) return found.code;
  if (!flags.has('limits') && !flags.has('requests')) {
    return complain(call, 'you must specify an update to requests or limits (in the form of --requests/--limits)');
  }
  const limits = amountsOf(flags.text('limits'));
  const requests = amountsOf(flags.text('requests'));
  if (typeof limits === 'string') return complain(call, limits);
  if (typeof requests === 'string') return complain(call, requests);
  let code = 0;
  for (const each of found) {
    const pattern = flags.text('containers') ?? '*';
    const containers = matching(podSpecOf(each.object).containers, pattern);
    if (containers.length === 0) return complain(call, `unable to find container named ${pattern}`);
    // What is given takes the place of the whole list.
    const replaced = (amounts: Readonly<Record<string, string>>): unknown => (
      Object.keys(amounts).length === 0 ? undefined : { $patch: 'replace', ...amounts });
    const changes = containers.map(({ name }) => (
      { name, resources: { limits: replaced(limits), requests: replaced(requests) } }));
    code = Math.max(code, yield* change(call, each, { containers: changes }, 'resource requirements'));
  }
  return code;
}

/** `cpu=200m,memory=64Mi` as canonical amounts, or what is wrong with it. */
function amountsOf(text: string | undefined): Readonly<Record<string, string>> | string {
  const amounts: Record<string, string> = {};
  for (const word of text === undefined || text === '' ? [] : text.split(',')) {
    const [name = '', value, ...rest] = word.split('=');
    if (value === undefined || rest.length > 0) return `Invalid argument syntax ${word}, expected <resource>=<value>`;
    const amount = parseQuantity(value);
    if (isQuantityError(amount)) return amount.error;
    amounts[name] = canonicalQuantity(value) as string;
  }
  return amounts;
}

const serviceAccount: KubectlCommand = {
  about: 'Update the service account of a resource',
  aliases: ['sa'],
  completes: 'workloads',
  flags: writing,
  run: function* (call) {
    if (call.args.length === 0) return complain(call, 'serviceaccount is required');
    const name = call.args.at(-1) ?? '';
    const found = yield* objectsOf(call, call.args.slice(0, -1), nothingNamed);
    if ('code' in found) return found.code;
    let code = 0;
    for (const each of found) {
      code = Math.max(code, yield* change(call, each, { serviceAccountName: name }, 'serviceaccount'));
    }
    return code;
  },
};

export const set: KubectlCommand = {
  about: 'Set specific features on objects',
  commands: { env, image, resources, serviceaccount: serviceAccount },
};
