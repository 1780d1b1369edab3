/**
 * Requests to the API server and its answers, as data. An HTTP front end maps URLs, headers and bodies to exactly this;
 * components inside the simulation use it directly. Models apiserver pkg/endpoints/request RequestInfo plus options.
 */
import type { KubeObject, Status } from './types';

/** Who the caller claims to be; the API server's authenticators verify it. */
export type Credential =
  | { readonly kind: 'certificate'; readonly commonName: string; readonly organizations: readonly string[] }
  /** A bound service account token; `pod` is set for tokens projected into a pod. */
  | { readonly kind: 'serviceAccount'; readonly namespace: string; readonly name: string; readonly pod?: string }
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'anonymous' };

export type ResourceVerb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection';
export type PatchType = 'json' | 'merge' | 'strategic' | 'apply';
export type PropagationPolicy = 'Background' | 'Foreground' | 'Orphan';

/** Query options and the options object of a delete, under their API names. */
export interface RequestOptions {
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly resourceVersion?: string;
  readonly resourceVersionMatch?: 'Exact' | 'NotOlderThan';
  readonly limit?: number;
  readonly continue?: string;
  readonly timeoutSeconds?: number;
  readonly allowWatchBookmarks?: boolean;
  readonly sendInitialEvents?: boolean;
  readonly dryRun?: boolean;
  readonly fieldManager?: string;
  readonly fieldValidation?: 'Ignore' | 'Warn' | 'Strict';
  readonly force?: boolean;
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: PropagationPolicy;
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
}

/** A request for a resource. */
export interface ApiRequest {
  readonly verb: ResourceVerb;
  readonly group: string;
  readonly version: string;
  /** Plural, lower case: `pods`. */
  readonly resource: string;
  readonly subresource?: string;
  /** Absent for cluster-scoped resources and for requests over all namespaces. */
  readonly namespace?: string;
  readonly name?: string;
  /** The object of a create or update, or the patch; frozen plain data. */
  readonly body?: unknown;
  readonly patchType?: PatchType;
  /** What is wrong with the text of the body only for a strict reader: `duplicate field "spec.replicas"`. */
  readonly strictProblems?: readonly string[];
  readonly options: RequestOptions;
  readonly user: Credential;
  readonly userAgent: string;
}

/** A GET of a path that is no resource: `/readyz`, `/version`. */
export interface PathRequest {
  readonly verb: 'get';
  readonly path: string;
  /** The Accept header; absent when anything will do. */
  readonly accept?: string;
  readonly user: Credential;
  readonly userAgent: string;
}

/** A list as it is answered: one kind, one revision. */
export interface ApiList<T extends KubeObject = KubeObject> {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly resourceVersion: string;
    readonly continue?: string;
    readonly remainingItemCount?: number;
  };
  readonly items: readonly T[];
}

/** An answer: the code of HTTP and an object, a list, a Status, or text for a path request. */
export interface ApiResponse {
  readonly code: number;
  readonly body: KubeObject | ApiList | Status | string;
  /** Texts of Warning headers. */
  readonly warnings?: readonly string[];
}

export type WatchEventType = 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';

/** One event of a watch stream. */
export interface WatchEvent<T extends KubeObject = KubeObject> {
  readonly type: WatchEventType;
  readonly object: T;
}

/** A kind's address in the API, with its TypeScript type riding along. */
export interface ResourceType<T extends KubeObject = KubeObject> {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly kind: string;
  readonly namespaced: boolean;
  /** Carries T for inference only; never set. */
  readonly objectType?: T;
}

/** `v1`, or `apps/v1` with a group. */
export function apiVersionOf(type: { readonly group: string; readonly version: string }): string {
  return type.group === '' ? type.version : `${type.group}/${type.version}`;
}

/** The resource as RBAC, events and error texts write it: `pods`, `deployments.apps`. */
export function groupResource(type: { readonly group: string; readonly resource: string }): string {
  return type.group === '' ? type.resource : `${type.resource}.${type.group}`;
}
