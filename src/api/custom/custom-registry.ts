/**
 * The kinds of a cluster: the built-in ones and those that its definitions bring at the moment of asking. A definition
 * counts from the moment it is written, with the names it asks for until it has got some. Stands for the REST mapper of
 * a client that asks discovery anew.
 */
import { customResourceDefinitionKind } from '../kinds/custom-resource-definition/kind';
import type { AnyKind } from '../kind';
import { type KindRegistry, kindRegistry } from '../registry';
import { apiVersionOf } from '../request';
import type { CustomResourceDefinition, CustomResourceDefinitionStatus } from '../types';
import { customKinds } from './custom-kind';
import { isObject } from './structural';

const kindsOfDefinition = new WeakMap<CustomResourceDefinition, readonly AnyKind[]>();

/** The kinds that a definition brings, established or not. */
export function definedKinds(definition: CustomResourceDefinition): readonly AnyKind[] {
  let kinds = kindsOfDefinition.get(definition);
  if (kinds === undefined) {
    const accepted = definition.status?.acceptedNames?.kind ? definition : withWantedNames(definition);
    kinds = accepted ? customKinds(accepted)?.served ?? [] : [];
    kindsOfDefinition.set(definition, kinds);
  }
  return kinds;
}

function withWantedNames(definition: CustomResourceDefinition): CustomResourceDefinition | undefined {
  const { spec } = definition;
  const isReadable = isObject(spec) && typeof spec.group === 'string' && isObject(spec.names)
    && typeof spec.names.kind === 'string' && typeof spec.names.plural === 'string' && Array.isArray(spec.versions)
    && spec.versions.every((version) => isObject(version) && typeof version.name === 'string');
  if (!isReadable) return undefined;
  const filled = customResourceDefinitionKind.defaults?.(definition) ?? definition;
  const status = { ...definition.status, acceptedNames: filled.spec.names } as CustomResourceDefinitionStatus;
  return { ...filled, status };
}

/** A registry that changes with the definitions it is told of; built-in kinds come first. */
export class CustomRegistry implements KindRegistry {
  private seen: readonly CustomResourceDefinition[] = [];
  private known: KindRegistry;

  constructor(
    private readonly builtIn: KindRegistry,
    private readonly definitions: () => readonly CustomResourceDefinition[],
  ) {
    this.known = builtIn;
  }

  get kinds(): readonly AnyKind[] {
    return this.current().kinds;
  }

  byKind(apiVersion: string, kind: string): AnyKind | undefined {
    return this.builtIn.byKind(apiVersion, kind) ?? this.current().byKind(apiVersion, kind);
  }

  byResource(group: string, version: string, plural: string): AnyKind | undefined {
    return this.builtIn.byResource(group, version, plural) ?? this.current().byResource(group, version, plural);
  }

  byName(name: string): AnyKind | undefined {
    return this.builtIn.byName(name) ?? this.current().byName(name);
  }

  inCategory(category: string): readonly AnyKind[] {
    return this.current().inCategory(category);
  }

  hasGroupVersion(apiVersion: string): boolean {
    return this.builtIn.hasGroupVersion(apiVersion) || this.current().hasGroupVersion(apiVersion);
  }

  private current(): KindRegistry {
    const definitions = this.definitions();
    const same = definitions.length === this.seen.length && definitions.every((one, i) => one === this.seen[i]);
    if (same) return this.known;
    const kinds = new Map<string, AnyKind>();
    for (const kind of definitions.flatMap(definedKinds)) {
      const apiVersion = apiVersionOf(kind);
      const { builtIn } = this;
      const taken = builtIn.byKind(apiVersion, kind.kind) ?? builtIn.byResource(kind.group, kind.version, kind.plural);
      if (!taken) kinds.set(`${apiVersion} ${kind.kind}`, kind);
    }
    const byPlural = new Map([...kinds.values()].map((kind) => [`${apiVersionOf(kind)} ${kind.plural}`, kind]));
    this.seen = definitions.slice();
    this.known = kindRegistry([...this.builtIn.kinds, ...byPlural.values()]);
    return this.known;
  }
}

/** The definitions among some objects. */
export function definitionsAmong(objects: readonly unknown[]): readonly CustomResourceDefinition[] {
  return objects.filter(
    (object): object is CustomResourceDefinition =>
      isObject(object) &&
      object['kind'] === 'CustomResourceDefinition' &&
      object['apiVersion'] === 'apiextensions.k8s.io/v1',
  );
}
