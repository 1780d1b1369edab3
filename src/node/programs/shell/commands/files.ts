/** Tools for files and directories. Owners, permissions, links and times are not modelled: chmod and chown succeed
 * without effect, a symbolic link is a copy. */
import type { Task } from '../../../../sim/task';
import { byteLength } from '../../../../base/byte-text';
import { baseName, parentOf } from '../../../filesystem';
import { strftime } from '../../calendar';
import { fileLimit } from '../files';
import { patternExpression } from '../patterns';
import { readAll } from '../reading';
import type { Shell } from '../shell';
import { openInputs } from './inputs';
import { fail, isBusybox, options, print, type ToolCall, type Tools } from './tool';

const entryLimit = 20_000;

function* cat(call: ToolCall): Task<number> {
  const { set, rest } = options(call.args);
  const { inputs, failed } = yield* openInputs(call, rest);
  let number = 0;
  for (const { stream } of inputs) {
    if (set.has('n')) {
      const text = yield* readAll(call.shell, stream);
      yield* print(call, text.replace(/[^\n]*\n|[^\n]+$/g, (line) => `${String((number += 1)).padStart(6)}\t${line}`));
      continue;
    }
    for (;;) {
      const piece = stream ? yield* stream.read(call.shell.process) : undefined;
      if (piece === undefined) break;
      yield* call.shell.world.work(call.shell.process, 10);
      yield* print(call, piece);
    }
  }
  return failed ? 1 : 0;
}

function* touch(call: ToolCall): Task<number> {
  const { set, rest } = options(call.args, ['d', 't', 'r']);
  const { files } = call.shell.world;
  let status = 0;
  for (const name of rest) {
    const path = call.shell.path(name);
    if (files.exists(path) || set.has('c')) continue;
    const problem = files.write(path, '');
    if (problem) {
      status = yield* fail(call, isBusybox(call) ? `${name}: ${problem}` : `cannot touch '${name}': ${problem}`);
    }
  }
  return status;
}

function* remove(call: ToolCall): Task<number> {
  const { set, rest } = options(call.args);
  const { files } = call.shell.world;
  const force = set.has('f') || set.has('force');
  const recursive = set.has('r') || set.has('R') || set.has('recursive');
  let status = 0;
  if (rest.length === 0 && !force) return yield* fail(call, 'missing operand');
  for (const name of rest) {
    const path = call.shell.path(name);
    const problem = !files.exists(path) ? (force ? undefined : 'No such file or directory')
      : files.isDirectory(path) && !recursive ? (isBusybox(call) ? 'is a directory' : 'Is a directory')
        : removeTree(call.shell, path);
    if (!problem) continue;
    status = yield* fail(call, isBusybox(call)
      ? `${problem === 'is a directory' ? '' : "can't remove "}'${name}'${problem === 'is a directory' ? ' ' : ': '}`
      + `${problem}`
      : `cannot remove '${name}': ${problem}`);
  }
  return status;
}

function removeTree({ world }: Shell, path: string): string | undefined {
  if (path === '/') return 'Device or resource busy';
  const problem = world.files.remove(path);
  // A mounted directory stays and is emptied, as far as it lets.
  return problem === 'No such file or directory' ? undefined : problem;
}

function* makeDirectories(call: ToolCall): Task<number> {
  const { set, rest } = options(call.args, ['m']);
  const { files } = call.shell.world;
  const parents = set.has('p') || set.has('parents');
  let status = 0;
  for (const name of rest) {
    const path = call.shell.path(name);
    if (parents && files.isDirectory(path)) continue;
    const problem = files.exists(path) ? 'File exists'
      : !parents && !files.isDirectory(parentOf(path)) ? 'No such file or directory' : files.makeDirectory(path);
    if (problem) {
      status = yield* fail(call, isBusybox(call) ? `can't create directory '${name}': ${problem}`
        : `cannot create directory '${name}': ${problem}`);
    }
  }
  return status;
}

function* removeDirectories(call: ToolCall): Task<number> {
  const { files } = call.shell.world;
  let status = 0;
  for (const name of options(call.args).rest) {
    const path = call.shell.path(name);
    const problem = !files.exists(path) ? 'No such file or directory' : !files.isDirectory(path) ? 'Not a directory'
      : (files.list(path) ?? []).length > 0 ? 'Directory not empty' : files.remove(path);
    if (problem) {
      status = yield* fail(call, isBusybox(call) ? `'${name}': ${problem}` : `failed to remove '${name}': ${problem}`);
    }
  }
  return status;
}

