/**
 * The rules of a custom resource's schema (x-kubernetes-validations): compiled once per schema and evaluated over the
 * parts of an object that they belong to. A rule that compares with the old value runs only where there is one; an
 * error that an unchanged part had before is forgiven (ratcheting; upstream turns it into a warning, which is left out
 * here). All rules of one object share a budget. Models apiextensions-apiserver's pkg/apiserver/schema/cel/validation.go.
 */
import { equal, sortedKeys } from '../../base/freeze';
import { compileExpression, type CompileError, costLimits, type Expression, isCompileError } from '../cel/expression';
import { type JsonReader, readerOf } from '../cel/json-values';
import { optionalOf } from '../cel/types';
import { CelOptional } from '../cel/values';
import { child, duplicate, type FieldError, forbidden, index, invalid, key, required } from '../field-errors';
import { byteLength } from '../names';
import type { ValidationRule } from '../types';
import { validFieldPath } from './field-path';
import { isEmbedded, isObject, itemsOf, type PlainObject, propertyOf, rulesOf, type Schema, someSchema,
  valuesOf } from './structural';
import { correlatedItem } from './value-validation';

const maxMessageBytes = 5 * 1024;

/** A rule with what it was compiled to. */
export interface CompiledRule {
  readonly rule: ValidationRule;
  /** Undefined for an empty rule. */
  readonly expression?: Expression | CompileError;
  readonly message?: Expression | CompileError;
  readonly usesOldSelf: boolean;
  /** The path that errors are reported at, below the rule's own place. */
  readonly fieldPath: string;
}

/** The rules of one schema node, and how its values are read. */
export interface CompiledRules {
  readonly reader: JsonReader;
  readonly rules: readonly CompiledRule[];
}

const compiled = new WeakMap<Schema, Map<boolean, CompiledRules | null>>();

/** The compiled rules of a node; undefined when its values have no type, so that no rule can look at them. */
export function compileRules(schema: Schema, isResource: boolean): CompiledRules | undefined {
  let known = compiled.get(schema);
  if (known === undefined) compiled.set(schema, known = new Map());
  let rules = known.get(isResource);
  if (rules === undefined) {
    const reader = readerOf(schema, isResource);
    rules = reader ? { reader, rules: rulesOf(schema).map((rule) => compileRule(rule, schema, reader)) } : null;
    known.set(isResource, rules);
  }
  return rules ?? undefined;
}

function compileRule(rule: ValidationRule, schema: Schema, { type }: JsonReader): CompiledRule {
  const path = rule.fieldPath ? validFieldPath(rule.fieldPath, schema) : undefined;
  const fieldPath = path && 'path' in path ? path.path : '';
  if ((rule.rule ?? '').trim() === '') return { rule, usesOldSelf: false, fieldPath };
  const oldType = rule.optionalOldSelf ? optionalOf(type) : type;
  const variables = { self: type, oldSelf: oldType };
  const expression = compileExpression(rule.rule, variables);
  const message = rule.messageExpression ? compileExpression(rule.messageExpression, variables) : undefined;
  const usesOldSelf = !isCompileError(expression) && expression.uses.has('oldSelf');
  return { rule, expression, ...(message ? { message } : {}), usesOldSelf, fieldPath };
}

const withRules = new WeakMap<Schema, boolean>();

function hasRules(schema: Schema): boolean {
  let known = withRules.get(schema);
  if (known === undefined) {
    known = someSchema(schema, (node) => rulesOf(node).length > 0);
    withRules.set(schema, known);
  }
  return known;
}

/** How to run the rules of a resource; undefined when its schema has none. */
export function ruleErrors(
  object: PlainObject, old: PlainObject | undefined, schema: Schema,
): (() => readonly FieldError[]) | undefined {
  if (!hasRules(schema)) return undefined;
  return () => {
    const walk = new RuleWalk();
    const match = old === undefined ? undefined : { value: object, old };
    walk.node(schema, '', object, old, { match, parent: undefined }, true);
    return walk.errors;
  };
}

/** Errors of the rules that a value breaks by itself, such as a default. */
export function ruleErrorsOfValue(value: unknown, schema: Schema, path: string): readonly FieldError[] {
  if (!hasRules(schema)) return [];
  const walk = new RuleWalk();
  walk.node(schema, path, value, undefined, { match: undefined, parent: undefined }, isEmbedded(schema));
  return walk.errors;
}

/** A value and what stood in its place before. */
interface Match {
  readonly value: unknown;
  readonly old: unknown;
}

/** The match of a node, and of the nearest node above that has one. */
interface Correlation {
  readonly match: Match | undefined;
  readonly parent: Match | undefined;
}

/** The budget is spent: no further rules run. */
const spent = -1;

class RuleWalk {
  readonly errors: FieldError[] = [];
  private budget: number = costLimits.perResource;

  node(
    schema: Schema, path: string, value: unknown, old: unknown, correlation: Correlation, isResource: boolean,
  ): void {
    if (this.budget < 0 || value === null || value === undefined || !hasRules(schema)) return;
    if (rulesOf(schema).length > 0) this.evaluate(schema, path, value, old ?? undefined, correlation, isResource);
    if (Array.isArray(value)) this.list(schema, path, value, old, correlation);
    else if (isObject(value)) this.object(schema, path, value, isObject(old) ? old : undefined, correlation);
  }

