// Generates the API facts of Kubernetes v1.36 that the engine carries: src/api/schema/table.ts (fields, types, merge
// rules, one line per type), src/api/types/*.ts (readonly TypeScript interfaces, one file per group),
// src/api/protobuf/table.ts (field numbers) and src/api/schema/descriptions.ts (doc texts).
//
//   node scripts/generate-api.mjs <facts folder with merge-schema.json and protobuf-fields.json> [<package folder>...]
//
// Package folders are kubernetes-models 5.1 and @kubernetes-models/apimachinery 3.0, unpacked; without them the doc
// texts stay as they are.
//
// Sources: names, JSON names, types, formats and required-ness from the devDependency @kubernetes/client-node
// (generated from the release-1.36 OpenAPI document); list types, merge keys, patch strategies and schema defaults from
// merge-schema.json; which strings are quantities and which free-form fields are raw extensions from
// protobuf-fields.json. The output is checked in, so a build needs none of the three.
import { readFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeDescriptions } from './generate-api/descriptions.mjs';
import { writeProtobufTable } from './generate-api/protobuf.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const models = join(root, 'node_modules/@kubernetes/client-node/dist/gen/models');
const facts = process.argv[2];
if (facts === undefined) {
  console.error('usage: node scripts/generate-api.mjs <facts folder>');
  process.exit(2);
}
const merge = JSON.parse(readFileSync(join(facts, 'merge-schema.json'), 'utf8'));
const proto = JSON.parse(readFileSync(join(facts, 'protobuf-fields.json'), 'utf8'));
// The struct tags of ObjectMeta carry patch strategies that the facts file, made from k8s.io/api, does not have.
const objectMeta = (merge['io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta'] ??= {});
Object.assign((objectMeta.finalizers ??= {}), { patchStrategy: 'merge' });
Object.assign((objectMeta.ownerReferences ??= {}), { patchStrategy: 'merge', patchMergeKey: 'uid' });

/** Package prefixes of OpenAPI names, in the order of the output; the first of a group is the one of its file. */
const packages = [
  'io.k8s.api.core.v1', 'io.k8s.apimachinery.pkg.apis.meta.v1', 'io.k8s.api.authentication.v1', 'io.k8s.api.rbac.v1',
  'io.k8s.api.admissionregistration.v1', 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1',
  'io.k8s.kube-aggregator.pkg.apis.apiregistration.v1', 'io.k8s.api.apps.v1', 'io.k8s.api.authorization.v1',
  'io.k8s.api.autoscaling.v2', 'io.k8s.api.autoscaling.v1', 'io.k8s.api.batch.v1', 'io.k8s.api.certificates.v1',
  'io.k8s.api.coordination.v1', 'io.k8s.api.discovery.v1', 'io.k8s.api.events.v1', 'io.k8s.api.flowcontrol.v1',
  'io.k8s.api.networking.v1', 'io.k8s.api.node.v1', 'io.k8s.api.policy.v1', 'io.k8s.api.resource.v1',
  'io.k8s.api.scheduling.v1', 'io.k8s.api.storage.v1',
];
/** Group folder name and version of a package: 'core', 'v1'. */
const groupOf = (pkg) => pkg.split('.').at(-2);
const versionOf = (pkg) => pkg.split('.').at(-1);

/** The package a client-node class came from. Classes without a group prefix are told apart by the protobuf list. */
function packageOf(className, plain) {
  const prefixed = /^([A-Z][a-z]+)(V\d)/.exec(className);
  if (prefixed) {
    const [group, version] = [prefixed[1].toLowerCase(), prefixed[2].toLowerCase()];
    const pkg = packages.find((p) => groupOf(p) === group && versionOf(p) === version);
    if (pkg) return pkg;
  }
  const version = className[1] === '2' ? 'v2' : 'v1';
  // Core has a message of this name, too, but no API that would show it.
  if (plain === 'Preconditions') return packages[1];
  const found = packages.filter((p) => versionOf(p) === version && proto[p.replace('io.k8s', 'k8s.io') + '.' + plain]);
  if (found.length > 0) return found[0];
  // Gone from the newer protobuf list, or never in it (aggregator and apiextensions have no message there).
  if (/^APIService/.test(plain)) return packages[6];
  if (plain === 'NodeAllocatableResourceMapping') return 'io.k8s.api.resource.v1';
  const extension = /^(CustomResource|JSONSchemaProps|ExternalDocumentation|ValidationRule$|WebhookConv|SelectableF)/;
  return extension.test(plain) ? packages[5] : undefined;
}

