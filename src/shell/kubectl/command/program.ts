/**
 * kubectl as a program of the user's machine: reads its command line, finds the command and carries it out as a task of
 * its own process, so that Ctrl+C ends it with all its connections. Its requests travel through the run.
 */
import type { KindRegistry } from '../../../api/registry';
import type { VerifiedIdentity } from '../../../protocol/http';
import type { TerminalInput, TerminalOutput } from '../../../protocol/terminal';
import type { ProcessHost, Program } from '../../../sim/process';
import { runTask, waitFor } from '../../../sim/task';
import { type Call, complain, type InputListener, type KubectlCommand, type Surroundings } from './call';
import { commands } from './commands';
import { Connection } from './connection';
import { type FlagSpecs, Flags, isFlagProblem, missingFlags, parseFlags } from './flags';
import { suggestions } from './suggestions';

export interface KubectlOptions {
  readonly args: readonly string[];
  readonly files: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly server: string;
  readonly user: VerifiedIdentity;
  readonly kinds: KindRegistry;
  readonly cluster: string;
  readonly output: (output: TerminalOutput) => void;
}

/** Flags that every command takes. */
export const globalFlags: FlagSpecs = {
  'as': { type: 'string' }, 'as-group': { type: 'array' }, 'as-uid': { type: 'unmodelled' },
    'cache-dir': { type: 'string' },
  'certificate-authority': { type: 'unmodelled' }, 'client-certificate': { type: 'unmodelled' },
  'client-key': { type: 'unmodelled' }, 'cluster': { type: 'string' }, 'context': { type: 'string' },
  'disable-compression': { type: 'bool' }, 'help': { type: 'bool', short: 'h' },
  'insecure-skip-tls-verify': { type: 'unmodelledBool' }, 'kubeconfig': { type: 'unmodelled' },
  'match-server-version': { type: 'bool' }, 'namespace': { type: 'string', short: 'n' },
    'password': { type: 'unmodelled' },
  'profile': { type: 'unmodelled' }, 'request-timeout': { type: 'string' },
    'server': { type: 'unmodelled', short: 's' },
  'tls-server-name': { type: 'unmodelled' }, 'token': { type: 'unmodelled' }, 'user': { type: 'string' },
  'username': { type: 'unmodelled' }, 'v': { type: 'string', short: 'v' },
    'warnings-as-errors': { type: 'unmodelledBool' },
};

export class KubectlProgram implements Program {
  private listener: InputListener | undefined;
  private edited: ((text: string | undefined) => void) | undefined;

  constructor(private readonly options: KubectlOptions) {}

  start(host: ProcessHost): void {
    const { files, stdin, kinds, cluster, output, args } = this.options;
    const around: Surroundings = {
      host, files, kinds, cluster, ...(stdin === undefined ? {} : { stdin }),
      write: (stream, text) => output({ kind: 'text', stream, text }),
      raw: () => output({ kind: 'raw' }),
      edit: (name, text) => waitFor<string | undefined>((resume) => {
        this.edited = resume;
        output({ kind: 'edit', name, text });
      }),
      onInput: (listener) => void (this.listener = listener),
    };
    const found = findCommand(args);
    if ('problem' in found) {
      around.write('stderr', `${found.problem}\n`);
      return host.exit(1);
    }
    const { command, path, rest } = found;
    const specs = { ...globalFlags, ...command.flags };
    const flags = parseFlags(specs, rest, command.stopsAtArgument !== true);
    if (isFlagProblem(flags)) {
      return host.exit(complain(around, `${flags.problem}\nSee 'kubectl ${path} --help' for usage.`));
    }
    if (flags.is('help') || !command.run) {
      around.write('stdout', helpText(command, path));
      return host.exit(0);
    }
    const missing = missingFlags(specs, flags);
    if (missing !== undefined) return host.exit(complain(around, missing));
    const call = this.callOf(around, flags, found);
    if (typeof call === 'number') return host.exit(call);
    runTask(command.run(call), (code) => host.exit(code));
  }

  input(input: TerminalInput): void {
    const { listener, edited } = this;
    switch (input.kind) {
      case 'text': return listener?.text(input.text);
      case 'end': return listener?.end();
      case 'resize': return listener?.resize?.(input.columns, input.rows);
      case 'edited':
        this.edited = undefined;
        return edited?.(input.text);
      case 'interrupt': return;
    }
  }

