/**
 * Security contexts of pods and containers: users and groups, profiles, system controls, host namespaces, and what an
 * operating system forbids. Models validatePodSpecSecurityContext, ValidateSecurityContext, validateHostUsers,
 * validateOS, validateLinux and validateWindows of pkg/apis/core/validation. Names of Windows users are not checked.
 */
import { child, duplicate, forbidden, index, invalid, notSupported, required } from '../../../field-errors';
import { rangeMessage } from '../../../names';
import type { AppArmorProfile, PodSecurityContext, SeccompProfile, SecurityContext, Sysctl } from '../../../types';
import { checkDescendingPath, checkOneOf, eachItem, forbidFields } from '../../field-checks';
import type { FieldErrors } from '../../field-checks';
import type { PodChecks } from './checks';

const maxId = 2_147_483_647;
const profileTypes = ['Localhost', 'RuntimeDefault', 'Unconfined'];
const sysctlSegment = '[a-z0-9]([-_a-z0-9]*[a-z0-9])?';
const sysctlPattern = `^(${sysctlSegment}[\\./])*${sysctlSegment}$`;
const sysctlName = new RegExp(sysctlPattern);
const maxSysctlBytes = 253;
const windowsMessage = 'cannot be set for a windows pod';
const linuxMessage = 'windows options cannot be set for a linux pod';
const notOnWindows = {
  context: [
    'appArmorProfile', 'seLinuxOptions', 'seccompProfile', 'fsGroup', 'fsGroupChangePolicy', 'sysctls', 'runAsUser',
    'runAsGroup', 'supplementalGroups', 'supplementalGroupsPolicy', 'seLinuxChangePolicy',
  ],
  spec: ['hostUsers', 'shareProcessNamespace'],
  container: [
    'appArmorProfile', 'seLinuxOptions', 'seccompProfile', 'capabilities', 'readOnlyRootFilesystem', 'privileged',
    'allowPrivilegeEscalation', 'procMount', 'runAsUser', 'runAsGroup',
  ],
} as const;

function checkId(id: number | undefined, path: string, errors: FieldErrors): void {
  if (id !== undefined && (id < 0 || id > maxId)) errors.push(invalid(path, id, rangeMessage(0, maxId)));
}

/** The security context of the pod. */
export function checkPodSecurity(path: string, { errors, spec }: PodChecks): void {
  const context = spec.securityContext;
  if (context === undefined) return;
  checkId(context.fsGroup, child(path, 'fsGroup'), errors);
  checkId(context.runAsUser, child(path, 'runAsUser'), errors);
  checkId(context.runAsGroup, child(path, 'runAsGroup'), errors);
  eachItem(context.supplementalGroups, child(path, 'supplementalGroups'), (id, at) => checkId(id, at, errors));
  if (spec.shareProcessNamespace === true && spec.hostPID === true) {
    const at = child(path, 'shareProcessNamespace');
    errors.push(invalid(at, true, 'ShareProcessNamespace and HostPID cannot both be enabled'));
  }
  checkSysctls(context, child(path, 'sysctls'), errors);
  checkOneOf(context.fsGroupChangePolicy, ['Always', 'OnRootMismatch'], child(path, 'fsGroupChangePolicy'), errors);
  checkSeccomp(context.seccompProfile, child(path, 'seccompProfile'), errors);
  checkAppArmor(context.appArmorProfile, child(path, 'appArmorProfile'), errors);
  checkOneOf(context.supplementalGroupsPolicy, ['Merge', 'Strict'], child(path, 'supplementalGroupsPolicy'), errors);
  checkOneOf(context.seLinuxChangePolicy, ['MountOption', 'Recursive'], child(path, 'seLinuxChangePolicy'), errors);
}

function checkSysctls(context: PodSecurityContext, path: string, errors: FieldErrors): void {
  const seen = new Set<string>();
  eachItem(context.sysctls, path, ({ name = '' }: Sysctl, at) => {
    const namePath = child(at, 'name');
    if (name === '') errors.push(required(namePath));
    else if (name.length > maxSysctlBytes || !sysctlName.test(name)) {
      const detail = `must have at most ${maxSysctlBytes} characters and match regex ${sysctlPattern}`;
      errors.push(invalid(namePath, name, detail));
    } else if (seen.has(name)) {
      errors.push(duplicate(namePath, name));
    }
    seen.add(name);
  });
}

