/**
 * Volumes of a pod or a pod template, each by its type. What the type does not name is printed as upstream prints it,
 * also for the types that no node here can mount. Models describeVolumes of kubectl's pkg/describe.
 */
import { compareQuantities, quantity } from '../../../api/quantity';
import type {
  CSIVolumeSource, DownwardAPIVolumeSource, EmptyDirVolumeSource, EphemeralVolumeSource, ProjectedVolumeSource, Volume,
} from '../../../api/types';
import { sortedKeys } from '../../../base/freeze';
import { writeAnnotations, writeLabels } from './metadata';
import { driverVolume, type VolumeField } from './volume-drivers';
import type { DescribeWriter } from './writer';

/** The `Volumes` section. */
export function writeVolumes(w: DescribeWriter, volumes: readonly Volume[] | undefined, indent: '' | '  '): void {
  if (!volumes || volumes.length === 0) {
    w.line(0, `${indent}Volumes:\t<none>`);
    return;
  }
  w.line(0, `${indent}Volumes:`);
  for (const volume of volumes) {
    w.line(1, `${indent === '' ? '' : ' '}${volume.name}:`);
    writeVolume(w, volume);
  }
}

function writeVolume(w: DescribeWriter, volume: Volume): void {
  const { hostPath, emptyDir, secret, configMap, persistentVolumeClaim, ephemeral } = volume;
  const { downwardAPI, projected, csi, image } = volume;
  if (hostPath) {
    writeFields(w, 'HostPath (bare host directory volume)', [
      ['Path:', hostPath.path], ['HostPathType:', hostPath.type ?? '<none>'],
    ]);
  } else if (emptyDir) writeEmptyDir(w, emptyDir);
  else if (secret) {
    writeFields(w, 'Secret (a volume populated by a Secret)', [
      ['SecretName:', secret.secretName], ['Optional:', secret.optional ?? false],
    ]);
  } else if (configMap) {
    writeFields(w, 'ConfigMap (a volume populated by a ConfigMap)', [
      ['Name:', configMap.name], ['Optional:', configMap.optional ?? false],
    ]);
  } else if (persistentVolumeClaim) {
    writeFields(w, 'PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)', [
      ['ClaimName:', persistentVolumeClaim.claimName], ['ReadOnly:', persistentVolumeClaim.readOnly ?? false],
    ]);
  } else if (ephemeral) writeEphemeral(w, ephemeral);
  else if (downwardAPI) writeDownwardApi(w, downwardAPI);
  else if (projected) writeProjected(w, projected);
  else if (csi) writeCsi(w, csi);
  else if (image) {
    writeFields(w, 'Image (a container image or OCI artifact)', [
      ['Reference:', image.reference], ['PullPolicy:', image.pullPolicy],
    ]);
  } else {
    const driver = driverVolume(volume);
    if (driver) writeFields(w, driver.type, driver.fields);
    else w.line(1, '<unknown>');
  }
}

function writeFields(w: DescribeWriter, type: string, fields: readonly VolumeField[]): void {
  w.line(2, `Type:\t${type}`);
  for (const [title, value] of fields) w.line(2, `${title}\t${value ?? ''}`);
}

function writeEmptyDir(w: DescribeWriter, { medium, sizeLimit }: EmptyDirVolumeSource): void {
  const isLimited = sizeLimit !== undefined && compareQuantities(quantity(sizeLimit), quantity('0')) > 0;
  writeFields(w, "EmptyDir (a temporary directory that shares a pod's lifetime)", [
    ['Medium:', medium], ['SizeLimit:', isLimited ? sizeLimit : '<unset>'],
  ]);
}

function writeProjected(w: DescribeWriter, { sources = [] }: ProjectedVolumeSource): void {
  const fields = sources.flatMap(({ secret, downwardAPI, configMap, serviceAccountToken }): VolumeField[] => {
    if (secret) return [['SecretName:', secret.name], ['Optional:', secret.optional ?? false]];
    if (downwardAPI) return [['DownwardAPI:', true]];
    if (configMap) return [['ConfigMapName:', configMap.name], ['Optional:', configMap.optional ?? false]];
    return serviceAccountToken ? [['TokenExpirationSeconds:', serviceAccountToken.expirationSeconds]] : [];
  });
  writeFields(w, 'Projected (a volume that contains injected data from multiple sources)', fields);
}

function writeDownwardApi(w: DescribeWriter, { items = [] }: DownwardAPIVolumeSource): void {
  w.line(2, 'Type:\tDownwardAPI (a volume populated by information about the pod)');
  w.line(2, 'Items:');
  for (const { fieldRef, resourceFieldRef, path } of items) {
    if (fieldRef) w.line(3, `${fieldRef.fieldPath} -> ${path}`);
    if (resourceFieldRef) w.line(3, `${resourceFieldRef.resource} -> ${path}`);
  }
}

function writeCsi(w: DescribeWriter, { driver, fsType, readOnly, volumeAttributes }: CSIVolumeSource): void {
  writeFields(w, 'CSI (a Container Storage Interface (CSI) volume source)', [
    ['Driver:', driver], ['FSType:', fsType], ['ReadOnly:', readOnly ?? false],
  ]);
  const lines = sortedKeys(volumeAttributes).map((key) => `${key}=${volumeAttributes?.[key] ?? ''}`);
  w.write(2, 'VolumeAttributes:\t');
  if (lines.length === 0) w.line(0, '<none>');
  lines.forEach((line, i) => {
    // Upstream indents every part of a line, so that later attributes stand further to the right.
    if (i > 0) {
      w.write(2, '');
      w.write(2, '\t');
    }
    w.line(2, line.length > 140 ? `${line.slice(0, 140)}...` : line);
  });
}

/** A claim template, of which only what a pod can say is printed: printPersistentVolumeClaim. */
function writeEphemeral(w: DescribeWriter, { volumeClaimTemplate: template }: EphemeralVolumeSource): void {
  w.line(2, 'Type:\tEphemeralVolume (an inline specification for a volume that gets created and deleted with the pod)');
  if (!template) return;
  const { storageClassName = '', volumeName = '', volumeMode, dataSource } = template.spec;
  const inner = w.nested(2);
  inner.line(0, `StorageClass:\t${storageClassName}`);
  inner.line(0, `Volume:\t${volumeName}`);
  writeLabels(inner, 'Labels', template.metadata?.labels);
  writeAnnotations(inner, 'Annotations', template.metadata?.annotations);
  // What a claim got is known of a bound claim only, and a template is never bound.
  inner.line(0, 'Capacity:\t');
  inner.line(0, 'Access Modes:\t');
  if (volumeMode) inner.line(0, `VolumeMode:\t${volumeMode}`);
  if (!dataSource) return;
  inner.line(0, 'DataSource:');
  if (dataSource.apiGroup) inner.line(1, `APIGroup:\t${dataSource.apiGroup}`);
  inner.line(1, `Kind:\t${dataSource.kind}`);
  inner.line(1, `Name:\t${dataSource.name}`);
}
