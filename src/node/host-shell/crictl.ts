/**
 * `crictl ps|pods|images|logs|inspect|inspectp|version|info`: what containerd knows on this node. Read past its socket, so
 * that looking leaves no trace; while containerd is down it says so, as the real tool does. Other commands are refused by name.
 */
import { encodeJsonIndented } from '../../base/json-write';
import type { ContainerRecord, SandboxRecord } from '../runtime/state';
import type { MachineView } from './machine-view';
import type { ToolTerminal } from './tool-program';

const shortId = 13;
const columnWidth = 20;
const columnGap = 3;

/** `crictl`. */
export function crictl(view: MachineView, terminal: ToolTerminal): number {
  const [command = '', ...args] = terminal.args;
  const run = Object.hasOwn(commands, command) ? commands[command] : undefined;
  if (!run) {
    terminal.complain(command === '' ? 'NAME:\n   crictl - client for CRI\n'
      : `crictl ${command} is not modelled in the sandbox\n`);
    return 1;
  }
  if (!view.machine.unit('containerd').running) {
    terminal.complain(
      'FATA[0000] validate service connection: validate CRI v1 runtime API for endpoint ' +
        '"unix:///run/containerd/containerd.sock": rpc error: code = Unavailable desc = connection error: desc = "transport: ' +
        'Error while dialing: dial unix /run/containerd/containerd.sock: connect: connection refused"\n',
    );
    return 1;
  }
  return run(view, terminal, args);
}

type CrictlCommand = (view: MachineView, terminal: ToolTerminal, args: readonly string[]) => number;

const commands: Readonly<Record<string, CrictlCommand>> = {
  ps: listContainers, pods: listPods, images: listImages, image: listImages, logs, inspect, inspectp,
  version: ({ machine }, { print }) => {
    print(
      `Version:  0.1.0\nRuntimeName:  containerd\nRuntimeVersion:  v${machine.containerdVersion}\nRuntimeApiVersion:  v1\n`,
    );
    return 0;
  },
};

function rows(lines: readonly (readonly string[])[]): string {
  const widths = (lines[0] ?? []).map((_, index) => Math.max(columnWidth,
    ...lines.map((line) => (line[index] ?? '').length + columnGap)));
  return lines
    .map(
      (line) =>
        `${line.map((cell, index) => (index < line.length - 1 ? cell.padEnd(widths[index] ?? 0) : cell)).join('')}\n`,
    )
    .join('');
}

/** `5 minutes ago`, as docker's units package says it. */
export function agoText(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  const hours = Math.round(minutes / 60);
  const text = seconds < 1 ? 'Less than a second' : seconds === 1 ? '1 second' : seconds < 60 ? `${seconds} seconds`
    : minutes === 1 ? 'About a minute' : minutes < 60 ? `${minutes} minutes` : hours === 1 ? 'About an hour'
      : hours < 48 ? `${hours} hours` : `${Math.floor(hours / 24)} days`;
  return `${text} ago`;
}

function refuseFlags(terminal: ToolTerminal, args: readonly string[], known: readonly string[]): boolean {
  const unknown = args.find((arg) => arg.startsWith('-') && !known.includes(arg));
  if (unknown !== undefined) terminal.complain(`crictl: option ${unknown} is not modelled in the sandbox\n`);
  return unknown !== undefined;
}

function valueOf(args: readonly string[], name: string): string | undefined {
  const at = args.indexOf(name);
  return at < 0 ? undefined : args[at + 1];
}

function listContainers({ machine: { runtime } }: MachineView, terminal: ToolTerminal,
  args: readonly string[]): number {
  if (refuseFlags(terminal, args, ['-a', '--all', '-q', '--quiet', '--name', '--pod', '-p'])) return 1;
  const all = args.includes('-a') || args.includes('--all');
  const name = valueOf(args, '--name');
  const pod = valueOf(args, '--pod') ?? valueOf(args, '-p');
  const found = runtime.allContainers()
    .filter(({ state }) => all || state === 'CONTAINER_RUNNING')
    .filter(({ config, sandbox }) => (name === undefined || config.name.includes(name))
      && (pod === undefined || sandbox.id.startsWith(pod)))
    .sort((a, b) => b.createdAt - a.createdAt);
  if (args.includes('-q') || args.includes('--quiet')) {
    for (const { id } of found) terminal.print(`${id}\n`);
    return 0;
  }
  const lines = found.map(({ id, state, config, sandbox, createdAt, imageName }) => {
    const image = runtime.images.find(imageName)?.id.replace('sha256:', '').slice(0, shortId) ?? imageName;
    const shown = state.replace('CONTAINER_', '');
    return [
      id.slice(0, shortId), image, agoText(terminal.host.wallMs - createdAt), shown[0]
        + shown.slice(1).toLowerCase(), config.name,
      String(config.attempt), sandbox.id.slice(0, shortId), sandbox.config.metadata.name,
        sandbox.config.metadata.namespace,
    ];
  });
  terminal.print(rows([['CONTAINER', 'IMAGE', 'CREATED', 'STATE', 'NAME', 'ATTEMPT', 'POD ID', 'POD', 'NAMESPACE'],
    ...lines]));
  return 0;
}