/** cp, mv and ln: the last operand is where, the others what. */
function* transfer(call: ToolCall): Task<number> {
  const { set, values, rest } = options(call.args, ['t']);
  const targetName = values.get('t') ?? rest[rest.length - 1];
  const sources = values.has('t') ? rest : rest.slice(0, -1);
  if (targetName === undefined || sources.length === 0) return yield* fail(call, 'missing file operand');
  const { shell } = call;
  const { files } = shell.world;
  const into = files.isDirectory(shell.path(targetName));
  const recursive = call.name !== 'cp' || set.has('r') || set.has('R') || set.has('a') || set.has('recursive');
  let status = 0;
  for (const name of sources) {
    const from = shell.path(name);
    const to = into ? shell.path(`${targetName}/${baseName(from)}`) : shell.path(targetName);
    const problem = call.name === 'ln' && !files.exists(from) ? files.write(to, '')
      : !files.exists(from) ? 'No such file or directory'
        : files.isDirectory(from) && !recursive ? 'directory'
          : copyTree(shell, from, to, 0) ?? (call.name === 'mv' ? files.remove(from) : undefined);
    if (!problem) continue;
    if (problem === 'directory') status = yield* fail(call, isBusybox(call) ? `omitting directory '${name}'`
      : `-r not specified; omitting directory '${name}'`);
    else if (problem === 'No such file or directory') status =
      yield* fail(call, isBusybox(call) && call.name !== 'ln'
      ? `can't ${call.name === 'mv' ? 'rename' : 'stat'} '${name}': ${problem}` : `cannot stat '${name}': ${problem}`);
    else status = yield* fail(call, isBusybox(call) ? `can't create '${targetName}': ${problem}`
      : `cannot create regular file '${targetName}': ${problem}`);
  }
  return status;
}

function copyTree({ world }: Shell, from: string, to: string, depth: number): string | undefined {
  const { files } = world;
  if (depth > 100 || to === from || to.startsWith(`${from}/`)) return 'Invalid argument';
  const text = files.read(from);
  if (text !== undefined) return files.write(to, text);
  const made = files.isDirectory(to) ? undefined : files.makeDirectory(to);
  if (made) return made;
  for (const name of files.list(from) ?? []) {
    const problem = copyTree({ world } as Shell, `${from}/${name}`, `${to}/${name}`, depth + 1);
    if (problem) return problem;
  }
  return undefined;
}

function* list(call: ToolCall): Task<number> {
  const { set, rest } = options(call.args);
  const { shell } = call;
  const { files } = shell.world;
  const names = rest.length === 0 ? ['.'] : [...rest];
  const plain: string[] = [];
  const directories: string[] = [];
  let status = 0;
  for (const name of names) {
    const path = shell.path(name);
    if (!files.exists(path)) {
      status = yield* fail(call, isBusybox(call) ? `${name}: No such file or directory`
        : `cannot access '${name}': No such file or directory`, isBusybox(call) ? 1 : 2);
    } else if (files.isDirectory(path) && !set.has('d')) directories.push(name);
    else plain.push(name);
  }
  for (const name of plain) yield* print(call, `${set.has('l') ? longEntry(shell, shell.path(name), name) : name}\n`);
  let shownBefore = plain.length > 0;
  for (let at = 0; at < directories.length && at < entryLimit; at += 1) {
    const name = directories[at] as string;
    const path = shell.path(name);
    const all = set.has('a') ? ['.', '..'] : [];
    const hidden = set.has('a') || set.has('A');
    const entries = [...all, ...(files.list(path) ?? []).filter((entry) => hidden || !entry.startsWith('.'))];
    if (names.length > 1 || set.has('R')) yield* print(call, `${shownBefore ? '\n' : ''}${name}:\n`);
    shownBefore = true;
    if (set.has('l')) yield* print(call, `total ${entries.length * 4}\n`);
    for (const entry of set.has('r') ? entries.reverse() : entries) {
      yield* print(call, `${set.has('l') ? longEntry(shell, shell.path(`${name}/${entry}`), entry) : entry}\n`);
    }
    if (set.has('R')) {
      directories.push(...entries.filter((entry) => !/^\.\.?$/.test(entry)
        && files.isDirectory(`${path === '/' ? '' : path}/${entry}`)).map((entry) => `${name}/${entry}`));
    }
  }
  return status;
}

