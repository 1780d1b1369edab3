/** The checks of the baseline level, in upstream's order. Models the check_*.go of pod-security-admission's policy. */
import { quote } from '../../../api/go-text';
import { sortedKeys } from '../../../base/freeze';
import type { Container, LifecycleHandler, NewObjectMeta, PodSpec, SELinuxOptions } from '../../../api/types';
import {
  type Check, containersOf, containersText, isInUserNamespace, namesOf, plural, quoted, settersText, sorted,
  type Violation,
} from './check';

const appArmorPrefix = 'container.apparmor.security.beta.kubernetes.io/';
const seccompPod = 'seccomp.security.alpha.kubernetes.io/pod';
const seccompPrefix = 'container.seccomp.security.alpha.kubernetes.io/';
const capabilities = new Set([
  'AUDIT_WRITE', 'CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'MKNOD', 'NET_BIND_SERVICE', 'SETFCAP', 'SETGID',
  'SETPCAP', 'SETUID', 'SYS_CHROOT',
]);
const seLinuxTypes = ['', 'container_t', 'container_init_t', 'container_kvm_t'];
const sysctls = [
  'kernel.shm_rmid_forced', 'net.ipv4.ip_local_port_range', 'net.ipv4.tcp_syncookies', 'net.ipv4.ping_group_range',
  'net.ipv4.ip_unprivileged_port_start',
];
const sysctls27 = [...sysctls, 'net.ipv4.ip_local_reserved_ports'];
const sysctls29 = [
  ...sysctls27, 'net.ipv4.tcp_keepalive_time', 'net.ipv4.tcp_fin_timeout', 'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
];
const sysctls32 = [...sysctls29, 'net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem'];

function isSafeProfile(type: string): boolean {
  return type === 'RuntimeDefault' || type === 'Localhost';
}

function annotationText(metadata: NewObjectMeta, name: string): string {
  return `${name}=${quote(metadata.annotations?.[name] ?? '')}`;
}

function appArmor(spec: PodSpec, metadata: NewObjectMeta): Violation | undefined {
  const own = spec.securityContext?.appArmorProfile?.type;
  const isBad = (type: string | undefined): type is string => type !== undefined && !isSafeProfile(type);
  const typeOf = ({ securityContext }: Container): string | undefined => securityContext?.appArmorProfile?.type;
  const containers = containersOf(spec).filter((container) => isBad(typeOf(container)));
  const annotations = sortedKeys(metadata.annotations).filter((name) => {
    const value = metadata.annotations?.[name] ?? '';
    return name.startsWith(appArmorPrefix)
      && value !== '' && value !== 'runtime/default' && !value.startsWith('localhost/');
  }).map((name) => annotationText(metadata, name));
  const values = [...sorted([own, ...containers.map(typeOf)].filter(isBad)), ...annotations];
  if (values.length === 0) return undefined;
  const setters = [
    ...(isBad(own) ? ['pod'] : []),
    ...(containers.length > 0 ? [containersText(containers.map(({ name }) => name))] : []),
    ...(annotations.length > 0 ? [plural('annotation', 'annotations', annotations.length)] : []),
  ];
  return {
    reason: plural('forbidden AppArmor profile', 'forbidden AppArmor profiles', values.length),
    detail: `${setters.join(' and ')} must not set AppArmor profile type to ${quoted(values)}`,
  };
}

function addedCapabilities(spec: PodSpec): Violation | undefined {
  const bad = (container: Container): readonly string[] =>
    (container.securityContext?.capabilities?.add ?? []).filter((name) => !capabilities.has(name));
  const names = namesOf(spec, (container) => bad(container).length > 0);
  if (names.length === 0) return undefined;
  const added = quoted(sorted(containersOf(spec).flatMap(bad)));
  const detail = `${containersText(names)} must not include ${added} in securityContext.capabilities.add`;
  return { reason: 'non-default capabilities', detail };
}

