/**
 * The file system as programs in a container see it: the container's own with what every image and kernel puts there
 * (standard directories, /proc, /etc/hosts) where nothing else lies. Appended text is collected until somebody looks.
 */
import { formatTime } from '../../../api/time';
import { baseName, type FileError, type FileSystem, parentOf } from '../../filesystem';
import type { ContainerContext } from '../../images';
import { defaultResolvConf, hostsText } from '../servers/upstream';
import { flavourOf } from './tools';

/** The largest file that the simulated disk takes, in characters. */
export const fileLimit = 16 * 1024 * 1024;

const directories = new Set([
  '/', '/bin', '/dev', '/etc', '/home', '/lib', '/mnt', '/opt', '/proc', '/root', '/run', '/sbin', '/srv', '/sys',
  '/tmp', '/usr',
  '/usr/bin', '/usr/lib', '/usr/local', '/usr/local/bin', '/usr/sbin', '/usr/share', '/var', '/var/cache', '/var/lib',
  '/var/log', '/var/run', '/var/tmp',
  '/var/spool', '/proc/self', '/dev/shm', '/proc/1', '/sys/fs', '/sys/fs/cgroup',
]);
const devices = new Set([
  '/dev/null', '/dev/zero', '/dev/urandom', '/dev/random', '/dev/stdin', '/dev/stdout', '/dev/stderr', '/dev/full',
  '/dev/tty',
]);

export type WriteError = FileError | 'No space left on device' | 'Permission denied';

export class ShellFiles {
  private readonly pending = new Map<string, string[]>();
  private readonly removed = new Set<string>();

  constructor(
    private readonly context: ContainerContext,
    private readonly wallMs: () => number,
  ) {}

  private get files(): FileSystem {
    return this.context.files;
  }

  read(path: string): string | undefined {
    this.flush();
    return this.files.read(path) ?? (this.removed.has(path) ? undefined : this.generated(path));
  }

  exists(path: string): boolean {
    this.flush();
    return this.files.exists(path) || this.isDirectory(path) || devices.has(path)
      || (!this.removed.has(path) && this.generated(path) !== undefined);
  }

  isDirectory(path: string): boolean {
    if (this.files.isDirectory(path)) return true;
    if (this.files.read(path) !== undefined) return false;
    return (directories.has(path) || this.files.list(path) !== undefined || path === this.context.workingDir)
      && !this.removed.has(path);
  }

  isDevice(path: string): boolean {
    return devices.has(path);
  }

  list(path: string): readonly string[] | undefined {
    this.flush();
    const own = this.files.list(path);
    if (!own && !this.isDirectory(path)) return undefined;
    const names = new Set(own ?? []);
    for (const known of [...directories, ...devices, ...generatedPaths]) {
      if (known !== '/' && parentOf(known) === path && this.exists(known)) names.add(baseName(known));
    }
    return [...names].sort();
  }

  /** Writes a whole file; the directory above it must exist. */
  write(path: string, text: string): WriteError | undefined {
    this.flush();
    const problem = this.writable(path);
    if (problem) return problem;
    if (text.length > fileLimit) return 'No space left on device';
    return this.files.write(path, text);
  }

  /** Why a file cannot be written at this path. */
  writable(path: string): WriteError | undefined {
    if (path.startsWith('/proc/') || path.startsWith('/sys/')) return 'Permission denied';
    if (this.isDirectory(path)) return 'Is a directory';
    const above = parentOf(path);
    if (!this.isDirectory(above)) return this.exists(above) ? 'Not a directory' : 'No such file or directory';
    return undefined;
  }

  append(path: string, text: string): void {
    const pieces = this.pending.get(path);
    if (pieces) pieces.push(text);
    else this.pending.set(path, [text]);
  }

  /** Brings appended text to the files; what no longer fits is lost, as on a full disk. */
  flush(): void {
    if (this.pending.size === 0) return;
    for (const [path, pieces] of this.pending) {
      const before = this.files.read(path) ?? '';
      this.files.write(path, `${before}${pieces.join('')}`.slice(0, fileLimit));
    }
    this.pending.clear();
  }

  makeDirectory(path: string): WriteError | undefined {
    return this.files.makeDirectory(path);
  }

  remove(path: string): WriteError | undefined {
    this.flush();
    if (!this.files.exists(path)) {
      // What every image has by itself can be removed too; it is gone for this program only.
      this.removed.add(path);
      return undefined;
    }
    return this.files.remove(path);
  }

  private generated(path: string): string | undefined {
    const { context } = this;
    const busybox = flavourOf(context.image) === 'busybox';
    switch (path) {
      case '/etc/hostname': return `${context.env['HOSTNAME'] ?? context.pod.name}\n`;
      case '/etc/hosts': return hostsText(context);
      case '/etc/resolv.conf': return defaultResolvConf(context.pod.namespace);
      case '/etc/passwd': return `root:x:0:0:root:/root:/bin/${busybox ? 'sh' : 'bash'}\n`
        + `nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n`;
      case '/etc/group': return 'root:x:0:\nnogroup:x:65534:\n';
      case '/etc/os-release': return osRelease(context);
      case '/proc/uptime': return `${(this.wallMs() / 1000 % 10_000_000).toFixed(2)} 0.00\n`;
      case '/proc/loadavg': return '0.10 0.10 0.10 1/100 1\n';
      case '/proc/meminfo': return 'MemTotal:        8025456 kB\nMemFree:         4012728 kB\nMemAvailable:    '
        + '6019092 kB\n';
      case '/proc/cpuinfo': return 'processor\t: 0\nmodel name\t: simulated\n\nprocessor\t: 1\nmodel name\t: '
        + 'simulated\n\n';
      case '/proc/version': return 'Linux version 6.8.0 (simulated)\n';
      case '/proc/1/cmdline': return context.command.map((word) => `${word}\0`).join('');
      default: return undefined;
    }
  }

  /** The time that listings show: the simulation keeps none per file. */
  get timestamp(): string {
    return formatTime(this.wallMs());
  }
}

const generatedPaths = [
  '/etc/hostname', '/etc/hosts', '/etc/resolv.conf', '/etc/passwd', '/etc/group', '/etc/os-release', '/proc/uptime',
  '/proc/loadavg',
  '/proc/meminfo', '/proc/cpuinfo', '/proc/version', '/proc/1/cmdline',
];

function osRelease({ image }: ContainerContext): string | undefined {
  if (image.base === 'scratch') return undefined;
  if (image.base !== 'busybox') {
    return 'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nNAME="Debian GNU/Linux"\nVERSION_ID="13"\nID=debian\n';
  }
  return image.tools?.includes('apk') ? 'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.22.0\n' : undefined;
}
