/**
 * Builds scalar nodes from js-yaml's events: the text as written, the tag it resolves to and its plain value, by the
 * rules of go-yaml v2 (see resolve.ts). Unknown tags are ignored and leave a string, as Go does; `!!binary`, which
 * sigs.k8s.io/yaml does not support either, is refused by name.
 */
import { getScalarValue, SCALAR_STYLE } from 'js-yaml';
import type { ScalarEvent } from 'js-yaml';
import type { YamlScalar } from './node';
import type { YamlProblemArgs, YamlProblemCode } from './problem';
import { resolveScalar } from './resolve';
import type { ResolvedScalar } from './resolve';

/** Reports a problem at a range of the source that is being read. */
export type Report = (code: YamlProblemCode, args: YamlProblemArgs, start: number, end: number) => void;

const string = (text: string): ResolvedScalar => ({ tag: '!!str', value: text });

/** Tag as written, shortened to the `!!name` form where it is a standard one; empty without a tag. */
export function shortTag(source: string, event: { readonly tagStart: number; readonly tagEnd: number }): string {
  const raw = event.tagStart < 0 ? '' : source.slice(event.tagStart, event.tagEnd);
  return raw.replace(/^!<tag:yaml\.org,2002:(.*)>$/, '!!$1');
}

function resolveTagged(text: string, tag: string): ResolvedScalar | undefined {
  switch (tag) {
    case '!!int':
    case '!!bool':
    case '!!null':
    case '!!merge': {
      const resolved = resolveScalar(text);
      return resolved.tag === tag ? resolved : undefined;
    }
    case '!!float': {
      const resolved = resolveScalar(text);
      return resolved.tag === '!!int' || resolved.tag === tag ? { tag, value: Number(resolved.value) } : undefined;
    }
    default:
      return string(text);
  }
}

/** Where the quotes or the block indicator of a scalar start and end; js-yaml's own range leaves them out. */
function rangeOfScalar(source: string, event: ScalarEvent, cursor: number): { start: number; end: number } {
  if (event.style === SCALAR_STYLE.LITERAL_BLOCK || event.style === SCALAR_STYLE.FOLDED_BLOCK) {
    const header = source.slice(cursor, event.valueStart).search(/[|>][-+0-9]*[ \t]*(#[^\r\n]*)?[\r\n]*$/);
    const end = event.valueStart + source.slice(event.valueStart, event.valueEnd).trimEnd().length;
    return { start: header < 0 ? event.valueStart : cursor + header, end };
  }
  const quotes = event.style === SCALAR_STYLE.PLAIN ? 0 : 1;
  return { start: event.valueStart - quotes, end: event.valueEnd + quotes };
}

/** The value of a scalar; go-yaml knows one escape more than YAML does, that of the apostrophe. */
function valueOf(source: string, event: ScalarEvent): string {
  const { style, valueStart, valueEnd } = event;
  const raw = source.slice(valueStart, valueEnd);
  if (style !== SCALAR_STYLE.DOUBLE_QUOTED || !raw.includes("\\'")) return getScalarValue(source, event);
  const plain = raw.replace(/\\[\s\S]/g, (escape) => (escape === "\\'" ? "'" : escape));
  return getScalarValue(plain, { ...event, valueStart: 0, valueEnd: plain.length });
}

/**
 * The node of a scalar event. `cursor` is where the source was read up to; `placeholder` is the range that stands for
 * a scalar that is not written at all, such as the value of `key:`.
 */
export function scalarNode(
  source: string,
  event: ScalarEvent,
  cursor: number,
  placeholder: { readonly start: number; readonly end: number },
  report: Report,
): YamlScalar {
  const written = event.valueStart >= 0;
  const text = written ? valueOf(source, event) : '';
  const tag = shortTag(source, event);
  const { start, end } = written ? rangeOfScalar(source, event, cursor) : placeholder;
  const implicit = tag === '' && event.style === SCALAR_STYLE.PLAIN;
  if (tag === '!!binary') report('unsupportedTag', { tag }, event.tagStart, event.tagEnd);
  const tagged = implicit ? resolveScalar(text) : resolveTagged(text, tag);
  if (!tagged) report('badTag', { found: resolveScalar(text).tag, text, tag }, event.tagStart, end);
  const resolved = tagged ?? string(text);
  if (typeof resolved.value === 'number' && !Number.isFinite(resolved.value)) {
    report('notANumber', { text }, start, end);
  }
  return Object.freeze({ kind: 'scalar', text, implicit, ...resolved, start, end, size: 1, depth: 0 });
}
