/**
 * Objects that expressions make of named types, `Object.spec{replicas: 3}` and `JSONPatch{op: "add"}`: the parser's
 * grammar has none, so they are rewritten as calls with a map before it sees them. With the functions that only
 * mutating policies have. Models apiserver's pkg/cel/mutation and library/jsonpatch.go. Error messages about an
 * expression that makes objects point to its rewritten text; optional fields (`?field: x`) are not read.
 */
import type { Library } from './functions';
import { CelMap, fail } from './values';

const construct = '__object__';
const identifier = /[A-Za-z_]\w*(?:\s*\.\s*[A-Za-z_]\w*)*/y;
const textLiteral = /[rRbB]{0,2}(?:"""[\s\S]*?"""|'''[\s\S]*?'''|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')/y;
const comment = /\/\/[^\n]*/y;
const fieldName = /\s*([A-Za-z_]\w*)\s*:/y;

/** The expression with its object literals as calls; the same text when it has none. */
export function withoutMessageLiterals(text: string): string {
  return text.includes('{') ? new Rewriter(text).run() : text;
}

class Rewriter {
  private at = 0;
  private out = '';
  /** What the open brackets are, innermost last. */
  private readonly open: ('message' | 'other')[] = [];
  /** Whether the value of a field is being read in the innermost object, and in those around it. */
  private inField = false;
  private readonly fields: boolean[] = [];

  constructor(private readonly text: string) {}

  run(): string {
    while (this.at < this.text.length) this.step();
    return this.out;
  }

  private step(): void {
    const literal = this.take(textLiteral) ?? this.take(comment);
    if (literal !== undefined) {
      this.out += literal;
      return;
    }
    const name = this.take(identifier);
    if (name !== undefined) {
      const rest = /^\s*\{/.exec(this.text.slice(this.at));
      const isType = rest !== null && !this.follows('.') && name !== 'in';
      this.out += isType ? `${construct}(${JSON.stringify(name.replace(/\s/g, ''))}, {` : name;
      if (isType) {
        this.at += rest[0].length;
        this.open.push('message');
        this.fields.push(this.inField);
        this.inField = false;
        this.field();
      }
      return;
    }
    this.bracket(this.text[this.at] ?? '');
  }

  private bracket(char: string): void {
    this.at += 1;
    const inner = this.open.at(-1);
    if (char === '(' || char === '[' || char === '{') this.open.push('other');
    if (char === ')' || char === ']' || char === '}') this.open.pop();
    if (inner !== 'message' || (char !== '}' && char !== ',')) {
      this.out += char;
      return;
    }
    if (this.inField) this.out += ')';
    this.inField = false;
    this.out += char === '}' ? '})' : ', ';
    if (char === ',') this.field();
    else this.inField = this.fields.pop() ?? false;
  }

  /** Names of fields become keys; values are of any type, as those of a map are not. */
  private field(): void {
    fieldName.lastIndex = this.at;
    const found = fieldName.exec(this.text);
    if (!found) return;
    this.at += found[0].length;
    this.out += `${JSON.stringify(found[1])}: dyn(`;
    this.inField = true;
  }

  private follows(char: string): boolean {
    return this.out.trimEnd().endsWith(char);
  }

  private take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }
}

/** An object of a named type. */
export class CelObject extends CelMap {
  constructor(override readonly objectType: string, private readonly fields: CelMap) {
    super();
  }

  get size(): number {
    return this.fields.size;
  }

  has(key: unknown): boolean {
    return this.fields.has(key);
  }

  get(key: unknown): unknown {
    return this.fields.get(key);
  }

  keys(): readonly unknown[] {
    return this.fields.keys();
  }
}

const patchFields = new Set(['op', 'path', 'from', 'value']);

function makeObject(type: string, fields: CelMap): CelObject {
  const isKnown = type === 'JSONPatch' || type === 'Object' || type.startsWith('Object.');
  if (!isKnown) return fail(`undeclared reference to '${type}'`);
  const stray = type === 'JSONPatch' ? fields.keys().find((key) => !patchFields.has(key as string)) : undefined;
  return stray === undefined ? new CelObject(type, fields) : fail(`undefined field '${String(stray)}'`);
}

/** What mutating policies can call beside everything else. */
export const mutationLibrary: Library = [
  [`${construct}(string, map<A, B>): dyn`, ([type, fields]) => makeObject(type, fields)],
  ['jsonpatch.escapeKey(string): string', ([key]) => (key as string).replace(/~/g, '~0').replace(/\//g, '~1')],
];
