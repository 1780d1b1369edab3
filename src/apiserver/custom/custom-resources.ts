/**
 * Keeps the served resources in step with the definitions: what is established is served in all its served versions,
 * what changes is replaced, what goes is served no longer. Every API server does this for itself from its own cache of
 * definitions. Models the part of apiextensions-apiserver's customresource_handler that reacts to definitions; as
 * there, streams of a resource end when its definition changes.
 */
import { equal } from '../../base/freeze';
import { isConditionTrue } from '../../api/custom/definition';
import { customKinds, type CustomKinds } from '../../api/custom/custom-kind';
import type { AnyKind } from '../../api/kind';
import type { CustomResourceDefinition } from '../../api/types';
import type { ServedResources } from '../storage/served-resources';

export const definitionsName = 'customresourcedefinitions.apiextensions.k8s.io';

interface Served {
  readonly definition: CustomResourceDefinition;
  readonly kinds: CustomKinds;
}

export class CustomResources {
  private readonly served = new Map<string, Served>();

  constructor(private readonly resources: ServedResources) {
    const cache = resources.named(definitionsName)?.cache;
    cache?.onEvent(({ type, object }) => {
      if (type === 'DELETED') this.drop(object.metadata.name);
      else this.follow(object as CustomResourceDefinition);
    });
    cache?.onReset(() => {
      const present = cache.list() as unknown as readonly CustomResourceDefinition[];
      const names = new Set(present.map(({ metadata }) => metadata.name));
      for (const name of [...this.served.keys()]) if (!names.has(name)) this.drop(name);
      for (const definition of present) this.follow(definition);
    });
  }

  /** The kinds that a definition brings at present. */
  kindsOf(name: string): readonly AnyKind[] {
    return this.served.get(name)?.kinds.served ?? [];
  }

  private follow(definition: CustomResourceDefinition): void {
    const { name } = definition.metadata;
    const known = this.served.get(name);
    if (known && isSame(known.definition, definition)) return;
    const kinds = isConditionTrue(definition, 'Established')
      ? customKinds(definition, known?.kinds.storage)
      : undefined;
    if (kinds === undefined) return this.drop(name);
    this.resources.replace(known?.kinds.served ?? [], kinds.served);
    this.served.set(name, { definition, kinds });
  }

  private drop(name: string): void {
    const known = this.served.get(name);
    if (!known) return;
    this.served.delete(name);
    this.resources.replace(known.kinds.served, []);
  }
}

/** Whether two states of a definition are served alike. */
function isSame(a: CustomResourceDefinition, b: CustomResourceDefinition): boolean {
  return a.metadata.uid === b.metadata.uid && equal(a.spec, b.spec)
    && equal(a.status?.acceptedNames, b.status?.acceptedNames)
    && isConditionTrue(a, 'Established') === isConditionTrue(b, 'Established');
}
