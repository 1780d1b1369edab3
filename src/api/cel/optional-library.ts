/**
 * Optional values, and Kubernetes' authorizer. Models cel-go's library of optional types and apiserver's
 * pkg/cel/library/authz.go; what may be done is asked of whoever evaluates.
 */
import type { Library } from './functions';
import { CelList, CelMap, CelOpaque, CelOptional, CelUint } from './values';

function isZero(value: unknown): boolean {
  if (value === null || value === false || value === '' || value === 0n || value === 0) return true;
  if (value instanceof CelUint) return value.value === 0n;
  if (value instanceof CelList || value instanceof CelMap) return value.size === 0;
  return value instanceof Uint8Array && value.length === 0;
}

/** What an expression asks the authorizer about. */
export interface AccessQuestion {
  readonly path?: string;
  readonly group?: string;
  readonly resource?: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly verb: string;
  /** Set when the expression asks about a service account instead of the caller. */
  readonly serviceAccount?: { readonly namespace: string; readonly name: string };
}

export interface AccessDecision {
  readonly allowed: boolean;
  readonly reason: string;
  readonly error?: string;
}

/** Answers the questions of one evaluation. */
export type AccessCheck = (question: AccessQuestion) => AccessDecision;

interface Asking {
  readonly check: AccessCheck;
  readonly question: Omit<AccessQuestion, 'verb'>;
}

/** The variable `authorizer` or `authorizer.requestResource`. */
export function authorizerValue(check: AccessCheck): CelOpaque {
  return asking('Authorizer', { check, question: {} });
}

/** The variable `authorizer.requestResource`: a check of the request's own resource. */
export function resourceCheckValue(check: AccessCheck, question: Omit<AccessQuestion, 'verb'>): CelOpaque {
  return asking('ResourceCheck', { check, question });
}

function asking(type: 'Authorizer' | 'PathCheck' | 'GroupCheck' | 'ResourceCheck', payload: Asking): CelOpaque {
  return new CelOpaque(`kubernetes.authorization.${type}`, payload);
}

function refined(value: unknown, type: Parameters<typeof asking>[0], more: Partial<AccessQuestion>): CelOpaque {
  const { check, question } = (value as CelOpaque).payload as Asking;
  return asking(type, { check, question: { ...question, ...more } });
}

function decide(value: unknown, verb: string): CelOpaque {
  const { check, question } = (value as CelOpaque).payload as Asking;
  return new CelOpaque('kubernetes.authorization.Decision', check({ ...question, verb }));
}

function decision(value: unknown): AccessDecision {
  return (value as CelOpaque).payload as AccessDecision;
}

const authorizer: Library = [
  ['authorizer.path(string): pathcheck', ([a, path]) => refined(a, 'PathCheck', { path })],
  ['authorizer.group(string): groupcheck', ([a, group]) => refined(a, 'GroupCheck', { group })],
  [
    'authorizer.serviceAccount(string, string): authorizer',
    ([a, namespace, name]) => refined(a, 'Authorizer', { serviceAccount: { namespace, name } }),
  ],
  ['groupcheck.resource(string): resourcecheck', ([a, resource]) => refined(a, 'ResourceCheck', { resource })],
  [
    'resourcecheck.subresource(string): resourcecheck',
    ([a, subresource]) => refined(a, 'ResourceCheck', { subresource }),
  ],
  ['resourcecheck.namespace(string): resourcecheck', ([a, namespace]) => refined(a, 'ResourceCheck', { namespace })],
  ['resourcecheck.name(string): resourcecheck', ([a, name]) => refined(a, 'ResourceCheck', { name })],
  ['pathcheck.check(string): decision', ([a, verb]) => decide(a, verb), () => 350_000],
  ['resourcecheck.check(string): decision', ([a, verb]) => decide(a, verb), () => 350_000],
  ['decision.allowed(): bool', ([a]) => decision(a).allowed],
  ['decision.reason(): string', ([a]) => decision(a).reason],
  ['decision.errored(): bool', ([a]) => decision(a).error !== undefined],
  ['decision.error(): string', ([a]) => decision(a).error ?? ''],
];

export const optionalLibrary: Library = [
  ['@optional.of(A): optional<A>', ([a]) => CelOptional.of(a)],
  ['@optional.ofNonZeroValue(A): optional<A>', ([a]) => (isZero(a) ? CelOptional.none : CelOptional.of(a))],
  ['@optional.none(): optional<A>', () => CelOptional.none],
  ['optional<A>.hasValue(): bool', ([a]) => a.hasValue],
  ['optional<A>.value(): A', ([a]) => a.value()],
  ['optional<A>.or(optional<A>): optional<A>', ([a, b]) => (a.hasValue ? a : b)],
  ['optional<A>.orValue(A): A', ([a, b]) => (a.hasValue ? a.value() : b)],
  ...authorizer,
];
