/**
 * Discovery's documents: one per group and version for old clients, and everything in one for new ones. Models the
 * types of metav1 (APIGroupList, APIResourceList) and apidiscovery (v2 and v2beta1), with Go's order of fields.
 */
import type { DiscoveredGroup, DiscoveredResource, DiscoveredVersion } from './groups';
import type { SubresourceDescription } from './subresources';

type Plain = Readonly<Record<string, unknown>>;

/** GET /api. `serverAddress` is what clients inside the cluster network can connect to: `172.18.0.2:6443`. */
export function apiVersionsDocument(serverAddress: string): Plain {
  return {
    kind: 'APIVersions', versions: ['v1'],
    serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress }],
  };
}

/** GET /apis: every group but the core one. */
export function groupListDocument(groups: readonly DiscoveredGroup[]): Plain {
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.filter(({ name }) => name !== '').map(groupFields) };
}

/** GET /apis/GROUP. */
export function groupDocument(group: DiscoveredGroup): Plain {
  return { kind: 'APIGroup', apiVersion: 'v1', ...groupFields(group) };
}

function groupFields({ name, versions }: DiscoveredGroup): Plain {
  const named = versions.map(({ version }) => ({ groupVersion: `${name}/${version}`, version }));
  return { name, versions: named, preferredVersion: named[0] };
}

/** GET /api/v1 and /apis/GROUP/VERSION. */
export function resourceListDocument(group: string, { version, resources }: DiscoveredVersion): Plain {
  const apiResources = resources.flatMap((resource) =>
    [apiResource(resource), ...resource.subresources.map((subresource) => apiSubresource(resource, subresource))]);
  if (group === '') return { kind: 'APIResourceList', groupVersion: version, resources: apiResources };
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: `${group}/${version}`, resources: apiResources };
}

function apiResource(resource: DiscoveredResource): Plain {
  return {
    name: resource.plural, singularName: resource.singular, namespaced: resource.namespaced, kind: resource.kind,
    verbs: resource.verbs, ...namesOf(resource),
    ...(resource.storageVersionHash === undefined ? {} : { storageVersionHash: resource.storageVersionHash }),
  };
}

function apiSubresource(
  resource: DiscoveredResource, { name, kind, group, version, verbs }: SubresourceDescription,
): Plain {
  return {
    name: `${resource.plural}/${name}`, singularName: '', namespaced: resource.namespaced,
    ...(group === undefined ? {} : { group, version }), kind, verbs,
  };
}

function namesOf({ shortNames, categories }: DiscoveredResource): Plain {
  return {
    ...(shortNames.length === 0 ? {} : { shortNames }),
    ...(categories.length === 0 ? {} : { categories }),
  };
}

/** GET /api or /apis for clients that take the aggregated form: the given groups with all that is in them. */
export function aggregatedDocument(groups: readonly DiscoveredGroup[], version: 'v2' | 'v2beta1'): Plain {
  return {
    kind: 'APIGroupDiscoveryList', apiVersion: `apidiscovery.k8s.io/${version}`, metadata: {},
    items: groups.map(({ name, versions }) => ({
      metadata: name === '' ? {} : { name },
      versions: versions.map((each) => ({
        version: each.version,
        ...(each.resources.length === 0 ? {} : { resources: each.resources.map(aggregatedResource) }),
        freshness: each.freshness,
      })),
    })),
  };
}

function aggregatedResource(resource: DiscoveredResource): Plain {
  const { plural, singular, kind, namespaced, verbs, subresources } = resource;
  return {
    resource: plural, responseKind: { group: '', version: '', kind }, scope: namespaced ? 'Namespaced' : 'Cluster',
    singularResource: singular, verbs, ...namesOf(resource),
    ...(subresources.length === 0 ? {} : { subresources: subresources.map(aggregatedSubresource) }),
  };
}

function aggregatedSubresource({ name, kind, group = '', version = '', verbs }: SubresourceDescription): Plain {
  return { subresource: name, responseKind: { group, version, kind }, verbs };
}
