/**
 * Completion with the tab key: commands, kubectl's commands and flags, resources, names of objects, kind and docker with
 * their nodes. It reads the cluster's kinds and objects directly; real completion asks the API server.
 */
import type { KindRegistry } from '../../api/registry';
import { compareText } from '../../base/freeze';
import type { KubectlCommand } from '../kubectl/command/call';
import { commands } from '../kubectl/command/commands';
import { globalFlags } from '../kubectl/command/program';
import { filterNames } from './filters';
import type { ShellHost } from './host';
import { builtins } from './session';

export interface Completion {
  /** Where the word begins that the candidates replace. */
  readonly start: number;
  readonly candidates: readonly string[];
}

/** What can stand at the end of this text. */
export function complete(host: ShellHost, text: string): Completion {
  const command = text.slice(Math.max(text.lastIndexOf('|'), text.lastIndexOf(';'), text.lastIndexOf('&')) + 1);
  const isPiped =
    /\|\s*\S*$/.test(text.replace(/\|\|/g, '')) && !/\s\S+\s/.test(`${command.trimStart()} `.replace(/\s$/, ''));
  const words = command.split(/\s+/).filter((word, index, all) => word !== '' || index === all.length - 1);
  const last = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  const offered = before.length === 0 ? (isPiped ? filterNames() : builtins) : candidatesFor(host, before, last);
  const candidates = [...new Set(offered)].filter((each) => each.startsWith(last)).sort(compareText);
  return { start: text.length - last.length, candidates };
}

function candidatesFor(host: ShellHost, before: readonly string[], last: string): readonly string[] {
  const [name = '', ...args] = before;
  if (name === 'kubectl') return kubectlCandidates(host, args, last);
  if (name === 'kind') return kindCandidates(host, args);
  if (name !== 'docker') return [];
  if (args.length === 0) return ['exec', 'ps'];
  const given = args.slice(1).filter((word) => !word.startsWith('-'));
  if (args[0] !== 'exec' || given.length > 1) return [];
  if (given.length === 1) return ['bash', 'cat', 'crictl', 'etcdctl', 'ip', 'iptables-save', 'journalctl', 'ls',
    'ps', 'systemctl'];
  return host.clusterNames.flatMap((each) => host.cluster(each)?.topology.nodes.map((node) => node.name) ?? []);
}

function kindCandidates(host: ShellHost, args: readonly string[]): readonly string[] {
  const [verb] = args;
  if (args.at(-1) === '--name') return host.clusterNames;
  if (verb === undefined) return ['create', 'delete', 'export', 'get', 'load', 'version'];
  const inner: Readonly<Record<string, readonly string[]>> = {
    create: ['cluster'], delete: ['cluster', 'clusters'], export: ['kubeconfig'],
      get: ['clusters', 'kubeconfig', 'nodes'], load: ['docker-image'],
  };
  return args.length === 1 ? inner[verb] ?? [] : ['--config', '--name', '--wait', '--image'];
}

function kubectlCandidates(host: ShellHost, args: readonly string[], last: string): readonly string[] {
  let command: KubectlCommand = { about: '', commands };
  const rest: string[] = [];
  for (const word of args) {
    const inner: KubectlCommand | undefined = rest.length === 0 && command.commands
      && Object.hasOwn(command.commands, word)
      ? command.commands[word] : undefined;
    if (inner) command = inner;
    else rest.push(word);
  }
  const cluster = host.active;
  if (rest.at(-1) === '-n' || rest.at(-1) === '--namespace') return namesOf(host, 'namespaces', undefined);
  if (last.startsWith('-')) {
    const specs = { ...globalFlags, ...command.flags };
    return Object.keys(specs).filter((name) => !specs[name]?.type.startsWith('unmodelled')).map((name) => `--${name}`);
  }
  const given = rest.filter((word, index) => !word.startsWith('-')
    && !['-n', '--namespace', '-l', '-o', '-c'].includes(rest[index - 1] ?? ''));
  const inner = Object.keys(command.commands ?? {});
  if (given.length > 0 && inner.includes(given[0] as string)) return [];
  if (!cluster || (inner.length > 0 && given.length === 0)) return inner;
  const namespace = namespaceIn(args);
  const type = { pods: 'pods', nodes: 'nodes', resources: undefined, workloads: undefined }[command.completes
    ?? 'resources'];
  if (command.completes === undefined) return inner;
  const slash = last.indexOf('/');
  if (slash >= 0) return namesOf(host, last.slice(0, slash), namespace).map((name) =>
    `${last.slice(0, slash)}/${name}`);
  if (type !== undefined) return given.length === 0 ? namesOf(host, type, namespace) : [];
  return given.length === 0 ? typesOf(cluster.kinds) : namesOf(host, given[0] as string, namespace);
}

function namespaceIn(args: readonly string[]): string {
  const at = args.findIndex((word) => word === '-n' || word === '--namespace');
  const attached = args.find((word) => word.startsWith('--namespace='));
  return at >= 0 ? args[at + 1] ?? 'default' : attached?.slice('--namespace='.length) ?? 'default';
}

function typesOf({ kinds }: KindRegistry): readonly string[] {
  return kinds.filter(({ virtual }) => virtual !== true).map(({ plural }) => plural);
}

function namesOf(host: ShellHost, type: string, namespace: string | undefined): readonly string[] {
  const cluster = host.active;
  const kind = cluster?.kinds.byName(type);
  if (!cluster || !kind) return [];
  const apiVersion = kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
  return cluster.objects.list(apiVersion, kind.kind, 0, kind.namespaced ? namespace
    : undefined).map(({ metadata }) => metadata.name);
}