function listPods({ machine: { runtime } }: MachineView, terminal: ToolTerminal, args: readonly string[]): number {
  if (refuseFlags(terminal, args, ['-q', '--quiet', '--name', '--namespace'])) return 1;
  const name = valueOf(args, '--name');
  const namespace = valueOf(args, '--namespace');
  const found = runtime.allSandboxes().filter(({ config: { metadata } }) =>
    (name === undefined || metadata.name.includes(name))
    && (namespace === undefined || metadata.namespace === namespace)).sort((a, b) => b.createdAt - a.createdAt);
  if (args.includes('-q') || args.includes('--quiet')) {
    for (const { id } of found) terminal.print(`${id}\n`);
    return 0;
  }
  const lines = found.map(({ id, ready, createdAt, config: { metadata } }) => [
    id.slice(0, shortId), agoText(terminal.host.wallMs - createdAt), ready ? 'Ready' : 'NotReady', metadata.name,
      metadata.namespace,
    String(metadata.attempt), '(default)',
  ]);
  terminal.print(rows([['POD ID', 'CREATED', 'STATE', 'NAME', 'NAMESPACE', 'ATTEMPT', 'RUNTIME'], ...lines]));
  return 0;
}

function listImages({ machine: { runtime } }: MachineView, terminal: ToolTerminal, args: readonly string[]): number {
  if (refuseFlags(terminal, args, ['-q', '--quiet'])) return 1;
  const lines = runtime.images.list().flatMap(({ id, repoTags, repoDigests, size }) => {
    const names = repoTags.length > 0 ? repoTags : repoDigests.map((digest) => `${digest.split('@')[0]}:<none>`);
    return names.map((name) => {
      const colon = name.lastIndexOf(':');
      return [name.slice(0, colon), name.slice(colon + 1), id.replace('sha256:', '').slice(0, shortId), sizeText(size)];
    });
  });
  lines.sort((a, b) => ((a[0] ?? '') < (b[0] ?? '') ? -1 : 1));
  if (args.includes('-q') || args.includes('--quiet')) {
    for (const { id } of runtime.images.list()) terminal.print(`${id}\n`);
    return 0;
  }
  terminal.print(rows([['IMAGE', 'TAG', 'IMAGE ID', 'SIZE'], ...lines]));
  return 0;
}

/** Three digits of decimal units, as go-units' HumanSize with precision 3. */
function sizeText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  const units = ['B', 'kB', 'MB', 'GB'];
  for (; value >= 1000 && unit < units.length - 1; unit += 1) value /= 1000;
  return `${Number(value.toPrecision(3))}${units[unit]}`;
}

function find<T extends { readonly id: string }>(all: readonly T[], id: string): T | undefined {
  return id === '' ? undefined : all.find((each) => each.id.startsWith(id));
}

function notFound(terminal: ToolTerminal, what: string, id: string): number {
  terminal.complain(
    `FATA[0000] getting the status of the ` +
      `${what} ${JSON.stringify(id)}: rpc error: code = NotFound desc = an error occurred when try to find ${what} ${JSON.stringify(id)}: not found\n`,
  );
  return 1;
}

function logs({ machine: { runtime, files } }: MachineView, terminal: ToolTerminal, args: readonly string[]): number {
  if (refuseFlags(terminal, args, ['--tail'])) return 1;
  const tail = valueOf(args, '--tail');
  const id = args.filter((arg, index) => !arg.startsWith('-') && args[index - 1] !== '--tail')[0] ?? '';
  const container: ContainerRecord | undefined = find(runtime.allContainers(), id);
  if (!container) return notFound(terminal, 'container', id);
  const lines = (files.read(container.status().logPath) ?? '').split('\n').filter((line) => line !== '')
    .map((line) => /^\S+ (stdout|stderr) [FP] ?([^]*)$/.exec(line));
  for (const match of tail === undefined ? lines : lines.slice(-Number(tail))) {
    if (match?.[1] === 'stderr') terminal.complain(`${match[2]}\n`);
    else terminal.print(`${match?.[2] ?? ''}\n`);
  }
  return 0;
}

function inspect({ machine: { runtime } }: MachineView, terminal: ToolTerminal, args: readonly string[]): number {
  const id = args.find((arg) => !arg.startsWith('-')) ?? '';
  const container: ContainerRecord | undefined = find(runtime.allContainers(), id);
  if (!container) return notFound(terminal, 'container', id);
  const { name, attempt, state, image, imageRef, podSandboxId: _pod, ...rest } = container.status();
  terminal.print(
    `${encodeJsonIndented({ status: { ...rest, image: { image }, imageRef, metadata: { attempt, name }, state } })}\n`,
  );
  return 0;
}

function inspectp({ machine: { runtime } }: MachineView, terminal: ToolTerminal, args: readonly string[]): number {
  const id = args.find((arg) => !arg.startsWith('-')) ?? '';
  const sandbox: SandboxRecord | undefined = find(runtime.allSandboxes(), id);
  if (!sandbox) return notFound(terminal, 'sandbox', id);
  const { ip, ...rest } = sandbox.status();
  terminal.print(`${encodeJsonIndented({ status: { ...rest, network: { ip: ip ?? '' } } })}\n`);
  return 0;
}
