/** trap, wait and kill: what of the shell has to do with signals and processes. */
import type { Task } from '../../../sim/task';
import { signalName } from './process';
import type { Shell } from './shell';

/** The event or signal that a word of `trap` names. */
function trapName(word: string): string | undefined {
  const name = word.toUpperCase().replace(/^SIG/, '');
  if (name === 'EXIT' || word === '0') return 'EXIT';
  return name === 'ERR' || name === 'DEBUG' || name === 'RETURN' ? name : signalName(word);
}

/** `trap ACTION SIGNALS` */
export function* trap(shell: Shell, args: readonly string[]): Task<number> {
  if (args.length === 0) {
    for (const name of [...shell.traps.keys()].sort()) {
      yield* shell.print(1, `trap -- '${shell.traps.get(name) ?? ''}' `
        + `${shell.dialect === 'bash' && name !== 'EXIT' ? `SIG${name}` : name}\n`);
    }
    return 0;
  }
  const words = args[0] === '--' ? args.slice(1) : args;
  const [action = '', ...signals] = words.length === 1 ? ['-', ...words] : words;
  let status = 0;
  for (const word of signals) {
    const name = trapName(word);
    if (name === undefined) {
      yield* shell.complain(`trap: ${word}: ${shell.dialect === 'bash' ? 'invalid signal specification' : 'bad trap'}`);
      status = 1;
    } else if (action === '-') shell.traps.delete(name);
    else shell.traps.set(name, action);
  }
  return status;
}

/** Waits for background processes; a trapped signal ends it with 128 and its number. */
export function* wait(shell: Shell, args: readonly string[]): Task<number> {
  const wanted = args.filter((arg) => arg !== '-n');
  const jobs = [...shell.jobs].filter((job) => wanted.length === 0 || wanted.includes(String(job.pid)));
  if (wanted.length > 0 && jobs.length === 0) return 127;
  let status = 0;
  for (const job of jobs) {
    const result = job.alive ? yield* waitFor(shell, job) : job.exitCode;
    if (result === 'interrupted') {
      yield* shell.runPendingTraps();
      return 143;
    }
    shell.jobs.delete(job);
    if (wanted.length > 0) status = result;
  }
  return status;
}

function* waitFor(shell: Shell, job: Shell['process']): Task<number | 'interrupted'> {
  const result = yield* shell.process.wait<number | 'interrupted'>((resume) => {
    job.onEnd(resume);
    shell.interruptWait = () => resume('interrupted');
    return undefined;
  });
  shell.interruptWait = undefined;
  return result;
}

/** `kill [-SIGNAL] PIDS` */
export function* kill(shell: Shell, args: readonly string[]): Task<number> {
  let signal: string | undefined = 'TERM';
  let rest = args;
  const [first = ''] = args;
  if (first === '-l') {
    yield* shell.print(1, 'HUP INT QUIT KILL USR1 USR2 PIPE ALRM TERM\n');
    return 0;
  }
  if (first === '-s' || first === '-n') {
    signal = signalName(args[1] ?? '');
    rest = args.slice(2);
  } else if (/^-./.test(first) && first !== '--') {
    signal = first === '-0' ? '0' : signalName(first.slice(1));
    rest = args.slice(1);
  }
  if (signal === undefined) {
    yield* shell.complain(`kill: bad signal name '${first.slice(1)}'`);
    return 1;
  }
  let status = 0;
  for (const word of rest.filter((each) => each !== '--')) {
    const problem = sendSignal(shell, word, signal);
    // The other program gets it in an event of its own, before anything else happens here.
    if (word === '1' && shell.world.context.main) yield* shell.process.sleep(0);
    if (problem === undefined) continue;
    yield* shell.complain(problem);
    status = 1;
  }
  return status;
}

/** Sends a signal, `0` to ask only; why it could not be sent. */
function sendSignal(shell: Shell, word: string, signal: string): string | undefined {
  const { world } = shell;
  const { main } = world.context;
  if (word === '1' && main) {
    // The first process of the container is another program: only SIGTERM reaches it through the runtime.
    if (signal === 'TERM' || signal === 'INT' || signal === 'QUIT' || signal === 'HUP') {
      world.host.after(0, () => main.terminate());
    }
    return undefined;
  }
  const job = word.startsWith('%') ? [...shell.jobs][Number(word.slice(1)) - 1] : world.processes.get(Number(word));
  if (!job) {
    const pid = shell.dialect === 'bash' ? `kill: (${word}) - No such process` : shell.dialect === 'ash'
      ? `kill: can't kill pid ${word}: No such process` : 'kill: No such process';
    return /^[%\d]/.test(word) ? pid : `kill: invalid number '${word}'`;
  }
  if (signal !== '0') job.signal(signal);
  return undefined;
}
