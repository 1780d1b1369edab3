/**
 * Regular expressions of schemas and rules. They come from users and run on users' texts, so that only an engine that
 * takes linear time may run them: RE2, as in Go. Compiled patterns are remembered, because a schema's are used again
 * with every object. Models Go's regexp as apiextensions and cel-go use it.
 */
import { RE2JS } from 're2js';

/** A compiled pattern. */
export type Pattern = RE2JS;

/** Why a text is no pattern, as Go puts it: `error parsing regexp: missing closing ): ...`. */
export interface PatternError {
  readonly error: string;
}

const remembered = 1_000;
const patterns = new Map<string, Pattern | PatternError>();

/** Compiles a pattern, or tells what is wrong with it. */
export function compilePattern(text: string): Pattern | PatternError {
  let pattern = patterns.get(text);
  if (pattern === undefined) {
    pattern = compile(text);
    if (patterns.size >= remembered) patterns.clear();
    patterns.set(text, pattern);
  }
  return pattern;
}

export function isPatternError(pattern: Pattern | PatternError): pattern is PatternError {
  return 'error' in pattern;
}

/** Whether the pattern occurs anywhere in the text; a bad pattern occurs nowhere. */
export function matchesPattern(pattern: string, text: string): boolean {
  const compiled = compilePattern(pattern);
  return !isPatternError(compiled) && compiled.matcher(text).find();
}

function compile(text: string): Pattern | PatternError {
  try {
    return RE2JS.compile(text);
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}
