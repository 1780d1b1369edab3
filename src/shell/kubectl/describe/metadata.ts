/**
 * Labels, annotations, taints and owners, as nearly every description prints them: one below the other in the second
 * column. Models printLabelsMultiline, printAnnotationsMultiline, printTaintsMultiline and printController.
 */
import { controllerOf } from '../../../api/object';
import { byteLength } from '../../../api/names';
import type { KubeObject, Taint } from '../../../api/types';
import { compareText, sortedKeys } from '../../../base/freeze';
import { lastAppliedAnnotation } from '../apply';
import type { DescribeWriter } from './writer';

type Texts = Readonly<Record<string, string>>;

/** A longer annotation stands on lines of its own, each cut to this many bytes. */
const maxAnnotationBytes = 140;

/** `Title:  a`, the other items below it; `<none>` for an empty list. */
export function writeItems(w: DescribeWriter, title: string, items: readonly string[]): void {
  w.write(0, `${title}:\t`);
  if (items.length === 0) w.line(0, '<none>');
  items.forEach((item, i) => {
    // Upstream writes an empty indent and the tab apart from the item, and a nested writer indents each of the three.
    if (i > 0) {
      w.write(0, '');
      w.write(0, '\t');
    }
    w.line(0, item);
  });
}

/** `Labels:  app=web` with one label a line, in order. */
export function writeLabels(w: DescribeWriter, title: string, labels: Texts | undefined): void {
  writeItems(w, title, sortedKeys(labels).map((key) => `${key}=${labels?.[key] ?? ''}`));
}

/** Annotations in order, apart from what `kubectl apply` remembers. */
export function writeAnnotations(w: DescribeWriter, title: string, annotations: Texts | undefined): void {
  const keys = sortedKeys(annotations).filter((key) => key !== lastAppliedAnnotation);
  w.write(0, `${title}:\t`);
  if (keys.length === 0) w.line(0, '<none>');
  keys.forEach((key, i) => {
    if (i > 0) w.write(0, '\t');
    const value = (annotations?.[key] ?? '').replace(/\n$/, '');
    if (byteLength(value) + byteLength(key) + 2 <= maxAnnotationBytes && !value.includes('\n')) {
      w.line(0, `${key}: ${value}`);
      return;
    }
    w.line(0, `${key}:`);
    for (const line of value.split('\n')) w.line(0, `\t  ${shortened(line, maxAnnotationBytes - 2)}`);
  });
}

/** Upstream cuts between bytes; here a character that does not fit whole is left out. */
function shortened(text: string, maxBytes: number): string {
  if (byteLength(text) <= maxBytes) return text;
  let bytes = 0;
  let kept = '';
  for (const char of text) {
    bytes += byteLength(char);
    if (bytes > maxBytes) break;
    kept += char;
  }
  return `${kept}...`;
}

/** Name, namespace, labels and annotations: how most namespaced objects begin. */
export function writeHead(w: DescribeWriter, { metadata }: KubeObject): void {
  w.line(0, `Name:\t${metadata.name}`);
  w.line(0, `Namespace:\t${metadata.namespace ?? ''}`);
  writeLabels(w, 'Labels', metadata.labels);
  writeAnnotations(w, 'Annotations', metadata.annotations);
}

/** `Controlled By:  ReplicaSet/web-5d4`, when something does. */
export function writeController(w: DescribeWriter, object: KubeObject): void {
  const owner = controllerOf(object);
  if (owner) w.line(0, `Controlled By:\t${owner.kind}/${owner.name}`);
}

/** Taints by effect and key. */
export function writeTaints(w: DescribeWriter, title: string, taints: readonly Taint[] | undefined): void {
  const sorted = (taints ?? []).slice().sort((a, b) => compareText(`${a.effect},${a.key}`, `${b.effect},${b.key}`));
  writeItems(w, title, sorted.map(taintText));
}

function taintText({ key, value, effect }: Taint): string {
  const pair = value ? `${key}=${value}` : key;
  if (effect) return `${pair}:${effect}`;
  return value ? `${pair}:` : pair;
}
