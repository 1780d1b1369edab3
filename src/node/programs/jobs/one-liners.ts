/**
 * Interpreters of programming languages, as far as examples use them: one-liners that print, sleep and exit, Perl's
 * `bpi`, Python's http.server. Nothing else of the languages is modelled, and a program that needs more says so.
 */
import type { ProcessHost, Program } from '../../../sim/process';
import { runTask, type Task, waitFor } from '../../../sim/task';
import type { ContainerContext, ProgramFactory } from '../../images';
import { pythonHttpServer } from '../servers/web-servers';
import { printEscapes } from '../shell/printf';
import { piDigits } from './pi';

/** More digits would hold up the simulation itself. */
const digitLimit = 10_000;
/** How often a loop without an end goes round before its next line is waited for. */
const roundPauseMs = 1_000;

export interface Language {
  readonly name: string;
  /** The options before a program's text. */
  readonly inline: RegExp;
  readonly version: string;
}

const python: Language = { name: 'python3', inline: /^-c$/, version: 'Python 3.13.5' };
const perl: Language = { name: 'perl', inline: /^-[a-zA-Z]*e$/,
  version: 'This is perl 5, version 40, subversion 2 (v5.40.2)' };
const ruby: Language = { name: 'ruby', inline: /^-e$/, version: 'ruby 3.4.4' };
const nodejs: Language = { name: 'node', inline: /^(-e|--eval|-p)$/, version: 'v22.17.0' };

/** The program of an interpreter. */
function interpreter(language: Language): ProgramFactory {
  return (context) => {
    const { command } = context;
    const module = command.indexOf('-m');
    if (language === python && module > 0 && /^(http\.server|SimpleHTTPServer)$/.test(command[module + 1] ?? '')) {
      return pythonHttpServer(context);
    }
    return new Interpreter(language, context);
  };
}

export const pythonProgram = interpreter(python);
export const perlProgram = interpreter(perl);
export const rubyProgram = interpreter(ruby);
export const nodeProgram = interpreter(nodejs);

class Interpreter implements Program {
  private host!: ProcessHost;

  constructor(
    private readonly language: Language,
    private readonly context: ContainerContext,
  ) {}

  start(host: ProcessHost): void {
    this.host = host;
    runTask(this.run());
  }

  /** Process 1 without a handler: SIGTERM has no effect. */
  terminate(): void {
    // Nothing: the grace period ends it.
  }

  private *run(): Task {
    const { context, language, host } = this;
    const args = context.command.slice(1);
    const at = args.findIndex((arg) => language.inline.test(arg));
    if (args.some((arg) => arg === '-v' || arg === '-V' || arg === '--version')) {
      context.print('stdout', language.version);
      return host.exit(0);
    }
    if (at >= 0) return yield* this.statements(args[at + 1] ?? '');
    const script = args.find((arg) => !arg.startsWith('-'));
    if (script === undefined) {
      // Without a terminal there is no input, and an interpreter without input ends.
      if (!context.tty) host.exit(0);
      return;
    }
    const text = context.files.read(script.startsWith('/') ? script
      : `${context.workingDir.replace(/\/$/, '')}/${script}`);
    if (text !== undefined) return yield* this.statements(text);
    context.print('stderr', this.missing(script));
    host.exit(language === nodejs ? 1 : 2);
  }

  private missing(script: string): string {
    if (this.language === python) {
      return `${this.context.command[0] ?? 'python'}: can't open file '${script}': [Errno 2] No such file or directory`;
    }
    if (this.language === nodejs) return `Error: Cannot find module '${script}'`;
    return `Can't open ${this.language.name} script "${script}": No such file or directory`;
  }

  private *statements(text: string): Task {
    const { host, context } = this;
    const forever = /^\s*while\s*\(?\s*(True|true|1)\s*\)?\s*[:{]/m.test(text);
    const lines = text.replace(/\bwhile\s*\(?\s*(True|true|1)\s*\)?\s*[:{]?/g,
      '').split(/[;\n]/).map((line) => line.trim().replace(/\}$/, '').trim())
      .filter((line) => line !== ''
        && !/^(import |from |use |require|const \w+ = require|#|\/\/|"use |'use )/.test(line));
    for (;;) {
      let waited = false;
      for (const line of lines) {
        const step = this.step(line);
        if (step === undefined) {
          context.print('stderr',
            `${this.language.name}: this simulation runs programs that print, sleep and exit only; it cannot run: `
            + `${line.slice(0, 80)}`);
          return host.exit(1);
        }
        if (step.exit !== undefined) return host.exit(step.exit);
        if (step.sleepMs === undefined) continue;
        waited = true;
        yield* this.pause(step.sleepMs, step.work ?? false);
        if (step.print !== undefined) context.print('stdout', step.print);
      }
      if (!forever) return host.exit(0);
      if (!waited) yield* this.pause(roundPauseMs, false);
    }
  }

  private *pause(ms: number, work: boolean): Task {
    const background = !work && !this.context.startupWork;
    yield* waitFor<void>((resume) => this.host.after(ms, () => resume(), background ? { background } : undefined));
  }

  /** What one statement does; undefined when it is none of those that are modelled. */
  private step(line: string): { print?: string; sleepMs?: number; work?: boolean; exit?: number } | undefined {
    const printed = /^(?:print|puts|echo|say|\w+\.log)\b\s*\(?\s*(.*?)\s*\)?$/.exec(line);
    if (printed) return this.printing(printed[1] ?? '');
    const slept = /^(?:time\.)?sleep\s*\(?\s*([\d.]+)\s*\)?$/.exec(line);
    if (slept) return { sleepMs: Number(slept[1]) * 1000 };
    const exit = /^(?:sys\.|os\.)?_?exit\s*\(?\s*(\d*)\s*\)?$/.exec(line);
    return exit ? { exit: Number(exit[1] || 0) } : undefined;
  }

  private printing(expression: string): { print?: string; sleepMs?: number; work?: boolean } | undefined {
    const pi = /^(?:Math::BigFloat->)?bpi\s*\(?\s*(\d+)\s*\)?$/.exec(expression);
    const digits = Number(pi?.[1]);
    // Perl's own arithmetic needs time that grows with the square of the digits.
    if (pi && digits >= 1 && digits <= digitLimit) {
      return { print: piDigits(digits), sleepMs: 300 + Math.round(digits * digits / 1_000), work: true };
    }
    const parts = expression.split(/\s*,\s*/).map((part) => literalText(part));
    if (parts.some((part) => part === undefined)) return undefined;
    this.context.print('stdout', parts.join(' ').replace(/\n$/, ''));
    return {};
  }
}

/** The text of a literal: in quotes, or a number. */
function literalText(expression: string): string | undefined {
  const quoted = /^(["'])([^]*)\1$/.exec(expression);
  if (quoted) return quoted[1] === '"' ? printEscapes(quoted[2] ?? '').text : quoted[2];
  if (expression === '') return '';
  return /^-?\d+(\.\d+)?$/.test(expression) ? expression : undefined;
}
