/**
 * kindnetd: watches the nodes, writes the CNI configuration of its own node once that has a pod network, and keeps a
 * route to the pod network of every other node. Models images/kindnetd of kind v0.32.0. Not modelled: masquerading of
 * traffic that leaves the cluster, network policies; the watches of pods, namespaces and policies that only those need.
 */
import { nodes } from '../api/resources';
import type { Node } from '../api/types';
import { ApiClient } from '../client/api-client';
import { Informer } from '../client/informer';
import type { ProcessHost, Program } from '../sim/process';
import { cniConfigDirectory } from './cni';
import type { ContainerContext } from './images';

const cniConfigPath = `${cniConfigDirectory}/10-kindnet.conflist`;
const reconcilePeriodMs = 10_000;
/** The MTU of the kind network's bridge. */
const mtu = 1500;

/** The program behind the kindnetd image's entrypoint. */
export function kindnetProgram(context: ContainerContext): Program {
  return new Kindnetd(context);
}

export class Kindnetd implements Program {
  private host!: ProcessHost;
  private nodes!: Informer<Node>;
  /** The routes that each other node has been given, by its name: CIDR to gateway. */
  private readonly routes = new Map<string, ReadonlyMap<string, string>>();
  private written = '';

  constructor(private readonly context: ContainerContext) {}

  start(host: ProcessHost): void {
    this.host = host;
    const { env, pod } = this.context;
    const inCluster = `${env['KUBERNETES_SERVICE_HOST'] ?? ''}:${env['KUBERNETES_SERVICE_PORT'] ?? ''}`;
    // The endpoint from outside, so that it need not wait for kube-proxy's rules.
    const server = env['CONTROL_PLANE_ENDPOINT'] || inCluster;
    const user = { kind: 'serviceAccount', namespace: 'kube-system', name: 'kindnet', pod: pod.name } as const;
    this.nodes = new Informer(new ApiClient(host, { server, user, userAgent: 'kindnetd/v0.0.0' }), nodes);
    this.nodes.addHandlers({
      added: (node) => this.reconcile(node),
      updated: (node) => this.reconcile(node),
      deleted: (node) => this.setRoutes(node.metadata.name, new Map()),
    });
    this.nodes.start();
    this.reconcileAgain();
  }

  /** It does not handle SIGTERM; as the container's first process, Go's runtime then ends it with 2. */
  terminate(): void {
    this.host.exit(2);
  }

  /** Looks at all nodes from time to time, for what somebody else has changed on this machine. */
  private reconcileAgain(): void {
    this.host.after(reconcilePeriodMs, () => {
      for (const node of this.nodes.list()) this.reconcile(node);
      this.reconcileAgain();
    }, { background: true });
  }

  private reconcile(node: Node): void {
    const cidrs = podCIDRsOf(node);
    if (node.metadata.name === this.context.machine) this.writeConfig(cidrs);
    else this.setRoutes(node.metadata.name, routesTo(node, cidrs));
  }

  /** Writes only when its own inputs have changed, as upstream: a file that somebody removed stays removed. */
  private writeConfig(cidrs: readonly string[]): void {
    if (cidrs.length === 0) return;
    const text = cniConfig(cidrs);
    if (text === this.written) return;
    const error = this.context.files.write(cniConfigPath, text);
    if (error === undefined) this.written = text;
    else this.context.print('stderr', `open ${cniConfigPath}: ${error.toLowerCase()}`);
  }

  private setRoutes(node: string, wanted: ReadonlyMap<string, string>): void {
    const { network } = this.context;
    for (const cidr of this.routes.get(node)?.keys() ?? []) if (!wanted.has(cidr)) network.removeRoute(cidr);
    for (const [cidr, via] of wanted) network.setRoute(cidr, via);
    this.routes.set(node, wanted);
  }
}

function podCIDRsOf({ spec }: Node): readonly string[] {
  return spec.podCIDRs ?? (spec.podCIDR ? [spec.podCIDR] : []);
}

/** The pod networks of a node through its address of the same family. */
function routesTo(node: Node, cidrs: readonly string[]): ReadonlyMap<string, string> {
  const internal = (node.status.addresses ?? []).filter(({ type }) => type === 'InternalIP');
  const routes = new Map<string, string>();
  for (const cidr of cidrs) {
    const via = internal.find(({ address }) => address.includes(':') === cidr.includes(':'));
    if (via) routes.set(cidr, via.address);
  }
  return routes;
}

/** The configuration for the plug-ins ptp with host-local, and portmap, with a default route for each family. */
function cniConfig(cidrs: readonly string[]): string {
  const routes = cidrs.map((cidr) => `\t\t\t\t{ "dst": "${cidr.includes(':') ? '::/0' : '0.0.0.0/0'}" }`);
  const ranges = cidrs.map((cidr) => `\t\t\t\t[ { "subnet": "${cidr}" } ]`);
  return `
{
\t"cniVersion": "0.3.1",
\t"name": "kindnet",
\t"plugins": [
\t{
\t\t"type": "ptp",
\t\t"ipMasq": false,
\t\t"ipam": {
\t\t\t"type": "host-local",
\t\t\t"dataDir": "/run/cni-ipam-state",
\t\t\t"routes": [
${routes.join(',\n')}
\t\t\t],
\t\t\t"ranges": [
${ranges.join(',\n')}
\t\t\t]
\t\t},
\t\t"mtu": ${mtu}
\t},
\t{
\t\t"type": "portmap",
\t\t"capabilities": {
\t\t\t"portMappings": true
\t\t}
\t}
\t]
}
`;
}