  private list(schema: Schema, path: string, list: readonly unknown[], old: unknown, correlation: Correlation): void {
    const items = itemsOf(schema);
    if (items === undefined || !hasRules(items)) return;
    const find = correlatedItem(schema, { value: old });
    list.forEach((item, i) => {
      const before = find?.(item)?.value;
      this.node(items, index(path, i), item, before, deeper(correlation, item, before), isEmbedded(items));
    });
  }

  private object(
    schema: Schema, path: string, object: PlainObject, old: PlainObject | undefined, correlation: Correlation,
  ): void {
    const correlatable = schema['x-kubernetes-map-type'] !== 'atomic';
    const values = valuesOf(schema);
    for (const name of sortedKeys(object)) {
      const property = propertyOf(schema, name);
      const known = property ?? values;
      if (known === undefined) continue;
      const before = correlatable && old && Object.hasOwn(old, name) ? old[name] : undefined;
      const hidden = correlation.parent === undefined && (name === 'apiVersion' || name === 'kind');
      const below = hidden ? { match: undefined, parent: undefined } : deeper(correlation, object[name], before);
      const at = property ? child(path, name) : key(path, name);
      this.node(known, at, object[name], before, below, isEmbedded(known));
    }
  }

  private evaluate(
    schema: Schema, path: string, value: unknown, old: unknown, correlation: Correlation, isResource: boolean,
  ): void {
    const compiledRules = compileRules(schema, isResource);
    if (compiledRules === undefined) return;
    const { reader, rules } = compiledRules;
    const type = schema.type ?? '';
    let self: unknown;
    let oldSelf: unknown;
    for (const rule of rules) {
      const { expression } = rule;
      if (expression === undefined) continue;
      if (isCompileError(expression)) {
        this.errors.push(invalid(path, type, `rule compile error: compilation failed: ${expression.error}`));
        continue;
      }
      if (rule.usesOldSelf && old === undefined && !rule.rule.optionalOldSelf) continue;
      self ??= reader.read(value);
      if (rule.usesOldSelf && old !== undefined) oldSelf ??= reader.read(old);
      const given = rule.rule.optionalOldSelf
        ? (oldSelf === undefined ? CelOptional.none : CelOptional.of(oldSelf)) : oldSelf;
      const variable = (name: string): unknown => (name === 'self' ? self : given);
      this.run(rule, expression, variable, path, type, correlation);
      if (this.budget < 0) return;
    }
  }

  private run(
    compiledRule: CompiledRule, expression: Expression, variable: (name: string) => unknown, path: string, type: string,
    correlation: Correlation,
  ): void {
    const { rule, fieldPath, usesOldSelf } = compiledRule;
    const shown = (rule.message || rule.rule).trim();
    const outcome = expression.evaluate(variable);
    if (outcome.cost > this.budget) {
      this.budget = spent;
      this.errors.push(invalid(path, type, 'validation failed due to running out of cost budget, no further validation '
        + 'rules will be run'));
      return;
    }
    this.budget -= outcome.cost;
    if (!outcome.ok) {
      this.failed(outcome.error, shown, path, type);
      return;
    }
    if (outcome.value === true) return;
    if (!usesOldSelf && isUnchanged(correlation)) return;
    const at = fieldPath === '' ? path : child(path, fieldPath);
    const detail =
      this.messageOf(compiledRule, variable) ?? (rule.message ? rule.message.trim() : `failed rule: ${shown}`);
    this.errors.push(errorFor(rule, at, type, detail));
  }

  private failed(error: string, shown: string, path: string, type: string): void {
    if (error.startsWith('no such overload')) {
      this.errors.push(invalid(path, type, `'${error}': call arguments did not match a supported operator, function or `
        + `macro signature for rule: ${shown}`));
    } else if (error.startsWith('operation cancelled: actual cost limit exceeded')) {
      this.budget = spent;
      this.errors.push(
        invalid(
          path,
          type,
          `'${error}': no further validation rules will be run due to call cost exceeds ` + `limit for rule: ${shown}`,
        ),
      );
    } else {
      this.errors.push(invalid(path, type, `${error} evaluating rule: ${shown}`));
    }
  }

  /** The text of messageExpression; undefined when there is none or it cannot be used. */
  private messageOf({ message }: CompiledRule, variable: (name: string) => unknown): string | undefined {
    if (message === undefined || isCompileError(message)) return undefined;
    const outcome = message.evaluate(variable, Math.max(0, Math.min(this.budget, costLimits.perCall)));
    this.budget = Math.max(0, this.budget - outcome.cost);
    if (!outcome.ok || typeof outcome.value !== 'string') return undefined;
    const text = outcome.value.trim();
    return text === '' || text.includes('\n') || byteLength(text) > maxMessageBytes ? undefined : text;
  }
}

function deeper({ match, parent }: Correlation, value: unknown, old: unknown): Correlation {
  if (match === undefined) return { match, parent };
  return { match: old === undefined ? undefined : { value, old }, parent: match };
}

function isUnchanged({ match, parent }: Correlation): boolean {
  const nearest = match ?? parent;
  return nearest !== undefined && equal(nearest.value, nearest.old);
}

function errorFor(rule: ValidationRule, path: string, type: string, detail: string): FieldError {
  switch (rule.reason) {
    case 'FieldValueForbidden': return forbidden(path, detail);
    case 'FieldValueRequired': return required(path, detail);
    case 'FieldValueDuplicate': return duplicate(path, type);
    default: return invalid(path, type, detail);
  }
}
