/**
 * The reviews: questions about tokens and rights that are answered and never stored. What is answered is the API
 * server's business (src/apiserver/reviews); here are their names and what is wrong with a question. Models
 * pkg/apis/authentication and pkg/apis/authorization with their validation.
 */
import { invalid, type FieldError } from '../../field-errors';
import { type AnyKind, defineKind } from '../../kind';
import type {
  KubeObject, LocalSubjectAccessReview, NonResourceAttributes, ResourceAttributes, SubjectAccessReview,
} from '../../types';
import { createdAtColumn, nameColumn } from '../columns';

function reviewKind<T extends KubeObject>(
  group: string, kind: string, validate?: (review: T) => readonly FieldError[], namespaced = false,
): AnyKind {
  return defineKind<T>({
    group, version: 'v1', kind, listKind: `${kind}List`, plural: `${kind.toLowerCase()}s`,
    singular: kind.toLowerCase(), namespaced, schema: kind, virtual: true, verbs: ['create'],
    validate, nameRule: 'dnsSubdomain', hasGeneration: false, columns: [nameColumn, createdAtColumn],
  });
}

interface AccessQuestion {
  readonly resourceAttributes?: ResourceAttributes;
  readonly nonResourceAttributes?: NonResourceAttributes;
}

/** A question is about a resource or about a path. */
function questionErrors({ resourceAttributes, nonResourceAttributes }: AccessQuestion): FieldError[] {
  if (resourceAttributes && nonResourceAttributes) {
    const detail = 'cannot be specified in combination with resourceAttributes';
    return [invalid('spec.nonResourceAttributes', nonResourceAttributes, detail)];
  }
  if (resourceAttributes || nonResourceAttributes) return [];
  const detail = 'exactly one of nonResourceAttributes or resourceAttributes must be specified';
  return [invalid('spec.resourceAttributes', undefined, detail)];
}

function subjectErrors({ spec }: SubjectAccessReview | LocalSubjectAccessReview): FieldError[] {
  const errors = questionErrors(spec ?? {});
  if (!spec?.user && (spec?.groups ?? []).length === 0) {
    errors.push(invalid('spec.user', spec?.user ?? '', 'at least one of user or group must be specified'));
  }
  return errors;
}

/** Metadata says nothing in a review. What the decoder fills in is not meant. */
function metadataErrors({ metadata }: KubeObject, allowed: readonly string[], detail: string): FieldError[] {
  const given = metadata as unknown as Readonly<Record<string, unknown>>;
  const set = Object.keys(given).filter((key) => given[key] !== undefined && given[key] !== ''
    && !allowed.includes(key) && key !== 'managedFields');
  return set.length === 0 ? [] : [invalid('metadata', metadata, detail)];
}

function localErrors(review: LocalSubjectAccessReview): readonly FieldError[] {
  const { spec, metadata } = review;
  const errors = [
    ...subjectErrors(review), ...metadataErrors(review, ['namespace'], 'must be empty except for namespace'),
  ];
  const asked = spec?.resourceAttributes?.namespace ?? '';
  if (spec?.resourceAttributes && asked !== (metadata.namespace ?? '')) {
    errors.push(invalid('spec.resourceAttributes.namespace', asked, 'must match metadata.namespace'));
  }
  if (spec?.nonResourceAttributes) {
    errors.push(
      invalid('spec.nonResourceAttributes', spec.nonResourceAttributes, 'disallowed on this kind of request'),
    );
  }
  return errors;
}

const mustBeEmpty = 'must be empty';
const authentication = 'authentication.k8s.io';
const authorization = 'authorization.k8s.io';

/** The six reviews. */
export const reviewKinds: readonly AnyKind[] = Object.freeze([
  reviewKind(authentication, 'SelfSubjectReview'),
  reviewKind(authentication, 'TokenReview'),
  reviewKind<LocalSubjectAccessReview>(authorization, 'LocalSubjectAccessReview', localErrors, true),
  reviewKind<SubjectAccessReview>(authorization, 'SelfSubjectAccessReview', (review) =>
    [...questionErrors(review.spec ?? {}), ...metadataErrors(review, [], mustBeEmpty)]),
  reviewKind(authorization, 'SelfSubjectRulesReview'),
  reviewKind<SubjectAccessReview>(authorization, 'SubjectAccessReview', (review) =>
    [...subjectErrors(review), ...metadataErrors(review, [], mustBeEmpty)]),
]);
