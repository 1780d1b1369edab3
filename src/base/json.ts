/**
 * A strict reader of JSON with the habits and error texts of Go's encoding/json: bytes that are no UTF-8 and lone
 * surrogates become the replacement character, integers that a double cannot hold are kept exactly as bigints, keys
 * that appear twice are told with their path (the last one counts), and nesting is limited, so that no text exhausts
 * the stack. Go stops at 10,000 levels; here it is 1,000, which no object of Kubernetes comes near.
 */
import { utf8Decode } from './utf8';

/** Most levels of objects and lists inside each other. */
export const maxJsonDepth = 1_000;

/** A text that was read. */
export interface ParsedJson {
  /** Plain data; integers beyond 2^53 within 64 bits are bigints. Not frozen. */
  readonly value: unknown;
  /** Paths of keys that appear twice in their object, in the order of the text: `spec.containers[0].name`. */
  readonly duplicates: readonly string[];
}

/** Why a text is no JSON, in Go's words, and where. */
export interface JsonMistake {
  readonly error: string;
  readonly offset: number;
}

/** Reads one JSON value and nothing behind it. */
export function parseJson(source: string | Uint8Array): ParsedJson | JsonMistake {
  const text = typeof source === 'string' ? source : utf8Decode(source);
  const reader = new Reader(text);
  try {
    const value = reader.document();
    return { value, duplicates: reader.duplicates };
  } catch (mistake) {
    if (mistake instanceof Mistake) return { error: mistake.message, offset: mistake.offset };
    throw mistake;
  }
}

/** Whether reading failed. */
export function isJsonMistake(result: ParsedJson | JsonMistake): result is JsonMistake {
  return 'error' in result;
}

class Mistake extends Error {
  constructor(message: string, readonly offset: number) {
    super(message);
  }
}

const quoteMark = 0x22;
const backslash = 0x5c;
const escapes: Readonly<Record<string, string>> = {
  '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t',
};
const maxInt64 = 2n ** 63n - 1n;
const minInt64 = -(2n ** 63n);
/** Integers of so few digits always fit a double. */
const safeDigits = 15;

class Reader {
  readonly duplicates: string[] = [];
  private at = 0;
  private depth = 0;
  /** The way to the value that is read now. */
  private readonly path: (string | number)[] = [];

  constructor(private readonly text: string) {}

  document(): unknown {
    this.space();
    const value = this.value();
    this.space();
    if (this.at < this.text.length) throw this.unexpected('after top-level value');
    return value;
  }

  private value(): unknown {
    switch (this.text.charCodeAt(this.at)) {
      case 0x7b: return this.object();
      case 0x5b: return this.list();
      case quoteMark: return this.string();
      case 0x74: return this.literal('true', true);
      case 0x66: return this.literal('false', false);
      case 0x6e: return this.literal('null', null);
      default: return this.number();
    }
  }

  private object(): unknown {
    this.enter();
    const result: Record<string, unknown> = {};
    this.at += 1;
    this.space();
    if (this.text[this.at] === '}') return this.leave(result);
    for (;;) {
      if (this.text.charCodeAt(this.at) !== quoteMark) {
        throw this.unexpected('looking for beginning of object key string');
      }
      const key = this.string();
      this.space();
      if (this.text[this.at] !== ':') throw this.unexpected('after object key');
      this.at += 1;
      this.space();
      this.path[this.depth - 1] = key;
      if (Object.hasOwn(result, key)) this.duplicates.push(pathText(this.path.slice(0, this.depth)));
      const value = this.value();
      if (key === '__proto__') {
        // An own property like any other; assigning would change the prototype.
        Object.defineProperty(result, key, { value, enumerable: true, writable: true, configurable: true });
      } else {
        result[key] = value;
      }
      this.space();
      const next = this.text[this.at];
      if (next === '}') return this.leave(result);
      if (next !== ',') throw this.unexpected('after object key:value pair');
      this.at += 1;
      this.space();
    }
  }

  private list(): unknown {
    this.enter();
    const result: unknown[] = [];
    this.at += 1;
    this.space();
    if (this.text[this.at] === ']') return this.leave(result);
    for (;;) {
      this.path[this.depth - 1] = result.length;
      result.push(this.value());
      this.space();
      const next = this.text[this.at];
      if (next === ']') return this.leave(result);
      if (next !== ',') throw this.unexpected('after array element');
      this.at += 1;
      this.space();
    }
  }

  private enter(): void {
    this.depth += 1;
    if (this.depth > maxJsonDepth) throw this.unexpected('exceeded max depth');
  }

  private leave<T>(result: T): T {
    this.depth -= 1;
    this.at += 1;
    return result;
  }

  private string(): string {
    const { text } = this;
    const start = this.at + 1;
    for (let i = start; i < text.length; i += 1) {
      const code = text.charCodeAt(i);
      if (code === quoteMark) {
        this.at = i + 1;
        return wellFormed(text.slice(start, i));
      }
      if (code === backslash) return this.escapedString(start, i);
      if (code < 0x20) return this.fail(i, 'in string literal');
    }
    return this.fail(text.length, '');
  }

