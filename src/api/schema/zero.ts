/**
 * Zero values as Go writes them. A Go struct always prints its fields without omitempty, so an empty DaemonSetStatus is
 * `{"currentNumberScheduled":0,"desiredNumberScheduled":0,...}`. The table's `required` marks are exactly those fields.
 * Required lists and maps stay absent: Go prints them as null, which the API's clients read as absent.
 */
import { typeOf } from './schema';
import type { FieldType } from './schema';

/** The empty value of a type, with the required scalars and structs that Go would print. */
export function zeroValue(typeName: string): Readonly<Record<string, unknown>> {
  const zero: Record<string, unknown> = {};
  for (const field of typeOf(typeName).fields.values()) {
    const value = field.required ? zeroOf(field.type) : undefined;
    if (value !== undefined) zero[field.name] = value;
  }
  return zero;
}

function zeroOf(type: FieldType): unknown {
  if (type.form === 'ref') return zeroValue(type.name);
  if (type.form !== 'scalar') return undefined;
  switch (type.scalar) {
    case 'bool':
      return false;
    case 'int32': case 'int64': case 'double': case 'intOrString':
      return 0;
    case 'quantity':
      return '0';
    case 'string':
      return '';
    default:
      return undefined;
  }
}
