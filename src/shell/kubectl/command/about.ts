/**
 * Commands that tell about the cluster, the API and the user: `api-resources`, `api-versions`, `auth`, `cluster-info`,
 * `config`, `explain`, `top`, `version`. Models the packages of the same names under kubectl's pkg/cmd.
 */
import type { AnyKind } from '../../../api/kind';
import { quantityMillis, quantityValue } from '../../../api/quantity';
import type { Node, Service } from '../../../api/types';
import { encodeJsonIndented } from '../../../base/json-write';
import { dumpYaml } from '../../../base/yaml/dump';
import type { Task } from '../../../sim/task';
import { type Call, complain, type KubectlCommand, refused, say } from './call';
import { kubectlVersion } from './connection';
import { jsonText } from './output';
import { aligned } from './table';

// --- discovery -------------------------------------------------------------------------------------------------------

export const apiResources: KubectlCommand = {
  about: 'Print the supported API resources on the server',
  flags: {
    'api-group': { type: 'string' }, 'cached': { type: 'bool' }, 'categories': { type: 'list' },
      'namespaced': { type: 'bool' },
    'no-headers': { type: 'bool' }, 'output': { type: 'string', short: 'o' }, 'sort-by': { type: 'string' },
      'verbs': { type: 'list' },
  },
  run: runApiResources,
};

interface Resource {
  readonly resource: string;
  readonly responseKind: { readonly kind: string };
  readonly scope: string;
  readonly singularResource?: string;
  readonly verbs: readonly string[];
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
}

interface Discovered {
  readonly items: readonly {
    readonly metadata?: { readonly name?: string };
    readonly versions: readonly { readonly version: string; readonly resources?: readonly Resource[] }[];
  }[];
}

const aggregated = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

/** What the server offers, as its aggregated discovery says. */
function* discovered(call: Call): Task<Discovered['items'] | { readonly code: number }> {
  const items: Discovered['items'][number][] = [];
  for (const path of ['/api', '/apis']) {
    const answer = yield* call.api.ask<Discovered>({ path, accept: aggregated, subject: { verb: 'get', name: path } });
    if (!answer.ok) return { code: refused(call, answer.status) };
    items.push(...answer.value.items);
  }
  return items;
}

function* runApiResources(call: Call): Task<number> {
  const { flags } = call;
  const form = flags.text('output') ?? '';
  if (!['', 'wide', 'name'].includes(form)) return complain(call, `--output ${form} is not available`);
  const groups = yield* discovered(call);
  if ('code' in groups) return groups.code;
  const wanted = flags.text('api-group');
  const rows: { readonly group: string; readonly version: string; readonly resource: Resource }[] = [];
  for (const { metadata, versions } of groups) {
    const group = metadata?.name ?? '';
    const seen = new Set<string>();
    for (const { version, resources = [] } of versions) {
      for (const resource of resources) {
        if (seen.has(resource.resource) || resource.verbs.length === 0) continue;
        seen.add(resource.resource);
        if (wanted !== undefined && wanted !== group) continue;
        if (flags.has('namespaced') && flags.is('namespaced') !== (resource.scope === 'Namespaced')) continue;
        if (!flags.list('verbs').every((verb) => resource.verbs.includes(verb))) continue;
        if (!flags.list('categories').every((category) => resource.categories?.includes(category))) continue;
        rows.push({ group, version, resource });
      }
    }
  }
  const by = flags.text('sort-by');
  const key = (row: typeof rows[number]): string => by === 'kind' ? row.resource.responseKind.kind
    : by === 'name' ? row.resource.resource : `${row.group} ${row.resource.resource}`;
  rows.sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
  if (form === 'name') {
    for (const { group, resource } of rows) say(call, group === '' ? resource.resource
      : `${resource.resource}.${group}`);
    return 0;
  }
  const lines = rows.map(({ group, version, resource }) => [
    resource.resource, (resource.shortNames ?? []).join(','), group === '' ? version : `${group}/${version}`,
    String(resource.scope === 'Namespaced'), resource.responseKind.kind,
    ...(form === 'wide' ? [[...resource.verbs].sort().join(','), (resource.categories ?? []).join(',')] : []),
  ]);
  const head = ['NAME', 'SHORTNAMES', 'APIVERSION', 'NAMESPACED', 'KIND',
    ...(form === 'wide' ? ['VERBS', 'CATEGORIES'] : [])];
  call.write('stdout', aligned(flags.is('no-headers') ? lines : [head, ...lines]));
  return 0;
}

