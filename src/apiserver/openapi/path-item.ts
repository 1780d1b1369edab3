/** A path with its operations and parameters, as both versions of OpenAPI put them together. */
import type { Operation, PathOperations } from './operations';
import type { Parameter } from './parameters';
import type { JsonSchema, SchemaCollection } from './schemas';

/** How one version of OpenAPI writes what is in a path. */
export interface Dialect {
  operation(operation: Operation, schemas: SchemaCollection): JsonSchema;
  parameter(parameter: Parameter): JsonSchema;
}

/** The path item of a document. */
export function pathItem(
  { parameters, operations }: PathOperations, schemas: SchemaCollection, dialect: Dialect,
): JsonSchema {
  return {
    ...Object.fromEntries(operations.map((operation) => [operation.method, dialect.operation(operation, schemas)])),
    ...(parameters.length === 0 ? {} : { parameters: parameters.map(dialect.parameter) }),
  };
}

/** Makes each parameter's object once: nearly all of them are shared by many operations. */
export function sharedParameters(write: (parameter: Parameter) => JsonSchema): (parameter: Parameter) => JsonSchema {
  const written = new WeakMap<Parameter, JsonSchema>();
  return (parameter) => {
    const known = written.get(parameter);
    if (known !== undefined) return known;
    const object = write(parameter);
    written.set(parameter, object);
    return object;
  };
}
