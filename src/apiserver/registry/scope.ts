/** What the registry knows of the request it carries out. Models endpoints/handlers RequestScope. */
import type { ApiRequest } from '../../api/request';
import type { FailureStatus } from '../../api/status';
import type { KubeObject, Status } from '../../api/types';
import type { Subject } from '../../protocol/trace';
import type { AdmissionChain } from '../admission/chain';
import type { AdmissionAttributes, Operation } from '../admission/plugin';
import type { UserInfo } from '../authentication/user';
import type { Execution } from '../execution';
import type { ServedResource } from '../storage/served-resource';
import type { ServedResources } from '../storage/served-resources';
import type { ServiceAllocator } from './services/allocator';

export interface RequestScope {
  readonly request: ApiRequest;
  readonly resource: ServedResource;
  /** Everything that is served, for requests that reach beyond their own resource. */
  readonly resources: ServedResources;
  readonly user: UserInfo;
  /** What the trace calls the request. */
  readonly subject: Subject;
  readonly execution: Execution;
  readonly admission: AdmissionChain;
  readonly serviceAllocator: ServiceAllocator;
  /** Texts of Warning headers, collected on the way. */
  readonly warnings: string[];
  /** Asks the authorizers about another verb on the same object; undefined when it is allowed. */
  authorize(verb: string): FailureStatus | undefined;
}

/** The namespace of the request's object; empty for cluster-scoped kinds, and a Namespace is in itself. */
export function admissionNamespace({ request, resource }: RequestScope, name: string): string {
  return resource.name === 'namespaces' ? name : request.namespace ?? '';
}

/** The answer to a write, in the version that was asked. */
export function served<T extends KubeObject | Status>({ resource }: RequestScope, answer: T): T {
  return resource.storage === resource || answer.kind === 'Status' ? answer
    : resource.fromStorage(answer as KubeObject) as T;
}

/** The attributes that admission sees. */
export function attributesOf(
  scope: RequestScope, operation: Operation, name: string, object?: KubeObject, oldObject?: KubeObject,
): AdmissionAttributes {
  const { request, resource, user, warnings } = scope;
  return {
    operation, resource, subresource: request.subresource ?? '', namespace: admissionNamespace(scope, name), name,
    object, oldObject, user, request, warnings,
  };
}
