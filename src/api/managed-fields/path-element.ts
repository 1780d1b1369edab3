/**
 * The steps of a field path as managedFields write them: `f:name` is a field or a map's key, `k:{...}` the list item
 * with those keys, `v:...` the item of a set with that value, `i:N` a position. A step is kept as this text, in one
 * canonical form, so that equal steps are equal texts. Models structured-merge-diff's fieldpath.PathElement.
 */
import { compareText, sortedKeys } from '../../base/freeze';
import { goJson, quote } from '../go-text';

type Scalar = string | number | boolean | null;

/** The step to a field of a struct or a key of a map. */
export function fieldElement(name: string): string {
  return `f:${name}`;
}

/** The step to the item of a set. */
export function valueElement(value: unknown): string {
  return `v:${goJson(value)}`;
}

/** The step to the list item that has these values under the list's keys. */
export function keyElement(keys: Readonly<Record<string, unknown>>): string {
  return `k:${goJson(keys)}`;
}

/**
 * A step that came from outside, in canonical form. Undefined for a kind of step that nobody knows, which is passed
 * over; `invalid` for one that cannot be read.
 */
export function canonicalElement(text: string): string | undefined | 'invalid' {
  if (text.length < 2 || text[1] !== ':') return 'invalid';
  switch (text[0]) {
    case 'f':
      return text;
    case 'i':
      return /^i:[+-]?\d+$/.test(text) ? text : 'invalid';
    case 'v': case 'k': {
      const parsed = parseJson(text.slice(2));
      if (parsed === undefined) return 'invalid';
      const isRecord = typeof parsed.value === 'object' && parsed.value !== null && !Array.isArray(parsed.value);
      if (text[0] === 'k' && !isRecord) return 'invalid';
      return `${text[0]}:${goJson(parsed.value)}`;
    }
    default:
      return undefined;
  }
}

function parseJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

const kinds = 'fkvi';

/** The order of steps: fields, keys, values, positions; each by content. */
export function compareElements(a: string, b: string): number {
  if (a === b) return 0;
  const byKind = kinds.indexOf(a[0] ?? '') - kinds.indexOf(b[0] ?? '');
  if (byKind !== 0) return byKind;
  switch (a[0]) {
    case 'i':
      return Number(a.slice(2)) - Number(b.slice(2));
    case 'v':
      return compareScalars(contentOf(a) as Scalar, contentOf(b) as Scalar);
    case 'k':
      return compareKeys(contentOf(a) as KeyValues, contentOf(b) as KeyValues);
    default:
      return compareText(a, b);
  }
}

type KeyValues = Readonly<Record<string, Scalar>>;

const rememberedContents = 2_000;
const contents = new Map<string, unknown>();

/** What a key or value step is about; canonical steps always parse. */
function contentOf(element: string): unknown {
  let content = contents.get(element);
  if (content === undefined) {
    content = JSON.parse(element.slice(2)) as unknown;
    if (contents.size >= rememberedContents) contents.clear();
    contents.set(element, content);
  }
  return content;
}

function compareKeys(a: KeyValues, b: KeyValues): number {
  const left = sortedKeys(a);
  const right = sortedKeys(b);
  for (let i = 0; i < Math.min(left.length, right.length); i += 1) {
    const name = left[i] ?? '';
    const other = right[i] ?? '';
    const order = compareText(name, other) || compareScalars(a[name] ?? null, b[other] ?? null);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

const scalarRanks: Readonly<Record<string, number>> = { number: 0, string: 1, boolean: 2, object: 3 };

function compareScalars(a: Scalar, b: Scalar): number {
  const byType = (scalarRanks[typeof a] ?? 0) - (scalarRanks[typeof b] ?? 0);
  if (byType !== 0) return byType;
  if (typeof a === 'string') return compareText(a, String(b));
  return Number(a) - Number(b);
}

/** A step as error texts show it: `.spec`, `[name="web"]`, `[="finalizer"]`, `[0]`. */
export function elementText(element: string): string {
  const rest = element.slice(2);
  switch (element[0]) {
    case 'f':
      return `.${rest}`;
    case 'i':
      return `[${rest}]`;
    case 'v':
      return `[=${scalarText(contentOf(element))}]`;
    default: {
      const keys = contentOf(element) as KeyValues;
      return `[${sortedKeys(keys).map((key) => `${key}=${scalarText(keys[key])}`).join(',')}]`;
    }
  }
}

function scalarText(value: unknown): string {
  return typeof value === 'string' ? quote(value) : goJson(value);
}

/** A whole path as error texts show it: `.spec.template.spec.containers[name="web"].image`. */
export function pathText(path: readonly string[]): string {
  return path.map(elementText).join('');
}
