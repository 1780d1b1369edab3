/**
 * Which programs of the terminal only read: those may be asked about a moment of the past, which nothing can change.
 * Told by the command alone; what is not known to read counts as writing.
 */
import type { TerminalProgram } from '../../protocol/terminal';
import { commandPath } from '../kubectl/command/program';

const kubectlCommands: ReadonlySet<string> = new Set([
  '', 'api-resources', 'api-versions', 'auth can-i', 'auth whoami', 'cluster-info', 'config current-context',
  'config get-clusters', 'config get-contexts', 'config get-users', 'config view', 'describe', 'diff', 'events',
  'explain', 'get', 'logs', 'rollout history', 'rollout status', 'top node', 'top pod', 'version', 'wait',
]);

/** Programs of a node that read whatever their arguments are. */
const tools: ReadonlySet<string> = new Set([
  'cat', 'date', 'env', 'grep', 'head', 'hostname', 'id', 'iptables-save', 'journalctl', 'ls', 'nslookup', 'ps', 'pwd',
  'tail', 'uname', 'wget', 'wc', 'whoami',
]);

/** Those of which some commands read, by the words they begin with. */
const parts: Readonly<Record<string, readonly RegExp[]>> = {
  crictl: [/^(?:images?|info|inspect[ip]?|logs|pods|ps|stats|version)\b/],
  ip: [/^(?:-\S+ )*(?:a|addr|address|l|link|neigh|r|route)\b(?: (?:list|show|get)\b.*)?$/],
  systemctl: [/^(?:is-active|is-enabled|list-units|show|status)\b/],
  etcdctl: [/^(?:alarm list|endpoint (?:health|status)|get|lease list|member list|version|watch)\b/],
};

/** Options of curl that send something. */
const curlSends = /^(?:-d|-F|-T|-X(?!GET$)|--data.*|--form.*|--request(?!=GET$)|--upload-file.*)/;

/** Whether a program changes nothing but its own screen. */
export function readsOnly(program: TerminalProgram): boolean {
  if (program.kind === 'kubectl') {
    const path = commandPath(program.args);
    // What is no command at all is refused by kubectl itself, in its own words.
    if (path === undefined) return true;
    if (path === 'exec') return readsInPod(program.args);
    return kubectlCommands.has(path);
  }
  return readsOnNode(program.args);
}

/** What `kubectl exec POD -- ...` runs there. */
function readsInPod(args: readonly string[]): boolean {
  const dash = args.indexOf('--');
  return dash >= 0 && readsOnNode(args.slice(dash + 1));
}

function readsOnNode([path = '', ...args]: readonly string[]): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (tools.has(name)) return true;
  if (name === 'curl') return !args.some((arg) => curlSends.test(arg));
  if (!Object.hasOwn(parts, name)) return false;
  // Flags may stand before the words of a command.
  const words = name === 'ip' ? args : args.filter((arg) => !arg.startsWith('-'));
  return parts[name]?.some((pattern) => pattern.test(words.join(' '))) ?? false;
}
