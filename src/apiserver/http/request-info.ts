/**
 * What a request is about, read off its method and path: a resource with verb, namespace and name, or a plain path.
 * Models endpoints/request RequestInfoFactory.
 */
import type { HttpRequest } from '../../protocol/http';
import type { Subject } from '../../protocol/trace';

/** What the trace calls the request. */
export function requestSubject({ method, target }: HttpRequest): Subject {
  return { verb: method.toLowerCase(), name: target.split('?', 1)[0] ?? '' };
}
