/**
 * The list of volumes: names, exactly one source each, and the sources that pods commonly use. Models ValidateVolumes
 * and validateVolumeSource of pkg/apis/core/validation; drivers of storage systems are in volume-drivers.ts.
 */
import { child, duplicate, forbidden, index, invalid, required } from '../../../field-errors';
import { nameProblems } from '../../../names';
import { quantity } from '../../../quantity';
import type { PodSpec, Volume } from '../../../types';
import { checkDescendingPath, checkDnsLabel, checkNoBacksteps, checkOneOf } from '../../field-checks';
import type { FieldErrors } from '../../field-checks';
import { checkClaimTemplate } from './claim-template';
import { checkKeysToPaths, checkMode } from './checks';
import { checkDownwardFiles, checkProjected } from './projected';
import { driverChecks } from './volume-drivers';

interface Place {
  readonly errors: FieldErrors;
  /** Name of the pod, when it has one already. */
  readonly podName: string | undefined;
  readonly volumeName: string;
  /** Path of the volume itself. */
  readonly volumePath: string;
}

type SourceCheck<K extends keyof Volume> = (source: NonNullable<Volume[K]>, path: string, place: Place) => void;

const hostPathTypes = [
  '', 'BlockDevice', 'CharDevice', 'Directory', 'DirectoryOrCreate', 'File', 'FileOrCreate', 'Socket',
];

/** Checks by source, in the order in which upstream looks for them; volumes of a cluster share some of them. */
export const commonChecks: { readonly [K in keyof Volume]?: SourceCheck<K> } = {
  emptyDir: (source, path, { errors }) => {
    if (source.sizeLimit !== undefined && quantity(source.sizeLimit).nanos < 0n) {
      errors.push(forbidden(child(path, 'sizeLimit'), 'SizeLimit field must be a valid resource quantity'));
    }
  },
  hostPath: (source, path, { errors }) => {
    if (!source.path) {
      errors.push(required(child(path, 'path')));
      return;
    }
    checkNoBacksteps(source.path, child(path, 'path'), errors);
    checkOneOf(source.type, hostPathTypes, child(path, 'type'), errors);
  },
  gitRepo: (source, path, { errors }) => {
    if (!source.repository) errors.push(required(child(path, 'repository')));
    checkDescendingPath(source.directory ?? '', child(path, 'directory'), errors);
  },
  secret: (source, path, { errors }) => {
    if (!source.secretName) errors.push(required(child(path, 'secretName')));
    checkMode(source.defaultMode, child(path, 'defaultMode'), errors);
    checkKeysToPaths(source.items, child(path, 'items'), errors);
  },
  nfs: (source, path, { errors }) => {
    if (!source.server) errors.push(required(child(path, 'server')));
    if (!source.path) errors.push(required(child(path, 'path')));
    if (!source.path?.startsWith('/')) {
      errors.push(invalid(child(path, 'path'), source.path ?? '', 'must be an absolute path'));
    }
  },
  persistentVolumeClaim: (source, path, { errors }) => {
    if (!source.claimName) errors.push(required(child(path, 'claimName')));
  },
  downwardAPI: (source, path, { errors }) => {
    checkMode(source.defaultMode, child(path, 'defaultMode'), errors);
    checkDownwardFiles(source.items, path, errors);
  },
  configMap: (source, path, { errors }) => {
    if (!source.name) errors.push(required(child(path, 'name')));
    checkMode(source.defaultMode, child(path, 'defaultMode'), errors);
    checkKeysToPaths(source.items, child(path, 'items'), errors);
  },
  projected: (source, path, { errors }) => {
    checkMode(source.defaultMode, child(path, 'defaultMode'), errors);
    checkProjected(source, path, errors);
  },
  ephemeral: (source, path, { errors, podName, volumeName, volumePath }) => {
    const template = source.volumeClaimTemplate;
    if (template === undefined) errors.push(required(child(path, 'volumeClaimTemplate')));
    else checkClaimTemplate(template, child(path, 'volumeClaimTemplate'), errors);
    if (!podName || volumeName === '') return;
    const claim = `${podName}-${volumeName}`;
    for (const problem of nameProblems('dnsSubdomain', claim)) {
      errors.push(invalid(child(volumePath, 'name'), volumeName, `PVC name "${claim}": ${problem}`));
    }
  },
  image: (source, path, { errors, podName }) => {
    if (podName !== undefined && !source.reference) errors.push(required(child(path, 'reference')));
    checkOneOf(source.pullPolicy, ['Always', 'IfNotPresent', 'Never'], child(path, 'pullPolicy'), errors, true);
  },
};

/** The order in which upstream looks at the sources, which decides which of two is one too many. */
const sourceOrder: readonly (keyof Volume)[] = [
  'emptyDir', 'hostPath', 'gitRepo', 'gcePersistentDisk', 'awsElasticBlockStore', 'secret', 'nfs', 'iscsi',
  'glusterfs', 'flocker', 'persistentVolumeClaim', 'rbd', 'cinder', 'cephfs', 'quobyte', 'downwardAPI', 'fc',
  'flexVolume', 'configMap', 'azureFile', 'vsphereVolume', 'photonPersistentDisk', 'portworxVolume', 'azureDisk',
  'storageos', 'projected', 'scaleIO', 'csi', 'ephemeral', 'image',
];
/** Where upstream's path for a second source is not the name of the field. */
const secondSourceNames: Readonly<Record<string, string>> = { cephfs: 'cephFS', downwardAPI: 'downwarAPI' };

function checkSource(volume: Volume, place: Place): void {
  let isFirst = true;
  for (const field of sourceOrder) {
    const source = volume[field];
    if (source === undefined) continue;
    if (!isFirst) {
      const at = child(place.volumePath, secondSourceNames[field] ?? field);
      place.errors.push(forbidden(at, 'may not specify more than 1 volume type'));
      continue;
    }
    isFirst = false;
    const check = (commonChecks[field] ?? driverChecks[field]) as
      ((source: unknown, path: string, place: Place) => void) | undefined;
    // Upstream reports the old persistent disk under another name than its field.
    const name = field === 'gcePersistentDisk' ? 'persistentDisk' : field;
    check?.(source, child(place.volumePath, name), place);
  }
  if (isFirst) place.errors.push(required(place.volumePath, 'must specify a volume type'));
}

/** Checks all volumes and returns the valid ones by name: only those can be mounted. */
export function checkVolumes(
  spec: PodSpec, podName: string | undefined, path: string, errors: FieldErrors,
): ReadonlyMap<string, Volume> {
  const valid = new Map<string, Volume>();
  const volumes = spec.volumes ?? [];
  for (let i = 0; i < volumes.length; i += 1) {
    const volume = volumes[i] as Volume;
    const volumePath = index(path, i);
    const before = errors.length;
    const name = volume.name ?? '';
    checkSource(volume, { errors, podName, volumeName: name, volumePath });
    const namePath = child(volumePath, 'name');
    if (name === '') errors.push(required(namePath));
    else checkDnsLabel(name, namePath, errors);
    if (valid.has(name)) errors.push(duplicate(namePath, name));
    if (errors.length === before) valid.set(name, volume);
    const claim = volume.persistentVolumeClaim?.claimName;
    if (claim !== undefined && podName && volumes.some((v) => v.ephemeral && `${podName}-${v.name}` === claim)) {
      const at = child(volumePath, 'persistentVolumeClaim', 'claimName');
      errors.push(invalid(at, claim, 'must not reference a PVC that gets created for an ephemeral volume'));
    }
  }
  return valid;
}