function longEntry({ world }: Shell, path: string, name: string): string {
  const { files, host } = world;
  const directory = files.isDirectory(path);
  const size = directory ? 4096 : byteLength(files.read(path) ?? '');
  const mode = directory ? 'drwxr-xr-x' : files.isDevice(path) ? 'crw-rw-rw-' : '-rw-r--r--';
  return `${mode}    ${directory ? 2 : 1} root     root     ${String(size).padStart(9)} `
    + `${strftime('%b %e %H:%M', host.wallMs)} ${name}`;
}

function* find(call: ToolCall): Task<number> {
  const { shell } = call;
  const { files } = shell.world;
  const start = call.args.findIndex((arg) => arg.startsWith('-'));
  const roots = start < 0 ? call.args : call.args.slice(0, start);
  const tests = start < 0 ? [] : call.args.slice(start);
  const value = (name: string): string | undefined =>
    (tests.includes(name) ? tests[tests.indexOf(name) + 1] : undefined);
  const pattern = value('-name') ?? value('-iname');
  const form = pattern === undefined ? undefined : patternExpression(pattern);
  const type = value('-type');
  const depthLimit = Number(value('-maxdepth') ?? 64);
  const known = new Set(['-name', '-iname', '-type', '-maxdepth', '-print', '-delete', '-mindepth', '-print0']);
  const strange = tests.find((arg) => arg.startsWith('-') && !known.has(arg));
  if (strange) return yield* fail(call, `${strange}: not modelled in this simulation`);
  let status = 0;
  const open: { name: string; depth: number }[] = (roots.length === 0 ? ['.']
    : roots).map((name) => ({ name, depth: 0 })).reverse();
  for (let seen = 0; open.length > 0 && seen < entryLimit; seen += 1) {
    const { name, depth } = open.pop() as { name: string; depth: number };
    const path = shell.path(name);
    if (!files.exists(path)) {
      status = yield* fail(call, isBusybox(call) ? `${name}: No such file or directory`
        : `'${name}': No such file or directory`);
      continue;
    }
    const directory = files.isDirectory(path);
    const fits = (!form || form.test(baseName(path))) && (type === undefined || (type === 'd') === directory)
      && depth >= Number(value('-mindepth') ?? 0);
    if (fits && tests.includes('-delete')) files.remove(path);
    else if (fits) yield* print(call, `${name}\n`);
    if (!directory || depth >= depthLimit) continue;
    for (const entry of [...(files.list(path) ?? [])].reverse()) {
      open.push({ name: name === '/' ? `/${entry}` : `${name}/${entry}`, depth: depth + 1 });
    }
  }
  return status;
}

function* stat(call: ToolCall): Task<number> {
  const { rest } = options(call.args, ['c']);
  const { files } = call.shell.world;
  let status = 0;
  for (const name of rest) {
    const path = call.shell.path(name);
    if (!files.exists(path)) status = yield* fail(call, isBusybox(call)
      ? `can't stat '${name}': No such file or directory` : `cannot statx '${name}': No such file or directory`);
    else yield* print(call, `  File: ${name}\n  Size: ${byteLength(files.read(path) ?? '')}\t`
      + `${files.isDirectory(path) ? 'directory' : 'regular file'}\n`);
  }
  return status;
}

function* diskUse(call: ToolCall): Task<number> {
  const { rest } = options(call.args, ['d']);
  for (const name of rest.length === 0 ? ['.'] : rest) {
    let total = 0;
    const open = [call.shell.path(name)];
    for (let seen = 0; open.length > 0 && seen < entryLimit; seen += 1) {
      const path = open.pop() as string;
      total += Math.ceil((call.shell.world.files.read(path)?.length ?? 4096) / 1024);
      for (const entry of call.shell.world.files.list(path) ?? []) open.push(`${path === '/' ? '' : path}/${entry}`);
    }
    yield* print(call, `${total}\t${name}\n`);
  }
  return 0;
}

