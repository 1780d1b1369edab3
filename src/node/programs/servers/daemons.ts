/**
 * Databases, brokers, monitoring: servers of which examples need that they listen and run. One table row each: ports,
 * the line by which one recognises that it is up, and what it demands before it starts. They speak no protocol of their
 * own; a connection is taken, an HTTP request to one that speaks no HTTP is cut off as a real server cuts it off.
 */
import type { ContainerContext, ImageDescription, ProgramFactory } from '../../images';
import { type HttpAnswer, httpProgram, type HttpService, portNumber, type StartFailure, textAnswer,
  type Visit } from './http-server';
import { flag } from './web-servers';

export interface DaemonRow {
  readonly ports: readonly number[];
  /** The option that changes the (first) port. */
  readonly portFlag?: string;
  readonly startMs?: number;
  readonly banner: readonly string[];
  /** Bytes in use when it runs; a smaller limit ends it as OOMKilled. */
  readonly memoryBytes: number;
  /** Answers of those that speak HTTP, by path; `*` for all others. */
  readonly http?: Readonly<Record<string, string>>;
  /** Exit code after SIGTERM. */
  readonly onTerminate: number | 'ignored';
  readonly demands?: (context: ContainerContext) => StartFailure | undefined;
}

/** The program of a row. */
export function daemonProgram(row: DaemonRow): ProgramFactory {
  return httpProgram((context): HttpService | StartFailure => {
    const failure = row.demands?.(context);
    if (failure) return failure;
    const [first, ...rest] = row.ports;
    const chosen = row.portFlag === undefined ? undefined : portNumber(flag(context.command, row.portFlag));
    return {
      ports: first === undefined ? [] : [chosen ?? first, ...rest],
      startMs: row.startMs ?? 300,
      banner: row.banner,
      bannerStream: 'stdout',
      answer: (visit) => answerOf(row, visit),
      onTerminate: row.onTerminate,
      memoryBytes: row.memoryBytes,
    };
  });
}

function answerOf({ http }: DaemonRow, { path }: Visit): HttpAnswer {
  if (!http) return 'reset';
  const body = (Object.hasOwn(http, path) ? http[path] : undefined) ?? http['*'];
  return body === undefined ? textAnswer('404 page not found\n', 404) : textAnswer(body);
}

/** What is said of a program that is in the real image and not here. */
export function notModelled(name: string): ProgramFactory {
  return (context) => ({
    start: (host) => {
      context.print('stderr', `${name}: this simulation has the program's name only, not its function`);
      host.exit(1);
    },
  });
}

/** The row's image: its daemon under its own name and through the image's entry point. */
export function daemonImage(
  name: string, megabytes: number, row: DaemonRow,
  more: Partial<ImageDescription> & { readonly clients?: readonly string[] } = {},
): ImageDescription {
  const { clients = [], ...description } = more;
  const program = daemonProgram(row);
  const executables: Record<string, ProgramFactory> = { [name]: program };
  for (const client of clients) executables[client] = notModelled(client);
  return {
    sizeBytes: megabytes * 1_000_000, base: 'debian', cmd: [name], ...description,
    executables: { ...executables, ...description.executables },
  };
}
