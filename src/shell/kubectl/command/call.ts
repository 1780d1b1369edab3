/**
 * One call of kubectl as its commands see it: flags, connection, kinds, the files of the user, and where output goes.
 * Commands are tasks that return the exit code; what goes wrong is printed in kubectl's words.
 */
import type { KindRegistry } from '../../../api/registry';
import type { Status } from '../../../api/types';
import type { ProcessHost } from '../../../sim/process';
import { type Task, waitFor } from '../../../sim/task';
import { serverError } from '../text';
import type { Connection } from './connection';
import type { FlagSpecs, Flags } from './flags';

/** What kubectl finds around it. */
export interface Surroundings {
  readonly host: ProcessHost;
  readonly kinds: KindRegistry;
  /** The name of kind's cluster; its context is `kind-NAME`. */
  readonly cluster: string;
  /** The files that the arguments name. */
  readonly files: Readonly<Record<string, string>>;
  readonly stdin?: string;
  write(stream: 'stdout' | 'stderr', text: string): void;
  /** Keys go to this command from now on. */
  raw(): void;
  /** Opens an editor and waits for the text; undefined when it was left as it was. */
  edit(name: string, text: string): Task<string | undefined>;
  /** Hears what is typed while the command runs. */
  onInput(listener: InputListener): void;
}

export interface InputListener {
  text(text: string): void;
  end(): void;
  resize?(columns: number, rows: number): void;
}

export interface Call extends Surroundings {
  /** The names of the command and of its group: `create configmap`. */
  readonly path: string;
  readonly flags: Flags;
  readonly args: readonly string[];
  readonly api: Connection;
  /** The namespace that is meant: `-n`, else the context's. */
  readonly namespace: string;
}

/** A command of kubectl, or of one of its groups. */
export interface KubectlCommand {
  /** One sentence, as in `kubectl --help`. */
  readonly about: string;
  readonly flags?: FlagSpecs;
  /** Set where all after the first argument belongs to somebody else. */
  readonly stopsAtArgument?: boolean;
  readonly commands?: Readonly<Record<string, KubectlCommand>>;
  /** Other names of a command of a group. */
  readonly aliases?: readonly string[];
  /** The first argument names a resource, or an object of this kind: for completion. */
  readonly completes?: 'resources' | 'pods' | 'nodes' | 'workloads';
  readonly run?: (call: Call) => Task<number>;
}

/** Prints a line on standard output. */
export function say(call: Pick<Call, 'write'>, text: string): void {
  call.write('stdout', `${text}\n`);
}

/** Prints kubectl's own complaint; the result is the exit code. */
export function complain(call: Pick<Call, 'write'>, message: string, code = 1): number {
  call.write('stderr', `error: ${message}\n`);
  return code;
}

/** Prints what the server said; the result is the exit code. */
export function refused(call: Pick<Call, 'write'>, status: Status): number {
  call.write('stderr', `${serverError(status)}\n`);
  return 1;
}

/** A mistake in how the command was used. */
export function misused(call: Pick<Call, 'write' | 'path'>, message: string): number {
  return complain(call, `${message}\nSee 'kubectl ${call.path} -h' for help and examples`);
}

/** What several commands say when no object was named. */
export const nothingNamed = 'You must provide one or more resources by argument or filename.\nExample resource '
  + 'specifications include:\n   \'-f rsrc.yaml\'\n   \'--filename=rsrc.json\'\n   \'<resource> <name>\'\n'
  + '   \'<resource>\'';

/** The same for commands that do not take a kind alone. */
export const neitherNamed = 'one or more resources must be specified as <resource> <name> or <resource>/<name>';

/** Waits for some virtual time. */
export function* pause(call: Pick<Call, 'host'>, ms: number): Task {
  yield* waitFor<void>((resume) => call.host.after(ms, () => resume()));
}

/** The query of a request that changes something. */
export function changing(call: Call, fieldManager: string): Readonly<Record<string, string | undefined>> {
  // What a client would work out by itself is asked of the server, which keeps nothing of it.
  const dryRun = ['server', 'client'].includes(call.flags.text('dry-run') ?? '') ? 'All' : undefined;
  return { fieldManager: call.flags.text('field-manager') ?? fieldManager, dryRun };
}

/** ` (dry run)` and ` (server dry run)` behind what would have happened. */
export function dryRunSuffix(call: Call): string {
  const mode = call.flags.text('dry-run');
  return mode === 'client' ? ' (dry run)' : mode === 'server' ? ' (server dry run)' : '';
}

/** Whether `--dry-run` has one of its values; otherwise it complains. */
export function dryRunProblem(call: Call): string | undefined {
  const mode = call.flags.text('dry-run');
  if (mode === undefined || ['none', 'client', 'server'].includes(mode)) return undefined;
  return `Invalid dry-run value (${mode}). Must be "none", "server", or "client".`;
}
