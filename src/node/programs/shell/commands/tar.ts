/**
 * tar: makes, lists and unpacks archives, from and to files or standard streams; `kubectl cp` runs it in the container.
 * Not modelled: compression, patterns, times and owners; links are unpacked as copies.
 */
import type { Task } from '../../../../sim/task';
import { byteLength, bytesOfText, textOfBytes } from '../../../../base/byte-text';
import { parentOf, resolvePath } from '../../../filesystem';
import { type ArchiveEntry, readArchive, writeArchive } from '../../tar-archive';
import { strftime } from '../../calendar';
import { readAll } from '../reading';
import { fail, isBusybox, print, type ToolCall } from './tool';

const valued = 'fCTXb';
const harmless = new Set([
  'no-same-owner',
  'no-same-permissions',
  'same-owner',
  'preserve-permissions',
  'same-permissions',
  'touch',
  'overwrite',
  'no-overwrite-dir',
  'numeric-owner',
  'warning',
  'ignore-failed-read',
  'dereference',
  'format',
  'totals',
]);
const longNames: Readonly<Record<string, string>> = {
  'create': 'c', 'extract': 'x', 'get': 'x', 'list': 't', 'file': 'f', 'directory': 'C', 'verbose': 'v', 'gzip': 'z',
  'bzip2': 'j', 'xz': 'J', 'to-stdout': 'O', 'keep-old-files': 'k',
};
/** An archive with more entries is refused, as a disk without inodes would. */
const entryLimit = 20_000;

interface Job {
  readonly set: ReadonlySet<string>;
  readonly file: string;
  readonly directory: string;
  readonly strip: number;
  readonly names: readonly string[];
}

/** `tar [-]cxt[vfCO...] ...` */
export function* tar(call: ToolCall): Task<number> {
  const job = readJob(call);
  if (typeof job === 'string') return yield* fail(call, job, isBusybox(call) ? 1 : 2);
  if (job.set.has('c')) return yield* create(call, job);
  if (job.set.has('x') || job.set.has('t')) return yield* unpack(call, job);
  return yield* fail(call, isBusybox(call) ? 'must specify one of -c, -x or -t'
    : "You must specify one of the '-Acdtrux', '--delete' or '--test-label' options", 2);
}

function readJob({ args, shell }: ToolCall): Job | string {
  const set = new Set<string>();
  const names: string[] = [];
  const values = new Map<string, string>();
  let strip = 0;
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at] as string;
    if (arg === '--') {
      names.push(...args.slice(at + 1));
      break;
    }
    if (arg.startsWith('--')) {
      const [name = '', value] = arg.slice(2).split('=');
      const letter = Object.hasOwn(longNames, name) ? longNames[name] as string : undefined;
      if (name === 'strip-components') strip = Number(value) || 0;
      else if (letter !== undefined) {
        set.add(letter);
        if (valued.includes(letter)) values.set(letter, value ?? args[at += 1] ?? '');
      } else if (!harmless.has(name)) return `unrecognized option '${arg}'`;
    } else if (/^-./.test(arg) || at === 0) {
      for (const letter of arg.replace(/^-/, '')) {
        set.add(letter);
        if (valued.includes(letter)) values.set(letter, args[at += 1] ?? '');
      }
    } else names.push(arg);
  }
  const packed = ['z', 'j', 'J'].find((letter) => set.has(letter));
  if (packed !== undefined) return `-${packed}: compression is not modelled in this simulation`;
  return { set, strip, names, file: values.get('f') ?? '-', directory: shell.path(values.get('C') ?? '.') };
}

// --- making -----------------------------------------------------------------------------------------------------------

function* create(call: ToolCall, job: Job): Task<number> {
  const { shell } = call;
  const entries: ArchiveEntry[] = [];
  let failed = false;
  let told = false;
  for (const name of job.names) {
    const path = resolvePath(name, job.directory);
    if (!shell.world.files.exists(path)) {
      yield* fail(call, isBusybox(call) ? `${name}: No such file or directory`
        : `${name}: Cannot stat: No such file or directory`);
      failed = true;
      continue;
    }
    if (/^\.*\//.test(name) && !name.startsWith('./') && !told) {
      const lead = /^(\/|(\.\.\/)+)/.exec(name)?.[0] ?? '';
      if (lead !== '') {
        yield* fail(call, isBusybox(call) ? `removing leading '${lead}' from member names`
          : `Removing leading \`${lead}' from member names`);
        told = true;
      }
    }
    collect(call, path, name.replace(/^(\.\.\/|\/)+/, '').replace(/\/+$/, '') || '.', entries);
  }
  if (job.names.length === 0) {
    return yield* fail(call, isBusybox(call) ? 'empty archive' : 'Cowardly refusing to create an empty archive', 2);
  }
  if (job.set.has('v')) {
    for (const { name } of entries) yield* shell.print(job.file === '-' ? 2 : 1, `${name}\n`);
  }
  yield* shell.world.work(shell.process, entries.length);
  const text = textOfBytes(writeArchive(entries, shell.world.host.wallMs));
  if (job.file === '-') yield* print(call, text);
  else {
    const problem = shell.world.files.write(shell.path(job.file), text);
    if (problem) return yield* fail(call, `can't open '${job.file}': ${problem}`, 2);
  }
  if (!failed) return 0;
  return yield* fail(call, isBusybox(call) ? 'error exit delayed from previous errors'
    : 'Exiting with failure status due to previous errors', isBusybox(call) ? 1 : 2);
}

