/**
 * JSONPath as kubectl has it: text with expressions in braces, `range` and `end`, filters, recursion, slices and unions.
 * Models client-go's util/jsonpath. Not modelled: functions, arithmetic, `&&` and `||` in filters.
 */
import { encodeJson } from '../../base/json-write';

type Step =
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'all' | 'recursive' }
  | { readonly kind: 'slice'; readonly from?: number; readonly to?: number; readonly single: boolean }
  | { readonly kind: 'fields'; readonly names: readonly string[] }
  | { readonly kind: 'filter'; readonly left: readonly Step[]; readonly operator: string; readonly right?: Operand };

type Operand =
  { readonly kind: 'value'; readonly value: unknown } | { readonly kind: 'path'; readonly path: readonly Step[] };

type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'path'; readonly path: readonly Step[] }
  | { readonly kind: 'range'; readonly path: readonly Step[]; readonly body: readonly Node[] };

export interface JsonPathProblem {
  readonly problem: string;
}

/** A template that was understood. */
export interface JsonPath {
  readonly nodes: readonly Node[];
}

/** What may be missing: keys of maps, and items of lists too. */
type Missing = 'nothing' | 'keys' | 'anything';

class Mistake extends Error {}

/** Reads a template such as `{.items[*].metadata.name}`. */
export function parseJsonPath(template: string): JsonPath | JsonPathProblem {
  try {
    const pieces = split(template);
    const nodes = body(pieces, false);
    return { nodes };
  } catch (mistake) {
    if (mistake instanceof Mistake) return { problem: `error parsing jsonpath ${template}, ${mistake.message}` };
    throw mistake;
  }
}

/** A path without braces or with, as `--sort-by` and custom columns take it: `.metadata.name`, `{.x}`, `x`. */
export function parseRelaxedPath(text: string): JsonPath | JsonPathProblem {
  const inner = text.startsWith('{') && text.endsWith('}') ? text.slice(1, -1) : text;
  return parseJsonPath(
    `{${inner.startsWith('.') || inner.startsWith('[') || inner.startsWith('$') ? inner : `.${inner}`}}`,
  );
}

/** The text that a template makes of a value; a missing field is empty, or an error where that is not allowed. */
export function evaluate({ nodes }: JsonPath, root: unknown, allowMissing = true): string | JsonPathProblem {
  try {
    return text(nodes, root, root, allowMissing ? 'keys' : 'nothing');
  } catch (mistake) {
    if (mistake instanceof Mistake) return { problem: mistake.message };
    throw mistake;
  }
}

/** All values that the first path of a template finds; none where something is missing. */
export function valuesAt({ nodes }: JsonPath, root: unknown): readonly unknown[] {
  const first = nodes.find((node) => node.kind === 'path');
  return first?.kind === 'path' ? walk(first.path, [root], root, 'anything') : [];
}

function text(nodes: readonly Node[], current: unknown, root: unknown, missing: Missing): string {
  let out = '';
  for (const node of nodes) {
    if (node.kind === 'text') out += node.text;
    else if (node.kind === 'path') out += walk(node.path, [current], root, missing).map(printed).join(' ');
    else for (const item of walk(node.path, [current], root, missing)) out += text(node.body, item, root, missing);
  }
  return out;
}

function printed(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? encodeJson(value) : String(value);
}

function walk(path: readonly Step[], start: readonly unknown[], root: unknown, missing: Missing): readonly unknown[] {
  let values = start;
  for (const step of path) values = values.flatMap((value) => take(step, value, root, missing));
  return values;
}

function take(step: Step, value: unknown, root: unknown, missing: Missing): readonly unknown[] {
  switch (step.kind) {
    case 'all': return children(value);
    case 'recursive': return descendants(value);
    case 'field': {
      if (isMap(value) && Object.hasOwn(value, step.name)) return [value[step.name]];
      if (missing !== 'nothing' || !isMap(value)) return [];
      throw new Mistake(`${step.name} is not found`);
    }
    case 'fields': return step.names.flatMap((name) => (isMap(value) && Object.hasOwn(value, name) ? [value[name]]
      : []));
    case 'slice': return slice(step, value, missing);
    case 'filter': return children(value).filter((each) => holds(step, each, root));
  }
}

