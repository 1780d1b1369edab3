/**
 * Label and field selectors: parsing their text form with upstream's errors, the object form of a LabelSelector,
 * matching, and printing. Models apimachinery's pkg/labels, pkg/fields and metav1.LabelSelectorAsSelector.
 */
import type { FieldError } from './field-errors';
import { child, index, invalid } from './field-errors';
import { labelValueProblems, qualifiedNameProblems } from './names';
import { compareText, sortedKeys } from '../base/freeze';
import { integer, isSelectorError, parseRequirements } from './selector-parser';
import type { Requirement, SelectorError, SelectorOperator } from './selector-parser';
import type { LabelSelector } from './types';

/** Conditions that all must hold; `nothing` matches no labels at all. */
export interface Selector {
  readonly requirements: readonly Requirement[];
  readonly nothing: boolean;
}

export { isSelectorError, requirementErrors } from './selector-parser';
export type { Requirement, SelectorError, SelectorOperator } from './selector-parser';

export type Labels = Readonly<Record<string, string>>;

/** Matches every object. */
export const everything: Selector = Object.freeze({ requirements: Object.freeze([]), nothing: false });
/** Matches no object. */
export const nothing: Selector = Object.freeze({ requirements: Object.freeze([]), nothing: true });

/** Reads the text form (`app=web,tier in (a,b),!old`): labels.Parse. The empty text matches everything. */
export function parseLabelSelector(text: string): Selector | SelectorError {
  const parsed = parseRequirements(text);
  if (isSelectorError(parsed)) return parsed;
  const requirements = parsed.slice().sort((a, b) => compareText(a.key, b.key));
  return { requirements, nothing: false };
}

/** A selector that wants exactly these labels: labels.SelectorFromSet. An empty set matches everything. */
export function selectorFromLabels(labels: Labels | undefined): Selector {
  const requirements = sortedKeys(labels).map((key): Requirement => (
    { key, operator: '=', values: [labels?.[key] ?? ''] }));
  return { requirements, nothing: false };
}

const objectOperators: Readonly<Record<string, SelectorOperator>> = {
  In: 'in', NotIn: 'notin', Exists: 'exists', DoesNotExist: '!', Gt: 'gt', Lt: 'lt',
};

/**
 * The selector of an object's LabelSelector, which validation has accepted: metav1.LabelSelectorAsSelector. A missing
 * selector matches nothing, an empty one everything.
 */
export function selectorOf(selector: LabelSelector | undefined): Selector {
  if (selector === undefined) return nothing;
  const fromLabels = selectorFromLabels(selector.matchLabels).requirements;
  const fromExpressions = (selector.matchExpressions ?? []).map((expression): Requirement => (
    { key: expression.key, operator: objectOperators[expression.operator] ?? 'in', values: expression.values ?? [] }));
  const requirements = [...fromLabels, ...fromExpressions].sort((a, b) => compareText(a.key, b.key));
  return { requirements, nothing: false };
}

/** Whether labels satisfy a selector. */
export function matchesLabels(selector: Selector, labels: Labels | undefined): boolean {
  return !selector.nothing && selector.requirements.every((requirement) => satisfies(requirement, labels ?? {}));
}

function satisfies({ key, operator, values }: Requirement, labels: Labels): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case 'in': case '=': case '==':
      return value !== undefined && values.includes(value);
    case 'notin': case '!=':
      return value === undefined || !values.includes(value);
    case 'exists':
      return value !== undefined;
    case '!':
      return value === undefined;
    case 'gt': case 'lt':
      return value !== undefined && compareIntegers(operator, value, values[0]);
  }
}

function compareIntegers(operator: 'gt' | 'lt', value: string, bound: string | undefined): boolean {
  if (bound === undefined || !integer.test(value) || !integer.test(bound)) return false;
  return operator === 'gt' ? BigInt(value) > BigInt(bound) : BigInt(value) < BigInt(bound);
}

/** The value that a selector demands for a key, when it demands exactly one; for indexes. */
export function exactMatch(selector: Selector, key: string): string | undefined {
  const found = selector.requirements.find((requirement) => requirement.key === key);
  const exact = found !== undefined && ['=', '==', 'in'].includes(found.operator) && found.values.length === 1;
  return exact ? found.values[0] : undefined;
}

/** Prints a selector as upstream does: `app=web,tier in (a,b),!old`. */
export function selectorText(selector: Selector): string {
  return selector.requirements.map(requirementText).join(',');
}

const operatorTexts: Readonly<Record<SelectorOperator, string>> = {
  in: ' in ', notin: ' notin ', '=': '=', '==': '==', '!=': '!=', gt: '>', lt: '<', exists: '', '!': '',
};

function requirementText({ key, operator, values }: Requirement): string {
  if (operator === 'exists') return key;
  if (operator === '!') return `!${key}`;
  const joined = values.slice().sort().join(',');
  return key + operatorTexts[operator] + (operator === 'in' || operator === 'notin' ? `(${joined})` : joined);
}

