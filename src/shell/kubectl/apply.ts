/**
 * `kubectl apply` (client side) of one object: GET; POST when it is new; otherwise a three-way merge of what was applied
 * last, what is wanted and what is there, sent as a strategic merge patch, or nothing when there is no difference.
 * Models kubectl's pkg/cmd/apply, with its annotation and its printed words.
 */
import { groupOf, versionOf } from '../../api/object';
import { threeWayMergePatch } from '../../api/patch/merge-patch';
import { isPatchError, type PlainMap } from '../../api/patch/plain';
import { threeWayStrategicMergePatch } from '../../api/patch/strategic';
import type { KindRegistry } from '../../api/registry';
import type { ApiRequest, RequestOptions } from '../../api/request';
import type { KubeObject, Status } from '../../api/types';
import { assert } from '../../base/assert';
import { sortedKeys } from '../../base/freeze';
import type { ApiClient, ApiResult } from '../../client/api-client';
import type { ObjectOutcome, ObjectRef } from '../../protocol/commands';
import { type Task, waitFor } from '../../sim/task';
import { refText, serverError } from './text';

export const lastAppliedAnnotation = 'kubectl.kubernetes.io/last-applied-configuration';
const fieldManager = 'kubectl-client-side-apply';
const retries = 5;
/** How often and for how long it is looked whether a kind whose definition is new is served. */
const servingRetries = 20;
const servingPollMs = 250;

/** The reference of an object as written in a manifest. */
export function refOf(object: PlainMap): ObjectRef {
  const { apiVersion, kind, metadata } = object as unknown as KubeObject;
  return { apiVersion, kind, namespace: metadata.namespace, name: metadata.name };
}

/** Applies one object and says what became of it. */
export function* applyObject(client: ApiClient, kinds: KindRegistry, object: PlainMap): Task<ObjectOutcome> {
  const target = refOf(object);
  const type = resourceOf(kinds, target);
  const { namespace, name } = target;
  if (!kinds.byKind(target.apiVersion, target.kind)) return { target, outcome: 'failed', text: noMatchesText(target) };
  const modified = withLastApplied(object);
  const answer = (outcome: ObjectOutcome['outcome'], text: string): ObjectOutcome => ({ target, outcome, text });
  for (let attempt = 0; ; attempt += 1) {
    const found = yield* getWhenServed(client, type, { namespace, name });
    if (!found.ok && found.status.code !== 404) return failure(target, found.status);
    if (!found.ok) {
      const options: RequestOptions = { fieldManager, fieldValidation: 'Strict' };
      const created = yield* client.send<KubeObject>(createRequest(client, type, modified, options));
      return created.ok ? answer('created', `${refText(kinds, target)} created`) : failure(target, created.status);
    }
    const patch = patchFor(kinds, target, modified, found.value as unknown as PlainMap);
    if (sortedKeys(patch).length === 0) return answer('unchanged', `${refText(kinds, target)} unchanged`);
    const patched =
      yield *
      client.patch(type, { namespace, name }, patchTypeFor(kinds, target), patch, {
        fieldManager,
        fieldValidation: 'Strict',
      });
    if (patched.ok) {
      const same = patched.value.metadata.resourceVersion === found.value.metadata.resourceVersion;
      return same
        ? answer('unchanged', `${refText(kinds, target)} unchanged`)
        : answer('configured', `${refText(kinds, target)} configured`);
    }
    if (patched.status.code !== 409 || attempt >= retries) return failure(target, patched.status);
  }
}

/** kubectl's words for an object of a kind that no definition brings. */
export function noMatchesText({ apiVersion, kind, namespace = '', name }: ObjectRef): string {
  return (
    `resource mapping not found for name: "${name}" namespace: "${namespace}": no matches for kind "${kind}" in version ` +
    `"${apiVersion}"\nensure CRDs are installed first`
  );
}

/**
 * The object, asked for again while its kind is not served yet: a definition that was applied a moment before takes as
 * long as its names need to be accepted. kubectl itself gives up and has to be called a second time.
 */
function* getWhenServed(
  client: ApiClient,
  type: ReturnType<typeof resourceOf>,
  target: { readonly namespace?: string; readonly name: string },
): Task<ApiResult<KubeObject>> {
  for (let attempt = 0; ; attempt += 1) {
    const found = yield* client.get<KubeObject>(type, target);
    const isServed = found.ok || found.status.code !== 404 || found.status.details?.name !== undefined;
    if (isServed || attempt === servingRetries) return found;
    yield* waitFor<void>((resume) => client.host.after(servingPollMs, () => resume()));
  }
}

