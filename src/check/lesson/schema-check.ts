/**
 * Holds a value against the lesson schema and says, by path, what is wrong with it. It knows no more of JSON Schema
 * than lessons use.
 */
import type { LessonSchema } from './lesson-schema';

/** Why a value does not fit, as a code with its arguments. */
export type MismatchCode =
  | 'missing' | 'unknownField' | 'wrongType' | 'notAllowed' | 'wrongForm' | 'tooFew' | 'tooMany' | 'empty'
  | 'outOfRange';

export interface Mismatch {
  readonly path: readonly (string | number)[];
  readonly code: MismatchCode;
  readonly args: readonly string[];
}

type Path = readonly (string | number)[];

/** Everything in which the value does not fit the schema. */
export function mismatches(value: unknown, schema: LessonSchema, root: LessonSchema, path: Path = []): Mismatch[] {
  const wrong = (code: MismatchCode, ...args: string[]): Mismatch => ({ path, code, args });
  if (schema.$ref !== undefined) {
    const target = root.$defs?.[schema.$ref.slice('#/$defs/'.length)];
    return target ? mismatches(value, target, root, path) : [];
  }
  if (schema.type !== undefined && !hasType(value, schema.type)) return [wrong('wrongType', schema.type)];
  if (typeof value === 'string') return stringMismatches(value, schema, wrong);
  if (typeof value === 'number') {
    const fits = value >= (schema.minimum ?? -Infinity) && value <= (schema.maximum ?? Infinity);
    return fits ? [] : [wrong('outOfRange', String(schema.minimum ?? ''), String(schema.maximum ?? ''))];
  }
  if (Array.isArray(value)) {
    const few = value.length < (schema.minItems ?? 0) ? [wrong('tooFew', String(schema.minItems))] : [];
    const many = value.length > (schema.maxItems ?? Infinity) ? [wrong('tooMany', String(schema.maxItems))] : [];
    const { items } = schema;
    return [...few, ...many,
      ...(items ? value.flatMap((item, i) => mismatches(item, items, root, [...path, i])) : [])];
  }
  if (typeof value === 'object' && value !== null) return objectMismatches(value, schema, root, path, wrong);
  return [];
}

function stringMismatches(
  value: string, schema: LessonSchema, wrong: (code: MismatchCode, ...args: string[]) => Mismatch,
): Mismatch[] {
  if (value.length < (schema.minLength ?? 0)) return [wrong('empty')];
  if (schema.enum && !schema.enum.includes(value)) return [wrong('notAllowed', value, schema.enum.join(', '))];
  if (schema.pattern !== undefined && !new RegExp(schema.pattern).test(value)) return [wrong('wrongForm', value)];
  return [];
}

function objectMismatches(
  value: object, schema: LessonSchema, root: LessonSchema, path: Path,
  wrong: (code: MismatchCode, ...args: string[]) => Mismatch,
): Mismatch[] {
  const { properties = {}, additionalProperties, required = [] } = schema;
  const keys = Object.keys(value).sort();
  const known = Object.keys(properties).join(', ');
  const found = required.filter((key) => !keys.includes(key)).map((key) => wrong('missing', key));
  if (keys.length < (schema.minProperties ?? 0)) found.push(wrong('tooFew', String(schema.minProperties)));
  if (keys.length > (schema.maxProperties ?? Infinity)) found.push(wrong('tooMany', String(schema.maxProperties)));
  for (const key of keys) {
    const own = Object.hasOwn(properties, key) ? properties[key] : undefined;
    const inner = own ?? (typeof additionalProperties === 'object' ? additionalProperties : undefined);
    const field: unknown = (value as Record<string, unknown>)[key];
    if (inner) found.push(...mismatches(field, inner, root, [...path, key]));
    else if (additionalProperties === false) {
      found.push({ path: [...path, key], code: 'unknownField', args: [key, known] });
    }
  }
  return found;
}

function hasType(value: unknown, type: NonNullable<LessonSchema['type']>): boolean {
  switch (type) {
    case 'array': return Array.isArray(value);
    case 'object': return typeof value === 'object' && value !== null && !Array.isArray(value);
    case 'integer': return Number.isInteger(value);
    default: return typeof value === type;
  }
}
