/**
 * Finds the program behind a command of a container: first the image's own, then the tools of its base. What is not
 * there fails as runc fails. An image of which nothing is known is assumed to contain whatever it is told to run.
 */
import type { ContainerContext, ImageDescription, ProgramFactory } from '../images';
import { baseName } from '../filesystem';
import { runUntilStopped } from '../programs/behavior';
import { shellProgram } from '../programs/shell/program';
import { toolsOf } from '../programs/shell/tools';

export type Executable =
  /** `assumed`: nothing is known of the image, so the command is taken for one that is there. */
  | { readonly kind: 'found'; readonly create: ProgramFactory; readonly assumed?: boolean }
  | { readonly kind: 'missing'; readonly message: string };

const searchPath = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** The name under which a path may be found: tools are called by name or by a path of the search path. */
function toolName(command: string): string | undefined {
  if (!command.includes('/')) return command;
  const name = baseName(command);
  return searchPath.some((directory) => command === `${directory}/${name}`) ? name : undefined;
}

/** The program that a command names inside an image, with runc's words when there is none. */
export function findExecutable(
  image: ImageDescription, command: string, context?: Pick<ContainerContext, 'files' | 'installed'>,
): Executable {
  const own = image.executables ?? {};
  const name = toolName(command);
  for (const key of [command, ...(name === undefined ? [] : [name])]) {
    if (Object.hasOwn(own, key)) return { kind: 'found', create: own[key] as ProgramFactory };
  }
  if (name !== undefined && (toolsOf(image).has(name) || context?.installed.has(name))) {
    return { kind: 'found', create: shellProgram };
  }
  if (context?.files.read(command)?.startsWith('#!')) return { kind: 'found', create: shellProgram };
  if (image.base === 'any' && !command.startsWith('-') && !/\s/.test(command)) {
    return { kind: 'found', create: runUntilStopped, assumed: true };
  }
  return { kind: 'missing', message: notThere(command) };
}

/** What runc says of a command that is not there. */
export function notThere(command: string): string {
  const why = command.includes('/')
    ? `stat ${command}: no such file or directory` : 'executable file not found in $PATH';
  return `exec: "${command}": ${why}`;
}
