/** `[[ ... ]]` and `(( ... ))`: conditions whose words are not split, with patterns and regular expressions. */
import type { Task } from '../../../sim/task';
import { literal, type Word } from './ast';
import { calculate } from './arithmetic';
import { arithmeticValue, expandPattern, expandText } from './expansion';
import { patternExpression } from './patterns';
import type { Shell } from './shell';
import { compareNumbers, fileTest } from './test-command';

/** `(( expression ))`: succeeds when it is not 0. */
export function* calculateCommand(shell: Shell, expression: Word): Task<number> {
  const value = arithmeticValue(shell, yield* expandText(shell, expression));
  if (value === undefined) {
    // Unlike an expansion, a wrong calculation fails the command only.
    shell.flow = undefined;
    return 1;
  }
  return value === 0n ? 1 : 0;
}

/** `[[ words ]]` */
export function* evaluateCondition(shell: Shell, words: readonly Word[]): Task<number> {
  const reader = new Conditions(shell, words);
  const value = yield* reader.or();
  if (shell.flow) return 1;
  if (value !== undefined && reader.finished) return value ? 0 : 1;
  yield* shell.complain('conditional expression: syntax error');
  return 2;
}

class Conditions {
  private at = 0;

  constructor(
    private readonly shell: Shell,
    private readonly words: readonly Word[],
  ) {}

  get finished(): boolean {
    return this.at >= this.words.length;
  }

  private operator(offset = 0): string | undefined {
    const word = this.words[this.at + offset];
    return word?.length === 1 && word[0]?.kind === 'text' && !word[0].quoted ? literal(word) : undefined;
  }

  *or(): Task<boolean | undefined> {
    let value = yield* this.and();
    while (this.operator() === '||') {
      this.at += 1;
      const right = yield* this.and();
      value = value === undefined || right === undefined ? undefined : value || right;
    }
    return value;
  }

  private *and(): Task<boolean | undefined> {
    let value = yield* this.not();
    while (this.operator() === '&&') {
      this.at += 1;
      const right = yield* this.not();
      value = value === undefined || right === undefined ? undefined : value && right;
    }
    return value;
  }

  private *not(): Task<boolean | undefined> {
    let negated = false;
    while (this.operator() === '!') {
      this.at += 1;
      negated = !negated;
    }
    const value = yield* this.primary();
    return value === undefined ? undefined : value !== negated;
  }

  private *primary(): Task<boolean | undefined> {
    const { shell } = this;
    if (this.operator() === '(') {
      this.at += 1;
      const value = yield* this.or();
      if (this.operator() !== ')') return undefined;
      this.at += 1;
      return value;
    }
    const first = this.words[this.at];
    if (!first) return undefined;
    const middle = this.operator(1);
    const right = this.words[this.at + 2];
    if (middle !== undefined && right && /^(=|==|!=|=~|<|>|-(eq|ne|lt|le|gt|ge|nt|ot|ef))$/.test(middle)) {
      this.at += 3;
      return yield* this.compare(yield* expandText(shell, first), middle, right);
    }
    const unary = this.operator();
    if (unary !== undefined && /^-[a-zA-Z]$/.test(unary) && this.words[this.at + 1]) {
      this.at += 2;
      return fileTest(unary, yield* expandText(shell, this.words[this.at - 1] as Word), shell);
    }
    this.at += 1;
    return (yield* expandText(shell, first)) !== '';
  }

  private *compare(left: string, operator: string, word: Word): Task<boolean | undefined> {
    const { shell } = this;
    switch (operator) {
      case '=': case '==': return patternExpression(yield* expandPattern(shell, word)).test(left);
      case '!=': return !patternExpression(yield* expandPattern(shell, word)).test(left);
      case '=~': return this.matches(left, yield* expandText(shell, word));
      case '<': return left < (yield* expandText(shell, word));
      case '>': return left > (yield* expandText(shell, word));
      default: {
        const right = yield* expandText(shell, word);
        const variables = { get: (name: string) => shell.parameter(name), set: () => undefined };
        const [a, b] = [calculate(left, variables), calculate(right, variables)];
        return a.ok && b.ok ? compareNumbers(a.value, operator, b.value) : undefined;
      }
    }
  }

  private matches(text: string, pattern: string): boolean | undefined {
    try {
      const match = new RegExp(pattern).exec(text);
      (match ?? []).forEach((group, index) => this.shell.assign(`BASH_REMATCH[${index}]`, group ?? ''));
      return match !== null;
    } catch {
      return undefined;
    }
  }
}
