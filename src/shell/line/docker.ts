/**
 * docker as far as kind's nodes need it: `docker ps` and `docker exec`. Everything else is refused by name. Node containers
 * are machines of a cluster; what is executed in them is a process of the run.
 */
import { fnv1a32 } from '../../base/hash';
import { alignColumns } from '../kubectl/describe/tab-columns';
import type { CommandContext, ShellCluster } from './host';

export interface DockerExec {
  readonly cluster: ShellCluster;
  readonly node: string;
  readonly command: readonly string[];
  readonly tty: boolean;
  readonly stdin: boolean;
}

/** `docker ps`. */
export function dockerPs({ host, args, out, err, done }: CommandContext): void {
  const unknown = args.find((arg) => !['-a', '--all', '-q', '--quiet', '--no-trunc'].includes(arg));
  if (unknown !== undefined) {
    err(`docker ps: ${unknown} is not modelled in the sandbox\n`);
    return done(125);
  }
  const rows = host.clusterNames.flatMap((name) => {
    const cluster = host.cluster(name);
    return cluster ? containersOf(cluster) : [];
  });
  if (args.includes('-q') || args.includes('--quiet')) for (const [id] of rows) out(`${id}\n`);
  else {
    const head = ['CONTAINER ID', 'IMAGE', 'COMMAND', 'CREATED', 'STATUS', 'PORTS', 'NAMES'];
    out(alignColumns([head, ...rows].map((row) => `${row.join('\t')}\n`).join(''), { minWidth: 10, padding: 3 }));
  }
  done(0);
}

function containersOf(cluster: ShellCluster): string[][] {
  const { nodes, loadBalancer } = cluster.topology;
  const age = ageText(cluster.nowMs);
  const row = (name: string, image: string, command: string, ports: string): string[] => (
    [containerId(name), image, command, `${age} ago`, `Up ${age}`, ports, name]);
  const up = new Set(cluster.view().nodes.filter(({ poweredOn }) => poweredOn !== false).map(({ name }) => name));
  const first = nodes.find(({ role }) => role === 'control-plane');
  return [
    ...nodes.filter(({ name }) => up.has(name)).map(({ name, spec }) => row(name, spec.image, '"/usr/local/bin/entr…"',
      name === first?.name && !loadBalancer ? '127.0.0.1:6443->6443/tcp' : '')),
    ...(loadBalancer ? [row(loadBalancer.name, 'envoyproxy/envoy:v1.36.2', '"/docker-entrypoint.…"',
      '127.0.0.1:6443->6443/tcp')] : []),
  ];
}

function containerId(name: string): string {
  const part = (salt: string): string => fnv1a32(`${salt}${name}`).toString(16).padStart(8, '0');
  return (part('a') + part('b')).slice(0, 12);
}

function ageText(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (seconds < 1) return 'Less than a second';
  if (seconds < 60) return seconds === 1 ? '1 second' : `${seconds} seconds`;
  if (minutes < 60) return minutes === 1 ? 'About a minute' : `${minutes} minutes`;
  return hours === 1 ? 'About an hour' : hours < 48 ? `${hours} hours` : `${Math.floor(hours / 24)} days`;
}

/** Reads `docker exec -it NODE CMD ...`; the text of a refusal otherwise. */
export function dockerExec({ host, args }: Pick<CommandContext, 'host' | 'args'>): DockerExec | string {
  let tty = false;
  let stdin = false;
  let at = 0;
  for (; at < args.length && (args[at] as string).startsWith('-'); at += 1) {
    const word = args[at] as string;
    if (word === '--interactive') stdin = true;
    else if (word === '--tty') tty = true;
    else if (/^-[it]+$/.test(word)) {
      stdin ||= word.includes('i');
      tty ||= word.includes('t');
    } else if (word !== '--privileged') return `docker exec: ${word} is not modelled in the sandbox`;
  }
  const [node, ...command] = args.slice(at);
  if (node === undefined || command.length === 0) {
    return (
      "docker: 'docker exec' requires at least 2 arguments\n\nUsage:  docker exec [OPTIONS] CONTAINER COMMAND [ARG...]\n\n" +
      "See 'docker exec --help' for more information"
    );
  }
  for (const name of host.clusterNames) {
    const cluster = host.cluster(name);
    if (cluster?.topology.nodes.some((each) => each.name === node)) return { cluster, node, command, tty, stdin };
  }
  return `Error response from daemon: No such container: ${node}`;
}
