/**
 * `kubectl explain`, from the server's OpenAPI v3 documents. Models the plain text form of kubectl's pkg/explain/v2: which
 * descriptions are put together, how types are named, and where enumerations stand.
 */
import type { KindDescription } from '../../../api/kind';
import type { Task } from '../../../sim/task';
import { sortedKeys } from '../../../base/freeze';
import { type Call, complain, type KubectlCommand, refused } from './call';
import { indented, wrapped } from './word-wrap';

interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly allOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly $ref?: string;
  readonly 'x-kubernetes-group-version-kind'?: readonly {
    readonly group: string; readonly version: string; readonly kind: string;
  }[];
}

type Schemas = Readonly<Record<string, Schema>>;

export const explain: KubectlCommand = {
  about: 'Get documentation for a resource',
  completes: 'resources',
  flags: { 'api-version': { type: 'string' }, 'output': { type: 'unmodelled' }, 'recursive': { type: 'bool' } },
  run: runExplain,
};

function* runExplain(call: Call): Task<number> {
  const [word] = call.args;
  if (word === undefined) {
    return complain(
      call,
      'You must specify the type of resource to explain. Use "kubectl api-resources" for a complete ' +
        'list of supported resources.',
    );
  }
  if (call.args.length > 1) return complain(call, 'We accept only this format: explain RESOURCE');
  const [type = '', ...path] = word.split('.');
  const kind = call.kinds.byName(type);
  if (!kind) {
    call.write('stderr', `the server doesn't have a resource type "${type}"\n`);
    return 1;
  }
  const fields = withoutGroup(kind, path);
  const document = `/openapi/v3/${kind.group === '' ? `api/${kind.version}` : `apis/${kind.group}/${kind.version}`}`;
  const answer = yield* call.api.ask<{ readonly components: { readonly schemas: Schemas } }>(
    { path: document, subject: { verb: 'get', name: document } });
  if (!answer.ok) return refused(call, answer.status);
  const { schemas } = answer.value.components;
  const root = Object.values(schemas).find((schema) => schema['x-kubernetes-group-version-kind']?.some((each) => (
    each.kind === kind.kind && each.group === kind.group && each.version === kind.version)));
  if (!root) return complain(call, `couldn't find resource for "${kind.group}/${kind.version}, Kind=${kind.kind}"`);
  const group = kind.group === '' ? '' : `GROUP:      ${kind.group}\n`;
  call.write('stdout', `${group}KIND:       ${kind.kind}\nVERSION:    ${kind.version}\n\n`);
  const text = new Explanation(schemas, call.flags.is('recursive')).of(root, fields);
  if (text === '') return complain(call, `field "${fields.at(-1) ?? ''}" does not exist`);
  call.write('stdout', `${text}\n`);
  return 0;
}

/** The fields behind a kind that is named with its group: `deployments.apps.spec`. */
function withoutGroup({ group }: KindDescription, path: readonly string[]): readonly string[] {
  const parts = group.split('.');
  return group !== '' && parts.every((part, index) => path[index] === part) ? path.slice(parts.length) : path;
}

/** How wide the text of a whole description is. */
const textWidth = 76;
/** How many values of an enumeration a list of fields shows. */
const enumLimit = 4;

class Explanation {
  constructor(private readonly schemas: Schemas, private readonly recursive: boolean) {}

  /** What is said about the field at the end of a path; empty when there is none. */
  of(schema: Schema, path: readonly string[], seen: ReadonlySet<string> = new Set()): string {
    const { $ref = '' } = schema;
    const resolved = this.resolved(schema);
    const [first, ...rest] = path;
    if (first === undefined) return this.whole(resolved);
    if ($ref !== '' && seen.has($ref)) return '';
    const next = new Set([...seen, $ref]);
    const field = resolved.properties?.[first];
    if (field) {
      const head = rest.length > 0 ? '' : `FIELD: ${first} <${this.typeOf(field)}>\n${longEnum(field)}\n\n`;
      const text = this.of(field, rest);
      return text === '' ? '' : head + text;
    }
    if (resolved.items) return this.of(resolved.items, path, next);
    if (typeof resolved.additionalProperties === 'object') return this.of(resolved.additionalProperties, path, next);
    for (const each of resolved.allOf ?? []) {
      const text = this.of(each, path, next);
      if (text !== '') return text;
    }
    return '';
  }

