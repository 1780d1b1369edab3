/**
 * Manifests as files hold them: reads the YAML of one or several files into objects for the API server, or says in one
 * sentence per mistake what is wrong, in which file and at which characters. All or nothing: with one mistake there are
 * no objects. What only the API server can judge (admission, immutable fields) is not judged here.
 */
import { parseYaml, type YamlDocument } from '../base/yaml/parse';
import { looksLikeTemplate } from '../base/yaml/template';
import { decode } from '../api/decode/decode';
import { CustomRegistry, definitionsAmong } from '../api/custom/custom-registry';
import type { KindRegistry } from '../api/registry';
import type { CustomResourceDefinition } from '../api/types';
import type { ObjectRef } from '../protocol/commands';

/** A file as the user sees it, unsaved edits included. */
export interface ManifestFile {
  /** Shown in messages: a path relative to the workspace, or a URI. */
  readonly name: string;
  readonly text: string;
}

/** One mistake. Offsets are UTF-16 units in the file's text; `code` and `args` let the host translate the message. */
export interface ManifestProblem {
  readonly file: string;
  readonly start: number;
  readonly end: number;
  readonly code: string;
  readonly args: Readonly<Record<string, string | number>>;
  readonly message: string;
}

/** An object and where it was written, so that a refusal by the API server can point at the right line. */
export interface PlacedObject {
  readonly file: string;
  readonly document: YamlDocument;
  /** Where the object stands in the document: empty, or `items/2` in a List. */
  readonly path: readonly (string | number)[];
  readonly object: Readonly<Record<string, unknown>>;
  readonly ref: ObjectRef;
}

export interface ManifestSet {
  /** In the order of files and documents; empty when there are problems. */
  readonly objects: readonly PlacedObject[];
  /** Files that are kind.yaml, in order. */
  readonly kindConfigs: readonly ManifestFile[];
  readonly problems: readonly ManifestProblem[];
}

/** Reads files. `defaultNamespace` is filled in where a namespaced object names none, as kubectl's context does. */
export function readManifests(
  files: readonly ManifestFile[], kinds: KindRegistry, defaultNamespace = 'default',
): ManifestSet {
  const objects: PlacedObject[] = [];
  const problems: ManifestProblem[] = [];
  const kindConfigs: ManifestFile[] = [];
  const definitions: CustomResourceDefinition[] = [];
  const known = new CustomRegistry(kinds, () => definitions);
  const read: (() => void)[] = [];
  for (const file of files) {
    if (looksLikeTemplate(file.text)) {
      problems.push(problemAt(file, 0, firstLineEnd(file.text), 'template', {},
        'this is a template ({{ }}), not a manifest; render it first (helm template)'));
      continue;
    }
    const documents = parseYaml(file.text);
    if (documents.some((document) => isKindConfig(document.value))) {
      kindConfigs.push(file);
      continue;
    }
    for (const document of documents) {
      for (const { start, end, code, args, message } of document.problems) {
        problems.push(problemAt(file, start, end, `yaml.${code}`, args, message));
      }
      if (document.problems.length === 0 && !document.empty) {
        definitions.push(...definitionsAmong([document.value]));
        read.push(() => readDocument(file, document, known, defaultNamespace, objects, problems));
      }
    }
  }
  // Kinds may be used before they are defined: the order of files and documents does not matter.
  for (const readOne of read) readOne();
  return { objects: problems.length > 0 ? [] : objects, kindConfigs, problems };
}

function readDocument(
  file: ManifestFile, document: YamlDocument, kinds: KindRegistry, defaultNamespace: string,
  objects: PlacedObject[], problems: ManifestProblem[],
): void {
  const { value } = document;
  if (isMap(value) && value['apiVersion'] === 'v1' && value['kind'] === 'List' && Array.isArray(value['items'])) {
    value['items'].forEach((item: unknown, index) => {
      readObject(file, document, ['items', index], item, kinds, defaultNamespace, objects, problems);
    });
    return;
  }
  readObject(file, document, [], value, kinds, defaultNamespace, objects, problems);
}