const units: Readonly<Record<string, number>> = { '': 1, c: 1, b: 512, k: 1024, K: 1024, kB: 1000, M: 1024 ** 2,
  MB: 1000 ** 2, G: 1024 ** 3, GB: 1000 ** 3 };

function* copyBlocks(call: ToolCall): Task<number> {
  const { shell } = call;
  const operand = (name: string): string | undefined =>
    call.args.find((arg) => arg.startsWith(`${name}=`))?.slice(name.length + 1);
  const bytes = (text: string): number => Number(/^\d+/.exec(text)?.[0] ?? 0) * (units[text.replace(/^\d+/, '')] ?? 1);
  const block = bytes(operand('bs') ?? '512');
  const count = operand('count');
  const { inputs, failed } = yield* openInputs(call, operand('if') === undefined ? [] : [operand('if') as string]);
  const [input] = inputs;
  if (failed || !input) return 1;
  const wanted = count === undefined ? Infinity : block * Number(count);
  const endless = /^\/dev\/(zero|u?random)$/.test(operand('if') ?? '');
  // What does not fit on the simulated disk is not made in the first place.
  const text = endless ? '\0'.repeat(Math.min(wanted, fileLimit + 1))
    : (yield* readAll(shell, input.stream)).slice(0, wanted);
  const size = endless ? Math.min(wanted, fileLimit) : text.length;
  const target = operand('of');
  const discarded = target === '/dev/null';
  if (discarded && wanted === Infinity && endless) return yield* endlessCopy(call);
  const moved = discarded && endless ? wanted : size;
  yield* shell.process.sleep(Math.min(600_000, Math.ceil(moved / 1_000_000)));
  if (target !== undefined && !discarded) {
    const problem = shell.world.files.write(shell.path(target), text.slice(0, fileLimit));
    if (problem) {
      return yield* fail(call,
        `${isBusybox(call) ? `can't open '${target}'` : `failed to open '${target}'`}: ${problem}`);
    }
    if (text.length > fileLimit) return yield* fail(call, `error writing '${target}': No space left on device`);
  } else if (!discarded) yield* print(call, text);
  const records = Math.ceil(moved / Math.max(1, block));
  yield* shell.print(2, `${records}+0 records in\n${records}+0 records out\n`);
  return 0;
}

/** `dd if=/dev/zero of=/dev/null`: uses processor time until it is stopped. */
function* endlessCopy({ shell }: ToolCall): Task<number> {
  return yield* shell.process.never();
}

function* eachOperand(call: ToolCall, change: (name: string) => string): Task<number> {
  for (const name of options(call.args).rest) yield* print(call, `${change(name)}\n`);
  return 0;
}

function* quietly(): Task<number> {
  return 0;
}

function* temporary(call: ToolCall): Task<number> {
  const path = `/tmp/tmp.${call.shell.world.host.random('shell').nameSuffix(10)}`;
  const { files } = call.shell.world;
  if (options(call.args).set.has('d')) files.makeDirectory(path);
  else files.write(path, '');
  yield* print(call, `${path}\n`);
  return 0;
}

export const fileTools: Tools = {
  cat, touch, rm: remove, mkdir: makeDirectories, rmdir: removeDirectories, cp: transfer, mv: transfer, ln: transfer,
  ls: list, find, stat,
  du: diskUse, dd: copyBlocks, chmod: quietly, chown: quietly, sync: quietly, mktemp: temporary,
  *basename(call) {
    const [path = '', suffix = ''] = call.args;
    const name = baseName(path.replace(/(.)\/+$/, '$1')) || '/';
    const cut = suffix !== '' && name !== suffix && name.endsWith(suffix);
    yield* print(call, `${cut ? name.slice(0, -suffix.length) : name}\n`);
    return 0;
  },
  *dirname(call) {
    return yield* eachOperand(call, (path) => (path.includes('/') ? parentOf(path.replace(/(.)\/+$/, '$1')) : '.'));
  },
  *readlink(call) {
    return yield* eachOperand(call, (path) => call.shell.path(path));
  },
  *realpath(call) {
    return yield* eachOperand(call, (path) => call.shell.path(path));
  },
};