function hostNamespaces({ hostNetwork, hostPID, hostIPC }: PodSpec): Violation | undefined {
  const shared = [
    ...(hostNetwork ? ['hostNetwork=true'] : []), ...(hostPID ? ['hostPID=true'] : []),
    ...(hostIPC ? ['hostIPC=true'] : []),
  ];
  return shared.length === 0 ? undefined : { reason: 'host namespaces', detail: shared.join(', ') };
}

function hostPaths({ volumes = [] }: PodSpec): Violation | undefined {
  const names = volumes.filter(({ hostPath }) => hostPath !== undefined).map(({ name }) => name);
  if (names.length === 0) return undefined;
  return { reason: 'hostPath volumes', detail: `${plural('volume', 'volumes', names.length)} ${quoted(names)}` };
}

function hostPorts(spec: PodSpec): Violation | undefined {
  const bad = ({ ports = [] }: Container): readonly string[] => ports.flatMap(({ hostPort }) =>
    (hostPort ? [String(hostPort)] : []));
  const names = namesOf(spec, (container) => bad(container).length > 0);
  if (names.length === 0) return undefined;
  const ports = sorted(containersOf(spec).flatMap(bad));
  const verb = plural('uses', 'use', names.length);
  return {
    reason: 'hostPort',
    detail: `${containersText(names)} ${verb} ${plural('hostPort', 'hostPorts', ports.length)} ${ports.join(', ')}`,
  };
}

function handlerHosts(handler: LifecycleHandler | undefined): readonly string[] {
  return [handler?.httpGet?.host, handler?.tcpSocket?.host].flatMap((host) => (host ? [host] : []));
}

function probeHosts(spec: PodSpec): Violation | undefined {
  const bad = ({ livenessProbe, readinessProbe, startupProbe, lifecycle }: Container): readonly string[] =>
    [livenessProbe, readinessProbe, startupProbe, lifecycle?.postStart, lifecycle?.preStop].flatMap(handlerHosts);
  const names = sorted(namesOf(spec, (container) => bad(container).length > 0));
  if (names.length === 0) return undefined;
  const hosts = sorted(containersOf(spec).flatMap(bad));
  const reason = 'probe or lifecycle host';
  const what = plural(reason, 'probe or lifecycle hosts', hosts.length);
  return { reason, detail: `${containersText(names)} ${plural('uses', 'use', names.length)} ${what} ${quoted(hosts)}` };
}

function privileged(spec: PodSpec): Violation | undefined {
  const names = namesOf(spec, ({ securityContext }) => securityContext?.privileged === true);
  if (names.length === 0) return undefined;
  return { reason: 'privileged', detail: `${containersText(names)} must not set securityContext.privileged=true` };
}

/** Masks of /proc taken away. */
export function procMount(spec: PodSpec): Violation | undefined {
  const bad = ({ securityContext }: Container): readonly string[] => {
    const type = securityContext?.procMount;
    return type === undefined || type === 'Default' ? [] : [type];
  };
  const names = namesOf(spec, (container) => bad(container).length > 0);
  if (names.length === 0) return undefined;
  const types = quoted(sorted(containersOf(spec).flatMap(bad)));
  return { reason: 'procMount', detail: `${containersText(names)} must not set securityContext.procMount to ${types}` };
}

function seLinux(types: readonly string[]): (spec: PodSpec) => Violation | undefined {
  return (spec) => {
    const all = [spec.securityContext?.seLinuxOptions, ...containersOf(spec).map((container) =>
      container.securityContext?.seLinuxOptions)];
    const isBad = (options: SELinuxOptions | undefined): boolean => options !== undefined
      && (!types.includes(options.type ?? '') || Boolean(options.user) || Boolean(options.role));
    if (!all.some(isBad)) return undefined;
    const badTypes = sorted(all.map((options) => options?.type ?? '').filter((type) => !types.includes(type)));
    const data = [
      ...(badTypes.length > 0 ? [`${plural('type', 'types', badTypes.length)} ${quoted(badTypes)}`] : []),
      ...(all.some((options) => options?.user) ? ['user may not be set'] : []),
      ...(all.some((options) => options?.role) ? ['role may not be set'] : []),
    ];
    const setters = settersText(isBad(spec.securityContext?.seLinuxOptions),
      namesOf(spec, ({ securityContext }) => isBad(securityContext?.seLinuxOptions)));
    const detail = `${setters} set forbidden securityContext.seLinuxOptions: ${data.join('; ')}`;
    return { reason: 'seLinuxOptions', detail };
  };
}

