/**
 * The types of CEL expressions: what the checker infers and error texts print. Models cel-go's common/types and the
 * assignability rules of its checker, with dyn assignable to and from everything.
 */

export type SimpleName =
  | 'bool' | 'int' | 'uint' | 'double' | 'string' | 'bytes' | 'null_type' | 'dyn' | 'type'
  | 'google.protobuf.Timestamp' | 'google.protobuf.Duration'
  // Types of Kubernetes' libraries.
  | 'kubernetes.URL' | 'net.IP' | 'net.CIDR' | 'kubernetes.Quantity' | 'kubernetes.Semver'
  | 'kubernetes.NamedFormat' | 'kubernetes.authorization.Authorizer' | 'kubernetes.authorization.PathCheck'
  | 'kubernetes.authorization.GroupCheck' | 'kubernetes.authorization.ResourceCheck'
  | 'kubernetes.authorization.Decision';

export type CelType =
  | { readonly kind: 'simple'; readonly name: SimpleName }
  | { readonly kind: 'list'; readonly item: CelType }
  | { readonly kind: 'map'; readonly key: CelType; readonly value: CelType }
  | { readonly kind: 'optional'; readonly value: CelType }
  /** An object with known fields; `fields` are the escaped names that expressions use. */
  | { readonly kind: 'object'; readonly name: string; readonly field: (name: string) => CelType | undefined }
  /** A placeholder in the declaration of a function. */
  | { readonly kind: 'parameter'; readonly name: string };

function simple(name: SimpleName): CelType {
  return Object.freeze({ kind: 'simple', name });
}

export const bool = simple('bool');
export const int = simple('int');
export const uint = simple('uint');
export const double = simple('double');
export const string = simple('string');
export const bytes = simple('bytes');
export const nullType = simple('null_type');
export const dyn = simple('dyn');
export const typeType = simple('type');
export const timestamp = simple('google.protobuf.Timestamp');
export const duration = simple('google.protobuf.Duration');

export function listOf(item: CelType): CelType {
  return { kind: 'list', item };
}

export function mapOf(key: CelType, value: CelType): CelType {
  return { kind: 'map', key, value };
}

export function optionalOf(value: CelType): CelType {
  return { kind: 'optional', value };
}

export function isDyn(type: CelType): boolean {
  return type.kind === 'simple' && type.name === 'dyn';
}

/** The name as cel-go prints it: `list(string)`, `map(string, dyn)`, `optional_type(int)`. */
export function typeName(type: CelType): string {
  switch (type.kind) {
    case 'simple': return type.name;
    case 'list': return `list(${typeName(type.item)})`;
    case 'map': return `map(${typeName(type.key)}, ${typeName(type.value)})`;
    case 'optional': return `optional_type(${typeName(type.value)})`;
    case 'object': return type.name;
    case 'parameter': return type.name;
  }
}

/** What the placeholders of one call stand for. */
export type Bindings = Map<string, CelType>;

/** Whether a value of type `from` can stand where `to` is declared; binds placeholders of `to`. */
export function isAssignable(to: CelType, from: CelType, bindings: Bindings): boolean {
  if (to.kind === 'parameter') {
    const bound = bindings.get(to.name);
    if (bound === undefined || isDyn(bound)) {
      bindings.set(to.name, bound === undefined ? from : bound);
      return true;
    }
    if (isAssignable(bound, from, bindings)) return true;
    if (!isAssignable(from, bound, bindings)) return false;
    bindings.set(to.name, from);
    return true;
  }
  if (isDyn(to) || isDyn(from) || from.kind === 'parameter') return true;
  if (from.kind === 'simple' && from.name === 'null_type' && acceptsNull(to)) return true;
  switch (to.kind) {
    case 'simple': return from.kind === 'simple' && from.name === to.name;
    case 'list': return from.kind === 'list' && isAssignable(to.item, from.item, bindings);
    case 'map':
      return (
        from.kind === 'map' && isAssignable(to.key, from.key, bindings) && isAssignable(to.value, from.value, bindings)
      );
    case 'optional': return from.kind === 'optional' && isAssignable(to.value, from.value, bindings);
    case 'object': return from.kind === 'object' && from.name === to.name;
  }
}

function acceptsNull(type: CelType): boolean {
  if (type.kind === 'simple') return type.name.includes('.') || type.name === 'null_type';
  return type.kind === 'object' || type.kind === 'optional';
}

/** The type with its placeholders filled in; what is not bound is dyn. */
export function substitute(type: CelType, bindings: Bindings): CelType {
  switch (type.kind) {
    case 'parameter': return bindings.get(type.name) ?? dyn;
    case 'list': return listOf(substitute(type.item, bindings));
    case 'map': return mapOf(substitute(type.key, bindings), substitute(type.value, bindings));
    case 'optional': return optionalOf(substitute(type.value, bindings));
    default: return type;
  }
}

/** The type of values that are of either type; dyn when they have nothing in common. */
export function joined(a: CelType, b: CelType): CelType {
  if (isDyn(a) || isDyn(b)) return dyn;
  if (isAssignable(a, b, new Map())) return a;
  return isAssignable(b, a, new Map()) ? b : dyn;
}
