/** Requirements of scopes on names such as a pod's priority class: ScopedResourceSelectorRequirementsAsSelector. */
import type { ScopedResourceSelectorRequirement } from '../types';

/** Whether any of the names, or their absence, is what the scope asks for. */
export function matchesNames(
  { operator, values = [] }: ScopedResourceSelectorRequirement, names: readonly string[],
): boolean {
  switch (operator) {
    case 'Exists': return names.length > 0;
    case 'DoesNotExist': return names.length === 0;
    case 'In': return names.some((name) => values.includes(name));
    case 'NotIn': return names.length === 0 || names.some((name) => !values.includes(name));
    default: return false;
  }
}