export const apiVersions: KubectlCommand = {
  about: 'Print the supported API versions on the server, in the form of "group/version"',
  run: function* (call) {
    const groups = yield* discovered(call);
    if ('code' in groups) return groups.code;
    const names = groups.flatMap(({ metadata, versions }) => versions.map(({ version }) => (
      metadata?.name ? `${metadata.name}/${version}` : version)));
    for (const name of [...names].sort()) say(call, name);
    return 0;
  },
};

// --- auth ------------------------------------------------------------------------------------------------------------

interface Review {
  readonly status: {
    readonly allowed?: boolean; readonly reason?: string;
    readonly userInfo?: { readonly username: string; readonly groups?: readonly string[]; readonly uid?: string };
  };
}

const canI: KubectlCommand = {
  about: 'Check whether an action is allowed',
  flags: {
    'all-namespaces': { type: 'bool', short: 'A' }, 'list': { type: 'unmodelledBool' }, 'no-headers': { type: 'bool' },
    'quiet': { type: 'bool', short: 'q' }, 'subresource': { type: 'string' },
  },
  run: runCanI,
};

function* runCanI(call: Call): Task<number> {
  const [verb, what, name] = call.args;
  if (verb === undefined || what === undefined) {
    return complain(call,
      'you must specify two arguments: verb resource or verb resource/resourceName.\nSee \'kubectl auth can-i -h\' for help and examples.');
  }
  const review = call.kinds.byKind('authorization.k8s.io/v1', 'SelfSubjectAccessReview') as AnyKind;
  const [type = '', own] = what.split('/');
  const kind = call.kinds.byName(type);
  if (!what.startsWith('/') && !kind && type !== '*') {
    call.write('stderr', `Warning: the server doesn't have a resource type '${type}'\n`);
  }
  if (kind && !kind.namespaced) {
    call.write('stderr',
      `Warning: resource '${kind.plural}' is not namespace scoped${kind.group === '' ? '' : ` in group '${kind.group}'`}\n\n`);
  }
  const namespace = call.flags.is('all-namespaces') || (kind && !kind.namespaced) ? '' : call.namespace;
  const spec = what.startsWith('/') ? { nonResourceAttributes: { path: what, verb } } : {
    resourceAttributes: {
      group: kind?.group ?? (type === '*' ? '*' : ''), name: name ?? own, namespace, resource: kind?.plural ?? type,
      subresource: call.flags.text('subresource'), verb,
    },
  };
  const answer = yield* call.api.create<Review>(review, undefined,
    { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec });
  if (!answer.ok) return refused(call, answer.status);
  const { allowed = false, reason } = answer.value.status;
  if (!call.flags.is('quiet')) say(call, allowed ? 'yes' : `no${reason ? ` - ${reason}` : ''}`);
  return allowed ? 0 : 1;
}

