/**
 * Get, list and watch, served from the watch cache. A request without a resourceVersion sees every write that was
 * answered before; `0` is content with what the cache has; a number waits until the cache is that new. Pages after the
 * first are read from etcd at the revision of the first. Models cacher.Get, GetList and Watch.
 */
import type { ApiList } from '../../api/request';
import { keyFrom } from '../../api/object';
import {
  type FieldRequirement, isSelectorError, parseFieldSelector, parseLabelSelector, type Selector,
} from '../../api/selectors';
import { quote } from '../../api/go-text';
import { badRequest, expired, type FailureStatus, notFoundStatus, timeout } from '../../api/status';
import type { KubeObject } from '../../api/types';
import type { EtcdClient } from '../../etcd/client';
import { prefixRange } from '../../etcd/key-range';
import type { KeyValue } from '../../etcd/wire';
import type { Task } from '../../sim/task';
import { etcdFailure, plainError } from '../storage/etcd-errors';
import type { EtcdStore } from '../storage/etcd-store';
import type { ServedResource } from '../storage/served-resource';
import { withRevision } from '../storage/watch-cache';
import { demanded, fieldValues, type Predicate, selects } from '../storage/watchers';
import { type ContinueToken, decodeContinue, encodeContinue } from './continue-token';
import type { RequestScope } from './scope';

const rememberedSelectors = 1_000;
const labelSelectors = new Map<string, Selector>();

export function* get(scope: RequestScope): Task<KubeObject | FailureStatus> {
  const { resource, request, execution, subject } = scope;
  const name = request.name ?? '';
  const problem = yield* fresh(scope);
  if (problem) return problem;
  execution.stage('watchCache', true, subject);
  const key = keyFrom(request.namespace, name);
  return resource.cache.get(key) ?? notFoundStatus(resource.groupResource, name);
}

/** Waits until the cache is as new as the request asks. */
export function* fresh(scope: RequestScope): Task<FailureStatus | undefined> {
  const { resource, request, execution } = scope;
  const { resourceVersion = '' } = request.options;
  if (resourceVersion === '0') return undefined;
  if (resourceVersion === '') return yield* execution.store.consistent(resource);
  const revision = parseRevision(resourceVersion);
  if (typeof revision !== 'number') return revision;
  return yield* waitFor(scope, revision);
}

function* waitFor({ resource, execution }: RequestScope, revision: number): Task<FailureStatus | undefined> {
  if (resource.cache.revision >= revision || execution.store.dryRun) return undefined;
  // A revision that belongs to another resource is in the past of etcd although this cache has not heard of it.
  const reached = yield* (execution.store as EtcdStore).reached(resource, revision);
  return reached ? undefined : tooLarge(revision, resource.cache.revision);
}

function tooLarge(revision: number, current: number): FailureStatus {
  const status = timeout(`Too large resource version: ${revision}, current: ${current}`, 1);
  const causes = [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }];
  return { ...status, details: { ...status.details, causes } };
}

/**
 * A resourceVersion as a number, or upstream's complaint: where the watch cache reads it, an error without a code of its
 * own, where etcd's store does, a bad request.
 */
export function parseRevision(text: string, byStore = false): number | FailureStatus {
  const digits = /^\d+$/.test(text);
  if (digits && (text.length < 16 || BigInt(text) < 2n ** 64n)) return Number(text);
  const why = `strconv.ParseUint: parsing ${quote(text)}: ${digits ? 'value out of range' : 'invalid syntax'}`;
  const message = `resourceVersion: Invalid value: ${quote(text)}: ${why}`;
  return byStore ? badRequest(`invalid resource version: ${message}`) : plainError(message);
}

/** The selectors of a list or watch, or what is wrong with them. */
export function predicateOf({ resource, request }: RequestScope): Predicate | FailureStatus {
  const { labelSelector, fieldSelector } = request.options;
  const labels = labelSelector ? parseLabels(labelSelector) : undefined;
  if (labels && 'code' in labels) return labels;
  const fields = fieldSelector ? parseFields(fieldSelector, resource) : [];
  if ('code' in fields) return fields;
  return { namespace: resource.kind.namespaced ? request.namespace || undefined : undefined, labels, fields };
}

function parseLabels(text: string): Selector | FailureStatus {
  const known = labelSelectors.get(text);
  if (known) return known;
  const parsed = parseLabelSelector(text);
  if (isSelectorError(parsed)) return badRequest(parsed.error);
  if (labelSelectors.size >= rememberedSelectors) labelSelectors.clear();
  labelSelectors.set(text, parsed);
  return parsed;
}

function parseFields(text: string, resource: ServedResource): readonly FieldRequirement[] | FailureStatus {
  const parsed = parseFieldSelector(text);
  if (isSelectorError(parsed)) return badRequest(parsed.error);
  const unknown = parsed.find(({ field }) => !isSelectable(field, resource));
  if (!unknown) return parsed;
  if (resource.kind.selectableFields || typeof resource.kind.schema !== 'string')
    return badRequest(`field label not supported: ${unknown.field}`);
  return badRequest(`"${unknown.field}" is not a known field selector: only "metadata.name", "metadata.namespace"`);
}

function isSelectable(field: string, { kind }: ServedResource): boolean {
  return Object.hasOwn(fieldValues(kind, blank), field);
}

