/**
 * How field ownership sees a type: scalars and atomic lists and maps are owned as a whole, other structs, maps, sets and
 * keyed lists field by field or item by item; free-form data is judged by the value. Made from the schema table and from
 * the inline types of custom resources. Models structured-merge-diff's schema.Atom.
 */
import { findType, referenced } from '../schema/schema';
import type { FieldType, ObjectType, Scalar, SchemaField } from '../schema/schema';
import { fieldElement, keyElement, valueElement } from './path-element';

export type Shape = ScalarShape | ListShape | MapShape | StructShape | DeducedShape;

export interface ScalarShape {
  readonly form: 'scalar';
  readonly scalar: Scalar;
}

export interface ListShape {
  readonly form: 'list';
  readonly relation: 'atomic' | 'set' | 'map';
  /** The keys of a list of relation `map`. */
  readonly keys: readonly string[];
  readonly item: Shape;
}

export interface MapShape {
  readonly form: 'map';
  readonly atomic: boolean;
  readonly value: Shape;
}

/** Free-form data: maps are granular, lists atomic. */
export interface DeducedShape {
  readonly form: 'deduced';
}

export const deduced: DeducedShape = Object.freeze({ form: 'deduced' });

/** A struct; its fields' shapes are made when they are asked for, since types may contain themselves. */
export class StructShape {
  readonly form = 'struct';
  private readonly shapes = new Map<string, Shape | undefined>();
  private always: readonly (readonly [name: string, value: unknown])[] | undefined;

  constructor(
    readonly type: ObjectType,
    readonly atomic: boolean,
  ) {}

  /** The shape of a field; undefined when the type does not have it. */
  field(name: string): Shape | undefined {
    let shape = this.shapes.get(name);
    if (shape === undefined) {
      const field = this.type.fields.get(name);
      shape = field !== undefined ? shapeOf(field.type, field) : this.type.preserveUnknownFields ? deduced : undefined;
      if (field !== undefined) this.shapes.set(name, shape);
    }
    return shape;
  }

  /** Whether the type names the field, rather than keeping it as an unknown one. */
  declares(name: string): boolean {
    return this.type.fields.has(name);
  }

  /**
   * Fields that Go's struct has even where a document leaves them out, with the value they have then: structs that are
   * no pointers, and lists and maps without omitempty. Custom resources are maps in Go and have no such fields.
   */
  get alwaysThere(): readonly (readonly [name: string, value: unknown])[] {
    return this.always ??= alwaysThere(this.type);
  }
}

const structs = new WeakMap<ObjectType, StructShape>();
const atomicStructs = new WeakMap<ObjectType, StructShape>();

/** The shape of a type of the schema. */
export function structShape(type: ObjectType, atomic: boolean = type.atomic): StructShape {
  const known = atomic ? atomicStructs : structs;
  let shape = known.get(type);
  if (shape === undefined) {
    shape = new StructShape(type, atomic);
    known.set(type, shape);
  }
  return shape;
}

function shapeOf(type: FieldType, field?: SchemaField): Shape {
  switch (type.form) {
    case 'scalar':
      return type.scalar === 'any' || type.scalar === 'rawExtension' ? deduced
        : { form: 'scalar', scalar: type.scalar };
    case 'list':
      return {
        form: 'list', relation: field?.listType ?? 'atomic', keys: field?.mapKeys ?? [], item: shapeOf(type.item),
      };
    case 'map':
      return { form: 'map', atomic: field?.mapType === 'atomic', value: shapeOf(type.value) };
    default: {
      const struct = referenced(type) as ObjectType;
      return structShape(struct, struct.atomic || field?.mapType === 'atomic');
    }
  }
}

/** Structs that are no pointers although their field has omitempty, which the schema does not tell. */
const valueStructs = new Set([
  'metadata', 'spec', 'status', 'strategy', 'updateStrategy', 'resources', 'state', 'lastState', 'loadBalancer',
  'daemonEndpoints', 'kubeletEndpoint', 'nodeInfo', 'source', 'template',
]);
const pointers = new Set(['PodSpec.resources', 'ReplicationControllerSpec.template']);

const emptyStruct = Object.freeze({});

function alwaysThere(type: ObjectType): readonly (readonly [string, unknown])[] {
  if (findType(type.name) !== type) return [];
  const found: (readonly [string, unknown])[] = [];
  for (const { name, type: fieldType, required } of type.fields.values()) {
    const isStruct = fieldType.form === 'ref';
    const isValue = valueStructs.has(name) && !pointers.has(`${type.name}.${name}`);
    if (isStruct && (required || isValue)) found.push([name, emptyStruct]);
    else if (required && (fieldType.form === 'list' || fieldType.form === 'map')) found.push([name, null]);
  }
  return found;
}

export type PlainMap = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is PlainMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A list item that cannot be told from others. */
export interface ElementError {
  readonly error: string;
}

/** The path element of an item of a set or a keyed list, or why it has none. */
export function itemElement(list: ListShape, item: unknown): string | ElementError {
  if (list.relation === 'set') {
    if (Array.isArray(item)) return { error: 'not supported: associative list with lists as elements' };
    if (isRecord(item)) return { error: "associative list without keys has an element that's a map type" };
    if (item === null) return { error: "associative list without keys has an element that's an explicit null" };
    return valueElement(item);
  }
  if (item === null) return { error: 'associative list with keys may not have a null element' };
  if (!isRecord(item)) return { error: 'associative list with keys may not have non-map elements' };
  const keys: [string, unknown][] = [];
  for (const name of list.keys) {
    const value = Object.hasOwn(item, name) ? item[name] : undefined;
    const known = value ?? (value === undefined ? keyDefault(list.item, name) : null);
    if (known === undefined) {
      const why = `omits key field ${JSON.stringify(name)} (and doesn't have default value)`;
      return { error: `associative list with keys has an element that ${why}` };
    }
    keys.push([name, known]);
  }
  return keyElement(Object.fromEntries(keys));
}

function keyDefault(item: Shape, name: string): unknown {
  return item.form === 'struct' ? item.type.fields.get(name)?.default : undefined;
}

/** The shape of a value below a map or struct; undefined for a field that the struct does not have. */
export function shapeBelow(shape: MapShape | StructShape | DeducedShape, name: string): Shape | undefined {
  if (shape.form === 'deduced') return shape;
  return shape.form === 'map' ? shape.value : shape.field(name);
}

/** What a value of that shape counts as: free-form data is what it looks like, null what the shape says. */
export function formOf(shape: Shape, value: unknown): 'leaf' | 'map' | 'list' {
  switch (shape.form) {
    case 'scalar':
      return 'leaf';
    case 'list':
      return shape.relation === 'atomic' ? 'leaf' : 'list';
    case 'map': case 'struct':
      return shape.atomic ? 'leaf' : 'map';
    case 'deduced':
      return isRecord(value) ? 'map' : 'leaf';
  }
}

/** The names of a map's entries that are there. */
export function presentNames(map: PlainMap): string[] {
  return Object.keys(map).filter((name) => map[name] !== undefined);
}

export { fieldElement };