/** The security context of one container. */
export function checkContainerSecurity(
  context: SecurityContext | undefined, path: string, { errors, hostUsers }: PodChecks,
): void {
  if (context === undefined) return;
  checkId(context.runAsUser, child(path, 'runAsUser'), errors);
  checkId(context.runAsGroup, child(path, 'runAsGroup'), errors);
  if (context.procMount !== undefined) {
    const at = child(path, 'procMount');
    checkOneOf(context.procMount, ['Default', 'Unmasked'], at, errors);
    if (hostUsers && context.procMount === 'Unmasked') {
      errors.push(invalid(at, context.procMount, '`hostUsers` must be false to use `Unmasked`'));
    }
  }
  checkSeccomp(context.seccompProfile, child(path, 'seccompProfile'), errors);
  if (context.allowPrivilegeEscalation === false) {
    if (context.privileged === true) {
      errors.push(invalid(path, context, 'cannot set `allowPrivilegeEscalation` to false and `privileged` to true'));
    }
    if (context.capabilities?.add?.includes('CAP_SYS_ADMIN')) {
      const detail = 'cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN';
      errors.push(invalid(path, context, detail));
    }
  }
  checkAppArmor(context.appArmorProfile, child(path, 'appArmorProfile'), errors);
}

function checkSeccomp(profile: SeccompProfile | undefined, path: string, errors: FieldErrors): void {
  if (profile === undefined) return;
  const typePath = child(path, 'type');
  if (!profile.type) errors.push(required(typePath, 'type is required when seccompProfile is set'));
  else if (!profileTypes.includes(profile.type)) errors.push(notSupported(typePath, profile.type, profileTypes));
  const localPath = child(path, 'localhostProfile');
  if (profile.type !== 'Localhost') {
    if (profile.localhostProfile === undefined) return;
    errors.push(invalid(localPath, profile, 'can only be set when seccomp type is Localhost'));
  } else if (profile.localhostProfile === undefined) {
    errors.push(required(localPath, 'must be set when seccomp type is Localhost'));
  } else {
    checkDescendingPath(profile.localhostProfile, localPath, errors);
  }
}

function checkAppArmor(profile: AppArmorProfile | undefined, path: string, errors: FieldErrors): void {
  if (profile === undefined) return;
  const typePath = child(path, 'type');
  const localPath = child(path, 'localhostProfile');
  const local = profile.localhostProfile;
  if (!profile.type) errors.push(required(typePath, 'type is required when appArmorProfile is set'));
  else if (!profileTypes.includes(profile.type)) errors.push(notSupported(typePath, profile.type, profileTypes));
  else if (profile.type !== 'Localhost') {
    if (local !== undefined) errors.push(invalid(localPath, local, 'can only be set when AppArmor type is Localhost'));
  } else if (local === undefined || local === '') {
    errors.push(required(localPath, 'must be set when AppArmor type is Localhost'));
  } else if (local.trim() !== local) {
    errors.push(invalid(localPath, local, 'must not be padded with whitespace'));
  }
}

/** Host namespaces beside a user namespace of one's own: validateHostUsers. */
export function checkHostUsers(path: string, { errors, spec, hostUsers }: PodChecks): void {
  if (hostUsers) return;
  const why = 'when `pod.Spec.HostUsers` is false';
  if (spec.hostNetwork === true) errors.push(forbidden(child(path, 'hostNetwork'), why));
  if (spec.hostPID === true) errors.push(forbidden(child(path, 'HostPID'), why));
  if (spec.hostIPC === true) errors.push(forbidden(child(path, 'HostIPC'), why));
}

/** What the declared operating system does not have. */
export function checkOs(path: string, { errors, spec }: PodChecks): void {
  const os = spec.os;
  if (os === undefined) return;
  const osPath = child(path, 'os');
  if (!os.name) {
    errors.push(required(child(osPath, 'name'), 'cannot be empty'));
    return;
  }
  if (os.name !== 'linux' && os.name !== 'windows') {
    errors.push(notSupported(osPath, os.name, ['linux', 'windows']));
    return;
  }
  const isWindows = os.name === 'windows';
  const why = isWindows ? windowsMessage : linuxMessage;
  const contextPath = child(path, 'securityContext');
  const contextFields = isWindows ? notOnWindows.context : ['windowsOptions'];
  forbidFields(spec.securityContext, contextFields, (name) => child(contextPath, name), why, errors);
  if (isWindows) {
    forbidFields(spec, notOnWindows.spec, (name) => child(path, name), why, errors);
    for (const field of ['hostPID', 'hostIPC'] as const) {
      if (spec[field] === true) errors.push(forbidden(child(path, field), why));
    }
  }
  const containerFields = isWindows ? notOnWindows.container : ['windowsOptions'];
  for (const list of ['initContainers', 'containers', 'ephemeralContainers'] as const) {
    (spec[list] ?? []).forEach(({ securityContext }, i) => {
      const at = child(index(child(path, list), i), 'securityContext');
      forbidFields(securityContext, containerFields, (name) => child(at, name), why, errors);
    });
  }
}
