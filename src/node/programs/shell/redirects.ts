/** Opens what redirections name: files, other descriptors, here-documents, the standard devices. */
import type { Task } from '../../../sim/task';
import type { Redirect } from './ast';
import { expandText } from './expansion';
import type { WriteError } from './files';
import type { Shell } from './shell';
import type { Descriptors } from './state';
import { EndlessStream, FileStream, NullStream, type Stream, TextStream } from './streams';

/** The descriptors after the redirections; undefined, with a message printed, when one cannot be opened. */
export function* openRedirects(shell: Shell, redirects: readonly Redirect[]): Task<Descriptors | undefined> {
  const io = new Map(shell.io);
  for (const redirect of redirects) {
    const target = yield* expandText(shell, redirect.target);
    if (shell.flow) return undefined;
    if (!(yield* open(shell, redirect, target, io))) return undefined;
  }
  return io;
}

function* open(shell: Shell, { fd, operator }: Redirect, target: string, io: Map<number, Stream>): Task<boolean> {
  switch (operator) {
    case '<<': io.set(fd, new TextStream(target)); return true;
    case '<<<': io.set(fd, new TextStream(`${target}\n`)); return true;
    case '<&': case '>&': return yield* duplicate(shell, fd, operator, target, io);
    case '<': return yield* openInput(shell, fd, target, io);
    default: {
      const stream = yield* openOutput(shell, target, operator.endsWith('>>'), io);
      if (!stream) return false;
      if (operator.startsWith('&')) {
        io.set(1, stream);
        io.set(2, stream);
      } else io.set(fd, stream);
      return true;
    }
  }
}

function* duplicate(
  shell: Shell, fd: number, operator: string, target: string, io: Map<number, Stream>,
): Task<boolean> {
  if (target === '-') {
    io.delete(fd);
    return true;
  }
  if (/^\d+$/.test(target)) {
    const stream = io.get(Number(target));
    if (stream) io.set(fd, stream);
    else yield* shell.complain(`${target}: Bad file descriptor`);
    return stream !== undefined;
  }
  if (operator === '<&') return yield* openInput(shell, fd, target, io);
  const stream = yield* openOutput(shell, target, false, io);
  if (stream) io.set(1, stream).set(2, stream);
  return stream !== undefined;
}

function* openInput(shell: Shell, fd: number, target: string, io: Map<number, Stream>): Task<boolean> {
  const path = shell.path(target);
  const device = deviceStream(shell, path, io);
  const text = device ? undefined : shell.world.files.read(path);
  if (!device && text === undefined) {
    const why = shell.world.files.isDirectory(path) ? 'Is a directory' : 'No such file or directory';
    const shorter = shell.dialect === 'bash' ? why : why === 'Is a directory' ? why : shell.dialect === 'ash'
      ? 'no such file' : 'No such file';
    yield* shell.complain(shell.dialect === 'bash' ? `${target}: ${why}`
      : shell.dialect === 'ash' ? `can't open ${target}: ${shorter}` : `cannot open ${target}: ${shorter}`);
    return false;
  }
  io.set(fd, device ?? new TextStream(text ?? '', path));
  return true;
}

function* openOutput(shell: Shell, target: string, append: boolean, io: Map<number, Stream>): Task<Stream | undefined> {
  const path = shell.path(target);
  const device = deviceStream(shell, path, io);
  if (device) return device;
  const { files } = shell.world;
  const problem: WriteError | undefined = append
    ? files.writable(path) ?? (files.exists(path) ? undefined : files.write(path, '')) : files.write(path, '');
  if (!problem) return new FileStream(files, path);
  yield* shell.complain(outputMessage(shell, target, problem));
  return undefined;
}

function outputMessage({ dialect }: Shell, target: string, problem: WriteError): string {
  if (dialect === 'bash') return `${target}: ${problem}`;
  const missing = problem === 'No such file or directory';
  if (dialect === 'ash') return `can't create ${target}: ${missing ? 'nonexistent directory' : problem}`;
  return `cannot create ${target}: ${missing ? 'Directory nonexistent' : problem}`;
}

/** The stream of a device, of /dev/fd, or of the first process' output. */
export function deviceStream(shell: Pick<Shell, 'world'>, path: string, io: Descriptors): Stream | undefined {
  switch (path) {
    case '/dev/null': return new NullStream();
    case '/dev/zero': return new EndlessStream('\0'.repeat(4096));
    case '/dev/urandom': case '/dev/random': {
      const random = shell.world.host.random('shell');
      return new EndlessStream(random.hex(4096));
    }
    case '/dev/stdin': return io.get(0);
    case '/dev/stdout': return io.get(1);
    case '/dev/stderr': return io.get(2);
    case '/dev/tty': return shell.world.out;
    case '/proc/1/fd/1': case '/proc/self/fd/1': return shell.world.out;
    case '/proc/1/fd/2': case '/proc/self/fd/2': return shell.world.err;
    default: return undefined;
  }
}
