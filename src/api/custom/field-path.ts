/**
 * Paths that a definition writes to fields of its own schema: `.spec.replicas`, `.spec.labels['app']`. Models
 * ValidFieldPath of apiextensions-apiserver's pkg/apiserver/schema/cel.
 */
import { isMapSchema, propertyOf, type Schema, valuesOf } from './structural';

/** The path as field errors write it, and the schema it leads to; or why it leads nowhere. */
export type FieldPath =
  | { readonly path: string; readonly schema: Schema }
  | { readonly error: string };

/** Follows a path through a schema; `withBrackets` allows `['key']`. */
export function validFieldPath(text: string, root: Schema, withBrackets = true): FieldPath {
  const tokens = text.match(/'(?:[^'\\]|\\.)*'|[.[\]]|[^.[\]']+/g) ?? [];
  let schema: Schema = root;
  let path = '';
  for (let i = 0; i < tokens.length; i += 1) {
    const token = tokens[i];
    if (token !== '.' && token !== '[') return { error: `expected [ or . but got: ${token ?? ''}` };
    if (token === '[' && !withBrackets) return { error: 'array notation is not allowed' };
    i += 1;
    const name = tokens[i];
    if (name === undefined) return { error: 'unexpected end of JSON path' };
    let step = name;
    if (token === '[') {
      if (!/^'.*'$/s.test(name)) return { error: `expected single quoted string but got ${name}` };
      step = name.slice(1, -1).replace(/\\(.)/g, '$1');
    }
    const next = schema.properties ? propertyOf(schema, step) : isMapSchema(schema) ? valuesOf(schema) : undefined;
    if (next === undefined) return { error: 'does not refer to a valid field' };
    path = schema.properties ? (path === '' ? step : `${path}.${step}`) : `${path}[${step}]`;
    schema = next;
    if (token === '[') {
      i += 1;
      if (tokens[i] === undefined) return { error: 'unexpected end of JSON path' };
      if (tokens[i] !== ']') return { error: `expected ] but got ${tokens[i] ?? ''}` };
    }
  }
  return { path, schema };
}
