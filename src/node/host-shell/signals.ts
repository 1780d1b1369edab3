/**
 * `pgrep`, `pkill`, `killall` and `kill` on a node: they find processes of the machine by name or number and send them a
 * signal. Models procps' and psmisc's matching by name (15 characters), by the whole command line (-f), exactly (-x), and
 * the signals TERM and KILL; INT, QUIT and HUP end a program as TERM does. Shims and init cannot be signalled.
 */
import { baseName } from '../filesystem';
import type { MachineView } from './machine-view';
import { type ListedProcess, processTable } from './processes';
import type { ToolTerminal } from './tool-program';

const ending: ReadonlySet<string> = new Set(['TERM', '15', 'INT', '2', 'QUIT', '3', 'HUP', '1']);
const killing: ReadonlySet<string> = new Set(['KILL', '9']);

interface Request {
  readonly signal: 'TERM' | 'KILL' | undefined;
  readonly letters: ReadonlySet<string>;
  readonly rest: readonly string[];
}

/** Reads options; a word that is not known here is the problem. */
function read(args: readonly string[]): Request | { readonly problem: string } {
  let signal: Request['signal'] = 'TERM';
  const letters = new Set<string>();
  const rest: string[] = [];
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] as string;
    const named = word === '-s' || word === '--signal' ? args[at += 1] ?? '' : word.replace(/^--signal=|^-/, '');
    const name = named.toUpperCase().replace(/^SIG/, '');
    if (!word.startsWith('-')) rest.push(word);
    else if (killing.has(name)) signal = 'KILL';
    else if (ending.has(name)) signal = 'TERM';
    else if (name === '0') signal = undefined;
    else if (/^-[fxlaq]+$/.test(word)) for (const letter of word.slice(1)) letters.add(letter);
    else return { problem: word };
  }
  return { signal, letters, rest };
}

function shortName({ command }: ListedProcess): string {
  return baseName(command.split(' ')[0] ?? '').slice(0, 15);
}

function patternOf(text: string): RegExp | undefined {
  try {
    return new RegExp(text);
  } catch {
    return undefined;
  }
}

/** `pgrep`, `pkill` and `killall`. */
export function byName(tool: 'pgrep' | 'pkill' | 'killall', view: MachineView, terminal: ToolTerminal): number {
  const request = read(terminal.args);
  if ('problem' in request) {
    terminal.complain(`${tool}: option ${request.problem} is not modelled in the sandbox\n`);
    return 2;
  }
  const { signal, letters, rest } = request;
  const [name] = rest;
  if (name === undefined) {
    terminal.complain(`${tool}: no matching criteria specified\nTry \`${tool} --help' for more information.\n`);
    return 2;
  }
  const exact = tool === 'killall' || letters.has('x');
  const pattern = exact ? undefined : patternOf(name);
  if (!exact && !pattern) {
    terminal.complain(`${tool}: the pattern ${name} is not modelled in the sandbox\n`);
    return 2;
  }
  const found = processTable(view).filter((process) => {
    const text = letters.has('f') ? process.command : shortName(process);
    return pattern ? pattern.test(text) : text === name;
  });
  if (found.length === 0) {
    if (tool === 'killall') terminal.complain(`${name}: no process found\n`);
    return 1;
  }
  if (tool === 'pgrep') {
    const row = (process: ListedProcess): string => letters.has('a') ? `${process.pid} ${process.command}`
      : letters.has('l') ? `${process.pid} ${shortName(process)}` : String(process.pid);
    terminal.print(found.map((process) => `${row(process)}\n`).join(''));
    return 0;
  }
  return found.every((process) => send(tool, view, terminal, process, signal)) ? 0 : 1;
}

/** `kill`. */
export function byNumber(view: MachineView, terminal: ToolTerminal): number {
  const request = read(terminal.args);
  if ('problem' in request) {
    terminal.complain(`kill: option ${request.problem} is not modelled in the sandbox\n`);
    return 1;
  }
  const table = processTable(view);
  let code = 0;
  for (const word of request.rest) {
    const process = table.find(({ pid }) => String(pid) === word);
    if (!process) terminal.complain(`kill: (${word}) - No such process\n`);
    if (!process || !send('kill', view, terminal, process, request.signal)) code = 1;
  }
  return code;
}

function send(
  tool: string,
  view: MachineView,
  terminal: ToolTerminal,
  { id, pid, command }: ListedProcess,
  signal: Request['signal'],
): boolean {
  if (id === undefined) {
    terminal.complain(`${tool}: a signal to ${command.split(' ')[0]} (${pid}) is not modelled in the sandbox\n`);
    return false;
  }
  if (signal !== undefined) view.signal(id, signal);
  return true;
}
