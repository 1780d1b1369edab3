/**
 * The types of the API as types of expressions, so that a policy can be checked against what it will see. Models
 * apiserver's pkg/cel/openapi with the names of fields escaped as expressions write them.
 */
import type { FieldType, ObjectType } from '../schema/schema';
import { referenced } from '../schema/schema';
import { unescapeName } from './json-values';
import * as types from './types';
import type { CelType } from './types';

const known = new WeakMap<ObjectType, CelType>();

/** The type of an object; its fields are looked up when an expression names them. */
export function celTypeOf(type: ObjectType): CelType {
  let made = known.get(type);
  if (made === undefined) {
    const field = (escaped: string): CelType | undefined => {
      const found = type.fields.get(unescapeName(escaped));
      return found ? fieldType(found.type) : type.preserveUnknownFields ? types.dyn : undefined;
    };
    known.set(type, made = { kind: 'object', name: type.name, field });
  }
  return made;
}

function fieldType(type: FieldType): CelType {
  switch (type.form) {
    case 'list': return types.listOf(fieldType(type.item));
    case 'map': return types.mapOf(types.string, fieldType(type.value));
    case 'scalar': return scalarType(type.scalar);
    default: {
      const inner = referenced(type);
      return inner ? celTypeOf(inner) : types.dyn;
    }
  }
}

function scalarType(scalar: Extract<FieldType, { form: 'scalar' }>['scalar']): CelType {
  switch (scalar) {
    case 'string': return types.string;
    case 'int32': case 'int64': return types.int;
    case 'bool': return types.bool;
    case 'double': return types.double;
    case 'time': case 'microTime': return types.timestamp;
    case 'bytes': return types.bytes;
    // Quantities are numbers or texts, as integers or texts are.
    default: return types.dyn;
  }
}