async function readClasses() {
  const classes = new Map();
  // The folder still holds models of older releases; only those that all.d.ts exports belong to this one.
  const exported = [...readFileSync(join(models, 'all.d.ts'), 'utf8').matchAll(/models\/(\w+\.js)'/g)].map((m) => m[1]);
  for (const file of exported.sort()) {
    const match = /^((?:[A-Z][a-z]+)?V[12])(?!alpha|beta)([A-Z]\w*)\.js$/.exec(file);
    if (!match) continue;
    const className = match[1] + match[2];
    const pkg = packageOf(className, match[2]);
    if (!pkg) {
      console.error(`no group known for ${className}; left out`);
      continue;
    }
    const module = await import(join(models, file));
    const declaration = readFileSync(join(models, className + '.d.ts'), 'utf8');
    const optional = new Set([...declaration.matchAll(/^ {4}'(\w+)'\?:/gm)].map((m) => m[1]));
    const fields = module[className].attributeTypeMap.map((a) => ({
      name: a.baseName, type: a.type, format: a.format, required: !optional.has(a.name),
    }));
    classes.set(className, { className, plain: match[2], pkg, fields });
  }
  return classes;
}

/** Gives each class its TypeScript name: the plain one for the first group in `packages` order, prefixed otherwise. */
function nameClasses(classes) {
  const taken = new Set();
  const byOrder = [...classes.values()].sort((a, b) => packages.indexOf(a.pkg) - packages.indexOf(b.pkg));
  for (const c of byOrder) {
    const group = groupOf(c.pkg);
    const prefix = group[0].toUpperCase() + group.slice(1) + versionOf(c.pkg).toUpperCase();
    c.name = taken.has(c.plain) ? prefix + c.plain : c.plain;
    taken.add(c.name);
  }
}

const scalarCodes = {
  string: 's', int32: 'i', int64: 'l', bool: 'b', double: 'd', quantity: 'q', intOrString: 'x', time: 't',
  microTime: 'u', bytes: 'y', rawExtension: 'r', any: 'a',
};

/** Resolves a client-node type text to `{scalar}`, `{ref}`, `{list}` or `{map}`. */
function resolveType(classes, text, format, protoType) {
  const list = /^Array<(.*)>$/.exec(text);
  const protoOf = protoType?.replace(/\[\]$/, '').replace(/^map<\w+,(.*)>$/, '$1');
  if (list) return { list: resolveType(classes, list[1], format, protoOf) };
  const map = /^\{ \[key: string\]: (.*); \}$/.exec(text);
  if (map) return { map: resolveType(classes, map[1], format, protoOf) };
  if (text === 'boolean') return { scalar: 'bool' };
  if (text === 'number') return { scalar: format === '' ? 'int32' : format === 'double' ? 'double' : format };
  if (text === 'Date') return { scalar: 'time' };
  if (text === 'V1MicroTime') return { scalar: 'microTime' };
  if (text === 'IntOrString') return { scalar: 'intOrString' };
  if (text === 'any') return { scalar: protoType?.endsWith('RawExtension') ? 'rawExtension' : 'any' };
  if (text === 'string') {
    if (protoOf?.endsWith('api.resource.Quantity')) return { scalar: 'quantity' };
    return { scalar: format === 'byte' ? 'bytes' : format === 'date-time-micro' ? 'microTime' : 'string' };
  }
  const ref = classes.get(text);
  if (!ref) {
    console.error(`type ${text} is unknown; treated as free form`);
    return { scalar: 'any' };
  }
  return { ref };
}

function resolveFields(classes) {
  for (const c of classes.values()) {
    const message = proto[`${c.pkg.replace('io.k8s', 'k8s.io')}.${c.plain}`] ?? {};
    const protoTypes = new Map(Object.values(message));
    for (const f of c.fields) f.resolved = resolveType(classes, f.type, f.format, protoTypes.get(f.name));
  }
}

const typeCode = (t) =>
  t.list ? '[]' + typeCode(t.list) : t.map ? '{}' + typeCode(t.map) : t.ref ? t.ref.name : scalarCodes[t.scalar];

/** `@a` atomic, `@s` set, `@m(k,...)` map list with keys, `@g` granular; `^strategy(key)` patch; `=json` default. */
function markCode(facts) {
  if (!facts) return '';
  let out = '';
  const kind = facts.listType ?? facts.mapType ?? facts.structType;
  if (kind === 'map') out += `@m(${facts.listMapKeys.join(',')})`;
  else if (kind) out += { atomic: '@a', set: '@s', granular: '@g', separable: '@g' }[kind];
  if (facts.patchStrategy) out += `^${facts.patchStrategy}`;
  if (facts.patchMergeKey) out += `(${facts.patchMergeKey})`;
  if (facts.default !== undefined) out += `=${JSON.stringify(facts.default)}`;
  return out;
}

const isList = (c) => c.plain.endsWith('List') && c.fields.some((f) => f.resolved.ref?.plain === 'ListMeta');

function writeTable(classes) {
  const lines = [];
  for (const pkg of packages) {
    const own = [...classes.values()].filter((c) => c.pkg === pkg && !isList(c));
    own.sort((a, b) => (a.name < b.name ? -1 : 1));
    if (own.length === 0) continue;
    lines.push(`#${pkg}`);
    for (const c of own) {
      const rules = merge[`${pkg}.${c.plain}`] ?? {};
      const alias = c.name === c.plain ? c.name : `${c.name}=${c.plain}`;
      const fields = c.fields.map((f) => {
        const mark = markCode(rules[f.name]);
        return `${f.name}${f.required ? '!' : ''}:${typeCode(f.resolved)}${mark}`;
      });
      lines.push([alias + (rules['*'] ? '@a' : ''), ...fields].join(' '));
    }
  }
  const text = lines.join('\n');
  const head = '// Generated by scripts/generate-api.mjs from the v1.36 API; do not edit. Format: see schema.ts.\n';
  writeFileSync(join(root, 'src/api/schema/table.ts'), `${head}export const schemaTable = \`\n${text}\n\`;\n`);
  return text.length;
}

const tsScalar = {
  string: 'string', int32: 'number', int64: 'number', bool: 'boolean', double: 'number', quantity: 'Quantity',
  intOrString: 'IntOrString', time: 'Time', microTime: 'MicroTime', bytes: 'string', rawExtension: 'unknown',
  any: 'unknown',
};
const baseTypes = ['Quantity', 'IntOrString', 'Time', 'MicroTime', 'KubeObject'];

function tsType(t, use, embedded) {
  if (t.list) {
    const item = tsType(t.list, use, true);
    return `readonly ${item.includes(' ') ? `(${item})` : item}[]`;
  }
  if (t.map) return `{ readonly [key: string]: ${tsType(t.map, use, true)} }`;
  if (t.ref) {
    const name = t.ref.plain === 'ObjectMeta' && embedded ? 'NewObjectMeta' : t.ref.name;
    use(name, groupOf(t.ref.pkg));
    return name;
  }
  const name = tsScalar[t.scalar];
  if (baseTypes.includes(name)) use(name, 'meta');
  return name;
}

const isKind = (c) => c.fields.some((f) => f.name === 'kind')
  && c.fields.some((f) => f.name === 'metadata' && f.resolved.ref?.plain === 'ObjectMeta');

/** Fields the API server always stores although the OpenAPI document calls them optional. */
const storedRequired = {
  ObjectMeta: ['name', 'uid', 'resourceVersion', 'creationTimestamp'],
  PodTemplateSpec: ['spec'],
  JobTemplateSpec: ['spec'],
};

function tsInterface(c, use) {
  const kind = isKind(c);
  if (kind) use('KubeObject', 'meta');
  const lines = [];
  lines.push(`export interface ${c.name}${kind ? ' extends KubeObject' : ''} {`);
  for (const f of c.fields) {
    if (kind && (f.name === 'apiVersion' || f.name === 'kind' || f.name === 'metadata')) continue;
    const stored = (kind && (f.name === 'spec' || f.name === 'status')) || storedRequired[c.name]?.includes(f.name);
    const required = f.required || stored;
    const name = /^\w+$/.test(f.name) ? f.name : `'${f.name}'`;
    lines.push(`  readonly ${name}${required ? '' : '?'}: ${tsType(f.resolved, use, true)};`);
  }
  lines.push('}');
  return lines.join('\n');
}

const metaPreamble = `/** A quantity as text, such as \`100m\` or \`64Mi\`; src/api/quantity.ts reads it. */
export type Quantity = string;
/** A number or a text, as ports and rolling update limits take. */
export type IntOrString = number | string;
/** An RFC 3339 time with second precision, \`2026-01-02T03:04:05Z\`; src/api/time.ts reads it. */
export type Time = string;
/** An RFC 3339 time with microsecond precision. */
export type MicroTime = string;

/** What every persisted object has. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
}

/** Metadata of an object that is not stored yet, or that is embedded in a template. */
export type NewObjectMeta = Partial<ObjectMeta>;

/** An object of kind T that is not stored yet: metadata is partial, status may be missing. */
export type NewObject<T extends KubeObject> = Omit<T, 'metadata' | 'status'> & {
  readonly metadata: NewObjectMeta;
} & (T extends { readonly status: infer S } ? { readonly status?: S } : unknown);`;

function writeTypes(classes) {
  const folder = join(root, 'src/api/types');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const groups = [...new Set(packages.map(groupOf))];
  for (const group of groups) {
    const imports = new Map();
    const use = (name, from) => {
      if (from !== group) imports.set(from, (imports.get(from) ?? new Set()).add(name));
    };
    const own = [...classes.values()].filter((c) => groupOf(c.pkg) === group && !isList(c));
    own.sort((a, b) => (a.name < b.name ? -1 : 1));
    const bodies = own.map((c) => tsInterface(c, use));
    const head = [`// Generated by scripts/generate-api.mjs from the v1.36 API; do not edit. Group: ${group}.`];
    for (const from of [...imports.keys()].sort()) {
      const names = [...imports.get(from)].sort();
      const one = `import type { ${names.join(', ')} } from './${from}';`;
      const many = `import type {\n${names.map((n) => `  ${n},`).join('\n')}\n} from './${from}';`;
      head.push(one.length <= 120 ? one : many);
    }
    if (group === 'meta') bodies.unshift(metaPreamble);
    writeFileSync(join(folder, `${group}.ts`), `${head.join('\n')}\n\n${bodies.join('\n\n')}\n`);
  }
  const index = ['// Generated by scripts/generate-api.mjs; do not edit. The face of the API types of all groups.'];
  for (const group of groups.sort()) index.push(`export type * from './${group}';`);
  writeFileSync(join(folder, 'index.ts'), index.join('\n') + '\n');
}

const classes = await readClasses();
nameClasses(classes);
resolveFields(classes);
const size = writeTable(classes);
writeTypes(classes);
const protobufSize = writeProtobufTable(join(root, 'src/api/protobuf/table.ts'), classes, proto);
const packageFolders = process.argv.slice(3);
if (packageFolders.length > 0) {
  console.log(writeDescriptions(join(root, 'src/api/schema/descriptions.ts'), classes, packageFolders));
}
console.log(`${classes.size} types, table ${size} characters, protobuf ${protobufSize} characters`);
