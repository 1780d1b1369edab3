/**
 * Validates a value against a custom resource's schema, with the texts that kube-openapi gives its errors and the field
 * errors that apiextensions-apiserver makes of them. Of the branches of anyOf and oneOf that fail, the one that came
 * furthest is explained, as upstream counts matches. On updates, errors of a value that has not changed are forgiven
 * where the old value can be found (ratcheting). Models kube-openapi's pkg/validation/validate and apiextensions'
 * pkg/apiserver/validation; objects are walked in the order of the schema's property names.
 */
import { equal, sortedKeys } from '../../base/freeze';
import {
  child,
  type FieldError,
  invalid,
  notSupported,
  required,
  tooLong,
  tooMany,
  typeInvalid,
} from '../field-errors';
import { goJson, quote } from '../go-text';
import { hasFormat, isSupportedFormat } from './formats';
import { matchesPattern } from './patterns';
import { isIntOrString, isObject, itemsOf, type PlainObject, propertyOf, type Schema, valuesOf } from './structural';

/** Everything wrong with a value. `root` is the field path of the value; empty for a whole resource. */
export function valueErrors(value: unknown, schema: Schema, root = ''): readonly FieldError[] {
  return run(value, schema, root, undefined);
}

/** Everything wrong with a changed value, except for what is as it was before. */
export function changedValueErrors(value: unknown, old: unknown, schema: Schema, root = ''): readonly FieldError[] {
  return run(value, schema, root, { value: old });
}

/** The value before the update at the same place; undefined where the place cannot be found again. */
interface Before {
  readonly value: unknown;
}

/** What a branch of the validation found, and how far it came. */
interface Findings {
  /** Paths are relative to the value, `.` in front of required fields at the top as upstream has it. */
  readonly errors: FieldError[];
  matches: number;
  readonly root: string;
}

function run(value: unknown, schema: Schema, root: string, before: Before | undefined): readonly FieldError[] {
  const found: Findings = { errors: [], matches: 0, root };
  check(value, schema, '', before, found);
  return found.errors;
}

/** How many of upstream's validators count a match for every value, whether they find errors or not. */
const validatorsPerValue = 4;

type JsonType = 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean' | 'null';

function typeOfValue(value: unknown): JsonType {
  switch (typeof value) {
    case 'string': return 'string';
    case 'boolean': return 'boolean';
    case 'bigint': return 'integer';
    case 'number': return Number.isInteger(value) ? 'integer' : 'number';
    default: return Array.isArray(value) ? 'array' : isObject(value) ? 'object' : 'null';
  }
}

function typesOf(schema: Schema): readonly string[] {
  if (isIntOrString(schema)) return ['integer', 'string'];
  return schema.type === undefined || schema.type === '' ? [] : [schema.type];
}

function at({ root }: Findings, path: string): string {
  return path === '' || path === '.' ? root : child(root, path.startsWith('.') ? path.slice(1) : path);
}

function check(value: unknown, schema: Schema, path: string, before: Before | undefined, into: Findings): void {
  if (before === undefined || before.value === undefined) return checkNode(value, schema, path, before, into);
  const found: Findings = { errors: [], matches: 0, root: into.root };
  checkNode(value, schema, path, before, found);
  into.matches += found.matches;
  if (found.errors.length > 0 && !equal(value, before.value)) addErrors(into, found.errors);
}

/** One by one: there may be more of them than a call takes arguments. */
function addErrors(into: Findings, errors: readonly FieldError[]): void {
  for (const error of errors) into.errors.push(error);
}

function checkNode(value: unknown, schema: Schema, path: string, before: Before | undefined, into: Findings): void {
  const type = typeOfValue(value);
  const types = typesOf(schema);
  if (types.length > 0 || schema.format) checkType(type, types, schema, path, into);
  if (type === 'null') {
    checkEnum(value, schema, path, into);
    return;
  }
  if (schema.anyOf || schema.oneOf || schema.allOf || schema.not) checkCombinations(value, schema, path, before, into);
  into.matches += validatorsPerValue;
  if (type === 'string') checkText(value as string, schema, path, into);
  else if (type === 'integer' || type === 'number') checkNumber(value as number | bigint, schema, path, into);
  else if (type === 'array') checkList(value as readonly unknown[], schema, path, before, into);
  checkEnum(value, schema, path, into);
  if (type === 'object') checkObject(value as PlainObject, schema, path, before, into);
}

