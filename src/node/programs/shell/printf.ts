/** printf's formats and echo's escapes. Not modelled: `%q` beyond plain quotes, `*` widths, locales. */

const simple: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v',
  '\\': '\\', '"': '"', "'": "'" };
const widthLimit = 10_000;
/** A format without directives that consume arguments is used once; others as often as arguments last. */
const roundLimit = 100_000;

/** Text with its escapes resolved; `\c` ends the output. */
export function printEscapes(text: string): { text: string; stopped: boolean } {
  let stopped = false;
  const written = text.replace(/\\(0[0-7]{1,3}|x[0-9a-fA-F]{1,2}|u[0-9a-fA-F]{1,4}|[0-7]{1,3}|e|c[^]*|[^])/g,
    (whole, escape: string) => {
    if (escape.startsWith('c')) {
      stopped = true;
      return '';
    }
    if (escape === 'e') return '\x1b';
    if (/^[0-7]/.test(escape)) return String.fromCharCode(Number.parseInt(escape, 8) & 255);
    if (/^[xu][0-9a-fA-F]/.test(escape)) return String.fromCharCode(Number.parseInt(escape.slice(1), 16));
    return simple[escape] ?? whole;
  });
  return { text: written, stopped };
}

/** The text of a format with its arguments; `problem` names an argument that is no number. */
export function printfText(format: string, args: readonly string[]): { text: string; problem?: string } {
  const directive = /%([-+ 0#]*)(\d*)(?:\.(\d*))?([a-zA-Z%])/g;
  const escaped = printEscapes(format).text;
  const left = [...args];
  let problem: string | undefined;
  let text = '';
  for (let round = 0; round < roundLimit; round += 1) {
    let used = false;
    text += escaped.replace(directive, (whole, flags: string, width: string, precision: string | undefined,
      kind: string) => {
      if (kind === '%') return '%';
      used = true;
      const converted = convert(kind, flags, precision, left.shift());
      if (converted === undefined) return whole;
      problem ??= converted.problem;
      return pad(converted.text, flags, Math.min(Number(width || 0), widthLimit), kind);
    });
    if (left.length === 0 || !used) break;
  }
  return { text, ...(problem === undefined ? {} : { problem }) };
}

function convert(
  kind: string, flags: string, precision: string | undefined, given: string | undefined,
): { text: string; problem?: string } | undefined {
  const arg = given ?? '';
  switch (kind) {
    case 's': return { text: precision === undefined ? arg : arg.slice(0, Number(precision)) };
    case 'b': return { text: printEscapes(arg).text };
    case 'c': return { text: arg.slice(0, 1) };
    case 'q': return { text: /^[\w@%+=:,./-]+$/.test(arg) ? arg : `'${arg.replace(/'/g, "'\\''")}'` };
    case 'd': case 'i': case 'u': case 'x': case 'X': case 'o': return integer(kind, flags, arg);
    case 'f': case 'F': case 'e': case 'E': case 'g': case 'G': return decimal(kind, precision, arg);
    default: return undefined;
  }
}

function integer(kind: string, flags: string, arg: string): { text: string; problem?: string } {
  const value = arg === '' ? 0 : /^['"]./.test(arg) ? arg.charCodeAt(1)
    : Number(/^-?0[0-7]+$/.test(arg) ? Number.parseInt(arg, 8) : arg);
  const whole = Number.isFinite(value) ? Math.trunc(value) : 0;
  const text = kind === 'x' ? whole.toString(16) : kind === 'X' ? whole.toString(16).toUpperCase() : kind === 'o'
    ? whole.toString(8) : String(whole);
  const signed = flags.includes('+') && whole >= 0 ? `+${text}` : text;
  return Number.isFinite(value) ? { text: signed } : { text: signed, problem: `${arg}: invalid number` };
}

function decimal(kind: string, precision: string | undefined, arg: string): { text: string; problem?: string } {
  const value = arg === '' ? 0 : Number(arg);
  const digits = Math.min(100, precision === undefined ? 6 : Number(precision));
  const known = Number.isFinite(value) ? value : 0;
  const lower = kind.toLowerCase();
  const text = lower === 'f' ? known.toFixed(digits)
    : lower === 'e' ? known.toExponential(digits).replace(/e([+-])(\d)$/, 'e$10$2')
      : String(Number(known.toPrecision(digits || 1)));
  return Number.isFinite(value) ? { text } : { text, problem: `${arg}: invalid number` };
}

function pad(text: string, flags: string, width: number, kind: string): string {
  if (flags.includes('-')) return text.padEnd(width);
  if (flags.includes('0') && kind !== 's') {
    const sign = /^[+-]/.exec(text)?.[0] ?? '';
    return sign + text.slice(sign.length).padStart(width - sign.length, '0');
  }
  return text.padStart(width);
}