function collect({ shell }: ToolCall, path: string, name: string, entries: ArchiveEntry[]): void {
  const { files } = shell.world;
  const open = [{ path, name }];
  while (open.length > 0 && entries.length < entryLimit) {
    const next = open.pop() as { path: string; name: string };
    const text = files.isDirectory(next.path) ? undefined : files.read(next.path);
    if (text !== undefined) {
      entries.push({ name: next.name, kind: 'file', content: bytesOfText(text), target: '' });
      continue;
    }
    if (!files.isDirectory(next.path)) continue;
    entries.push({ name: `${next.name}/`, kind: 'directory', content: new Uint8Array(0), target: '' });
    for (const each of [...(files.list(next.path) ?? [])].reverse()) {
      open.push({ path: `${next.path === '/' ? '' : next.path}/${each}`, name: `${next.name}/${each}` });
    }
  }
}

// --- unpacking --------------------------------------------------------------------------------------------------------

function* unpack(call: ToolCall, job: Job): Task<number> {
  const { shell } = call;
  const { files } = shell.world;
  const text = job.file === '-' ? yield* readAll(shell) : files.read(shell.path(job.file));
  if (text === undefined) return yield* fail(call, openProblem(call, job.file), isBusybox(call) ? 1 : 2);
  const entries = readArchive(bytesOfText(text));
  if (typeof entries === 'string') {
    return yield* fail(call, damage(call, entries, text), isBusybox(call) ? 1 : 2);
  }
  yield* shell.world.work(shell.process, entries.length);
  for (const entry of entries.slice(0, entryLimit)) {
    if (!isWanted(entry.name, job.names)) continue;
    if (job.set.has('t')) {
      yield* print(call, job.set.has('v') ? `${longLine(call, entry)}\n` : `${entry.name}\n`);
      continue;
    }
    if (job.set.has('v')) yield* shell.print(job.set.has('O') ? 2 : 1, `${entry.name}\n`);
    if (job.set.has('O')) {
      yield* print(call, textOfBytes(entry.content));
      continue;
    }
    const problem = place(call, job, entry);
    if (problem) return yield* fail(call, problem, isBusybox(call) ? 1 : 2);
  }
  return 0;
}

/** Puts one entry on the disk; names cannot lead out of the directory. */
function place({ shell }: ToolCall, job: Job, entry: ArchiveEntry): string | undefined {
  const { files } = shell.world;
  const parts = entry.name.split('/').filter((part) => part !== '' && part !== '.' && part !== '..').slice(job.strip);
  if (parts.length === 0) return undefined;
  if (!files.isDirectory(job.directory))
    return `can't change directory to '${job.directory}': No such file or directory`;
  const path = resolvePath(parts.join('/'), job.directory);
  const directory = entry.kind === 'directory' ? path : parentOf(path);
  const made = files.isDirectory(directory) ? undefined : files.makeDirectory(directory);
  if (made) return `can't create directory '${directory}': ${made}`;
  if (entry.kind === 'directory' || entry.kind === 'other') return undefined;
  if (job.set.has('k') && files.exists(path)) return undefined;
  const content = entry.kind === 'link' ? files.read(resolvePath(entry.target, parentOf(path))) ?? ''
    : textOfBytes(entry.content);
  const problem = files.write(path, content);
  return problem && `can't open '${entry.name}': ${problem}`;
}

function isWanted(name: string, names: readonly string[]): boolean {
  const plain = (text: string): string => text.replace(/^\.\//, '').replace(/\/+$/, '');
  return names.length === 0 || names.some((wanted) =>
    plain(name) === plain(wanted) || plain(name).startsWith(`${plain(wanted)}/`));
}

function openProblem(call: ToolCall, file: string): string {
  return isBusybox(call) ? `can't open '${file}': No such file or directory`
    : `${file}: Cannot open: No such file or directory\ntar: Error is not recoverable: exiting now`;
}

function damage(call: ToolCall, kind: 'damaged' | 'short', text: string): string {
  if (isBusybox(call)) return kind === 'short' ? 'short read' : 'invalid tar magic';
  const recover = 'tar: Error is not recoverable: exiting now';
  if (kind === 'short' || byteLength(text) === 0) return `Unexpected EOF in archive\n${recover}`;
  return 'This does not look like a tar archive\ntar: Exiting with failure status due to previous errors';
}

function longLine({ shell }: ToolCall, { name, kind, content }: ArchiveEntry): string {
  const mode = kind === 'directory' ? 'drwxr-xr-x' : '-rw-r--r--';
  const at = strftime('%F %H:%M', shell.world.host.wallMs);
  return `${mode} root/root ${String(content.length).padStart(9)} ${at} ${name}`;
}