function checkType(type: JsonType, types: readonly string[], schema: Schema, path: string, into: Findings): void {
  if (type === 'null') {
    if (types.length > 0 && schema.nullable !== true) failType(type, types, path, into);
    return;
  }
  const numeric = types.includes('integer') || types.includes('number');
  // A text with a format is judged by its format alone.
  const byFormat =
    schema.format && !numeric && (type === 'string' || type === 'array') && isSupportedFormat(schema.format);
  const fits = types.length === 0 || byFormat || types.includes(type) || (type === 'integer' && numeric);
  if (fits) into.matches += 2;
  else failType(type, types, path, into);
}

function failType(type: JsonType, types: readonly string[], path: string, into: Findings): void {
  const detail = `${where(path)} must be of type ${types.join(',')}: ${quote(type)}`;
  into.errors.push(typeInvalid(at(into, path), type, detail));
}

function where(path: string): string {
  return `${path} in body`;
}

function add(into: Findings, path: string, value: unknown, detail: string): void {
  into.errors.push(invalid(at(into, path), value, `${where(path)} ${detail}`));
}

function checkText(text: string, schema: Schema, path: string, into: Findings): void {
  const { maxLength, minLength, pattern, format } = schema;
  if (maxLength !== undefined || minLength !== undefined) {
    const length = characters(text);
    if (maxLength !== undefined && length > maxLength) {
      into.errors.push(tooLong(at(into, path), maxLength));
      return;
    }
    if (minLength !== undefined && length < minLength) {
      add(into, path, text, `should be at least ${minLength} chars long`);
      return;
    }
  }
  if (pattern && !matchesPattern(pattern, text)) {
    add(into, path, text, `should match '${pattern}'`);
    return;
  }
  if (!format || !isSupportedFormat(format) || hasFormat(format, text)) return;
  into.errors.push(typeInvalid(at(into, path), text, `${where(path)} must be of type ${format}: ${quote(text)}`));
}

/** Characters as Go counts runes. */
function characters(text: string): number {
  let count = text.length;
  for (let i = 0; i < text.length; i += 1) {
    if ((text.charCodeAt(i) & 0xfc00) === 0xd800 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) count -= 1;
  }
  return count;
}

function checkNumber(value: number | bigint, schema: Schema, path: string, into: Findings): void {
  const { multipleOf, maximum, minimum, exclusiveMaximum, exclusiveMinimum } = schema;
  if (multipleOf !== undefined && !isMultiple(value, multipleOf)) {
    add(into, path, value, `should be a multiple of ${String(multipleOf)}`);
  }
  if (maximum !== undefined && (exclusiveMaximum ? value >= maximum : value > maximum)) {
    add(into, path, value, `should be less than ${exclusiveMaximum ? '' : 'or equal to '}${String(maximum)}`);
  }
  if (minimum !== undefined && (exclusiveMinimum ? value <= minimum : value < minimum)) {
    add(into, path, value, `should be greater than ${exclusiveMinimum ? '' : 'or equal to '}${String(minimum)}`);
  }
}

function isMultiple(value: number | bigint, factor: number): boolean {
  if (factor <= 0) return false;
  if (Number.isInteger(factor) && (typeof value === 'bigint' || Number.isInteger(value))) {
    return BigInt(value) % BigInt(factor) === 0n;
  }
  const quotient = Number(value) / factor;
  return Number.isInteger(quotient);
}

function checkList(
  list: readonly unknown[], schema: Schema, path: string, before: Before | undefined, into: Findings,
): void {
  const items = itemsOf(schema);
  if (items !== undefined) {
    const correlate = correlatedItem(schema, before);
    list.forEach((item, i) => check(item, items, `${path}[${i}]`, correlate?.(item), into));
  }
  const { minItems, maxItems, uniqueItems } = schema;
  if (minItems !== undefined && list.length < minItems) {
    add(into, path, list.length, `should have at least ${minItems} items`);
  }
  if (maxItems !== undefined && list.length > maxItems)
    into.errors.push(tooMany(at(into, path), list.length, maxItems));
  if (uniqueItems && list.some((item, i) => list.findIndex((other) => equal(other, item)) < i)) {
    into.errors.push(invalid(at(into, path), '', `${where(path)} shouldn't contain duplicates`));
  }
}

/** How to find an item's old value: only lists of type map tell which item is which. */
export function correlatedItem(
  schema: Schema, before: { readonly value: unknown } | undefined,
): ((item: unknown) => { readonly value: unknown } | undefined) | undefined {
  const keys = schema['x-kubernetes-list-map-keys'];
  if (schema['x-kubernetes-list-type'] !== 'map' || !keys || !Array.isArray(before?.value)) return undefined;
  const old = before.value as readonly unknown[];
  return (item) => {
    if (!isObject(item)) return undefined;
    const match = old.find((other) => isObject(other) && keys.every((name) => equal(other[name], item[name])));
    return match === undefined ? undefined : { value: match };
  };
}

