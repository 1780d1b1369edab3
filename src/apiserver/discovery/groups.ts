/**
 * The groups, versions and resources that a server offers, as data, in the order in which clients are told of them.
 * The order decides what `kubectl get` means when several groups have a resource of one name, and the first version of
 * a group is the preferred one. Models the priorities of pkg/controlplane/apiserver/aggregator.go and those of custom
 * resources.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { base64OfBytes } from '../../base/base64';
import { utf8Encode } from '../../base/utf8';
import { compareVersions } from '../../api/custom/definition';
import type { AnyKind } from '../../api/kind';
import type { ResourceVerb } from '../../api/request';
import { describeSubresources, type SubresourceDescription } from './subresources';

/** A resource of one version. */
export interface DiscoveredResource {
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly ResourceVerb[];
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly subresources: readonly SubresourceDescription[];
  /** Opaque; absent for what is not stored. */
  readonly storageVersionHash?: string;
}

/** A version of a group, with its resources in alphabetical order. */
export interface DiscoveredVersion {
  readonly version: string;
  readonly resources: readonly DiscoveredResource[];
  /** Stale when the server behind the version could not be asked. */
  readonly freshness: 'Current' | 'Stale';
}

/** A group, the preferred version first; the core group's name is empty. */
export interface DiscoveredGroup {
  readonly name: string;
  /** GroupPriorityMinimum of its APIService: groups with more come first. */
  readonly priority: number;
  readonly versions: readonly DiscoveredVersion[];
}

/** GroupPriorityMinimum of the built-in groups. */
export const builtInPriorities: Readonly<Record<string, number>> = {
  '': 18_000,
  'apiregistration.k8s.io': 17_900,
  apps: 17_800,
  'events.k8s.io': 17_750,
  'authentication.k8s.io': 17_700,
  'authorization.k8s.io': 17_600,
  autoscaling: 17_500,
  batch: 17_400,
  'certificates.k8s.io': 17_300,
  'networking.k8s.io': 17_200,
  policy: 17_100,
  'rbac.authorization.k8s.io': 17_000,
  'storage.k8s.io': 16_800,
  'admissionregistration.k8s.io': 16_700,
  'apiextensions.k8s.io': 16_700,
  'scheduling.k8s.io': 16_600,
  'coordination.k8s.io': 16_500,
  'node.k8s.io': 16_300,
  'discovery.k8s.io': 16_200,
  'flowcontrol.apiserver.k8s.io': 16_100,
  'internal.apiserver.k8s.io': 16_000,
  'resource.k8s.io': 15_900,
  'storagemigration.k8s.io': 15_800,
};
/** What the server gives the groups of custom resources. */
const customPriority = 1_000;

const allVerbs: readonly ResourceVerb[] =
  ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

/** The groups of some kinds. */
export function discoverKinds(kinds: readonly AnyKind[]): readonly DiscoveredGroup[] {
  const byGroup = new Map<string, Map<string, AnyKind[]>>();
  for (const kind of kinds) {
    const versions = byGroup.get(kind.group) ?? new Map<string, AnyKind[]>();
    byGroup.set(kind.group, versions);
    versions.set(kind.version, [...(versions.get(kind.version) ?? []), kind]);
  }
  return sortGroups([...byGroup].map(([name, versions]) => ({
    name,
    priority: Object.hasOwn(builtInPriorities, name) ? builtInPriorities[name] ?? customPriority : customPriority,
    versions: [...versions].sort(([a], [b]) => compareVersions(a, b))
      .map(([version, own]) => discoverVersion(version, own)),
  })));
}

/** Groups from several sources in the order in which they are served. */
export function sortGroups(groups: readonly DiscoveredGroup[]): readonly DiscoveredGroup[] {
  return [...groups].sort((a, b) => b.priority - a.priority || (a.name < b.name ? -1 : 1));
}

function discoverVersion(version: string, kinds: readonly AnyKind[]): DiscoveredVersion {
  const resources = kinds.map(discoverKind).sort((a, b) => (a.plural < b.plural ? -1 : 1));
  return { version, resources, freshness: 'Current' };
}

function discoverKind(kind: AnyKind): DiscoveredResource {
  const verbs = [...(kind.verbs ?? (kind.virtual ? ['create'] as const : allVerbs))].sort();
  const described = {
    plural: kind.plural, singular: kind.singular, kind: kind.kind, namespaced: kind.namespaced, verbs,
    shortNames: kind.shortNames ?? [], categories: kind.categories ?? [], subresources: describeSubresources(kind),
  };
  return kind.virtual ? described : { ...described, storageVersionHash: storageVersionHash(kind) };
}

/** discovery.StorageVersionHash of the version in which objects are stored. */
function storageVersionHash(served: AnyKind): string {
  const { group, version, kind } = served.conversion?.storage ?? served;
  return base64OfBytes(sha256(utf8Encode(`${group}/${version}/${kind}`)).subarray(0, 8));
}
