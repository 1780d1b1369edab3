/**
 * JSON in annotations, which anyone can write: what is no JSON, or of another form than its type, counts as absent, as
 * upstream ignores what json.Unmarshal refuses.
 */
import { decode } from '../../decode/decode';
import type { ObjectType } from '../../schema/schema';

/** The object in an annotation, or undefined. */
export function parseAnnotation<T>(text: string | undefined, type: string | ObjectType): T | undefined {
  return decoded<T>(parsed(text), type);
}

/** The list of objects in an annotation, or undefined. */
export function parseListAnnotation<T>(text: string | undefined, type: string | ObjectType): readonly T[] | undefined {
  const list = parsed(text);
  if (!Array.isArray(list)) return undefined;
  const items = list.map((item: unknown) => decoded<T>(item, type));
  return items.some((item) => item === undefined) ? undefined : items as readonly T[];
}

function parsed(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function decoded<T>(value: unknown, type: string | ObjectType): T | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const { object, problems } = decode(value, type);
  return problems.some(({ kind }) => kind !== 'unknownField') ? undefined : object as T;
}
