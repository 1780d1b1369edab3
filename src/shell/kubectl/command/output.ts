/**
 * The output forms of `-o`: YAML, JSON, names, JSONPath, custom columns. Models cli-runtime's printers. Go templates are
 * refused by name.
 */
import type { KindRegistry } from '../../../api/registry';
import type { KubeObject } from '../../../api/types';
import { sortedKeys, withKey } from '../../../base/freeze';
import { encodeJsonIndented } from '../../../base/json-write';
import { dumpYaml } from '../../../base/yaml/dump';
import { evaluate, parseJsonPath, parseRelaxedPath, valuesAt } from '../jsonpath';
import type { Call } from './call';
import { shownName } from './resources';
import { aligned } from './table';

/** JSON as kubectl prints it: keys in order, four spaces a level. */
export function jsonText(value: unknown): string {
  return `${encodeJsonIndented(keysInOrder(value)).replace(/^ +/gm, '$&$&')}\n`;
}

function keysInOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(keysInOrder);
  if (typeof value !== 'object' || value === null) return value;
  const map = value as Readonly<Record<string, unknown>>;
  return Object.fromEntries(sortedKeys(map).map((key) => [key, keysInOrder(map[key])]));
}

/** What `-o` asks for. */
export interface OutputForm {
  readonly name: string;
  /** Behind the first `=`. */
  readonly argument: string;
}

const known = ['custom-columns', 'custom-columns-file', 'go-template', 'go-template-file', 'json', 'jsonpath',
  'jsonpath-as-json', 'jsonpath-file', 'kyaml', 'name', 'template', 'templatefile', 'wide', 'yaml'];
const unmodelled = new Set(['custom-columns-file', 'go-template', 'go-template-file', 'jsonpath-as-json',
  'jsonpath-file',
  'kyaml', 'template', 'templatefile']);

/** Reads `-o`; undefined where none was given. */
export function outputForm(call: Call): OutputForm | undefined | { readonly problem: string } {
  const text = call.flags.text('output');
  if (text === undefined || text === '') return undefined;
  const equals = text.indexOf('=');
  const name = equals < 0 ? text : text.slice(0, equals);
  if (unmodelled.has(name)) return { problem: `-o ${name} is not modelled in the sandbox` };
  if (!known.includes(name)) {
    return {
      problem: `unable to match a printer suitable for the output format "${text}", allowed formats are: ${known.join(',')}`,
    };
  }
  return { name, argument: equals < 0 ? '' : text.slice(equals + 1) };
}

/** Prints one object, or several as a List; the text or why there is none. */
export function printed(
  kinds: KindRegistry, objects: readonly KubeObject[], single: boolean, { name, argument }: OutputForm, headers = true,
  managedFields = false,
): string | { readonly problem: string } {
  const shown = managedFields ? objects : objects.map(withoutManagedFields);
  const whole: unknown = single && shown.length === 1 ? shown[0]
    : { apiVersion: 'v1', items: shown, kind: 'List', metadata: { resourceVersion: '' } };
  switch (name) {
    case 'yaml': return dumpYaml(whole);
    case 'json': return jsonText(whole);
    case 'name': return shown.map((object) => `${objectName(kinds, object)}\n`).join('');
    case 'jsonpath': {
      if (argument === '') return { problem: 'template format specified but no template given' };
      const template = parseJsonPath(argument);
      if ('problem' in template) return template;
      const text = evaluate(template, whole);
      return typeof text === 'string'
        ? text
        : {
            problem:
              `error executing jsonpath ${JSON.stringify(argument)}: Error executing ` +
              `template: ${text.problem}. Printing more information for debugging the template:\n\ttemplate was:\n\t\t${argument}\n` +
              `\tobject given to jsonpath engine was:\n\t\t${goSyntax(whole)}\n\n`,
          };
    }
    default: return customColumns(shown, argument, headers);
  }
}

function customColumns(objects: readonly KubeObject[], argument: string,
  headers: boolean): string | { readonly problem: string } {
  if (argument === '') return { problem: 'custom-columns format specified but no custom columns given' };
  const columns: { readonly head: string; readonly path: ReturnType<typeof parseRelaxedPath> }[] = [];
  for (const part of argument.split(/,(?![^[]*\])/)) {
    const colon = part.indexOf(':');
    if (colon < 0) {
      return { problem: `unexpected custom-columns spec: ${part}, expected <header>:<json-path-expr>` };
    }
    columns.push({ head: part.slice(0, colon), path: parseRelaxedPath(part.slice(colon + 1)) });
  }
  for (const { path } of columns) if ('problem' in path) return path;
  const rows = objects.map((object) => columns.map(({ path }) => {
    const values = 'problem' in path ? [] : valuesAt(path, object);
    return values.length === 0 ? '<none>' : values.map(goText).join(',');
  }));
  return aligned(headers ? [columns.map(({ head }) => head), ...rows] : rows);
}

/** A value as Go's %#v has it. */
function goSyntax(value: unknown): string {
  if (value === null || value === undefined) return 'interface {}(nil)';
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`;
  if (typeof value !== 'object') return JSON.stringify(value);
  const map = value as Readonly<Record<string, unknown>>;
  const entries = sortedKeys(map).map((key) => `${JSON.stringify(key)}:${goSyntax(map[key])}`);
  return `map[string]interface {}{${entries.join(', ')}}`;
}

/** A value as Go's %v has it. */
function goText(value: unknown): string {
  if (value === null || value === undefined) return '<none>';
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`;
  if (typeof value !== 'object') return String(value);
  const map = value as Readonly<Record<string, unknown>>;
  return `map[${Object.keys(map).sort().map((key) => `${key}:${goText(map[key])}`).join(' ')}]`;
}

export function objectName(kinds: KindRegistry, { apiVersion, kind, metadata }: KubeObject): string {
  const description = kinds.byKind(apiVersion, kind);
  return description ? shownName(description, metadata.name) : `${kind.toLowerCase()}/${metadata.name}`;
}

export function withoutManagedFields(object: KubeObject): KubeObject {
  return withKey(object, 'metadata', withKey(object.metadata, 'managedFields', undefined));
}

/**
 * Prints what became of an object: `pod/web created`, or the object in the form of `-o`. The result is the exit code.
 */
export function printOutcome(call: Call, object: KubeObject, word: string): number {
  const form = outputForm(call);
  if (form && 'problem' in form) {
    call.write('stderr', `error: ${form.problem}\n`);
    return 1;
  }
  if (!form) {
    call.write('stdout', `${objectName(call.kinds, object)} ${word}\n`);
    return 0;
  }
  const text = printed(call.kinds, [object], true, form, true, call.flags.is('show-managed-fields'));
  if (typeof text === 'string') call.write('stdout', text);
  else call.write('stderr', `error: ${text.problem}\n`);
  return typeof text === 'string' ? 0 : 1;
}
