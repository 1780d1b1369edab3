/** POSIX regular expressions, basic and extended, as JavaScript's. Not modelled: collating symbols, back-references in
 * extended expressions mean the same as in basic ones. */

/** The expression's source for RegExp; undefined when it is none. */
export function regexSource(pattern: string, extended: boolean): string | undefined {
  let source = '';
  for (let at = 0; at < pattern.length; at += 1) {
    const char = pattern[at] as string;
    if (char === '[') {
      const set = /\[(\^?)(\]?(?:\[:\w+:\]|[^\]])*)\]/y;
      set.lastIndex = at;
      const match = set.exec(pattern);
      if (!match) return undefined;
      source += `[${match[1]}${setSource(match[2] as string)}]`;
      at += match[0].length - 1;
    } else if (char === '\\') {
      at += 1;
      const next = pattern[at];
      if (next === undefined) return undefined;
      if (!extended && '(){}|+?'.includes(next)) source += next;
      else if (next === '<' || next === '>') source += '\\b';
      else source += /[a-zA-Z0-9]/.test(next) && !/[bBdDsSwW1-9nt]/.test(next) ? next : `\\${next}`;
    } else if (!extended && '(){}|+?'.includes(char)) source += `\\${char}`;
    else if (char === '*' && (source === '' || source === '^' || source.endsWith('('))) source += '\\*';
    else if (char === '{' && !/^\{\d*,?\d*\}/.test(pattern.slice(at))) source += '\\{';
    else if (char === '}' && !/\{\d*,?\d*$/.test(source)) source += '\\}';
    else source += char;
  }
  return source;
}

const classes: Readonly<Record<string, string>> = {
  alpha: 'a-zA-Z', digit: '0-9', alnum: 'a-zA-Z0-9', space: '\\s', upper: 'A-Z', lower: 'a-z',
  punct: '!-\\/:-@\\[-`{-~', blank: ' \\t', xdigit: '0-9a-fA-F',
};

function setSource(text: string): string {
  return text.replace(/\[:(\w+):\]|([\\\]^[])/g, (whole, name: string | undefined, special: string | undefined) =>
    (name !== undefined ? classes[name] ?? whole : `\\${special ?? ''}`));
}

/** The compiled expression; undefined when it is none. */
export function regex(pattern: string, extended: boolean, flags = ''): RegExp | undefined {
  const source = regexSource(pattern, extended);
  if (source === undefined) return undefined;
  try {
    return new RegExp(source, flags);
  } catch {
    return undefined;
  }
}
