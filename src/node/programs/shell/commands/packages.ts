/**
 * Package managers: installing takes a plausible time and adds the packages' commands to the container. There is no
 * package archive in a simulation; a package is known when it brings a command that the simulation has.
 */
import type { Task } from '../../../../sim/task';
import { fail, isBusybox, options, print, type Tool, type ToolCall, type Tools } from './tool';

/** The commands of packages that are not named like their only command. */
const commandsOf: Readonly<Record<string, readonly string[]>> = {
  'dnsutils': ['dig', 'nslookup', 'host'], 'bind9-dnsutils': ['dig', 'nslookup', 'host'],
  'bind-tools': ['dig', 'nslookup', 'host'], 'bind-utils': ['dig', 'nslookup', 'host'],
  'iputils-ping': ['ping'], 'inetutils-ping': ['ping'], 'iputils': ['ping'], 'iproute2': ['ip', 'ss'],
  'iproute': ['ip', 'ss'], 'net-tools': ['ifconfig', 'netstat', 'route'],
  'netcat': ['nc'], 'netcat-openbsd': ['nc'], 'netcat-traditional': ['nc'], 'ncat': ['ncat', 'nc'],
  'nmap-ncat': ['ncat', 'nc'],
  'procps': ['ps', 'top', 'free', 'uptime', 'watch', 'pgrep', 'pkill'],
  'procps-ng': ['ps', 'top', 'free', 'uptime', 'watch', 'pgrep', 'pkill'], 'psmisc': ['killall'],
  'curl': ['curl'], 'wget': ['wget'], 'bash': ['bash'], 'stress': ['stress'], 'stress-ng': ['stress-ng'],
  'redis-tools': ['redis-cli'], 'redis': ['redis-cli'],
  'jq': ['jq'], 'vim': ['vim', 'vi'], 'nano': ['nano'], 'git': ['git'], 'telnet': ['telnet'],
  'traceroute': ['traceroute'], 'tcpdump': ['tcpdump'],
  'ca-certificates': [], 'gnupg': [], 'lsb-release': [], 'apt-transport-https': [], 'software-properties-common': [],
  'build-essential': [], 'openssl': ['openssl'],
  'less': ['less'], 'unzip': ['unzip'], 'python3': [], 'python3-pip': [], 'htop': ['htop'], 'strace': ['strace'],
  'iperf3': ['iperf3'], 'mysql-client': [], 'postgresql-client': [],
  'default-mysql-client': [], 'nginx': [], 'apache2': [], 'openssh-client': [], 'gcc': [], 'make': [], 'tini': [],
  'dumb-init': [], 'socat': ['socat'], 'busybox': ['busybox'],
};
const updateMs = 3_000;
const installMs = 2_500;
const packageMs = 800;

/** Marks a container whose package lists have been fetched. */
const fetched = 'package lists';

function apt(): Tool {
  return function* (call) {
    const { set, rest } = options(call.args, ['o', 't', 'c']);
    const [verb, ...names] = rest;
    const quiet = set.has('q') || set.has('qq') || set.has('quiet');
    const { shell } = call;
    const { installed } = shell.world.context;
    switch (verb) {
      case 'update':
        yield* shell.process.sleep(updateMs);
        installed.add(fetched);
        if (!quiet) {
          yield* print(call, 'Get:1 http://deb.debian.org/debian stable InRelease\nFetched 9,000 kB in 3s (3,000 '
            + 'kB/s)\nReading package lists...\n');
        }
        return 0;
      case 'install': return yield* aptInstall(call, names, quiet);
      case 'upgrade': case 'dist-upgrade': case 'clean': case 'autoremove': case 'autoclean': return 0;
      case 'remove': case 'purge': return 0;
      default: return yield* fail({ ...call, name: 'E' }, verb === undefined ? 'No operation specified'
        : `Invalid operation ${verb}`, 100);
    }
  };
}

function* aptInstall(call: ToolCall, names: readonly string[], quiet: boolean): Task<number> {
  const { installed } = call.shell.world.context;
  if (!quiet) {
    yield* print(call, 'Reading package lists...\nBuilding dependency tree...\nReading state information...\n');
  }
  const unknown = names.filter((name) => !Object.hasOwn(commandsOf, packageName(name)) || !installed.has(fetched));
  // Debian's images come without package lists: before `apt-get update` no package is known.
  for (const name of unknown) yield* call.shell.print(2, `E: Unable to locate package ${name}\n`);
  if (unknown.length > 0) return 100;
  yield* call.shell.process.sleep(installMs + packageMs * names.length);
  add(call, names);
  for (const name of names) yield* print(call, quiet ? '' : `Setting up ${name} ...\n`);
  return 0;
}

function packageName(name: string): string {
  return name.replace(/[=:/].*$/, '');
}

function add({ shell }: ToolCall, names: readonly string[]): void {
  for (const name of names) {
    for (const command of commandsOf[packageName(name)] ?? []) shell.world.context.installed.add(command);
  }
}

function* apk(call: ToolCall): Task<number> {
  const { rest } = options(call.args, ['X', 't', 'virtual', 'repository']);
  const [verb, ...names] = rest;
  const { shell } = call;
  if (verb === 'update') {
    yield* shell.process.sleep(updateMs / 3);
    yield* print(call, 'fetch https://dl-cdn.alpinelinux.org/alpine/main/x86_64/APKINDEX.tar.gz\nOK: 25000 distinct '
      + 'packages available\n');
    return 0;
  }
  if (verb !== 'add') {
    return verb === 'del' || verb === 'upgrade' ? 0
      : yield* fail(call, `'${verb ?? ''}' is not an apk command. See 'apk --help'.`);
  }
  const unknown = names.filter((name) => !Object.hasOwn(commandsOf, packageName(name)));
  if (unknown.length > 0) {
    yield* shell.print(2, `ERROR: unable to select packages:\n`
      + `${unknown.map((name) => `  ${name} (no such package):\n    required by: world[${name}]\n`).join('')}`);
    return unknown.length;
  }
  yield* shell.process.sleep(packageMs * (1 + names.length));
  add(call, names);
  for (let at = 0; at < names.length; at += 1) {
    yield* print(call, `(${at + 1}/${names.length}) Installing ${names[at]}\n`);
  }
  yield* print(call, 'Executing busybox.trigger\nOK: 12 MiB\n');
  return 0;
}

function* yum(call: ToolCall): Task<number> {
  const [verb, ...names] = options(call.args).rest;
  if (verb !== 'install') return verb === undefined ? 1 : 0;
  const unknown = names.filter((name) => !Object.hasOwn(commandsOf, packageName(name)));
  if (unknown.length > 0) {
    yield* call.shell.print(2,
      `${unknown.map((name) => `No match for argument: ${name}\n`).join('')}Error: Unable to find a match: `
      + `${unknown.join(' ')}\n`);
    return 1;
  }
  yield* call.shell.process.sleep(installMs + packageMs * names.length);
  add(call, names);
  yield* print(call, 'Complete!\n');
  return 0;
}

export const packageTools: Tools = {
  'apt': apt(), 'apt-get': apt(), apk, yum, dnf: yum,
  *dpkg(call) {
    return isBusybox(call) ? 1 : 0;
  },
};