/** Prints a LabelSelector as tables do: metav1.FormatLabelSelector; `<none>` for one that selects everything. */
export function formatLabelSelector(selector: LabelSelector | undefined): string {
  const text = selectorText(selectorOf(selector));
  return text === '' ? '<none>' : text;
}

/** Everything wrong with a LabelSelector in an object: metav1 validation.ValidateLabelSelector. */
export function labelSelectorErrors(selector: LabelSelector | undefined, path: string): readonly FieldError[] {
  if (selector === undefined) return [];
  const errors: FieldError[] = [];
  const labelsPath = child(path, 'matchLabels');
  for (const key of sortedKeys(selector.matchLabels)) {
    const value = selector.matchLabels?.[key] ?? '';
    errors.push(...qualifiedNameProblems(key).map((problem) => invalid(labelsPath, key, problem)));
    errors.push(...labelValueProblems(value).map((problem) => invalid(labelsPath, value, problem)));
  }
  (selector.matchExpressions ?? []).forEach((expression, i) => {
    errors.push(...expressionErrors(expression, index(child(path, 'matchExpressions'), i)));
  });
  return errors;
}

function expressionErrors(
  expression: NonNullable<LabelSelector['matchExpressions']>[number], path: string,
): readonly FieldError[] {
  const values = expression.values ?? [];
  const errors: FieldError[] = [];
  const valuesPath = child(path, 'values');
  switch (expression.operator) {
    case 'In': case 'NotIn':
      if (values.length === 0) {
        const body = "Required value: must be specified when `operator` is 'In' or 'NotIn'";
        errors.push({ type: 'FieldValueRequired', field: valuesPath, body });
      }
      break;
    case 'Exists': case 'DoesNotExist':
      if (values.length > 0) {
        const body = "Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'";
        errors.push({ type: 'FieldValueForbidden', field: valuesPath, body });
      }
      break;
    default:
      errors.push(invalid(child(path, 'operator'), expression.operator, 'not a valid selector operator'));
  }
  errors.push(...qualifiedNameProblems(expression.key).map((p) => invalid(child(path, 'key'), expression.key, p)));
  values.forEach((value, i) => {
    errors.push(...labelValueProblems(value).map((problem) => invalid(index(valuesPath, i), value, problem)));
  });
  return errors;
}

/** One condition of a field selector. */
export interface FieldRequirement {
  readonly field: string;
  readonly operator: '=' | '!=';
  readonly value: string;
}

/** Reads `metadata.name=x,status.phase!=Running`: fields.ParseSelector. A backslash escapes `\`, `,` and `=`. */
export function parseFieldSelector(text: string): readonly FieldRequirement[] | SelectorError {
  const requirements: FieldRequirement[] = [];
  for (const term of splitTerms(text)) {
    if (term === '') continue;
    const found = /^((?:[^\\=!]|\\.|!(?!=))*)(!=|==|=)(.*)$/s.exec(term);
    if (found === null) return { error: `invalid selector: '${text}'; can't understand '${term}'` };
    const value = unescapeValue(found[3] ?? '');
    if (isSelectorError(value)) return value;
    requirements.push({ field: found[1] ?? '', operator: found[2] === '!=' ? '!=' : '=', value: value.text });
  }
  return requirements.sort((a, b) => compareText(a.field, b.field));
}

function splitTerms(text: string): readonly string[] {
  const terms: string[] = [];
  let start = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === ',') {
      terms.push(text.slice(start, at));
      start = at + 1;
    }
  }
  terms.push(text.slice(start));
  return terms;
}

function unescapeValue(text: string): { readonly text: string } | SelectorError {
  let out = '';
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] ?? '';
    if (char === '\\') {
      at += 1;
      const next = text[at] ?? '';
      if (next === '') return { error: 'invalid field selector: value ends in a backslash' };
      if (!['\\', ',', '='].includes(next)) {
        return { error: `invalid field selector: invalid escape sequence: \\${next} in ${text}` };
      }
      out += next;
    } else if (char === ',' || char === '=') {
      return { error: `invalid field selector: unescaped character in value: ${char}` };
    } else {
      out += char;
    }
  }
  return { text: out };
}

/** Whether a set of field values satisfies the conditions; a field that is not in the set is empty. */
export function matchesFields(
  requirements: readonly FieldRequirement[], fields: Readonly<Record<string, string>>,
): boolean {
  return requirements.every(({ field, operator, value }) => {
    const actual = Object.hasOwn(fields, field) ? fields[field] : '';
    return operator === '=' ? actual === value : actual !== value;
  });
}

/** Prints a field selector as it travels in a query. */
export function fieldSelectorText(requirements: readonly FieldRequirement[]): string {
  return requirements.map((r) => `${r.field}${r.operator}${r.value.replace(/[\\,=]/g, '\\$&')}`).join(',');
}