function readObject(
  file: ManifestFile, document: YamlDocument, path: readonly (string | number)[], value: unknown,
  kinds: KindRegistry, defaultNamespace: string, objects: PlacedObject[], problems: ManifestProblem[],
): void {
  const complain = (
    at: readonly (string | number)[],
    what: 'key' | 'value',
    code: string,
    args: ManifestProblem['args'],
    message: string,
  ): void => {
    const { start, end } = document.positionOf([...path, ...at], what);
    problems.push(problemAt(file, start, end, code, args, message));
  };
  if (!isMap(value)) {
    complain([], 'value', 'notAnObject', {}, 'a manifest must be a mapping with apiVersion, kind and metadata');
    return;
  }
  const { apiVersion, kind } = value;
  if (typeof apiVersion !== 'string' || apiVersion === '') {
    complain(
      [],
      'value',
      'noApiVersion',
      {},
      'apiVersion not set: say which API the object belongs to, such as v1 or apps/v1',
    );
    return;
  }
  if (typeof kind !== 'string' || kind === '') {
    complain([], 'value', 'noKind', {}, 'kind not set: say what the object is, such as Pod or Deployment');
    return;
  }
  const description = kinds.byKind(apiVersion, kind);
  if (!description) {
    complain(['kind'], 'value', 'unknownKind', { kind, apiVersion },
      `no matches for kind "${kind}" in version "${apiVersion}"`);
    return;
  }
  const decoded = description.decode?.(value) ?? decode(value, description.schema);
  for (const problem of decoded.problems) {
    complain(
      problem.path,
      problem.kind === 'unknownField' ? 'key' : 'value',
      `decode.${problem.kind}`,
      {},
      problem.message,
    );
  }
  const metadata = isMap(value['metadata']) ? value['metadata'] : {};
  const name = metadata['name'];
  const generateName = metadata['generateName'];
  if (name === undefined && typeof generateName === 'string') {
    complain(['metadata', 'generateName'], 'key', 'generateName', {},
      `from ${generateName}: cannot use generate name with apply; give the object a name`);
    return;
  }
  if (typeof name !== 'string' || name === '') {
    complain(['metadata'], 'value', 'noName', {}, 'metadata.name: Required value: name is required');
    return;
  }
  const written = metadata['namespace'];
  const namespace = description.namespaced
    ? typeof written === 'string' && written !== ''
      ? written
      : defaultNamespace
    : undefined;
  const object = namespace === undefined ? value : { ...value, metadata: { ...metadata, namespace } };
  objects.push({ file: file.name, document, path, object, ref: { apiVersion, kind, namespace, name } });
}

/** The characters of a field as the API server names it: `spec.containers[0].image`, `metadata.labels[app]`. */
export function placeOfField(placed: PlacedObject, field: string): { readonly start: number; readonly end: number } {
  return placed.document.positionOf([...placed.path, ...fieldPath(field)], 'value');
}

/** Whether somebody wrote that field. */
export function hasField({ object }: PlacedObject, field: string): boolean {
  let value: unknown = object;
  for (const step of fieldPath(field))
    value = (value as Readonly<Record<string | number, unknown>> | null | undefined)?.[step];
  return value !== undefined;
}

/** `spec.containers[0].image` as steps. A bracket holds an index or a map's key. */
export function fieldPath(field: string): (string | number)[] {
  const steps: (string | number)[] = [];
  for (const match of field.matchAll(/([^.[\]]+)|\[([^\]]*)\]/g)) {
    const [, plain, bracketed] = match;
    if (plain !== undefined) steps.push(plain);
    else if (bracketed !== undefined) steps.push(/^\d+$/.test(bracketed) ? Number(bracketed) : bracketed);
  }
  return steps;
}

function problemAt(
  file: ManifestFile, start: number, end: number, code: string, args: ManifestProblem['args'], message: string,
): ManifestProblem {
  return { file: file.name, start, end: Math.max(end, start), code, args, message };
}

/** Whether a document is meant for kind rather than for the API server. */
export function isKindConfig(value: unknown): boolean {
  const apiVersion = isMap(value) ? value['apiVersion'] : undefined;
  return typeof apiVersion === 'string' && apiVersion.startsWith('kind.x-k8s.io/');
}

function firstLineEnd(text: string): number {
  const end = text.indexOf('\n');
  return end < 0 ? text.length : end;
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