function slice(step: Extract<Step, { kind: 'slice' }>, value: unknown, missing: Missing): readonly unknown[] {
  if (!Array.isArray(value)) return [];
  const place = (at: number): number => (at < 0 ? value.length + at : at);
  if (!step.single) return value.slice(place(step.from ?? 0), step.to === undefined ? undefined : place(step.to));
  const at = place(step.from ?? 0);
  if (at >= 0 && at < value.length) return [value[at]];
  if (missing === 'anything') return [];
  throw new Mistake(`array index out of bounds: index ${step.from}, length ${value.length}`);
}

function holds({ left, operator, right }: Extract<Step, { kind: 'filter' }>, value: unknown, root: unknown): boolean {
  const own = walk(left, [value], root, 'anything');
  if (operator === 'exists') return own.length > 0;
  const [a] = own;
  const b = right?.kind === 'path' ? walk(right.path, [value], root, 'anything')[0] : right?.value;
  if (own.length === 0) return false;
  switch (operator) {
    case '==': return a === b;
    case '!=': return a !== b;
    case '<': return (a as number) < (b as number);
    case '<=': return (a as number) <= (b as number);
    case '>': return (a as number) > (b as number);
    default: return (a as number) >= (b as number);
  }
}

function children(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return isMap(value) ? Object.keys(value).sort().map((key) => value[key]) : [];
}

