/**
 * OpenAPI v3: one document per group and version, and a few for the paths around them. Bodies are described as JSON,
 * which is what this server answers in. Models kube-openapi's pkg/builder3 as kubectl reads its documents.
 */
import type { AnyKind } from '../../api/kind';
import { docsOf } from '../../api/schema/docs';
import { serverVersion } from '../options';
import { contentSchema, schemasFor } from './content';
import { kindPaths, type Operation, patchTypes, type PathOperations, resourceListPath } from './operations';
import { type Dialect, pathItem, sharedParameters } from './path-item';
import type { JsonSchema, SchemaCollection } from './schemas';

const security = {
  BearerToken: { description: 'Bearer Token authentication', in: 'header', name: 'authorization', type: 'apiKey' },
};

/** The document of a group and version; `kinds` are its own, `allKinds` all that is served but custom resources. */
export function groupVersionDocument(
  group: string, version: string, kinds: readonly AnyKind[], allKinds: readonly AnyKind[],
): JsonSchema {
  const paths = [resourceListPath(group, version), ...kinds.flatMap(kindPaths)];
  return document(paths, schemasFor([...allKinds, ...kinds], 'v3'));
}

/** A document of one path that answers with a type of the table. */
export function singlePathDocument(
  path: string, description: string, operationId: string, tag: string, type: string,
): JsonSchema {
  const operation: Operation = {
    method: 'get', description, operationId, tag, parameters: [], answers: [[200, 'OK']], answer: { type },
  };
  return document([{ path, parameters: [], operations: [operation] }], schemasFor([], 'v3'));
}

/** The document of GET /version. */
export function versionDocument(): JsonSchema {
  const name = 'io.k8s.apimachinery.pkg.version.Info';
  const { description, fields } = docsOf('Info');
  const required = [
    'major', 'minor', 'gitVersion', 'gitCommit', 'gitTreeState', 'buildDate', 'goVersion', 'compiler', 'platform',
  ];
  const names = [...new Set([...required, ...fields.keys()])].sort();
  const properties = Object.fromEntries(names.map((field) => {
    const text = fields.get(field)?.description;
    const fallback = required.includes(field) ? { default: '' } : {};
    return [field, { ...fallback, ...(text ? { description: text } : {}), type: 'string' }];
  }));
  const info = { description, type: 'object', required, properties };
  const answer = { description: 'OK', content: json({ $ref: `#/components/schemas/${name}` }) };
  const get = {
    tags: ['version'], description: 'get the version information for this server', operationId: 'getCodeVersion',
    responses: { 200: answer, 401: { description: 'Unauthorized' } },
  };
  return frame({ '/version/': { get } }, { [name]: info });
}

function document(paths: readonly PathOperations[], schemas: SchemaCollection): JsonSchema {
  const items = paths.map((each): [string, JsonSchema] => [each.path, pathItem(each, schemas, dialect)]);
  return frame(Object.fromEntries(items.sort(([a], [b]) => (a < b ? -1 : 1))), schemas.all());
}

function frame(paths: JsonSchema, schemas: JsonSchema): JsonSchema {
  return {
    openapi: '3.0.0', info: { title: 'Kubernetes', version: serverVersion.gitVersion }, paths,
    components: { schemas, securitySchemes: security },
  };
}

const parameterObject = sharedParameters(({ name, in: where, type, description }) => {
  const required = where === 'path' ? { required: true } : {};
  return { name, in: where, description, ...required, schema: { type, uniqueItems: true } };
});

function operationObject(operation: Operation, schemas: SchemaCollection): JsonSchema {
  const { body, action, groupVersionKind, parameters } = operation;
  const answer = contentSchema(operation.answer, schemas, 'v3');
  const content = operation.answer === 'text' ? { 'text/plain': { schema: answer } }
    : { ...json(answer), ...(operation.streams ? { 'application/json;stream=watch': { schema: answer } } : {}) };
  const answers = operation.answers.map(([code, description]) => [code, { description, content }]);
  return {
    tags: [operation.tag], description: operation.description, operationId: operation.operationId,
    ...(parameters.length === 0 ? {} : { parameters: parameters.map(parameterObject) }),
    ...(body === undefined ? {} : { requestBody: requestBody(operation, contentSchema(body, schemas, 'v3')) }),
    responses: { ...Object.fromEntries(answers), 401: { description: 'Unauthorized' } },
    ...(action === undefined ? {} : { 'x-kubernetes-action': action }),
    ...(groupVersionKind === undefined ? {} : { 'x-kubernetes-group-version-kind': groupVersionKind }),
  };
}

function requestBody(operation: Operation, schema: JsonSchema): JsonSchema {
  const { method } = operation;
  const types = method === 'patch' ? patchTypes(operation) : ['application/json'];
  const content = Object.fromEntries(types.map((type) => [type, { schema }]));
  return method === 'delete' ? { content } : { content, required: true };
}

function json(schema: JsonSchema): JsonSchema {
  return { 'application/json': { schema } };
}

const dialect: Dialect = { operation: operationObject, parameter: parameterObject };
