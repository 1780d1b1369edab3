/** DELETE of a collection: lists what is selected and deletes one after another. Models Store.DeleteCollection. */
import type { ApiList } from '../../api/request';
import { type FailureStatus, isFailure } from '../../api/status';
import type { EtcdClient } from '../../etcd/client';
import type { Task } from '../../sim/task';
import { remove } from './delete';
import { list } from './read';
import type { RequestScope } from './scope';

/** Answers with the list of what was deleted, of one page if a limit was set; what is gone by then is passed over. */
export function* removeCollection(scope: RequestScope, etcd: EtcdClient | undefined): Task<ApiList | FailureStatus> {
  const found = yield* list(scope, etcd);
  if (isFailure(found)) return found;
  const {
    labelSelector: _labels, fieldSelector: _fields, limit: _limit, continue: _continue, resourceVersion: _version,
    resourceVersionMatch: _match, ...deleteOptions
  } = scope.request.options;
  for (const { metadata } of found.items) {
    const request = { ...scope.request, name: metadata.name, options: deleteOptions };
    const answer = yield* remove({ ...scope, request }, metadata.name, metadata.namespace);
    if (isFailure(answer) && answer.code !== 404) return answer;
  }
  return found;
}
