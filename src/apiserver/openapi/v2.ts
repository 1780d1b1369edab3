/**
 * OpenAPI v2: one document for everything that is served, for kubectl before v1.27 and for tools that never moved on.
 * Models kube-openapi's pkg/builder.
 */
import type { AnyKind } from '../../api/kind';
import { serverVersion } from '../options';
import { contentSchema, schemasFor } from './content';
import { kindPaths, type Operation, patchTypes, resourceListPath } from './operations';
import { type Dialect, pathItem, sharedParameters } from './path-item';
import type { JsonSchema, SchemaCollection } from './schemas';

/** The document of some kinds; `groupVersions` are those whose list of resources is described. */
export function openApiV2Document(
  kinds: readonly AnyKind[], groupVersions: readonly { readonly group: string; readonly version: string }[],
): JsonSchema {
  const schemas = schemasFor(kinds, 'v2');
  const paths = [
    ...groupVersions.map(({ group, version }) => resourceListPath(group, version)), ...kinds.flatMap(kindPaths),
  ];
  const items = paths.map((each): [string, JsonSchema] => [each.path, pathItem(each, schemas, dialect)]);
  return {
    swagger: '2.0', info: { title: 'Kubernetes', version: serverVersion.gitVersion },
    paths: Object.fromEntries(items.sort(([a], [b]) => (a < b ? -1 : 1))),
    definitions: schemas.all(),
    securityDefinitions: {
      BearerToken: { description: 'Bearer Token authentication', type: 'apiKey', name: 'authorization', in: 'header' },
    },
    security: [{ BearerToken: [] }],
  };
}

const parameterObject = sharedParameters(({ name, in: where, type, description }) => {
  const required = where === 'path' ? { required: true } : {};
  return { uniqueItems: true, type, description, name, in: where, ...required };
});

function operationObject(operation: Operation, schemas: SchemaCollection): JsonSchema {
  const { body, action, groupVersionKind, method } = operation;
  const schema = contentSchema(operation.answer, schemas, 'v2');
  const answers = operation.answers.map(([code, description]) => [code, { description, schema }]);
  const parameters: JsonSchema[] = operation.parameters.map(parameterObject);
  if (body !== undefined) {
    const required = method === 'delete' ? {} : { required: true };
    parameters.unshift({ name: 'body', in: 'body', ...required, schema: contentSchema(body, schemas, 'v2') });
  }
  const produces = operation.answer === 'text' ? ['text/plain']
    : ['application/json', ...(operation.streams ? ['application/json;stream=watch'] : [])];
  return {
    description: operation.description, consumes: method === 'patch' ? patchTypes(operation) : ['*/*'], produces,
    schemes: ['https'], tags: [operation.tag], operationId: operation.operationId,
    ...(parameters.length === 0 ? {} : { parameters }),
    responses: { ...Object.fromEntries(answers), 401: { description: 'Unauthorized' } },
    ...(action === undefined ? {} : { 'x-kubernetes-action': action }),
    ...(groupVersionKind === undefined ? {} : { 'x-kubernetes-group-version-kind': groupVersionKind }),
  };
}

const dialect: Dialect = { operation: operationObject, parameter: parameterObject };
