/**
 * `ps` on a node: the process tree as systemd, containerd's shims and the containers make it, computed from what runs.
 * Models procps' columns pid, ppid, cmd (args, command), comm, user and stat; other columns are refused by name. What
 * processes do inside (threads, children) is not modelled.
 */
import { baseName } from '../filesystem';
import { commandOf } from '../runtime/containers';
import type { MachineView } from './machine-view';
import type { ToolTerminal } from './tool-program';

/** A row of the table. */
export interface ListedProcess {
  /** The id in the run; absent for what is listed only because a real machine has it. */
  readonly id?: string;
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

const initPid = 1;
const journalPid = 88;
/** A shim starts its sandbox' pause process. */
const shimBeforePause = 8;

const unitCommands: Readonly<Record<string, string>> = {
  containerd: '/usr/local/bin/containerd',
  kubelet:
    '/usr/bin/kubelet --bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf ' +
    '--kubeconfig=/etc/kubernetes/kubelet.conf --config=/var/lib/kubelet/config.yaml --runtime-cgroups=/system.slice/containerd.service',
};

/** All processes of a machine, by number. */
export function processTable(view: MachineView): readonly ListedProcess[] {
  const { machine } = view;
  const running = new Map(view.processes().map(({ id, pid }) => [id, pid]));
  const table: ListedProcess[] = [
    { pid: initPid, parent: 0, command: '/sbin/init' },
    { pid: journalPid, parent: initPid, command: '/lib/systemd/systemd-journald' },
  ];
  const known = new Set<string>();
  for (const name of Object.keys(unitCommands)) {
    const id = `${name}@${machine.name}`;
    const pid = running.get(id);
    known.add(id);
    if (pid === undefined) continue;
    table.push({ id, pid, parent: initPid, command: unitCommands[name] as string });
  }
  for (const sandbox of machine.runtime.allSandboxes()) {
    const pause = running.get(sandbox.processId);
    if (pause === undefined) continue;
    const shim = pause - shimBeforePause;
    known.add(sandbox.processId);
    table.push(
      {
        pid: shim,
        parent: initPid,
        command: `/usr/local/bin/containerd-shim-runc-v2 -namespace k8s.io -id ${sandbox.id} -address /run/containerd/containerd.sock`,
      },
      { id: sandbox.processId, pid: pause, parent: shim, command: '/pause' },
    );
    for (const container of sandbox.containers) {
      const pid = running.get(container.processId);
      if (pid === undefined || container.state !== 'CONTAINER_RUNNING') continue;
      known.add(container.processId);
      table.push({ id: container.processId, pid, parent: shim, command: commandOf(container).join(' ') });
    }
  }
  return table.sort((a, b) => a.pid - b.pid);
}

const columns: Readonly<Record<string, { readonly head: string; readonly text: (process: ListedProcess) =>
  string; readonly right?: boolean }>> = {
  pid: { head: 'PID', text: ({ pid }) => String(pid), right: true },
  ppid: { head: 'PPID', text: ({ parent }) => String(parent), right: true },
  cmd: { head: 'CMD', text: ({ command }) => command },
  args: { head: 'COMMAND', text: ({ command }) => command },
  command: { head: 'COMMAND', text: ({ command }) => command },
  comm: { head: 'COMMAND', text: ({ command }) => baseName(command.split(' ')[0] ?? '').slice(0, 15) },
  user: { head: 'USER', text: () => 'root' },
  stat: { head: 'STAT', text: () => 'Ss' },
};

const formats: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^-?(aux|axu)f?$/, ['user', 'pid', 'stat', 'command']], [/^-e?fe?$|^-ef$/, ['user', 'pid', 'ppid', 'cmd']],
];

/** `ps`. */
export function ps(view: MachineView, terminal: ToolTerminal): number {
  const { args } = terminal;
  let shown: readonly string[] | undefined;
  let forest = false;
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] as string;
    if (word === '--forest') {
      forest = true;
      continue;
    }
    const format = formats.find(([pattern]) => pattern.test(word))?.[1];
    if (format) {
      shown = format;
      forest ||= /f$/.test(word) && !word.startsWith('-');
      continue;
    }
    const letters = word.replace(/^-/, '');
    if (word.startsWith('--') || !/^[axwfeoAu]+$/.test(letters)) {
      terminal.complain(
        `error: ${word.startsWith('--') ? 'unknown gnu long option' : 'unsupported option (BSD syntax)'}\n`,
      );
      return 1;
    }
    if (letters.includes('f') && !word.startsWith('-')) forest = true;
    if (letters.includes('o')) {
      at += 1;
      const list = args[at];
      if (list === undefined) {
        terminal.complain('error: format specification must follow -o\n');
        return 1;
      }
      shown = list.split(',');
    }
  }
  const unknown = shown?.find((name) => !Object.hasOwn(columns, name));
  if (unknown !== undefined) {
    terminal.complain(`error: unknown user-defined format specifier "${unknown}"\n`);
    return 1;
  }
  terminal.print(processText(processTable(view), shown ?? ['pid', 'cmd'], forest, view.pidWidth));
  return 0;
}

function processText(
  table: readonly ListedProcess[],
  names: readonly string[],
  forest: boolean,
  pidWidth: number,
): string {
  const used = names.map((name) => columns[name] as (typeof columns)[string]);
  const rows = forest ? forestRows(table) : table.map((process) => ({ process, prefix: '' }));
  const isCommand = (index: number): boolean => ['cmd', 'args', 'command'].includes(names[index] as string);
  const width = (index: number): number => (used[index]?.right ? pidWidth : 8);
  const line = (cells: readonly string[]): string =>
    `${cells
      .map((cell, index) =>
        index === cells.length - 1
          ? cell
          : used[index]?.right
            ? cell.padStart(width(index))
            : cell.padEnd(width(index)),
      )
      .join(' ')}\n`;
  const head = used.map((column, index) =>
    index === used.length - 1 && column.right ? column.head.padStart(width(index)) : column.head,
  );
  return [
    line(head),
    ...rows.map(({ process, prefix }) =>
      line(
        used.map(
          (column, index) =>
            (isCommand(index) ? prefix : '') +
            (index === used.length - 1 && column.right
              ? column.text(process).padStart(width(index))
              : column.text(process)),
        ),
      ),
    ),
  ].join('');
}

/** Children below their parents; those of init stand at the left. */
function forestRows(
  table: readonly ListedProcess[],
): readonly { readonly process: ListedProcess; readonly prefix: string }[] {
  const rows: { readonly process: ListedProcess; readonly prefix: string }[] = [];
  const add = (process: ListedProcess, prefix: string, childIndent: string): void => {
    rows.push({ process, prefix });
    if (process.pid === initPid) return;
    const children = table.filter(({ parent }) => parent === process.pid);
    children.forEach((child, index) =>
      add(child, `${childIndent} \\_ `, `${childIndent}${index < children.length - 1 ? ' |  ' : '    '}`),
    );
  };
  for (const process of table) if (process.parent <= initPid) add(process, '', '');
  return rows;
}
