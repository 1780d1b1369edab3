/**
 * metrics-server's OpenAPI v3: the index and the document of `metrics.k8s.io/v1beta1`, from which `kubectl explain`
 * reads. The document has what explaining needs: the types, their texts and the reading operations. Models what
 * k8s.io/apiserver generates from k8s.io/metrics.
 */
import { docsOf } from '../../api/schema/docs';
import { type FieldType, typeOf } from '../../api/schema/schema';

type Json = Readonly<Record<string, unknown>>;

const group = 'metrics.k8s.io';
const version = 'v1beta1';
const documentName = `apis/${group}/${version}`;
const metrics = 'io.k8s.metrics.pkg.apis.metrics.v1beta1';
const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1';
const quantity = 'io.k8s.apimachinery.pkg.api.resource.Quantity';

let document: string | undefined;

/** The document at a path below /openapi/v3, as text; undefined when none lies there. */
export function metricsOpenApi(path: string): string | undefined {
  if (path === '/openapi/v3') {
    return JSON.stringify({ paths: { [documentName]: { serverRelativeURL: `/openapi/v3/${documentName}` } } });
  }
  return path === `/openapi/v3/${documentName}` ? document ??= JSON.stringify(makeDocument()) : undefined;
}

function makeDocument(): Json {
  const schemas = new Map<string, Json>([
    [quantity, { description: docsOf('Quantity').description, oneOf: [{ type: 'string' }, { type: 'number' }] }],
    [`${meta}.Time`, { description: docsOf('Time').description, type: 'string', format: 'date-time' }],
    [`${meta}.Duration`, {
      description: 'Duration is a wrapper around time.Duration which supports correct marshaling to YAML and JSON. In '
        + 'particular, it marshals into strings, which can be used as map keys in json.',
      type: 'string',
    }],
    [`${metrics}.ContainerMetrics`, object('ContainerMetrics sets resource usage metrics of a container.', {
      name: {
        description: 'Container name corresponding to the one from pod.spec.containers.', type: 'string', default: '',
      },
      usage,
    }, ['name', 'usage'])],
  ]);
  addMetrics(schemas, 'NodeMetrics', 'NodeMetrics sets resource usage metrics of a node.', { usage });
  addMetrics(schemas, 'PodMetrics', 'PodMetrics sets resource usage metrics of a pod.', {
    containers: {
      description: 'Metrics for all containers are collected within the same time window.', type: 'array',
      items: { allOf: [ref(`${metrics}.ContainerMetrics`)], default: {} }, 'x-kubernetes-list-type': 'atomic',
    },
  });
  addType(schemas, 'ObjectMeta');
  addType(schemas, 'ListMeta');
  return {
    openapi: '3.0.0', info: { title: 'Kubernetes metrics-server', version: 'v0.8.0' }, paths: paths(),
    components: { schemas: Object.fromEntries([...schemas].sort(([a], [b]) => (a < b ? -1 : 1))) },
  };
}

const usage: Json = {
  description: 'The memory usage is the memory working set.', type: 'object', additionalProperties: ref(quantity),
};

function addMetrics(schemas: Map<string, Json>, kind: string, description: string, own: Json): void {
  const interval = 'The following fields define time interval from which metrics were collected from the interval '
    + '[Timestamp-Window, Timestamp].';
  const { fields } = docsOf('APIGroup');
  const identity = Object.fromEntries(['apiVersion', 'kind'].map((name) =>
    [name, { description: fields.get(name)?.description ?? '', type: 'string' }]));
  const standard = 'Standard object\'s metadata. More info: '
    + 'https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata';
  schemas.set(`${metrics}.${kind}`, {
    ...object(description, {
      ...identity, metadata: { allOf: [ref(`${meta}.ObjectMeta`)], default: {}, description: standard },
      timestamp: { allOf: [ref(`${meta}.Time`)], description: interval }, window: ref(`${meta}.Duration`), ...own,
    }, ['timestamp', 'window', ...Object.keys(own)]),
    ...servedAs(kind),
  });
  schemas.set(`${metrics}.${kind}List`, {
    ...object(`${kind}List is a list of ${kind}.`, {
      ...identity, metadata: { allOf: [ref(`${meta}.ListMeta`)], default: {} },
      items: { type: 'array', items: { allOf: [ref(`${metrics}.${kind}`)], default: {} } },
    }, ['items']),
    ...servedAs(`${kind}List`),
  });
}

/** A type of the schema table, with what it refers to. */
function addType(schemas: Map<string, Json>, name: string): Json {
  const key = `${meta}.${name}`;
  if (schemas.has(key)) return ref(key);
  schemas.set(key, {});
  const { description, fields: docs } = docsOf(name);
  const properties = Array.from(typeOf(name).fields.values(), (field) => {
    const text = docs.get(field.name)?.description ?? '';
    const schema = schemaOf(schemas, field.type);
    return [field.name, '$ref' in schema ? { allOf: [schema], description: text } : { description: text, ...schema }];
  });
  schemas.set(key, object(description, Object.fromEntries(properties) as Json));
  return ref(key);
}

function schemaOf(schemas: Map<string, Json>, type: FieldType): Json {
  switch (type.form) {
    case 'ref': return addType(schemas, type.name);
    case 'list': return { type: 'array', items: schemaOf(schemas, type.item) };
    case 'map': return { type: 'object', additionalProperties: schemaOf(schemas, type.value) };
    case 'object': return { type: 'object' };
    case 'scalar': break;
  }
  switch (type.scalar) {
    case 'string': return { type: 'string' };
    case 'bool': return { type: 'boolean' };
    case 'int32': case 'int64': return { type: 'integer', format: type.scalar };
    case 'time': return ref(`${meta}.Time`);
    default: return { type: 'object' };
  }
}

function paths(): Json {
  const read = (kind: string, action: 'get' | 'list') => ({
    get: {
      description: `${action === 'get' ? 'read' : 'list'} objects of kind ${kind}`,
      responses: { 200: { description: 'OK', content: { 'application/json': {
        schema: ref(`${metrics}.${kind}${action === 'get' ? '' : 'List'}`),
      } } } },
      'x-kubernetes-action': action, 'x-kubernetes-group-version-kind': { group, kind, version },
    },
  });
  return {
    [`/${documentName}/nodes`]: read('NodeMetrics', 'list'),
    [`/${documentName}/nodes/{name}`]: read('NodeMetrics', 'get'),
    [`/${documentName}/namespaces/{namespace}/pods`]: read('PodMetrics', 'list'),
    [`/${documentName}/namespaces/{namespace}/pods/{name}`]: read('PodMetrics', 'get'),
    [`/${documentName}/pods`]: read('PodMetrics', 'list'),
  };
}

function object(description: string, properties: Json, required: readonly string[] = []): Json {
  return { description, type: 'object', ...(required.length === 0 ? {} : { required }), properties };
}

function servedAs(kind: string): Json {
  return { 'x-kubernetes-group-version-kind': [{ group, kind, version }] };
}

function ref(name: string): Json {
  return { $ref: `#/components/schemas/${name}` };
}