function checkEnum(value: unknown, schema: Schema, path: string, into: Findings): void {
  if (!schema.enum || schema.enum.length === 0) return;
  if (schema.enum.some((allowed) => equal(allowed, value))) return;
  const allowed = schema.enum.map((one) => (typeof one === 'string' ? one : goJson(one)));
  into.errors.push(notSupported(at(into, path), value, allowed));
}

function checkObject(
  object: PlainObject, schema: Schema, path: string, before: Before | undefined, into: Findings,
): void {
  const { minProperties, maxProperties } = schema;
  if (minProperties !== undefined || maxProperties !== undefined) {
    const count = Object.keys(object).length;
    if (minProperties !== undefined && count < minProperties) {
      add(into, path, count, `should have at least ${minProperties} properties`);
      return;
    }
    if (maxProperties !== undefined && count > maxProperties) {
      into.errors.push(tooMany(at(into, path), count, maxProperties));
      return;
    }
  }
  const old = isObject(before?.value) ? before.value : undefined;
  const inner = (name: string): string => (path === '' ? name : `${path}.${name}`);
  const earlier = (name: string): Before | undefined => {
    const hidden = path === '' && (name === 'apiVersion' || name === 'kind');
    return old === undefined || hidden || !Object.hasOwn(old, name) ? undefined : { value: old[name] };
  };
  const values = valuesOf(schema);
  if (values !== undefined || schema.additionalProperties === false) {
    for (const name of sortedKeys(object)) {
      if (propertyOf(schema, name) !== undefined) continue;
      if (values !== undefined) check(object[name], values, inner(name), earlier(name), into);
      else into.errors.push(invalid(at(into, path), name, `${path}.${name} in body is a forbidden property`));
    }
  }
  for (const name of sortedKeys(schema.properties)) {
    if (!Object.hasOwn(object, name)) continue;
    check(object[name], propertyOf(schema, name) as Schema, inner(name), earlier(name), into);
  }
  for (const name of schema.required ?? []) {
    if (!Object.hasOwn(object, name)) into.errors.push(required(at(into, `${path}.${name}`)));
  }
}

function checkCombinations(
  value: unknown, schema: Schema, path: string, before: Before | undefined, into: Findings,
): void {
  const branch = (alternative: Schema): Findings => {
    const found: Findings = { errors: [], matches: 0, root: into.root };
    checkNode(value, alternative, path, before, found);
    return found;
  };
  const fail = (detail: string): void => {
    into.errors.push(invalid(into.root, '', `${quote(path)} ${detail}`));
  };
  const take = ({ errors, matches }: Findings): void => {
    addErrors(into, errors);
    into.matches += matches;
  };
  if (schema.anyOf?.length) checkAnyOf(schema.anyOf, branch, fail, take);
  if (schema.oneOf?.length) checkOneOf(schema.oneOf, branch, fail, take);
  if (schema.allOf?.length) {
    const found = schema.allOf.map(branch);
    found.forEach(take);
    const valid = found.filter(({ errors }) => errors.length === 0).length;
    if (valid < found.length) fail(`must validate all the schemas (allOf)${valid === 0 ? '. None validated' : ''}`);
  }
  if (schema.not && branch(schema.not).errors.length === 0) fail('must not validate the schema (not)');
}

type Branch = (alternative: Schema) => Findings;

/** The failure that came furthest; of equals the first. */
function bestOf(best: Findings | undefined, found: Findings): Findings {
  return best === undefined || found.matches > best.matches ? found : best;
}

function checkAnyOf(
  alternatives: readonly Schema[], branch: Branch, fail: (detail: string) => void, take: (found: Findings) => void,
): void {
  let best: Findings | undefined;
  for (const alternative of alternatives) {
    const found = branch(alternative);
    if (found.errors.length === 0) return take(found);
    best = bestOf(best, found);
  }
  fail('must validate at least one schema (anyOf)');
  if (best) take(best);
}

function checkOneOf(
  alternatives: readonly Schema[], branch: Branch, fail: (detail: string) => void, take: (found: Findings) => void,
): void {
  let best: Findings | undefined;
  let valid: Findings | undefined;
  let count = 0;
  for (const alternative of alternatives) {
    const found = branch(alternative);
    if (found.errors.length === 0) {
      count += 1;
      valid ??= found;
    } else {
      best = bestOf(best, found);
    }
  }
  if (count === 1 && valid) return take(valid);
  const found = count === 0 ? 'Found none valid' : `Found ${count} valid alternatives`;
  fail(`must validate one and only one schema (oneOf). ${found}`);
  if (count === 0 && best) take(best);
}
