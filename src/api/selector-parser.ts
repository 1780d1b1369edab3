/**
 * The recursive descent parser of label selectors. It accepts and refuses exactly what labels.Parse does, including
 * `x in ()`, `x=` and `a in (in)`, and words its errors the same way.
 */
import type { FieldError } from './field-errors';
import { child, errorText, index, invalid, key as keyPath } from './field-errors';
import { aggregateText } from './go-text';
import { labelValueProblems, qualifiedNameProblems } from './names';

export type SelectorOperator = 'in' | 'notin' | '=' | '==' | '!=' | 'gt' | 'lt' | 'exists' | '!';

/** One condition on one label. */
export interface Requirement {
  readonly key: string;
  readonly operator: SelectorOperator;
  readonly values: readonly string[];
}

/** Why a selector cannot be read, in upstream's words. */
export interface SelectorError {
  readonly error: string;
}

/** Whether a value is an error of a parse function. */
export function isSelectorError<T extends object>(value: T | SelectorError): value is SelectorError {
  return 'error' in value;
}

type TokenKind = 'identifier' | 'end' | 'in' | 'notin' | '(' | ')' | ',' | '!' | '=' | '==' | '!=' | '<' | '>';

interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

/** Thrown inside the parser only and turned into a value at its door. */
class ParseFailure extends Error {}

/** Reads the conditions in the order of the text. */
export function parseRequirements(text: string): readonly Requirement[] | SelectorError {
  try {
    return new Parser(tokenize(text)).parse();
  } catch (error) {
    if (error instanceof ParseFailure) return { error: error.message };
    throw error;
  }
}

const symbols: ReadonlySet<string> = new Set(['(', ')', ',', '!', '=', '==', '!=', '<', '>']);

function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  const pattern = /[ \t\r\n]*(?:([=!(),<>]{1,2})|([^=!(),<> \t\r\n]+))/y;
  for (;;) {
    const match = pattern.exec(text);
    if (match === null) break;
    if (match[1] !== undefined) {
      const symbol = longestSymbol(match[1]);
      tokens.push(symbol);
      pattern.lastIndex -= match[1].length - symbol.text.length;
    } else {
      const word = match[2] ?? '';
      tokens.push({ kind: word === 'in' || word === 'notin' ? word : 'identifier', text: word });
    }
  }
  tokens.push({ kind: 'end', text: '' });
  return tokens;
}

/** Upstream's lexer reads symbols greedily while the run so far is an operator; none is longer than two. */
function longestSymbol(run: string): Token {
  const two = run.slice(0, 2);
  const text = symbols.has(two) ? two : run.slice(0, 1);
  return { kind: text as TokenKind, text };
}

const binaryOperators = 'in, notin, =, ==, !=, gt, lt';
const operatorsOf: Readonly<Partial<Record<TokenKind, SelectorOperator>>> = {
  in: 'in', notin: 'notin', '=': '=', '==': '==', '!=': '!=', '>': 'gt', '<': 'lt',
};

class Parser {
  private at = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  parse(): readonly Requirement[] {
    const requirements: Requirement[] = [];
    for (;;) {
      const token = this.look();
      if (token.kind === 'end') return requirements;
      if (token.kind !== 'identifier' && token.kind !== '!') {
        throw new ParseFailure(`found '${token.text}', expected: !, identifier, or 'end of string'`);
      }
      requirements.push(this.requirement());
      const after = this.take();
      if (after.kind === 'end') return requirements;
      if (after.kind !== ',') throw new ParseFailure(`found '${after.text}', expected: ',' or 'end of string'`);
      const next = this.look();
      if (next.kind !== 'identifier' && next.kind !== '!') {
        throw new ParseFailure(`found '${next.text}', expected: identifier after ','`);
      }
    }
  }

  /** The next token where words are values: `in` and `notin` are plain words there. */
  private look(): Token {
    const token = this.tokens[this.at] ?? { kind: 'end', text: '' };
    return token.kind === 'in' || token.kind === 'notin' ? { kind: 'identifier', text: token.text } : token;
  }

  private take(): Token {
    const token = this.look();
    this.at += 1;
    return token;
  }

  private requirement(): Requirement {
    try {
      return this.requirementBody();
    } catch (error) {
      if (error instanceof ParseFailure) throw new ParseFailure(`unable to parse requirement: ${error.message}`);
      throw error;
    }
  }

