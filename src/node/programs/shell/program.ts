/**
 * The program behind shells and tools: runs a container's command line in the interpreter. As a container's main
 * process it is process 1, to which the kernel sends no signal that it has no handler for: so `sleep` and a shell
 * without a trap outlive SIGTERM and are killed when their grace is over, exactly as on a real node.
 */
import { runTask } from '../../../sim/task';
import { baseName } from '../../filesystem';
import type { ContainerContext } from '../../images';
import type { IncomingCall, ProcessHost, Program } from '../../../sim/process';
import { dialectOf, execute } from './execution';
import type { ContainerProcess } from './process';
import { Shell } from './shell';
import type { Dialect } from './state';
import { World } from './world';

/** The program of a container whose command is a shell, a tool, a script, or whatever these start. */
export function shellProgram(context: ContainerContext): Program {
  return new ShellProgram(context);
}

class ShellProgram implements Program {
  private world: World | undefined;
  private root: ContainerProcess | undefined;

  constructor(private readonly context: ContainerContext) {}

  start(host: ProcessHost): void {
    const { context } = this;
    const world = new World(context, host);
    this.world = world;
    const root = world.spawn(0, context.command.join(' '));
    if (!root) return host.exit(1);
    this.root = root;
    const io = new Map([[0, world.input], [1, world.out], [2, world.err]] as const);
    const name = context.command[0] ?? 'sh';
    const dialect: Dialect = dialectOf(context, baseName(name));
    const shell = new Shell(world, root, dialect, name, io, context.workingDir, context.env);
    root.onEnd((code) => {
      world.flush();
      host.exit(code);
    });
    runTask(execute(shell, context.command, true), (code) => root.end(code));
  }

  serve(call: IncomingCall): void {
    if (this.world) this.world.serve(call);
    else call.reset();
  }

  terminate(): void {
    this.root?.signal('TERM');
  }
}
