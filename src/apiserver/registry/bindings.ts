/**
 * POST of a Binding: binds the pod that has the Binding's name, as POST to the pod's subresource does. Models
 * LegacyBindingREST of pkg/registry/core/pod/storage.
 */
import { badRequest, pathNotFoundStatus } from '../../api/status';
import type { ServedResource } from '../storage/served-resource';
import { bind } from './pods';
import type { VirtualHandler } from './virtual';

/** The handler of `bindings`; `podsOf` gives the resource of pods. */
export function bindings(podsOf: () => ServedResource | undefined): VirtualHandler {
  return {
    name: 'bindings',
    raw: true,
    *answer(scope, binding) {
      const resource = podsOf();
      if (!resource) return pathNotFoundStatus();
      const name = binding.metadata?.name;
      if (!name) return badRequest('name must be provided');
      const request = { ...scope.request, resource: resource.kind.plural, name, subresource: 'binding' };
      return yield* bind({ ...scope, resource, request });
    },
  };
}
