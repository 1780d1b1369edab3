/** File patterns: `*`, `?`, `[...]`; a backslash takes the next character as it is. For names, case and `${x#p}`. */

const cache = new Map<string, RegExp>();
const cacheLimit = 500;

/** Makes plain text match itself only. */
export function escapePattern(text: string): string {
  return text.replace(/[\\*?[\]]/g, '\\$&');
}

export function hasWildcard(pattern: string): boolean {
  return /(^|[^\\])(\\\\)*([*?]|\[.+\])/.test(pattern);
}

/** The expression that matches a whole text by the pattern. */
export function patternExpression(pattern: string): RegExp {
  const known = cache.get(pattern);
  if (known) return known;
  const made = new RegExp(`^(?:${translate(pattern, '[^]*')})$`);
  if (cache.size >= cacheLimit) cache.clear();
  cache.set(pattern, made);
  return made;
}

/** As the source of a regular expression; `any` stands for `*`. */
export function translate(pattern: string, any: string): string {
  let source = '';
  for (let at = 0; at < pattern.length; at += 1) {
    const char = pattern[at] as string;
    if (char === '\\' && at + 1 < pattern.length) {
      at += 1;
      source += literalSource(pattern[at] as string);
    } else if (char === '*') {
      while (pattern[at + 1] === '*') at += 1;
      source += any;
    } else if (char === '?') source += '[^]';
    else if (char === '[') {
      const set = /\[([!^]?)(\]?[^\]]*)\]/y;
      set.lastIndex = at;
      const match = set.exec(pattern);
      if (!match) source += '\\[';
      else {
        at += match[0].length - 1;
        source += `[${match[1] ? '^' : ''}${classSource(match[2] as string)}]`;
      }
    } else source += literalSource(char);
  }
  return source;
}

function literalSource(char: string): string {
  return char.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}

function classSource(text: string): string {
  const named = text.replace(/\[:alpha:/g, 'a-zA-Z').replace(/\[:digit:/g, '0-9').replace(/\[:alnum:/g, 'a-zA-Z0-9')
    .replace(/\[:space:/g, ' \t\n').replace(/\[:upper:/g, 'A-Z').replace(/\[:lower:/g, 'a-z');
  // A range that runs backwards would be no expression at all.
  return named.replace(/[\\\]^[]/g, '\\$&').replace(/(.)-(.)/g,
    (whole, from: string, to: string) => (from > to ? `${from}\\-${to}` : whole));
}
