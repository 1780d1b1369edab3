/** `top node` and `top pod`, from metrics.k8s.io. Models kubectl's pkg/cmd/top and pkg/metricsutil. */
import type { AnyKind } from '../../../api/kind';
import { quantityMillis, quantityValue } from '../../../api/quantity';
import type { Node } from '../../../api/types';
import type { Task } from '../../../sim/task';
import { type Call, complain, type KubectlCommand, refused } from './call';
import { aligned } from './table';

interface Metrics {
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly usage?: Readonly<Record<string, string>>;
  readonly containers?: readonly { readonly name: string; readonly usage: Readonly<Record<string, string>> }[];
}

const topFlags = {
  'all-namespaces': { type: 'bool', short: 'A' }, 'containers': { type: 'bool' }, 'field-selector': { type: 'string' },
  'no-headers': { type: 'bool' }, 'selector': { type: 'string', short: 'l' },
  'show-capacity': { type: 'unmodelledBool' },
  'sort-by': { type: 'string' }, 'sum': { type: 'unmodelledBool' }, 'use-protocol-buffers': { type: 'bool' },
} as const;

function* metrics(call: Call, path: string, resource: string): Task<readonly Metrics[] | { readonly code: number }> {
  const [name] = call.args;
  const answer = yield* call.api.ask<Metrics & { readonly items?: readonly Metrics[] }>({
    path: `/apis/metrics.k8s.io/v1beta1${path}${name === undefined ? '' : `/${encodeURIComponent(name)}`}`,
    query: { labelSelector: call.flags.text('selector'), fieldSelector: call.flags.text('field-selector') },
    subject: { verb: name === undefined ? 'list' : 'get', resource: `${resource}.metrics.k8s.io`,
      ...(name === undefined ? {} : { name }) },
  });
  if (answer.ok) return answer.value.items ?? [answer.value];
  const absent = answer.status.code === 404 && answer.status.details?.name === undefined;
  return { code: absent ? complain(call, 'Metrics API not available') : refused(call, answer.status) };
}

function sum(usages: readonly Readonly<Record<string, string>>[]): { readonly cpu: number; readonly memory: number } {
  return {
    cpu: usages.reduce((total, usage) => total + quantityMillis(usage['cpu'] ?? '0'), 0),
    memory: usages.reduce((total, usage) => total + quantityValue(usage['memory'] ?? '0'), 0),
  };
}

const mebibyte = 1024 ** 2;

function used({ cpu, memory }: { readonly cpu: number; readonly memory: number }): [string, string] {
  return [`${Math.ceil(cpu)}m`, `${Math.floor(memory / mebibyte)}Mi`];
}

const topNode: KubectlCommand = {
  about: 'Display resource (CPU/memory) usage of nodes', completes: 'nodes', flags: topFlags,
  run: function* (call) {
    const found = yield* metrics(call, '/nodes', 'nodes');
    if ('code' in found) return found.code;
    const nodes = yield* call.api.list<{ readonly items: readonly Node[] }>(call.kinds.byKind('v1',
      'Node') as AnyKind, undefined);
    if (!nodes.ok) return refused(call, nodes.status);
    const rows = ordered(call, found.map(({ metadata, usage }) =>
      ({ name: metadata.name, use: sum([usage ?? {}]) }))).map(({ name, use }) => {
      const allocatable = nodes.value.items.find(({ metadata }) => metadata.name === name)?.status.allocatable ?? {};
      const total = sum([allocatable as Readonly<Record<string, string>>]);
      const [cpu, memory] = used(use);
      return [name, cpu, `${Math.floor(use.cpu * 100 / Math.max(1, total.cpu))}%`, memory,
        `${Math.floor(use.memory * 100 / Math.max(1, total.memory))}%`];
    });
    call.write('stdout', aligned(call.flags.is('no-headers') ? rows
      : [['NAME', 'CPU(cores)', 'CPU(%)', 'MEMORY(bytes)', 'MEMORY(%)'], ...rows]));
    return 0;
  },
};

const topPod: KubectlCommand = {
  about: 'Display resource (CPU/memory) usage of pods', completes: 'pods', flags: topFlags,
  run: function* (call) {
    const all = call.flags.is('all-namespaces');
    const found = yield* metrics(call, all ? '/pods' : `/namespaces/${call.namespace}/pods`, 'pods');
    if ('code' in found) return found.code;
    if (found.length === 0) {
      call.write('stderr', all ? 'No resources found\n' : `No resources found in ${call.namespace} namespace.\n`);
      return 0;
    }
    const each = call.flags.is('containers');
    const entries = found.flatMap(({ metadata, containers = [] }) => {
      const place = all ? [metadata.namespace ?? ''] : [];
      return each ? containers.map(({ name, usage }) =>
        ({ name: [...place, metadata.name, name].join('\t'), use: sum([usage]) }))
        : [{ name: [...place, metadata.name].join('\t'), use: sum(containers.map(({ usage }) => usage)) }];
    });
    const rows = ordered(call, entries).map(({ name, use }) => [...name.split('\t'), ...used(use)]);
    const head = [...(all ? ['NAMESPACE'] : []), ...(each ? ['POD', 'NAME'] : ['NAME']), 'CPU(cores)', 'MEMORY(bytes)'];
    call.write('stdout', aligned(call.flags.is('no-headers') ? rows : [head, ...rows]));
    return 0;
  },
};

function ordered<T extends { readonly name: string; readonly use: { readonly cpu: number; readonly memory: number } }>(
  { flags }: Call, rows: readonly T[],
): readonly T[] {
  const by = flags.text('sort-by');
  return [...rows].sort((a, b) => by === 'cpu' ? b.use.cpu - a.use.cpu : by === 'memory' ? b.use.memory - a.use.memory
    : a.name < b.name ? -1 : 1);
}

export const top: KubectlCommand = {
  about: 'Display resource (CPU/memory) usage',
  commands: { node: { ...topNode, aliases: ['nodes', 'no'] }, pod: { ...topPod, aliases: ['pods', 'po'] } },
};
