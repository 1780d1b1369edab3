/**
 * What is wrong with the rules of one schema node, found when a definition is written: texts that do not compile, rules
 * that look at old values which cannot be found, and rules that would cost too much. Models the part of
 * ValidateCustomResourceDefinitionOpenAPISchema that compiles x-kubernetes-validations.
 */
import { isCompileError, type CompileError, type Expression } from '../cel/expression';
import { typeName } from '../cel/types';
import { child, type FieldError, forbidden, index, invalid } from '../field-errors';
import type { ValidationRule } from '../types';
import { type RuleCosts } from './rule-costs';
import { type CompiledRule, compileRules } from './rules';
import { preservesUnknown, type Schema } from './structural';

/** Where the node stands in its schema. */
export interface RuleContext {
  readonly isResource: boolean;
  /** The place above in which old and new values cannot be matched. */
  readonly uncorrelatable?: string | undefined;
  /** How often the node can occur in an object; undefined without a bound. */
  readonly cardinality?: number | undefined;
  /** Absent when the cost is not to be judged. */
  readonly costs?: RuleCosts | undefined;
}

/** Errors of the rules of one node; `path` is that of the list of rules. */
export function ruleCompileErrors(schema: Schema, path: string, context: RuleContext): readonly FieldError[] {
  const compiled = compileRules(schema, context.isResource);
  if (compiled === undefined) {
    const what = `rule declared on schema that does not support validation rules type: '${schema.type ?? ''}' `
      + `x-kubernetes-preserve-unknown-fields: '${String(preservesUnknown(schema))}'`;
    return [{ type: 'InternalError', field: path, body: `Internal error: ${what}` }];
  }
  return compiled.rules.flatMap((rule, i) => checkRule(rule, schema, index(path, i), context));
}

function checkRule(compiled: CompiledRule, schema: Schema, path: string, context: RuleContext): readonly FieldError[] {
  const { rule, expression, message } = compiled;
  if (expression === undefined) return [];
  const errors: FieldError[] = [];
  const rulePath = child(path, 'rule');
  const messagePath = child(path, 'messageExpression');
  const tooCostly = isCompileError(expression) ? undefined
    : context.costs?.judge(rule.rule, schema, context, rulePath, 'estimated rule cost');
  if (tooCostly !== undefined) errors.push(forbidden(rulePath, tooCostly));
  const problem = compileProblem(expression, 'bool', 'compilation failed: ', 'cel expression must evaluate to a bool');
  if (problem !== undefined) errors.push(invalidRule(rulePath, rule, problem));
  if (message !== undefined && problem === undefined) {
    const why = 'messageExpression must evaluate to a string';
    const messageProblem = compileProblem(message, 'string', 'messageExpression compilation failed: ', why);
    if (messageProblem !== undefined) errors.push(invalidRule(messagePath, rule, messageProblem));
    else {
      const costly = context.costs?.judge(
        rule.messageExpression ?? '', schema, context, messagePath, 'estimated messageExpression cost');
      if (costly !== undefined) errors.push(forbidden(messagePath, costly));
    }
  }
  if (problem !== undefined) return errors;
  if (compiled.usesOldSelf && context.uncorrelatable !== undefined) {
    const why = `oldSelf cannot be used on the uncorrelatable portion of the schema within ${context.uncorrelatable}`;
    errors.push(invalid(rulePath, rule.rule, why));
  } else if (!compiled.usesOldSelf && rule.optionalOldSelf !== undefined) {
    const why = 'may not be set if oldSelf is not used in rule';
    errors.push(invalid(child(path, 'optionalOldSelf'), rule.optionalOldSelf, why));
  }
  return errors;
}

function compileProblem(
  expression: Expression | CompileError, wanted: string, prefix: string, otherType: string,
): string | undefined {
  if (isCompileError(expression)) return prefix + expression.error;
  const type = typeName(expression.type);
  return type === wanted || type === 'dyn' ? undefined : otherType;
}

/** An error that shows the whole rule, as upstream's internal type has it. */
function invalidRule(path: string, rule: ValidationRule, detail: string): FieldError {
  const text = (value: string | undefined): string => JSON.stringify(value ?? '');
  const optional = rule.optionalOldSelf === undefined ? 'null' : String(rule.optionalOldSelf);
  const shown = `{"Rule":${text(rule.rule)},"Message":${text(rule.message)},"MessageExpression":`
    + `${text(rule.messageExpression)},"Reason":${rule.reason === undefined ? 'null' : text(rule.reason)},"FieldPath":`
    + `${text(rule.fieldPath)},"OptionalOldSelf":${optional}}`;
  return { type: 'FieldValueInvalid', field: path, body: `Invalid value: ${shown}: ${detail}` };
}