function seccompAnnotations(spec: PodSpec, metadata: NewObjectMeta): Violation | undefined {
  const names = [seccompPod, ...containersOf(spec).map(({ name }) => seccompPrefix + name)];
  const bad = sorted(names.filter((name) => {
    const value = metadata.annotations?.[name];
    return value !== undefined && value !== 'runtime/default' && value !== 'docker/default'
      && !value.startsWith('localhost/');
  }).map((name) => annotationText(metadata, name)));
  if (bad.length === 0) return undefined;
  const what = plural('annotation', 'annotations', bad.length);
  return { reason: 'seccompProfile', detail: `forbidden ${what} ${bad.join(', ')}` };
}

/** Profiles that let through what the runtime's own keeps back. */
export function badSeccomp(spec: PodSpec): Violation | undefined {
  const isBad = (type: string | undefined): type is string => type !== undefined && !isSafeProfile(type);
  const own = spec.securityContext?.seccompProfile?.type;
  const typeOf = ({ securityContext }: Container): string | undefined => securityContext?.seccompProfile?.type;
  const names = namesOf(spec, (container) => isBad(typeOf(container)));
  if (!isBad(own) && names.length === 0) return undefined;
  const types = quoted(sorted([own, ...containersOf(spec).map(typeOf)].filter(isBad)));
  const detail = `${settersText(isBad(own), names)} must not set securityContext.seccompProfile.type to ${types}`;
  return { reason: 'seccompProfile', detail };
}

function forbiddenSysctls(allowed: readonly string[]): (spec: PodSpec) => Violation | undefined {
  return ({ securityContext }) => {
    const names = (securityContext?.sysctls ?? []).map(({ name }) => name).filter((name) => !allowed.includes(name));
    return names.length === 0 ? undefined : { reason: 'forbidden sysctls', detail: names.join(', ') };
  };
}

function hostProcess(spec: PodSpec): Violation | undefined {
  const own = spec.securityContext?.windowsOptions?.hostProcess === true;
  const names = namesOf(spec, ({ securityContext }) => securityContext?.windowsOptions?.hostProcess === true);
  if (!own && names.length === 0) return undefined;
  const detail = `${settersText(own, names)} must not set securityContext.windowsOptions.hostProcess=true`;
  return { reason: 'hostProcess', detail };
}

const level = 'baseline' as const;

export const baselineChecks: readonly Check[] = [
  { id: 'appArmorProfile', level, versions: [[0, appArmor]] },
  { id: 'capabilities_baseline', level, versions: [[0, addedCapabilities]] },
  { id: 'hostNamespaces', level, versions: [[0, hostNamespaces]] },
  { id: 'hostPathVolumes', level, versions: [[0, hostPaths]] },
  { id: 'hostPorts', level, versions: [[0, hostPorts]] },
  { id: 'hostProbesAndHostLifecycle', level, versions: [[34, probeHosts]] },
  { id: 'privileged', level, versions: [[0, privileged]] },
  {
    id: 'procMount', level,
    versions: [[0, procMount], [35, (spec) => (isInUserNamespace(spec) ? undefined : procMount(spec))]],
  },
  {
    id: 'seLinuxOptions', level,
    versions: [[0, seLinux(seLinuxTypes)], [31, seLinux([...seLinuxTypes, 'container_engine_t'])]],
  },
  { id: 'seccompProfile_baseline', level, versions: [[0, seccompAnnotations], [19, badSeccomp]] },
  {
    id: 'sysctls', level,
    versions: [
      [0, forbiddenSysctls(sysctls)], [27, forbiddenSysctls(sysctls27)], [29, forbiddenSysctls(sysctls29)],
      [32, forbiddenSysctls(sysctls32)],
    ],
  },
  { id: 'windowsHostProcess', level, versions: [[0, hostProcess]] },
];
