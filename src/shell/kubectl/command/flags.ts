/**
 * Command lines in the manner of Go's pflag: long flags with `=` or a following value, bundles of short ones, flags
 * between arguments, `--` before what is no flag. What a command does not know is refused in pflag's words; what the real
 * tool knows and the sandbox does not model is refused by name.
 */
import { parseGoDuration } from '../../../api/duration';

export type FlagType =
  | 'bool' | 'string'
  /** A whole number, and a duration in Go's writing. */
  | 'int' | 'duration'
  /** May be given several times; each value may hold several, separated by commas. */
  | 'list'
  /** May be given several times; commas are part of the value. */
  | 'array'
  /** The real tool has it; the sandbox does not model it. Takes a value. */
  | 'unmodelled'
  /** The same without a value. */
  | 'unmodelledBool';

export interface FlagSpec {
  readonly type: FlagType;
  readonly short?: string;
  /** What the flag means without a value: then a value needs `=`. */
  readonly bare?: string;
  /** The command does nothing without it. */
  readonly required?: boolean;
}

export type FlagSpecs = Readonly<Record<string, FlagSpec>>;

/** What was given. */
export class Flags {
  constructor(
    private readonly values: ReadonlyMap<string, readonly string[]>,
    readonly args: readonly string[],
    /** How many of the arguments stood before `--`; undefined without one. */
    readonly dash: number | undefined,
  ) {}

  has(name: string): boolean {
    return this.values.has(name);
  }

  /** The same with a flag that was not given. */
  with(name: string): Flags {
    return new Flags(new Map([...this.values, [name, ['true']]]), this.args, this.dash);
  }

  /** A boolean flag; `--flag=false` is false. */
  is(name: string, otherwise = false): boolean {
    const value = this.text(name);
    return value === undefined ? otherwise : value === 'true';
  }

  text(name: string): string | undefined {
    return this.values.get(name)?.at(-1);
  }

  all(name: string): readonly string[] {
    return this.values.get(name) ?? [];
  }

  list(name: string): readonly string[] {
    return this.all(name).flatMap((value) => value.split(',')).filter((value) => value !== '');
  }
}

export interface FlagProblem {
  readonly problem: string;
}

export function isFlagProblem(result: Flags | FlagProblem): result is FlagProblem {
  return 'problem' in result;
}

/** Reads a command line. With `interspersed` false all after the first argument is an argument too. */
export function parseFlags(specs: FlagSpecs, words: readonly string[], interspersed = true): Flags | FlagProblem {
  const reader = new Reader(specs, words);
  const problem = reader.read(interspersed);
  return problem === undefined ? new Flags(reader.values, reader.args, reader.dash) : { problem };
}

class Reader {
  readonly values = new Map<string, string[]>();
  readonly args: string[] = [];
  dash: number | undefined;
  private at = 0;

  constructor(private readonly specs: FlagSpecs, private readonly words: readonly string[]) {}

  read(interspersed: boolean): string | undefined {
    for (; this.at < this.words.length; this.at += 1) {
      const word = this.words[this.at] as string;
      if (word === '--') {
        this.dash = this.args.length;
        this.args.push(...this.words.slice(this.at + 1));
        return undefined;
      }
      if (!word.startsWith('-') || word === '-') {
        if (!interspersed) {
          this.args.push(...this.words.slice(this.at));
          return undefined;
        }
        this.args.push(word);
        continue;
      }
      const problem = word.startsWith('--') ? this.long(word.slice(2)) : this.short(word);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }

  private long(text: string): string | undefined {
    const equals = text.indexOf('=');
    const name = equals < 0 ? text : text.slice(0, equals);
    const spec = Object.hasOwn(this.specs, name) ? this.specs[name] : undefined;
    if (!spec) return `unknown flag: --${name}`;
    return this.take(name, spec, equals < 0 ? undefined : text.slice(equals + 1), `--${name}`);
  }

  private short(word: string): string | undefined {
    for (let index = 1; index < word.length; index += 1) {
      const letter = word[index] as string;
      const name = Object.keys(this.specs).find((each) => this.specs[each]?.short === letter);
      const spec = name === undefined ? undefined : this.specs[name];
      if (name === undefined || !spec) return `unknown shorthand flag: '${letter}' in ${word}`;
      const rest = word.slice(index + 1);
      if (isBare(spec)) {
        const given = rest.startsWith('=') ? rest.slice(1) : undefined;
        const problem = this.take(name, spec, given, `-${letter}`);
        if (problem !== undefined || given !== undefined) return problem;
        continue;
      }
      return this.take(name, spec, rest === '' ? undefined : rest.replace(/^=/, ''), `'${letter}' in ${word}`);
    }
    return undefined;
  }

  private take(name: string, spec: FlagSpec, given: string | undefined, shown: string): string | undefined {
    if (spec.type === 'unmodelled' || spec.type === 'unmodelledBool') return `--${name} is not modelled in the sandbox`;
    let value = given;
    if (value === undefined && isBare(spec)) value = spec.bare ?? 'true';
    if (value === undefined) {
      this.at += 1;
      value = this.words[this.at];
      if (value === undefined) return `flag needs an argument: ${shown}`;
    }
    const mistake = valueProblem(spec, value);
    if (mistake !== undefined) {
      const short = spec.short === undefined ? '' : `-${spec.short}, `;
      return `invalid argument "${value}" for "${short}--${name}" flag: ${mistake}`;
    }
    const kept = spec.type === 'bool' ? String(/^[1tT]/.test(value)) : value;
    const known = this.values.get(name);
    if (known) known.push(kept);
    else this.values.set(name, [kept]);
    return undefined;
  }
}

function valueProblem({ type }: FlagSpec, value: string): string | undefined {
  const notParsed = (what: string): string => `strconv.${what}: parsing "${value}": invalid syntax`;
  switch (type) {
    case 'bool':
      return /^(true|false|1|0|t|f|T|F|TRUE|FALSE|True|False)$/.test(value) ? undefined : notParsed('ParseBool');
    case 'int':
      return /^[+-]?\d+$/.test(value) ? undefined : notParsed('ParseInt');
    case 'duration':
      return parseGoDuration(value) === undefined ? `time: invalid duration "${value}"` : undefined;
    default: return undefined;
  }
}

/** The sentence about flags that a command needs and that were not given; undefined when none is missing. */
export function missingFlags(specs: FlagSpecs, flags: Flags): string | undefined {
  const missing = Object.keys(specs).filter((name) => specs[name]?.required && !flags.has(name)).sort();
  return missing.length === 0 ? undefined : `required flag(s) ${missing.map((name) => `"${name}"`).join(', ')} not set`;
}

function isBare(spec: FlagSpec): boolean {
  return spec.type === 'bool' || spec.type === 'unmodelledBool' || spec.bare !== undefined;
}