  private requirementBody(): Requirement {
    let token = this.take();
    const negated = token.kind === '!';
    if (negated) token = this.take();
    if (token.kind !== 'identifier') throw new ParseFailure(`found '${token.text}', expected: identifier`);
    const key = token.text;
    const problems = qualifiedNameProblems(key);
    if (problems.length > 0) throw new ParseFailure(errorText(invalid('', key, problems.join('; '))));
    const next = this.look().kind;
    if (negated || next === 'end' || next === ',') {
      return checked({ key, operator: negated ? '!' : 'exists', values: [] });
    }
    const operator = this.operator();
    const values = operator === 'in' || operator === 'notin' ? this.valueList() : [this.exactValue()];
    return checked({ key, operator, values: [...new Set(values)].sort() });
  }

  private operator(): SelectorOperator {
    const token = this.tokens[this.at] ?? { kind: 'end', text: '' };
    this.at += 1;
    const operator = operatorsOf[token.kind];
    if (operator === undefined) throw new ParseFailure(`found '${token.text}', expected: ${binaryOperators}`);
    return operator;
  }

  private exactValue(): string {
    const next = this.look();
    if (next.kind === 'end' || next.kind === ',') return '';
    this.at += 1;
    if (next.kind !== 'identifier') throw new ParseFailure(`found '${next.text}', expected: identifier`);
    return next.text;
  }

  private valueList(): readonly string[] {
    const open = this.take();
    if (open.kind !== '(') throw new ParseFailure(`found '${open.text}' expected: '('`);
    const first = this.look();
    if (first.kind === ')') {
      this.at += 1;
      return [''];
    }
    if (first.kind !== 'identifier' && first.kind !== ',') {
      throw new ParseFailure(`found '${first.text}', expected: ',', ')' or identifier`);
    }
    const values = this.identifiers();
    if (this.take().kind !== ')') throw new ParseFailure(`found '${first.text}', expected: ')'`);
    return values;
  }

  private identifiers(): readonly string[] {
    const values: string[] = [];
    for (;;) {
      const token = this.take();
      const next = this.look();
      if (token.kind === 'identifier') {
        values.push(token.text);
        if (next.kind === ')') return values;
        if (next.kind !== ',') throw new ParseFailure(`found '${next.text}', expected: ',' or ')'`);
      } else if (token.kind === ',') {
        if (values.length === 0) values.push('');
        if (next.kind === ')') return [...values, ''];
        if (next.kind === ',') {
          this.at += 1;
          values.push('');
        }
      } else {
        throw new ParseFailure(`found '${token.text}', expected: ',', or identifier`);
      }
    }
  }
}

function checked(requirement: Requirement): Requirement {
  const errors = requirementErrors(requirement);
  if (errors.length > 0) throw new ParseFailure(aggregateText(errors.map(errorText)));
  return requirement;
}

/** An int64 as strconv.ParseInt reads it, range aside. */
export const integer = /^[+-]?\d{1,19}$/;

/** Everything wrong with a requirement, as labels.NewRequirement reports it; `path` is empty outside an object. */
export function requirementErrors({ key, operator, values }: Requirement, path = ''): readonly FieldError[] {
  const errors: FieldError[] = [];
  const at = child(path, 'values');
  const keyProblems = qualifiedNameProblems(key);
  if (keyProblems.length > 0) errors.push(invalid(child(path, 'key'), key, keyProblems.join('; ')));
  const complaint = valueCountProblem(operator, values.length);
  if (complaint !== undefined) errors.push(invalid(at, values, complaint));
  if (operator === 'gt' || operator === 'lt') {
    values.forEach((value, i) => {
      const problem = "for 'Gt', 'Lt' operators, the value must be an integer";
      if (!integer.test(value)) errors.push(invalid(index(at, i), value, problem));
    });
  }
  values.forEach((value, i) => {
    const problems = labelValueProblems(value);
    if (problems.length > 0) errors.push(invalid(keyPath(index(at, i), key), value, problems.join('; ')));
  });
  return errors;
}

function valueCountProblem(operator: SelectorOperator, count: number): string | undefined {
  switch (operator) {
    case 'in': case 'notin':
      return count === 0 ? "for 'in', 'notin' operators, values set can't be empty" : undefined;
    case '=': case '==': case '!=':
      return count === 1 ? undefined : 'exact-match compatibility requires one single value';
    case 'exists': case '!':
      return count === 0 ? undefined : 'values set must be empty for exists and does not exist';
    case 'gt': case 'lt':
      return count === 1 ? undefined : "for 'Gt', 'Lt' operators, exactly one value is required";
  }
}