/** An object in which nothing is set: asked for its field values, a kind tells the names of its selectable fields. */
const blank = Object.freeze({
  apiVersion: '', kind: '', metadata: { name: '', uid: '', resourceVersion: '', creationTimestamp: '' }, spec: {},
  status: {}, involvedObject: {}, regarding: {}, source: {}, reportingController: '', reason: '', type: '',
});

export function* list(scope: RequestScope, etcd: EtcdClient | undefined): Task<ApiList | FailureStatus> {
  const { resource, request, execution, subject } = scope;
  const { resourceVersion = '', resourceVersionMatch, limit = 0, continue: token } = request.options;
  const predicate = predicateOf(scope);
  if ('code' in predicate) return predicate;
  if (token) return yield* continued(scope, predicate, etcd, token);
  const isExact = resourceVersionMatch === 'Exact'
    || (resourceVersionMatch === undefined && limit > 0 && resourceVersion !== '' && resourceVersion !== '0');
  if (isExact && resourceVersion !== '') {
    const revision = parseRevision(resourceVersion, true);
    if (typeof revision !== 'number') return revision;
    if (revision > 0) return yield* readAt(scope, predicate, etcd, { revision, key: prefixOf(resource, predicate) });
  }
  const problem = yield* fresh(scope);
  if (problem) return problem;
  execution.stage('watchCache', true, subject);
  // A list that is content with whatever the cache has gets all of it.
  const size = resourceVersion === '0' ? 0 : limit;
  return page(scope, candidates(resource, predicate), predicate, resource.cache.revision, size);
}

/** Where the keys of what is listed lie. */
function prefixOf({ prefix }: ServedResource, { namespace }: Predicate): string {
  return namespace === undefined ? prefix : `${prefix}${namespace}/`;
}

/** The objects that can be selected at all: by name or node directly, else those of the namespace. */
function candidates(resource: ServedResource, predicate: Predicate): readonly KubeObject[] {
  const { namespace } = predicate;
  const name = demanded(predicate, 'metadata.name');
  if (name !== undefined && (namespace !== undefined || !resource.kind.namespaced)) {
    const object = resource.cache.get(keyFrom(namespace, name));
    return object ? [object] : [];
  }
  return resource.cache.list(namespace === undefined ? '' : `${namespace}/`);
}

/**
 * One page of what is selected; a continue token tells where the rest begins. As long as there are objects after the
 * page there is a rest, whether they are selected or not; it is counted only when everything is selected.
 */
function page(
  { resource }: RequestScope, objects: readonly KubeObject[], predicate: Predicate, revision: number, limit: number,
): ApiList {
  const { kind } = resource;
  const selective = predicate.labels !== undefined || predicate.fields.length > 0;
  const head = { apiVersion: resource.apiVersion, kind: kind.listKind };
  const resourceVersion = String(revision);
  const items: KubeObject[] = [];
  for (const [at, object] of objects.entries()) {
    if (selective && !selects(predicate, kind, object)) continue;
    items.push(object);
    if (limit === 0 || items.length < limit || at === objects.length - 1) continue;
    const key = `${resource.storageKey(keyFrom(object.metadata.namespace, object.metadata.name))}\0`;
    const token = encodeContinue({ revision, key }, prefixOf(resource, predicate));
    const remaining = selective ? {} : { remainingItemCount: objects.length - limit };
    return { ...head, metadata: { resourceVersion, continue: token, ...remaining }, items };
  }
  return { ...head, metadata: { resourceVersion }, items };
}

function* continued(
  scope: RequestScope, predicate: Predicate, etcd: EtcdClient | undefined, token: string,
): Task<ApiList | FailureStatus> {
  const { resourceVersion = '' } = scope.request.options;
  const from = decodeContinue(token, prefixOf(scope.resource, predicate));
  if ('code' in from) return from;
  if (resourceVersion !== '' && resourceVersion !== '0') {
    return badRequest('specifying resource version is not allowed when using continue');
  }
  return yield* readAt(scope, predicate, etcd, from, true);
}

/** Reads the collection from etcd as it was at a revision, or as it is. */
function* readAt(
  scope: RequestScope, predicate: Predicate, etcd: EtcdClient | undefined, { revision, key }: ContinueToken,
  paging = false,
): Task<ApiList | FailureStatus> {
  const { resource, request, execution, subject } = scope;
  if (!etcd) return badRequest('a preview cannot read the past');
  const prefix = prefixOf(resource, predicate);
  execution.stage('registry', true, subject);
  const at = revision > 0 ? { revision } : {};
  const result = yield* etcd.range({ ...prefixRange(prefix), key, ...at });
  if (!result.ok) {
    const failure = etcdFailure(result.error);
    return paging && failure.code === 410 ? inconsistent(encodeContinue({ revision: -1, key }, prefix)) : failure;
  }
  const { kvs, revision: newest } = result.response;
  const objects = kvs.map(({ value, modRevision }: KeyValue) =>
    resource.fromStorage(withRevision(value as KubeObject, modRevision)));
  return page(scope, objects, predicate, revision > 0 ? revision : newest, request.options.limit ?? 0);
}

/** 410 for a token whose revision is gone, with one that goes on at the newest revision. */
function inconsistent(token: string): FailureStatus {
  return { ...expired(continueExpired), metadata: { continue: token } };
}

const continueExpired = 'The provided continue parameter is too old to display a consistent list result. You can start '
  + 'a new list without the continue parameter, or use the continue token in this response to retrieve the remainder '
  + 'of the results. Continuing with the provided token results in an inconsistent list - objects that were created, '
  + 'modified, or deleted between the time the first chunk was returned and now may show up in the list.';