const whoAmI: KubectlCommand = {
  about: 'Experimental: Check self subject attributes',
  flags: { output: { type: 'unmodelled', short: 'o' } },
  run: function* (call) {
    const kind = call.kinds.byKind('authentication.k8s.io/v1', 'SelfSubjectReview') as AnyKind;
    const answer = yield* call.api.create<Review>(kind, undefined,
      { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' });
    if (!answer.ok) return refused(call, answer.status);
    const { username = '', groups = [], uid } = answer.value.status.userInfo ?? {};
    call.write('stdout', aligned([
      ['ATTRIBUTE', 'VALUE'], ['Username', username], ...(uid ? [['UID', uid]] : []),
        ['Groups', `[${groups.join(' ')}]`],
    ]));
    return 0;
  },
};

export const auth: KubectlCommand = { about: 'Inspect authorization', commands: { 'can-i': canI, 'whoami': whoAmI } };

// --- cluster and configuration ---------------------------------------------------------------------------------------

export const clusterInfo: KubectlCommand = {
  about: 'Display cluster information',
  commands: {},
  run: function* (call) {
    const services = call.kinds.byKind('v1', 'Service') as AnyKind;
    const list = yield* call.api.list<{ readonly items: readonly Service[] }>(
      services, 'kube-system', { labelSelector: 'kubernetes.io/cluster-service=true' });
    if (!list.ok) {
      call.write('stderr', '\nTo further debug and diagnose cluster problems, use \'kubectl cluster-info dump\'.\n');
      return refused(call, list.status);
    }
    const url = `https://${call.api.options.server}`;
    say(call, `Kubernetes control plane is running at ${url}`);
    for (const { metadata, spec } of list.value.items) {
      const port = spec.ports?.[0]?.name;
      const name = metadata.labels?.['kubernetes.io/name'] ?? metadata.name;
      say(call, `${name} is running at ${url}/api/v1/namespaces/kube-system/services/${metadata.name}${port ? `:${port}` : ''}/proxy`);
    }
    say(call, '\nTo further debug and diagnose cluster problems, use \'kubectl cluster-info dump\'.');
    return 0;
  },
};

function configOf({ cluster, api }: Call): Readonly<Record<string, unknown>> {
  const name = `kind-${cluster}`;
  return {
    apiVersion: 'v1',
    clusters: [{ cluster: { 'certificate-authority-data': 'DATA+OMITTED', server: `https://${api.options.server}` },
      name }],
    contexts: [{ context: { cluster: name, user: name }, name }],
    'current-context': name,
    kind: 'Config',
    users: [{ name, user: { 'client-certificate-data': 'DATA+OMITTED', 'client-key-data': 'DATA+OMITTED' } }],
  };
}

export const config: KubectlCommand = {
  about: 'Modify kubeconfig files',
  commands: {
    'current-context': { about: 'Display the current-context', run: function* (call) {
      say(call, `kind-${call.cluster}`);
      return 0;
    } },
    'get-clusters': { about: 'Display clusters defined in the kubeconfig', run: function* (call) {
      say(call, `NAME\nkind-${call.cluster}`);
      return 0;
    } },
    'get-contexts': {
      about: 'Describe one or many contexts',
      flags: { 'no-headers': { type: 'bool' }, 'output': { type: 'string', short: 'o' } },
      run: function* (call) {
        const name = `kind-${call.cluster}`;
        if (call.flags.text('output') === 'name') say(call, name);
        else {
          const rows = [['*', name, name, name, '']];
          call.write('stdout', aligned(call.flags.is('no-headers') ? rows
            : [['CURRENT', 'NAME', 'CLUSTER', 'AUTHINFO', 'NAMESPACE'], ...rows]));
        }
        return 0;
      },
    },
    'view': {
      about: 'Display merged kubeconfig settings or a specified kubeconfig file',
      flags: { 'minify': { type: 'bool' }, 'raw': { type: 'unmodelledBool' },
        'output': { type: 'string', short: 'o' }, 'flatten': { type: 'unmodelledBool' } },
      run: function* (call) {
        call.write('stdout', call.flags.text('output') === 'json' ? jsonText(configOf(call))
          : dumpYaml(configOf(call)));
        return 0;
      },
    },
    'use-context': { about: 'Set the current-context in a kubeconfig file', run: function* (call) {
      const [name] = call.args;
      if (name !== `kind-${call.cluster}`) return complain(call, `no context exists with the name: "${name ?? ''}"`);
      say(call, `Switched to context "${name}".`);
      return 0;
    } },
  },
};

export const version: KubectlCommand = {
  about: 'Print the client and server version information',
  flags: { client: { type: 'bool' }, output: { type: 'string', short: 'o' } },
  run: function* (call) {
    const kustomize = 'v5.8.1';
    const server = call.flags.is('client') ? undefined
      : yield* call.api.ask<{ readonly gitVersion: string }>({ path: '/version',
        subject: { verb: 'get', name: '/version' } });
    const form = call.flags.text('output');
    if (form !== undefined && form !== 'json' && form !== 'yaml') return complain(call,
      '--output must be \'yaml\' or \'json\'');
    if (form !== undefined) {
      const [major = '', minor = ''] = kubectlVersion.slice(1).split('.');
      const value = {
        clientVersion: { gitVersion: kubectlVersion, major, minor, platform: 'linux/amd64' },
          kustomizeVersion: kustomize,
        ...(server?.ok ? { serverVersion: server.value } : {}),
      };
      call.write('stdout', form === 'json' ? `${encodeJsonIndented(value)}\n` : dumpYaml(value));
    } else {
      say(call, `Client Version: ${kubectlVersion}\nKustomize Version: ${kustomize}`);
      if (server?.ok) say(call, `Server Version: ${server.value.gitVersion}`);
    }
    return server && !server.ok ? refused(call, server.status) : 0;
  },
};

// --- explain ---------------------------------------------------------------------------------------------------------

interface Schema {
  readonly description?: string;
  readonly type?: string;
  readonly $ref?: string;
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly allOf?: readonly Schema[];
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly 'x-kubernetes-group-version-kind'?: readonly { readonly group: string; readonly version: string; readonly kind: string }[];
}

export const explain: KubectlCommand = {
  about: 'Get documentation for a resource',
  completes: 'resources',
  flags: { 'api-version': { type: 'string' }, 'output': { type: 'unmodelled' }, 'recursive': { type: 'bool' } },
  run: runExplain,
};

function* runExplain(call: Call): Task<number> {
  const [word] = call.args;
  if (word === undefined) {
    return complain(call,
      'You must specify the type of resource to explain. Use "kubectl api-resources" for a complete list of supported resources.');
  }
  const [type = '', ...fields] = word.split('.');
  const kind = call.kinds.byName(type);
  if (!kind) return complain(call, `the server doesn't have a resource type "${type}"`);
  const path = `/openapi/v3/${kind.group === '' ? `api/${kind.version}` : `apis/${kind.group}/${kind.version}`}`;
  const answer = yield* call.api.ask<{ readonly components: { readonly schemas: Readonly<Record<string, Schema>> } }>(
    { path, subject: { verb: 'get', name: path } });
  if (!answer.ok) return refused(call, answer.status);
  const { schemas } = answer.value.components;
  const root = Object.values(schemas).find((schema) => schema['x-kubernetes-group-version-kind']?.some((each) => (
    each.kind === kind.kind && each.group === kind.group && each.version === kind.version)));
  if (!root) return complain(call, `couldn't find resource for "${kind.group}/${kind.version}, Kind=${kind.kind}"`);
  const resolve = (schema: Schema): Schema => {
    const ref = schema.$ref ?? schema.allOf?.[0]?.$ref;
    const found = ref === undefined ? undefined : schemas[ref.slice(ref.lastIndexOf('/') + 1)];
    return found ? { ...found, description: schema.description ?? found.description } : schema;
  };
  const typeName = (schema: Schema): string => {
    const ref = schema.$ref ?? schema.allOf?.[0]?.$ref;
    if (ref !== undefined) return resolve(schema).properties ? ref.slice(ref.lastIndexOf('.') + 1)
      : resolve(schema).type ?? 'Object';
    if (schema.type === 'array') return `[]${typeName(schema.items ?? {})}`;
    if (schema.type === 'object') return typeof schema.additionalProperties === 'object'
      ? `map[string]${typeName(schema.additionalProperties)}` : 'Object';
    return schema.type ?? 'Object';
  };
  let current: Schema = root;
  let own: Schema | undefined;
  for (const field of fields) {
    const inside = resolve(current.type === 'array' ? current.items ?? {} : current);
    own = inside.properties?.[field];
    if (!own) return complain(call, `field "${field}" does not exist`);
    current = resolve(own);
  }
  const inner = resolve(current.type === 'array' ? resolve(current.items ?? {}) : current);
  const head = [...(kind.group === '' ? [] : [`GROUP:      ${kind.group}`]), `KIND:       ${kind.kind}`,
    `VERSION:    ${kind.version}`, ''];
  const shown = own ? [`FIELD: ${fields.at(-1)} <${typeName(own)}>`, '', ''] : [];
  const description = ['DESCRIPTION:', ...wrapped((own ?? current).description ?? inner.description ?? '<empty>', 4),
    '    '];
  const list = inner.properties ? ['FIELDS:',
    ...fieldLines(inner, resolve, typeName, call.flags.is('recursive'), '  ', 0)] : [];
  call.write('stdout', `${[...head, ...shown, ...description, ...list].join('\n')}\n\n`);
  return 0;
}

function fieldLines(
  schema: Schema, resolve: (schema: Schema) => Schema, typeName: (schema: Schema) => string, recursive: boolean,
    indent: string,
  depth: number,
): string[] {
  const { properties = {}, required = [] } = schema;
  return Object.keys(properties).sort().flatMap((name) => {
    const field = properties[name] as Schema;
    const line = `${indent}${name}\t<${typeName(field)}>${required.includes(name) ? ' -required-' : ''}`;
    if (!recursive) return [line, ...wrapped(resolve(field).description ?? '<no description>', 4), ''];
    const inner = resolve(field.type === 'array' ? resolve(field.items ?? {}) : field);
    // A custom resource definition's schema contains itself.
    const more = inner.properties && depth < 12 && !name.startsWith('x-kubernetes')
      && typeName(field) !== 'JSONSchemaProps'
      ? fieldLines(inner, resolve, typeName, true, `${indent}  `, depth + 1) : [];
    return [line, ...more];
  });
}

const textWidth = 80;

function wrapped(text: string, indent: number): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (const word of paragraph.split(' ')) {
      if (line !== '' && line.length + 1 + word.length > textWidth - indent) {
        lines.push(line);
        line = '';
      }
      line = line === '' ? word : `${line} ${word}`;
    }
    lines.push(line);
  }
  return lines.map((line) => `${' '.repeat(indent)}${line}`);
}

// --- top -------------------------------------------------------------------------------------------------------------

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
  const absent = answer.status.code === 404 && name === undefined;
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
  commands: { node: topNode, nodes: topNode, no: topNode, pod: topPod, pods: topPod, po: topPod },
};
