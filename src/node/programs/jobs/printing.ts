/** A program that prints its lines and ends well. */
import { type ProgramFactory, simpleProgram } from '../../images';

export function printingProgram(lines: readonly string[]): ProgramFactory {
  return (context) => simpleProgram((host) => {
    for (const line of lines) context.print('stdout', line);
    host.exit(0);
  });
}
