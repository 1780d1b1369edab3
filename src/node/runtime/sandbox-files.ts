/** The files that containerd writes for a sandbox and mounts into each of its containers: resolv.conf and hostname. */
import type { CriMount, DnsConfig, PodSandboxConfig } from '../cri';
import type { FileTree } from '../filesystem';

const directory = '/var/lib/containerd/io.containerd.grpc.v1.cri/sandboxes';

/** Writes the files of a new sandbox to the node's disk. */
export function writeSandboxFiles(files: FileTree, id: string, { dns, hostname }: PodSandboxConfig): void {
  files.write(`${directory}/${id}/resolv.conf`, resolvConf(dns));
  files.write(`${directory}/${id}/hostname`, `${hostname}\n`);
}

/** Removes them with the sandbox. */
export function removeSandboxFiles(files: FileTree, id: string): void {
  files.remove(`${directory}/${id}`);
}

/** The files as each container of the sandbox sees them. */
export function sandboxMounts(id: string): CriMount[] {
  return ['resolv.conf', 'hostname'].map((file) =>
    ({ containerPath: `/etc/${file}`, hostPath: `${directory}/${id}/${file}`, readOnly: false }));
}

function resolvConf({ searches, servers, options }: DnsConfig): string {
  const lines = [
    ...(searches.length > 0 ? [`search ${searches.join(' ')}`] : []),
    ...servers.map((server) => `nameserver ${server}`),
    ...(options.length > 0 ? [`options ${options.join(' ')}`] : []),
  ];
  return lines.map((line) => `${line}\n`).join('');
}
