/**
 * Reviews of identity: whom a token stands for, and who the caller is. Models pkg/registry/authentication/tokenreview
 * and selfsubjectreview.
 */
import { badRequest } from '../../api/status';
import type { KubeObject, SelfSubjectReview, Status, TokenReview, UserInfo as ReviewedUser } from '../../api/types';
import type { Task } from '../../sim/task';
import type { Authenticator } from '../authentication/authenticator';
import { apiAudiences } from '../authentication/service-account-tokens';
import type { UserInfo } from '../authentication/user';
import type { RequestScope } from '../registry/scope';
import type { VirtualHandler } from '../registry/virtual';

const group = 'authentication.k8s.io';

/** The handlers of both reviews. */
export function tokenReviews(authenticator: Authenticator): readonly VirtualHandler[] {
  function* review({ execution }: RequestScope, object: KubeObject): Task<KubeObject | Status> {
    const { spec } = object as TokenReview;
    if (!spec?.token) return badRequest('token is required for TokenReview in authentication');
    const wanted = (spec.audiences ?? []).length > 0 ? spec.audiences ?? [] : apiAudiences;
    const outcome = authenticator.authenticateToken(spec.token, wanted, execution.objects, execution.wallMs);
    if ('error' in outcome) return { ...object, status: { user: {}, error: outcome.error } } as TokenReview;
    const { user, audiences } = outcome;
    const status = { authenticated: true, user: reviewedUser(user), audiences };
    return { ...object, status } as TokenReview;
  }

  function* self({ user, execution }: RequestScope, { apiVersion, kind }: KubeObject): Task<KubeObject | Status> {
    const metadata = { creationTimestamp: execution.wallTime };
    return { apiVersion, kind, metadata, status: { userInfo: reviewedUser(user) } } as SelfSubjectReview;
  }

  return [
    { name: `tokenreviews.${group}`, answer: review },
    { name: `selfsubjectreviews.${group}`, answer: self },
  ];
}

function reviewedUser({ name, uid, groups, extra }: UserInfo): ReviewedUser {
  return {
    username: name, ...(uid ? { uid } : {}), ...(groups.length > 0 ? { groups } : {}),
    ...(extra && Object.keys(extra).length > 0 ? { extra } : {}),
  };
}
