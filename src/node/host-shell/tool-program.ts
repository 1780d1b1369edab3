/** Tools of a node's command line as programs: each is a function of its arguments that prints and returns a code. */
import type { ProcessHost } from '../../sim/process';
import { runTask, type Task } from '../../sim/task';
import type { ContainerContext, ProgramFactory } from '../images';

/** What a tool gets. */
export interface ToolTerminal {
  readonly args: readonly string[];
  readonly host: ProcessHost;
  print(text: string): void;
  complain(text: string): void;
}

/** A program that prints at once. */
export function toolProgram(run: (terminal: ToolTerminal) => number): ProgramFactory {
  return (context) => ({ start: (host) => host.exit(run(terminalOf(context, host))) });
}

/** A program that takes its time. */
export function toolTask(run: (terminal: ToolTerminal) => Task<number>): ProgramFactory {
  return (context) => ({ start: (host) => runTask(run(terminalOf(context, host)), (code) => host.exit(code)) });
}

function terminalOf(context: ContainerContext, host: ProcessHost): ToolTerminal {
  return {
    args: context.command.slice(1), host,
    print: (text) => context.write('stdout', text),
    complain: (text) => context.write('stderr', text),
  };
}
