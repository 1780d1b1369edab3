/**
 * Expressions for whoever needs them: the rules of custom resources and the policies of admission. An expression is
 * compiled once against the variables that it may use, and evaluated any number of times with their values. A limit of
 * cost ends what would take too long. Models apiserver's pkg/cel/environment and cel-go's Env and Program.
 *
 * Policies declare `object`, `oldObject`, `request`, `params`, `namespaceObject` as dyn and read them through `untyped`,
 * `variables` as an object of the composed expressions' types, and `authorizer` with authorizerValue().
 */
import { checkTree } from './compile';
import type { Run } from './evaluation';
import { type FunctionTable, functionTable } from './functions';
import { kubernetesLibrary } from './kubernetes-library';
import { mutationLibrary, withoutMessageLiterals } from './message-literals';
import { networkLibrary } from './network-library';
import { optionalLibrary } from './optional-library';
import { issueText, parse } from './parse';
import { standardLibrary } from './standard-library';
import { stringLibrary } from './string-library';
import type { CelType } from './types';
import { CelFailure, CelList, CelMap, CelUint } from './values';

/** The limits of cost of pkg/apis/cel/config.go. */
export const costLimits = Object.freeze({
  /** One evaluation of one expression: about a tenth of a second in a real server. */
  perCall: 1_000_000,
  /** All rules of one custom resource, or all expressions of one policy. */
  perResource: 10_000_000,
});

export type Variables = Readonly<Record<string, CelType>>;

/** An expression that can be evaluated. */
export interface Expression {
  readonly text: string;
  readonly type: CelType;
  /** The variables that it names. */
  readonly uses: ReadonlySet<string>;
  /** Evaluates; the value of a variable is asked for when the expression comes to it. Never throws. */
  evaluate(variable: (name: string) => unknown, limit?: number): Evaluation;
}

/** The outcome of an evaluation and what it cost. */
export type Evaluation =
  | { readonly ok: true; readonly value: unknown; readonly cost: number }
  | { readonly ok: false; readonly error: string; readonly cost: number };

/** Why a text is no expression: all mistakes in cel-go's form, one after the other. */
export interface CompileError {
  readonly error: string;
}

export function isCompileError(value: Expression | CompileError): value is CompileError {
  return 'error' in value;
}

/** Thrown through an evaluation that has cost too much. */
class CostExceeded extends Error {}

const exceeded = 'operation cancelled: actual cost limit exceeded';

const libraries = [standardLibrary, stringLibrary, kubernetesLibrary, networkLibrary, optionalLibrary];
let table: FunctionTable | undefined;

/** All functions of Kubernetes' environment, made when first needed. */
function functions(): FunctionTable {
  table ??= functionTable(libraries);
  return table;
}

let mutationTable: FunctionTable | undefined;

/** Compiles an expression of a mutating policy, which can make objects. */
export function compileMutation(text: string, variables: Variables): Expression | CompileError {
  mutationTable ??= functionTable([...libraries, mutationLibrary]);
  return compileWith(mutationTable, withoutMessageLiterals(text), variables);
}

/** Compiles an expression that may use the given variables. */
export function compileExpression(text: string, variables: Variables): Expression | CompileError {
  return compileWith(functions(), text, variables);
}

function compileWith(functions: FunctionTable, text: string, variables: Variables): Expression | CompileError {
  const tree = parse(text);
  if ('message' in tree) return { error: issueText(text, tree) };
  const { checked, issues } = checkTree(tree, { variables: new Map(Object.entries(variables)), functions });
  if (issues.length > 0) return { error: issues.map((issue) => issueText(text, issue)).join('\n') };
  const { type, uses } = checked;
  return Object.freeze({
    text, type, uses,
    evaluate: (variable: (name: string) => unknown, limit: number = costLimits.perCall) =>
      evaluate(checked.run, variable, limit),
  });
}

function evaluate(run: (run: Run) => unknown, variable: (name: string) => unknown, limit: number): Evaluation {
  let cost = 0;
  const context: Run = {
    slots: [],
    variable,
    spend(amount) {
      cost += amount;
      if (cost > limit) throw new CostExceeded(exceeded);
    },
  };
  try {
    return { ok: true, value: run(context), cost };
  } catch (error) {
    if (error instanceof CostExceeded) return { ok: false, error: exceeded, cost };
    if (error instanceof CelFailure) return { ok: false, error: error.message, cost };
    // Nesting deeper than the host's stack is a limit like any other.
    if (error instanceof RangeError) return { ok: false, error: exceeded, cost: limit };
    throw error;
  }
}

/** A value as plain JSON data: what a policy's expression gives to audit annotations or a mutation. */
export function toJson(value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (value instanceof CelUint) return toJson(value.value);
  if (value instanceof CelList) return value.toArray().map(toJson);
  if (value instanceof CelMap) {
    const name = (key: unknown): string => String(key instanceof CelUint ? key.value : key);
    return Object.fromEntries(value.keys().map((key) => [name(key), toJson(value.get(key))]));
  }
  return value;
}
