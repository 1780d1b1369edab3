/**
 * The outline of a value as a text: which fields, keys and items it has, and not what is in them. New objects of one
 * outline have the same fields, so that the thousand pods of a Deployment share one set. Not part of upstream; it only
 * saves work.
 */
import {
  deduced, formOf, isRecord, itemElement, type ListShape, type PlainMap, type Shape, shapeBelow,
} from './shape';

const open = '\u0001';
const close = '\u0002';
const separator = '\u0003';

/** The outline; undefined when there is none, because a name could be mistaken for a part of it. */
export function outlineOf(value: unknown, shape: Shape): string | undefined {
  const form = formOf(shape, value);
  if (form === 'leaf') return '';
  if (form === 'list') return Array.isArray(value) ? listOutline(value, shape as ListShape) : '';
  return isRecord(value) ? mapOutline(value, shape as Exclude<Shape, { form: 'scalar' } | { form: 'list' }>) : '';
}

function listOutline(list: readonly unknown[], shape: ListShape): string | undefined {
  let outline = open;
  for (const item of list) {
    const element = itemElement(shape, item);
    if (typeof element !== 'string') return undefined;
    const inner = outlineOf(item, shape.item);
    if (inner === undefined) return undefined;
    outline += element + inner + separator;
  }
  return outline + close;
}

function mapOutline(
  map: PlainMap, shape: Exclude<Shape, { form: 'scalar' } | { form: 'list' }>,
): string | undefined {
  const isStruct = shape.form === 'struct';
  let outline = open;
  for (const name in map) {
    const value = map[name];
    if (value === undefined) continue;
    if (!(isStruct && shape.declares(name)) && /[\u0001-\u0003]/.test(name)) return undefined;
    const inner = outlineOf(value, shapeBelow(shape, name) ?? deduced);
    if (inner === undefined) return undefined;
    outline += name + inner + separator;
  }
  return outline + close;
}
