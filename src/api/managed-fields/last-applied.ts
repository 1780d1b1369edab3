/**
 * The way from client-side to server-side apply: fields that kubectl's last-applied annotation has, and that still are
 * as it has them, may be taken over by `kubectl` without force, and the annotation is kept up to date as long as it is
 * there. Models apimachinery's managedfields lastappliedmanager.go and lastappliedupdater.go.
 */
import { byteLength } from '../names';
import { goJson } from '../go-text';
import type { KubeObject } from '../types';
import { compareValues } from './compare';
import { difference, type FieldSet } from './field-set';
import { isRecord, type PlainMap, type Shape } from './shape';
import { fieldsOf, typeErrors } from './walk';

const annotation = 'kubectl.kubernetes.io/last-applied-configuration';
const maxAnnotationBytes = 256 * 1024;

/** The fields that may be taken; undefined when the annotation is missing or of no use. */
export function allowedByLastApplied(live: KubeObject, apiVersion: string, shape: Shape): FieldSet | undefined {
  const text = live.metadata.annotations?.[annotation];
  const last = text ? parseObject(text) : undefined;
  if (last === undefined || last['apiVersion'] !== apiVersion || typeErrors(last, shape) !== undefined)
    return undefined;
  const { changed, removed } = compareValues(last, live, shape);
  return difference(difference(fieldsOf(last, shape), changed), removed) ?? {};
}

function parseObject(text: string): PlainMap | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return isRecord(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** The object with its annotation, if it has one, saying what is applied now; without it when it would be too long. */
export function withLastApplied(object: KubeObject, patch: PlainMap): KubeObject {
  const annotations = object.metadata.annotations;
  if (!annotations?.[annotation]) return object;
  const text = `${goJson(withoutAnnotation(patch))}\n`;
  const { [annotation]: _, ...others } = annotations;
  const bytes = Object.entries({ ...others, [annotation]: text })
    .reduce((sum, [name, value]) => sum + byteLength(name) + byteLength(value), 0);
  const kept = bytes > maxAnnotationBytes ? others : { ...annotations, [annotation]: text };
  return { ...object, metadata: { ...object.metadata, annotations: kept } };
}

function withoutAnnotation(patch: PlainMap): PlainMap {
  const metadata = patch['metadata'];
  const annotations = isRecord(metadata) ? metadata['annotations'] : undefined;
  if (!isRecord(metadata) || !isRecord(annotations) || !Object.hasOwn(annotations, annotation)) return patch;
  const { [annotation]: _, ...others } = annotations;
  const { annotations: _all, ...rest } = metadata;
  return { ...patch, metadata: Object.keys(others).length === 0 ? rest : { ...rest, annotations: others } };
}
