/**
 * The server's own requests, as upstream sends them through its loopback connection: as system:apiserver, a member of
 * system:masters. They pass the same pipeline; of its stages only the last, the registry, is recorded, because the
 * others never refuse this user and a start would otherwise drown the trace in them.
 */
import { groupResource, type ApiRequest, type ApiResponse, type ResourceType } from '../../api/request';
import type { KubeObject, NewObject } from '../../api/types';
import type { Subject } from '../../protocol/trace';
import type { Task } from '../../sim/task';

export interface Loopback {
  send(request: ApiRequest, subject: Subject): Task<ApiResponse>;
}

/** Creates an object. */
export function* loopbackCreate<T extends KubeObject>(
  loopback: Loopback, type: ResourceType<T>, object: NewObject<T>,
): Task<ApiResponse> {
  return yield* loopback.send(...requestOf(type, 'create', object as unknown as Partial<KubeObject>));
}

/** Replaces an object, or its status. */
export function* loopbackUpdate<T extends KubeObject>(
  loopback: Loopback, type: ResourceType<T>, object: T, subresource?: 'status',
): Task<ApiResponse> {
  return yield* loopback.send(...requestOf(type, 'update', object, subresource));
}

function requestOf(
  { group, version, resource }: ResourceType,
  verb: 'create' | 'update',
  body: Partial<KubeObject>,
  subresource?: 'status',
): [ApiRequest, Subject] {
  const { name, namespace } = body.metadata ?? {};
  const user = { kind: 'anonymous' } as const;
  const request: ApiRequest = {
    verb,
    group,
    version,
    resource,
    namespace,
    name,
    body,
    ...(subresource ? { subresource } : {}),
    options: {},
    user,
    userAgent: 'kube-apiserver/v1.36.1',
  };
  return [request, { verb, resource: groupResource({ group, resource }), subresource, namespace, name }];
}
