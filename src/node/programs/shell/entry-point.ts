/** The script in front of an image's program: it starts what it is told, and its own program when told only options. */
import type { ContainerContext, ProgramFactory } from '../../images';
import { shellProgram } from './program';
import { toolsOf } from './tools';

/**
 * `docker-entrypoint.sh ARGS`: with options only, or a configuration file, `name` is what they are for. With `others`,
 * so is everything that is no command (node's and curl's entry points).
 */
export function entryPoint(name?: string, others = false): ProgramFactory {
  return (context) => {
    const [, ...given] = context.command;
    const [first = '-'] = given;
    const meant = first.startsWith('-') || first.endsWith('.conf') || (others && !isCommand(context, first));
    const command = name !== undefined && meant ? [name, ...given] : given;
    return shellProgram({ ...context, command });
  };
}

function isCommand({ image, files }: ContainerContext, name: string): boolean {
  return toolsOf(image).has(name) || Object.hasOwn(image.executables ?? {}, name)
    || /^\/(usr\/)?(local\/)?s?bin\//.test(name)
    || (name.startsWith('/') && files.exists(name) && !/\.[a-z]+$/.test(name));
}