  private escapedString(start: number, firstEscape: number): string {
    const { text } = this;
    let result = text.slice(start, firstEscape);
    for (let i = firstEscape; i < text.length;) {
      const code = text.charCodeAt(i);
      if (code === quoteMark) {
        this.at = i + 1;
        return wellFormed(result);
      }
      if (code < 0x20) return this.fail(i, 'in string literal');
      if (code !== backslash) {
        result += text.charAt(i);
        i += 1;
        continue;
      }
      const letter = text[i + 1] ?? '';
      if (letter === 'u') {
        result += String.fromCharCode(this.hex(i + 2));
        i += 6;
        continue;
      }
      const char = Object.hasOwn(escapes, letter) ? escapes[letter] : undefined;
      if (char === undefined) return this.fail(i + 1, 'in string escape code');
      result += char;
      i += 2;
    }
    return this.fail(text.length, '');
  }

  private hex(from: number): number {
    for (let i = from; i < from + 4; i += 1) {
      if (!/[0-9a-fA-F]/.test(this.text.charAt(i))) this.fail(i, 'in \\u hexadecimal character escape');
    }
    return Number.parseInt(this.text.slice(from, from + 4), 16);
  }

  private literal<T>(word: string, value: T): T {
    for (let i = 0; i < word.length; i += 1) {
      if (this.text[this.at + i] === word[i]) continue;
      this.fail(this.at + i, `in literal ${word} (expecting '${word.charAt(i)}')`);
    }
    this.at += word.length;
    return value;
  }

  private number(): number | bigint {
    const start = this.at;
    if (this.text[this.at] === '-') {
      this.at += 1;
      if (!this.isDigit()) throw this.unexpected('in numeric literal');
    } else if (!this.isDigit()) {
      throw this.unexpected('looking for beginning of value');
    }
    if (this.text[this.at] === '0') this.at += 1;
    else this.digits();
    let integral = true;
    if (this.text[this.at] === '.') {
      integral = false;
      this.at += 1;
      if (!this.isDigit()) throw this.unexpected('after decimal point in numeric literal');
      this.digits();
    }
    if (this.text[this.at] === 'e' || this.text[this.at] === 'E') {
      integral = false;
      this.at += 1;
      if (this.text[this.at] === '+' || this.text[this.at] === '-') this.at += 1;
      if (!this.isDigit()) throw this.unexpected('in exponent of numeric literal');
      this.digits();
    }
    const text = this.text.slice(start, this.at);
    if (integral && text.length > safeDigits) return exactInteger(text);
    const value = Number(text);
    if (!Number.isFinite(value)) {
      throw new Mistake(`json: cannot unmarshal number ${text} into Go value of type float64`, start);
    }
    return value === 0 ? 0 : value;
  }

  private isDigit(): boolean {
    const code = this.text.charCodeAt(this.at);
    return code >= 0x30 && code <= 0x39;
  }

  private digits(): void {
    while (this.isDigit()) this.at += 1;
  }

  private space(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.at += 1;
    }
  }

  private fail(offset: number, context: string): never {
    this.at = offset;
    throw this.unexpected(context);
  }

  private unexpected(context: string): Mistake {
    const { text, at } = this;
    if (at >= text.length) return new Mistake('unexpected end of JSON input', at);
    return new Mistake(`invalid character ${quotedChar(text, at)} ${context}`, at);
  }
}

/** An integer as it is written if 64 bits hold it, else the nearest double, as Go has it in an interface. */
function exactInteger(text: string): number | bigint {
  const near = Number(text);
  if (Number.isSafeInteger(near)) return near;
  const exact = BigInt(text);
  return exact >= minInt64 && exact <= maxInt64 ? exact : near;
}

/** Lone surrogates cannot be written as UTF-8; Go makes them the replacement character. */
function wellFormed(text: string): string {
  return /[\ud800-\udfff]/.test(text)
    ? text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd') : text;
}

/** A character as encoding/json names it; of more than one byte the first, which Go takes for a character. */
function quotedChar(text: string, at: number): string {
  const char = text.charAt(at);
  if (char === '\'') return '\'\\\'\'';
  if (char === '"') return '\'"\'';
  if (char === '\\') return '\'\\\\\'';
  const code = char.charCodeAt(0);
  const named = ({ 7: '\\a', 8: '\\b', 9: '\\t', 10: '\\n', 11: '\\v', 12: '\\f', 13: '\\r' } as const)[code];
  if (named !== undefined) return `'${named}'`;
  if (code < 0x20 || code === 0x7f) return `'\\x${code.toString(16).padStart(2, '0')}'`;
  if (code < 0x80) return `'${char}'`;
  const lead = code < 0x800 ? 0xc0 | (code >> 6) : code >= 0xd800 && code <= 0xdfff ? 0xf0 : 0xe0 | (code >> 12);
  return `'${String.fromCharCode(lead)}'`;
}

/** `spec.containers[0].name`. */
function pathText(path: readonly (string | number)[]): string {
  let text = '';
  for (const step of path) text += typeof step === 'number' ? `[${step}]` : text === '' ? step : `.${step}`;
  return text;
}
