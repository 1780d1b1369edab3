/**
 * Reviews of access: may a user do something, and what may it do in a namespace. Models pkg/registry/authorization and
 * its util.go, which turns a question into what an authorizer is asked.
 */
import { type FieldRequirement, isSelectorError, parseFieldSelector } from '../../api/selectors';
import { badRequest, type FailureStatus, invalidStatus, isFailure } from '../../api/status';
import type {
  KubeObject, NonResourceAttributes, NonResourceRule, ResourceAttributes, ResourceRule, SelfSubjectAccessReview,
  SelfSubjectRulesReview, Status, SubjectAccessReview,
} from '../../api/types';
import type { Task } from '../../sim/task';
import { type UserInfo, userInfo } from '../authentication/user';
import type { AuthorizationAttributes } from '../authorization/attributes';
import type { Authorizer } from '../authorization/authorizer';
import type { RequestScope } from '../registry/scope';
import type { VirtualHandler } from '../registry/virtual';

const group = 'authorization.k8s.io';

/** 422 when the question is malformed. */
function questionProblem({ resource }: RequestScope, review: KubeObject): FailureStatus | undefined {
  const errors = resource.kind.validate?.(review) ?? [];
  return errors.length === 0 ? undefined : invalidStatus(resource.groupKind, '', errors);
}

/** The handlers of the four reviews. */
export function accessReviews(authorizer: Authorizer): readonly VirtualHandler[] {
  function* forSubject(scope: RequestScope, object: KubeObject): Task<KubeObject | Status> {
    const problem = questionProblem(scope, object);
    if (problem) return problem;
    const { user = '', groups = [], uid, extra } = (object as SubjectAccessReview).spec;
    const asked = userInfo(user, groups, { ...(uid ? { uid } : {}), ...(extra ? { extra } : {}) });
    return answer(authorizer, object as SubjectAccessReview, asked);
  }

  function* forSelf(scope: RequestScope, object: KubeObject): Task<KubeObject | Status> {
    return questionProblem(scope, object) ?? answer(authorizer, object as SelfSubjectAccessReview, scope.user);
  }

  function* rules({ user }: RequestScope, object: KubeObject): Task<KubeObject | Status> {
    const review = object as SelfSubjectRulesReview;
    const namespace = review.spec?.namespace ?? '';
    if (namespace === '') return badRequest('no namespace on request');
    const { rules: held, incomplete, errors } = authorizer.rulesFor(user, namespace);
    const resourceRules: ResourceRule[] = [];
    const nonResourceRules: NonResourceRule[] = [];
    for (const { verbs, apiGroups, resources, resourceNames, nonResourceURLs } of held) {
      if ((resources ?? []).length > 0) {
        const names = (resourceNames ?? []).length > 0 ? { resourceNames } : {};
        resourceRules.push({ verbs, apiGroups, resources, ...names });
      }
      if ((nonResourceURLs ?? []).length > 0) nonResourceRules.push({ verbs, nonResourceURLs });
    }
    const evaluation = errors.length === 0 ? {} : { evaluationError: errors.join(', ') };
    const answered: SelfSubjectRulesReview = {
      ...review, status: { resourceRules, nonResourceRules, incomplete, ...evaluation },
    };
    return answered;
  }

  return [
    { name: `subjectaccessreviews.${group}`, answer: forSubject },
    { name: `localsubjectaccessreviews.${group}`, answer: forSubject },
    { name: `selfsubjectaccessreviews.${group}`, answer: forSelf },
    { name: `selfsubjectrulesreviews.${group}`, answer: rules },
  ];
}

function answer<T extends SubjectAccessReview | SelfSubjectAccessReview>(
  authorizer: Authorizer, review: T, user: UserInfo,
): T | FailureStatus {
  const attributes = askedAttributes(user, review.spec);
  if (isFailure(attributes)) return attributes;
  const { allowed, reason } = authorizer.explain(attributes);
  return { ...review, status: reason === '' ? { allowed } : { allowed, reason } };
}

interface Question {
  readonly resourceAttributes?: ResourceAttributes;
  readonly nonResourceAttributes?: NonResourceAttributes;
}

/** What an authorizer is asked: AuthorizationAttributesFrom. */
function askedAttributes(user: UserInfo, question: Question): AuthorizationAttributes | FailureStatus {
  const { nonResourceAttributes: path, resourceAttributes: asked } = question;
  if (path) {
    const nothing = { group: '', resource: '', subresource: '', namespace: '', name: '' };
    return { user, verb: path.verb ?? '', path: path.path ?? '', ...nothing };
  }
  const { verb = '', group: apiGroup = '', resource = '', subresource = '', namespace = '', name = '' } = asked ?? {};
  const fieldSelector = askedFields(asked?.fieldSelector);
  return { user, verb, group: apiGroup, resource, subresource, namespace, name, fieldSelector };
}

/** The field requirements of a question; those that cannot be read are left out, which only ever asks for more. */
function askedFields(selector: ResourceAttributes['fieldSelector']): readonly FieldRequirement[] {
  if (selector?.rawSelector) {
    const parsed = parseFieldSelector(selector.rawSelector);
    return isSelectorError(parsed) ? [] : parsed;
  }
  return (selector?.requirements ?? []).flatMap(({ key, operator, values = [] }): FieldRequirement[] => {
    const [value = ''] = values;
    if (values.length !== 1 || (operator !== 'In' && operator !== 'NotIn')) return [];
    return [{ field: key, operator: operator === 'In' ? '=' : '!=', value }];
  });
}
