/**
 * Objects as they go over the wire: whole, as metadata only, or as rows of a table, in JSON or YAML. The JSON of an
 * object is made once and shared by every answer and every watch that shows it. Models endpoints/handlers response.go
 * and the encoders of apimachinery.
 */
import { encodeJson, encodeJsonIndented } from '../../base/json-write';
import { dumpYaml } from '../../base/yaml/dump';
import type { ApiList } from '../../api/request';
import { failure, type FailureStatus, isFailure } from '../../api/status';
import type { KubeObject, Status } from '../../api/types';
import type { ServedResource } from '../storage/served-resource';
import type { Form } from './negotiation';
import { cellsOf, columnDefinitions, columnsFor, emptyCells, rowConditions } from './tables';

export type Answered = KubeObject | ApiList | Status;

/** How objects of one request are shown. */
export interface View {
  readonly form: Form;
  readonly resource: ServedResource;
  readonly includeObject: 'None' | 'Metadata' | 'Object';
  /** The wall time of the server, for ages. */
  readonly nowMs: number;
}

/** The text of an answer, or why it cannot be shown in the form that was asked for. */
export function represent(body: Answered, view: View): string | FailureStatus {
  const { form, resource } = view;
  if (body.kind === 'Status' && body.apiVersion === 'v1') return encodePlain(body, form);
  const list = listOf(body, resource);
  switch (form.transform) {
    case undefined:
      if (form.media === 'json' && !form.pretty) return `${list ? listText(list, resource) : objectText(body)}\n`;
      return encodePlain(list ? { ...list, items: list.items.map((item) => listed(item, resource)) } : body, form);
    case 'PartialObjectMetadata':
      if (list) return notAList(form.transform, 'a list', resource, body.kind ?? '');
      return encodePlain(partial(body as KubeObject, form), form);
    case 'PartialObjectMetadataList':
      if (!list) return notAList(form.transform, 'not a list', resource, body.kind ?? '');
      return encodePlain({
        kind: 'PartialObjectMetadataList', apiVersion: metaVersion(form), metadata: list.metadata,
        items: list.items.map((item) => partial(item, form)),
      }, form);
    case 'Table':
      return encodePlain(table(list ? list.items : [body as KubeObject], body, view), form);
  }
}

function notAList(asked: string, found: string, resource: ServedResource, kind: string): FailureStatus {
  const [internal = ''] = resource.kind.group.split('.');
  const message = `you requested ${asked}, but the requested object is ${found} (*${internal || 'core'}.${kind})`;
  return failure(406, 'NotAcceptable', message);
}

function listOf(body: Answered, { kind }: ServedResource): ApiList | undefined {
  return body.kind === kind.listKind && 'items' in body ? body as ApiList : undefined;
}

/** Plain data with its kind in front, as Go's structs have it. */
export function encodePlain(value: object, { media, pretty }: Pick<Form, 'media' | 'pretty'>): string {
  const { kind, apiVersion, ...rest } = value as { readonly kind?: string; readonly apiVersion?: string };
  const ordered = { kind, apiVersion, ...rest };
  if (media === 'yaml') return dumpYaml(ordered);
  return pretty ? encodeJsonIndented(ordered) : `${encodeJson(ordered)}\n`;
}

// --- whole objects -----------------------------------------------------------------------------------------------

const tails = new WeakMap<object, string>();

/** The JSON of an object from the field behind its kind and apiVersion on: `"metadata":{...},"spec":{...}}`. */
function tailOf(object: Answered): string {
  let tail = tails.get(object);
  if (tail === undefined) {
    const { kind: _, apiVersion: _version, ...rest } = object;
    tail = encodeJson(rest).slice(1);
    if (Object.isFrozen(object)) tails.set(object, tail);
  }
  return tail;
}

/** The compact JSON of an object, kind first. */
export function objectText(object: Answered): string {
  const tail = tailOf(object);
  const { kind, apiVersion } = object;
  return `{"kind":${encodeJson(kind)},"apiVersion":${encodeJson(apiVersion)}${tail === '}' ? tail : `,${tail}`}`;
}

/** Items of built-in lists do without kind and apiVersion, which the list's own name tells; custom ones have them. */
function isCustom({ kind }: ServedResource): boolean {
  return typeof kind.schema !== 'string';
}

function listText({ kind, apiVersion, metadata, items }: ApiList, resource: ServedResource): string {
  const custom = isCustom(resource);
  const texts = items.map((item) => (custom ? objectText(item) : `{${tailOf(item)}`));
  const head = encodeJson({ kind, apiVersion, metadata }).slice(0, -1);
  return `${head},"items":[${texts.join(',')}]}`;
}

function listed(item: KubeObject, resource: ServedResource): object {
  if (isCustom(resource)) return item;
  const { kind: _, apiVersion: _version, ...rest } = item;
  return rest;
}

// --- metadata and tables -----------------------------------------------------------------------------------------

function metaVersion({ version = 'v1' }: Form): string {
  return `meta.k8s.io/${version}`;
}

function partial({ metadata }: KubeObject, form: Form): object {
  return { kind: 'PartialObjectMetadata', apiVersion: metaVersion(form), metadata };
}

function table(objects: readonly KubeObject[], body: Answered, view: View, header = true, bookmark = false): object {
  const { form, resource, includeObject, nowMs } = view;
  const columns = columnsFor(resource, body.kind ?? '');
  const { resourceVersion, continue: token, remainingItemCount } = (body as ApiList).metadata;
  return {
    kind: 'Table', apiVersion: metaVersion(form),
    metadata: { resourceVersion, continue: token, remainingItemCount },
    columnDefinitions: header ? columnDefinitions(columns) : null,
    rows: objects.map((object) => ({
      cells: bookmark ? emptyCells(columns) : cellsOf(columns, object, nowMs),
      conditions: rowConditions(object),
      object: includeObject === 'Object' ? object : includeObject === 'None' ? null : partial(object, form),
    })),
  };
}

// --- watch events ------------------------------------------------------------------------------------------------

/** The JSON of the object of one watch event. `first` is the one that carries the columns of a table. */
export function eventObjectText(object: KubeObject | Status, view: View, type: string, first: boolean): string {
  if (isFailure(object) || type === 'ERROR') return objectText(object);
  const { form } = view;
  if (form.transform === undefined) return objectText(object as KubeObject);
  if (form.transform === 'Table') {
    return encodeJson(table([object as KubeObject], object as KubeObject, view, first, type === 'BOOKMARK'));
  }
  return encodeJson(partial(object as KubeObject, form));
}
