/**
 * `etcdctl` inside the etcd container, where it has to name the certificates as the real one does: without them the member
 * does not answer, and after its time the tool says why. What is in the files is not looked at. On a node's command line
 * the sandbox spares its user the flags.
 */
import { formatTime } from '../api/time';
import { certificatesDir } from '../kind/kubeadm/static-pod';
import type { ContainerContext, ProgramFactory } from '../node/images';
import type { ProcessHost } from '../sim/process';
import { etcdctl, readArguments } from './etcdctl';

const directory = `${certificatesDir}/etcd`;
/** Made by kubeadm and mounted into the container. */
const pairs = ['ca', 'healthcheck-client', 'peer', 'server'];
const known = new Set(pairs.flatMap((name) => [`${directory}/${name}.crt`, `${directory}/${name}.key`]));

/** How long etcdctl tries before it gives up. */
const giveUpMs = 5_000;

/** The program behind the name `etcdctl` in the image of etcd. */
export const etcdctlInPod: ProgramFactory = (context) => {
  const args = readArguments(context.command.slice(1));
  if (typeof args === 'string' || args.words.length === 0 || args.words[0] === 'version') return etcdctl(context);
  const { flags } = args;
  for (const name of ['cert', 'key', 'cacert']) {
    const path = flags.get(name);
    if (path !== undefined && !known.has(path) && !context.files.exists(path)) {
      return ending(context, 0, `Error: open ${path}: no such file or directory\n`);
    }
  }
  const reason = unreachable(flags);
  return reason === undefined ? etcdctl(context) : ending(context, giveUpMs, reason);
};

/** Why the member does not take the connection; undefined when it does. */
function unreachable(flags: ReadonlyMap<string, string>): string | undefined {
  const secured = flags.has('cert') && flags.has('key');
  // With a key pair but without a scheme etcdctl speaks TLS all the same.
  const speaksTls = (flags.get('endpoints') ?? '').startsWith('https://') || secured || flags.has('cacert');
  if (!speaksTls) return 'connection closed before server preface received';
  if (!flags.has('cacert')) {
    return 'connection error: desc = \\"transport: authentication handshake failed: tls: failed to verify certificate: '
      + 'x509: certificate signed by unknown authority\\"';
  }
  return secured ? undefined
    : 'connection error: desc = \\"error reading server preface: remote error: tls: certificate required\\"';
}

function ending(context: ContainerContext, afterMs: number, reason: string) {
  const end = (host: ProcessHost): void => {
    context.write(
      'stderr',
      afterMs === 0
        ? reason
        : `{"level":"warn","ts":"${formatTime(host.wallMs)}","logger":"etcd-client",` +
            '"caller":"v3@v3.6.8/retry_interceptor.go:65","msg":"retrying of unary invoker failed","target":"etcd-endpoints://0xc000162000/127.0.0.1:2379",' +
            '"method":"/etcdserverpb.KV/Range","attempt":0,"error":"rpc error: code = DeadlineExceeded desc = latest ' +
            `balancer error: last connection error: ${reason}"}\nError: context deadline exceeded\n`,
    );
    host.exit(1);
  };
  return { start: (host: ProcessHost) => void host.after(afterMs, () => end(host)) };
}
