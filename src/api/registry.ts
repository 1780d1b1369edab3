/**
 * The kinds that a cluster knows, found by group, version and kind, by group, version and resource, or by the names a
 * user types. Built once from a list; nothing here knows a particular kind. Models runtime.Scheme and the lookups of a
 * REST mapper, with one version per group and kind.
 */
import { assert } from '../base/assert';
import type { AnyKind } from './kind';
import { apiVersionOf } from './request';

/** A fixed set of kinds with its lookups. */
export interface KindRegistry {
  /** All kinds in the order given. */
  readonly kinds: readonly AnyKind[];
  /** The kind of an object by its apiVersion (`apps/v1`) and kind. */
  byKind(apiVersion: string, kind: string): AnyKind | undefined;
  /** The kind served under a path's group, version and plural resource name. */
  byResource(group: string, version: string, plural: string): AnyKind | undefined;
  /**
   * The kind for what a user types: plural, singular, short name or kind, in any case, with an optional group or
   * version and group behind dots (`deploy`, `deployments.apps`, `deployments.v1.apps`). The first of the list wins.
   */
  byName(name: string): AnyKind | undefined;
  /** Kinds of a discovery category, such as `all`. */
  inCategory(category: string): readonly AnyKind[];
  /** Whether any kind is known in this group and version. */
  hasGroupVersion(apiVersion: string): boolean;
}

/** Builds a registry; two descriptions of one kind or one resource are a programmer error. */
export function kindRegistry(kinds: readonly AnyKind[]): KindRegistry {
  const byKind = new Map<string, AnyKind>();
  const byResource = new Map<string, AnyKind>();
  const byName = new Map<string, AnyKind>();
  const groupVersions = new Set<string>();
  for (const kind of kinds) {
    const apiVersion = apiVersionOf(kind);
    addUnique(byKind, `${apiVersion} ${kind.kind}`, kind);
    addUnique(byResource, `${apiVersion} ${kind.plural}`, kind);
    groupVersions.add(apiVersion);
    for (const name of [kind.plural, kind.singular, kind.kind.toLowerCase(), ...(kind.shortNames ?? [])]) {
      for (const full of [name, `${name}.${kind.group}`, `${name}.${kind.version}.${kind.group}`]) {
        if (!byName.has(full)) byName.set(full, kind);
      }
    }
  }
  return Object.freeze({
    kinds: Object.freeze(kinds.slice()),
    byKind: (apiVersion: string, kind: string) => byKind.get(`${apiVersion} ${kind}`),
    byResource: (group: string, version: string, plural: string) =>
      byResource.get(`${apiVersionOf({ group, version })} ${plural}`),
    byName: (name: string) => byName.get(name.toLowerCase()),
    inCategory: (category: string) => kinds.filter((kind) => kind.categories?.includes(category) === true),
    hasGroupVersion: (apiVersion: string) => groupVersions.has(apiVersion),
  });
}

function addUnique(map: Map<string, AnyKind>, key: string, kind: AnyKind): void {
  assert(!map.has(key), `two descriptions of ${key}`);
  map.set(key, kind);
}
