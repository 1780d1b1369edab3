/** The /etc/hosts of a pod, which the kubelet writes and mounts into each container (ensureHostsFile). */
import type { Pod } from '../../api/types';
import type { FileTree } from '../filesystem';

/** Where the file of a pod lies on the node. */
export function etcHostsPath(uid: string): string {
  return `/var/lib/kubelet/pods/${uid}/etc-hosts`;
}

/** Writes the file; a pod on the host's network begins with what the host has. */
export function writeHostsFile(files: FileTree, pod: Pod, podIP: string, hostname: string): void {
  const { spec, metadata } = pod;
  const { subdomain, hostNetwork } = spec;
  const domain = subdomain ? `${hostname}.${subdomain}.${metadata.namespace}.svc.cluster.local\t` : '';
  const own = hostNetwork
    ? `# Kubernetes-managed hosts file (host network).\n${files.read('/etc/hosts') ?? '127.0.0.1\tlocalhost\n'}`
    : `# Kubernetes-managed hosts file.\n${locals}${podIP}\t${domain}${hostname}\n`;
  const aliases = (spec.hostAliases ?? []).map(({ ip, hostnames = [] }) => `${ip}\t${hostnames.join('\t')}\n`);
  const added = aliases.length > 0 ? `\n# Entries added by HostAliases.\n${aliases.join('')}` : '';
  files.write(etcHostsPath(metadata.uid), `${own}${added}`);
}

const locals = [
  '127.0.0.1\tlocalhost', '::1\tlocalhost ip6-localhost ip6-loopback', 'fe00::\tip6-localnet',
  'fe00::\tip6-mcastprefix', 'fe00::1\tip6-allnodes', 'fe00::2\tip6-allrouters', '',
].join('\n');
