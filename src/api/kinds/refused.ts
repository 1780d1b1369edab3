/**
 * Kinds that Kubernetes v1.36 serves and the sandbox does not model yet, so that a refusal can say so instead of
 * calling a known kind unknown. A kind that becomes modelled leaves this list; a test keeps the two lists apart.
 */

/** Kinds by apiVersion: those of a cluster with default feature gates, without the bodies of subresources. */
const unmodelled: Readonly<Record<string, readonly string[]>> = {
  'apiextensions.k8s.io/v1': ['CustomResourceDefinition'],
  'authentication.k8s.io/v1': ['SelfSubjectReview', 'TokenReview'],
  'authorization.k8s.io/v1': [
    'LocalSubjectAccessReview', 'SelfSubjectAccessReview', 'SelfSubjectRulesReview', 'SubjectAccessReview',
  ],
};

/** A kind that is known and not modelled. */
export interface UnmodelledKind {
  readonly apiVersion: string;
  readonly kind: string;
}

/** All kinds that are known and not modelled, sorted by apiVersion and kind. */
export const unmodelledKinds: readonly UnmodelledKind[] = Object.freeze(
  Object.keys(unmodelled).sort().flatMap((apiVersion) => (
    (unmodelled[apiVersion] ?? []).map((kind) => Object.freeze({ apiVersion, kind })))));

/** Whether a kind is one that a real cluster serves and the sandbox does not model yet. */
export function unmodelledKind(apiVersion: string, kind: string): boolean {
  return Object.hasOwn(unmodelled, apiVersion) && (unmodelled[apiVersion] ?? []).includes(kind);
}

/**
 * What kubectl says of a kind that no server knows: `no matches for kind "Foo" in version "v1"`, on the next line
 * that the definitions must be installed first.
 */
export function noMatchesText(apiVersion: string, kind: string): string {
  return `no matches for kind "${kind}" in version "${apiVersion}"\nensure CRDs are installed first`;
}