  private callOf(around: Surroundings, flags: Flags, { command, path }: FoundCommand): Call | number {
    const { server, user, cluster } = this.options;
    const context = flags.text('context');
    if (context !== undefined && context !== `kind-${cluster}`) {
      return misconfigured(around, `context was not found for specified context: ${context}`);
    }
    for (const name of ['cluster', 'user']) {
      const value = flags.text(name);
      if (value === undefined || value === `kind-${cluster}` || command.flags?.[name]) continue;
      return complain(around, name === 'cluster' ? `cluster "${value}" does not exist`
        : `auth info "${value}" does not exist`);
    }
    const as = flags.text('as');
    if (as === undefined && flags.has('as-group')) {
      return misconfigured(around,
        `requesting uid, groups or user-extra for kind-${cluster} without impersonating a user`);
    }
    const verbosity = Number(flags.text('v') ?? 0);
    const api = new Connection(around.host, {
      server, user, verbosity: Number.isFinite(verbosity) ? verbosity : 0, log: (text) => around.write('stderr', text),
      ...(as === undefined ? {} : { impersonate: { user: as, groups: flags.all('as-group') } }),
    });
    return { ...around, path, flags, args: flags.args, api, namespace: flags.text('namespace') ?? 'default' };
  }
}

function misconfigured(around: Surroundings, message: string): number {
  around.write('stderr', `Error in configuration: ${message}\n`);
  return 1;
}

type FoundCommand = { readonly command: KubectlCommand; readonly path: string; readonly rest: readonly string[] };

/** The words of the command that a line names, `rollout status`; undefined when there is no such command. */
export function commandPath(args: readonly string[]): string | undefined {
  const found = findCommand(args);
  return 'problem' in found ? undefined : found.path;
}

/** The command that a line names. Flags of kubectl itself may stand before it. */
function findCommand(args: readonly string[]): FoundCommand | { readonly problem: string } {
  const before: string[] = [];
  let at = 0;
  while (at < args.length && (args[at] as string).startsWith('-')) {
    const word = args[at] as string;
    before.push(word);
    at += 1;
    const spec = word.startsWith('--') ? globalFlags[word.slice(2)]
      : Object.values(globalFlags).find(({ short }) => word === `-${short}`);
    if (spec && spec.type !== 'bool' && !word.includes('=') && at < args.length) {
      before.push(args[at] as string);
      at += 1;
    }
  }
  const name = args[at];
  if (name === undefined) return { command: root, path: '', rest: before };
  let command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) return { problem: unknownCommand(name) };
  let path = name;
  at += 1;
  while (command.commands && at < args.length && !(args[at] as string).startsWith('-')) {
    const word = args[at] as string;
    const group: Readonly<Record<string, KubectlCommand>> = command.commands;
    const canonical = Object.keys(group).find((each) => each === word || group[each]?.aliases?.includes(word));
    const inner = canonical === undefined ? undefined : group[canonical];
    if (!inner) {
      if (command.run) break;
      return {
        problem: `error: unknown command "${args.slice(at).join(' ')}"\nSee 'kubectl ${path} -h' for help and examples`,
      };
    }
    command = inner;
    path += ` ${canonical}`;
    at += 1;
  }
  return { command, path, rest: [...before, ...args.slice(at)] };
}

const root: KubectlCommand = { about: 'kubectl controls the Kubernetes cluster manager.', commands };

const unmodelledCommands = new Set(['alpha', 'completion', 'cp', 'kuberc', 'kustomize', 'options', 'plugin',
  'port-forward', 'proxy']);

function unknownCommand(name: string): string {
  if (unmodelledCommands.has(name)) return `error: kubectl ${name} is not modelled in the sandbox`;
  return `error: unknown command "${name}" for "kubectl"${suggestions(name)}`;
}

function helpText({ about, commands: inner, flags }: KubectlCommand, path: string): string {
  const names = Object.keys(inner ?? {}).sort();
  const width = Math.max(0, ...names.map(({ length }) => length)) + 2;
  const list = names.map((name) => `  ${name.padEnd(width)}${inner?.[name]?.about ?? ''}\n`).join('');
  const options = Object.keys(flags ?? {}).filter((name) => !flags?.[name]?.type.startsWith('unmodelled')).sort()
    .map((name) => `    ${flags?.[name]?.short ? `-${flags[name]?.short}, ` : ''}--${name}\n`).join('');
  return [
    `${about}${about.endsWith('.') ? '' : '.'}\n`, ...(list === '' ? [] : [`Available Commands:\n${list}`]),
    ...(options === '' ? [] : [`Options:\n${options}`]),
      `Usage:\n  kubectl ${path === '' ? '' : `${path} `}[flags] [options]\n`,
  ].join('\n');
}
