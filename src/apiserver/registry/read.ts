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
import { badRequest, expired, type FailureStatus, notFoundStatus, timeout } from '../../api/status';
import type { KubeObject } from '../../api/types';
import type { EtcdClient } from '../../etcd/client';
import { prefixRange } from '../../etcd/key-range';
import type { KeyValue } from '../../etcd/wire';
import type { Task } from '../../sim/task';
import { etcdFailure } from '../storage/etcd-errors';
import type { EtcdStore } from '../storage/etcd-store';
import type { ServedResource } from '../storage/served-resource';
import { withRevision } from '../storage/watch-cache';
import { demanded, fieldValues, type Predicate, selects } from '../storage/watchers';
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

/** A resourceVersion as a number, or upstream's complaint. */
export function parseRevision(text: string): number | FailureStatus {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  const why = `strconv.ParseUint: parsing "${text}": invalid syntax`;
  return badRequest(`invalid resource version: resourceVersion: Invalid value: "${text}": ${why}`);
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
  if (resource.kind.selectableFields) return badRequest(`field label not supported: ${unknown.field}`);
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
  const { options } = request;
  const predicate = predicateOf(scope);
  if ('code' in predicate) return predicate;
  if (options.continue) return yield* continued(scope, predicate, etcd, options.continue);
  if (options.resourceVersionMatch === 'Exact' && options.resourceVersion) {
    const revision = parseRevision(options.resourceVersion);
    if (typeof revision !== 'number') return revision;
    return yield* readAt(scope, predicate, etcd, revision, resource.prefix);
  }
  const problem = yield* fresh(scope);
  if (problem) return problem;
  execution.stage('watchCache', true, subject);
  const { cache } = resource;
  return page(scope, candidates(resource, predicate), predicate, cache.revision);
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

/** One page of what is selected; the rest is told by a continue token. */
function page(
  { resource, request }: RequestScope, objects: readonly KubeObject[], predicate: Predicate, revision: number,
): ApiList {
  const { limit = 0 } = request.options;
  const { kind } = resource;
  const selective = predicate.labels !== undefined || predicate.fields.length > 0;
  const selected = selective ? objects.filter((object) => selects(predicate, kind, object)) : objects;
  const head = { apiVersion: resource.apiVersion, kind: kind.listKind };
  const resourceVersion = String(revision);
  if (limit === 0 || selected.length <= limit) return { ...head, metadata: { resourceVersion }, items: selected };
  const items = selected.slice(0, limit);
  const last = items[items.length - 1] as KubeObject;
  const token = `${revision}:${keyFrom(last.metadata.namespace, last.metadata.name)}`;
  const remaining = selective ? {} : { remainingItemCount: selected.length - limit };
  return { ...head, metadata: { resourceVersion, continue: token, ...remaining }, items };
}

function* continued(
  scope: RequestScope, predicate: Predicate, etcd: EtcdClient | undefined, token: string,
): Task<ApiList | FailureStatus> {
  const parsed = /^(\d+):(.+)$/s.exec(token);
  if (!parsed) return badRequest('continue key is not valid: illegal base64 data');
  const from = `${scope.resource.storageKey(parsed[2] ?? '')}\0`;
  return yield* readAt(scope, predicate, etcd, Number(parsed[1]), from, true);
}

/** Reads the collection from etcd as it was at a revision. */
function* readAt(
  scope: RequestScope, predicate: Predicate, etcd: EtcdClient | undefined, revision: number, key: string,
  paging = false,
): Task<ApiList | FailureStatus> {
  const { resource, execution, subject } = scope;
  if (!etcd) return badRequest('a preview cannot read the past');
  const namespace = predicate.namespace === undefined ? '' : `${predicate.namespace}/`;
  const from = key === resource.prefix ? resource.prefix + namespace : key;
  execution.stage('registry', true, subject);
  const result = yield* etcd.range({ ...prefixRange(resource.prefix + namespace), key: from, revision });
  if (!result.ok) {
    const failure = etcdFailure(result.error);
    return paging && failure.code === 410 ? expired(continueExpired) : failure;
  }
  const objects = result.response.kvs.map(({ value, modRevision }: KeyValue) =>
    withRevision(value as KubeObject, modRevision));
  return page(scope, objects, predicate, revision);
}

const continueExpired = 'The provided continue parameter is too old to display a consistent list result. You can start '
  + 'a new list without the continue parameter, or use the continue token in this response to retrieve the remainder '
  + 'of the results. Continuing with the provided token results in an inconsistent list - objects that were created, '
  + 'modified, or deleted between the time the first chunk was returned and now may show up in the list.';
