/**
 * Which everyday commands an image's base brings along. Busybox has them all in one binary; Debian's images are slim
 * and lack what a package manager would add; of an image that is not known everything is assumed.
 */
import type { ImageBase, ImageDescription } from '../../images';

const everywhere = [
  'sh', 'basename', 'base64', 'cat', 'chmod', 'chown', 'cp', 'cut', 'date', 'dd', 'df', 'dirname', 'du', 'echo', 'env',
  'expr', 'false', 'grep', 'egrep', 'fgrep', 'head', 'hostname', 'id', 'kill', 'ln', 'ls', 'md5sum', 'mkdir', 'mktemp',
  'mv', 'nproc', 'od',
  'printenv', 'printf', 'pwd', 'readlink', 'realpath', 'rm', 'rmdir', 'sed', 'seq', 'sha256sum', 'sleep', 'sort',
  'stat', 'stty',
  'sync', 'tac', 'tail', 'tee', 'test', '[', 'timeout', 'touch', 'tr', 'true', 'tty', 'uname', 'uniq', 'wc', 'whoami',
  'xargs', 'yes',
  'awk', 'find', 'tar', 'gzip', 'arch', 'nice', 'nohup', 'shuf', 'fold', 'rev', 'paste', 'split', 'comm', 'truncate',
  'which',
].filter((tool, index, all) => all.indexOf(tool) === index);

const busybox = [
  'ash', 'busybox', 'clear', 'free', 'httpd', 'ifconfig', 'ip', 'less', 'more', 'nc', 'netstat', 'nslookup', 'ping',
  'pgrep', 'pkill',
  'killall', 'ps', 'route', 'top', 'traceroute', 'uptime', 'usleep', 'vi', 'watch', 'wget', 'crond', 'telnet',
];

const debian = ['bash', 'dash', 'apt', 'apt-get', 'dpkg', 'gawk', 'mawk'];
const networkTools = ['curl', 'wget', 'nslookup', 'dig', 'host', 'nc', 'ncat', 'ping', 'traceroute', 'ip', 'ifconfig',
  'netstat', 'ss', 'telnet'];
const procps = ['ps', 'free', 'top', 'uptime', 'watch', 'pgrep', 'pkill', 'killall'];

const byBase: Readonly<Record<ImageBase, readonly string[]>> = {
  scratch: [],
  busybox: [...everywhere, ...busybox],
  debian: [...everywhere, ...debian],
  any: [...everywhere, ...busybox, ...debian, ...networkTools, ...procps, 'apk', 'yum', 'dnf', 'jq'],
};

/** Sets of tools by name, for the catalog. */
export const toolSets = Object.freeze({ networkTools, procps, apk: ['apk'], bash: ['bash'] });

const known = new WeakMap<ImageDescription, ReadonlySet<string>>();

/** The tools that an image has, by the names they are called with. */
export function toolsOf(image: ImageDescription): ReadonlySet<string> {
  const found = known.get(image);
  if (found) return found;
  const made: ReadonlySet<string> = new Set([...byBase[image.base], ...(image.tools ?? [])]);
  known.set(image, made);
  return made;
}

/** Whose words tools and shell use in an image: busybox' own, or those of coreutils and dash. */
export function flavourOf(image: ImageDescription): 'busybox' | 'gnu' {
  return image.base === 'busybox' ? 'busybox' : 'gnu';
}
