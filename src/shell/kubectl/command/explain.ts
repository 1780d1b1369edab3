/** `explain`, from the server's OpenAPI v3. Models kubectl's pkg/explain/v2. */
import type { Task } from '../../../sim/task';
import { type Call, complain, type KubectlCommand, refused } from './call';

interface Schema {
  readonly description?: string;
  readonly type?: string;
  readonly $ref?: string;
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly allOf?: readonly Schema[];
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly 'x-kubernetes-group-version-kind'?: readonly {
    readonly group: string;
    readonly version: string;
    readonly kind: string;
  }[];
}

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
      'You must specify the type of resource to explain. Use "kubectl api-resources" for a complete list of supported resources.',
    );
  }
  const [type = '', ...fields] = word.split('.');
  const kind = call.kinds.byName(type);
  if (!kind) return complain(call, `the server doesn't have a resource type "${type}"`);
  const path = `/openapi/v3/${kind.group === '' ? `api/${kind.version}` : `apis/${kind.group}/${kind.version}`}`;
  const answer = yield* call.api.ask<{ readonly components: { readonly schemas: Readonly<Record<string, Schema>> } }>(
    { path, subject: { verb: 'get', name: path } });
  if (!answer.ok) return refused(call, answer.status);
  const { schemas } = answer.value.components;
  const root = Object.values(schemas).find((schema) => schema['x-kubernetes-group-version-kind']?.some((each) => (
    each.kind === kind.kind && each.group === kind.group && each.version === kind.version)));
  if (!root) return complain(call, `couldn't find resource for "${kind.group}/${kind.version}, Kind=${kind.kind}"`);
  const resolve = (schema: Schema): Schema => {
    const ref = schema.$ref ?? schema.allOf?.[0]?.$ref;
    const found = ref === undefined ? undefined : schemas[ref.slice(ref.lastIndexOf('/') + 1)];
    return found ? { ...found, description: schema.description ?? found.description } : schema;
  };
  const typeName = (schema: Schema): string => {
    const ref = schema.$ref ?? schema.allOf?.[0]?.$ref;
    if (ref !== undefined) return resolve(schema).properties ? ref.slice(ref.lastIndexOf('.') + 1)
      : resolve(schema).type ?? 'Object';
    if (schema.type === 'array') return `[]${typeName(schema.items ?? {})}`;
    if (schema.type === 'object') return typeof schema.additionalProperties === 'object'
      ? `map[string]${typeName(schema.additionalProperties)}` : 'Object';
    return schema.type ?? 'Object';
  };
  let current: Schema = root;
  let own: Schema | undefined;
  for (const field of fields) {
    const inside = resolve(current.type === 'array' ? current.items ?? {} : current);
    own = inside.properties?.[field];
    if (!own) return complain(call, `field "${field}" does not exist`);
    current = resolve(own);
  }
  const inner = resolve(current.type === 'array' ? resolve(current.items ?? {}) : current);
  const head = [...(kind.group === '' ? [] : [`GROUP:      ${kind.group}`]), `KIND:       ${kind.kind}`,
    `VERSION:    ${kind.version}`, ''];
  const shown = own ? [`FIELD: ${fields.at(-1)} <${typeName(own)}>`, '', ''] : [];
  const description = ['DESCRIPTION:', ...wrapped((own ?? current).description ?? inner.description ?? '<empty>', 4),
    '    '];
  const list = inner.properties ? ['FIELDS:',
    ...fieldLines(inner, resolve, typeName, call.flags.is('recursive'), '  ', 0)] : [];
  call.write('stdout', `${[...head, ...shown, ...description, ...list].join('\n')}\n\n`);
  return 0;
}

function fieldLines(
  schema: Schema, resolve: (schema: Schema) => Schema, typeName: (schema: Schema) => string, recursive: boolean,
    indent: string,
  depth: number,
): string[] {
  const { properties = {}, required = [] } = schema;
  return Object.keys(properties).sort().flatMap((name) => {
    const field = properties[name] as Schema;
    const line = `${indent}${name}\t<${typeName(field)}>${required.includes(name) ? ' -required-' : ''}`;
    if (!recursive) return [line, ...wrapped(resolve(field).description ?? '<no description>', 4), ''];
    const inner = resolve(field.type === 'array' ? resolve(field.items ?? {}) : field);
    // A custom resource definition's schema contains itself.
    const more = inner.properties && depth < 12 && !name.startsWith('x-kubernetes')
      && typeName(field) !== 'JSONSchemaProps'
      ? fieldLines(inner, resolve, typeName, true, `${indent}  `, depth + 1) : [];
    return [line, ...more];
  });
}

const textWidth = 80;

function wrapped(text: string, indent: number): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (const word of paragraph.split(' ')) {
      if (line !== '' && line.length + 1 + word.length > textWidth - indent) {
        lines.push(line);
        line = '';
      }
      line = line === '' ? word : `${line} ${word}`;
    }
    lines.push(line);
  }
  return lines.map((line) => `${' '.repeat(indent)}${line}`);
}
