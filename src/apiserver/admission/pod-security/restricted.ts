/**
 * The checks of the restricted level, in upstream's order. Models the check_*.go of pod-security-admission's policy.
 */
import type { Container, PodSpec, Volume } from '../../../api/types';
import { badSeccomp, procMount } from './baseline';
import {
  type Check, type CheckPod, containersOf, containersText, isInUserNamespace, isWindows, namesOf, plural, quoted,
  settersText, sorted, type Violation,
} from './check';

/** Volumes that anybody may use, and the others by the field that makes them. */
const allowedVolumes: readonly (keyof Volume)[] = [
  'configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'image', 'persistentVolumeClaim', 'projected', 'secret',
];
const restrictedVolumes: readonly (keyof Volume)[] = [
  'hostPath', 'gcePersistentDisk', 'awsElasticBlockStore', 'gitRepo', 'nfs', 'iscsi', 'glusterfs', 'rbd', 'flexVolume',
  'cinder', 'cephfs', 'flocker', 'fc', 'azureFile', 'vsphereVolume', 'quobyte', 'azureDisk', 'photonPersistentDisk',
  'portworxVolume', 'scaleIO', 'storageos',
];

const notOnWindows = (check: CheckPod): CheckPod => (spec, metadata) =>
  (isWindows(spec) ? undefined : check(spec, metadata));
const notInUserNamespace = (check: CheckPod): CheckPod => (spec, metadata) =>
  (isInUserNamespace(spec) ? undefined : check(spec, metadata));

function privilegeEscalation(spec: PodSpec): Violation | undefined {
  const names = namesOf(spec, ({ securityContext }) => securityContext?.allowPrivilegeEscalation !== false);
  if (names.length === 0) return undefined;
  return {
    reason: 'allowPrivilegeEscalation != false',
    detail: `${containersText(names)} must set securityContext.allowPrivilegeEscalation=false`,
  };
}

function keptCapabilities(spec: PodSpec): Violation | undefined {
  const missing = namesOf(spec, ({ securityContext }) => !securityContext?.capabilities?.drop?.includes('ALL'));
  const bad = ({ securityContext }: Container): readonly string[] =>
    (securityContext?.capabilities?.add ?? []).filter((name) => name !== 'NET_BIND_SERVICE');
  const adding = namesOf(spec, (container) => bad(container).length > 0);
  const details: string[] = [];
  if (missing.length > 0) details.push(`${containersText(missing)} must set securityContext.capabilities.drop=["ALL"]`);
  if (adding.length > 0) {
    const added = quoted(sorted(containersOf(spec).flatMap(bad)));
    details.push(`${containersText(adding)} must not include ${added} in securityContext.capabilities.add`);
  }
  return details.length === 0 ? undefined : { reason: 'unrestricted capabilities', detail: details.join('; ') };
}

function volumeTypes({ volumes = [] }: PodSpec): Violation | undefined {
  const bad = volumes.filter((volume) => !allowedVolumes.some((type) => volume[type] !== undefined));
  if (bad.length === 0) return undefined;
  const types = sorted(bad.map((volume) => restrictedVolumes.find((type) => volume[type] !== undefined) ?? 'unknown'));
  const reason = 'restricted volume types';
  const names = bad.map(({ name }) => name);
  return {
    reason,
    detail: `${plural('volume', 'volumes', names.length)} ${quoted(names)} ${plural('uses', 'use', names.length)} `
      + `${plural('restricted volume type', reason, types.length)} ${quoted(types)}`,
  };
}

function rootAllowed(spec: PodSpec): Violation | undefined {
  const own = spec.securityContext?.runAsNonRoot;
  const reason = 'runAsNonRoot != true';
  const bad = namesOf(spec, ({ securityContext }) => securityContext?.runAsNonRoot === false);
  if (own === false || bad.length > 0) {
    return { reason, detail: `${settersText(own === false, bad)} must not set securityContext.runAsNonRoot=false` };
  }
  const silent = own === true ? []
    : namesOf(spec, ({ securityContext }) => securityContext?.runAsNonRoot === undefined);
  if (silent.length === 0) return undefined;
  return { reason, detail: `pod or ${containersText(silent)} must set securityContext.runAsNonRoot=true` };
}

function rootUser(spec: PodSpec): Violation | undefined {
  const own = spec.securityContext?.runAsUser === 0;
  const names = namesOf(spec, ({ securityContext }) => securityContext?.runAsUser === 0);
  if (!own && names.length === 0) return undefined;
  return { reason: 'runAsUser=0', detail: `${settersText(own, names)} must not set runAsUser=0` };
}

function seccomp(spec: PodSpec): Violation | undefined {
  const bad = badSeccomp(spec);
  if (bad || spec.securityContext?.seccompProfile) return bad;
  const silent = namesOf(spec, ({ securityContext }) => securityContext?.seccompProfile === undefined);
  if (silent.length === 0) return undefined;
  const detail = `pod or ${containersText(silent)} must set securityContext.seccompProfile.type to "RuntimeDefault" or `
    + '"Localhost"';
  return { reason: 'seccompProfile', detail };
}

const level = 'restricted' as const;

export const restrictedChecks: readonly Check[] = [
  {
    id: 'allowPrivilegeEscalation', level,
    versions: [[8, privilegeEscalation], [25, notOnWindows(privilegeEscalation)]],
  },
  {
    id: 'capabilities_restricted', level, overrides: 'capabilities_baseline',
    versions: [[22, keptCapabilities], [25, notOnWindows(keptCapabilities)]],
  },
  { id: 'procMount_restricted', level, overrides: 'procMount', versions: [[35, procMount]] },
  { id: 'restrictedVolumes', level, overrides: 'hostPathVolumes', versions: [[0, volumeTypes]] },
  { id: 'runAsNonRoot', level, versions: [[0, rootAllowed], [35, notInUserNamespace(rootAllowed)]] },
  { id: 'runAsUser', level, versions: [[23, rootUser], [35, notInUserNamespace(rootUser)]] },
  {
    id: 'seccompProfile_restricted', level, overrides: 'seccompProfile_baseline',
    versions: [[19, seccomp], [25, notOnWindows(seccomp)]],
  },
];