/** The requests that applying an object would make now, for a dry run: a create, a patch, or nothing. */
export function previewRequest(
  kinds: KindRegistry,
  object: PlainMap,
  current: KubeObject | undefined,
  identity: Pick<ApiRequest, 'user' | 'userAgent'>,
): ApiRequest | undefined {
  const target = refOf(object);
  const type = resourceOf(kinds, target);
  const modified = withLastApplied(object);
  const base = {
    group: type.group,
    version: type.version,
    resource: type.resource,
    namespace: target.namespace,
    ...identity,
  };
  const options: RequestOptions = { fieldManager, fieldValidation: 'Strict', dryRun: true };
  if (!current) return { ...base, verb: 'create', body: modified, options };
  const patch = patchFor(kinds, target, modified, current as unknown as PlainMap);
  if (sortedKeys(patch).length === 0) return undefined;
  const patchType = patchTypeFor(kinds, target);
  return { ...base, verb: 'patch', name: target.name, patchType, body: patch, options };
}

/** The API's address of a reference's kind. */
export function resourceOf(kinds: KindRegistry, target: ObjectRef) {
  const description = kinds.byKind(target.apiVersion, target.kind);
  return {
    group: groupOf(target.apiVersion),
    version: versionOf(target.apiVersion),
    resource: description?.plural ?? target.kind.toLowerCase(),
    kind: target.kind,
    namespaced: description?.namespaced ?? true,
  };
}

function createRequest(
  client: ApiClient, type: ReturnType<typeof resourceOf>, body: PlainMap, options: RequestOptions,
): ApiRequest {
  const { user, userAgent } = client.options;
  const { group, version, resource } = type;
  const { namespace } = (body as unknown as KubeObject).metadata;
  return { verb: 'create', group, version, resource, namespace, body, options, user, userAgent };
}

/** Custom resources know no strategic merge. */
export function patchTypeFor(kinds: KindRegistry, target: ObjectRef): 'strategic' | 'merge' {
  return typeof kinds.byKind(target.apiVersion, target.kind)?.schema === 'string' ? 'strategic' : 'merge';
}

/** The patch that brings an object to what a manifest wants, by what was applied last. */
export function patchFor(kinds: KindRegistry, target: ObjectRef, modified: PlainMap, current: PlainMap): PlainMap {
  const schema = kinds.byKind(target.apiVersion, target.kind)?.schema;
  const annotations = (current['metadata'] as { annotations?: Record<string, string> }).annotations;
  const text = annotations?.[lastAppliedAnnotation];
  const lastApplied = text === undefined ? {} : (JSON.parse(text) as PlainMap);
  const patch = typeof schema === 'string' ? threeWayStrategicMergePatch(lastApplied, modified, current, schema)
    : threeWayMergePatch(lastApplied, modified, current);
  // All three come from the API or were decoded before: a failure here is our own mistake.
  assert(!isPatchError(patch), 'a patch between valid objects can be made');
  return patch;
}

/** The object with the annotation that remembers it, as kubectl writes it: keys sorted, a line break at the end. */
export function withLastApplied(object: PlainMap): PlainMap {
  const metadata = object['metadata'] as { readonly annotations?: Readonly<Record<string, string>> };
  const { [lastAppliedAnnotation]: _old, ...others } = metadata.annotations ?? {};
  const bare = { ...object, metadata: { ...metadata, annotations: others } };
  const annotations = { ...others, [lastAppliedAnnotation]: `${sortedJson(bare)}\n` };
  return { ...object, metadata: { ...metadata, annotations } };
}

function sortedJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(sortedJson).join(',')}]`;
  if (typeof value !== 'object' || value === null)
    return typeof value === 'bigint' ? String(value) : JSON.stringify(value);
  const map = value as Readonly<Record<string, unknown>>;
  const entries = sortedKeys(map).filter((key) => map[key] !== undefined);
  return `{${entries.map((key) => `${JSON.stringify(key)}:${sortedJson(map[key])}`).join(',')}}`;
}

function failure(target: ObjectRef, status: Status): ObjectOutcome {
  const fields = status.details?.causes?.map((cause) => ({ field: cause.field ?? '', message: cause.message ?? '' }));
  return { target, outcome: 'failed', text: serverError(status), fields };
}
