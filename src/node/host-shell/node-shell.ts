/**
 * What is executed in a node container (`docker exec NODE ...`): a shell and the everyday tools of the node's image on the
 * node's own disk, with those that look into the machine or act on it: ps, kill, pkill, crictl, systemctl, journalctl, ip,
 * iptables-save.
 */
import type { ContainerContext, ImageDescription, ProgramFactory } from '../images';
import type { Program } from '../../sim/process';
import { ContainerIo } from '../runtime/container-io';
import { findExecutable } from '../runtime/executables';
import { toolSets } from '../programs/shell/tools';
import { crictl } from './crictl';
import type { MachineView } from './machine-view';
import { ip, iptablesSave } from './network-tables';
import { ps } from './processes';
import { byName, byNumber } from './signals';
import { journalctl, systemctl } from './systemd';
import { toolProgram } from './tool-program';

export interface ShellRequest {
  readonly command: readonly string[];
  readonly tty: boolean;
  readonly stdin: boolean;
  write(stream: 'stdout' | 'stderr', text: string): void;
}

/** A command that can run, with its streams; or docker's words for why it cannot. */
export type ShellProgram =
  | { readonly ok: true; readonly program: Program; readonly io: ContainerIo }
  | { readonly ok: false; readonly message: string };

const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Prepares a command of a node; `more` are further tools by name. */
export function nodeProgram(
  view: MachineView, request: ShellRequest, more: Readonly<Record<string, ProgramFactory>> = {},
): ShellProgram {
  const { machine } = view;
  const image: ImageDescription = {
    sizeBytes: 0, base: 'debian', tools: [...toolSets.networkTools, ...toolSets.procps, ...toolSets.bash, 'jq'],
    executables: {
      ps: toolProgram((terminal) => ps(view, terminal)), crictl: toolProgram((terminal) => crictl(view, terminal)),
      systemctl: toolProgram((terminal) => systemctl(view, terminal)),
      journalctl: toolProgram((terminal) => journalctl(view, terminal)),
        ip: toolProgram((terminal) => ip(view, terminal)),
      pgrep: toolProgram((terminal) => byName('pgrep', view, terminal)),
      pkill: toolProgram((terminal) => byName('pkill', view, terminal)),
      killall: toolProgram((terminal) => byName('killall', view, terminal)),
      kill: toolProgram((terminal) => byNumber(view, terminal)),
      'iptables-save': toolProgram((terminal) => iptablesSave(view, terminal)), ...more,
    },
  };
  const io = new ContainerIo({ stdin: request.stdin, stdinOnce: true, tty: request.tty }, request.write);
  const context: ContainerContext = {
    command: request.command, image, workingDir: '/', files: machine.files, network: machine.network,
    env: { PATH: path, HOSTNAME: machine.name, HOME: '/root', ...(request.tty ? { TERM: 'xterm' } : {}) },
    pod: { namespace: '', name: machine.name, uid: '', annotations: {}, hostNetwork: true,
      ip: machine.network.address },
    name: machine.name, attempt: 0, startupWork: true, tty: request.tty, machine: machine.name,
    // A process beside others: what it waits for is somebody's waiting.
    main: { name: '/sbin/init', alive: () => true, terminate: () => undefined },
    installed: new Set(), ...(io.stdin ? { stdin: io.stdin } : {}),
    print: (stream, text) => io.write(stream, `${text}\n`), write: (stream, text) => io.write(stream, text),
    useMemory: () => undefined, spendCpu: () => undefined, loadCpu: () => undefined,
  };
  const [name = ''] = request.command;
  const executable = findExecutable(image, name, context);
  if (executable.kind === 'missing') {
    return {
      ok: false,
      message: `OCI runtime exec failed: exec failed: unable to start container process: ${executable.message}: unknown`,
    };
  }
  return { ok: true, program: executable.create(context), io };
}
