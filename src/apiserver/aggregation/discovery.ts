/**
 * What the servers behind APIServices offer: fetched from them, and merged into this server's own groups. Models
 * kube-aggregator's discoveryManager with its fallback to the documents of single versions, and the index of
 * OpenAPI v3 that its openapiv3 aggregator downloads. Not modelled: OpenAPI v2 of aggregated groups.
 */
import { compareVersions } from '../../api/custom/definition';
import type { Subresource } from '../../api/kind';
import type { ResourceVerb } from '../../api/request';
import { bodyText } from '../../api/web';
import type { ProcessHost } from '../../sim/process';
import type { Task } from '../../sim/task';
import {
  type DiscoveredGroup, type DiscoveredResource, type DiscoveredVersion, sortGroups,
} from '../discovery/groups';
import { ask } from './exchange';
import { discoveryPath, type RemoteApiService } from './location';

const fetchTimeoutMs = 5_000;
/** Priorities that this server's own versions are merged with: those of custom resources. */
const localVersionPriority = 100;

/** A version of a group that another server serves. */
export interface AggregatedVersion {
  readonly group: string;
  readonly groupPriority: number;
  readonly versionPriority: number;
  readonly discovered: DiscoveredVersion;
  /** Where OpenAPI documents lie, by the names in the index: `apis/metrics.k8s.io/v1beta1`. */
  readonly openApi: ReadonlyMap<string, string>;
}

/** What a server has told of itself. */
export type Offered = Pick<AggregatedVersion, 'openApi'> & Pick<DiscoveredVersion, 'resources'>;

/** Fetches what a server offers for an APIService; undefined when it could not be asked. */
export function* fetchDiscovery(
  host: ProcessHost, address: string, service: RemoteApiService,
): Task<Offered | undefined> {
  const exchanged = yield* ask(host, address, discoveryPath(service), 'application/json', fetchTimeoutMs);
  if ('error' in exchanged || exchanged.response.code !== 200) return undefined;
  const document = parsed(bodyText(exchanged.response));
  if (document?.['kind'] !== 'APIResourceList') return undefined;
  const index = yield* ask(host, address, '/openapi/v3', 'application/json', fetchTimeoutMs);
  const paths = 'response' in index && index.response.code === 200
    ? asRecord(parsed(bodyText(index.response))?.['paths']) : {};
  return { resources: readResources(document['resources']), openApi: openApiPaths(paths, service) };
}

/** This server's groups together with those of others, in the order in which they are served. */
export function mergeGroups(
  local: readonly DiscoveredGroup[], aggregated: readonly AggregatedVersion[],
): readonly DiscoveredGroup[] {
  if (aggregated.length === 0) return local;
  const groups = new Map(local.map((group) => [group.name, group]));
  for (const name of new Set(aggregated.map(({ group }) => group))) {
    const others = aggregated.filter(({ group }) => group === name);
    const own = groups.get(name);
    const versions = [
      ...(own?.versions ?? []).map((discovered) => ({ discovered, versionPriority: localVersionPriority })), ...others,
    ];
    const served = new Map(versions.map((each) => [each.discovered.version, each]));
    const sorted = [...served.values()].sort((a, b) =>
      b.versionPriority - a.versionPriority || compareVersions(a.discovered.version, b.discovered.version));
    const priority = Math.max(own?.priority ?? 0, ...others.map(({ groupPriority }) => groupPriority));
    groups.set(name, { name, priority, versions: sorted.map(({ discovered }) => discovered) });
  }
  return sortGroups([...groups.values()]);
}

function openApiPaths(
  paths: Readonly<Record<string, unknown>>, { spec }: RemoteApiService,
): ReadonlyMap<string, string> {
  const wanted = [`apis/${spec.group}`, `apis/${spec.group}/${spec.version}`];
  return new Map(wanted.flatMap((name) => {
    const url = asRecord(Object.hasOwn(paths, name) ? paths[name] : undefined)['serverRelativeURL'];
    return typeof url === 'string' ? [[name, url] as const] : [];
  }));
}

/** Resources with the subresources that follow them in an APIResourceList. */
function readResources(list: unknown): readonly DiscoveredResource[] {
  const entries = Array.isArray(list) ? list.map(asRecord) : [];
  const named = (entry: Readonly<Record<string, unknown>>): string => text(entry['name']);
  const main = entries.filter((entry) => named(entry) !== '' && !named(entry).includes('/'));
  return main.map((entry): DiscoveredResource => {
    const below = entries.filter((each) => named(each).startsWith(`${named(entry)}/`));
    return {
      plural: named(entry), singular: text(entry['singularName']), kind: text(entry['kind']),
      namespaced: entry['namespaced'] === true, verbs: texts(entry['verbs']) as readonly ResourceVerb[],
      shortNames: texts(entry['shortNames']), categories: texts(entry['categories']),
      subresources: below.map((each) => ({
        name: named(each).slice(named(entry).length + 1) as Subresource, kind: text(each['kind']),
        verbs: texts(each['verbs']) as readonly ResourceVerb[],
        ...(each['group'] ? { group: text(each['group']), version: text(each['version']) } : {}),
      })),
    };
  });
}

function parsed(body: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return asRecord(JSON.parse(body));
  } catch {
    return undefined;
  }
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? value as Readonly<Record<string, unknown>> : {};
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(text) : [];
}
