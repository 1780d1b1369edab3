/**
 * The functions that expressions may call: declarations with their types, implementations and cost. A call may have
 * several candidates by its types; when types are not known before, the values decide. Models cel-go's common/decls and
 * common/stdlib; the libraries are in files of their own and join the table here.
 */
import { compilePattern, isPatternError, type Pattern } from '../custom/patterns';
import * as types from './types';
import type { CelType } from './types';
import {
  CelDuration,
  CelList,
  CelMap,
  CelOpaque,
  CelOptional,
  CelTimestamp,
  CelTypeValue,
  CelUint,
  fail,
} from './values';

/** What an implementation may ask of the evaluation it runs in. */
export interface CallContext {
  /** Adds to the cost; ends the evaluation when the limit is passed. */
  spend(cost: number): void;
}

export type Implementation = (args: readonly any[], context: CallContext) => unknown;

/** One way to call a function. */
export interface Overload {
  readonly name: string;
  /** Whether the first parameter is what stands in front of the dot. */
  readonly isMember: boolean;
  readonly parameters: readonly CelType[];
  readonly result: CelType;
  readonly run: Implementation;
  /** What a call costs beyond the usual 1. */
  readonly cost?: (args: readonly any[]) => number;
}

/** A library: signatures such as `string.contains(string): bool` with what they do. */
export type Library = readonly (readonly [
  signature: string,
  run: Implementation,
  cost?: (args: readonly any[]) => number,
])[];

const simpleTypes: Readonly<Record<string, CelType>> = {
  bool: types.bool, int: types.int, uint: types.uint, double: types.double, string: types.string, bytes: types.bytes,
  null: types.nullType, dyn: types.dyn, type: types.typeType, timestamp: types.timestamp, duration: types.duration,
};
const opaqueNames = {
  url: 'kubernetes.URL', ip: 'net.IP', cidr: 'net.CIDR', quantity: 'kubernetes.Quantity', semver: 'kubernetes.Semver',
  format: 'kubernetes.NamedFormat', authorizer: 'kubernetes.authorization.Authorizer',
  pathcheck: 'kubernetes.authorization.PathCheck', groupcheck: 'kubernetes.authorization.GroupCheck',
  resourcecheck: 'kubernetes.authorization.ResourceCheck', decision: 'kubernetes.authorization.Decision',
} as const;

function parseType(text: string): CelType {
  const generic = /^(list|map|optional)<(.*)>$/.exec(text);
  if (generic) {
    const [, kind, inner = ''] = generic;
    if (kind === 'list') return types.listOf(parseType(inner));
    if (kind === 'optional') return types.optionalOf(parseType(inner));
    const comma = inner.indexOf(',');
    return types.mapOf(parseType(inner.slice(0, comma).trim()), parseType(inner.slice(comma + 1).trim()));
  }
  if (/^[A-Z]$/.test(text)) return { kind: 'parameter', name: text };
  const known = simpleTypes[text];
  if (known) return known;
  const name = opaqueNames[text as keyof typeof opaqueNames];
  return name === undefined ? fail(`no type ${text}`) : { kind: 'simple', name };
}

/** Splits at commas outside of angle brackets. */
function splitTypes(text: string): readonly string[] {
  return text.trim() === '' ? [] : text.split(/,(?![^<]*>)/).map((part) => part.trim());
}

const signaturePattern = /^(?:([a-zA-Z]+(?:<.*>)?)\.)?([\w@!?:[\]+\-*/%<>=.]+)\((.*)\): (.+)$/;
const memberTypes = new Set([...Object.keys(simpleTypes), ...Object.keys(opaqueNames)]);

function declare(signature: string, run: Implementation, cost?: (args: readonly any[]) => number): Overload {
  const match = signaturePattern.exec(signature);
  if (match === null) return fail(`malformed declaration ${signature}`);
  const [, receiver, name = '', parameters = '', result = ''] = match;
  const isType =
    receiver !== undefined && (/[<>]/.test(receiver) || memberTypes.has(receiver) || /^[A-Z]$/.test(receiver));
  const listed = splitTypes(parameters).map(parseType);
  return {
    name: receiver === undefined || isType ? name : `${receiver}.${name}`, isMember: isType,
    parameters: isType ? [parseType(receiver), ...listed] : listed, result: parseType(result), run,
    ...(cost ? { cost } : {}),
  };
}

/** Functions by name. */
export type FunctionTable = ReadonlyMap<string, readonly Overload[]>;

/** Makes a table of several libraries. */
export function functionTable(libraries: readonly Library[]): FunctionTable {
  const table = new Map<string, Overload[]>();
  for (const library of libraries) {
    for (const [signature, run, cost] of library) {
      const overload = declare(signature, run, cost);
      const known = table.get(overload.name);
      if (known) known.push(overload);
      else table.set(overload.name, [overload]);
    }
  }
  return table;
}

/** Whether a value is of a declared type, as far as values can tell. */
export function valueFits(value: unknown, type: CelType): boolean {
  switch (type.kind) {
    case 'parameter': return true;
    case 'list': return value instanceof CelList;
    case 'map': return value instanceof CelMap;
    case 'object': return value instanceof CelMap;
    case 'optional': return value instanceof CelOptional;
    case 'simple': break;
  }
  switch (type.name) {
    case 'dyn': return true;
    case 'bool': return typeof value === 'boolean';
    case 'int': return typeof value === 'bigint';
    case 'uint': return value instanceof CelUint;
    case 'double': return typeof value === 'number';
    case 'string': return typeof value === 'string';
    case 'bytes': return value instanceof Uint8Array;
    case 'null_type': return value === null;
    case 'type': return value instanceof CelTypeValue;
    case 'google.protobuf.Timestamp': return value instanceof CelTimestamp;
    case 'google.protobuf.Duration': return value instanceof CelDuration;
    default: return value instanceof CelOpaque && value.type === type.name;
  }
}

/** The cost of looking through a text once. */
export function textCost(...texts: readonly string[]): number {
  return Math.ceil(texts.reduce((sum, text) => sum + text.length, 0) * 0.1);
}

/** A pattern that an expression asks for, or the error of a bad one. */
export function patternOf(text: string): Pattern {
  const pattern = compilePattern(text);
  return isPatternError(pattern) ? fail(pattern.error) : pattern;
}

/** The cost of a match: every part of the pattern may look at every character. */
export function matchCost(text: string, pattern: string): number {
  return Math.ceil((text.length + 1) * 0.1) * Math.ceil(Math.max(1, pattern.length) * 0.25);
}

