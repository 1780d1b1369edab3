/**
 * The CNI plug-ins of a kind node: ptp with host-local address management, then portmap. containerd executes them once
 * per sandbox; here one process a machine stands for all those executions. What host-local remembers lies in the node's
 * /run/cni-ipam-state, as there, so it survives restarts. Not modelled: interfaces, netns, the plug-ins' own binaries.
 */
import type { CallResult, IncomingCall, ProcessHost, Program } from '../sim/process';
import { type Task, waitFor } from '../sim/task';
import type { PortMapping } from './cri';
import type { FileTree } from './filesystem';
import type { MachineNetwork } from './host-network';
import { hostAddress, hostCount, hostNumber } from './ip';

export const cniSocket = 'unix:///opt/cni/bin';
/** Where runtimes look for network configurations. */
export const cniConfigDirectory = '/etc/cni/net.d';
const stateDirectory = '/run/cni-ipam-state';
const lastReserved = 'last_reserved_ip.0';

export interface CniRequest {
  readonly command: 'ADD' | 'DEL';
  readonly containerId: string;
  readonly portMappings: readonly PortMapping[];
}

export type CniResult =
  | { readonly ok: true; readonly ip: string }
  | { readonly ok: false; readonly message: string };

interface NetworkConfig {
  readonly name: string;
  readonly subnet: string;
}

/** The first configuration of the node, or undefined while there is none. */
export function readNetworkConfig(files: FileTree): NetworkConfig | undefined {
  const name = files.list(cniConfigDirectory)?.find((file) => /\.(conf|conflist|json)$/.test(file));
  const text = name === undefined ? undefined : files.read(`${cniConfigDirectory}/${name}`);
  if (text === undefined) return undefined;
  const subnet = /"subnet":\s*"([^"]+)"/.exec(text)?.[1];
  const network = /"name":\s*"([^"]+)"/.exec(text)?.[1];
  return subnet === undefined || network === undefined ? undefined : { name: network, subnet };
}

/** Gives out the next free address of the subnet for a sandbox, round robin as host-local; undefined when all are taken. */
export function allocateAddress(files: FileTree, network: string, subnet: string, owner: string): string | undefined {
  const directory = `${stateDirectory}/${network}`;
  const count = hostCount(subnet);
  const last = files.read(`${directory}/${lastReserved}`);
  const start = last === undefined ? 0 : hostNumber(subnet, last);
  for (let step = 1; step <= count; step += 1) {
    const number = ((start + step - 1) % count) + 1;
    const address = hostAddress(subnet, number);
    // The first address is the gateway's.
    if (number === 1 || address === undefined || files.exists(`${directory}/${address}`)) continue;
    files.write(`${directory}/${address}`, `${owner}\neth0`);
    files.write(`${directory}/${lastReserved}`, address);
    return address;
  }
  return undefined;
}

/** Takes back the address of a sandbox; undefined when it had none. */
export function releaseAddress(files: FileTree, network: string, owner: string): string | undefined {
  const directory = `${stateDirectory}/${network}`;
  const address = files.list(directory)?.find((file) => files.read(`${directory}/${file}`) === `${owner}\neth0`);
  if (address !== undefined) files.remove(`${directory}/${address}`);
  return address;
}

export class CniPlugins implements Program {
  constructor(
    private readonly files: FileTree,
    private readonly network: MachineNetwork,
  ) {}

  start(host: ProcessHost): void {
    host.listen(cniSocket);
  }

  serve(call: IncomingCall): void {
    const request = call.payload as CniRequest;
    const result = request.command === 'ADD' ? this.add(request) : this.remove(request);
    call.reply(result, { ...call.subject, message: result.ok ? result.ip : result.message });
  }

  private add({ containerId, portMappings }: CniRequest): CniResult {
    const config = readNetworkConfig(this.files);
    if (!config) return { ok: false, message: 'cni plugin not initialized' };
    const ip = allocateAddress(this.files, config.name, config.subnet, containerId);
    if (ip === undefined) {
      const range = `${hostAddress(config.subnet, 1)}-${hostAddress(config.subnet, hostCount(config.subnet))}`;
      const why = `failed to allocate for range 0: no IP addresses available in range set: ${range}`;
      return { ok: false, message: `plugin type="ptp" failed (add): ${why}` };
    }
    this.network.addPodAddress(ip);
    for (const { hostIP, hostPort, containerPort } of portMappings) {
      if (hostPort > 0) this.network.addHostPort(hostIP, hostPort, { ip, port: containerPort });
    }
    return { ok: true, ip };
  }

  private remove({ containerId }: CniRequest): CniResult {
    const config = readNetworkConfig(this.files);
    const ip = config ? releaseAddress(this.files, config.name, containerId) : undefined;
    if (ip !== undefined) {
      this.network.removePodAddress(ip);
      this.network.removeHostPorts(ip);
    }
    return { ok: true, ip: ip ?? '' };
  }
}

/** Executes the plug-ins for a sandbox. */
export function* executeCni(host: ProcessHost, request: CniRequest, namespace: string, name: string): Task<CniResult> {
  const subject = { verb: request.command, namespace, name };
  const result = yield* waitFor<CallResult>((resume) => {
    host.call({ to: cniSocket, channel: 'cni', subject, payload: request }, { onResult: resume });
  });
  if (result.ok) return result.payload as CniResult;
  return { ok: false, message: 'failed to find plugin "ptp" in path [/opt/cni/bin]' };
}