function descendants(value: unknown): readonly unknown[] {
  const found: unknown[] = [value];
  for (const child of children(value)) if (typeof child === 'object'
    && child !== null) found.push(...descendants(child));
  return found;
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

// --- reading ---------------------------------------------------------------------------------------------------------

type Piece = { readonly kind: 'text' | 'action'; readonly text: string };

function split(template: string): Piece[] {
  const pieces: Piece[] = [];
  for (let at = 0; at < template.length;) {
    const open = template.indexOf('{', at);
    if (open !== at) pieces.push({ kind: 'text', text: template.slice(at, open < 0 ? undefined : open) });
    if (open < 0) break;
    const close = closing(template, open);
    pieces.push({ kind: 'action', text: template.slice(open + 1, close).trim() });
    at = close + 1;
  }
  return pieces;
}

function closing(template: string, open: number): number {
  let quote = '';
  for (let at = open + 1; at < template.length; at += 1) {
    const char = template[at] as string;
    if (quote !== '') {
      if (char === '\\') at += 1;
      else if (char === quote) quote = '';
    } else if (char === '"' || char === "'") quote = char;
    else if (char === '}') return at;
  }
  throw new Mistake(/\[[^\]]*$/.test(template.slice(open)) ? 'unterminated array' : 'unclosed action');
}

function body(pieces: Piece[], inRange: boolean): Node[] {
  const nodes: Node[] = [];
  for (let piece = pieces.shift(); piece; piece = pieces.shift()) {
    if (piece.kind === 'text') nodes.push({ kind: 'text', text: piece.text });
    else if (piece.text === 'end') {
      if (!inRange) throw new Mistake('not in range, nothing to end');
      return nodes;
    } else if (piece.text.startsWith('range')) {
      nodes.push({ kind: 'range', path: new PathReader(piece.text.slice(5).trim()).path(), body: body(pieces, true) });
    } else if (/^["']/.test(piece.text)) nodes.push({ kind: 'text', text: unquote(piece.text) });
    else nodes.push({ kind: 'path', path: new PathReader(piece.text).path() });
  }
  if (inRange) throw new Mistake('unclosed range');
  return nodes;
}

function unquote(text: string): string {
  const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };
  return text.slice(1, -1).replace(/\\(.)/g, (_, char: string) => escapes[char] ?? char);
}

class PathReader {
  private at = 0;

  constructor(private readonly text: string) {}

  path(): Step[] {
    const steps: Step[] = [];
    while (this.at < this.text.length) steps.push(...this.step());
    return steps;
  }

  private step(): Step[] {
    const rest = this.text.slice(this.at);
    const char = rest[0] as string;
    if (char === '$' || char === '@') return this.skip(1);
    if (rest.startsWith('..')) {
      this.at += 2;
      const next = this.text[this.at];
      const name = next === '*' || next === '[' || next === undefined ? [] : this.field();
      return [{ kind: 'recursive' }, ...name.length > 0
        ? [{ kind: 'fields', names: name.map((each) => each.kind === 'field' ? each.name : '') } as const] : []];
    }
    if (rest.startsWith('.*')) {
      this.at += 2;
      return [{ kind: 'all' }];
    }
    if (char === '.') {
      this.at += 1;
      return this.text[this.at] === '[' || this.at >= this.text.length ? [] : this.field();
    }
    if (char === '*') {
      this.at += 1;
      return [{ kind: 'all' }];
    }
    if (char === '[') return [this.bracket()];
    if (/[\w-]/.test(char)) return this.field();
    throw new Mistake(
      `unrecognized character in action: U+${rest.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')} '${char}'`,
    );
  }

  private skip(count: number): Step[] {
    this.at += count;
    return [];
  }

  private field(): Step[] {
    const match = /^(?:\\.|[^.[\]\s{}\\])+/.exec(this.text.slice(this.at));
    if (!match) throw new Mistake(`unexpected end of path in ${this.text}`);
    this.at += match[0].length;
    return [{ kind: 'field', name: match[0].replace(/\\(.)/g, '$1') }];
  }

  private bracket(): Step {
    const close = this.closeOf();
    const inner = this.text.slice(this.at + 1, close).trim();
    this.at = close + 1;
    if (inner === '*') return { kind: 'all' };
    if (inner.startsWith('?(')) return filter(inner.slice(2, -1).trim());
    if (/^["']/.test(inner)) {
      const names = inner.split(',').map((each) => unquote(each.trim()));
      return names.length === 1 ? { kind: 'field', name: names[0] as string } : { kind: 'fields', names };
    }
    if (/^-?\d+$/.test(inner)) return { kind: 'slice', from: Number(inner), single: true };
    const range = /^(-?\d+)?:(-?\d+)?$/.exec(inner);
    if (!range) throw new Mistake(`invalid array index ${inner}`);
    return {
      kind: 'slice', single: false, ...(range[1] ? { from: Number(range[1]) } : {}),
        ...(range[2] ? { to: Number(range[2]) } : {}),
    };
  }

  private closeOf(): number {
    let depth = 0;
    let quote = '';
    for (let at = this.at; at < this.text.length; at += 1) {
      const char = this.text[at] as string;
      if (quote !== '') {
        if (char === quote) quote = '';
      } else if (char === '"' || char === "'") quote = char;
      else if (char === '[') depth += 1;
      else if (char === ']') {
        depth -= 1;
        if (depth === 0) return at;
      }
    }
    throw new Mistake('unterminated array');
  }
}

function filter(inner: string): Step {
  const match = /^(.+?)\s*(==|!=|<=|>=|<|>)\s*(.+)$/.exec(inner);
  if (/&&|\|\|/.test(inner)) throw new Mistake(`&& and || in a filter are not modelled in the sandbox`);
  if (!match) return { kind: 'filter', left: new PathReader(inner).path(), operator: 'exists' };
  const [, left = '', operator = '', right = ''] = match;
  return { kind: 'filter', left: new PathReader(left).path(), operator, right: operand(right.trim()) };
}

function operand(text: string): Operand {
  if (/^["']/.test(text)) return { kind: 'value', value: unquote(text) };
  if (/^-?\d+(\.\d+)?$/.test(text)) return { kind: 'value', value: Number(text) };
  if (text === 'true' || text === 'false') return { kind: 'value', value: text === 'true' };
  return { kind: 'path', path: new PathReader(text).path() };
}
