/**
 * What expressions of policies and match conditions can name, and with which types. Models the environments of
 * apiserver's pkg/admission/plugin/cel (compile.go, composition.go). Objects and parameters have no types at run time,
 * as upstream; the request and the namespace have.
 */
import {
  type CompileError, compileExpression, compileMutation, type Expression, isCompileError, type Variables,
} from './expression';
import * as types from './types';
import type { CelType } from './types';
import type { Variable } from '../types';

/** A type with these fields. */
function objectType(name: string, fields: Readonly<Record<string, CelType>>): CelType {
  return { kind: 'object', name, field: (field) => (Object.hasOwn(fields, field) ? fields[field] : undefined) };
}

const { string, bool, int, dyn, listOf, mapOf } = types;
const strings = listOf(string);
const groupVersionKind = objectType('kubernetes.GroupVersionKind', { group: string, version: string, kind: string });
const groupVersionResource =
  objectType('kubernetes.GroupVersionResource', { group: string, version: string, resource: string });

const requestType = objectType('kubernetes.AdmissionRequest', {
  kind: groupVersionKind, resource: groupVersionResource, subResource: string, requestKind: groupVersionKind,
  requestResource: groupVersionResource, requestSubResource: string, name: string, namespace: string, operation: string,
  userInfo: objectType('kubernetes.UserInfo',
    { username: string, uid: string, groups: strings, extra: mapOf(string, strings) }),
  dryRun: bool, options: dyn,
});

const namespaceType = objectType('kubernetes.Namespace', {
  metadata: objectType('kubernetes.NamespaceMetadata', {
    name: string, generateName: string, namespace: string, labels: mapOf(string, string),
    annotations: mapOf(string, string), UID: string, creationTimestamp: dyn, deletionGracePeriodSeconds: int,
    deletionTimestamp: dyn, generation: int, resourceVersion: string, finalizers: strings,
  }),
  spec: objectType('kubernetes.NamespaceSpec', { finalizers: strings }),
  status: objectType('kubernetes.NamespaceStatus', { phase: string }),
});

/** What an expression may name beside the request and its objects. */
export interface EnvironmentOptions {
  readonly params: boolean;
  readonly authorizer: boolean;
  /** Types of the objects where they are known: for type checking alone. */
  readonly object?: CelType;
  readonly paramsType?: CelType;
}

/** An expression, or why it cannot be evaluated. */
export type Compiled = Expression | CompileError;

/** A variable that the policy composes of others. */
export interface ComposedVariable {
  readonly name: string;
  readonly compiled: Compiled;
}

/** An environment with the variables that a policy composes, each of which may use those before it. */
export class Environment {
  readonly composed: readonly ComposedVariable[];
  private readonly types = new Map<string, CelType>();

  constructor(private readonly options: EnvironmentOptions, variables: readonly Variable[] = []) {
    const composed: ComposedVariable[] = [];
    for (const { name, expression } of variables) {
      const compiled = compileExpression(expression, this.variables(options.authorizer, true));
      composed.push({ name, compiled });
      this.types.set(name, isCompileError(compiled) ? dyn : compiled.type);
    }
    this.composed = composed;
  }

  /** Compiles an expression that gives one of the types; without any, every type will do. */
  compile(text: string, results: readonly CelType[], authorizer = this.options.authorizer): Compiled {
    const compiled = compileExpression(text, this.variables(authorizer, this.composed.length > 0));
    if (isCompileError(compiled)) return { error: `compilation failed: ${compiled.error}` };
    return withResult(compiled, results);
  }

  /** Compiles an expression that makes a change: an object, or the operations of a patch. */
  compileMutation(text: string): Compiled {
    const compiled = compileMutation(text, this.variables(this.options.authorizer, this.composed.length > 0));
    return isCompileError(compiled) ? { error: `compilation failed: ${compiled.error}` } : compiled;
  }

  private variables(authorizer: boolean, composed: boolean): Variables {
    const { params, object = dyn, paramsType = dyn } = this.options;
    return {
      object, oldObject: object, request: requestType, namespaceObject: namespaceType,
      ...(params ? { params: paramsType } : {}),
      ...(authorizer ? {
        authorizer: { kind: 'simple', name: 'kubernetes.authorization.Authorizer' },
        'authorizer.requestResource': { kind: 'simple', name: 'kubernetes.authorization.ResourceCheck' },
      } : {}),
      ...(composed ? {
        variables: { kind: 'object', name: 'kubernetes.variables', field: (name) => this.types.get(name) },
      } : {}),
    };
  }
}

/** The expression, or what its result should be. */
function withResult(compiled: Expression, results: readonly CelType[]): Compiled {
  const { type } = compiled;
  const names = results.map(types.typeName);
  if (results.length === 0 || types.isDyn(type) || names.includes(types.typeName(type))) return compiled;
  const wanted = names.length === 1 ? names.join() : `one of [${names.join(' ')}]`;
  return { error: `must evaluate to ${wanted}` };
}
