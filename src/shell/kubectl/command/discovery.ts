/** `api-resources` and `api-versions`, from aggregated discovery. Models kubectl's pkg/cmd/apiresources. */
import type { Task } from '../../../sim/task';
import { type Call, complain, type KubectlCommand, misused, refused, say } from './call';
import { aligned } from './table';

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
  if (call.args.length > 0) return misused(call, `unexpected arguments: [${call.args.join(' ')}]`);
  if (form === 'json' || form === 'yaml' || form === 'kyaml') {
    return complain(call, `-o ${form} is not modelled in the sandbox`);
  }
  if (!['', 'wide', 'name'].includes(form)) {
    return complain(call, `unable to match a printer suitable for the output format "${form}", allowed formats are: `
      + 'json,kyaml,name,wide,yaml');
  }
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