  private whole(schema: Schema): string {
    const description = indented(wrapped(this.description(schema) || '<empty>', textWidth), 4);
    const list = this.fieldList(schema, 1, new Set());
    return `DESCRIPTION:\n${description}\n${list === '' ? '' : `FIELDS:\n${list}`}`;
  }

  private resolved(schema: Schema): Schema {
    const { $ref } = schema;
    return $ref === undefined ? schema : this.schemas[$ref.slice($ref.lastIndexOf('/') + 1)] ?? schema;
  }

  /** The description of a schema and of all that it is made of. */
  private description(schema: Schema): string {
    const { description, allOf = [], items, additionalProperties } = this.resolved(schema);
    return [
      ...(description ? [`${description}\n`] : []), ...allOf.map((each) => this.description(each)),
      ...(items ? [this.description(items)] : []),
      ...(typeof additionalProperties === 'object' ? [this.description(additionalProperties)] : []),
    ].join('');
  }

  private fieldList(schema: Schema, level: number, seen: ReadonlySet<string>): string {
    const { $ref = '' } = schema;
    if ($ref !== '' && seen.has($ref)) return '';
    const next = new Set([...seen, $ref]);
    const resolved = this.resolved(schema);
    const { properties = {}, allOf = [], items, additionalProperties } = resolved;
    const own = sortedKeys(properties).map((name) => this.field(resolved, name, level)
      + (this.recursive ? this.fieldList(properties[name] as Schema, level + 1, next) : ''));
    const parts = [...allOf, ...(items ? [items] : []),
      ...(typeof additionalProperties === 'object' ? [additionalProperties] : [])];
    return [...own, ...parts.map((part) => this.fieldList(part, level, next))].join('');
  }

  private field({ properties, required = [] }: Schema, name: string, level: number): string {
    const field = properties?.[name] as Schema;
    const indent = level * 2;
    const isRequired = required.includes(name) ? ' -required-' : '';
    const head = `${' '.repeat(indent)}${name}\t<${this.typeOf(field)}>${isRequired}${shortEnum(field, indent)}\n`;
    if (this.recursive) return head;
    return `${head}${indented(wrapped(field.description || '<no description>', 78 - indent), indent + 2)}\n\n`;
  }

  private typeOf(schema: Schema): string {
    const { items, additionalProperties, allOf, properties, $ref, type } = schema;
    if (items) return `[]${this.typeOf(items)}`;
    if (typeof additionalProperties === 'object') return `map[string]${this.typeOf(additionalProperties)}`;
    const [only] = allOf ?? [];
    if (only && allOf?.length === 1 && !properties) return this.typeOf(only);
    if ($ref === undefined) return type === undefined || type === 'object' ? 'Object' : type;
    const target = this.resolved(schema).type;
    return target === undefined || target === 'object' ? $ref.slice(Math.max($ref.lastIndexOf('.'),
      $ref.lastIndexOf('/')) + 1) : target;
  }
}

function enumText(value: unknown): string {
  return value === '' ? '""' : String(value);
}

function longEnum({ enum: values }: Schema): string {
  return values ? `ENUM:${values.map((value) => `\n    ${enumText(value)}`).join('')}` : '';
}

function shortEnum({ enum: values }: Schema, indent: number): string {
  if (!values) return '';
  const more = values.length > enumLimit ? ', ....' : '';
  return `\n${' '.repeat(indent)}enum: ${values.slice(0, enumLimit).map(enumText).join(', ')}${more}`;
}
